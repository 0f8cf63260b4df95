//! How long connections live: their age, pings that nobody answers, and those to the page of figures.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod support;

use std::{
    error::Error as _,
    io::{ErrorKind, Read as _, Write as _},
    iter::successors,
    net::TcpStream,
    time::{Duration, Instant},
};
use support::{process::Process, *};
use tokio::net::TcpStream as Socket;
use tonic::{Code, Status};

const AGE: Duration = Duration::from_secs(1);

/// A client that is told to go opens a new connection; what it had sent before is answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_of_age_takes_no_more_calls_and_loses_none() {
    let mut config = config();
    config.transport.connection_age = AGE;
    config.transport.connection_age_grace = PATIENCE;
    let server = Server::with(config).await;
    let began = Instant::now();
    let socket = Socket::connect(server.address).await.unwrap();
    let (_calls, connection) = h2::client::handshake(socket).await.unwrap();
    tokio::time::timeout(PATIENCE, connection).await.expect("it is told to go").unwrap();
    assert!(began.elapsed() >= AGE, "{:?}", began.elapsed());
    // tonic's client connects anew each time, three times at least.
    let mut client = server.client().await;
    let until = Instant::now() + 4 * AGE;
    let mut n = 0;
    while Instant::now() < until {
        // This client hands calls to connections that it has just been told to leave, and takes them back unsent.
        let outcome = loop {
            let outcome = client.analyze(request(document(&n.to_string(), "Ein Text."))).await;
            if !outcome.as_ref().is_err_and(was_not_sent) {
                break outcome;
            }
            assert!(began.elapsed() < PATIENCE, "{outcome:?}");
        };
        outcome.unwrap();
        n += 1;
    }
    // A stream that is open goes on.
    let (items, sent) = tokio::sync::mpsc::channel(1);
    let stream = client.analyze_stream(tokio_stream::wrappers::ReceiverStream::new(sent)).await.unwrap();
    tokio::time::sleep(2 * AGE).await;
    items.send(item(document("late", "Ein Text."))).await.unwrap();
    drop(items);
    let mut answers = stream.into_inner();
    response(answers.message().await.unwrap().unwrap().result.unwrap());
    assert!(answers.message().await.unwrap().is_none());
}

/// Whether the call came to a connection that took no more: cancelled by the client, or answered by GOAWAY without an
/// error, which is said of streams that the server has not begun (RFC 9113, 6.8).
fn was_not_sent(status: &Status) -> bool {
    let told_to_go = |error: &h2::Error| error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
    let sources = successors(status.source(), |&error| error.source());
    status.code() == Code::Cancelled || sources.filter_map(|error| error.downcast_ref()).any(told_to_go)
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_grace_an_old_connection_is_closed_whatever_happens_on_it() {
    let mut config = config();
    config.transport.connection_age = AGE;
    config.transport.connection_age_grace = AGE;
    let server = Server::with(config).await;
    let mut client = server.client().await;
    let began = Instant::now();
    let mut answers = client.analyze_stream(tokio_stream::pending()).await.unwrap().into_inner();
    let status = tokio::time::timeout(PATIENCE, answers.message()).await.expect("it is cut").unwrap_err();
    assert!(status.code() != Code::Ok && began.elapsed() >= AGE, "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answers_no_ping_is_taken_for_gone() {
    let mut config = config();
    config.transport.keepalive_interval = AGE;
    config.transport.keepalive_timeout = AGE;
    // Nothing else shall close it.
    config.transport.connection_first_call = Duration::from_hours(1);
    config.transport.connection_idle = Duration::from_hours(1);
    let server = Server::with(config).await;
    let address = server.address;
    let closed = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        // The greeting with empty settings, and not a word after it.
        socket.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
        closes(&mut socket)
    });
    assert!(closed.await.unwrap());
}

/// Whether the other side closes the connection, within the patience of tests.
fn closes(socket: &mut TcpStream) -> bool {
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut rest = [0; 4096];
    loop {
        match socket.read(&mut rest) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        }
    }
}

#[test]
fn the_page_of_figures_is_no_place_to_stay() {
    let server = Process::start(&["--memory", "--metrics-listen", "127.0.0.1:0"]);
    // More connections than there are places, none of which asks for anything.
    let mut silent: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(&server.figures).unwrap()).collect();
    assert!(server.page("/healthz").contains("200 OK"), "whoever asks gets in");
    assert!(closes(&mut silent[0]), "the first had to make room");
    // One that never ends its headers.
    let mut slow = TcpStream::connect(&server.figures).unwrap();
    slow.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nx-slow: ").unwrap();
    assert!(closes(&mut slow));
}
