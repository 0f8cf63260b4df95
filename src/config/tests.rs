//! Layers, their order, and what is said about mistakes.

use super::*;
use crate::engine::span::Kind;
use std::io::Write as _;

/// The file, the environment and the flags, by key.
fn inspected(file: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> (Inspection, String) {
    let mut on_disk = tempfile::NamedTempFile::new().unwrap();
    on_disk.write_all(file.as_bytes()).unwrap();
    let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    let flags = Flags { file: Some(on_disk.path().into()), given: owned(flags).into_iter().collect() };
    let environment = owned(environment).into_iter().collect();
    (inspect_with(&flags, &environment), on_disk.path().display().to_string())
}

fn loaded(file: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Config {
    inspected(file, environment, flags).0.config.unwrap()
}

#[test]
fn defaults_are_valid() {
    let config = loaded("", &[], &[]);
    assert_eq!(config, Config::default());
    assert_eq!(config.listen.to_string(), "127.0.0.1:50051");
    assert_eq!(config.data, Data::Directory("./promosieve-data".into()));
    assert_eq!(config.policy, Policy::default());
    assert_eq!(config.store, StoreConfig::default());
    assert_eq!(config.transport.drain, Duration::from_secs(20));
}

#[test]
fn every_default_passes_its_own_check() {
    for setting in table::all() {
        let Some(value) = (setting.preset)() else { continue };
        let parsed: toml::Table = format!("{} = {}", setting.key, setting::literal(&value)).parse().unwrap();
        assert_eq!(setting.parse(&setting::Given::Toml(&parsed[setting.key])), Ok(value), "{}", setting.key);
    }
}

#[test]
fn names_are_told_apart() {
    let keys: std::collections::BTreeSet<_> = table::all().map(|setting| setting.key).collect();
    assert_eq!(keys.len(), table::all().count());
}

#[test]
fn flags_win_over_environment_over_file() {
    let file = "listen = '127.0.0.1:1'\nmax_text_bytes = 10\nmax_batch_documents = 5\n";
    let environment = [("PROMOSIEVE_LISTEN", "127.0.0.1:2"), ("PROMOSIEVE_MAX_TEXT_BYTES", "20")];
    let (found, name) = inspected(file, &environment, &[("listen", "127.0.0.1:3")]);
    let config = found.config.unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.limits.max_text_bytes, 20);
    assert_eq!(config.limits.max_batch_documents, 5);
    let origins = [&table::LISTEN, &table::MAX_TEXT_BYTES, &table::MAX_BATCH_DOCUMENTS, &table::MEMORY]
        .map(|setting| found.effective.origin(setting));
    let expected = [
        ("flag", "--listen".to_owned()),
        ("env", "PROMOSIEVE_MAX_TEXT_BYTES".to_owned()),
        ("file", format!("{name}:3")),
        ("default", String::new()),
    ];
    assert_eq!(origins, expected.map(|(kind, at)| (kind.to_owned(), at)));
}

#[test]
fn each_form_is_read_from_each_layer() {
    let config = loaded("keep_kinds = ['related']\nmemory = true\nspam_from = 1\n", &[], &[]);
    assert_eq!(config.policy.keep_kinds, [Kind::Related]);
    assert_eq!(config.data, Data::Memory);
    let environment = [("PROMOSIEVE_KEEP_KINDS", "disclaimer, byline"), ("PROMOSIEVE_MEMORY", "false")];
    let config = loaded("memory = true", &environment, &[("spam_from", "0.75"), ("max_text_bytes", "1_000")]);
    assert_eq!(config.policy.keep_kinds, [Kind::Disclaimer, Kind::Byline]);
    assert_eq!(config.data, Data::Directory("./promosieve-data".into()));
    assert_eq!((config.policy.spam_from, config.limits.max_text_bytes), (0.75, 1_000));
    assert_eq!(loaded("keep_kinds = []", &[], &[]).policy.keep_kinds, []);
}

#[test]
fn every_problem_is_reported_with_its_place() {
    let file = "listen = 'here'\nmax_text_bytes = 'many'\n\nmin_confidence = 2\nspam_from = 0.1\n\
                keep_kinds = ['adverts']\nlog_format = 'xml'\nmax_txt_bytes = 3\nshutdown_grace_seconds = 0\n[data]\n";
    let environment = [("PROMOSIEVE_DRAIN_SECONDS", "0"), ("PROMOSIEVE_LOG", "a=b=c")];
    let (found, name) = inspected(file, &environment, &[("memory", "perhaps")]);
    let problems = found.config.unwrap_err().problems;
    let expected = [
        (":1: listen: `here` is no address to listen on; expected an address", true),
        (":2: max_text_bytes: `\"many\"` is no whole number; expected a whole number from 1 to 1073741824", true),
        (":4: min_confidence: 2 is out of range; expected a number from 0 to 1", true),
        (":6: keep_kinds: there is no `adverts`; expected a list of promotion, ", true),
        (":7: log_format: there is no `xml`; expected one of text, json", true),
        (":8: max_txt_bytes: there is no such setting; did you mean `max_text_bytes`?", true),
        (":9: shutdown_grace_seconds: there is no such setting; it is called `drain_seconds` now", true),
        (":10: data: ", true),
        ("PROMOSIEVE_LOG: log: `a=b=c`", false),
        ("PROMOSIEVE_DRAIN_SECONDS: drain_seconds: 0 is out of range; expected a number from 0.1 to 3600", false),
        ("--memory: memory: `perhaps` is neither; expected true or false", false),
        (":5: spam_from: 0.1 lies below promotional_from (0.25); expected a number not below it", true),
    ];
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    for (problem, (start, in_file)) in problems.iter().zip(expected) {
        let start = if in_file { format!("{name}{start}") } else { start.to_owned() };
        assert!(problem.starts_with(&start), "{problem}\nshould start with\n{start}");
    }
}

#[test]
fn broken_toml_is_reported_line_by_line() {
    let (found, name) = inspected("listen = \nmax_text_bytes = 0\n= 3\nmemory = tru\n", &[], &[]);
    let problems = found.config.unwrap_err().problems;
    for line in [1, 2, 3, 4] {
        let place = format!("{name}:{line}: ");
        assert!(problems.iter().any(|problem| problem.starts_with(&place)), "{place} is missing in {problems:#?}");
    }
}

#[test]
fn strangers_in_the_environment_are_ignored_and_slips_noted() {
    let environment = [
        ("PROMOSIEVE_SERVICE_HOST", "10.0.0.1"),
        ("PROMOSIEVE_PORT", "tcp://10.0.0.1:50051"),
        ("PROMOSIEVE_PORT_50051_TCP_ADDR", "10.0.0.1"),
        ("PROMOSIEVE_LISTEN", ""),
        ("PROMOSIEVE_MAX_TXT_BYTES", "3"),
    ];
    let (found, _) = inspected("", &environment, &[]);
    assert_eq!(found.config.unwrap(), Config::default());
    let note = "PROMOSIEVE_MAX_TXT_BYTES: there is no such setting; did you mean `PROMOSIEVE_MAX_TEXT_BYTES`?";
    assert_eq!(found.notes, [note]);
}

#[test]
fn text_that_is_no_utf8_is_refused() {
    let (found, _) = inspected("", &[("PROMOSIEVE_DATA", "/var/\u{fffd}")], &[]);
    let problems = found.config.unwrap_err().problems;
    assert_eq!(problems, ["PROMOSIEVE_DATA: data: it is not UTF-8; expected a path"]);
}

#[test]
fn the_environments_own_names_count_behind_ours() {
    assert_eq!(loaded("", &[("RUST_LOG", "warn")], &[]).log.filter, "warn");
    assert_eq!(loaded("", &[("RUST_LOG", "warn"), ("PROMOSIEVE_LOG", "debug")], &[]).log.filter, "debug");
}

#[test]
fn what_is_shown_is_a_file_that_leads_to_the_same() {
    let (found, _) =
        inspected("listen = '[::1]:7'\nkeep_kinds = ['related', 'byline']\nmin_confidence = 0.5", &[], &[]);
    let config = found.config.unwrap();
    assert_eq!(loaded(&found.effective.text_form(), &[], &[]), config);
    let json: serde_json::Value = serde_json::from_str(&found.effective.json_form()).unwrap();
    let listed = json["settings"].as_array().unwrap();
    assert_eq!(listed.len(), table::all().count());
    let first = listed.iter().find(|entry| entry["key"] == "listen").unwrap();
    assert_eq!((&first["value"], &first["origin"]), (&"[::1]:7".into(), &"file".into()));
    assert!(first["at"].as_str().unwrap().ends_with(":1"));
}

/// With every line taken in that is a default, the example leads to the defaults.
#[test]
fn the_example_is_true_to_the_defaults() {
    assert_eq!(loaded(&example(), &[], &[]), Config::default());
    let taken_in = |line: &str| {
        let bare = line.strip_prefix("# ")?;
        let (key, value) = bare.split_once(" =")?;
        (table::all().any(|setting| setting.key == key) && !value.is_empty()).then(|| bare.to_owned())
    };
    let lines: Vec<String> = example().lines().filter_map(taken_in).collect();
    let fixed = |setting: &&Setting| setting.preset_said.is_none() && (setting.preset)().is_some();
    assert_eq!(lines.len(), table::all().filter(fixed).count());
    assert_eq!(loaded(&lines.join("\n"), &[], &[]), Config::default());
}
