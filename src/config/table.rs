//! The settings: one entry each, and everything else follows from it. To add one, add an entry here, a field to
//! [`super::Config`], and the line in `build.rs` that fills the one from the other;
//! then renew the documents by `RENEW=1 cargo test --test cli_config`.

use super::setting::{Check, Setting};
use crate::{
    engine::{policy::Policy, span::Kind},
    store::StoreConfig,
};
use config::ValueKind;
use std::net::{SocketAddr, ToSocketAddrs as _};

/// Settings that belong together, under a heading.
#[derive(Debug)]
pub struct Group {
    /// What they have in common.
    pub heading: &'static str,
    /// In the order of the documents.
    pub settings: &'static [Setting],
}

macro_rules! table {
    ($($heading:literal { $($name:ident = $setting:expr;)+ })+) => {
        $($(pub(super) const $name: Setting = $setting;)+)+
        /// All settings there are.
        pub const GROUPS: &[Group] = &[$(Group { heading: $heading, settings: &[$($name),+] }),+];
    };
}

/// An hour, the most that a pause or grace makes sense for.
const HOUR: f64 = 3_600.0;
/// A tenth of a second is the least that makes sense for a time, and keeps zero out.
const INSTANT: f64 = 0.1;
const MIB: u64 = 1 << 20;
/// From the least memory that the store's tables fit in to a terabyte.
const STORE_MIB: (u64, u64) = (16, 1 << 20);
/// The most documents that a batch may be allowed, whatever the setting: the codec counts them before it makes them.
pub const MOST_DOCUMENTS: usize = 1_000_000;
/// Up to a hundred years.
const DAYS: (u64, u64) = (1, 36_500);
const DAY: u64 = 86_400;

table! {
    "Listening" {
        LISTEN = Setting::text("listen", ADDRESS, || Some(LOOPBACK.into()),
            "address and port to listen on; port 0 lets the system choose");
        INSECURE = Setting::switch("insecure",
            "listen where other machines can connect although nothing says who may call");
    }
    "Who may call" {
        API_KEYS = Setting::text("api_keys", PATH, || None,
            "file of API keys, made by `promosieve keys`; without it nobody needs a key");
        TLS_CERT = Setting::text("tls_cert", PATH, || None,
            "certificate of the server in PEM, with those that lead to a root; without it there is no TLS");
        TLS_KEY = Setting::text("tls_key", PATH, || None, "its private key in PEM");
        TLS_CLIENT_CA = Setting::text("tls_client_ca", PATH, || None,
            "certificates in PEM that sign those of clients; with it nobody connects without one");
    }
    "Data" {
        DATA = Setting::text("data", PATH, || Some("./promosieve-data".into()),
            "directory of the store, created if missing");
        MEMORY = Setting::switch("memory", "keep nothing on disk; what was learned is forgotten at exit");
        STORE_MEMORY_MIB = Setting::whole("store_memory_mib", STORE_MIB,
            || whole(StoreConfig::default().memory_bytes as u64 / MIB), "memory of the store's tables, at most");
        STORE_JOURNAL_MIB = Setting::whole("store_journal_mib", STORE_MIB,
            || whole(StoreConfig::default().journal.max_bytes / MIB),
            "journal on disk; the checkpoint of the records comes on top");
        STORE_MAX_AGE_DAYS = Setting::whole("store_max_age_days", DAYS,
            || whole(StoreConfig::default().max_age.as_secs() / DAY), "a block that was not met for so long is forgotten");
        STORE_RARE_AGE_DAYS = Setting::whole("store_rare_age_days", DAYS,
            || whole(StoreConfig::default().rare_age.as_secs() / DAY), "the same for blocks with one or two witnesses");
        STORE_JOURNAL_AGE_DAYS = Setting::whole("store_journal_age_days", DAYS,
            || whole(StoreConfig::default().journal.max_age.as_secs() / DAY), "older journal rows are dropped");
    }
    "Log" {
        LOG = Setting::text("log", FILTER, || Some("info".into()), "what to log").also("RUST_LOG")
            .said("`$RUST_LOG`, else \"info\"");
        LOG_FORMAT = Setting::one_of("log_format", &["text", "json"], || Some("text".into()),
            "how a line looks: for people, or one JSON object each");
    }
    "Seeing" {
        METRICS_LISTEN = Setting::text("metrics_listen", METRICS_ADDRESS, || None,
            "address and port that show figures for Prometheus (/metrics) and probes (/healthz, /readyz) over HTTP, to all who \
             can connect");
        OTLP_ENDPOINT = Setting::text("otlp_endpoint", ENDPOINT, || None,
            "collector that traces are sent to, by OTLP over gRPC");
        TRACE_SHARE = Setting::number("trace_share", (0.0, 1.0), || Some(1.0.into()),
            "share of the calls that are traced if their callers do not say");
    }
    "Limits on requests" {
        // The contract's promise. Offsets of spans are 32 bits on the wire.
        MAX_TEXT_BYTES = Setting::whole("max_text_bytes", (1, 1 << 30), || whole(4 << 20), "longest text of a document");
        // The contract's promise.
        MAX_BATCH_DOCUMENTS = Setting::whole("max_batch_documents", (1, MOST_DOCUMENTS as u64), || whole(10_000),
            "most documents in a batch");
        // A batch of 10,000 average articles (3 KB) takes half of this. gRPC's length prefix is 32 bits.
        MAX_MESSAGE_BYTES = Setting::whole("max_message_bytes", (1024, u32::MAX as u64), || whole(64 << 20),
            "largest message in either direction, after decompression");
    }
    "Limits on the server" {
        // Some 40 KiB each when idle: 80 MiB. Pipelines have dozens.
        MAX_CONNECTIONS = Setting::whole("max_connections", (1, 1_000_000), || whole(2_000),
            "open connections; for one more, the one idle for longest is closed, or the new one if none is idle");
        // Ten times what saturates a large machine; it bounds memory, not throughput.
        MAX_CONCURRENT_REQUESTS = Setting::whole("max_concurrent_requests", (1, 1_000_000), || whole(1_024),
            "calls under way over all connections; more are turned away");
        // HTTP/2's own recommendation is no fewer than 100.
        MAX_CONCURRENT_STREAMS = Setting::whole("max_concurrent_streams", (1, 100_000), || whole(256),
            "calls under way on one connection; clients queue the rest");
        // Four of the largest messages, as they came and decoded.
        MAX_INFLIGHT_MIB = Setting::whole("max_inflight_mib", (1, 1 << 20), || whole(512),
            "memory of the messages under way; more are turned away");
        // Some 400 average articles on two cores: more than the bursts of usual clients, less than anyone notices.
        MAX_QUEUE_SECONDS = Setting::number("max_queue_seconds", (0.001, HOUR), || Some(0.1.into()),
            "a call that would wait longer for its turn is turned away; long texts have ten times that");
        // About a millisecond of work: the most that a runtime thread should be kept from its other calls.
        INLINE_TEXT_BYTES = Setting::whole("inline_text_bytes", (0, 1 << 30), || whole(32 << 10),
            "longer texts are analysed on threads of their own ...");
        // They are pure computation: more of them than cores only take turns.
        MAX_LONG_TEXTS = Setting::whole("max_long_texts", (1, 1024), || whole(cores()), "... so many at once")
            .said("the number of cores");
    }
    "Times" {
        // Well inside the idle time-outs of usual load balancers (60 s and up).
        KEEPALIVE_INTERVAL_SECONDS = Setting::number("keepalive_interval_seconds", (INSTANT, 24.0 * HOUR),
            || Some(30.0.into()), "a connection silent for so long is pinged");
        KEEPALIVE_TIMEOUT_SECONDS = Setting::number("keepalive_timeout_seconds", (INSTANT, 24.0 * HOUR),
            || Some(10.0.into()), "a ping unanswered for so long ends the connection");
        // A full batch takes some ten seconds on one core, and longer over a slow line.
        MAX_DEADLINE_SECONDS = Setting::number("max_deadline_seconds", (INSTANT, 24.0 * HOUR), || Some(300.0.into()),
            "the longest deadline of a call, whatever it asks for; streams have none of the server's");
        // Of a line that is alive, something arrives in this time.
        RECEIVE_TIMEOUT_SECONDS = Setting::number("receive_timeout_seconds", (INSTANT, HOUR), || Some(20.0.into()),
            "a call whose message stops arriving for so long is ended");
        // A pipeline that has nothing to do for so long can open its stream again.
        STREAM_IDLE_SECONDS = Setting::number("stream_idle_seconds", (INSTANT, 24.0 * HOUR), || Some(300.0.into()),
            "a stream on which nothing arrives for so long is ended");
        // Clients keep connections between their runs; to reconnect costs them a millisecond.
        CONNECTION_IDLE_SECONDS = Setting::number("connection_idle_seconds", (INSTANT, 24.0 * HOUR),
            || Some(900.0.into()), "a connection without a call for so long is closed");
        // Clients that connect ahead of need do call within this; scanners do not.
        CONNECTION_FIRST_CALL_SECONDS = Setting::number("connection_first_call_seconds", (INSTANT, 24.0 * HOUR),
            || Some(60.0.into()), "a connection on which the first call is not made within this is closed");
        // Only behind a balancer of connections is there anything to be gained.
        CONNECTION_AGE_SECONDS = Setting::number("connection_age_seconds", (0.0, 720.0 * HOUR), || Some(0.0.into()),
            "a connection of this age is told to make no more calls, so that clients connect anew; 0: never");
        CONNECTION_AGE_GRACE_SECONDS = Setting::number("connection_age_grace_seconds", (INSTANT, 24.0 * HOUR),
            || Some(300.0.into()), "the calls of such a connection may go on for so long");
        // Well inside the 30 s that Kubernetes grants before it kills.
        DRAIN_SECONDS = Setting::number("drain_seconds", (INSTANT, HOUR), || Some(20.0.into()),
            "after SIGTERM, what is not finished by then is cut");
    }
    "Decision" {
        KEEP_KINDS = Setting::many("keep_kinds", || Kind::ALL.map(Kind::name).to_vec(),
            || Some(Policy::default().keep_kinds.into_iter().map(Kind::name).collect::<Vec<_>>().into()),
            "kinds of spans that are reported but not removed");
        MIN_CONFIDENCE = Setting::number("min_confidence", (0.0, 1.0), || Some(Policy::default().min_confidence.into()),
            "spans below it are reported but not removed");
        PROMOTIONAL_FROM = Setting::number("promotional_from", (0.0, 1.0),
            || Some(Policy::default().promotional_from.into()), "spam score from which the verdict is PROMOTIONAL");
        SPAM_FROM = Setting::number("spam_from", (0.0, 1.0), || Some(Policy::default().spam_from.into()),
            "spam score from which the verdict is SPAM");
    }
}

/// Only clients on the same machine can connect unless the operator says otherwise.
const LOOPBACK: &str = "127.0.0.1:50051";

const ADDRESS: (&str, Check) = ("an address and a port, for example 127.0.0.1:50051 or [::]:50051", |text| {
    resolve(text).map(|_| ()).ok_or_else(|| format!("`{text}` is no address to listen on"))
});

const METRICS_ADDRESS: (&str, Check) = ("an address and a port, for example 127.0.0.1:9464", ADDRESS.1);

const ENDPOINT: (&str, Check) = ("a URL, for example http://127.0.0.1:4317", |text| {
    let named = text.strip_prefix("http://").is_some_and(|rest| !rest.is_empty());
    if named { Ok(()) } else { Err(format!("`{text}` is no URL of a collector")) }
});

const PATH: (&str, Check) = ("a path", |_| Ok(()));

const FILTER: (&str, Check) = ("filter directives, for example `info` or `promosieve=debug`", |text| {
    text.parse::<tracing_subscriber::filter::Targets>().map(|_| ()).map_err(|e| format!("`{text}`: {e}"))
});

/// The address that a name or number stands for.
pub(super) fn resolve(text: &str) -> Option<SocketAddr> {
    text.to_socket_addrs().ok()?.next()
}

#[allow(clippy::unnecessary_wraps, reason = "presets are optional")]
fn whole(number: u64) -> Option<ValueKind> {
    Some(number.into())
}

fn cores() -> u64 {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64)
}

/// All settings, in the order of the documents.
pub(super) fn all() -> impl Iterator<Item = &'static Setting> {
    GROUPS.iter().flat_map(|group| group.settings)
}
