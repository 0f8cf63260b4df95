//! Spans for distributed tracing, and the caller's trace that they continue.
//!
//! They have a target of their own. If nobody exports it, which is the default, they are never made.

use http::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Target of all spans that are meant for export, and for nothing else.
pub const TARGET: &str = "promosieve::trace";

/// The headers of a call, where W3C's `traceparent` and `tracestate` stand.
struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

/// The span of a call of the method at `path`.
pub(super) fn call(headers: &HeaderMap, path: &str, request_id: &str) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        "call",
        otel.name = path,
        otel.kind = "server",
        rpc.system = "grpc",
        request_id,
        rpc.grpc.status_code = tracing::field::Empty,
        documents = tracing::field::Empty,
    );
    if !span.is_disabled() {
        // Fails only if the span has begun already.
        _ = span.set_parent(TraceContextPropagator::new().extract(&Headers(headers)));
    }
    span
}

/// The span of one document within a call. Its size only: what it says is nobody's business.
pub(super) fn analysis(call: &Span, bytes: usize) -> Span {
    tracing::info_span!(target: TARGET, parent: call, "analyze", bytes)
}
