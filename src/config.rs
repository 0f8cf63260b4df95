//! Configuration: file, environment and flags become one validated [`Config`], or a list of everything that is wrong.
//!
//! Settings are flat, so that `max_text_bytes` in the file is `PROMOSIEVE_MAX_TEXT_BYTES` in the environment and
//! `--max-text-bytes` as a flag. Flags win over the environment, the environment over the file, the file over the
//! defaults.
//!
//! # Layout
//! `table` declares each setting once (`setting`); `layers` reads what file, environment and flags say, `effective` is
//! what holds after all of them, `build` makes a [`Config`] of it, `document` the files that explain it.

mod build;
mod document;
mod effective;
mod layers;
mod setting;
mod table;
#[cfg(test)]
mod tests;

pub use document::{capital, example, markdown};
pub use effective::Effective;
pub use setting::Setting;
pub use table::{GROUPS, Group, MOST_DOCUMENTS};

use crate::{
    access::TlsFiles,
    engine::policy::Policy,
    store::{EmbeddedStore, MemoryStore, Store, StoreConfig, StoreError},
};
use layers::{Environment, Findings};
use std::{collections::BTreeMap, fmt, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

/// What the flags say; everything that they leave out comes from environment, file or defaults.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--config`: a TOML file.
    pub file: Option<PathBuf>,
    /// The settings given as flags, by key.
    pub given: BTreeMap<String, String>,
}

/// A configuration, right or wrong, with all that can be said about it.
#[derive(Debug)]
pub struct Inspection {
    /// The values that hold, with their origins.
    pub effective: Effective,
    /// The outcome; with every problem if there are any.
    pub config: Result<Config, ConfigError>,
    /// What looks like a mistake and need not be one, a line each.
    pub notes: Vec<String>,
}

/// Everything that the server may be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Where to listen. Port 0 lets the system choose.
    pub listen: SocketAddr,
    /// Who may call.
    pub access: Access,
    /// Where fingerprints are kept.
    pub data: Data,
    /// How much is kept, and for how long.
    pub store: StoreConfig,
    /// Bounds on single requests.
    pub limits: Limits,
    /// Bounds on connections and on the whole server.
    pub transport: Transport,
    /// Thresholds and kinds to keep.
    pub policy: Policy,
    /// What is logged, and how.
    pub log: Log,
    /// What can be seen from outside.
    pub telemetry: Telemetry,
}

/// Who may call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// The file of API keys; without it everybody may do everything.
    pub api_keys: Option<PathBuf>,
    /// The files of TLS; without them there is none.
    pub tls: Option<TlsFiles>,
}

/// Where fingerprints are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// In memory only; forgotten at exit.
    Memory,
    /// In the embedded store in this directory, which is created if missing.
    Directory(PathBuf),
}

/// Bounds on single requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest text of a document, in bytes.
    pub max_text_bytes: usize,
    /// Most documents in a batch.
    pub max_batch_documents: usize,
}

impl Default for Limits {
    /// The contract's promises: 4 MiB of text, 10,000 documents.
    fn default() -> Self {
        build::limits(&Effective::defaults())
    }
}

/// Bounds on connections and on the whole server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transport {
    /// Largest message in either direction, in bytes after decompression.
    pub max_message_bytes: usize,
    /// Connections open at once. For one more, the one that has been idle for longest is closed; if none is idle, the
    /// new one is.
    pub max_connections: usize,
    /// Calls of the contract's services under way at once, over all connections; more are turned away with
    /// `RESOURCE_EXHAUSTED`.
    pub max_concurrent_requests: usize,
    /// Bytes of messages that all calls may hold, as they come in and again decoded; more are turned away with
    /// `RESOURCE_EXHAUSTED`.
    pub max_inflight_bytes: usize,
    /// A call that would wait longer for its turn to compute is turned away with `RESOURCE_EXHAUSTED`; texts beyond
    /// `inline_text_bytes`, which take longer themselves, have ten times that.
    pub max_queue_wait: Duration,
    /// The longest deadline that a single call or a batch gets, its receiving included, whatever it asks for.
    pub max_deadline: Duration,
    /// A call whose message stops arriving for so long is ended.
    pub receive_timeout: Duration,
    /// A stream on which nothing arrives for so long is ended.
    pub stream_idle: Duration,
    /// Calls under way at once on one connection, announced by HTTP/2; clients queue the rest.
    pub max_concurrent_streams: u32,
    /// Texts up to this size are analysed on the runtime's own threads; longer ones on a thread pool of their own.
    pub inline_text_bytes: usize,
    /// Longer texts analysed at once.
    pub max_long_texts: usize,
    /// A connection silent for so long is pinged.
    pub keepalive_interval: Duration,
    /// A ping unanswered for so long ends the connection.
    pub keepalive_timeout: Duration,
    /// A connection on which no call is made for so long is closed.
    pub connection_idle: Duration,
    /// A connection on which the first call is not made within this is closed.
    pub connection_first_call: Duration,
    /// A connection of this age is told to make no more calls; clients connect anew. `Duration::MAX`: never.
    pub connection_age: Duration,
    /// How long the calls of such a connection may go on before it is closed.
    pub connection_age_grace: Duration,
    /// How long calls may go on after the signal to stop.
    pub drain: Duration,
}

impl Default for Transport {
    fn default() -> Self {
        build::transport(&Effective::defaults())
    }
}

/// What can be seen from outside; nothing unless asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Telemetry {
    /// Where to show figures for Prometheus, `/healthz` and `/readyz`. Whoever can connect may read them.
    pub metrics_listen: Option<SocketAddr>,
    /// Where to send traces, such as `http://127.0.0.1:4317`.
    pub otlp_endpoint: Option<String>,
    /// Share of the calls, 0 to 1, that are traced if their callers do not say.
    pub trace_share: f64,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Filter directives, for example `info` or `promosieve=debug,h2=warn`.
    pub filter: String,
    /// How a line looks.
    pub format: LogFormat,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people; coloured on a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

/// Everything that is wrong with a configuration, one problem a line.
#[derive(Debug, thiserror::Error)]
pub struct ConfigError {
    /// The problems, each with its place: first those of the file in its order, then of the environment, of flags, and of
    /// settings that do not go together.
    pub problems: Vec<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid configuration")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl Default for Config {
    /// The defaults, whatever the environment says.
    fn default() -> Self {
        build::config(&Effective::defaults())
    }
}

/// Reads the file named by `flags`, the environment and `flags` themselves, and tells all that was found.
#[must_use]
pub fn inspect(flags: &Flags) -> Inspection {
    let environment = std::env::vars_os().filter_map(|(name, value)| {
        // None of our variables is lost: their names are ASCII, and what is not UTF-8 in a value shows as what it is not.
        Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
    });
    inspect_with(flags, &environment.collect())
}

/// The same with an environment of the caller's.
fn inspect_with(flags: &Flags, environment: &Environment) -> Inspection {
    let mut findings = Findings::default();
    let effective = Effective::load(flags, environment, &mut findings);
    let Findings { mut problems, notes } = findings;
    problems.extend(build::contradictions(&effective));
    let config = if problems.is_empty() { Ok(build::config(&effective)) } else { Err(ConfigError { problems }) };
    Inspection { effective, config, notes }
}

/// Opens the store that `data` asks for, which is kept by `bounds` from now on. With [`visit_store`] the only place that
/// knows which stores there are.
///
/// # Errors
/// If its directory cannot be used.
pub fn open_store(data: &Data, bounds: &StoreConfig) -> Result<Arc<dyn Store>, StoreError> {
    match data {
        Data::Memory => Ok(Arc::new(MemoryStore::new(bounds.clone()))),
        Data::Directory(dir) => Ok(Arc::new(EmbeddedStore::open(dir, bounds.clone())?)),
    }
}

/// Opens the store in `data` for a tool, which knows nothing of its bounds: nothing is dropped that its server keeps.
///
/// # Errors
/// If its directory cannot be used.
pub fn visit_store(data: &Data) -> Result<Arc<dyn Store>, StoreError> {
    match data {
        Data::Memory => open_store(data, &StoreConfig::default()),
        Data::Directory(dir) => Ok(Arc::new(EmbeddedStore::open_as_guest(dir, StoreConfig::default())?)),
    }
}

/// For the fuzzers only: reads `text` as a configuration file, and `value` as each of the variables; whether all is
/// right. Files that they name are not looked at.
#[doc(hidden)]
#[must_use]
pub fn fuzz_config(text: &str, value: &str) -> bool {
    let variables = table::all().map(|setting| (setting.variable(), value.to_owned()));
    let mut findings = Findings::default();
    let effective = Effective::of(text, &variables.collect(), &mut findings);
    _ = effective.text_form();
    findings.problems.is_empty() && build::config(&effective).limits.max_text_bytes > 0
}
