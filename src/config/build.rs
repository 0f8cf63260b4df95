//! From the effective values to a [`Config`], section by section, with the rules that span settings.

use super::{
    Access, Config, Data, Limits, Log, LogFormat, Telemetry, Transport,
    effective::Effective,
    table::{self as t, resolve},
};
use crate::{
    access::{KeyFile, TlsFiles},
    engine::{policy::Policy, span::Kind},
    store::{JournalConfig, StoreConfig},
};
use std::{net::SocketAddr, path::PathBuf, time::Duration};

const MIB: u64 = 1 << 20;
const DAY: u64 = 86_400;

pub(super) fn config(values: &Effective) -> Config {
    Config {
        listen: listen(values),
        access: access(values),
        data: data(values),
        store: store(values),
        limits: limits(values),
        transport: transport(values),
        policy: policy(values),
        log: log(values),
        telemetry: telemetry(values),
    }
}

/// What is wrong with settings taken together, each right by itself.
pub(super) fn contradictions(values: &Effective) -> Vec<String> {
    let mut problems = Vec::new();
    let (promotional, spam) = (values.number(&t::PROMOTIONAL_FROM), values.number(&t::SPAM_FROM));
    if spam < promotional {
        let why = format!("{spam} lies below promotional_from ({promotional}); expected a number not below it");
        problems.push(values.problem(&t::SPAM_FROM, &why));
    }
    if values.switch(&t::MEMORY) && values.is_flag(&t::MEMORY) && values.is_flag(&t::DATA) {
        problems.push(values.problem(&t::MEMORY, "contradicts --data; give one of them"));
    }
    problems.extend(open_doors(values));
    problems
}

fn listen(values: &Effective) -> SocketAddr {
    // The check of the setting has resolved it once; a name server that has changed its mind leads to an address that
    // nobody else can reach.
    resolve(&values.text(&t::LISTEN)).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)))
}

fn access(values: &Effective) -> Access {
    let path = |setting| values.optional_text(setting).map(PathBuf::from);
    let pair = path(&t::TLS_CERT).zip(path(&t::TLS_KEY));
    let tls = pair.map(|(cert, key)| TlsFiles { cert, key, client_ca: path(&t::TLS_CLIENT_CA) });
    Access { api_keys: path(&t::API_KEYS), tls }
}

/// What is wrong with who may call, the contents of the files included.
fn open_doors(values: &Effective) -> Vec<String> {
    let mut problems = Vec::new();
    let Access { api_keys, tls } = access(values);
    let has = |setting| values.optional_text(setting).is_some();
    for (setting, other) in
        [(&t::TLS_CERT, &t::TLS_KEY), (&t::TLS_KEY, &t::TLS_CERT), (&t::TLS_CLIENT_CA, &t::TLS_CERT)]
    {
        if has(setting) && !has(other) {
            problems.push(values.problem(setting, &format!("does nothing without {}; expected both", other.key)));
        }
    }
    if let Some(error) = api_keys.as_deref().and_then(|path| KeyFile::at(path).ring().err()) {
        problems.push(values.problem(&t::API_KEYS, &error.to_string()));
    }
    if let Some(error) = tls.as_ref().and_then(|files| files.load().err()) {
        problems.push(values.problem(&t::TLS_CERT, &error.to_string()));
    }
    let is_guarded = has(&t::API_KEYS) || has(&t::TLS_CLIENT_CA);
    if !listen(values).ip().is_loopback() && !is_guarded && !values.switch(&t::INSECURE) {
        let why = "can be reached from other machines, and nothing says who may call; expected --api-keys, \
                   --tls-client-ca, an address of the loopback such as 127.0.0.1, or --insecure if something else, \
                   such as a firewall or a proxy, keeps strangers out";
        problems.push(values.problem(&t::LISTEN, &format!("{} {why}", values.text(&t::LISTEN))));
    }
    problems
}

fn data(values: &Effective) -> Data {
    if values.switch(&t::MEMORY) { Data::Memory } else { Data::Directory(PathBuf::from(values.text(&t::DATA))) }
}

fn store(values: &Effective) -> StoreConfig {
    let days = |setting| Duration::from_secs(DAY * values.whole(setting));
    StoreConfig {
        memory_bytes: (MIB * values.whole(&t::STORE_MEMORY_MIB)) as usize,
        max_age: days(&t::STORE_MAX_AGE_DAYS),
        rare_age: days(&t::STORE_RARE_AGE_DAYS),
        journal: JournalConfig {
            max_bytes: MIB * values.whole(&t::STORE_JOURNAL_MIB),
            max_age: days(&t::STORE_JOURNAL_AGE_DAYS),
            ..JournalConfig::default()
        },
        ..StoreConfig::default()
    }
}

pub(super) fn limits(values: &Effective) -> Limits {
    Limits {
        max_text_bytes: values.size(&t::MAX_TEXT_BYTES),
        max_batch_documents: values.size(&t::MAX_BATCH_DOCUMENTS),
    }
}

pub(super) fn transport(values: &Effective) -> Transport {
    Transport {
        max_message_bytes: values.size(&t::MAX_MESSAGE_BYTES),
        max_concurrent_requests: values.size(&t::MAX_CONCURRENT_REQUESTS),
        max_concurrent_streams: values.whole(&t::MAX_CONCURRENT_STREAMS) as u32,
        inline_text_bytes: values.size(&t::INLINE_TEXT_BYTES),
        max_long_texts: values.size(&t::MAX_LONG_TEXTS),
        keepalive_interval: values.seconds(&t::KEEPALIVE_INTERVAL_SECONDS),
        keepalive_timeout: values.seconds(&t::KEEPALIVE_TIMEOUT_SECONDS),
        max_connections: values.size(&t::MAX_CONNECTIONS),
        max_inflight_bytes: (MIB * values.whole(&t::MAX_INFLIGHT_MIB)) as usize,
        max_queue_wait: values.seconds(&t::MAX_QUEUE_SECONDS),
        max_deadline: values.seconds(&t::MAX_DEADLINE_SECONDS),
        receive_timeout: values.seconds(&t::RECEIVE_TIMEOUT_SECONDS),
        stream_idle: values.seconds(&t::STREAM_IDLE_SECONDS),
        connection_idle: values.seconds(&t::CONNECTION_IDLE_SECONDS),
        connection_first_call: values.seconds(&t::CONNECTION_FIRST_CALL_SECONDS),
        connection_age: Some(values.seconds(&t::CONNECTION_AGE_SECONDS))
            .filter(|age| !age.is_zero())
            .unwrap_or(Duration::MAX),
        connection_age_grace: values.seconds(&t::CONNECTION_AGE_GRACE_SECONDS),
        drain: values.seconds(&t::DRAIN_SECONDS),
    }
}

fn telemetry(values: &Effective) -> Telemetry {
    Telemetry {
        metrics_listen: values.optional_text(&t::METRICS_LISTEN).and_then(|text| resolve(&text)),
        otlp_endpoint: values.optional_text(&t::OTLP_ENDPOINT),
        trace_share: values.number(&t::TRACE_SHARE),
    }
}

fn policy(values: &Effective) -> Policy {
    let kind = |name: String| Kind::ALL.into_iter().find(|kind| kind.name() == name);
    Policy {
        keep_kinds: values.many(&t::KEEP_KINDS).into_iter().filter_map(kind).collect(),
        min_confidence: values.number(&t::MIN_CONFIDENCE),
        explain: false,
        promotional_from: values.number(&t::PROMOTIONAL_FROM),
        spam_from: values.number(&t::SPAM_FROM),
    }
}

fn log(values: &Effective) -> Log {
    let format = if values.text(&t::LOG_FORMAT) == "json" { LogFormat::Json } else { LogFormat::Text };
    Log { filter: values.text(&t::LOG), format }
}
