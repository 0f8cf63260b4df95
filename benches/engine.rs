//! What the engine costs: the whole of it on one core, part by part, and next to a bare fingerprint pass, which is the
//! least that any engine of this kind must do. Run with `cargo bench --bench engine`; a filter may follow `--`.
//!
//! Time is that of the thread on a core, where the system tells, so that other programs disturb little. Allocations are
//! counted over one more round. At the end comes the table of BENCHMARKS.md.
#![allow(clippy::unwrap_used, reason = "a benchmark may fail")]

mod corpus;

use corpus::article;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, Throughput};
use promosieve::engine::Engine;
use promosieve::engine::article::Article;
use promosieve::engine::clickbait::Clickbait;
use promosieve::engine::features::{measure, text_sums};
use promosieve::engine::language;
use promosieve::engine::lexicon::{Abbreviations, Glued, Lexicon};
use promosieve::engine::model::text::TextModel;
use promosieve::engine::policy::Policy;
use promosieve::engine::reading::read;
use promosieve::engine::text::segment::{Hints, UnitKind, segment};
use promosieve::engine::text::token::tokenize_with;
use promosieve::learning::model::ModelFile;
use promosieve::store::{MemoryStore, Store, StoreConfig};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use xxhash_rust::xxh3::xxh3_64;

/// The system's allocator, counted. The command uses it too: mimalloc was faster by some per cent, but a message that
/// grows was copied instead of moved, so that memory rose by more than the message limit.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Articles in a round: 3.3 MB, more than the caches hold.
const ARTICLES: usize = 1_000;

/// The hints that the engine reads with.
struct ShippedHints;

impl Hints for ShippedHints {
    fn is_abbreviation(&self, word: &str) -> bool {
        Abbreviations::shipped().contains(word)
    }

    fn is_label(&self, word: &str) -> bool {
        Glued::shipped().is_label(word)
    }
}

/// The least: lower-case, split into words, hash each, roll five-word shingles, keep the least of every four.
fn bare_pass(text: &str, lower: &mut String, words: &mut Vec<u64>, kept: &mut Vec<u64>) {
    lower.clear();
    words.clear();
    kept.clear();
    let mut start = 0;
    for c in text.chars() {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                lower.push(c.to_ascii_lowercase());
                continue;
            }
        } else if c.is_alphanumeric() {
            lower.extend(c.to_lowercase());
            continue;
        }
        if lower.len() > start {
            words.push(xxh3_64(&lower.as_bytes()[start..]));
            start = lower.len();
        }
    }
    let mut window = [u64::MAX; 4];
    for (i, run) in words.windows(5).enumerate() {
        let value =
            run.iter().fold(5, |value: u64, &word| (value.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        window[i % 4] = value;
        let least = window.into_iter().min().unwrap();
        if kept.last() != Some(&least) {
            kept.push(least);
        }
    }
}

/// Time that this thread has spent on a core; the clock's where the system does not tell.
struct CoreTime;

impl Measurement for CoreTime {
    type Intermediate = (Instant, Option<Duration>);
    type Value = Duration;

    fn start(&self) -> Self::Intermediate {
        (Instant::now(), on_core())
    }

    fn end(&self, (clock, core): Self::Intermediate) -> Duration {
        core.zip(on_core()).map_or_else(|| clock.elapsed(), |(before, after)| after.saturating_sub(before))
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

fn on_core() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn text_model() -> TextModel {
    let file = ModelFile::parse(include_bytes!("../models/promosieve.bin")).unwrap();
    TextModel::load(&file).unwrap()
}

/// Measures parts and notes what they allocate.
struct Bench {
    criterion: Criterion<CoreTime>,
    results: PathBuf,
    bytes: usize,
    parts: Vec<(&'static str, f64)>,
}

impl Bench {
    fn new(bytes: usize) -> Self {
        let results = Path::new(env!("CARGO_TARGET_TMPDIR")).join("criterion");
        // What an earlier run left would be taken for this one's.
        let _ = std::fs::remove_dir_all(&results);
        let criterion = Criterion::default()
            .with_measurement(CoreTime)
            .output_directory(&results)
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(2))
            .configure_from_args();
        Self { criterion, results, bytes, parts: Vec::new() }
    }

    /// One round of `part` over all articles.
    fn part(&mut self, name: &'static str, mut part: impl FnMut()) {
        let mut group = self.criterion.benchmark_group("engine");
        group.throughput(Throughput::Bytes(self.bytes as u64));
        group.bench_function(name, |bencher| bencher.iter(&mut part));
        group.finish();
        let region = Region::new(ALLOCATOR);
        part();
        let allocations = region.change().allocations + region.change().reallocations;
        self.parts.push((name, allocations as f64 / ARTICLES as f64));
    }

    /// Median nanoseconds of a round, if the part was measured.
    fn median(&self, name: &str) -> Option<f64> {
        let file = self.results.join("engine").join(name).join("new/estimates.json");
        let estimates: serde_json::Value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
        estimates["median"]["point_estimate"].as_f64()
    }

    fn table(&self) {
        println!("| part | MB/s | µs per article | times a bare pass | allocations per article |");
        println!("| --- | ---: | ---: | ---: | ---: |");
        let bare = self.median(BARE);
        for (name, allocations) in &self.parts {
            let Some(nanos) = self.median(name) else { continue };
            let (speed, each) = (self.bytes as f64 / nanos * 1e3, nanos / ARTICLES as f64 / 1e3);
            let ratio = bare.map_or_else(String::new, |bare| format!("{:.1}", nanos / bare));
            println!("| {name} | {speed:.1} | {each:.1} | {ratio} | {allocations:.0} |");
        }
    }
}

const BARE: &str = "bare fingerprint pass";

fn main() {
    let articles: Vec<Article> = (0..ARTICLES).map(article).collect();
    let bytes: usize = articles.iter().map(|a| a.text.len() + a.title.len()).sum();
    let mut bench = Bench::new(bytes);
    let (mut lower, mut words, mut kept) = (String::new(), Vec::new(), Vec::new());
    bench.part(BARE, || {
        for a in &articles {
            bare_pass(&a.text, &mut lower, &mut words, &mut kept);
            black_box(&kept);
        }
    });
    reading(&mut bench, &articles);
    judging(&mut bench, &articles);
    bench.criterion.final_summary();
    println!("\n{ARTICLES} articles, {:.1} MB, ruleset {}\n", bytes as f64 / 1e6, Engine::shipped().ruleset_version());
    bench.table();
}

/// What is done before the store is asked.
fn reading(bench: &mut Bench, articles: &[Article]) {
    let lexicon = Lexicon::shipped();
    let brand = |word: &str| Glued::shipped().is_brand(word);
    bench.part("tokenise and fold", || articles.iter().for_each(|a| _ = black_box(tokenize_with(&a.text, &brand))));
    let tokens: Vec<_> = articles.iter().map(|a| tokenize_with(&a.text, &brand)).collect();
    let both = || articles.iter().zip(&tokens);
    bench.part("segment", || both().for_each(|(a, t)| _ = black_box(segment(&a.text, t, &ShippedHints))));
    let starts: Vec<Vec<u32>> = both()
        .map(|(a, t)| {
            let units = segment(&a.text, t, &ShippedHints).units;
            units.iter().filter(|u| u.kind != UnitKind::Bracket && u.first < u.last).map(|u| u.first as u32).collect()
        })
        .collect();
    bench.part("lexicon", || {
        both().zip(&starts).for_each(|((a, t), s)| _ = black_box(lexicon.scan(&a.text, t, s)));
    });
    bench.part("reading (the three above, and fingerprints)", || {
        for a in articles {
            black_box(read(a, lexicon));
        }
    });
    let (engine, model) = (Engine::shipped(), text_model());
    let readings: Vec<_> = articles.iter().map(|a| engine.read(a)).collect();
    bench.part("text model", || readings.iter().for_each(|r| _ = black_box(text_sums(r, &model))));
    bench.part("store, learning", || {
        let fresh = MemoryStore::new(StoreConfig::default());
        for r in &readings {
            black_box(fresh.observe(r.observation(), 0, true).unwrap());
        }
    });
}

/// What is done after it, and the whole.
fn judging(bench: &mut Bench, articles: &[Article]) {
    let (engine, model, lexicon, policy) = (Engine::shipped(), text_model(), Lexicon::shipped(), Policy::default());
    let store = || MemoryStore::new(StoreConfig::default());
    let readings: Vec<_> = articles.iter().map(|a| engine.read(a)).collect();
    let learned = store();
    let seen: Vec<_> = readings.iter().map(|r| learned.observe(r.observation(), 0, true).unwrap()).collect();
    let pairs = || readings.iter().zip(&seen);
    bench.part("what columns are made of", || {
        pairs().for_each(|(r, s)| _ = black_box(measure(r, s, &r.sums, &model, lexicon)));
    });
    bench.part("columns", || {
        let mut row = Vec::new();
        for (r, s) in pairs() {
            let measured = measure(r, s, &r.sums, &model, lexicon);
            for unit in 0..measured.units() {
                measured.row(unit, &mut row);
                black_box(&row);
            }
        }
    });
    let clickbait = Clickbait::shipped();
    bench.part("clickbait, title", || articles.iter().for_each(|a| _ = black_box(clickbait.score(&a.title, &[]))));
    bench.part("language", || articles.iter().for_each(|a| _ = black_box(language::detect(&a.text))));
    bench.part("judging (the four above, decision, spans, cleaning)", || {
        pairs().for_each(|(r, s)| _ = black_box(engine.judge(r, s, &policy)));
    });
    let whole = |articles: &[Article]| {
        let fresh = store();
        for a in articles {
            let reading = engine.read(a);
            let seen = fresh.observe(reading.observation(), 0, true).unwrap();
            black_box(engine.judge(&reading, &seen, &policy));
        }
    };
    bench.part("the whole, learning", || whole(articles));
    let told: Vec<Article> = articles.iter().map(|a| Article { language: Some("en".into()), ..a.clone() }).collect();
    bench.part("the whole, learning, language told", || whole(&told));
}
