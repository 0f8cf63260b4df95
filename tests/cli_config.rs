//! `config` as a process, and the documents that must be true to the table of settings.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

use std::{
    path::Path,
    process::{Command, Stdio},
};

struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
}

fn promosieve(arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_promosieve"));
    command.args(arguments).envs(environment.iter().copied()).env_remove("RUST_LOG").stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Outcome { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Compares a document with what it must be, or with `RENEW=1` in the environment makes it so.
fn hold_true(name: &str, right: impl FnOnce(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let stands = std::fs::read_to_string(&path).unwrap();
    let right = right(&stands);
    if std::env::var_os("RENEW").is_some() {
        std::fs::write(&path, right).unwrap();
        return;
    }
    assert_eq!(stands, right, "{name} is out of date; `RENEW=1 cargo test --test cli_config` renews it");
}

#[test]
fn the_example_file_is_what_the_program_prints() {
    let printed = promosieve(&["config", "example"], &[]);
    assert_eq!(printed.code, 0, "{}", printed.stderr);
    hold_true("promosieve.example.toml", |_| printed.stdout);
}

#[test]
fn the_documents_table_is_true_to_the_settings() {
    hold_true("docs/CONFIGURATION.md", |stands| {
        let (text, _) = stands.split_once("## All settings\n").unwrap();
        format!("{text}## All settings\n\n{}", promosieve::config::markdown())
    });
}

#[test]
fn check_reports_all_mistakes_with_file_and_line() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("promosieve.toml");
    std::fs::write(&file, "# mine\nlisten = \"nowhere\"\nmax_txt_bytes = 1\n").unwrap();
    let name = file.to_str().unwrap();
    let arguments = ["--config", name, "--spam-from", "2", "--memory=maybe"];
    let environment = [("PROMOSIEVE_MAX_LONG_TEXTS", "0")];
    for command in [&["config", "check"][..], &["serve"]] {
        let checked = promosieve(&[command, &arguments].concat(), &environment);
        assert_eq!(checked.code, 64, "{}", checked.stderr);
        for place in [
            &format!("{name}:2: listen: "),
            &format!("{name}:3: max_txt_bytes: "),
            "PROMOSIEVE_MAX_LONG_TEXTS: max_long_texts: ",
            "--spam-from: spam_from: ",
            "--memory: memory: ",
        ] {
            assert!(checked.stderr.contains(place), "{place} is missing in {}", checked.stderr);
        }
        assert_eq!(checked.stderr.lines().count(), 6, "{}", checked.stderr);
    }
    std::fs::write(&file, "listen = \"[::1]:7\"\n").unwrap();
    let checked = promosieve(&["config", "check", "--config", name], &[]);
    assert_eq!((checked.code, checked.stdout.as_str()), (0, "the configuration is valid\n"), "{}", checked.stderr);
}

#[test]
fn show_tells_where_each_value_comes_from() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("promosieve.toml");
    std::fs::write(&file, "max_text_bytes = 7\nlisten = '127.0.0.1:1'\n").unwrap();
    let name = file.to_str().unwrap();
    let environment = [("PROMOSIEVE_CONFIG", name), ("PROMOSIEVE_DRAIN_SECONDS", "3.5")];
    let arguments = ["config", "show", "--listen", "127.0.0.1:2", "--memory"];
    let shown = promosieve(&arguments, &environment);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    let line = |key: &str| shown.stdout.lines().find(|line| line.starts_with(key)).unwrap_or_default();
    for (key, value, origin) in [
        ("listen", "\"127.0.0.1:2\"", "# flag: --listen"),
        ("memory", "true", "# flag: --memory"),
        ("max_text_bytes", "7", &format!("# file: {name}:1")),
        ("drain_seconds", "3.5", "# env: PROMOSIEVE_DRAIN_SECONDS"),
        ("spam_from", "0.9", "# default"),
    ] {
        assert!(line(key).starts_with(&format!("{key} = {value} ")), "{key}: {}", shown.stdout);
        assert!(line(key).ends_with(origin), "{key}: {}", shown.stdout);
    }
    let shown = promosieve(&[&arguments[..], &["--json"]].concat(), &environment);
    let json: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    let listed = json["settings"].as_array().unwrap();
    let entry = |key: &str| listed.iter().find(|entry| entry["key"] == key).unwrap();
    let at = format!("{name}:1");
    assert_eq!(
        entry("max_text_bytes"),
        &serde_json::json!({"key": "max_text_bytes", "value": 7, "origin": "file", "at": at})
    );
    assert_eq!(entry("spam_from"), &serde_json::json!({"key": "spam_from", "value": 0.9, "origin": "default"}));
    assert_eq!(entry("keep_kinds")["value"], serde_json::json!(["byline"]));
}

#[test]
fn every_setting_has_a_flag_that_help_explains() {
    let help = promosieve(&["serve", "--help"], &[]).stdout;
    for setting in promosieve::config::GROUPS.iter().flat_map(|group| group.settings) {
        assert!(help.contains(&format!("--{}", setting.flag())), "{} is missing in {help}", setting.flag());
        assert!(help.contains(&setting.variable()), "{} is missing in {help}", setting.variable());
    }
}
