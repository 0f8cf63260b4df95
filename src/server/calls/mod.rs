//! What happens around every call: keys, admission, deadline, access log, and tonic's own errors put as the contract has
//! them.

mod body;
mod compression;
mod deadline;
mod method;
mod record;
mod request_id;

use super::{budget::Budget, connections::Connected, turns::Turns};
use crate::{
    config::Transport,
    grpc::{
        Invalid,
        status::{self, Failure, Refusal},
    },
    server::gate::Gate,
};
use body::{Answer, Counted};
use http::{HeaderMap, Request, Response};
pub(super) use method::Method;
pub(super) use record::Call;
use record::Guard;
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::{Status, body::Body};
use tower_layer::Layer;
use tower_service::Service;

/// Wraps all services of the server.
#[derive(Debug, Clone)]
pub(super) struct CallsLayer {
    gate: Gate,
    admission: Arc<Semaphore>,
    transport: Transport,
    rooms: Rooms,
}

/// What calls share.
#[derive(Debug, Clone)]
pub(super) struct Rooms {
    /// Where documents wait for their turn.
    pub(super) turns: Arc<Turns>,
    /// What messages may hold.
    pub(super) budget: Arc<Budget>,
    /// The calls that are not over.
    pub(super) under_way: TaskTracker,
    /// Cancelled when no new calls are taken.
    pub(super) drain: CancellationToken,
}

impl CallsLayer {
    pub(super) fn new(gate: Gate, transport: &Transport, rooms: Rooms) -> Self {
        let admission = Arc::new(Semaphore::new(transport.max_concurrent_requests));
        Self { gate, admission, transport: *transport, rooms }
    }

    /// A full server turns calls away instead of queueing them: a queue here would hold messages in memory and answer
    /// after the clients have given up. It does so before it reads the message, for then it costs next to nothing.
    fn admit(&self, method: Method, call: &Call) -> Result<Option<OwnedSemaphorePermit>, Failure> {
        if !method.is_work() {
            return Ok(None);
        }
        if self.rooms.drain.is_cancelled() {
            return Err(Failure::Draining);
        }
        let permit = Arc::clone(&self.admission).try_acquire_owned();
        let most = self.transport.max_concurrent_requests;
        let permit = permit.map_err(|_| Failure::Overloaded(Refusal::Calls(most)))?;
        if method == Method::Analyze {
            call.announce(&self.rooms.turns)?;
        }
        Ok(Some(permit))
    }

    /// The caller's deadline, or the server's own if that is earlier.
    fn deadline(&self, method: Method, asked: Option<Instant>) -> Option<Instant> {
        let most = (!method.is_stream()).then(|| Instant::now().checked_add(self.transport.max_deadline)).flatten();
        asked.into_iter().chain(most).min()
    }

    fn guard(&self, request: &Request<Body>, method: Method, asked: Option<Instant>) -> Guard {
        let held = self.rooms.budget.open();
        let call = Arc::new(Call::start(request, method, self.deadline(method, asked), held));
        let connection = record::connection(request);
        let busy = if method.is_work() {
            connection.map(Connected::busy)
        } else {
            // Whoever asks for health only must not keep a place from those who bring work.
            drop(connection.map(Connected::busy));
            None
        };
        Guard::new(call, busy)
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
        let method = Method::of(request.uri().path());
        let deadline = deadline::of(request.headers());
        let mut guard = self.layer.guard(&request, method, deadline.as_ref().ok().copied().flatten());
        // Before anything else: strangers learn nothing.
        match self.layer.gate.admit(request.uri().path(), request.headers()) {
            Ok(Some(grant)) => {
                guard.call().note_caller(&grant);
                request.extensions_mut().insert(grant);
            }
            Ok(None) => {}
            Err(failure) => return Box::pin(async { Ok(refuse(failure, guard)) }),
        }
        match self.admit(method, deadline, guard.call()) {
            Ok(permit) => guard.hold(permit.map(|permit| (permit, self.layer.rooms.under_way.token()))),
            Err(failure) => return Box::pin(async { Ok(refuse(failure, guard)) }),
        }
        let transport = &self.layer.transport;
        let patience = if method.is_stream() { transport.stream_idle } else { transport.receive_timeout };
        compression::only_if_asked(request.headers_mut());
        let call = guard.shared();
        request.extensions_mut().insert(Arc::clone(&call));
        let work = self.inner.call(request.map(|body| Body::new(Counted::new(body, call, patience))));
        Box::pin(respond(work, guard))
    }
}

impl<S> Calls<S> {
    fn admit(
        &self,
        method: Method,
        deadline: Result<Option<Instant>, Invalid>,
        call: &Call,
    ) -> Result<Option<OwnedSemaphorePermit>, Failure> {
        deadline?;
        if call.is_late() {
            return Err(Failure::Deadline);
        }
        self.layer.admit(method, call)
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
    let failure = guard.call().turned_away(failure);
    if let Failure::Overloaded(_) = failure {
        guard.rest_connection();
    }
    let response = match failure {
        Failure::Overloaded(Refusal::Queue) => turned_away(),
        failure => Status::from(failure).into_http(),
    };
    observe(response, guard)
}

/// The refusal that a flood of calls gets. It is made once: each of them costs time that those let in have not.
fn turned_away() -> Response<Body> {
    static HEADERS: LazyLock<HeaderMap> = LazyLock::new(|| {
        let response: Response<Body> = Status::from(Failure::Overloaded(Refusal::Queue)).into_http();
        response.into_parts().0.headers
    });
    let mut response = Response::new(Body::empty());
    response.headers_mut().clone_from(&HEADERS);
    response
}

/// An error that comes without a body comes in the headers.
fn reword(response: Response<Body>) -> Response<Body> {
    match body::failure(response.headers()) {
        Some(failure) => status::from_transport(failure).into_http(),
        None => response,
    }
}

fn observe(mut response: Response<Body>, guard: Guard) -> Response<Body> {
    guard.call().note_status(response.headers());
    response.headers_mut().insert(request_id::HEADER, guard.call().request_id().clone());
    response.map(|body| Body::new(Answer::new(body, guard)))
}
