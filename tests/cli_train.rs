//! `train` as a process: a small corpus of invented articles gives a model that loads, the same one twice.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

use serde_json::{Value, json};
use std::{
    fs,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

const PLACES: [&str; 6] = ["harbour", "market", "forest", "museum", "station", "valley"];
const PEOPLE: [&str; 5] = ["farmers", "teachers", "sailors", "painters", "bakers"];
const DEEDS: [&str; 7] = ["opened", "mended", "painted", "visited", "measured", "described", "left"];

/// Sources, each with a pitch that ends all of its articles.
const SOURCES: usize = 6;
/// Articles of a source in the stream.
const ARTICLES: usize = 12;

fn pitch(source: usize) -> String {
    let place = PLACES[source];
    format!("Subscribe to the {place} newsletter now and get your {place} stories for free!")
}

fn text(source: usize, n: usize) -> String {
    let pick = |list: &[&'static str], shift: usize| list[(n * 3 + source + shift) % list.len()];
    let sentence = |shift: usize| {
        let (people, deed, place) = (pick(&PEOPLE, shift), pick(&DEEDS, 2 * shift), pick(&PLACES, shift + n));
        format!("On day {n} the {people} {deed} the {place} of town {}.", source * 31 + n * 7 + shift)
    };
    format!("{} {}\n\n{}\n\n{}\n", sentence(0), sentence(1), sentence(2), pitch(source))
}

fn lines(values: impl IntoIterator<Item = Value>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join("\n")
}

/// Annotations of a document of the stream, without its text.
fn marks(source: usize, n: usize) -> Value {
    let (text, pitch) = (text(source, n), pitch(source));
    let start = text.find(&pitch).unwrap();
    let span = json!({"start": start, "end": start + pitch.len(), "kind": "subscription"});
    json!({"text_xxh3": format!("{:016x}", xxhash_rust::xxh3::xxh3_64(text.as_bytes())), "spans": [span]})
}

fn corpus() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let all = || (0..ARTICLES).flat_map(|n| (0..SOURCES).map(move |source| (source, n)));
    let id = |source: usize, n: usize| format!("{source}-{n}");
    // Publishers are told by the longest part of the host.
    let site = |source: usize| format!("{}gazette.com", PLACES[source]);
    let stream = all().map(|(s, n)| json!({"id": id(s, n), "site": site(s), "text": text(s, n)}));
    fs::write(dir.path().join("stream.jsonl"), lines(stream)).unwrap();
    let gold = all().filter(|(_, n)| n % 4 == 3).map(|(s, n)| {
        let (text, pitch) = (text(s, n), pitch(s));
        let start = text.find(&pitch).unwrap();
        let span = json!({"start": start, "end": start + pitch.len(), "kind": "subscription"});
        json!({"id": id(s, n), "site": site(s), "text": text, "spans": [span]})
    });
    let page = json!({"id": "lone", "site": "lone.example", "text": "Some plain words about a bridge.", "spans": []});
    fs::write(dir.path().join("gold.jsonl"), lines(gold.chain([page]))).unwrap();
    fs::write(dir.path().join("marks.jsonl"), lines(all().filter(|(_, n)| n % 4 == 1).map(|(s, n)| marks(s, n))))
        .unwrap();
    let pages = (0..4).map(|n| {
        let text = format!("{}\nHome | Contact | Login {n}", text(0, 40 + n));
        json!({"id": format!("p{n}"), "source": "", "text": text, "with": [format!("On day {}", 40 + n)],
               "without": ["Home | Contact", "Imprint"]})
    });
    fs::write(dir.path().join("pages.jsonl"), lines(pages)).unwrap();
    let posts = (0..30).map(|n| {
        let bait = n % 3 == 0;
        let text = if bait {
            format!("You won't believe what these {n} cats did next")
        } else {
            format!("Council approves bridge {n}")
        };
        json!({"text": text, "mean": if bait { 0.9 } else { 0.1 }, "clickbait": bait})
    });
    fs::write(dir.path().join("posts.jsonl"), lines(posts)).unwrap();
    dir
}

fn run(dir: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_promosieve"));
    command.args(arguments).current_dir(dir).env_remove("RUST_LOG").stdin(Stdio::null()).output().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const ALL: [&str; 11] = [
    "train",
    "--gold",
    "gold.jsonl",
    "--stream",
    "stream.jsonl",
    "--pages",
    "pages.jsonl",
    "--clickbait",
    "posts.jsonl",
    "--report",
    "report.md",
];

#[test]
fn a_small_corpus_gives_the_same_working_models_twice() {
    let dir = corpus();
    let first = run(&dir, &[&ALL[..], &["--out", "first/models"]].concat());
    assert_eq!((first.status.code(), err(&first).as_str()), (Some(0), ""));
    let second = run(&dir, &[&ALL[..], &["--out", "second"]].concat());
    assert_eq!(first.stdout, second.stdout);
    for model in ["promosieve.bin", "clickbait.bin"] {
        let read = |of: &str| fs::read(dir.path().join(of).join(model)).unwrap();
        assert_eq!(read("first/models"), read("second"), "{model}");
    }
    let page = String::from_utf8(first.stdout).unwrap();
    for part in ["news, cold", "news, online", "news, learned, flattened", "pages, cold", "after cleaning", "AUC"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let report = fs::read_to_string(dir.path().join("report.md")).unwrap();
    for part in ["promosieve train --gold gold.jsonl --stream stream.jsonl", "Machine: ", "| news, online |"] {
        assert!(report.contains(part), "{part}: {report}");
    }
    assert!(!report.contains(dir.path().to_str().unwrap()));
    let eval = run(&dir, &["eval", "gold.jsonl", "--json", "--model", "second/promosieve.bin"]);
    let value: Value = serde_json::from_slice(&eval.stdout).unwrap();
    let total = &value["situations"]["cold"]["total"];
    assert!(total["recall"].as_f64().unwrap() > 0.9, "{total}");
}

#[test]
fn annotations_find_their_texts_in_the_stream() {
    let dir = corpus();
    let output = run(&dir, &[&ALL[..], &["--marks", "marks.jsonl", "--out", "models"]].concat());
    assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""));
    let page = String::from_utf8(output.stdout).unwrap();
    let row = page.lines().find(|line| line.starts_with("more news, learned ")).unwrap_or_default();
    assert!(row.contains(&format!(" {} ", SOURCES * ARTICLES / 4)), "{page}");
}

#[test]
fn errors_name_file_and_line() {
    let dir = corpus();
    fs::write(dir.path().join("empty.jsonl"), "\n").unwrap();
    fs::write(dir.path().join("bad.jsonl"), "{\"text\":\"x\",\"mean\":0.5,\"clickbait\":true}\n{\"text\":\"x\"}\n")
        .unwrap();
    fs::write(dir.path().join("stray.jsonl"), "{\"text_xxh3\":\"ff\",\"spans\":[]}\n").unwrap();
    let twice = lines([marks(0, 3)]);
    fs::write(dir.path().join("twice.jsonl"), twice).unwrap();
    for (arguments, code, message) in [
        (&["--gold", "gold.jsonl", "--marks", "stray.jsonl"][..], 65, "stray.jsonl:1: no stream and no page"),
        (&["--gold", "gold.jsonl", "--marks", "bad.jsonl"], 65, "bad.jsonl:1: `text_xxh3` is missing"),
        (
            &["--gold", "gold.jsonl", "--stream", "stream.jsonl", "--marks", "twice.jsonl"],
            65,
            "twice.jsonl:1: 0-3 of harbourgazette.com was annotated before",
        ),
        (&["--gold", "empty.jsonl"], 64, "no annotated document"),
        (&["--gold", "bad.jsonl"], 65, "bad.jsonl:1: spans: missing"),
        (&["--gold", "gold.jsonl", "--clickbait", "bad.jsonl"], 65, "bad.jsonl:2: missing field `mean`"),
        (&["--gold", "gold.jsonl", "--stream", "bad.jsonl"], 65, "bad.jsonl:1: "),
        (&["--gold", "gold.jsonl", "--stream", "none.jsonl"], 74, "none.jsonl: "),
        (&["--gold", "gold.jsonl", "--loss", "2"], 64, "from 0 to 1"),
    ] {
        let output = run(&dir, &[&["train", "--out", "models"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(message), "{arguments:?}: {}", err(&output));
    }
    assert!(!dir.path().join("models/promosieve.bin").exists());
}
