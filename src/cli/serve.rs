//! `promosieve serve`: the server as a process.

use super::{error::CliError, logging};
use crate::{
    config::{Config, Flags, open_store},
    detector::Detector,
    engine::Engine,
    server::{self, ServeError},
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};

/// How long work that no one waits for any more may hold up the exit.
const ABANDONED: Duration = Duration::from_millis(500);

const AFTER_HELP: &str = "\
Settings come from flags, environment (PROMOSIEVE_<SETTING>) and file, in this order of precedence:
  listen, data, memory, log, log_format
  max_text_bytes = 4194304          longest text of a document
  max_batch_documents = 10000       most documents in a batch
  max_message_bytes = 67108864      largest message, after decompression
  max_concurrent_requests = 1024    over all connections
  max_concurrent_streams = 256      on one connection
  inline_text_bytes = 32768         longer texts are analysed on threads of their own ...
  max_long_texts = <cores>          ... so many at once
  keepalive_interval_seconds = 30   keepalive_timeout_seconds = 10
  shutdown_grace_seconds = 10       what is not finished by then is cut
  keep_kinds = [\"byline\"]           kinds that are reported but not removed
  min_confidence = 0.0              spans below it are reported but not removed
  promotional_from = 0.25           spam_from = 0.8

Examples:
  promosieve serve
  promosieve serve --listen [::]:50051 --data /var/lib/promosieve --log-format json
  PROMOSIEVE_SHUTDOWN_GRACE_SECONDS=25 promosieve serve --config promosieve.toml
  grpcurl -plaintext -d '{\"document\": {\"id\": \"1\", \"text\": \"...\"}}' localhost:50051 \\
    promosieve.v1.DetectorService/Analyze

SIGTERM and SIGINT let calls under way finish, then save what was learned.";

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Address and port to listen on; port 0 lets the system choose [default: 127.0.0.1:50051]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,

    /// Directory of the store, created if missing [default: ./promosieve-data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Keep nothing on disk; what was learned is forgotten at exit
    #[arg(long, conflicts_with = "data")]
    memory: bool,

    /// TOML file with settings
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// What to log, for example `info` or `promosieve=debug` [default: `$RUST_LOG` or info]
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,

    /// How to log: text or json [default: text]
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
}

/// Serves until SIGTERM or SIGINT.
pub(super) fn run(args: Args) -> Result<(), CliError> {
    let Args { listen, data, memory, config: file, log, log_format } = args;
    let config = Config::load(&Flags { file, listen, data, memory, log, log_format })?;
    logging::start(&config.log)?;
    let detector = Detector::new(Engine::shipped(), open_store(&config.data, &config.store)?, config.policy.clone());
    let runtime = Runtime::new().map_err(|e| CliError::Bug(format!("cannot start the runtime: {e}")))?;
    let outcome = runtime.block_on(serve(Arc::new(detector), &config));
    runtime.shutdown_timeout(ABANDONED);
    Ok(outcome?)
}

async fn serve(detector: Arc<Detector>, config: &Config) -> Result<(), ServeError> {
    let listener = server::bind(config).await?;
    let bound = |source| ServeError::Bind { address: config.listen, source };
    let stopped = stop_signal().map_err(bound)?;
    let address = listener.local_addr().map_err(bound)?;
    let ruleset = detector.ruleset_version();
    tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), ruleset, data = ?config.data, "listening");
    server::run(listener, stopped, Arc::clone(&detector), config).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Resolves at SIGTERM or SIGINT. The handlers are set when this returns, so a signal right after the first log line
/// is not lost.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "stopping");
    })
}
