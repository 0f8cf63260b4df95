//! `keys` and the refusals of `serve` as processes.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

fn promosieve(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_promosieve")).args(arguments).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn keys_are_made_listed_and_revoked() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys.toml");
    let file = path.to_str().unwrap();
    let keys = |command: &str, rest: &[&str]| promosieve(&[&["keys", command, "--api-keys", file], rest].concat());
    assert_eq!(keys("list", &[]).0, 74, "there is no file yet");
    let (code, first, _) = keys("add", &["--name", "first", "--role", "write"]);
    assert_eq!((code, first.lines().count()), (0, 1));
    let (code, second, _) = keys("add", &["--name", "second", "--role", "read", "--namespace", "team-b"]);
    assert_eq!(code, 0);
    assert_ne!(first, second);
    let stored = std::fs::read_to_string(&path).unwrap();
    for key in [&first, &second] {
        let (_, secret) = key.trim().rsplit_once('_').unwrap();
        assert!(secret.len() == 64 && !stored.contains(secret), "{stored}");
    }
    let (code, listed, _) = keys("list", &[]);
    let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!((code, lines.len()), (0, 3), "{listed}");
    assert_eq!(lines[0], ["name", "role", "namespace", "id", "created"]);
    assert_eq!((&lines[1][..3], &lines[2][..3]), (&["first", "write", ""][..], &["second", "read", "team-b"][..]));
    assert!(first.contains(lines[1][3]) && lines[1][4].ends_with('Z'), "{listed}");
    let (code, _, complaint) = keys("add", &["--name", "first", "--role", "read"]);
    assert!(code == 64 && complaint.contains("already"), "{complaint}");
    assert_eq!(keys("add", &["--name", "third", "--role", "owner"]).0, 64);
    assert_eq!(keys("revoke", &["--name", "first"]).0, 0);
    let (code, _, complaint) = keys("revoke", &["--name", "first"]);
    assert!(code == 64 && complaint.contains("keys list"), "{complaint}");
    std::fs::write(&path, "[[key]]\nname = \"x\"\n").unwrap();
    assert_eq!(keys("list", &[]).0, 65);
}

#[test]
fn serve_refuses_open_doors_and_files_that_are_none() {
    let dir = tempfile::tempdir().unwrap();
    let name = |file: &str| dir.path().join(file).to_str().unwrap().to_owned();
    let (cert, missing) = (name("cert.pem"), name("missing"));
    std::fs::write(&cert, "no certificate").unwrap();
    let serve = |arguments: &[&str]| promosieve(&[&["serve", "--memory", "--listen", "0.0.0.0:0"], arguments].concat());
    for (arguments, parts) in [
        (&[][..], &["--listen: listen: 0.0.0.0:0 can be reached", "--api-keys", "--insecure"][..]),
        (&["--tls-cert", &cert, "--tls-key", &cert], &["can be reached", "expected certificates in PEM"]),
        (&["--api-keys", &missing], &["--api-keys: api_keys: ", "promosieve keys add"]),
        (&["--tls-cert", &cert], &["does nothing without tls_key"]),
        (&["--insecure", "--tls-client-ca", &cert], &["does nothing without tls_cert"]),
    ] {
        let (code, _, complaint) = serve(arguments);
        assert_eq!(code, 64, "{arguments:?}: {complaint}");
        for part in parts {
            assert!(complaint.contains(part), "{arguments:?}: {part} is missing in {complaint}");
        }
    }
}

#[test]
fn serve_listens_everywhere_if_told_that_it_is_meant_or_with_keys() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys.toml");
    let file = path.to_str().unwrap();
    assert_eq!(promosieve(&["keys", "add", "--api-keys", file, "--name", "a", "--role", "read"]).0, 0);
    for (way, warning) in [(&["--insecure"][..], false), (&["--api-keys", file], true)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_promosieve"));
        command.args(["serve", "--memory", "--listen", "0.0.0.0:0", "--log-format", "json"]).args(way);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = String::new();
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            log += &line.unwrap();
            if log.contains("\"listening\"") {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(log.contains("\"listening\""), "{log}");
        assert_eq!(log.contains("in clear without TLS"), warning, "{log}");
    }
}
