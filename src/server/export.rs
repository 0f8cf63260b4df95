//! Exports traces over OTLP, if an endpoint is configured.

use super::trace::TARGET;
use crate::config::Telemetry;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use std::time::Duration;
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

/// How long the last spans may take to leave at the end. A collector that hangs must not hold up the exit.
const LAST_SPANS: Duration = Duration::from_secs(1);

/// The endpoint cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("--otlp-endpoint: {endpoint}: {what}; expected a URL, for example http://127.0.0.1:4317")]
pub struct BadEndpoint {
    endpoint: String,
    what: String,
}

/// What sends spans away; drop it at the end, so that the last ones leave.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends to the endpoint that `telemetry` names, or nowhere. Call it inside the runtime, which carries the
    /// connection. An endpoint that does not answer costs spans and nothing else.
    ///
    /// # Errors
    /// If the endpoint is no URL.
    pub fn start(telemetry: &Telemetry) -> Result<Option<Self>, BadEndpoint> {
        let Some(endpoint) = &telemetry.otlp_endpoint else { return Ok(None) };
        let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint).build();
        let exporter = exporter.map_err(|e| BadEndpoint { endpoint: endpoint.clone(), what: e.to_string() })?;
        // A caller who traces is followed; of the others a share is.
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(telemetry.trace_share)));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler)
            .with_resource(Resource::builder().with_service_name("promosieve").build())
            .build();
        Ok(Some(Self(provider)))
    }

    /// The layer that hands spans over, and only those that are meant for it: the exporter's own connection makes
    /// some, too.
    #[must_use]
    pub fn layer<S>(&self) -> impl Layer<S>
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    {
        let only = Targets::new().with_target(TARGET, tracing::Level::INFO);
        tracing_opentelemetry::layer().with_tracer(self.0.tracer("promosieve")).with_filter(only)
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        // What could not be sent is lost, and nobody waits for it.
        _ = self.0.shutdown_with_timeout(LAST_SPANS);
    }
}
