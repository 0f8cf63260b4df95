//! The gRPC server: listener, limits, health, reflection, drain.

mod batch;
mod budget;
mod calls;
mod connections;
mod door;
mod export;
mod gate;
mod incoming;
mod metrics;
mod readiness;
mod refusals;
mod reload;
mod rest;
mod service;
mod stream;
mod templates;
mod tls;
mod trace;
mod turns;
mod workers;

use crate::{
    access::{KeyFile, KeyFileError, TlsError},
    config::{Config, Transport},
    detector::Detector,
    proto,
    store::StoreError,
};
use budget::Budget;
use calls::Rooms;
use connections::{Connections, Lifetime};
pub use export::{BadEndpoint, Traces};
use gate::Gate;
use metrics::Sources;
pub use metrics::{Form, METRICS, Metric};
use proto::v1::{
    detector_service_server::{self, DetectorServiceServer},
    template_service_server::{self, TemplateServiceServer},
};
use readiness::Readiness;
use std::{future::Future, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tls::Tls;
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::{codec::CompressionEncoding, service::Routes, transport::Server};
use tower_layer::{Identity, Stack};
pub use trace::TARGET as TRACE_TARGET;
use turns::Turns;
use workers::Workers;

/// The services of the contract: admission and health go by them.
const SERVICES: [&str; 2] = [detector_service_server::SERVICE_NAME, template_service_server::SERVICE_NAME];

/// What is left of the grace for last words: streams that are still open are told why they end, and the rest of the
/// connections are cut. A tenth of the grace, and no more than this.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Headers of one call, as HTTP/2 counts them: deadline, tracing and tokens take one or two kilobytes.
const MAX_HEADER_BYTES: u32 = 16 << 10;

/// Calls that one client may open and take back before they were looked at; then its connection is closed. h2's own
/// default, said here because it is what a flood of resets runs into.
const MAX_RESETS: usize = 20;

/// Why the server could not start, go on or end well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}{}", hint(.source))]
    Bind {
        /// Where the server was to listen.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file of API keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    /// The files of TLS cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The descriptors that were compiled in are damaged: a bug.
    #[error("the contract's descriptors do not fit: {0}")]
    Descriptors(#[from] tonic_reflection::server::Error),
    /// The server broke off.
    #[error("the server broke off: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// What was learned could not be saved at the end.
    #[error("cannot save what was learned: {0}")]
    Store(#[from] StoreError),
}

fn hint(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => "; stop the process that uses it, or choose another with --listen",
        std::io::ErrorKind::AddrNotAvailable => "; no interface of this machine has it",
        std::io::ErrorKind::PermissionDenied => "; ports below 1024 need privileges",
        _ => "",
    }
}

/// Binds the address that `config` asks for.
///
/// # Errors
/// If the address is taken or not ours.
pub async fn bind(config: &Config) -> Result<TcpListener, ServeError> {
    bind_to(config.listen).await
}

async fn bind_to(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Bind { address, source })
}

/// Serves on `listener`, with the keys and certificates of `config.access`, until `shutdown` resolves, then lets calls
/// under way finish within `config.transport.drain`, and saves what was learned. What is not finished by then is cut,
/// idle streams included. In the meantime new calls are told `UNAVAILABLE` and health says `NOT_SERVING`, on new
/// connections as well.
///
/// # Errors
/// If keys or certificates cannot be used, if the server breaks off, or if what was learned cannot be saved.
pub async fn run(
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
    detector: Arc<Detector>,
    config: &Config,
) -> Result<(), ServeError> {
    let stop = Stop::default();
    // Dropped at the end, which ends the tasks.
    let mut watches = JoinSet::new();
    let gate = Gate::open(config.access.api_keys.as_deref().map(KeyFile::at).as_ref(), &mut watches)?;
    let tls = Tls::open(config.access.tls.as_ref(), &mut watches)?;
    let transport = &config.transport;
    let rooms = Rooms::new(transport, &stop);
    let connections = Connections::new(transport.max_connections, Lifetime::new(transport), stop.sever.clone());
    let listener = Arc::new(listener);
    let incoming = || incoming::connections(Arc::clone(&listener), tls.clone(), Arc::clone(&connections));

    let readiness = Readiness::new();
    let (reporter, health) = tonic_health::server::health_reporter();
    readiness.announce(&reporter).await;
    watches.spawn(Readiness::publish_store(reporter.clone(), Arc::clone(&detector)));
    watches.spawn(readiness.clone().publish(reporter, Arc::clone(&detector)));
    let workers = Workers::new(Arc::clone(&detector), readiness.clone(), Arc::clone(&rooms.turns), config);
    let figures = match config.telemetry.metrics_listen {
        Some(address) => {
            let sources = Sources {
                workers: workers.clone(),
                budget: Arc::clone(&rooms.budget),
                connections: Arc::clone(&connections),
                readiness: readiness.clone(),
            };
            Some(tokio::spawn(metrics::show(bind_to(address).await?, sources)))
        }
        None => None,
    };
    let routes = routes(workers, &stop, config)?.add_service(health);

    let mut server = builder(transport, gate, rooms);
    let serve = server.add_routes(routes.clone());
    let serve = serve.serve_with_incoming_shutdown(incoming(), stop.drain.clone().cancelled_owned());
    let mut serve = pin!(serve);
    let outcome = tokio::select! {
        outcome = &mut serve => outcome,
        () = shutdown => {
            readiness.drain();
            stop.drain.cancel();
            // The first server takes no more connections; those who come late shall hear why.
            let late = server.add_routes(routes).serve_with_incoming(incoming());
            tokio::select! {
                outcome = stop.drain(transport.drain, serve) => outcome,
                Err(error) = late => Err(error),
            }
        }
    };
    outcome?;
    let saved = save(detector).await;
    // To the last: what the drain does can be watched.
    figures.inspect(JoinHandle::abort);
    saved
}

/// The steps of stopping, in their order.
#[derive(Debug, Default)]
struct Stop {
    /// No new connections, no new calls.
    drain: CancellationToken,
    /// Streams under way end with UNAVAILABLE.
    cut: CancellationToken,
    /// Connections are closed, whatever happens on them.
    sever: CancellationToken,
    /// The calls that are not over.
    under_way: TaskTracker,
}

impl Stop {
    /// After `drain` was cancelled: gives `serve` the grace to end by itself, then cuts what is left, for an idle stream
    /// would hang it for ever.
    async fn drain<E>(&self, grace: Duration, mut serve: impl Future<Output = Result<(), E>> + Unpin) -> Result<(), E> {
        let last_words = LAST_WORDS.min(grace / 10);
        tracing::info!(grace_seconds = grace.as_secs_f64(), calls = self.under_way.len(), "draining");
        self.under_way.close();
        tokio::select! {
            outcome = &mut serve => return outcome,
            () = self.quiet() => {}
            () = sleep(grace.saturating_sub(last_words)) => {
                tracing::warn!(calls = self.under_way.len(), "calls are under way after the grace; they are cut");
                self.cut.cancel();
                if let Ok(outcome) = timeout(last_words, &mut serve).await {
                    return outcome;
                }
            }
        }
        self.sever.cancel();
        // Severed connections end at once; the bound is against surprises only.
        timeout(LAST_WORDS, &mut serve).await.unwrap_or(Ok(()))
    }

    /// Resolves when there are no calls, and clients that had the time to close their idle connections have not.
    async fn quiet(&self) {
        loop {
            self.under_way.wait().await;
            sleep(LAST_WORDS).await;
            if self.under_way.is_empty() {
                return;
            }
        }
    }
}

impl Rooms {
    fn new(transport: &Transport, stop: &Stop) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            turns: Turns::new(cores, transport.max_queue_wait),
            budget: Budget::new(transport.max_inflight_bytes),
            under_way: stop.under_way.clone(),
            drain: stop.drain.clone(),
        }
    }
}

async fn save(detector: Arc<Detector>) -> Result<(), ServeError> {
    let saved = tokio::task::spawn_blocking(move || detector.sync()).await;
    Ok(saved.unwrap_or_else(|e| Err(StoreError::Io { path: "store".into(), what: e.to_string() }))?)
}

fn builder(transport: &Transport, gate: Gate, rooms: Rooms) -> Server<Stack<calls::CallsLayer, Identity>> {
    let mut server = Server::builder();
    if transport.connection_age < Duration::MAX {
        // tonic's own grace would replace the announcement; `incoming` makes connections go after it.
        server = server.max_connection_age(transport.connection_age);
    }
    server
        .max_concurrent_streams(transport.max_concurrent_streams)
        .http2_keepalive_interval(Some(transport.keepalive_interval))
        .http2_keepalive_timeout(Some(transport.keepalive_timeout))
        .http2_max_header_list_size(MAX_HEADER_BYTES)
        .http2_max_pending_accept_reset_streams(Some(MAX_RESETS))
        .layer(calls::CallsLayer::new(gate, transport, rooms))
}

fn routes(workers: Workers, stop: &Stop, config: &Config) -> Result<Routes, ServeError> {
    let templates = templates::Templates::new(workers.clone());
    let service = service::Service::new(workers, stop.cut.clone());
    // Every generated server has these methods of its own; no trait has them.
    macro_rules! bounded {
        ($service:expr) => {
            $service
                .max_decoding_message_size(config.transport.max_message_bytes)
                .max_encoding_message_size(config.transport.max_message_bytes)
                .accept_compressed(CompressionEncoding::Gzip)
                .accept_compressed(CompressionEncoding::Zstd)
                .send_compressed(CompressionEncoding::Gzip)
                .send_compressed(CompressionEncoding::Zstd)
        };
    }
    let routes = Routes::new(bounded!(DetectorServiceServer::new(service)))
        .add_service(bounded!(TemplateServiceServer::new(templates)));
    Ok(routes.add_service(reflection().build_v1()?).add_service(reflection().build_v1alpha()?))
}

/// Reflection lists what is registered here.
fn reflection<'a>() -> tonic_reflection::server::Builder<'a> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
        // So that generic clients can print the details of errors.
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET)
        .include_reflection_service(false)
}
