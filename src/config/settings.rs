//! The settings by name, with defaults, ranges and what would be right.

use super::{Config, ConfigError, Data, Flags, Limits, Log, LogFormat, Transport, reader::Reader};
use crate::{
    engine::{policy::Policy, span::Kind},
    store::StoreConfig,
};
use config::{Environment, File, FileFormat, Map};
use std::{
    net::{SocketAddr, ToSocketAddrs as _},
    path::PathBuf,
    time::Duration,
};

/// Only clients on the same machine can connect unless the operator says otherwise: there is no authentication.
const DEFAULT_LISTEN: &str = "127.0.0.1:50051";
const DEFAULT_DATA: &str = "./promosieve-data";

/// Merges the sources and validates the result. `environment` stands in for the process's own in tests.
pub(super) fn load(flags: &Flags, environment: Option<Map<String, String>>) -> Result<Config, ConfigError> {
    let file = read_file(flags)?;
    let merged = merge(flags, &file, environment).map_err(|e| ConfigError { problems: vec![e.to_string()] })?;
    let mut reader = Reader::new(&merged);
    let config = Config {
        listen: listen(&mut reader),
        data: data(&mut reader),
        store: store(&mut reader),
        limits: limits(&mut reader),
        transport: transport(&mut reader),
        policy: policy(&mut reader),
        log: log(&mut reader),
    };
    reader.reject_unknown(file_keys(&file)?.into_iter());
    let problems = reader.problems;
    if problems.is_empty() { Ok(config) } else { Err(ConfigError { problems }) }
}

fn read_file(flags: &Flags) -> Result<String, ConfigError> {
    let Some(path) = &flags.file else { return Ok(String::new()) };
    std::fs::read_to_string(path)
        .map_err(|e| ConfigError { problems: vec![format!("--config: cannot read {}: {e}", path.display())] })
}

/// The file's own keys. Strangers in the environment are no mistake: orchestrators set `PROMOSIEVE_SERVICE_HOST` and
/// the like for a service of this name.
fn file_keys(file: &str) -> Result<Vec<String>, ConfigError> {
    let table: toml::Table =
        file.parse().map_err(|e: toml::de::Error| ConfigError { problems: vec![format!("--config: {e}")] })?;
    Ok(table.into_iter().map(|(key, _)| key).collect())
}

fn merge(
    flags: &Flags,
    file: &str,
    environment: Option<Map<String, String>>,
) -> Result<config::Config, config::ConfigError> {
    let environment = Environment::with_prefix("PROMOSIEVE")
        .prefix_separator("_")
        .list_separator(",")
        .with_list_parse_key("keep_kinds")
        .try_parsing(true)
        .ignore_empty(true)
        .source(environment);
    let data = flags.data.as_ref().map(|path| path.to_string_lossy().into_owned());
    config::Config::builder()
        .add_source(File::from_str(file, FileFormat::Toml))
        .add_source(environment)
        .set_override_option("listen", flags.listen.clone())?
        .set_override_option("data", data)?
        .set_override_option("memory", flags.memory.then_some(true))?
        .set_override_option("log", flags.log.clone())?
        .set_override_option("log_format", flags.log_format.clone())?
        .build()
}

fn listen(reader: &mut Reader<'_>) -> SocketAddr {
    const RIGHT: &str = "an address and a port, for example 127.0.0.1:50051 or [::]:50051";
    let given: String = reader.get("listen", RIGHT, DEFAULT_LISTEN.into());
    let resolved = given.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    resolved.unwrap_or_else(|| {
        reader.problem("listen", format!("`{given}` is no address to listen on; expected {RIGHT}"));
        SocketAddr::from(([127, 0, 0, 1], 0))
    })
}

fn data(reader: &mut Reader<'_>) -> Data {
    let memory = reader.get("memory", "true or false", false);
    let path: String = reader.get("data", "the path of a directory", DEFAULT_DATA.into());
    if memory { Data::Memory } else { Data::Directory(PathBuf::from(path)) }
}

fn store(reader: &mut Reader<'_>) -> StoreConfig {
    const MIB: usize = 1 << 20;
    let mut store = StoreConfig::default();
    // Below 16 MiB the tables of the store are too small to find anything again.
    store.memory_bytes = MIB * reader.number("store_memory_mib", 16..=(1 << 20), store.memory_bytes / MIB);
    let journal = store.journal.max_bytes / MIB as u64;
    store.journal.max_bytes = MIB as u64 * reader.number("store_journal_mib", 16..=(1 << 20), journal);
    store.max_age = days(reader, "store_max_age_days", store.max_age);
    store.rare_age = days(reader, "store_rare_age_days", store.rare_age);
    store.journal.max_age = days(reader, "store_journal_age_days", store.journal.max_age);
    store
}

fn days(reader: &mut Reader<'_>, key: &'static str, default: Duration) -> Duration {
    const DAY: u64 = 86_400;
    Duration::from_secs(DAY * reader.number(key, 1..=36_500, default.as_secs() / DAY))
}

fn limits(reader: &mut Reader<'_>) -> Limits {
    let default = Limits::default();
    Limits {
        // Offsets of spans are 32 bits on the wire.
        max_text_bytes: reader.number("max_text_bytes", 1..=(1 << 30), default.max_text_bytes),
        max_batch_documents: reader.number("max_batch_documents", 1..=1_000_000, default.max_batch_documents),
    }
}

fn transport(reader: &mut Reader<'_>) -> Transport {
    let default = Transport::default();
    Transport {
        // gRPC's length prefix is 32 bits.
        max_message_bytes: reader.number("max_message_bytes", 1024..=(u32::MAX as usize), default.max_message_bytes),
        max_concurrent_requests: reader.number(
            "max_concurrent_requests",
            1..=1_000_000,
            default.max_concurrent_requests,
        ),
        max_concurrent_streams: reader.number("max_concurrent_streams", 1..=100_000, default.max_concurrent_streams),
        inline_text_bytes: reader.number("inline_text_bytes", 0..=(1 << 30), default.inline_text_bytes),
        max_long_texts: reader.number("max_long_texts", 1..=1024, default.max_long_texts),
        keepalive_interval: seconds(reader, "keepalive_interval_seconds", 86_400.0, default.keepalive_interval),
        keepalive_timeout: seconds(reader, "keepalive_timeout_seconds", 86_400.0, default.keepalive_timeout),
        shutdown_grace: seconds(reader, "shutdown_grace_seconds", 3_600.0, default.shutdown_grace),
    }
}

fn seconds(reader: &mut Reader<'_>, key: &'static str, most: f64, default: Duration) -> Duration {
    // A tenth of a second is the least that makes sense for any of them, and keeps zero out.
    Duration::from_secs_f64(reader.number(key, 0.1..=most, default.as_secs_f64()))
}

fn policy(reader: &mut Reader<'_>) -> Policy {
    let default = Policy::default();
    let policy = Policy {
        keep_kinds: keep_kinds(reader, default.keep_kinds),
        min_confidence: reader.number("min_confidence", 0.0..=1.0, default.min_confidence),
        explain: false,
        promotional_from: reader.number("promotional_from", 0.0..=1.0, default.promotional_from),
        spam_from: reader.number("spam_from", 0.0..=1.0, default.spam_from),
    };
    if policy.spam_from < policy.promotional_from {
        let why = format!("{} lies below promotional_from ({})", policy.spam_from, policy.promotional_from);
        reader.problem("spam_from", why + "; expected a number not below it");
    }
    policy
}

fn keep_kinds(reader: &mut Reader<'_>, default: Vec<Kind>) -> Vec<Kind> {
    let right = format!("a list of {}", Kind::ALL.map(Kind::name).join(", "));
    let Some(names) = reader.optional::<Vec<String>>("keep_kinds", &right) else { return default };
    let mut kinds = Vec::new();
    for name in names {
        match Kind::ALL.into_iter().find(|kind| kind.name() == name.trim()) {
            Some(kind) => kinds.push(kind),
            None => reader.problem("keep_kinds", format!("there is no kind `{name}`; expected {right}")),
        }
    }
    kinds
}

fn log(reader: &mut Reader<'_>) -> Log {
    const RIGHT: &str = "`text` or `json`";
    let format: String = reader.get("log_format", RIGHT, "text".into());
    let format = match format.as_str() {
        "text" => LogFormat::Text,
        "json" => LogFormat::Json,
        other => {
            reader.problem("log_format", format!("there is no format `{other}`; expected {RIGHT}"));
            LogFormat::Text
        }
    };
    let directives = "filter directives, for example `info` or `promosieve=debug`";
    let filter = reader.optional("log", directives).or_else(|| std::env::var("RUST_LOG").ok());
    let filter: String = filter.filter(|f: &String| !f.is_empty()).unwrap_or_else(|| "info".into());
    if let Err(e) = filter.parse::<tracing_subscriber::filter::Targets>() {
        reader.problem("log", format!("{e}; expected {directives}"));
    }
    Log { filter, format }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn load_with(file: &str, environment: &[(&str, &str)], flags: Flags) -> Result<Config, ConfigError> {
        let mut on_disk = tempfile::NamedTempFile::new().unwrap();
        on_disk.write_all(file.as_bytes()).unwrap();
        let environment = environment.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        load(&Flags { file: Some(on_disk.path().into()), ..flags }, Some(environment))
    }

    #[test]
    fn defaults_are_valid() {
        let config = load_with("", &[], Flags::default()).unwrap();
        assert_eq!(config.listen, DEFAULT_LISTEN.parse().unwrap());
        assert_eq!(config.data, Data::Directory(DEFAULT_DATA.into()));
        assert_eq!(config.policy, Policy::default());
    }

    #[test]
    fn flags_win_over_environment_over_file() {
        let file = "listen = '127.0.0.1:1'\nmax_text_bytes = 10\nmax_batch_documents = 5\n";
        let environment = [("PROMOSIEVE_LISTEN", "127.0.0.1:2"), ("PROMOSIEVE_MAX_TEXT_BYTES", "20")];
        let flags = Flags { listen: Some("127.0.0.1:3".into()), ..Flags::default() };
        let config = load_with(file, &environment, flags).unwrap();
        assert_eq!(config.listen.port(), 3);
        assert_eq!(config.limits.max_text_bytes, 20);
        assert_eq!(config.limits.max_batch_documents, 5);
    }

    #[test]
    fn lists_come_from_file_and_environment() {
        let config = load_with("keep_kinds = ['related']", &[], Flags::default()).unwrap();
        assert_eq!(config.policy.keep_kinds, [Kind::Related]);
        let config = load_with("", &[("PROMOSIEVE_KEEP_KINDS", "byline,disclaimer")], Flags::default()).unwrap();
        assert_eq!(config.policy.keep_kinds, [Kind::Byline, Kind::Disclaimer]);
    }

    #[test]
    fn every_problem_is_reported_with_its_setting() {
        let file = "listen = 'here'\nmax_text_bytes = 'many'\nmin_confidence = 2\nspam_from = 0.1\n\
                    keep_kinds = ['adverts']\nlog_format = 'xml'\nmax_txt_bytes = 3\nshutdown_grace_seconds = 0\n";
        let problems = load_with(file, &[], Flags::default()).unwrap_err().problems.join("\n");
        for key in ["listen", "max_text_bytes", "min_confidence", "spam_from", "keep_kinds", "log_format"] {
            assert!(problems.contains(&format!("{key}: ")), "{key} is missing in {problems}");
        }
        assert!(problems.contains("did you mean `max_text_bytes`"), "{problems}");
        assert!(problems.contains("shutdown_grace_seconds: 0 is out of range"), "{problems}");
    }

    #[test]
    fn strangers_in_the_environment_are_ignored() {
        load_with("", &[("PROMOSIEVE_SERVICE_HOST", "10.0.0.1")], Flags::default()).unwrap();
    }
}
