//! What is known of a call, and the line that it leaves in the log.

use crate::access::Grant;
use http::{HeaderMap, Request};
use std::{
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI32, AtomicU64, Ordering::Relaxed},
    },
};
use tokio::{sync::OwnedSemaphorePermit, time::Instant};
use tokio_util::task::task_tracker::TaskTrackerToken;
use tonic::{Code, transport::server::TcpConnectInfo};

/// A call under way. Counters are read once it is over; they need no order among themselves.
#[derive(Debug)]
pub(in crate::server) struct Call {
    method: String,
    peer: Option<SocketAddr>,
    caller: OnceLock<String>,
    began: Instant,
    deadline: Option<Instant>,
    status: AtomicI32,
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
    documents: AtomicU64,
    failed: AtomicU64,
}

impl Call {
    pub(super) fn start<B>(request: &Request<B>, deadline: Option<Instant>) -> Self {
        let peer = request.extensions().get::<TcpConnectInfo>().and_then(TcpConnectInfo::remote_addr);
        Self::new(request.uri().path().trim_start_matches('/').to_owned(), peer, deadline)
    }

    fn new(method: String, peer: Option<SocketAddr>, deadline: Option<Instant>) -> Self {
        Self {
            method,
            peer,
            caller: OnceLock::new(),
            began: Instant::now(),
            deadline,
            // What it was if it ends before there is a status: the client went away.
            status: AtomicI32::new(Code::Cancelled as i32),
            bytes_in: AtomicU64::new(0),
            bytes_out: AtomicU64::new(0),
            documents: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    /// The call that `request` belongs to; one of its own if the service runs without the layer.
    pub(in crate::server) fn of<T>(request: &tonic::Request<T>) -> Arc<Self> {
        let found = request.extensions().get::<Arc<Self>>().map(Arc::clone);
        found.unwrap_or_else(|| Arc::new(Self::new(String::new(), None, None)))
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
        self.documents.fetch_add(1, Relaxed);
        self.failed.fetch_add(u64::from(!well), Relaxed);
    }

    pub(super) fn add_bytes_in(&self, bytes: usize) {
        self.bytes_in.fetch_add(bytes as u64, Relaxed);
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

    /// Errors of the caller are the caller's: they are no warning, let alone an error, of this server.
    fn log(&self) {
        let code = Code::from_i32(self.status.load(Relaxed));
        match code {
            Code::Unknown | Code::Internal | Code::DataLoss => self.event::<1>(code),
            Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded => self.event::<2>(code),
            _ => self.event::<3>(code),
        }
    }

    /// `tracing` wants levels as constants.
    fn event<const LEVEL: u8>(&self, code: Code) {
        macro_rules! event {
            ($level:ident) => {
                tracing::$level!(
                    target: "promosieve::access",
                    method = self.method,
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
        match LEVEL {
            1 => event!(error),
            2 => event!(warn),
            _ => event!(info),
        }
    }
}

/// Writes the call's line when it is over, however it ends, and gives its place back.
#[derive(Debug)]
pub(super) struct Guard {
    call: Arc<Call>,
    place: Option<OwnedSemaphorePermit>,
    /// Tells a drain that the call is not over.
    _under_way: TaskTrackerToken,
}

impl Guard {
    pub(super) fn new(call: Arc<Call>, under_way: TaskTrackerToken) -> Self {
        Self { call, place: None, _under_way: under_way }
    }

    pub(super) fn hold(&mut self, place: Option<OwnedSemaphorePermit>) {
        self.place = place;
    }

    pub(super) fn call(&self) -> &Call {
        &self.call
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.call.log();
    }
}
