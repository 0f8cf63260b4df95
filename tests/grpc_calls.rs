//! The three calls over a real socket: answers, errors with their fields, isolation, order, back-pressure.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod support;

use promosieve::proto::v1;
use prost_types::Timestamp;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use support::*;
use tokio_stream::{StreamExt as _, iter};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

const TEXT: &str = "Erster Absatz über Äpfel.\n\nZweiter Absatz: 100 € 🍎.\n";

#[tokio::test]
async fn analyze_answers_with_what_it_was_given() {
    let server = Server::start().await;
    let mut client = server.client().await;
    let published_at = Some(Timestamp { seconds: 1_700_000_000, nanos: 5 });
    let document = v1::Document { language: "de-AT".into(), title: "T".into(), published_at, ..document("1", TEXT) };
    let answer = client.analyze(request(document)).await.unwrap().into_inner();
    assert_eq!(answer.document_id, "1");
    assert_eq!(answer.language, "de-AT");
    assert_ne!(answer.verdict(), v1::Verdict::Unspecified);
    assert_eq!(answer.ruleset_version.len(), 16);
    assert!((0.0..=1.0).contains(&answer.spam_score) && (0.0..=1.0).contains(&answer.clickbait_score));
    if answer.spans.iter().all(|span| !span.removed) {
        assert_eq!(answer.cleaned_text, TEXT);
    }
}

#[tokio::test]
async fn empty_text_and_source_are_fine() {
    let server = Server::start().await;
    let empty = v1::Document { id: "1".into(), ..Default::default() };
    let answer = server.client().await.analyze(request(empty)).await.unwrap().into_inner();
    assert_eq!((answer.cleaned_text.as_str(), answer.language.as_str()), ("", "und"));
    assert!(answer.spans.is_empty());
}

type Break = fn(&mut v1::Document, &mut v1::AnalyzeOptions);

#[tokio::test]
async fn every_broken_rule_names_its_field() {
    let server = Server::start().await;
    let mut client = server.client().await;
    let cases: [(&str, Break); 14] = [
        ("document.id", |d, _| d.id.clear()),
        ("document.id", |d, _| d.id = "i".repeat(1025)),
        ("document.source", |d, _| d.source = "s".repeat(1025)),
        ("document.title", |d, _| d.title = "t".repeat((64 << 10) + 1)),
        ("document.text", |d, _| d.text = "t".repeat((4 << 20) + 1)),
        ("document.language", |d, _| d.language = "d".repeat(65)),
        ("document.language", |d, _| d.language = "not a tag".into()),
        ("document.published_at.seconds", |d, _| d.published_at = Some(Timestamp { seconds: i64::MIN, nanos: 0 })),
        ("document.published_at.nanos", |d, _| d.published_at = Some(Timestamp { seconds: 0, nanos: -1 })),
        ("options.min_confidence", |_, o| o.min_confidence = f64::NAN),
        ("options.min_confidence", |_, o| o.min_confidence = 1.5),
        ("options.learning", |_, o| o.learning = 7),
        ("options.keep_kinds[0]", |_, o| o.keep_kinds = vec![0]),
        ("options.keep_kinds[1]", |_, o| o.keep_kinds = vec![7, 99]),
    ];
    for (field, break_rule) in cases {
        let (mut document, mut options) = (document("1", TEXT), v1::AnalyzeOptions::default());
        break_rule(&mut document, &mut options);
        let request = v1::AnalyzeRequest { document: Some(document), options: Some(options) };
        let status = client.analyze(request).await.unwrap_err();
        assert_eq!(fields(&status), [field]);
    }
}

#[tokio::test]
async fn all_violations_are_reported_together() {
    let server = Server::start().await;
    let mut client = server.client().await;
    let options = Some(v1::AnalyzeOptions { min_confidence: -1.0, ..Default::default() });
    let status = client.analyze(v1::AnalyzeRequest { document: None, options }).await.unwrap_err();
    assert_eq!(fields(&status), ["document", "options.min_confidence"]);
    assert_eq!(status.get_details_error_info().unwrap().domain, "promosieve.v1");
}

#[tokio::test]
async fn limits_are_inclusive() {
    let server = Server::start().await;
    let longest = v1::Document {
        source: "s".repeat(1024),
        title: "t".repeat(64 << 10),
        ..document(&"i".repeat(1024), &"a b\n".repeat(1 << 20))
    };
    server.client().await.analyze(request(longest)).await.unwrap();
}

#[tokio::test]
async fn a_bad_document_spoils_only_its_own_result() {
    let server = Server::start().await;
    let mut client = server.client().await;
    let bad = v1::Document { language: "??".into(), ..document("", TEXT) };
    let batch = v1::AnalyzeBatchRequest { documents: vec![document("1", TEXT), bad, document("3", "")], options: None };
    let mut results = client.analyze_batch(batch).await.unwrap().into_inner().results.into_iter();
    assert_eq!(response(results.next().unwrap()).document_id, "1");
    let failed = error(results.next().unwrap());
    let alone = v1::Document { language: "??".into(), ..document("", TEXT) };
    let alone = client.analyze(request(alone)).await.unwrap_err();
    assert_eq!((failed.code, failed.message.as_str()), (Code::InvalidArgument as i32, alone.message()));
    assert_eq!(fields(&alone), ["document.id", "document.language"]);
    assert_eq!(response(results.next().unwrap()).document_id, "3");
    assert!(results.next().is_none());
}

#[tokio::test]
async fn batches_are_bounded_and_may_be_empty() {
    let mut config = config();
    config.limits.max_batch_documents = 2;
    let server = Server::with(config).await;
    let mut client = server.client().await;
    let batch = |n| v1::AnalyzeBatchRequest { documents: vec![document("1", ""); n], options: None };
    assert_eq!(client.analyze_batch(batch(0)).await.unwrap().into_inner().results.len(), 0);
    assert_eq!(client.analyze_batch(batch(2)).await.unwrap().into_inner().results.len(), 2);
    let mut over = batch(3);
    over.options = Some(v1::AnalyzeOptions { learning: 3, ..Default::default() });
    let status = client.analyze_batch(over).await.unwrap_err();
    assert_eq!(fields(&status), ["documents", "options.learning"]);
}

#[tokio::test]
async fn short_and_long_texts_keep_their_order_in_a_batch() {
    let server = Server::start().await;
    let documents: Vec<_> =
        (0..200).map(|i| document(&i.to_string(), &TEXT.repeat(if i % 20 == 0 { 2000 } else { 1 }))).collect();
    let batch = v1::AnalyzeBatchRequest { documents, options: None };
    let results = server.client().await.analyze_batch(batch).await.unwrap().into_inner().results;
    let ids: Vec<_> = results.into_iter().map(|result| response(result).document_id).collect();
    assert_eq!(ids, (0..200).map(|i| i.to_string()).collect::<Vec<_>>());
}

/// Documents of a publisher whose pitch changes; some are long, one in thirteen has no id.
fn publisher(count: usize) -> Vec<v1::Document> {
    let document = |i: usize| {
        let story =
            format!("Der Rat von Stadt {i} tagte {} Stunden.\n\nDanach gab es {} Anträge zu Brücke {i}.", i + 2, i * 3);
        let pitch =
            format!("Die neue Analyse vom {}. November liefert die Antwort: jetzt gratis herunterladen!", i % 28 + 1);
        let text = format!("{}\n\n{pitch}\n", story.repeat(if i % 17 == 5 { 1000 } else { 1 }));
        let id = if i % 13 == 7 { String::new() } else { i.to_string() };
        let published_at = Some(Timestamp { seconds: 1_700_000_000 + i64::try_from(i).unwrap(), nanos: 0 });
        v1::Document { published_at, ..document(&id, &text) }
    };
    (0..count).map(document).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_batch_comes_out_as_its_documents_would_one_by_one() {
    let documents = publisher(80);
    let one_by_one = Server::start().await;
    let mut client = one_by_one.client().await;
    let mut expected = Vec::new();
    for document in documents.clone() {
        let answer = client.analyze(request(document)).await;
        expected.push(answer.map(tonic::Response::into_inner).map_err(|status| status.code() as i32));
    }
    let recurring = |answer: &v1::AnalyzeResponse| answer.spans.iter().any(|span| span.sightings.is_some());
    assert!(expected.iter().flatten().any(recurring), "later documents know of the earlier ones");
    let batch = v1::AnalyzeBatchRequest { documents, options: None };
    for _ in 0..5 {
        let server = Server::start().await;
        let results = server.client().await.analyze_batch(batch.clone()).await.unwrap().into_inner().results;
        let outcome = |result: v1::AnalyzeResult| match result.result.unwrap() {
            v1::analyze_result::Result::Response(response) => Ok(response),
            v1::analyze_result::Result::Error(error) => Err(error.code),
        };
        assert_eq!(results.into_iter().map(outcome).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn a_stream_answers_in_order_and_outlives_bad_items() {
    let server = Server::start().await;
    let items = (0..50).map(|i| {
        let id = if i % 7 == 3 { String::new() } else { i.to_string() };
        // Over the limit of texts, and far below that of messages.
        let text = if i % 25 == 1 { "x".repeat((4 << 20) + 1) } else { TEXT.to_owned() };
        item(document(&id, &text))
    });
    let mut answers = server.client().await.analyze_stream(iter(items)).await.unwrap().into_inner();
    for i in 0..50_u64 {
        let answer = answers.message().await.unwrap().unwrap();
        assert_eq!(answer.sequence, i);
        let result = answer.result.unwrap();
        if i % 7 == 3 || i % 25 == 1 {
            assert_eq!(error(result).code, Code::InvalidArgument as i32);
        } else {
            assert_eq!(response(result).document_id, i.to_string());
        }
    }
    assert!(answers.message().await.unwrap().is_none(), "the stream ends after the half-close");
}

#[tokio::test]
async fn a_stream_answers_each_item_before_the_next_is_sent() {
    let server = Server::start().await;
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let requests = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let mut answers = server.client().await.analyze_stream(requests).await.unwrap().into_inner();
    for i in 0..5 {
        sender.send(item(document(&i.to_string(), TEXT))).await.unwrap();
        assert_eq!(answers.message().await.unwrap().unwrap().sequence, i);
    }
    drop(sender);
    assert!(answers.message().await.unwrap().is_none());
}

#[tokio::test]
async fn a_slow_reader_slows_the_sender() {
    const ITEMS: usize = 2_000;
    let server = Server::start().await;
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let text = "wort ".repeat(6_000);
    // Whatever the verdict, no certainty suffices to cut: the answers are as large as the items.
    let options = v1::AnalyzeOptions { min_confidence: 1.0, ..Default::default() };
    let items = (0..ITEMS).map(move |i| {
        counter.fetch_add(1, Ordering::SeqCst);
        v1::AnalyzeStreamRequest { options: Some(options.clone()), ..item(document(&i.to_string(), &text)) }
    });
    let mut answers = server.client().await.analyze_stream(iter(items)).await.unwrap().into_inner();
    answers.message().await.unwrap().unwrap();
    // Nothing is read until the sender has come to rest: however long this takes, it cannot get through all items.
    let mut before = usize::MAX;
    while before != sent.load(Ordering::SeqCst) {
        before = sent.load(Ordering::SeqCst);
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert!(before < ITEMS / 2, "{before} of {ITEMS} items were taken while no answer was read");
    let mut rest = 0;
    while answers.next().await.transpose().unwrap().is_some() {
        rest += 1;
    }
    assert_eq!(rest, ITEMS - 1);
}

#[tokio::test]
async fn concurrent_clients_get_their_own_answers() {
    let server = Server::start().await;
    let tasks: Vec<_> = (0..8)
        .map(|c| {
            let channel = server.channel();
            async move {
                let channel = channel.await;
                let mut client = Client::new(channel);
                for i in 0..25 {
                    let id = format!("{c}/{i}");
                    let answer = client.analyze(request(document(&id, TEXT))).await.unwrap().into_inner();
                    assert_eq!(answer.document_id, id);
                }
            }
        })
        .collect();
    futures_util::future::join_all(tasks).await;
}

/// tonic's client would act upon `grpc-timeout` itself, so this one speaks HTTP/2 by hand. The request is never finished:
/// the server has all the time in the world to miss the deadline.
async fn call_with_timeout(server: &Server, method: &str, timeout: &str) -> Status {
    let socket = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let (mut client, connection) = h2::client::handshake(socket).await.unwrap();
    tokio::spawn(connection);
    let head = http::Request::post(format!("http://{}/promosieve.v1.DetectorService/{method}", server.address))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("grpc-timeout", timeout);
    let (answer, _unfinished) = client.send_request(head.body(()).unwrap(), false).unwrap();
    let mut answer = answer.await.unwrap();
    if let Some(status) = Status::from_header_map(answer.headers()) {
        return status;
    }
    let trailers = answer.body_mut().trailers().await.unwrap().expect("trailers");
    Status::from_header_map(&trailers).expect("a status in the trailers")
}

#[tokio::test]
async fn an_expired_deadline_is_deadline_exceeded() {
    let server = Server::start().await;
    for timeout in ["0S", "1n", "1m", "50m"] {
        let status = call_with_timeout(&server, "Analyze", timeout).await;
        assert_eq!(status.code(), Code::DeadlineExceeded);
        assert!(status.get_details_error_info().is_some());
    }
    assert_eq!(fields(&call_with_timeout(&server, "Analyze", "soon").await), ["grpc-timeout"]);
}

#[tokio::test]
async fn a_deadline_ends_an_idle_stream() {
    let server = Server::start().await;
    for timeout in ["1m", "50m"] {
        let status = call_with_timeout(&server, "AnalyzeStream", timeout).await;
        assert_eq!(status.code(), Code::DeadlineExceeded);
    }
}
