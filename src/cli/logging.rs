//! Sets up the log: to standard error, as text or JSON.

use super::error::CliError;
use crate::{
    config::{Log, LogFormat},
    server::{TRACE_TARGET, Traces},
};
use std::io::{self, IsTerminal as _};
use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// Starts logging for the rest of the process, and hands spans to `traces`, if there are any.
pub(super) fn start(log: &Log, traces: Option<&Traces>) -> Result<(), CliError> {
    // The configuration has checked it already.
    let filter: Targets = log.filter.parse().map_err(|e| CliError::Usage(format!("--log: {e}")))?;
    let layer = match log.format {
        LogFormat::Text => fmt::layer().with_writer(io::stderr).with_ansi(colours()).boxed(),
        LogFormat::Json => fmt::layer().with_writer(io::stderr).json().flatten_event(true).boxed(),
    };
    // Spans for export say nothing that the line of a call does not say.
    let filter = filter.with_target(TRACE_TARGET, LevelFilter::OFF);
    let started =
        tracing_subscriber::registry().with(traces.map(Traces::layer)).with(layer.with_filter(filter)).try_init();
    started.map_err(|e| CliError::Bug(e.to_string()))
}

fn colours() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}
