//! What can be seen of a server from outside: figures, probes, traces, request ids, and a log without texts.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod support;

use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    trace::v1::Span,
};
use promosieve::{proto::v1, server::METRICS};
use std::{collections::BTreeSet, path::Path};
use support::{process::Process, *};
use tokio::sync::mpsc;
use tonic::{Request, Response, Status, codec::CompressionEncoding};

/// Names of figures in `text`, without what histograms add.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let names = words.filter(|word| word.starts_with("promosieve_"));
    names
        .map(|name| {
            let stripped = ["_bucket", "_sum", "_count"].into_iter().find_map(|end| name.strip_suffix(end));
            stripped.filter(|name| METRICS.iter().any(|metric| metric.name == *name)).unwrap_or(name)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_and_probes_are_shown() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::start(&["--data", dir.path().to_str().unwrap(), "--metrics-listen", "127.0.0.1:0"]);
    let mut client = server.client().await;
    client.analyze(request(document("1", "Jetzt den Newsletter abonnieren!"))).await.unwrap();
    client.analyze(request(document("", "x"))).await.unwrap_err();
    let (page, probes) = tokio::task::spawn_blocking(move || {
        let probes = ["/healthz", "/readyz"].map(|path| server.page(path));
        (server.page("/metrics"), probes)
    })
    .await
    .unwrap();
    for probe in probes {
        assert!(probe.starts_with("HTTP/1.1 200"), "{probe}");
    }
    for line in [
        "promosieve_calls_total{method=\"Analyze\",code=\"OK\"} 1",
        "promosieve_calls_total{method=\"Analyze\",code=\"INVALID_ARGUMENT\"} 1",
        "promosieve_calls_in_flight{method=\"Analyze\"} 0",
        "promosieve_documents_total{outcome=\"ok\"} 1",
        "promosieve_store_documents 1",
        "promosieve_ready 1",
        "promosieve_spans_total{kind=\"subscription\",removed=\"true\"} 1",
    ] {
        assert!(page.contains(line), "{line} is missing in\n{page}");
    }
    // All that are declared are there, but for those that wait for something to go wrong.
    let shown = names(&page);
    for metric in METRICS.iter().filter(|metric| metric.name != "promosieve_refusals_total") {
        assert!(shown.contains(metric.name), "{} is missing", metric.name);
        assert!(page.contains(&format!("# HELP {} {}", metric.name, metric.help)), "{} is not explained", metric.name);
    }
}

/// Wherever it happens: while the message arrives, or when it is there and takes more than it seemed to.
#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_turned_away_is_counted() {
    let server = Process::start(&["--memory", "--metrics-listen", "127.0.0.1:0", "--max-inflight-mib", "1"]);
    let mut client = server.client().await;
    let large = document("1", &"x ".repeat(600_000));
    client.analyze(request(large.clone())).await.unwrap_err();
    let mut client = client.send_compressed(CompressionEncoding::Gzip);
    client.analyze(request(large.clone())).await.unwrap_err();
    let batch = v1::AnalyzeBatchRequest { documents: vec![large], options: None };
    client.analyze_batch(batch).await.unwrap_err();
    let page = tokio::task::spawn_blocking(move || server.page("/metrics")).await.unwrap();
    let line = "promosieve_refusals_total{reason=\"memory\"} 3";
    assert!(page.contains(line), "{line} is missing in\n{page}");
}

#[test]
fn dashboard_and_alerts_ask_for_figures_that_exist() {
    let declared: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
    for file in ["deploy/grafana-dashboard.json", "deploy/prometheus-alerts.yml"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let asked = names(&text);
        assert!(asked.len() > 5, "{file} asks for {asked:?} only");
        let unknown: Vec<_> = asked.difference(&declared).collect();
        assert!(unknown.is_empty(), "{file} asks for {unknown:?}, which nobody counts");
    }
    let dashboard = std::fs::read_to_string("deploy/grafana-dashboard.json").unwrap();
    serde_json::from_str::<serde_json::Value>(&dashboard).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_calls_and_says_nothing_of_texts() {
    let server = Process::start(&["--memory", "--log", "trace"]);
    let mut client = server.client().await;
    let mut secret =
        document("id-of-the-document", "Geheimnisvoll bleibt Xylomarzipan. Jetzt Quastenflosser abonnieren!");
    secret.title = "Titelwort Zwetschgenkrieg".into();
    let mut named = Request::new(request(secret.clone()));
    named.metadata_mut().insert("x-request-id", "call-4711".parse().unwrap());
    named.get_mut().options = Some(v1::AnalyzeOptions { explain: true, ..Default::default() });
    let answer = client.analyze(named).await.unwrap();
    assert_eq!(answer.metadata().get("x-request-id").unwrap(), "call-4711");
    let unnamed = client.analyze(request(v1::Document { id: String::new(), ..secret.clone() })).await.unwrap_err();
    assert!(!unnamed.metadata().get("x-request-id").unwrap().is_empty(), "errors are named as well");
    let batch = v1::AnalyzeBatchRequest { documents: vec![secret], options: None };
    client.analyze_batch(batch).await.unwrap();
    server.signal("-TERM");
    let (_, log) = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
    let ids: Vec<_> = log.iter().filter_map(|line| line["request_id"].as_str()).collect();
    assert_eq!(ids.len(), 3, "a line each");
    assert_eq!(ids[0], "call-4711");
    for line in log {
        let line = line.to_string();
        for word in ["Xylomarzipan", "Quastenflosser", "Zwetschgenkrieg"] {
            assert!(!line.contains(word), "{line}");
        }
    }
}

struct Collector(mpsc::UnboundedSender<Span>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        for spans in request.into_inner().resource_spans.into_iter().flat_map(|resource| resource.scope_spans) {
            for span in spans.spans {
                self.0.send(span).unwrap();
            }
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_go_on_where_the_caller_began() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (sender, mut spans) = mpsc::unbounded_channel();
    let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
    let collector = tonic::transport::Server::builder().add_service(TraceServiceServer::new(Collector(sender)));
    tokio::spawn(collector.serve_with_incoming(incoming));
    let server = Process::start(&["--memory", "--otlp-endpoint", &endpoint]);
    let mut traced = Request::new(request(document("1", "Ein Satz.")));
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    traced.metadata_mut().insert("traceparent", parent.parse().unwrap());
    server.client().await.analyze(traced).await.unwrap();
    server.signal("-TERM");
    let mut found = Vec::new();
    while found.len() < 2 {
        found.push(tokio::time::timeout(PATIENCE, spans.recv()).await.expect("a span").unwrap());
    }
    let call = found.iter().find(|span| span.name.ends_with("DetectorService/Analyze")).expect("the call's span");
    let document = found.iter().find(|span| span.name == "analyze").expect("the document's span");
    assert_eq!(call.trace_id, 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes());
    assert_eq!(call.parent_span_id, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
    assert_eq!(document.parent_span_id, call.span_id);
    let (code, _) = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
    assert_eq!(code, Some(0));
}
