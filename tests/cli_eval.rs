//! `eval` as a process: figures of a hand-computed case in all situations, flattening, pages, errors.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

use serde_json::{Value, json};
use std::{
    path::PathBuf,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// Sold in every article of the source; 12 tokens.
const PITCH: &str = "Subscribe to our free newsletter now and never miss a story again!";
/// Nine tokens of the article, two of its author.
const STORY: &str = "The council approved the new bridge over the river.";

struct Bench {
    dir: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, lines: &[Value]) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")).unwrap();
        path
    }

    /// One document, annotated in gold.jsonl and alone in stream.jsonl, whose `residue` comes last.
    fn ending(&self, article: &str, residue: &str, kind: &str) {
        let text = format!("{article}{residue}");
        let spans = json!([{"start": article.len(), "end": text.len(), "kind": kind}]);
        self.file("gold.jsonl", &[json!({"id": "1", "site": "a.example", "text": text, "spans": spans})]);
        self.file("stream.jsonl", &[document("1", &text)]);
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_promosieve"));
        command.args(arguments).current_dir(&self.dir).env_remove("RUST_LOG").stdin(Stdio::null());
        command.output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["eval", "--json"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// An article of its own words with the pitch below.
fn text(number: usize) -> String {
    format!("{STORY}\n\nWitness number {number} saw the {number} workers leave at dawn.\n\n{PITCH}\n")
}

fn gold(id: &str, site: &str, text: &str) -> Value {
    let start = text.find(PITCH).unwrap();
    let span = json!({"start": start, "end": start + PITCH.len(), "kind": "subscription"});
    json!({"id": id, "site": site, "lang": "en", "title": "", "text": text, "spans": [span]})
}

fn document(id: &str, text: &str) -> Value {
    json!({"id": id, "site": "a.example", "date": "2024-05-01", "text": text})
}

/// Counts the tokens of what the engine really removed, through `clean`, as the reference does: by hand.
fn removed_tokens(bench: &Bench, text: &str) -> (usize, usize) {
    std::fs::write(bench.dir.path().join("one.txt"), text).unwrap();
    let cleaned = out(&bench.run(&["clean", "--frozen", "one.txt"]));
    let tokens = |text: &str| text.split_ascii_whitespace().count();
    let pitch = if cleaned.contains(PITCH) { 0 } else { tokens(PITCH) };
    (pitch, tokens(text) - tokens(&cleaned) - pitch)
}

#[test]
fn figures_are_counted_by_hand() {
    let bench = Bench::new();
    let text = text(7);
    bench.file("gold.jsonl", &[gold("1", "b.example", &text)]);
    let (hit, wrong) = removed_tokens(&bench, &text);
    let value = bench.json(&["gold.jsonl"]);
    let total = &value["situations"]["cold"]["total"];
    let all = text.split_ascii_whitespace().count();
    let counts = json!({"hit": hit, "wrong": wrong, "missed": 12 - hit, "kept": all - 12 - wrong});
    assert_eq!(total["tokens"], counts);
    assert_eq!((hit, wrong), (12, 0), "the shipped model knows an invitation to a newsletter");
    for (figure, expected) in [("precision", 1.0), ("recall", 1.0), ("f1", 1.0), ("content_loss", 0.0)] {
        assert_eq!(total[figure], expected, "{figure}");
    }
    let cold = &value["situations"]["cold"];
    assert_eq!(cold["kinds"]["subscription"], json!({"recall": 1.0, "removed": 12, "marked": 12}));
    let reported: u64 = cold["reliability"].as_array().unwrap().iter().map(|bin| bin["tokens"].as_u64().unwrap()).sum();
    assert_eq!(reported, 12);
    assert_eq!(cold["removes_again"], 0.0);
    assert_eq!((&value["situations"]["online"], &value["in_no_stream"]), (&Value::Null, &Value::Null));
}

/// A line that only recurrence can tell from the article's own.
const REFRAIN: &str = "The chronicle of the lower valley";

/// Articles of the source, the refrain below each; the first and the last are annotated.
const ARTICLES: usize = 12;

fn refrained(n: usize) -> String {
    let things =
        ["apple", "birch", "cedar", "daisy", "elder", "fern", "grape", "hazel", "iris", "jute", "kale", "lily"];
    let deeds = ["sold", "lost", "found", "mended", "burned", "drew", "left"];
    let (thing, other, deed) = (things[n], things[n * 5 % 12], deeds[n % 7]);
    let more = format!("Then {} {other} trees {} to the {thing} people.", n + 3, deeds[(n + 3) % 7]);
    format!("A {thing} grower {deed} the {other} farm on day {n} for {} coins. {more}\n\n{REFRAIN}\n", n * n)
}

fn stream(bench: &Bench) {
    let documents: Vec<Value> = (0..ARTICLES).map(|n| document(&n.to_string(), &refrained(n))).collect();
    bench.file("stream.jsonl", &documents);
    let gold = |n: usize| {
        let text = refrained(n);
        let start = text.find(REFRAIN).unwrap();
        let span = json!({"start": start, "end": start + REFRAIN.len(), "kind": "furniture"});
        json!({"id": n.to_string(), "site": "a.example", "text": text, "spans": [span]})
    };
    let stranger = json!({"id": "x", "site": "b.example", "text": "One plain line.", "spans": []});
    bench.file("gold.jsonl", &[gold(0), gold(ARTICLES - 1), stranger]);
}

/// Every situation has a run of `clean` that is the same; its output is counted by hand.
#[test]
fn situations_differ_by_what_is_known() {
    let bench = Bench::new();
    stream(&bench);
    let value = bench.json(&["gold.jsonl", "--stream", "stream.jsonl"]);
    assert_eq!(value["in_no_stream"], 1);
    let tokens = |text: &str| text.split_ascii_whitespace().count();
    let mut hits = Vec::new();
    for (situation, arguments) in [("cold", &["--frozen"][..]), ("online", &["--single-pass"]), ("learned", &[])] {
        let output = bench.run(&[&["clean", "--jsonl", "stream.jsonl"], arguments].concat());
        let answers: Vec<Value> = out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (mut hit, mut wrong) = (0, 0);
        for n in [0, ARTICLES - 1] {
            let cleaned = answers[n]["cleanedText"].as_str().unwrap();
            let own = if cleaned.contains(REFRAIN) { 0 } else { tokens(REFRAIN) };
            hit += own;
            wrong += tokens(&refrained(n)) - tokens(cleaned) - own;
        }
        let total = &value["situations"][situation]["total"];
        assert_eq!(total["documents"], 3, "{situation}");
        assert_eq!((&total["tokens"]["hit"], &total["tokens"]["wrong"]), (&json!(hit), &json!(wrong)), "{situation}");
        hits.push(hit);
    }
    assert!(hits[0] < hits[1] && hits[1] < hits[2], "{hits:?}: recurrence tells, and more after the stream");
}

#[test]
fn flattening_takes_line_breaks_out_of_documents_and_streams() {
    let bench = Bench::new();
    bench.ending("Plain words stand here.\r\nSecond line\u{2028}goes on.\n", "Buy", "promotion");
    let tokens = |arguments: &[&str]| {
        let value = bench.json(arguments);
        let counts = value["situations"]["learned"]["total"]["tokens"].as_object().unwrap().clone();
        (value["flattened"].clone(), counts.values().map(|count| count.as_u64().unwrap()).sum::<u64>())
    };
    let whole = ["gold.jsonl", "--stream", "stream.jsonl"];
    assert_eq!(tokens(&whole), (json!(false), 8));
    // `here.Second`, `linegoes` and `on.Buy` are one token each.
    assert_eq!(tokens(&[&whole[..], &["--flatten"]].concat()), (json!(true), 6));
}

#[test]
fn wrapping_leaves_every_token_and_mark_where_it_was() {
    let bench = Bench::new();
    let prose = "The harbour office counted more ferries in October than in any month since the new pier was opened. ";
    bench.ending(&format!("{}\n", prose.repeat(4).trim_end()), "Sign up for our free newsletter", "subscription");
    let plain = bench.json(&["gold.jsonl"]);
    let wrapped = bench.json(&["gold.jsonl", "--wrap", "40"]);
    assert_eq!([&plain["wrapped"], &wrapped["wrapped"]], [&json!(null), &json!(40)]);
    assert_eq!(plain["situations"]["cold"]["total"]["tokens"], wrapped["situations"]["cold"]["total"]["tokens"]);
    assert_eq!(wrapped["situations"]["cold"]["total"]["recall"], json!(1.0));
}

#[test]
fn damage_reaches_documents_and_streams_and_disguise_the_residue() {
    let bench = Bench::new();
    bench.ending("The harbour office counted the ferries.\n", "Sign up for our newsletter", "subscription");
    let tokens = |change: &[&str]| {
        let value = bench.json(&[&["gold.jsonl", "--stream", "stream.jsonl"], change].concat());
        assert_eq!(value["in_no_stream"], json!(0));
        let counts = &value["situations"]["learned"]["total"]["tokens"];
        let count = |names: [&str; 2]| names.map(|name| counts[name].as_u64().unwrap()).iter().sum::<u64>();
        let said = [&value["damaged"], &value["disguised"]].map(Value::clone);
        (said, count(["hit", "missed"]), count(["kept", "wrong"]))
    };
    assert_eq!(tokens(&[]), ([json!(null), json!(null)], 5, 6));
    // The mark in front of the line belongs to what is annotated, and each letter of a bent word is a token.
    assert_eq!(tokens(&["--damage", "quoted"]), ([json!("quoted"), json!(null)], 6, 7));
    assert_eq!(tokens(&["--disguise", "spaced"]), ([json!(null), json!("spaced")], 22, 6));
    let output = bench.run(&["eval", "gold.jsonl", "--damage", "quoted", "--disguise", "spaced"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(err(&output).contains("cannot be used with"), "{}", err(&output));
}

#[test]
fn tables_show_kinds_sources_and_mistakes() {
    let bench = Bench::new();
    let spans = json!([{"start": 0, "end": 10, "kind": "furniture"}]);
    let missed = json!({"id": "m", "site": "c.example", "text": "Stone\u{1b}[1m walls stand.", "spans": spans});
    bench.file("gold.jsonl", &[gold("1", "b.example", &text(3)), missed]);
    let output = bench.run(&["eval", "gold.jsonl", "--by-source", "--misses", "2"]);
    let page = out(&output);
    assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""));
    for part in ["precision", "Recall by kind", "By source, cold", "b.example", "annotated \\ answered", "predicted"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.contains("missed furniture | ") && page.contains("c.example m | Stone"), "{page}");
    assert!(page.contains("probability 0.") && !page.contains('\u{1b}'), "{page}");
}

#[test]
fn pages_are_measured_by_their_strings() {
    let bench = Bench::new();
    let page =
        json!({"id": "p", "source": "", "text": text(5), "with": [STORY, "never said"], "without": [PITCH, "Home"]});
    bench.file("pages.jsonl", &[page]);
    let value = bench.json(&["pages.jsonl"]);
    let strings = |when: &str| value["pages"][when]["strings"].clone();
    assert_eq!(strings("before"), json!({"kept": 1, "lost": 1, "left": 1, "gone": 1}));
    assert_eq!(strings("after"), json!({"kept": 1, "lost": 1, "left": 0, "gone": 2}));
    assert_eq!(value["pages"]["before"]["f1"], 0.5);
    assert!(out(&bench.run(&["eval", "pages.jsonl"])).contains("before cleaning"));
}

#[test]
fn errors_name_file_and_line() {
    let bench = Bench::new();
    let good = gold("1", "b.example", &text(1));
    let bad = json!({"id": "2", "site": "a", "text": "four", "spans": [{"start": 0, "end": 9, "kind": "related"}]});
    bench.file("bad.jsonl", &[good.clone(), bad]);
    bench.file("twice.jsonl", &[good.clone(), good.clone()]);
    bench.file("page.jsonl", &[json!({"id": "p", "with": []})]);
    bench.file("good.jsonl", &[good]);
    bench.file("stream.jsonl", &[document("1", "x"), json!({"id": "", "text": "x"})]);
    std::fs::write(bench.dir.path().join("model.bin"), "nothing").unwrap();
    for (arguments, code, message) in [
        (&["bad.jsonl"][..], 65, "bad.jsonl:2: spans[0].end: 9 is no offset"),
        (&["twice.jsonl"], 65, "twice.jsonl:2: 1 of b.example was annotated before"),
        (&["page.jsonl"], 65, "page.jsonl:1: missing field `text`"),
        (&["good.jsonl", "--stream", "stream.jsonl"], 65, "stream.jsonl:2: "),
        (&["good.jsonl", "--stream", "none.jsonl"], 74, "none.jsonl: "),
        (&["none.jsonl"], 74, "none.jsonl: "),
        (&["good.jsonl", "--model", "model.bin"], 65, "model.bin: is no model"),
        (&[], 64, "GOLD"),
    ] {
        let output = bench.run(&[&["eval"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(message), "{arguments:?}: {}", err(&output));
        assert!(output.stdout.is_empty());
    }
}
