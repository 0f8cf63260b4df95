//! A tool on the directory of a server with larger bounds: what the server keeps stays.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

#[path = "engine_support/mod.rs"]
mod engine_support;
mod support;

use engine_support::{pools::Lang, prose};
use promosieve::{
    detector::Detector,
    engine::{Engine, article::Article, policy::Policy},
    store::{EmbeddedStore, JournalConfig, StoreConfig},
};
use std::{
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};
use support::process::Process;

const DAY: i64 = 86_400;
const BLOCK: &str =
    "Jetzt unseren kostenlosen Newsletter abonnieren und keine Nachricht aus dem Nordhafen mehr verpassen!";
const AGES: [&str; 6] =
    ["--store-max-age-days", "3650", "--store-rare-age-days", "3650", "--store-journal-age-days", "3650"];

fn article(n: u64, block: &str) -> Article {
    let text = [prose(Lang::De, n, 8), vec![block.to_owned()]].concat().join("\n\n");
    Article { id: format!("a-{n}"), source: "hafen.example".into(), text, ..Article::default() }
}

/// A store with a block that six documents carried 200 days before the latest was learned.
fn old_store(dir: &Path) {
    let years = Duration::from_hours(3650 * 24);
    let journal = JournalConfig { max_age: years, ..JournalConfig::default() };
    let bounds = StoreConfig { max_age: years, rare_age: years, journal, ..StoreConfig::default() };
    let day = Arc::new(AtomicI64::new(0));
    let today = Arc::clone(&day);
    let clock = Arc::new(move || 1_700_000_000 + today.load(Relaxed) * DAY);
    let store = EmbeddedStore::open_with_clock(dir, bounds, clock).unwrap();
    let detector = Detector::new(Engine::shipped(), Arc::new(store), Policy::default());
    (0..6).for_each(|n| detector.learn(&article(n, BLOCK), 1_700_000_000).unwrap());
    day.store(200, Relaxed);
    detector.learn(&article(6, ""), 1_700_000_000).unwrap();
}

/// How many documents carried the block, as `clean` says; with `more` it learns besides.
fn carriers(dir: &Path, more: &[&str]) -> u64 {
    let line = serde_json::json!({"id": "new", "source": "hafen.example", "text": article(99, BLOCK).text});
    let input = dir.parent().unwrap().join("new.jsonl");
    std::fs::write(&input, line.to_string()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_promosieve"));
    let output = command.args(["clean", "--jsonl", "--data", dir.to_str().unwrap()]).args(more).arg(&input);
    let output = output.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let spans = answer["spans"].as_array().unwrap();
    spans.iter().filter_map(|span| span["sightings"]["documents"].as_u64()).max().unwrap_or(0)
}

#[test]
fn tools_keep_what_a_server_keeps() {
    let room = tempfile::tempdir().unwrap();
    let dir = room.path().join("store");
    old_store(&dir);
    let serve = |arguments: &[&str]| {
        let server = Process::start(&[&["--data", dir.to_str().unwrap()], arguments].concat());
        server.signal("-TERM");
        assert_eq!(server.ended().0, Some(0));
    };
    serve(&AGES);
    assert_eq!(carriers(&dir, &["--frozen"]), 7);
    for _ in 0..3 {
        assert_eq!(carriers(&dir, &[]), 7);
    }
    let export = room.path().join("export");
    for arguments in [&["verify"][..], &["export", export.to_str().unwrap()], &["import", export.to_str().unwrap()]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_promosieve"));
        let output = command.arg("store").args(arguments).args(["--data", dir.to_str().unwrap()]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(carriers(&dir, &["--frozen"]), 7);
    serve(&AGES);
    assert_eq!(carriers(&dir, &["--frozen"]), 7, "and the server finds it as it left it");
    // A server with the default ages may forget.
    serve(&[]);
    assert_eq!(carriers(&dir, &["--frozen"]), 0);
}
