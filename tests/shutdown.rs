//! SIGTERM while there is work: what was accepted is answered and learned, and the process is gone in time.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod support;

use std::time::{Duration, Instant};
use support::{process::Process, *};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

const DRAIN: u64 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_answers_what_was_sent_and_does_not_wait_for_the_hung() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let drain = DRAIN.to_string();
    let arguments =
        ["--data", data, "--drain-seconds", &drain, "--metrics-listen", "127.0.0.1:0", "--log", "warn,promosieve=info"];
    let server = Process::start(&arguments);

    // One stream hangs: it neither says more nor reads what it is told.
    let _hung = server.client().await.analyze_stream(tokio_stream::pending()).await.unwrap();
    let silent = tokio::net::TcpStream::connect(&server.address).await.unwrap();
    // Another has sent a hundred items and reads none of the answers before the signal.
    let (items, sent) = mpsc::channel(200);
    for i in 0..100 {
        items.send(item(document(&format!("stream-{i}"), &format!("Der Satz Nummer {i} steht hier.")))).await.unwrap();
    }
    let mut answers = server.client().await.analyze_stream(ReceiverStream::new(sent)).await.unwrap().into_inner();
    answers.message().await.unwrap().unwrap();
    // And calls go on all the time.
    let callers: Vec<_> = (0..4).map(|c| tokio::spawn(keep_calling(server.url(), c))).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;

    let began = Instant::now();
    server.signal("-TERM");
    for i in 1..100 {
        response(answers.message().await.unwrap().unwrap_or_else(|| panic!("answer {i}")).result.unwrap());
    }
    drop(items);
    assert!(answers.message().await.unwrap().is_none(), "the stream ends well");
    let mut learned = 100;
    for caller in callers {
        learned += caller.await.unwrap();
    }
    let (code, log) = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
    let took = began.elapsed();
    assert_eq!(code, Some(0));
    for line in log.iter().filter(|line| line["method"] == "promosieve.v1.DetectorService/Analyze") {
        // Whatever it let in, it answered.
        assert!(["Ok", "Unavailable"].contains(&line["status"].as_str().unwrap()), "{line}");
    }
    assert!(took < Duration::from_secs(DRAIN + 5), "{took:?}");
    drop(silent);

    let again = Process::start(&arguments);
    let page = tokio::task::spawn_blocking(move || again.page("/metrics")).await.unwrap();
    let line = page.lines().find(|line| line.starts_with("promosieve_store_documents ")).unwrap();
    let documents: f64 = line.split(' ').nth(1).unwrap().parse().unwrap();
    println!("{took:?} after SIGTERM; {learned} documents answered, {documents} known after the restart");
    assert!(documents >= f64::from(learned), "{documents} of {learned}");
}

/// Calls until it is told that the server stops; how many were answered. A call fails in no other way.
async fn keep_calling(url: String, caller: u32) -> u32 {
    let mut client = Client::connect(url).await.unwrap();
    for i in 0.. {
        let text = format!("Die Meldung {i} von {caller} ist so lang wie nötig.");
        match client.analyze(request(document(&format!("{caller}-{i}"), &text))).await {
            Ok(_) => {}
            // Told by the server, or by the client, which finds nobody to connect to or had not sent it yet.
            Err(status) if status.code() == Code::Unavailable => return i,
            Err(status) if status.code() == Code::Cancelled && status.message() == "operation was canceled" => {
                return i;
            }
            // The same over HTTP/2: the connection went away without an error before the call was taken.
            Err(status) if format!("{status:?}").contains("NO_ERROR, Remote") => return i,
            Err(status) => panic!("{status:?}"),
        }
    }
    unreachable!("the server stops")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_server_stops_at_once() {
    let server = Process::start(&["--memory", "--drain-seconds", "60"]);
    let mut client = server.client().await;
    client.analyze(request(document("1", "x"))).await.unwrap();
    let began = Instant::now();
    server.signal("-TERM");
    let (code, _) = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
    let took = began.elapsed();
    println!("{took:?} after SIGTERM");
    assert_eq!(code, Some(0));
    // It waits for clients to close their connections, a second or two, and not for the grace.
    assert!(took < Duration::from_secs(30), "{took:?}");
}
