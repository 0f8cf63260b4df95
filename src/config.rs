//! Configuration: file, environment and flags become one validated [`Config`], or a list of everything that is wrong.
//!
//! Settings are flat, so that `max_text_bytes` in the file is `PROMOSIEVE_MAX_TEXT_BYTES` in the environment. Flags
//! win over the environment, the environment over the file, the file over the defaults.

mod reader;
mod settings;

use crate::{
    engine::policy::Policy,
    store::{EmbeddedStore, MemoryStore, Store, StoreConfig, StoreError},
};
use std::{fmt, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

/// What the flags say; everything that they leave out comes from environment, file or defaults.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--config`: a TOML file.
    pub file: Option<PathBuf>,
    /// `--listen`: address and port.
    pub listen: Option<String>,
    /// `--data`: directory of the embedded store.
    pub data: Option<PathBuf>,
    /// `--memory`: keep nothing on disk.
    pub memory: bool,
    /// `--log`: filter directives.
    pub log: Option<String>,
    /// `--log-format`: `text` or `json`.
    pub log_format: Option<String>,
}

/// Everything that the server may be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Where to listen. Port 0 lets the system choose.
    pub listen: SocketAddr,
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
        Self { max_text_bytes: 4 << 20, max_batch_documents: 10_000 }
    }
}

/// Bounds on connections and on the whole server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transport {
    /// Largest message in either direction, in bytes after decompression.
    pub max_message_bytes: usize,
    /// Calls of the detector under way at once, over all connections; more are turned away with `UNAVAILABLE`.
    pub max_concurrent_requests: usize,
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
    /// How long calls may go on after the signal to stop.
    pub shutdown_grace: Duration,
}

impl Default for Transport {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            // A batch of 10,000 average articles (3 KB) takes half of this.
            max_message_bytes: 64 << 20,
            // Ten times what saturates a large machine; it bounds memory, not throughput.
            max_concurrent_requests: 1_024,
            // HTTP/2's own recommendation is no fewer than 100.
            max_concurrent_streams: 256,
            // About a millisecond of work: the most that a runtime thread should be kept from its other calls.
            inline_text_bytes: 32 << 10,
            // They are pure computation: more of them than cores only take turns.
            max_long_texts: cores,
            // Well inside the idle time-outs of usual load balancers (60 s and up).
            keepalive_interval: Duration::from_secs(30),
            keepalive_timeout: Duration::from_secs(10),
            // Well inside the 30 s that Kubernetes grants before it kills.
            shutdown_grace: Duration::from_secs(10),
        }
    }
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
    /// The problems, in the order of the settings.
    pub problems: Vec<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid configuration")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl Config {
    /// Reads the file named by `flags`, the environment and `flags` themselves.
    ///
    /// # Errors
    /// With every problem found: unreadable file, unknown settings of the file, values of the wrong type or range.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        settings::load(flags, None)
    }
}

/// Opens the store that `data` asks for. The only place that knows which stores there are.
///
/// # Errors
/// If its directory cannot be used.
pub fn open_store(data: &Data, bounds: &StoreConfig) -> Result<Arc<dyn Store>, StoreError> {
    match data {
        Data::Memory => Ok(Arc::new(MemoryStore::new(bounds.clone()))),
        Data::Directory(dir) => Ok(Arc::new(EmbeddedStore::open(dir, bounds.clone())?)),
    }
}
