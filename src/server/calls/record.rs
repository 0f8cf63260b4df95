//! What is known of a call, and the line that it leaves in the log.

use super::{Method, request_id};
use crate::{
    access::Grant,
    grpc::status::{Failure, Refusal},
    server::{
        budget::{Budget, Charge},
        connections::{Busy, Connected},
        incoming::Peer,
        metrics, refusals, trace,
        turns::Turns,
    },
};
use http::{HeaderMap, HeaderValue, Request};
use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering::Relaxed},
    },
};
use tokio::{sync::OwnedSemaphorePermit, time::Instant};
use tokio_util::task::task_tracker::TaskTrackerToken;
use tonic::Code;
use tracing::Span;

/// A call under way. Counters are read once it is over; they need no order among themselves.
#[derive(Debug)]
pub(in crate::server) struct Call {
    method: Method,
    path: String,
    request_id: HeaderValue,
    peer: Option<SocketAddr>,
    caller: OnceLock<String>,
    began: Instant,
    deadline: Option<Instant>,
    held: Charge,
    /// Where it is expected, until it stands in line there.
    announced: Mutex<Option<Arc<Turns>>>,
    span: Span,
    status: AtomicI32,
    refused: AtomicBool,
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
    documents: AtomicU64,
    failed: AtomicU64,
}

impl Call {
    pub(super) fn start<B>(request: &Request<B>, method: Method, deadline: Option<Instant>, held: Charge) -> Self {
        let path = request.uri().path().trim_start_matches('/').to_owned();
        let peer = peer(request).map(|peer| peer.address);
        let request_id = request_id::of(request.headers());
        let span = trace::call(request.headers(), &path, request_id.to_str().unwrap_or_default());
        metrics::call_began(method.name());
        Self { span, ..Self::new(method, path, request_id, peer, deadline, held) }
    }

    fn new(
        method: Method,
        path: String,
        request_id: HeaderValue,
        peer: Option<SocketAddr>,
        deadline: Option<Instant>,
        held: Charge,
    ) -> Self {
        Self {
            method,
            path,
            request_id,
            peer,
            caller: OnceLock::new(),
            began: Instant::now(),
            deadline,
            held,
            announced: Mutex::new(None),
            span: Span::none(),
            // What it was if it ends before there is a status: the client went away.
            status: AtomicI32::new(Code::Cancelled as i32),
            refused: AtomicBool::new(false),
            bytes_in: AtomicU64::new(0),
            bytes_out: AtomicU64::new(0),
            documents: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    /// The call that `request` belongs to; one of its own if the service runs without the layer.
    pub(in crate::server) fn of<T>(request: &tonic::Request<T>) -> Arc<Self> {
        let found = request.extensions().get::<Arc<Self>>().map(Arc::clone);
        let unnamed = HeaderValue::from_static("none");
        found.unwrap_or_else(|| {
            let held = Budget::new(usize::MAX).open();
            Arc::new(Self::new(Method::Other, String::new(), unnamed, None, None, held))
        })
    }

    /// Its span, if it is traced.
    pub(in crate::server) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn request_id(&self) -> &HeaderValue {
        &self.request_id
    }

    /// So many bytes of messages have come in, or were decoded, and are held until they are answered.
    pub(in crate::server) fn hold(&self, bytes: usize) -> Result<(), Failure> {
        self.held.add(bytes).map_err(|_| self.turned_away(Failure::Overloaded(Refusal::Memory)))
    }

    /// What came in so far is answered.
    pub(in crate::server) fn release(&self) {
        self.held.release();
    }

    /// Tells `turns` that it is about to come.
    pub(super) fn announce(&self, turns: &Arc<Turns>) -> Result<(), Failure> {
        turns.announce()?;
        *self.announced.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(turns));
        Ok(())
    }

    /// It comes, or keeps its message waiting; whether it was still expected.
    pub(in crate::server) fn withdraw(&self) -> bool {
        let turns = self.announced.lock().unwrap_or_else(PoisonError::into_inner).take();
        turns.inspect(|turns| turns.withdraw()).is_some()
    }

    /// Counts `failure` if it turns work away rather than ends it.
    pub(in crate::server) fn turned_away(&self, failure: Failure) -> Failure {
        if let Some(reason) = failure.refusal() {
            self.refused.store(true, Relaxed);
            refusals::note(reason);
        }
        failure
    }

    /// So many bytes have come in.
    pub(super) fn receive(&self, bytes: usize) -> Result<(), Failure> {
        self.bytes_in.fetch_add(bytes as u64, Relaxed);
        self.hold(bytes)
    }

    /// Whose key it is.
    pub(super) fn note_caller(&self, grant: &Grant) {
        if !grant.name.is_empty() {
            // It is told once.
            let _ = self.caller.set(grant.name.clone());
        }
    }

    /// When the caller gives up.
    pub(in crate::server) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(super) fn is_late(&self) -> bool {
        self.deadline.is_some_and(|at| at <= self.began)
    }

    /// Counts a document, and whether it was answered well.
    pub(in crate::server) fn count(&self, well: bool) {
        metrics::document(well);
        self.documents.fetch_add(1, Relaxed);
        self.failed.fetch_add(u64::from(!well), Relaxed);
    }

    pub(super) fn add_bytes_out(&self, bytes: usize) {
        self.bytes_out.fetch_add(bytes as u64, Relaxed);
    }

    /// Takes the status from headers or trailers, if it is there.
    pub(super) fn note_status(&self, headers: &HeaderMap) {
        if let Some(status) = headers.get("grpc-status") {
            self.status.store(Code::from_bytes(status.as_bytes()) as i32, Relaxed);
        }
    }

    /// It is over: the figures, the span and the log hear of it.
    fn end(&self) {
        self.withdraw();
        let code = Code::from_i32(self.status.load(Relaxed));
        let (received, sent) = (self.bytes_in.load(Relaxed), self.bytes_out.load(Relaxed));
        metrics::call_ended(self.method.name(), name(code), self.began.elapsed(), received, sent);
        if !self.span.is_disabled() {
            self.span.record("rpc.grpc.status_code", code as i32);
            self.span.record("documents", self.documents.load(Relaxed));
        }
        self.log(code);
    }

    /// Errors of the caller are the caller's: they are no warning, let alone an error, of this server.
    fn log(&self, code: Code) {
        // `tracing` wants levels as constants.
        macro_rules! event {
            ($level:ident) => {
                tracing::$level!(
                    target: "promosieve::access",
                    method = self.path,
                    request_id = self.request_id.to_str().unwrap_or_default(),
                    status = ?code,
                    duration_ms = self.began.elapsed().as_micros() as f64 / 1e3,
                    bytes_in = self.bytes_in.load(Relaxed),
                    bytes_out = self.bytes_out.load(Relaxed),
                    documents = self.documents.load(Relaxed),
                    failed_documents = self.failed.load(Relaxed),
                    key = self.caller.get(),
                    peer = self.peer.map(tracing::field::display),
                    "call"
                )
            };
        }
        match code {
            // A flood of refusals must not become a flood of lines; `refusals` tells of them.
            _ if self.refused.load(Relaxed) => event!(debug),
            Code::Unknown | Code::Internal | Code::DataLoss => event!(error),
            Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded => event!(warn),
            _ => event!(info),
        }
    }
}

/// The code as gRPC spells it.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

/// The connection that `request` came on.
pub(super) fn connection<B>(request: &Request<B>) -> Option<&Arc<Connected>> {
    peer(request).map(|peer| &peer.connection)
}

fn peer<B>(request: &Request<B>) -> Option<&Peer> {
    request.extensions().get::<Peer>()
}

/// Writes the call's line when it is over, however it ends, and gives its place back.
#[derive(Debug)]
pub(super) struct Guard {
    call: Arc<Call>,
    /// Its place among the calls under way, and what tells a drain that it is not over.
    place: Option<(OwnedSemaphorePermit, TaskTrackerToken)>,
    /// Tells the connection that it is not idle.
    busy: Option<Busy>,
}

impl Guard {
    pub(super) fn new(call: Arc<Call>, busy: Option<Busy>) -> Self {
        Self { call, place: None, busy }
    }

    /// The call is turned away because there is too much work: its connection shall rest.
    pub(super) fn rest_connection(&self) {
        if let Some(busy) = &self.busy {
            busy.turn_away();
        }
    }

    pub(super) fn hold(&mut self, place: Option<(OwnedSemaphorePermit, TaskTrackerToken)>) {
        self.place = place;
    }

    pub(super) fn call(&self) -> &Call {
        &self.call
    }

    pub(super) fn shared(&self) -> Arc<Call> {
        Arc::clone(&self.call)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.call.end();
    }
}
