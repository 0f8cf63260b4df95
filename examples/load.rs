//! Sends articles to a running server and prints what came of it: for capacity planning and for RELIABILITY.md.
//!
//! ```sh
//! cargo run --release --example load -- --mode unary --concurrency 32 --seconds 20
//! cargo run --release --example load -- --rate 6000 --concurrency 2000 --connections 16 --health
//! cargo run --release --example load -- --overload 10 --articles 5000 --concurrency 8 --connections 16 --seconds 5
//! ```
#![allow(clippy::unwrap_used, reason = "a tool for engineers: what breaks shall be seen")]

#[path = "../tests/engine_support/mod.rs"]
mod engine_support;

use clap::{Parser, ValueEnum};
use engine_support::{pools::Lang, prose};
use promosieve::proto::v1::{self, detector_service_client::DetectorServiceClient};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tonic::{Code, Status, transport::Channel};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_types::StatusExt as _;

type Client = DetectorServiceClient<Channel>;

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Mode {
    Unary,
    Stream,
    Batch,
}

/// Sends articles to a server and prints a table.
#[derive(Clone, Parser)]
struct Args {
    /// Where the server listens
    #[arg(long, default_value = "http://127.0.0.1:50051")]
    address: String,
    /// How to send
    #[arg(long, value_enum, default_value = "unary")]
    mode: Mode,
    /// A line of JSON each: id, text, and if known source, title, language. Without it, articles are made up
    #[arg(long)]
    file: Option<PathBuf>,
    /// How many articles are made up; they come again with other ids
    #[arg(long, default_value_t = 2_000)]
    articles: u64,
    /// Calls under way at once
    #[arg(long, default_value_t = 32)]
    concurrency: usize,
    /// Connections that they share
    #[arg(long, default_value_t = 4)]
    connections: usize,
    /// For so long
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Calls per second, whatever comes back; without it, each call waits for the one before
    #[arg(long)]
    rate: Option<f64>,
    /// Documents of a batch
    #[arg(long, default_value_t = 100)]
    batch: usize,
    /// Judge without learning
    #[arg(long)]
    frozen: bool,
    /// Do not wait after a refusal, though the server asks for it
    #[arg(long)]
    rude: bool,
    /// Ask for health every 20 ms on a connection of its own
    #[arg(long)]
    health: bool,
    /// So many rounds: the peak, three times its rate, the peak again; prints what is answered as a share of the peak
    #[arg(long, conflicts_with = "rate")]
    overload: Option<u32>,
}

#[derive(serde::Deserialize)]
struct Line {
    id: String,
    #[serde(default, alias = "site")]
    source: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    language: Option<String>,
    text: String,
}

fn documents(args: &Args) -> Vec<v1::Document> {
    let Some(file) = &args.file else { return (0..args.articles).map(invented).collect() };
    let text = std::fs::read_to_string(file).unwrap();
    text.lines()
        .map(|line| serde_json::from_str::<Line>(line).unwrap())
        .map(|Line { id, source, title, language, text }| v1::Document {
            id,
            source,
            text,
            title: title.unwrap_or_default(),
            language: language.unwrap_or_default(),
            ..Default::default()
        })
        .collect()
}

fn invented(seed: u64) -> v1::Document {
    let lang = if seed.is_multiple_of(2) { Lang::De } else { Lang::En };
    let source = format!("source-{}.example", seed % 40);
    v1::Document { id: seed.to_string(), source, text: prose(lang, seed, 16).join("\n\n"), ..Default::default() }
}

/// What came of the calls; of members, for batches and streams.
#[derive(Default)]
struct Tally {
    times: Vec<Duration>,
    documents: u64,
    bytes: u64,
    refused: u64,
    without_retry_info: u64,
    failed: u64,
    example: String,
}

impl Tally {
    fn merge(&mut self, other: Tally) {
        self.times.extend(other.times);
        self.documents += other.documents;
        self.bytes += other.bytes;
        self.refused += other.refused;
        self.without_retry_info += other.without_retry_info;
        self.failed += other.failed;
        if self.example.is_empty() {
            self.example = other.example;
        }
    }

    fn answered(&mut self, took: Duration, documents: &[v1::Document]) {
        self.times.push(took);
        self.documents += documents.len() as u64;
        self.bytes += documents.iter().map(|d| d.text.len() as u64).sum::<u64>();
    }

    /// Counts an error; how long the server asks to wait, if it was a refusal.
    fn error(&mut self, status: &Status) -> Option<Duration> {
        let wait = status.get_details_retry_info().and_then(|info| info.retry_delay);
        if status.code() == Code::ResourceExhausted {
            self.refused += 1;
            self.without_retry_info += u64::from(wait.is_none());
        } else {
            self.failed += 1;
            self.example = format!("{:?}: {}", status.code(), status.message());
        }
        wait
    }
}

struct Load {
    args: Args,
    documents: Arc<Vec<v1::Document>>,
    next: AtomicU64,
    end: Instant,
}

impl Load {
    /// Documents that the server has not had: ids count on.
    fn take(&self, count: usize) -> Vec<v1::Document> {
        let fresh = |_| {
            let number = self.next.fetch_add(1, Relaxed);
            let document = &self.documents[number as usize % self.documents.len()];
            let round = number as usize / self.documents.len();
            v1::Document { id: format!("{}-{round}", document.id), ..document.clone() }
        };
        (0..count).map(fresh).collect()
    }

    #[allow(clippy::unnecessary_wraps, reason = "messages want it so")]
    fn options(&self) -> Option<v1::AnalyzeOptions> {
        let learning = if self.args.frozen { v1::Learning::Off } else { v1::Learning::On };
        Some(v1::AnalyzeOptions { learning: learning.into(), ..Default::default() })
    }

    async fn call(&self, client: &mut Client, tally: &mut Tally) {
        let documents = self.take(if self.args.mode == Mode::Batch { self.args.batch } else { 1 });
        let sent = documents.clone();
        let began = Instant::now();
        let options = self.options();
        let outcome = if self.args.mode == Mode::Batch {
            client.analyze_batch(v1::AnalyzeBatchRequest { documents, options }).await.map(drop)
        } else {
            let document = documents.into_iter().next();
            client.analyze(v1::AnalyzeRequest { document, options }).await.map(drop)
        };
        match outcome {
            Ok(()) => tally.answered(began.elapsed(), &sent),
            Err(status) => {
                if let Some(wait) = tally.error(&status)
                    && !self.args.rude
                    && self.args.rate.is_none()
                {
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    async fn closed(self: Arc<Self>, mut client: Client) -> Tally {
        let mut tally = Tally::default();
        while Instant::now() < self.end {
            if self.args.mode == Mode::Stream {
                self.stream(&mut client, &mut tally).await;
            } else {
                self.call(&mut client, &mut tally).await;
            }
        }
        tally
    }

    async fn stream(self: &Arc<Self>, client: &mut Client, tally: &mut Tally) {
        let load = Arc::clone(self);
        let items = std::iter::from_fn(move || {
            let document = (Instant::now() < load.end).then(|| load.take(1))?.pop();
            Some(v1::AnalyzeStreamRequest { document, options: load.options() })
        });
        let answers = client.analyze_stream(tokio_stream::iter(items)).await;
        let mut answers = match answers {
            Ok(answers) => answers.into_inner(),
            Err(status) => {
                tally.error(&status);
                return;
            }
        };
        let mut last = Instant::now();
        loop {
            match answers.message().await {
                Ok(Some(answer)) => match answer.result.unwrap().result.unwrap() {
                    v1::analyze_result::Result::Response(answer) => {
                        tally.times.push(last.elapsed());
                        tally.documents += 1;
                        tally.bytes += answer.cleaned_text.len() as u64;
                        last = Instant::now();
                    }
                    v1::analyze_result::Result::Error(_) => tally.failed += 1,
                },
                Ok(None) => return,
                Err(status) => {
                    tally.error(&status);
                    return;
                }
            }
        }
    }

    /// Calls at a rate, as many at once as may be; those that find no room among them are not sent.
    async fn open(self: Arc<Self>, clients: Vec<Client>, rate: f64) -> Tally {
        let room = Arc::new(tokio::sync::Semaphore::new(self.args.concurrency));
        let (results, mut collected) = tokio::sync::mpsc::unbounded_channel();
        let began = Instant::now();
        let mut sent = 0_u64;
        let mut tick = tokio::time::interval(Duration::from_millis(1));
        while Instant::now() < self.end {
            tick.tick().await;
            while (sent as f64) < began.elapsed().as_secs_f64() * rate {
                sent += 1;
                let Ok(permit) = Arc::clone(&room).try_acquire_owned() else { continue };
                let (load, results) = (Arc::clone(&self), results.clone());
                let mut client = clients[sent as usize % clients.len()].clone();
                tokio::spawn(async move {
                    let mut tally = Tally::default();
                    load.call(&mut client, &mut tally).await;
                    drop(permit);
                    results.send(tally).ok();
                });
            }
        }
        drop(results);
        let mut tally = Tally::default();
        while let Some(one) = collected.recv().await {
            tally.merge(one);
        }
        tally
    }
}

async fn health(address: String, end: Instant) -> Vec<Duration> {
    let mut client = HealthClient::new(Channel::from_shared(address).unwrap().connect().await.unwrap());
    let mut times = Vec::new();
    while Instant::now() < end {
        let asked = Instant::now();
        client.check(HealthCheckRequest::default()).await.unwrap();
        times.push(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    times
}

fn print_times(what: &str, times: &mut [Duration]) {
    if times.is_empty() {
        return println!("| {what} | none |");
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let count = times.len();
    println!("| {what} | {count} | {:.1} | {:.1} | {:.1} | {:.1} |", at(0.5), at(0.95), at(0.99), at(1.0));
}

/// What came of a stretch of calls.
struct Outcome {
    tally: Tally,
    seconds: f64,
    health: Vec<Duration>,
}

impl Outcome {
    fn rate(&self) -> f64 {
        self.tally.documents as f64 / self.seconds
    }

    fn print(&mut self) {
        let Tally { bytes, refused, without_retry_info, failed, ref example, .. } = self.tally;
        let (rate, megabytes) = (self.rate(), bytes as f64 / self.seconds / 1e6);
        println!(
            "{rate:.0} documents/s, {megabytes:.1} MB/s, {refused} refused ({without_retry_info} of them without \
             RetryInfo), {failed} failed {example}"
        );
        println!("| ms | count | p50 | p95 | p99 | most |\n| --- | ---: | ---: | ---: | ---: | ---: |");
        print_times("answered", &mut self.tally.times);
        if !self.health.is_empty() {
            print_times("health", &mut self.health);
        }
    }
}

/// Calls as `args` says, for as long as it says.
async fn run(args: Args, documents: &Arc<Vec<v1::Document>>, clients: &[Client]) -> Outcome {
    let began = Instant::now();
    let end = began + Duration::from_secs(args.seconds);
    let probe = args.health.then(|| tokio::spawn(health(args.address.clone(), end)));
    // Ids of this run only: the server has not had these documents.
    let start = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() * documents.len() as u64 * 1_000;
    let load = Arc::new(Load { args, documents: Arc::clone(documents), next: AtomicU64::new(start), end });
    let mut tally = Tally::default();
    if let Some(rate) = load.args.rate {
        tally = Arc::clone(&load).open(clients.to_vec(), rate).await;
    } else {
        let client = |i: usize| clients[i % clients.len()].clone();
        let all: Vec<_> =
            (0..load.args.concurrency).map(|i| tokio::spawn(Arc::clone(&load).closed(client(i)))).collect();
        for one in all {
            tally.merge(one.await.unwrap());
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let health = if let Some(probe) = probe { probe.await.unwrap() } else { Vec::new() };
    Outcome { tally, seconds, health }
}

/// Calls under way at once in an overload: what is beyond them is not sent, and would make it less of one.
const CROWD: usize = 4_000;

async fn overload(rounds: u32, args: &Args, documents: &Arc<Vec<v1::Document>>, clients: &[Client]) {
    let mut shares = Vec::new();
    for _ in 0..rounds {
        let before = run(args.clone(), documents, clients).await.rate();
        let flood = Args { rate: Some(3.0 * before), concurrency: CROWD, health: true, ..args.clone() };
        let mut outcome = run(flood, documents, clients).await;
        let after = run(args.clone(), documents, clients).await.rate();
        let peak = f64::midpoint(before, after);
        shares.push(outcome.rate() / peak);
        outcome.print();
        println!("peak {before:.0} and {after:.0}; {:.3} of their mean\n", outcome.rate() / peak);
    }
    shares.sort_by(f64::total_cmp);
    println!("shares of the peak: {shares:.3?}");
}

#[tokio::main]
async fn main() {
    let args = Args::parse();
    let mut clients = Vec::new();
    for _ in 0..args.connections {
        clients.push(Client::connect(args.address.clone()).await.unwrap().max_decoding_message_size(usize::MAX));
    }
    let documents = Arc::new(documents(&args));
    match args.overload {
        Some(rounds) => overload(rounds, &args, &documents, &clients).await,
        None => run(args, &documents, &clients).await.print(),
    }
}
