//! API keys over a real socket: who may do what, and what happens when the file changes.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod support;

use promosieve::{
    access::{KeyFile, Role},
    config::{Access, Config},
    proto::v1::{self, template_service_client::TemplateServiceClient},
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use support::*;
use tokio_stream::{StreamExt as _, wrappers::ReceiverStream};
use tonic::{Code, Request, Status};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest,
};
use tonic_types::StatusExt as _;

fn with_keys(file: &Path) -> Config {
    Config { access: Access { api_keys: Some(file.into()), tls: None }, ..config() }
}

fn keyed<T>(message: T, key: &str) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    request
}

fn with_learning(id: &str, learning: v1::Learning) -> v1::AnalyzeRequest {
    let options = v1::AnalyzeOptions { learning: learning.into(), ..Default::default() };
    v1::AnalyzeRequest { document: Some(document(id, TEXT)), options: Some(options) }
}

/// Long enough for the near-duplicate guard.
const TEXT: &str = include_str!("data/ordinary.txt");

fn refused(status: &Status, code: Code, reason: &str) {
    assert_eq!(status.code(), code, "{status:?}");
    let info = status.get_details_error_info().expect("an ErrorInfo");
    assert_eq!((info.reason.as_str(), info.domain.as_str()), (reason, "promosieve.v1"));
}

struct Keys {
    dir: tempfile::TempDir,
    file: KeyFile,
}

impl Keys {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = KeyFile::at(&dir.path().join("keys.toml"));
        Self { dir, file }
    }

    fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("keys.toml")
    }

    fn add(&self, name: &str, role: Role) -> String {
        self.file.add(name, role, "", 1).unwrap()
    }
}

#[tokio::test]
async fn nobody_calls_without_a_key_but_for_health() {
    let keys = Keys::new();
    let key = keys.add("reader", Role::Read);
    let server = Server::with(with_keys(&keys.path())).await;
    let channel = server.channel().await;
    let mut client = server.client().await;
    for wrong in ["", "ps_0000000000000000_00", &key.to_uppercase(), &key[1..]] {
        let status = client.analyze(keyed(request(document("1", TEXT)), wrong)).await.unwrap_err();
        refused(&status, Code::Unauthenticated, "UNAUTHENTICATED");
    }
    let status = client.analyze(request(document("1", TEXT))).await.unwrap_err();
    refused(&status, Code::Unauthenticated, "UNAUTHENTICATED");
    assert!(status.message().contains("authorization: Bearer KEY"), "{status:?}");
    client.analyze(keyed(request(document("1", TEXT)), &key)).await.unwrap();

    let mut health = HealthClient::new(channel.clone());
    health.check(HealthCheckRequest { service: String::new() }).await.unwrap();

    let mut reflection = ServerReflectionClient::new(channel.clone());
    let ask = || {
        let message = Some(MessageRequest::ListServices(String::new()));
        tokio_stream::once(ServerReflectionRequest { host: String::new(), message_request: message })
    };
    let status = reflection.server_reflection_info(ask()).await.unwrap_err();
    refused(&status, Code::Unauthenticated, "UNAUTHENTICATED");
    let mut answers = reflection.server_reflection_info(keyed(ask(), &key)).await.unwrap().into_inner();
    assert!(answers.message().await.unwrap().is_some());

    let mut templates = TemplateServiceClient::new(channel);
    let query = v1::ListAffectedDocumentsRequest { template_id: "0".repeat(16), ..Default::default() };
    let status = templates.list_affected_documents(query.clone()).await.unwrap_err();
    refused(&status, Code::Unauthenticated, "UNAUTHENTICATED");
    templates.list_affected_documents(keyed(query, &key)).await.unwrap();
}

#[tokio::test]
async fn a_key_for_reading_teaches_nothing() {
    let keys = Keys::new();
    let (reader, writer) = (keys.add("reader", Role::Read), keys.add("writer", Role::Write));
    let server = Server::with(with_keys(&keys.path())).await;
    let mut client = server.client().await;
    let status = client.analyze(keyed(with_learning("1", v1::Learning::On), &reader)).await.unwrap_err();
    refused(&status, Code::PermissionDenied, "PERMISSION_DENIED");
    let info = status.get_details_error_info().unwrap();
    assert_eq!((&info.metadata["role"][..], &info.metadata["required_role"][..]), ("read", "write"));
    for (id, learning) in [("2", v1::Learning::Unspecified), ("3", v1::Learning::Off)] {
        client.analyze(keyed(with_learning(id, learning), &reader)).await.unwrap();
    }
    // Had any of these taught something, this would be the copy of an earlier document.
    let seen = client.analyze(keyed(with_learning("4", v1::Learning::On), &writer)).await.unwrap().into_inner();
    assert_eq!(seen.near_duplicate_of, "");
    let seen = client.analyze(keyed(with_learning("5", v1::Learning::Unspecified), &reader)).await.unwrap();
    assert_eq!(seen.into_inner().near_duplicate_of, "4", "readers see what others taught");

    let options = with_learning("6", v1::Learning::On).options;
    let batch = v1::AnalyzeBatchRequest { documents: vec![document("6", TEXT)], options };
    let status = client.analyze_batch(keyed(batch, &reader)).await.unwrap_err();
    refused(&status, Code::PermissionDenied, "PERMISSION_DENIED");

    let items = [v1::Learning::On, v1::Learning::Off].map(|learning| {
        let v1::AnalyzeRequest { document, options } = with_learning("7", learning);
        v1::AnalyzeStreamRequest { document, options }
    });
    let answers = client.analyze_stream(keyed(tokio_stream::iter(items), &reader)).await.unwrap().into_inner();
    let answers: Vec<_> = answers.map(|answer| answer.unwrap().result.unwrap()).collect().await;
    assert_eq!(error(answers[0].clone()).code, Code::PermissionDenied as i32);
    response(answers[1].clone());
}

/// Calls without pause until told to stop, and counts; any failure ends the test.
fn load(client: Client, key: &str, over: &Arc<AtomicBool>) -> (tokio::task::JoinHandle<()>, Arc<AtomicUsize>) {
    let (key, over, count) = (key.to_owned(), Arc::clone(over), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&count);
    let task = tokio::spawn(async move {
        let mut client = client;
        while !over.load(Relaxed) {
            client.analyze(keyed(request(document("1", "Ein kurzer Text.")), &key)).await.unwrap();
            counted.fetch_add(1, Relaxed);
        }
    });
    (task, count)
}

/// Calls until the outcome is this.
async fn until(client: &mut Client, key: &str, code: Code) {
    let began = Instant::now();
    loop {
        let outcome = client.analyze(keyed(request(document("1", "Ein kurzer Text.")), key)).await;
        if outcome.map_or_else(|status| status.code(), |_| Code::Ok) == code {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{code:?} does not come");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_change_under_load_and_no_call_fails() {
    let keys = Keys::new();
    let (constant, leaving) = (keys.add("constant", Role::Write), keys.add("leaving", Role::Write));
    let server = Server::with(with_keys(&keys.path())).await;
    let over = Arc::new(AtomicBool::new(false));
    let loads = [load(server.client().await, &constant, &over), load(server.client().await, &constant, &over)];
    let mut client = server.client().await;

    // A key that comes works, by a file that is replaced.
    for name in ["second", "third"] {
        let key = keys.add(name, Role::Write);
        until(&mut client, &key, Code::Ok).await;
    }
    // A broken file, written in place, changes nothing; nor does none at all.
    let right = std::fs::read_to_string(keys.path()).unwrap();
    for broken in [Some("[[key]]\nname = "), None] {
        match broken {
            Some(text) => std::fs::write(keys.path(), text).unwrap(),
            None => std::fs::remove_file(keys.path()).unwrap(),
        }
        // Two looks at the file; more or fewer change nothing but what is tested.
        tokio::time::sleep(Duration::from_millis(2_200)).await;
        client.analyze(keyed(request(document("1", "Ein kurzer Text.")), &leaving)).await.unwrap();
    }
    std::fs::write(keys.path(), right).unwrap();
    // A key that goes stops working, and ends the streams that it opened at their next item.
    let (send, items) = tokio::sync::mpsc::channel(1);
    send.send(item(document("1", "Ein kurzer Text."))).await.unwrap();
    let answers = client.analyze_stream(keyed(ReceiverStream::new(items), &leaving)).await.unwrap();
    let mut answers = answers.into_inner();
    answers.message().await.unwrap().unwrap();
    keys.file.revoke("leaving").unwrap();
    until(&mut client, &leaving, Code::Unauthenticated).await;
    send.send(item(document("2", "Ein kurzer Text."))).await.unwrap();
    refused(&answers.message().await.unwrap_err(), Code::Unauthenticated, "UNAUTHENTICATED");

    over.store(true, Relaxed);
    for (task, count) in loads {
        task.await.expect("no call of the constant key fails");
        assert!(count.load(Relaxed) > 0);
    }
}
