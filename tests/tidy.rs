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

/// For each room what its files must not mention.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "engine",
        &[
            "crate::store",
            "crate::grpc",
            "crate::server",
            "crate::cli",
            "crate::config",
            "crate::detector",
            "crate::proto",
            "tonic",
            "tokio",
            "std::fs",
            "std::net",
            "std::time",
            "std::env",
            "std::io",
            "async fn",
        ],
    ),
    (
        "store",
        &["crate::grpc", "crate::server", "crate::cli", "crate::config", "crate::detector", "crate::proto", "tonic"],
    ),
    ("grpc", &["crate::server", "crate::cli", "tokio::"]),
    ("server", &["crate::cli"]),
    ("cli", &["tonic"]),
    ("config", &["tonic", "tokio", "crate::server", "crate::grpc", "crate::cli"]),
    ("config.rs", &["tonic", "tokio", "crate::server", "crate::grpc", "crate::cli"]),
    ("detector.rs", &["tonic", "tokio", "crate::server", "crate::grpc", "crate::cli", "crate::proto"]),
    ("main.rs", &["tonic", "tokio"]),
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

#[test]
fn imports_go_one_way() {
    let mut problems = Vec::new();
    for path in sources(&root()) {
        let name = inside(&path);
        let room = name.split('/').next().unwrap();
        let forbidden = FORBIDDEN.iter().filter(|(of, _)| *of == room).flat_map(|(_, words)| words.iter());
        let code = code(&path);
        problems.extend(forbidden.filter(|word| code.contains(**word)).map(|word| format!("{name} mentions {word}")));
    }
    fail_if_any(&problems);
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
