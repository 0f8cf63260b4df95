//! What the store costs after millions of documents: streams invented observations into an embedded store and prints,
//! step by step, time per document, memory, disk, and how many of the recurring blocks it still recognises.
//!
//! ```sh
//! cargo run --release --example growth -- --documents 10000000
//! cargo run --release --example growth -- --documents 10000000 --scale 16
//! ```
//!
//! With `--scale` there is so much less of everything: documents, sources, memory, journal, and rows that wait for the disk.
//!
//! The stream is skewed like the world: a document's source is drawn by Zipf's law, most keys come once, each source has
//! standing blocks and campaigns that end, every thirtieth document is sent twice. Its own counts are the truth that
//! recall is measured against. Time is that of the threads on a core inside the store, the generator's left out.
#![allow(clippy::unwrap_used, reason = "a tool for engineers: what breaks shall be seen")]

use clap::Parser;
use promosieve::{
    engine::observation::Observation,
    store::{Carried, EmbeddedStore, Store as _, StoreConfig},
};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Instant,
};

/// Keys of a block: an exact key, a template key, two shingles.
const BLOCK: u64 = 4;
/// Blocks of a source that stand under its articles for ever, and those that change every [`CAMPAIGN`] documents.
const STANDING: u64 = 6;
const CAMPAIGNS: u64 = 12;
const CAMPAIGN: u64 = 300;
/// Of all blocks, a document carries one in so many.
const CARRIED: u64 = 4;
/// Keys that documents of all sources share, famous quotations and the like, for each source: a million for 20,000.
const COMMON: u64 = 52;
/// Documents that are taken out of the clock at once.
const BATCH: u64 = 256;
/// Every so many documents, an earlier one comes again.
const COPIES: u64 = 30;

/// Streams invented documents into a store and prints what that costs.
#[derive(Parser)]
struct Args {
    /// How many in all
    #[arg(long, default_value_t = 1_000_000)]
    documents: u64,
    /// A row of the table for so many
    #[arg(long, default_value_t = 1_000_000)]
    step: u64,
    /// Counted keys of each document, nine in ten per source and one over all sources
    #[arg(long, default_value_t = 200)]
    keys: u64,
    /// How many sources
    #[arg(long, default_value_t = 20_000)]
    sources: u64,
    /// Bound of the store's tables in memory
    #[arg(long, default_value_t = 1024)]
    memory_mib: usize,
    /// Documents of a day: evidence ages
    #[arg(long, default_value_t = 100_000)]
    per_day: u64,
    /// Threads that observe
    #[arg(long, default_value_t = 2)]
    threads: u64,
    /// Divides all numbers above but keys and threads, and the bounds of the journal
    #[arg(long, default_value_t = 1)]
    scale: u64,
    /// Where the store is made, and left [default: a temporary directory]
    #[arg(long)]
    data: Option<PathBuf>,
}

impl Args {
    fn scaled(mut self) -> Self {
        for number in [&mut self.documents, &mut self.step, &mut self.sources, &mut self.per_day] {
            *number = (*number / self.scale).max(1);
        }
        self
    }
}

/// `SplitMix64`'s finaliser: numbers in, noise out.
fn noise(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn key(kind: u64, a: u64, b: u64) -> u64 {
    noise(noise(noise(kind).wrapping_add(a)).wrapping_add(b))
}

/// How often a block was carried so far, of the campaign that runs.
#[derive(Clone, Copy, Default)]
struct Truth {
    campaign: u16,
    documents: u16,
}

/// What a document says, and the blocks in it with how many earlier documents carried them.
struct Invented {
    observation: Observation,
    templates: Vec<u32>,
    blocks: Vec<(usize, u16)>,
    rare: bool,
}

/// One thread's share of the stream: sources and documents that no other thread has.
struct Generator {
    thread: u64,
    threads: u64,
    keys: u64,
    common: u64,
    /// Shares of the sources, added up.
    zipf: Vec<f64>,
    documents: Vec<u32>,
    truth: Vec<Truth>,
}

impl Generator {
    fn new(args: &Args, thread: u64) -> Self {
        let sources = (args.sources / args.threads).max(1);
        let mut sum = 0.0;
        let mut zipf: Vec<f64> = (1..=sources)
            .map(|rank| {
                sum += 1.0 / rank as f64;
                sum
            })
            .collect();
        for share in &mut zipf {
            *share /= sum;
        }
        let blocks = (sources * (STANDING + CAMPAIGNS)) as usize;
        let (documents, truth) = (vec![0; sources as usize], vec![Truth::default(); blocks]);
        Self { thread, threads: args.threads, keys: args.keys, common: args.sources * COMMON, zipf, documents, truth }
    }

    /// Document `n` of the thread; a copy of an earlier one has its keys, but an id of its own.
    fn document(&mut self, n: u64) -> Invented {
        let seed = key(1, self.thread, n);
        let is_copy = n % COPIES == COPIES - 1;
        // Copies come after some hundred documents of the thread: a re-crawl.
        let body = if is_copy { key(1, self.thread, n - (seed % 500).min(n)) } else { seed };
        let draw = (noise(body) >> 11) as f64 / (1_u64 << 53) as f64;
        let rank = self.zipf.partition_point(|share| *share < draw).min(self.zipf.len() - 1);
        let source = rank as u64 * self.threads + self.thread;
        let nth = u64::from(self.documents[rank]);
        self.documents[rank] += u32::from(!is_copy);

        let (local, global) = (self.keys - self.keys / 10, self.keys / 10);
        let mut keys = Vec::with_capacity(local as usize);
        let mut blocks = Vec::new();
        for block in 0..STANDING + CAMPAIGNS {
            if is_copy || !key(2, body, block).is_multiple_of(CARRIED) {
                continue;
            }
            let campaign = if block < STANDING { 0 } else { nth / CAMPAIGN };
            let truth = &mut self.truth[rank * (STANDING + CAMPAIGNS) as usize + block as usize];
            if truth.campaign != campaign as u16 {
                *truth = Truth { campaign: campaign as u16, documents: 0 };
            }
            blocks.push((keys.len(), truth.documents));
            truth.documents = truth.documents.saturating_add(1);
            keys.extend((0..BLOCK).map(|i| key(3, source, (block << 32 | campaign << 4) + i)));
        }
        while (keys.len() as u64) < local {
            keys.push(key(4, body, keys.len() as u64));
        }
        keys.truncate(local as usize);
        blocks.retain(|(at, _)| at + (BLOCK as usize) <= keys.len());
        let over_sources = |i: u64| match i % 10 {
            0 => key(5, 0, key(6, body, i) % self.common),
            _ => key(7, body, i),
        };
        let mut sketch: Vec<u64> = (0..self.keys / 10).map(|i| key(8, body, i)).collect();
        sketch.sort_unstable();
        let templates = (0..local as u32).step_by(2 * BLOCK as usize).chain(blocks.iter().map(|(at, _)| *at as u32));
        Invented {
            templates: templates.collect(),
            blocks,
            rare: nth < 50,
            observation: Observation {
                source: key(9, source, 0),
                document: key(10, seed, 0),
                id: format!("https://source-{source}.example/articles/{n}"),
                local: keys,
                global: (0..global).map(over_sources).collect(),
                asked: vec![key(11, body, 0)],
                pointers: Vec::new(),
                sketch,
            },
        }
    }
}

/// What one thread saw in one step.
#[derive(Default)]
struct Step {
    documents: u64,
    on_core: f64,
    /// Carried blocks that two earlier documents or more had, and those of them that the store knew as such: of all
    /// sources, and of those with fewer than 50 documents so far.
    recurring: [u64; 2],
    recognised: [u64; 2],
    copies: u64,
}

impl Step {
    fn merge(mut self, other: &Self) -> Self {
        self.documents += other.documents;
        self.on_core += other.on_core;
        self.copies += other.copies;
        for rare in 0..2 {
            self.recurring[rare] += other.recurring[rare];
            self.recognised[rare] += other.recognised[rare];
        }
        self
    }
}

/// Seconds of the calling thread on a core, where the system tells, else by the clock.
fn on_core(began: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split_whitespace().next()?.parse::<u64>().ok());
    nanos.map_or_else(|| began.elapsed().as_secs_f64(), |nanos| nanos as f64 / 1e9)
}

/// Observes the documents of a step; the clock goes with them.
fn run(store: &EmbeddedStore, generator: &mut Generator, from: u64, to: u64, time: &(AtomicI64, f64)) -> Step {
    let began = Instant::now();
    let mut step = Step::default();
    let mut next = from;
    while next < to {
        let batch: Vec<_> = (next..(next + BATCH).min(to)).map(|n| generator.document(n)).collect();
        next += batch.len() as u64;
        time.0.fetch_max(START + (next as f64 * time.1) as i64, Relaxed);
        let at = time.0.load(Relaxed);
        let mut seen = Vec::with_capacity(batch.len());
        let before = on_core(began);
        for invented in &batch {
            let carried = Carried { source: "source.example", templates: &invented.templates };
            seen.push(store.observe_carrier(&invented.observation, carried, at, true).unwrap());
        }
        step.on_core += on_core(began) - before;
        step.documents += batch.len() as u64;
        for (invented, seen) in batch.iter().zip(&seen) {
            step.copies += u64::from(seen.near_duplicate_of.is_some());
            for &(at, earlier) in invented.blocks.iter().filter(|(_, earlier)| *earlier >= 2) {
                let known = seen.local[at].witnesses >= 3;
                for rare in 0..=usize::from(invented.rare) {
                    step.recurring[rare] += 1;
                    step.recognised[rare] += u64::from(known);
                }
                _ = earlier;
            }
        }
    }
    step
}

/// When the stream begins, in seconds since the Unix epoch.
const START: i64 = 1_700_000_000;

fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn main() {
    let args = Args::parse().scaled();
    let temporary = tempfile::tempdir().unwrap();
    let dir = args.data.clone().unwrap_or_else(|| temporary.path().to_owned());
    // Each thread has its share of the day's documents.
    let time = Arc::new((AtomicI64::new(START), 86_400.0 * args.threads as f64 / args.per_day as f64));
    let clock = Arc::clone(&time);
    let scaled = |bytes: usize| bytes / args.scale as usize;
    let mut config = StoreConfig { memory_bytes: scaled(args.memory_mib << 20), ..StoreConfig::default() };
    config.journal.max_bytes /= args.scale;
    config.journal.queue_bytes = scaled(config.journal.queue_bytes);
    config.journal.commit_bytes = scaled(config.journal.commit_bytes);
    let store = EmbeddedStore::open_with_clock(&dir, config, Arc::new(move || clock.0.load(Relaxed))).unwrap();
    let mut generators: Vec<_> = (0..args.threads).map(|thread| Generator::new(&args, thread)).collect();
    println!("{:.0} MiB resident before the first document", resident_mib());
    println!(
        "| documents | µs on a core each | documents/s | resident MiB | tables MiB | disk MB | records | first sightings | recall % | of rare sources % | copies found % |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut done = 0;
    while done < args.documents {
        let to = (done + args.step).min(args.documents);
        let began = Instant::now();
        let (first, last) = (done / args.threads, to / args.threads);
        let step = std::thread::scope(|scope| {
            let (store, time) = (&store, &*time);
            let threads: Vec<_> = generators
                .iter_mut()
                .map(|generator| scope.spawn(move || run(store, generator, first, last, time)))
                .collect();
            threads.into_iter().fold(Step::default(), |sum, thread| sum.merge(&thread.join().unwrap()))
        });
        let (seconds, status) = (began.elapsed().as_secs_f64(), store.status());
        let share = |part: u64, whole: u64| part as f64 * 100.0 / whole.max(1) as f64;
        println!(
            "| {} | {:.1} | {:.0} | {:.0} | {} | {} | {} | {} | {:.2} | {:.2} | {:.1} |",
            to * args.scale,
            step.on_core * 1e6 / step.documents as f64,
            step.documents as f64 / seconds,
            resident_mib(),
            status.memory_bytes >> 20,
            status.disk_bytes / 1_000_000,
            status.records,
            status.first_sightings,
            share(step.recognised[0], step.recurring[0]),
            share(step.recognised[1], step.recurring[1]),
            share(step.copies, step.documents / COPIES),
        );
        done = to;
    }
    store.sync().unwrap();
}
