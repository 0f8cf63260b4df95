//! The house rules that a compiler does not know: who may import whom, headers, file sizes.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Nobody reads longer files to the end.
const MOST_LINES: usize = 400;

/// Data tables are not read but looked up; they may be longer.
const TABLES: &[&str] = &[];

/// The rooms that a room may import from, itself apart.
const IMPORTS: &[(&str, &[&str])] = &[
    ("learning", &[]),
    ("engine", &["learning"]),
    ("store", &["engine"]),
    ("detector", &["engine", "store"]),
    ("access", &["engine"]),
    ("evaluation", &["engine", "learning", "store"]),
    ("training", &["engine", "learning", "store", "evaluation"]),
    ("config", &["engine", "store", "access"]),
    ("proto", &[]),
    ("grpc", &["engine", "store", "access", "detector", "config", "proto"]),
    ("server", &["engine", "store", "access", "detector", "config", "proto", "grpc"]),
    (
        "cli",
        &[
            "learning",
            "engine",
            "store",
            "access",
            "detector",
            "evaluation",
            "training",
            "config",
            "proto",
            "grpc",
            "server",
        ],
    ),
    ("lib", &[]),
    ("main", &[]),
];

/// Words that only some rooms may use: I/O, clocks, threads of the runtime and the transport. Files of tests
/// (`tests.rs`) may use them all.
const RESERVED: &[(&[&str], &[&str])] = &[
    (&["tonic"], &["grpc", "server", "proto"]),
    (&["tokio::", "async fn"], &["server", "cli"]),
    (&["metrics_exporter", "axum", "opentelemetry"], &["server"]),
    (&["std::net"], &["config", "server", "cli"]),
    (&["std::env"], &["config", "cli", "main"]),
    (
        &["std::fs", "std::time::SystemTime", "Instant::now"],
        &["access", "config", "store", "detector", "cli", "server"],
    ),
    (&["std::io"], &["access", "config", "store", "grpc", "server", "cli"]),
];

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn inside(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")
}

/// Code without comments, which may speak of anything.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn fail_if_any(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// The room of a file: `store/codec.rs` and `store.rs` both belong to `store`.
fn room(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap()
}

/// The rooms that `code` names: as `crate::room`, or inside a `use crate::{…}`.
fn rooms_named(code: &str) -> Vec<&'static str> {
    let mut lists: Vec<&str> = code.split("use crate::{").skip(1).map(|rest| rest.split(';').next().unwrap()).collect();
    let names = |room: &str, list: &str| {
        let starts = |part: &str| part.trim_start().strip_prefix(room).is_some_and(|rest| !rest.starts_with(is_word));
        list.split(['{', '}', ',']).any(|part| starts(part) && depth(list, part) == 0)
    };
    lists.retain(|list| !list.is_empty());
    let all = IMPORTS.iter().map(|rule| rule.0);
    all.filter(|room| {
        let plain = format!("crate::{room}");
        let plainly = code.match_indices(&plain).any(|(at, _)| !code[at + plain.len()..].starts_with(is_word));
        plainly || lists.iter().any(|list| names(room, list))
    })
    .collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many braces are open in `list` before `part`, which is a slice of it.
fn depth(list: &str, part: &str) -> usize {
    let before = &list[..part.as_ptr() as usize - list.as_ptr() as usize];
    before.matches('{').count().saturating_sub(before.matches('}').count())
}

#[test]
fn imports_go_one_way() {
    let mut problems = Vec::new();
    for path in sources(&root()) {
        let name = inside(&path);
        let Some((room, allowed)) = IMPORTS.iter().find(|(of, _)| *of == room(&name)) else {
            problems.push(format!("{name} belongs to no room of this test"));
            continue;
        };
        let strangers = rooms_named(&code(&path)).into_iter().filter(|named| named != room && !allowed.contains(named));
        problems.extend(strangers.map(|named| format!("{name} imports {named}")));
    }
    fail_if_any(&problems);
}

#[test]
fn the_outer_world_stays_outside() {
    let mut problems = Vec::new();
    for path in sources(&root()) {
        let (name, code) = (inside(&path), code(&path));
        if name.ends_with("/tests.rs") {
            continue;
        }
        for (words, rooms) in RESERVED.iter().filter(|(_, rooms)| !rooms.contains(&room(&name))) {
            let found = words.iter().filter(|word| code.contains(**word));
            problems.extend(found.map(|word| format!("{name} mentions {word}, which is for {}", rooms.join(", "))));
        }
    }
    fail_if_any(&problems);
}

#[test]
fn rooms_are_found_in_all_spellings() {
    assert_eq!(rooms_named("use crate::store::Store;"), ["store"]);
    assert_eq!(rooms_named("use crate::{\n  config::{Data, store},\n  engine::Engine,\n};"), ["engine", "config"]);
    assert_eq!(rooms_named("let x = crate::grpc::status(); use crate::storey;"), ["grpc"]);
}

#[test]
fn every_file_says_what_it_is() {
    let headless = sources(&root()).into_iter().filter(|path| !fs::read_to_string(path).unwrap().starts_with("//! "));
    fail_if_any(&headless.map(|path| format!("{} has no //! header", inside(&path))).collect::<Vec<_>>());
}

#[test]
fn files_are_short() {
    let long = sources(&root()).into_iter().filter_map(|path| {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        let name = inside(&path);
        (lines > MOST_LINES && !TABLES.contains(&name.as_str())).then(|| format!("{name} has {lines} lines"))
    });
    fail_if_any(&long.collect::<Vec<_>>());
}
