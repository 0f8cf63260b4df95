//! What the black-box tests share: a server on a port of its own, clients, documents.
#![allow(
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "every test binary uses its own part of it"
)]

pub mod process;

use promosieve::{
    config::{Config, Data, Log, LogFormat, open_store},
    detector::Detector,
    engine::Engine,
    proto::v1::{self, detector_service_client::DetectorServiceClient},
    server::{self, ServeError},
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tonic::{Code, Status, transport::Channel};
use tonic_types::StatusExt as _;

/// How long a test waits before it calls something hung; it decides nothing else.
pub const PATIENCE: Duration = Duration::from_mins(1);

pub type Client = DetectorServiceClient<Channel>;

/// A server under test.
pub struct Server {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), ServeError>>,
}

pub fn config() -> Config {
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        data: Data::Memory,
        log: Log { filter: "off".into(), format: LogFormat::Text },
        ..Config::default()
    }
}

impl Server {
    pub async fn start() -> Self {
        Self::with(config()).await
    }

    pub async fn with(config: Config) -> Self {
        let store = open_store(&config.data, &config.store).unwrap();
        Self::over(Detector::new(Engine::shipped(), store, config.policy.clone()), config).await
    }

    pub async fn over(detector: Detector, config: Config) -> Self {
        let listener = TcpListener::bind(config.listen).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move {
            let shutdown = async { drop(stopped.await) };
            server::run(listener, shutdown, Arc::new(detector), &config).await
        });
        Self { address, stop: Some(stop), running }
    }

    pub async fn channel(&self) -> Channel {
        Channel::from_shared(format!("http://{}", self.address)).unwrap().connect().await.unwrap()
    }

    pub async fn client(&self) -> Client {
        Client::new(self.channel().await).max_decoding_message_size(usize::MAX)
    }

    pub fn signal(&mut self) {
        let _ = self.stop.take().unwrap().send(());
    }

    pub async fn stopped(self) -> Result<(), ServeError> {
        tokio::time::timeout(PATIENCE, self.running).await.expect("the server hangs").unwrap()
    }
}

pub fn document(id: &str, text: &str) -> v1::Document {
    v1::Document { id: id.into(), source: "example.org".into(), text: text.into(), ..Default::default() }
}

pub fn request(document: v1::Document) -> v1::AnalyzeRequest {
    v1::AnalyzeRequest { document: Some(document), options: None }
}

pub fn item(document: v1::Document) -> v1::AnalyzeStreamRequest {
    v1::AnalyzeStreamRequest { document: Some(document), options: None }
}

/// The fields that an `INVALID_ARGUMENT` names.
pub fn fields(status: &Status) -> Vec<String> {
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let bad = status.get_details_bad_request().expect("a BadRequest");
    assert!(bad.field_violations.iter().all(|v| !v.description.is_empty()));
    bad.field_violations.into_iter().map(|v| v.field).collect()
}

pub fn response(result: v1::AnalyzeResult) -> v1::AnalyzeResponse {
    match result.result.expect("a result") {
        v1::analyze_result::Result::Response(response) => response,
        v1::analyze_result::Result::Error(error) => panic!("{}", error.message),
    }
}

pub fn error(result: v1::AnalyzeResult) -> tonic_types::Status {
    match result.result.expect("a result") {
        v1::analyze_result::Result::Error(error) => error,
        v1::analyze_result::Result::Response(_) => panic!("an error was expected"),
    }
}
