//! `clean` and `explain` as processes: output, errors that name file and line, exit codes.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

const TEXT: &str = "Erster Absatz.\n\nZweiter Absatz mit Äpfeln.\n";

struct Bench {
    dir: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_promosieve"));
        command.args(arguments).current_dir(&self.dir).env_remove("RUST_LOG");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().unwrap()
    }

    fn run_with(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn line(id: &str) -> String {
    serde_json::json!({"id": id, "site": "example.org", "lang": "de", "date": "2024-05-01", "text": TEXT}).to_string()
}

fn answers(output: &Output) -> Vec<serde_json::Value> {
    out(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_file_and_standard_input_are_cleaned_alike() {
    let bench = Bench::new();
    bench.file("a.txt", TEXT);
    let file = bench.run(&["clean", "a.txt"]);
    assert_eq!((code(&file), err(&file).as_str()), (0, ""));
    for arguments in [&["clean"][..], &["clean", "-"], &["clean", "--frozen"], &["clean", "--single-pass", "-"]] {
        assert_eq!(out(&bench.run_with(arguments, TEXT)), out(&file), "{arguments:?}");
    }
}

#[test]
fn several_files_are_set_apart() {
    let bench = Bench::new();
    bench.file("a.txt", "Eins.");
    bench.file("b.txt", "Zwei.");
    assert_eq!(out(&bench.run(&["clean", "a.txt", "b.txt"])), "Eins.\n\nZwei.\n");
}

#[test]
fn jsonl_answers_line_by_line_with_stable_keys() {
    let bench = Bench::new();
    bench.file("a.jsonl", format!("\u{feff}{}\n\n{}\r\n", line("1"), line("2")));
    bench.file("b.jsonl", line("3"));
    let output = bench.run(&["clean", "--jsonl", "a.jsonl", "b.jsonl", "--explain"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let answers = answers(&output);
    let ids: Vec<_> = answers.iter().map(|answer| answer["documentId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["1", "2", "3"]);
    for key in [
        "cleanedText",
        "spamScore",
        "verdict",
        "spans",
        "signals",
        "clickbaitScore",
        "language",
        "nearDuplicateOf",
        "rulesetVersion",
    ] {
        assert!(answers[0].get(key).is_some(), "{key}");
    }
    assert!(err(&output).contains("3 documents"), "{}", err(&output));
}

#[test]
fn jsonl_comes_from_a_pipe_as_well() {
    let bench = Bench::new();
    let input = format!("{}\n{}\n", line("1"), line("2"));
    for arguments in [&["clean", "--jsonl"][..], &["clean", "--jsonl", "--single-pass", "-"]] {
        assert_eq!(answers(&bench.run_with(arguments, &input)).len(), 2);
    }
}

#[test]
fn packed_input_is_unpacked_whatever_it_is_called() {
    let bench = Bench::new();
    let plain = format!("{}\n{}\n", line("1"), line("2"));
    let (one, two) = plain.split_at(line("1").len() + 1);
    // Archives are often several packed files, one after the other.
    let gzip = |text: &str| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    };
    let zstd = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
    bench.file("plain", &plain);
    bench.file("a.jsonl.gz", [gzip(one), gzip(two)].concat());
    bench.file("no-name", [zstd(one), zstd(two)].concat());
    let expected = out(&bench.run(&["clean", "--jsonl", "plain"]));
    assert_eq!(expected.lines().count(), 2);
    for name in ["a.jsonl.gz", "no-name"] {
        assert_eq!(out(&bench.run(&["clean", "--jsonl", name])), expected, "{name}");
        let mut command = bench.command(&["clean", "--jsonl"]);
        command.stdin(std::fs::File::open(bench.dir.path().join(name)).unwrap());
        assert_eq!(out(&command.output().unwrap()), expected, "{name} as standard input");
    }
    bench.file("cut.gz", &gzip(&plain)[..40]);
    let output = bench.run(&["clean", "--jsonl", "cut.gz"]);
    assert_eq!(code(&output), 74, "{}", err(&output));
    assert!(err(&output).contains("cut.gz"), "{}", err(&output));
}

#[test]
fn the_output_does_not_depend_on_the_number_of_threads() {
    let bench = Bench::new();
    // Sentences that recur more and more often, so that the order of learning shows; more than one batch of them.
    let lines = (0..2200).map(|n| {
        let text = format!("Bericht {n}: Der Rat tagte {n} Stunden lang.\n\n{TEXT}\n\nThema {} bleibt offen.", n % 7);
        serde_json::json!({"id": n.to_string(), "site": format!("s{}.example", n % 5), "text": text, "lang": "de",
            "date": "2024-05-01"})
    });
    let mut input: Vec<String> = lines.map(|line| line.to_string()).collect();
    input[2100] = "no JSON".into();
    bench.file("in.jsonl", input.join("\n"));
    for mode in [&["--single-pass"][..], &[], &["--frozen", "--skip-bad"], &["--single-pass", "--skip-bad"]] {
        let run = |jobs: &str| {
            let output = bench.run(&[&["clean", "--jsonl", "--jobs", jobs, "in.jsonl"], mode].concat());
            (out(&output), code(&output), err(&output).lines().next().unwrap_or_default().to_owned())
        };
        let one = run("1");
        assert_eq!(
            one.0.lines().count(),
            if mode.contains(&"--skip-bad") {
                2199
            } else if mode.is_empty() {
                0
            } else {
                2100
            }
        );
        assert!(one.2.contains("in.jsonl:2101"), "{}", one.2);
        assert_eq!(run("5"), one, "{mode:?}");
    }
}

#[test]
fn a_bad_line_is_named_and_stops_the_run() {
    let bench = Bench::new();
    let cases = [
        ("{\"id\": \"2\", \"text\": 3}", "text: "),
        ("{\"id\": \"2\"}", "text: "),
        ("{\"text\": \"x\"}", "document.id: "),
        ("no json", "column "),
    ];
    for (bad, what) in cases {
        bench.file("in.jsonl", format!("{}\n{bad}\n{}\n", line("1"), line("3")));
        let output = bench.run(&["clean", "--jsonl", "in.jsonl"]);
        assert_eq!(code(&output), 65, "{bad}");
        assert!(err(&output).contains(&format!("in.jsonl:2: {what}")), "{bad}: {}", err(&output));
        let output = bench.run(&["clean", "--jsonl", "--skip-bad", "in.jsonl"]);
        assert_eq!((code(&output), answers(&output).len()), (0, 2), "{bad}");
        assert_eq!(err(&output).matches("in.jsonl:2: ").count(), 1, "{}", err(&output));
        assert!(err(&output).contains("1 bad line"), "{}", err(&output));
    }
}

#[test]
fn a_language_that_is_no_tag_is_found_out_and_counted() {
    let bench = Bench::new();
    let tagged = line("2").replace("\"lang\":\"de\"", "\"lang\":\"zh+en\"");
    bench.file("in.jsonl", format!("{}\n{tagged}\n", line("1")));
    let output = bench.run(&["clean", "--jsonl", "in.jsonl"]);
    assert_eq!((code(&output), answers(&output).len()), (0, 2), "{}", err(&output));
    assert!(err(&output).contains("1 language tags not understood"), "{}", err(&output));
}

#[test]
fn a_file_that_is_not_utf8_is_bad_data() {
    let bench = Bench::new();
    bench.file("latin1.txt", b"\xc4pfel");
    let output = bench.run(&["clean", "latin1.txt"]);
    assert_eq!(code(&output), 65);
    assert!(err(&output).contains("latin1.txt: is not UTF-8 from byte 0"), "{}", err(&output));
}

#[test]
fn exit_codes_tell_use_from_input() {
    let bench = Bench::new();
    let cases: [(&[&str], i32, &str); 9] = [
        (&["--help"], 0, ""),
        (&["clean", "--help"], 0, ""),
        (&["--version"], 0, ""),
        (&[], 64, "Usage"),
        (&["clean", "--frobnicate"], 64, "--frobnicate"),
        (&["clean", "--min-confidence", "2"], 64, "0 to 1"),
        (&["clean", "--keep", "adverts"], 64, "call_to_action"),
        (&["clean", "-", "-"], 64, "once"),
        (&["clean", "missing.txt"], 74, "missing.txt"),
    ];
    for (arguments, expected, text) in cases {
        let output = bench.run(arguments);
        assert_eq!(code(&output), expected, "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(text), "{arguments:?}: {}", err(&output));
    }
}

#[test]
fn the_version_names_the_rules() {
    let version = out(&Bench::new().run(&["--version"]));
    assert!(version.starts_with(&format!("promosieve {} (ruleset ", env!("CARGO_PKG_VERSION"))), "{version}");
}

#[test]
fn wishes_are_understood() {
    let bench = Bench::new();
    let wishes =
        ["clean", "--keep", "byline,call-to-action", "--keep", "related", "--min-confidence", "0.5", "--stats"];
    let output = bench.run_with(&wishes, TEXT);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(err(&output).contains("1 documents"), "{}", err(&output));
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let bench = Bench::new();
    let lines: Vec<_> = (0..5_000).map(|i| line(&i.to_string())).collect();
    bench.file("in.jsonl", lines.join("\n"));
    let mut child =
        bench.command(&["clean", "--jsonl", "in.jsonl"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
}

#[test]
fn a_store_in_a_directory_is_used_and_measured() {
    let bench = Bench::new();
    bench.file("in.jsonl", line("1"));
    for arguments in [
        &["clean", "--jsonl", "in.jsonl", "--data", "store"][..],
        &["clean", "--jsonl", "in.jsonl", "--data", "store", "--frozen"],
    ] {
        let output = bench.run(arguments);
        assert_eq!(code(&output), 0, "{}", err(&output));
        assert!(err(&output).contains("store on disk"), "{}", err(&output));
    }
}

#[test]
fn explain_shows_text_and_scores_without_colour_in_a_pipe() {
    let bench = Bench::new();
    bench.file("a.txt", TEXT);
    bench.file("more.jsonl", format!("{}\n{}\n", line("1"), line("2")));
    for learn in [&[][..], &["--learn", "more.jsonl", "a.txt"]] {
        let arguments = [&["explain", "a.txt", "--source", "example.org", "--title", "T"], learn].concat();
        let output = bench.run(&arguments);
        assert_eq!(code(&output), 0, "{}", err(&output));
        let page = out(&output);
        assert!(!page.contains('\u{1b}'), "{page}");
        for part in ["Äpfeln", "verdict: ", "spam score ", "clickbait score: ", "language: "] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
    let output = bench.run(&["explain", "missing.txt"]);
    assert_eq!(code(&output), 74);
    bench.file("bad.jsonl", "{}");
    let output = bench.run(&["explain", "a.txt", "--learn", "bad.jsonl"]);
    assert_eq!(code(&output), 65);
    assert!(err(&output).contains("bad.jsonl:1: "), "{}", err(&output));
}

#[test]
fn no_color_wins_over_a_forced_colour() {
    let bench = Bench::new();
    bench.file("a.txt", "evil \u{1b}[31m text");
    for (name, value) in [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")] {
        let output = bench.command(&["explain", "a.txt"]).env(name, value).output().unwrap();
        assert!(!out(&output).contains("\u{1b}[31m"), "escape sequences of the article are disarmed");
    }
}
