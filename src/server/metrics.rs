//! Figures for Prometheus: what is counted, and the page that shows it.
//!
//! Names are declared once, in [`METRICS`]; dashboards and alerts are tested against them. Without a recorder, which
//! [`record`] installs, counting costs next to nothing.

use super::{
    budget::Budget,
    connections::Connections,
    door::{Door, busy},
    incoming::Peer,
    readiness::Readiness,
    workers::Workers,
};
use axum::{Router, extract::State, http::StatusCode, middleware::from_fn, response::IntoResponse, routing::get};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Only goes up.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How often which size; adds `_bucket`, `_sum` and `_count` to the name.
    Histogram,
}

/// A figure that the server shows.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name in Prometheus.
    pub name: &'static str,
    /// What it is.
    pub form: Form,
    /// What it says, with its labels.
    pub help: &'static str,
}

macro_rules! metrics {
    ($($form:ident $name:ident $text:literal $help:literal;)+) => {
        $(const $name: &str = $text;)+
        /// All figures there are.
        pub const METRICS: &[Metric] = &[$(Metric { name: $text, form: Form::$form, help: $help }),+];
    };
}

metrics! {
    Counter CALLS "promosieve_calls_total" "calls that are over, by method and code";
    Histogram DURATION "promosieve_call_duration_seconds" "time from headers to the end of the answer, by method and code";
    Gauge IN_FLIGHT "promosieve_calls_in_flight" "calls under way, by method";
    Counter REFUSALS "promosieve_refusals_total" "work turned away, by reason: calls, queue, memory, connections, draining";
    Counter RECEIVED "promosieve_received_bytes_total" "bytes of messages that came in, as on the wire, by method";
    Counter SENT "promosieve_sent_bytes_total" "bytes of messages that went out, as on the wire, by method";
    Counter DOCUMENTS "promosieve_documents_total" "documents, by outcome: ok, failed";
    Counter TEXT "promosieve_text_bytes_total" "bytes of text that were analysed";
    Histogram ANALYSIS "promosieve_analysis_seconds" "time that one document took, without waiting";
    Counter SPANS "promosieve_spans_total" "spans found, by kind and whether they were removed";
    Gauge WAITING "promosieve_queue_waiting" "documents that wait for their turn, by texts: short, long";
    Gauge HELD "promosieve_held_bytes" "bytes of messages held by calls under way";
    Gauge CONNECTIONS "promosieve_connections" "open connections";
    Gauge READY "promosieve_ready" "1 if health says SERVING";
    Gauge STORE_DOCUMENTS "promosieve_store_documents" "documents that the store knows";
    Gauge STORE_RECORDS "promosieve_store_records" "blocks with two witnesses and more";
    Gauge STORE_FIRST "promosieve_store_first_sightings" "blocks with one witness";
    Gauge STORE_MEMORY "promosieve_store_memory_bytes" "memory of the store's tables";
    Gauge STORE_DISK "promosieve_store_disk_bytes" "bytes of the store's files";
    Gauge STORE_UNSYNCED "promosieve_store_unsynced_rows" "learned documents that are not safe on disk yet";
    Gauge STORE_LAG "promosieve_store_sync_lag_seconds" "age of the oldest of these";
    Counter STORE_FAILURES "promosieve_store_write_failures_total" "writes that failed";
    Counter STORE_EVICTIONS "promosieve_store_evictions_total" "entries forgotten because a table was full";
    Gauge STORE_DEGRADED "promosieve_store_degraded" "1 if nothing can be written at the moment";
    Gauge STORE_REFUSES "promosieve_store_refuses_learning" "1 if learning is refused because the queue to the disk is full";
    Gauge RESIDENT "promosieve_resident_memory_bytes" "memory of the process; Linux only";
    Gauge INFO "promosieve_info" "always 1, by version of the program and ruleset, which names rules and models";
}

/// From a cached look-up to a full batch.
const CALL_BUCKETS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];
/// From a headline to 4 MiB.
const ANALYSIS_BUCKETS: [f64; 10] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0];

/// How often histograms are put in order when nobody looks at them: in between, every value is kept.
const UPKEEP: Duration = Duration::from_secs(5);

/// Begins to record, for the rest of the process; nothing is kept before that. Once is enough.
fn record() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let install = || {
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(DURATION.into()), &CALL_BUCKETS);
        let builder = builder.and_then(|b| b.set_buckets_for_metric(Matcher::Full(ANALYSIS.into()), &ANALYSIS_BUCKETS));
        let handle = builder.and_then(PrometheusBuilder::install_recorder);
        let handle =
            handle.inspect_err(|error| tracing::error!(%error, "no figures: cannot install a recorder")).ok()?;
        describe();
        Some(handle)
    };
    HANDLE.get_or_init(install).as_ref()
}

fn describe() {
    for metric in METRICS {
        match metric.form {
            Form::Counter => describe_counter!(metric.name, metric.help),
            Form::Gauge => describe_gauge!(metric.name, metric.help),
            Form::Histogram => describe_histogram!(metric.name, metric.help),
        }
    }
}

/// What the page looks at when it is asked for.
#[derive(Clone)]
pub(super) struct Sources {
    pub(super) workers: Workers,
    pub(super) budget: Arc<Budget>,
    pub(super) connections: Arc<Connections>,
    pub(super) readiness: Readiness,
}

/// Begins to record, and shows `/metrics`, `/healthz` (the process lives) and `/readyz` (it takes work) on `listener` for
/// as long as the future is polled.
pub(super) fn show(listener: TcpListener, sources: Sources) -> impl Future<Output = ()> + Send {
    let handle = record();
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "figures");
    }
    async move {
        if let Some(handle) = handle {
            serve(listener, handle, sources).await;
        }
    }
}

async fn serve(listener: TcpListener, handle: &'static PrometheusHandle, sources: Sources) {
    let pages = Router::new()
        .route("/metrics", get(page))
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .layer(from_fn(busy))
        .with_state((handle, sources))
        .into_make_service_with_connect_info::<Peer>();
    let upkeep = async {
        loop {
            tokio::time::sleep(UPKEEP).await;
            handle.run_upkeep();
        }
    };
    tokio::select! {
        Err(error) = async { axum::serve(Door::new(listener), pages).await } => tracing::error!(%error, "no figures any more"),
        () = upkeep => {}
    }
}

async fn page(State((handle, sources)): State<(&'static PrometheusHandle, Sources)>) -> impl IntoResponse {
    // The store locks its tables for it, one after the other.
    let text = tokio::task::spawn_blocking(move || {
        sources.look();
        handle.render()
    });
    match text.await {
        Ok(text) => (StatusCode::OK, [("content-type", "text/plain; version=0.0.4; charset=utf-8")], text),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, [("content-type", "text/plain")], String::new()),
    }
}

async fn ready(State((_, sources)): State<(&'static PrometheusHandle, Sources)>) -> impl IntoResponse {
    if sources.readiness.is_ready() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

impl Sources {
    fn look(&self) {
        let detector = self.workers.detector();
        let version = env!("CARGO_PKG_VERSION");
        gauge!(INFO, "version" => version, "ruleset" => detector.ruleset_version().to_owned()).set(1.0);
        gauge!(READY).set(f64::from(u8::from(self.readiness.is_ready())));
        gauge!(CONNECTIONS).set(self.connections.count() as f64);
        gauge!(HELD).set(self.budget.held() as f64);
        for (texts, turns) in self.workers.turns() {
            gauge!(WAITING, "texts" => texts).set(turns.waiting() as f64);
        }
        if let Some(bytes) = resident() {
            gauge!(RESIDENT).set(bytes as f64);
        }
        let store = detector.store_status();
        gauge!(STORE_DOCUMENTS).set(store.documents as f64);
        gauge!(STORE_RECORDS).set(store.records as f64);
        gauge!(STORE_FIRST).set(store.first_sightings as f64);
        gauge!(STORE_MEMORY).set(store.memory_bytes as f64);
        gauge!(STORE_DISK).set(store.disk_bytes as f64);
        gauge!(STORE_UNSYNCED).set(store.unsynced_rows as f64);
        gauge!(STORE_LAG).set(store.unsynced_since.map_or(0.0, |since: Instant| since.elapsed().as_secs_f64()));
        gauge!(STORE_DEGRADED).set(f64::from(u8::from(store.degraded.is_some())));
        gauge!(STORE_REFUSES).set(f64::from(u8::from(store.refuses_learning)));
        counter!(STORE_FAILURES).absolute(store.write_failures);
        counter!(STORE_EVICTIONS).absolute(store.evictions);
    }
}

/// Memory of this process in bytes. `status` has it in KiB, whatever the size of a page.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

/// A call of `method` begins.
pub(super) fn call_began(method: &'static str) {
    gauge!(IN_FLIGHT, "method" => method).increment(1.0);
}

/// And ends.
pub(super) fn call_ended(method: &'static str, code: &'static str, took: Duration, received: u64, sent: u64) {
    gauge!(IN_FLIGHT, "method" => method).decrement(1.0);
    counter!(CALLS, "method" => method, "code" => code).increment(1);
    histogram!(DURATION, "method" => method, "code" => code).record(took.as_secs_f64());
    counter!(RECEIVED, "method" => method).increment(received);
    counter!(SENT, "method" => method).increment(sent);
}

/// Work was turned away.
pub(super) fn refused(reason: &'static str) {
    counter!(REFUSALS, "reason" => reason).increment(1);
}

/// A document was answered, well or not.
pub(super) fn document(well: bool) {
    counter!(DOCUMENTS, "outcome" => if well { "ok" } else { "failed" }).increment(1);
}

/// A text of so many bytes was analysed.
pub(super) fn analysed(bytes: usize, took: Duration) {
    counter!(TEXT).increment(bytes as u64);
    histogram!(ANALYSIS).record(took.as_secs_f64());
}

/// A span was found.
pub(super) fn span(kind: &'static str, removed: bool) {
    counter!(SPANS, "kind" => kind, "removed" => if removed { "true" } else { "false" }).increment(1);
}
