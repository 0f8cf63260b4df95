//! Clients that mean harm, or behave as if they did: memory stays bounded, others are served, and each gets a clear
//! answer. `PROMOSIEVE_LONG=1` makes the floods as large as RELIABILITY.md says.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod support;

use bytes::Bytes;
use promosieve::proto::v1;
use std::{
    io::Write as _,
    time::{Duration, Instant},
};
use support::{process::Process, *};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tonic::{Code, Status, codec::CompressionEncoding};
use tonic_types::StatusExt as _;

const MIB: u64 = 1 << 20;

fn long() -> bool {
    std::env::var_os("PROMOSIEVE_LONG").is_some()
}

async fn connect(address: &str) -> h2::client::SendRequest<Bytes> {
    let socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let (client, connection) = h2::client::handshake(socket).await.unwrap();
    tokio::spawn(connection);
    client
}

fn head(address: &str) -> http::request::Builder {
    head_of(address, "Analyze")
}

fn head_of(address: &str, method: &str) -> http::request::Builder {
    http::Request::post(format!("http://{address}/promosieve.v1.DetectorService/{method}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
}

/// The status of an answer, wherever it stands.
async fn status(mut answer: http::Response<h2::RecvStream>) -> Status {
    if let Some(status) = Status::from_header_map(answer.headers()) {
        return status;
    }
    while let Some(data) = answer.body_mut().data().await {
        let length = data.unwrap().len();
        answer.body_mut().flow_control().release_capacity(length).unwrap();
    }
    let trailers = answer.body_mut().trailers().await.unwrap().expect("trailers");
    Status::from_header_map(&trailers).expect("a status in the trailers")
}

/// Sends `body`, which is packed with gzip, as the message of a call of `method`.
async fn call(address: &str, method: &str, body: &[u8]) -> Status {
    let mut client = connect(address).await.ready().await.unwrap();
    let head = head_of(address, method).header("grpc-encoding", "gzip").body(()).unwrap();
    let (answer, mut stream) = client.send_request(head, false).unwrap();
    let mut message = vec![1];
    message.extend_from_slice(&u32::try_from(body.len()).unwrap().to_be_bytes());
    message.extend_from_slice(body);
    // It may be refused before all of it was sent.
    _ = stream.send_data(message.into(), true);
    status(answer.await.unwrap()).await
}

/// A gzip stream of so many MiB of the same two bytes.
fn bomb(unit: [u8; 2], mib: u64) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let block = unit.repeat(MIB as usize / 2);
    for _ in 0..mib {
        encoder.write_all(&block).unwrap();
    }
    encoder.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bomb_is_refused_and_memory_grows_by_no_more_than_the_limit() {
    const LIMIT: u64 = 32;
    let server = Process::start(&["--memory", "--max-message-bytes", &(LIMIT * MIB).to_string()]);
    let size = if long() { 1024 } else { 128 };
    let body = bomb(*b"aa", size);
    let ratio = size * MIB / body.len() as u64;
    assert!(ratio >= 1000, "{ratio}");
    // The way there has been walked, with an honest message.
    server.client().await.analyze(request(document("1", &"Ein Satz. ".repeat(10_000)))).await.unwrap();
    let before = server.peak();
    for _ in 0..3 {
        let status = call(&server.address, "Analyze", &body).await;
        assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
        assert_eq!(status.get_details_error_info().unwrap().reason, "MESSAGE_TOO_LARGE");
    }
    let grown = (server.peak() - before) / MIB;
    println!("a bomb of {ratio}:1 made memory grow by {grown} MiB, the limit is {LIMIT}");
    // The compressed message and the transport's buffers come on top.
    assert!(grown <= LIMIT + 8, "{grown} MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_nothing_does_not_swell() {
    let size = if long() { 64 } else { 8 };
    let server = Process::start(&["--memory"]);
    server.client().await.analyze(request(document("1", "x"))).await.unwrap();
    let before = server.peak();
    // Each document is empty: a tag and a length of zero.
    let status = call(&server.address, "AnalyzeBatch", &bomb([0x0a, 0], size)).await;
    assert_eq!(fields(&status), ["documents"]);
    let grown = (server.peak() - before) / MIB;
    println!("a batch of {} empty documents made memory grow by {grown} MiB", size * MIB / 2);
    // The message itself, and buffers that double to hold it.
    assert!(grown <= 3 * size, "{grown} MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_length_that_lies_reserves_nothing() {
    let server = Process::start(&["--memory"]);
    let before = server.peak();
    let mut client = connect(&server.address).await.ready().await.unwrap();
    let mut held = Vec::new();
    for _ in 0..100 {
        let (answer, mut stream) = client.send_request(head(&server.address).body(()).unwrap(), false).unwrap();
        // 60 MiB announced, a few bytes sent.
        stream.send_data(Bytes::from_static(b"\x00\x03\xc0\x00\x00abc"), false).unwrap();
        held.push((answer, stream));
    }
    server.client().await.analyze(request(document("1", "x"))).await.unwrap();
    let grown = (server.peak() - before) / MIB;
    assert!(grown < 64, "{grown} MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_and_slow_connections_do_not_lock_others_out() {
    let (count, most) = if long() { (10_000, "2000") } else { (1_500, "300") };
    let server = Process::start(&["--memory", "--max-connections", most]);
    server.client().await.analyze(request(document("0", "x"))).await.unwrap();
    let before = server.peak();
    let mut sockets = Vec::new();
    for i in 0..count {
        let mut socket = tokio::net::TcpStream::connect(&server.address).await.unwrap();
        match i % 3 {
            // Says nothing; says half of what it must; says all of it, and nothing more.
            0 => {}
            1 => socket.write_all(b"PRI * HTT").await.unwrap(),
            _ => {
                // The server may have made room for others already.
                _ = socket.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
            }
        }
        sockets.push(socket);
        if i % 500 == 0 {
            let began = Instant::now();
            server.client().await.analyze(request(document(&i.to_string(), "x"))).await.unwrap();
            println!("after {i} connections a call takes {:?}", began.elapsed());
        }
    }
    server.client().await.analyze(request(document("last", "x"))).await.unwrap();
    let grown = (server.peak() - before) / MIB;
    println!("{count} connections made memory grow by {grown} MiB");
    assert!(grown < 200, "{grown} MiB");
}

#[tokio::test]
async fn connections_without_a_call_are_closed() {
    let mut config = config();
    config.transport.connection_first_call = Duration::from_millis(200);
    config.transport.connection_idle = Duration::from_millis(400);
    let server = Server::with(config).await;
    let mut silent = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let mut greets = tokio::net::TcpStream::connect(server.address).await.unwrap();
    greets.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    for socket in [&mut silent, &mut greets] {
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "the connection stays open");
    }
    server.client().await.analyze(request(document("1", "x"))).await.unwrap();
}

#[tokio::test]
async fn a_message_that_stops_arriving_ends_the_call() {
    let mut config = config();
    config.transport.receive_timeout = Duration::from_millis(200);
    let server = Server::with(config).await;
    let address = server.address.to_string();
    let mut client = connect(&address).await.ready().await.unwrap();
    let (answer, mut stream) = client.send_request(head(&address).body(()).unwrap(), false).unwrap();
    stream.send_data(Bytes::from_static(b"\0\0\0\x10\0abc"), false).unwrap();
    let status = status(answer.await.unwrap()).await;
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    assert_eq!(status.get_details_error_info().unwrap().reason, "RECEIVE_TIMEOUT");
}

#[tokio::test]
async fn a_stream_without_items_is_ended() {
    let mut config = config();
    config.transport.stream_idle = Duration::from_millis(300);
    let server = Server::with(config).await;
    let mut answers = server.client().await.analyze_stream(tokio_stream::pending()).await.unwrap().into_inner();
    assert_eq!(answers.message().await.unwrap_err().code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn a_flood_of_resets_ends_its_own_connection_only() {
    let server = Server::start().await;
    let address = server.address.to_string();
    let mut other = server.client().await;
    let mut client = connect(&address).await.ready().await.unwrap();
    let count = if long() { 100_000 } else { 10_000 };
    let mut sent = 0;
    while sent < count {
        let Ok(ready) = client.ready().await else { break };
        client = ready;
        let Ok((_, mut stream)) = client.send_request(head(&address).body(()).unwrap(), false) else { break };
        stream.send_reset(h2::Reason::CANCEL);
        sent += 1;
    }
    println!("{sent} calls were opened and taken back");
    other.analyze(request(document("1", "x"))).await.unwrap();
}

#[tokio::test]
async fn headers_without_end_are_cut_off() {
    let server = Server::start().await;
    let mut socket = tokio::net::TcpStream::connect(server.address).await.unwrap();
    socket.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    // HEADERS that do not end, then CONTINUATION for ever: 16 KiB each of literal fields that are not indexed.
    let mut block = Vec::new();
    while block.len() < 16_000 {
        block.extend_from_slice(b"\x00\x04spam\x7f\x81\x00");
        block.extend_from_slice(&[b'x'; 256]);
    }
    let frame = |kind: u8| {
        let mut frame = vec![0, (block.len() >> 8) as u8, block.len() as u8, kind, 0, 0, 0, 0, 1];
        frame.extend_from_slice(&block);
        frame
    };
    let mut written = 0_u64;
    let mut outcome = socket.write_all(&frame(1)).await;
    while outcome.is_ok() && written < 64 * MIB {
        outcome = socket.write_all(&frame(9)).await;
        written += block.len() as u64;
    }
    assert!(outcome.is_err(), "it took {written} bytes of headers");
    server.client().await.analyze(request(document("1", "x"))).await.unwrap();
}

#[tokio::test]
async fn large_headers_are_refused() {
    let server = Server::start().await;
    let address = server.address.to_string();
    let mut client = connect(&address).await.ready().await.unwrap();
    let head = head(&address).header("x-much", "x".repeat(15_000)).header("x-more", "x".repeat(15_000));
    let (answer, _stream) = client.send_request(head.body(()).unwrap(), true).unwrap();
    match answer.await {
        Ok(answer) => assert_eq!(answer.status(), http::StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
        Err(error) => assert!(error.is_reset() || error.is_go_away(), "{error}"),
    }
    server.client().await.analyze(request(document("1", "x"))).await.unwrap();
}

/// What texts are made of that might take an engine for ever.
const HOSTILE: [(&str, &str); 9] = [
    ("one letter", "a"),
    ("combining marks", "\u{301}"),
    ("brackets", "("),
    ("nested brackets", "([{"),
    ("line breaks", "\n"),
    ("short phrase", "Buy now! "),
    ("shorter phrase", "AD\n"),
    ("addresses", "www.a.de "),
    ("width-less", "a\u{200b}"),
];

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_one_thing_take_linear_time() {
    let server = Server::start().await;
    let mut client = server.client().await;
    let mut time = async |name: &str, unit: &str, bytes: usize| {
        let text = unit.repeat(bytes / unit.len());
        let began = Instant::now();
        let answer = client.analyze(request(document(&format!("{name}-{bytes}"), &text))).await.unwrap();
        assert!(answer.into_inner().cleaned_text.len() <= text.len());
        began.elapsed()
    };
    for (name, unit) in HOSTILE {
        // The better of two small ones: the first one warms up.
        let small = time(name, unit, 128 << 10).await.min(time(name, unit, (128 << 10) + 1).await);
        let more = if long() { 32 } else { 8 };
        let large = time(name, unit, more * (128 << 10)).await;
        let times = large.as_secs_f64() / small.as_secs_f64().max(1e-3);
        println!("{name}: 128 KiB in {small:?}, {more} times that in {large:?}, {times:.0} times as long");
        // A quadratic step would take the square. Caches and a busy machine account for some of it.
        assert!(times < (more as f64).powf(1.85), "{name}: {times:.0} times as long");
    }
}

// Threads enough to see others wait, as `serve` has them.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn work_beyond_the_queue_is_refused_at_once_and_the_rest_is_answered() {
    let mut config = config();
    config.transport.max_queue_wait = Duration::from_micros(100);
    let server = Server::with(config).await;
    let client = server.client().await;
    let text = "Der Rat der Stadt hat am Montag den Plan für die Brücke beschlossen. ".repeat(100);
    let calls = (0..400).map(|i| {
        let (mut client, text) = (client.clone(), text.clone());
        tokio::spawn(async move { client.analyze(request(document(&i.to_string(), &text))).await })
    });
    let outcomes = futures_util::future::join_all(calls.collect::<Vec<_>>()).await;
    let (mut answered, mut refused) = (0, 0);
    for outcome in outcomes {
        match outcome.unwrap() {
            Ok(_) => answered += 1,
            Err(status) => {
                assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
                assert!(status.get_details_retry_info().unwrap().retry_delay.is_some());
                refused += 1;
            }
        }
    }
    println!("{answered} answered, {refused} refused");
    assert!(answered > 0 && refused > 0, "{answered} {refused}");
}

#[tokio::test]
async fn messages_share_a_budget_of_memory() {
    let mut config = config();
    config.transport.max_inflight_bytes = 1 << 20;
    let server = Server::with(config).await;
    let mut client = server.client().await;
    let (small, large) = ("x ".repeat(100_000), "x ".repeat(400_000));
    client.analyze(request(document("1", &small))).await.unwrap();
    for mut client in [client.clone(), client.clone().send_compressed(CompressionEncoding::Gzip)] {
        let status = client.analyze(request(document("2", &"x ".repeat(600_000)))).await.unwrap_err();
        assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
        assert!(status.get_details_retry_info().is_some());
    }
    // What was refused is given back, and a stream holds one item at a time.
    let items = tokio_stream::iter((0..8).map(move |i| item(document(&i.to_string(), &small))));
    let mut answers = client.analyze_stream(items).await.unwrap().into_inner();
    for _ in 0..8 {
        response(answers.message().await.unwrap().unwrap().result.unwrap());
    }
    let batch = (0..2).map(|i| document(&i.to_string(), &large)).collect();
    let status = client.analyze_batch(v1::AnalyzeBatchRequest { documents: batch, options: None }).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    // Everything counts that is held while they wait, not the texts alone; packed, it came in as next to nothing.
    let titled = |i: usize| v1::Document { title: "x".repeat(20_000), ..document(&i.to_string(), "x") };
    let batch = v1::AnalyzeBatchRequest { documents: (0..100).map(titled).collect(), options: None };
    let status = client.clone().send_compressed(CompressionEncoding::Gzip).analyze_batch(batch).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
}

#[tokio::test]
async fn the_server_has_a_deadline_of_its_own() {
    let mut config = config();
    config.transport.max_deadline = Duration::from_millis(300);
    let server = Server::with(config).await;
    let address = server.address.to_string();
    let mut client = connect(&address).await.ready().await.unwrap();
    // The caller has more patience than the server, or says nothing.
    for head in [head(&address), head(&address).header("grpc-timeout", "1H")] {
        let (answer, _unfinished) = client.send_request(head.body(()).unwrap(), false).unwrap();
        let status = status(answer.await.unwrap()).await;
        assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    }
}
