//! The server around the calls: reflection, health, limits, compression, drain.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod support;

use promosieve::{
    detector::Detector,
    engine::{
        Engine,
        observation::{Observation, Seen},
        policy::Policy,
    },
    proto::v1,
    store::{Carried, Store, StoreError, StoreStatus},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use support::*;
use tokio_stream::once;
use tonic::{Code, Request, codec::CompressionEncoding, transport::Channel};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};
use tonic_types::StatusExt as _;

const SERVICE: &str = "promosieve.v1.DetectorService";

macro_rules! services_by_reflection {
    ($version:ident, $channel:expr) => {{
        use tonic_reflection::pb::$version::{
            ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
            server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
        };
        let ask =
            |message_request| ServerReflectionRequest { host: String::new(), message_request: Some(message_request) };
        let mut client = ServerReflectionClient::new($channel);
        let list = ask(MessageRequest::ListServices(String::new()));
        let mut answers = client.server_reflection_info(once(list)).await.unwrap().into_inner();
        let answer = answers.message().await.unwrap().unwrap().message_response.unwrap();
        let MessageResponse::ListServicesResponse(list) = answer else { panic!("{answer:?}") };
        let symbol = ask(MessageRequest::FileContainingSymbol(SERVICE.into()));
        let mut answers = client.server_reflection_info(once(symbol)).await.unwrap().into_inner();
        let answer = answers.message().await.unwrap().unwrap().message_response.unwrap();
        assert!(matches!(answer, MessageResponse::FileDescriptorResponse(_)), "{answer:?}");
        list.service.into_iter().map(|service| service.name).collect::<Vec<_>>()
    }};
}

#[tokio::test]
async fn reflection_lists_detector_health_and_itself() {
    let server = Server::start().await;
    let v1 = services_by_reflection!(v1, server.channel().await);
    let v1alpha = services_by_reflection!(v1alpha, server.channel().await);
    let reflection = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];
    for services in [v1, v1alpha] {
        for name in [SERVICE, "grpc.health.v1.Health"].into_iter().chain(reflection) {
            assert!(services.iter().any(|service| service == name), "{name} is missing in {services:?}");
        }
    }
}

async fn health(channel: Channel, service: &str) -> ServingStatus {
    let request = HealthCheckRequest { service: service.into() };
    HealthClient::new(channel).check(request).await.unwrap().into_inner().status()
}

#[tokio::test]
async fn a_started_server_is_serving() {
    let server = Server::start().await;
    for service in ["", SERVICE] {
        assert_eq!(health(server.channel().await, service).await, ServingStatus::Serving);
    }
    let unknown = HealthCheckRequest { service: "no.such.Service".into() };
    let status = HealthClient::new(server.channel().await).check(unknown).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn watchers_hear_of_the_drain_and_do_not_delay_it() {
    let mut config = config();
    config.transport.drain = PATIENCE * 10;
    let mut server = Server::with(config).await;
    let mut client = HealthClient::new(server.channel().await);
    let request = HealthCheckRequest { service: SERVICE.into() };
    let mut changes = client.watch(request).await.unwrap().into_inner();
    assert_eq!(changes.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    server.signal();
    assert_eq!(changes.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    server.stopped().await.unwrap();
}

/// A store that cannot be written when told so, and says so.
struct Unwritable(Arc<AtomicBool>);

impl Store for Unwritable {
    fn observe_carrier(&self, _: &Observation, _: Carried<'_>, _: i64, _: bool) -> Result<Seen, StoreError> {
        Ok(Seen::default())
    }

    fn sync(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn status(&self) -> StoreStatus {
        let full = self.0.load(Ordering::SeqCst);
        StoreStatus { degraded: full.then(|| "the disk is full".into()), ..StoreStatus::default() }
    }
}

#[tokio::test]
async fn health_of_the_store_tells_that_it_cannot_be_written_and_the_server_serves_on() {
    let full = Arc::new(AtomicBool::new(false));
    let store = Arc::new(Unwritable(Arc::clone(&full)));
    let server = Server::over(Detector::new(Engine::shipped(), store, Policy::default()), config()).await;
    let mut watcher = HealthClient::new(server.channel().await);
    let mut changes = watcher.watch(HealthCheckRequest { service: "store".into() }).await.unwrap().into_inner();
    assert_eq!(changes.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    full.store(true, Ordering::SeqCst);
    assert_eq!(changes.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    for service in ["", SERVICE] {
        assert_eq!(health(server.channel().await, service).await, ServingStatus::Serving);
    }
    server.client().await.analyze(request(document("1", "x"))).await.unwrap();
    full.store(false, Ordering::SeqCst);
    assert_eq!(changes.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
}

/// A store that fails when told to.
struct Fragile(Arc<AtomicBool>);

impl Fragile {
    fn answer<T>(&self, well: T) -> Result<T, StoreError> {
        if self.0.load(Ordering::SeqCst) {
            Err(StoreError::Full { file: "x".into(), what: "the disk is full".into() })
        } else {
            Ok(well)
        }
    }
}

impl Store for Fragile {
    fn observe_carrier(&self, _: &Observation, _: Carried<'_>, _: i64, _: bool) -> Result<Seen, StoreError> {
        self.answer(Seen::default())
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.answer(())
    }
}

#[tokio::test]
async fn a_failed_store_is_unavailable_and_not_ready_until_it_recovers() {
    let broken = Arc::new(AtomicBool::new(false));
    let store = Arc::new(Fragile(Arc::clone(&broken)));
    let server = Server::over(Detector::new(Engine::shipped(), store, Policy::default()), config()).await;
    let mut client = server.client().await;
    let mut watcher = HealthClient::new(server.channel().await);
    let mut changes = watcher.watch(HealthCheckRequest { service: SERVICE.into() }).await.unwrap().into_inner();
    assert_eq!(changes.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    broken.store(true, Ordering::SeqCst);
    let status = client.analyze(request(document("1", "x"))).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.get_details_retry_info().is_some());
    assert_eq!(changes.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    broken.store(false, Ordering::SeqCst);
    client.analyze(request(document("1", "x"))).await.unwrap();
    assert_eq!(changes.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
}

#[tokio::test]
async fn a_message_over_the_limit_is_resource_exhausted() {
    let mut config = config();
    config.transport.max_message_bytes = 2048;
    let server = Server::with(config).await;
    let mut client = server.client().await;
    let status = client.analyze(request(document("1", &"x".repeat(4096)))).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    assert!(status.get_details_error_info().is_some());
    let items = once(item(document("1", &"x".repeat(4096))));
    let mut answers = client.analyze_stream(items).await.unwrap().into_inner();
    assert_eq!(answers.message().await.unwrap_err().code(), Code::ResourceExhausted);
    client.analyze(request(document("1", "x"))).await.unwrap();
}

#[tokio::test]
async fn a_small_message_that_swells_is_resource_exhausted() {
    let mut config = config();
    config.transport.max_message_bytes = 2048;
    let server = Server::with(config).await;
    let mut client = server.client().await.send_compressed(CompressionEncoding::Gzip);
    let status = client.analyze(request(document("1", &"x".repeat(100_000)))).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
}

#[tokio::test]
async fn unknown_methods_are_unimplemented_with_details() {
    let server = Server::start().await;
    let mut grpc = tonic::client::Grpc::new(server.channel().await);
    grpc.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<v1::AnalyzeRequest, v1::AnalyzeResponse>::default();
    let path = "/promosieve.v1.DetectorService/Guess".parse().unwrap();
    let status = grpc.unary(Request::new(v1::AnalyzeRequest::default()), path, codec).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    assert!(status.get_details_error_info().is_some());
}

#[tokio::test]
async fn text_that_is_not_utf8_is_an_invalid_argument() {
    #[derive(Clone, PartialEq, prost::Message)]
    struct Document {
        #[prost(bytes = "vec", tag = "4")]
        text: Vec<u8>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    struct AnalyzeRequest {
        #[prost(message, optional, tag = "1")]
        document: Option<Document>,
    }
    let server = Server::start().await;
    let mut grpc = tonic::client::Grpc::new(server.channel().await);
    grpc.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<AnalyzeRequest, v1::AnalyzeResponse>::default();
    let request = AnalyzeRequest { document: Some(Document { text: vec![0xff] }) };
    let path = "/promosieve.v1.DetectorService/Analyze".parse().unwrap();
    let status = grpc.unary(Request::new(request), path, codec).await.unwrap_err();
    assert_eq!(fields(&status), ["document.text"]);
}

#[tokio::test]
async fn a_full_server_turns_calls_away_but_tells_its_health() {
    let mut config = config();
    config.transport.max_concurrent_requests = 1;
    let server = Server::with(config).await;
    let mut client = server.client().await;
    let _held = client.analyze_stream(tokio_stream::pending()).await.unwrap();
    let status = client.analyze(request(document("1", "x"))).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.get_details_retry_info().is_some());
    assert_ne!(health(server.channel().await, "").await, ServingStatus::NotServing);
}

/// Between calls that are turned away their connection is not read. A lower bound: a slow machine only adds to it.
#[tokio::test]
async fn a_connection_whose_calls_are_turned_away_rests() {
    let mut config = config();
    config.transport.max_concurrent_requests = 1;
    let server = Server::with(config).await;
    let _held = server.client().await.analyze_stream(tokio_stream::pending()).await.unwrap();
    let mut client = server.client().await;
    let began = Instant::now();
    for n in 0..11 {
        let status = client.analyze(request(document(&n.to_string(), "x"))).await.unwrap_err();
        assert_eq!(status.code(), Code::ResourceExhausted);
    }
    // Ten rests of 40 ms lie between them; without any, eleven refusals take some ten milliseconds.
    assert!(began.elapsed() >= Duration::from_millis(300), "{:?}", began.elapsed());
}

#[tokio::test]
async fn answers_are_compressed_if_asked() {
    let server = Server::start().await;
    let plain = server.client().await;
    for encoding in [CompressionEncoding::Gzip, CompressionEncoding::Zstd] {
        let name = if encoding == CompressionEncoding::Gzip { "gzip" } else { "zstd" };
        let mut client = plain.clone().send_compressed(encoding).accept_compressed(encoding);
        let answer = client.analyze(request(document("1", &"Wort ".repeat(1000)))).await.unwrap();
        assert_eq!(answer.metadata().get("grpc-encoding").unwrap(), name);
        assert_eq!(answer.into_inner().document_id, "1");
    }
    let announces = plain.clone().accept_compressed(CompressionEncoding::Gzip);
    for mut client in [plain, announces] {
        let answer = client.analyze(request(document("1", "x"))).await.unwrap();
        assert!(answer.metadata().get("grpc-encoding").is_none_or(|encoding| encoding == "identity"));
    }
}

#[tokio::test]
async fn a_drain_lets_calls_under_way_finish() {
    let mut config = config();
    config.transport.drain = PATIENCE * 10;
    let mut server = Server::with(config).await;
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let requests = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let mut answers = server.client().await.analyze_stream(requests).await.unwrap().into_inner();
    sender.send(item(document("1", "x"))).await.unwrap();
    answers.message().await.unwrap().unwrap();
    server.signal();
    // Who comes late is told, on a new connection as well.
    while health(server.channel().await, "").await == ServingStatus::Serving {
        tokio::task::yield_now().await;
    }
    let status = server.client().await.analyze(request(document("3", "x"))).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.get_details_retry_info().is_some());
    sender.send(item(document("2", "x"))).await.unwrap();
    assert_eq!(answers.message().await.unwrap().unwrap().sequence, 1);
    drop(sender);
    assert!(answers.message().await.unwrap().is_none());
    server.stopped().await.unwrap();
}

#[tokio::test]
async fn an_idle_stream_is_told_and_cut_at_the_hard_deadline() {
    let mut config = config();
    config.transport.drain = Duration::from_secs(5);
    let mut server = Server::with(config).await;
    let mut answers = server.client().await.analyze_stream(tokio_stream::pending()).await.unwrap().into_inner();
    server.signal();
    let status = answers.message().await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    server.stopped().await.unwrap();
}

#[tokio::test]
async fn a_stream_that_nobody_reads_is_cut_as_well() {
    let mut config = config();
    config.transport.drain = Duration::from_millis(500);
    let mut server = Server::with(config).await;
    let text = "Ein Satz. ".repeat(5_000);
    let items = tokio_stream::iter((0..500).map(move |i| item(document(&i.to_string(), &text))));
    let _unread = server.client().await.analyze_stream(items).await.unwrap();
    server.signal();
    server.stopped().await.unwrap();
}

#[tokio::test]
async fn a_connection_without_calls_does_not_use_up_the_grace() {
    let mut config = config();
    config.transport.drain = PATIENCE * 10;
    let mut server = Server::with(config).await;
    // It says nothing at all, so it does not hear that it shall go, either.
    let mut silent = tokio::net::TcpStream::connect(server.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut silent, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await
        .unwrap();
    server.client().await.analyze(request(document("1", "x"))).await.unwrap();
    server.signal();
    server.stopped().await.unwrap();
}
