//! `promosieve serve`: the server as a process.

use super::{error::CliError, logging, settings::Settings};
use crate::{
    config::{self, Config, Inspection, open_store},
    detector::Detector,
    engine::Engine,
    server::{self, ServeError, Traces},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{SignalKind, signal},
};

/// How long work that no one waits for any more may hold up the exit.
const ABANDONED: Duration = Duration::from_millis(500);

const AFTER_HELP: &str = "\
Every setting has a flag, a variable (PROMOSIEVE_MAX_TEXT_BYTES for --max-text-bytes) and a key in the file
(max_text_bytes), in this order of strength. `promosieve config check` reports mistakes, `promosieve config show` what
holds and why.

Examples:
  promosieve serve
  promosieve serve --listen [::]:50051 --api-keys keys.toml --tls-cert cert.pem --tls-key key.pem
  PROMOSIEVE_DRAIN_SECONDS=25 promosieve serve --config promosieve.toml
  grpcurl -plaintext -d '{\"document\": {\"id\": \"1\", \"text\": \"...\"}}' localhost:50051 \\
    promosieve.v1.DetectorService/Analyze

SIGTERM and SIGINT let calls under way finish, then save what was learned.";

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
}

/// Serves until SIGTERM or SIGINT.
pub(super) fn run(args: &Args) -> Result<(), CliError> {
    let Inspection { config, notes, .. } = config::inspect(&args.settings.0);
    let config = config?;
    let runtime = runtime().map_err(|e| CliError::Bug(format!("cannot start the runtime: {e}")))?;
    let traces = {
        let _inside = runtime.enter();
        Traces::start(&config.telemetry).map_err(|e| CliError::Usage(e.to_string()))?
    };
    logging::start(&config.log, traces.as_ref())?;
    for note in notes {
        tracing::warn!("{note}");
    }
    let detector = Detector::new(Engine::shipped(), open_store(&config.data, &config.store)?, config.policy.clone());
    let outcome = runtime.block_on(serve(Arc::new(detector), &config));
    // Before the runtime, which carries them away.
    drop(traces);
    runtime.shutdown_timeout(ABANDONED);
    Ok(outcome?)
}

/// One thread more than documents are worked on at once, so that there is always one for the connections.
fn runtime() -> std::io::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Builder::new_multi_thread().worker_threads(cores + 1).enable_all().build()
}

async fn serve(detector: Arc<Detector>, config: &Config) -> Result<(), ServeError> {
    if config.access.api_keys.is_some() && config.access.tls.is_none() && !config.listen.ip().is_loopback() {
        tracing::warn!("API keys travel in clear without TLS: give --tls-cert and --tls-key, or put a proxy in front");
    }
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
