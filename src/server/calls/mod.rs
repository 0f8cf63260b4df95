//! What happens around every call: keys, admission, deadline, access log, and tonic's own errors put as the contract has
//! them.

mod body;
mod compression;
mod deadline;
mod record;

use crate::{
    grpc::{
        Invalid,
        status::{self, Failure},
    },
    server::{SERVICES, gate::Gate},
};
use body::{Answer, Counted};
use http::{Request, Response};
pub(super) use record::Call;
use record::Guard;
use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use tonic::{Status, body::Body};
use tower_layer::Layer;
use tower_service::Service;

/// Wraps all services of the server.
#[derive(Debug, Clone)]
pub(super) struct CallsLayer {
    gate: Gate,
    admission: Arc<Semaphore>,
    most: usize,
    under_way: TaskTracker,
}

impl CallsLayer {
    /// Lets `most` calls of the contract's services be under way at once. Health and reflection are always let in: they are cheap,
    /// and an operator needs them most when the server is full. All calls are tracked by `under_way`.
    pub(super) fn new(gate: Gate, most: usize, under_way: TaskTracker) -> Self {
        Self { gate, admission: Arc::new(Semaphore::new(most)), most, under_way }
    }

    /// A full server turns calls away instead of queueing them: a queue here would hold decoded messages in memory
    /// and answer after the clients have given up.
    fn admit(&self, path: &str) -> Result<Option<OwnedSemaphorePermit>, Failure> {
        let path = path.trim_start_matches('/');
        if !SERVICES.iter().any(|service| path.starts_with(service)) {
            return Ok(None);
        }
        let permit = Arc::clone(&self.admission).try_acquire_owned();
        permit.map(Some).map_err(|_| Failure::Overloaded(self.most))
    }
}

impl<S> Layer<S> for CallsLayer {
    type Service = Calls<S>;

    fn layer(&self, inner: S) -> Calls<S> {
        Calls { inner, layer: self.clone() }
    }
}

/// A service with everything around it.
#[derive(Debug, Clone)]
pub(super) struct Calls<S> {
    inner: S,
    layer: CallsLayer,
}

type Outcome<E> = Result<Response<Body>, E>;

impl<S> Service<Request<Body>> for Calls<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Error: Send + 'static,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Outcome<S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let deadline = deadline::of(request.headers());
        let call = Arc::new(Call::start(&request, deadline.as_ref().ok().copied().flatten()));
        let mut guard = Guard::new(Arc::clone(&call), self.layer.under_way.token());
        // Before anything else: strangers learn nothing.
        match self.layer.gate.admit(request.uri().path(), request.headers()) {
            Ok(Some(grant)) => {
                call.note_caller(&grant);
                request.extensions_mut().insert(grant);
            }
            Ok(None) => {}
            Err(failure) => return Box::pin(async { Ok(refuse(failure, guard)) }),
        }
        match self.admit(&request, deadline, &call) {
            Ok(permit) => guard.hold(permit),
            Err(failure) => return Box::pin(async { Ok(refuse(failure, guard)) }),
        }
        compression::only_if_asked(request.headers_mut());
        request.extensions_mut().insert(Arc::clone(&call));
        let work = self.inner.call(request.map(|body| Body::new(Counted::new(body, call))));
        Box::pin(respond(work, guard))
    }
}

impl<S> Calls<S> {
    fn admit(
        &self,
        request: &Request<Body>,
        deadline: Result<Option<tokio::time::Instant>, Invalid>,
        call: &Call,
    ) -> Result<Option<OwnedSemaphorePermit>, Failure> {
        deadline?;
        if call.is_late() {
            return Err(Failure::Deadline);
        }
        self.layer.admit(request.uri().path())
    }
}

async fn respond<E>(work: impl Future<Output = Outcome<E>>, guard: Guard) -> Outcome<E> {
    let response = match guard.call().deadline() {
        None => work.await?,
        Some(at) => match tokio::time::timeout_at(at, work).await {
            Ok(response) => response?,
            Err(_) => return Ok(refuse(Failure::Deadline, guard)),
        },
    };
    Ok(observe(reword(response), guard))
}

fn refuse(failure: Failure, guard: Guard) -> Response<Body> {
    observe(Status::from(failure).into_http(), guard)
}

/// An error that comes without a body comes in the headers.
fn reword(response: Response<Body>) -> Response<Body> {
    match body::failure(response.headers()) {
        Some(failure) => status::from_transport(failure).into_http(),
        None => response,
    }
}

fn observe(response: Response<Body>, guard: Guard) -> Response<Body> {
    guard.call().note_status(response.headers());
    response.map(|body| Body::new(Answer::new(body, guard)))
}
