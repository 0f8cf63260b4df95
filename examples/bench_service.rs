//! The service against the least that any service of its shape costs: an echo of the same contract, which answers each
//! document with its own text. Both run as processes of their own and get the same invented articles in turn.
//!
//! ```sh
//! cargo run --release --example bench_service
//! cargo run --release --example bench_service -- --file articles.jsonl --rounds 3
//! ```
//!
//! Prints medians over the rounds: documents per second, latency of calls, the servers' own time on a core, and
//! ratios. Ratios are of one round each, so that what else the machine does disturbs both sides alike.
#![allow(clippy::unwrap_used, reason = "a tool for engineers: what breaks shall be seen")]

#[path = "../benches/corpus/mod.rs"]
mod corpus;

use clap::{Parser, ValueEnum};
use futures_util::{Stream, StreamExt as _};
use promosieve::{
    config::{Config, Data, open_store},
    detector::{Detector, Options, now},
    engine::{Engine, article::Article},
    proto::v1::{
        self,
        detector_service_client::DetectorServiceClient,
        detector_service_server::{DetectorService, DetectorServiceServer},
    },
    server,
};
use std::{
    future::pending,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    pin::Pin,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tokio::net::TcpListener;
use tonic::{Request, Response, Status, Streaming, transport::Channel};

type Client = DetectorServiceClient<Channel>;

/// Documents of a batch.
const BATCH: usize = 50;
/// Connections that calls share.
const CONNECTIONS: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    Driver,
    Echo,
    Service,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Unary,
    Stream,
    Batch,
}

/// Measures the service against an echo of its shape.
#[derive(Parser)]
struct Args {
    /// Documents of each measurement
    #[arg(long, default_value_t = 2_000)]
    documents: usize,
    /// Measurements of each kind, of which the median counts
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// A line of JSON each: id, text, and if known source (or site) and title. Without it, articles are made up
    #[arg(long)]
    file: Option<PathBuf>,
    /// For the program itself, which starts its servers as processes
    #[arg(long, value_enum, default_value = "driver", hide = true)]
    role: Role,
    /// Where the service keeps its store
    #[arg(long, hide = true)]
    data: Option<PathBuf>,
}

#[derive(serde::Deserialize)]
struct Line {
    id: String,
    #[serde(default, alias = "site")]
    source: String,
    #[serde(default)]
    title: Option<String>,
    text: String,
}

/// Articles of a run: others each time if they are made up, else the same under other ids.
fn articles(args: &Args, run: usize) -> Vec<Article> {
    let Some(file) = &args.file else {
        return (run * args.documents..(run + 1) * args.documents).map(corpus::article).collect();
    };
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Line>(line).unwrap());
    let article = |Line { id, source, title, text }| Article {
        id: format!("{id}-{run}"),
        source,
        title: title.unwrap_or_default(),
        text,
        language: None,
        published_at: None,
    };
    lines.take(args.documents).map(article).collect()
}

struct Echo;

fn echo(document: Option<v1::Document>) -> v1::AnalyzeResponse {
    let v1::Document { id, text, .. } = document.unwrap_or_default();
    v1::AnalyzeResponse { document_id: id, cleaned_text: text, spam_score: 0.5, ..Default::default() }
}

fn result(document: Option<v1::Document>) -> v1::AnalyzeResult {
    v1::AnalyzeResult { result: Some(v1::analyze_result::Result::Response(echo(document))) }
}

#[tonic::async_trait]
impl DetectorService for Echo {
    async fn analyze(&self, request: Request<v1::AnalyzeRequest>) -> Result<Response<v1::AnalyzeResponse>, Status> {
        Ok(Response::new(echo(request.into_inner().document)))
    }

    async fn analyze_batch(
        &self,
        request: Request<v1::AnalyzeBatchRequest>,
    ) -> Result<Response<v1::AnalyzeBatchResponse>, Status> {
        let documents = request.into_inner().documents;
        Ok(Response::new(v1::AnalyzeBatchResponse {
            results: documents.into_iter().map(|d| result(Some(d))).collect(),
        }))
    }

    type AnalyzeStreamStream = Pin<Box<dyn Stream<Item = Result<v1::AnalyzeStreamResponse, Status>> + Send>>;

    async fn analyze_stream(
        &self,
        request: Request<Streaming<v1::AnalyzeStreamRequest>>,
    ) -> Result<Response<Self::AnalyzeStreamStream>, Status> {
        let mut sequence = 0;
        let answers = request.into_inner().map(move |item| {
            sequence += 1;
            Ok(v1::AnalyzeStreamResponse { sequence: sequence - 1, result: Some(result(item?.document)) })
        });
        Ok(Response::new(Box::pin(answers)))
    }
}

async fn listen() -> TcpListener {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    listener
}

async fn serve_echo() {
    let incoming = tonic::transport::server::TcpIncoming::from(listen().await).with_nodelay(Some(true));
    let service = DetectorServiceServer::new(Echo).max_decoding_message_size(usize::MAX);
    tonic::transport::Server::builder().add_service(service).serve_with_incoming(incoming).await.unwrap();
}

fn detector(dir: &Path, config: &Config) -> Detector {
    let store = open_store(&Data::Directory(dir.into()), &config.store).unwrap();
    Detector::new(Engine::shipped(), store, config.policy.clone())
}

async fn serve(dir: &Path) {
    let config = Config::default();
    let detector = Arc::new(detector(dir, &config));
    server::run(listen().await, pending(), detector, &config).await.unwrap();
}

/// A server in a process of its own, which ends with this.
struct Server {
    child: Child,
    clients: Vec<Client>,
    _dir: tempfile::TempDir,
}

impl Server {
    async fn start(role: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--role", role, "--data"]).arg(dir.path()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let mut clients = Vec::new();
        for _ in 0..CONNECTIONS {
            let channel = Channel::from_shared(format!("http://{}", address.trim())).unwrap().connect().await.unwrap();
            clients.push(Client::new(channel).max_decoding_message_size(usize::MAX));
        }
        Self { child, clients, _dir: dir }
    }

    /// Seconds on a core so far, where the system tells.
    fn on_core(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // Behind the name, which may have spaces, time for itself and in the system are the 12th and 13th, in ticks
        // of a hundredth of a second.
        let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        rest.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What one measurement gave.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    documents_per_second: f64,
    p50: Duration,
    p99: Duration,
    /// Microseconds of the server per document.
    on_core: f64,
}

/// Documents that are handed out once each.
struct Hand {
    documents: Vec<v1::Document>,
    next: AtomicUsize,
}

impl Hand {
    fn take(&self, count: usize) -> Vec<v1::Document> {
        let from = self.next.fetch_add(count, Relaxed).min(self.documents.len());
        self.documents[from..(from + count).min(self.documents.len())].to_vec()
    }
}

/// Sends all of `hand` through one of the callers; the times that calls took, of a stream those between answers.
async fn call(mut client: Client, mode: Mode, hand: Arc<Hand>) -> Vec<Duration> {
    let mut times = Vec::new();
    if mode == Mode::Stream {
        let items = std::iter::from_fn(move || {
            Some(v1::AnalyzeStreamRequest { document: Some(hand.take(1).pop()?), options: None })
        });
        let mut last = Instant::now();
        let mut answers = client.analyze_stream(futures_util::stream::iter(items)).await.unwrap().into_inner();
        while let Some(answer) = answers.message().await.unwrap() {
            assert!(matches!(answer.result.unwrap().result, Some(v1::analyze_result::Result::Response(_))));
            times.push(last.elapsed());
            last = Instant::now();
        }
        return times;
    }
    loop {
        let mut documents = hand.take(if mode == Mode::Batch { BATCH } else { 1 });
        if documents.is_empty() {
            return times;
        }
        let asked = Instant::now();
        if mode == Mode::Batch {
            let answer = client.analyze_batch(v1::AnalyzeBatchRequest { documents, options: None }).await.unwrap();
            drop(answer);
        } else {
            client.analyze(v1::AnalyzeRequest { document: documents.pop(), options: None }).await.unwrap();
        }
        times.push(asked.elapsed());
    }
}

async fn measure(server: &Server, mode: Mode, concurrency: usize, documents: Vec<v1::Document>) -> Cell {
    let count = documents.len();
    let hand = Arc::new(Hand { documents, next: AtomicUsize::new(0) });
    let (began, before) = (Instant::now(), server.on_core());
    let callers: Vec<_> = (0..concurrency)
        .map(|i| tokio::spawn(call(server.clients[i % CONNECTIONS].clone(), mode, Arc::clone(&hand))))
        .collect();
    let mut times = Vec::new();
    for caller in callers {
        times.extend(caller.await.unwrap());
    }
    let (took, on_core) = (began.elapsed(), server.on_core() - before);
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Cell {
        documents_per_second: count as f64 / took.as_secs_f64(),
        p50: at(0.5),
        p99: at(0.99),
        on_core: on_core * 1e6 / count as f64,
    }
}

/// Documents per second of the engine and its store without any service, on all cores.
fn in_process(detector: &Detector, articles: &[Article]) -> f64 {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(article) = articles.get(next.fetch_add(1, Relaxed)) {
                    detector.analyze(article, &Options::default(), now()).unwrap();
                }
            });
        }
    });
    articles.len() as f64 / began.elapsed().as_secs_f64()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

fn print(name: &str, concurrency: usize, cells: &[(Cell, Cell, f64)]) {
    let of = |value: &dyn Fn(&(Cell, Cell, f64)) -> f64| median(cells.iter().map(value));
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "| {name} | {concurrency} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} / {:.2} | {:.2} / {:.2} | {:.1} | {:.0} / {:.0} |",
        of(&|(echo, _, _)| echo.documents_per_second),
        of(&|(_, ours, _)| ours.documents_per_second),
        of(&|(echo, ours, _)| ours.documents_per_second / echo.documents_per_second),
        of(&|(_, ours, engine)| ours.documents_per_second / engine),
        of(&|(echo, _, _)| millis(echo.p50)),
        of(&|(_, ours, _)| millis(ours.p50)),
        of(&|(echo, _, _)| millis(echo.p99)),
        of(&|(_, ours, _)| millis(ours.p99)),
        of(&|(echo, ours, _)| millis(ours.p99) / millis(echo.p99)),
        of(&|(echo, _, _)| echo.on_core),
        of(&|(_, ours, _)| ours.on_core),
    );
}

async fn drive(args: &Args) {
    let first = articles(args, 0);
    let bytes: usize = first.iter().map(|article| article.text.len()).sum();
    println!(
        "{} documents, {:.1} KB each; medians of {} rounds; echo / service\n",
        first.len(),
        bytes as f64 / 1e3 / first.len() as f64,
        args.rounds
    );
    println!(
        "| calls | at once | echo documents/s | service documents/s | of the echo | of the engine in process | p50 ms | p99 ms | p99 times the echo's | µs on a core per document |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let (echo, service) = (Server::start("echo").await, Server::start("service").await);
    let dir = tempfile::tempdir().unwrap();
    let engine = Arc::new(detector(dir.path(), &Config::default()));
    let mut run = 0;
    for (name, mode) in [("unary", Mode::Unary), ("stream", Mode::Stream), ("batch of 50", Mode::Batch)] {
        for concurrency in [1, 16, 64] {
            let mut cells = Vec::new();
            for _ in 0..args.rounds {
                run += 1;
                let articles = articles(args, run);
                let documents: Vec<v1::Document> = articles.iter().map(wire).collect();
                let engine = Arc::clone(&engine);
                let alone = tokio::task::spawn_blocking(move || in_process(&engine, &articles)).await.unwrap();
                let echoed = measure(&echo, mode, concurrency, documents.clone()).await;
                let served = measure(&service, mode, concurrency, documents).await;
                cells.push((echoed, served, alone));
            }
            print(name, concurrency, &cells);
        }
    }
}

fn wire(article: &Article) -> v1::Document {
    let Article { id, source, title, text, .. } = article.clone();
    v1::Document { id, source, title, text, ..Default::default() }
}

#[tokio::main]
async fn main() {
    let args = Args::parse();
    match args.role {
        Role::Driver => drive(&args).await,
        Role::Echo => serve_echo().await,
        Role::Service => serve(args.data.as_deref().unwrap()).await,
    }
}
