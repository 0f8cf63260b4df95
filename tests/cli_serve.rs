//! `serve` as a process: started on a free port, spoken to, stopped by a signal.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod support;

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
};
use support::*;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_promosieve"));
    command.arg("serve").args(arguments).env_remove("RUST_LOG").stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

struct Process {
    child: Child,
    log: BufReader<std::process::ChildStderr>,
    first: serde_json::Value,
}

impl Process {
    /// Starts a server; its first line tells the address.
    fn start(arguments: &[&str]) -> Self {
        let common = ["--listen", "127.0.0.1:0", "--log-format", "json"];
        let mut child = command(&[&common, arguments].concat()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        log.read_line(&mut line).unwrap();
        let first = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        Self { child, log, first }
    }

    fn address(&self) -> &str {
        self.first["address"].as_str().expect("an address in the first line")
    }

    async fn client(&self) -> Client {
        Client::connect(format!("http://{}", self.address())).await.unwrap()
    }

    /// Signals it, waits for its end, and returns exit code and the rest of the log.
    fn stop(mut self, signal: &str) -> (Option<i32>, Vec<serde_json::Value>) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        let lines = rest.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (self.child.wait().unwrap().code(), lines)
    }
}

#[tokio::test]
async fn it_serves_logs_calls_and_stops_at_a_signal() {
    for signal in ["-TERM", "-INT"] {
        let server = Process::start(&["--memory"]);
        let mut client = server.client().await;
        client.analyze(request(document("1", "Ein Text."))).await.unwrap();
        let status = client.analyze(request(document("", "Ein Text."))).await.unwrap_err();
        assert_eq!(fields(&status), ["document.id"]);
        let (code, log) = server.stop(signal);
        assert_eq!(code, Some(0), "{log:?}");
        let calls: Vec<_> = log.iter().filter(|line| line["target"] == "promosieve::access").collect();
        assert_eq!(calls.len(), 2, "{log:?}");
        for (call, status) in calls.iter().zip(["Ok", "InvalidArgument"]) {
            assert_eq!(call["level"], "INFO");
            assert_eq!(call["status"], status);
            assert_eq!(call["method"], "promosieve.v1.DetectorService/Analyze");
            assert_eq!(call["documents"], 1);
            assert!(call["bytes_in"].as_u64().unwrap() > 0 && call["duration_ms"].as_f64().unwrap() >= 0.0);
        }
    }
}

#[test]
fn settings_come_from_a_file_and_the_environment() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("promosieve.toml");
    let data = dir.path().join("deep/store");
    std::fs::write(&file, format!("data = '{}'\n", data.display())).unwrap();
    let server = Process::start(&["--config", file.to_str().unwrap()]);
    assert!(data.is_dir());
    assert_eq!(server.stop("-TERM").0, Some(0));
    std::fs::write(&file, "max_text = 1\nspam_from = 7\n").unwrap();
    let output = command(&["--config", file.to_str().unwrap()]).env("PROMOSIEVE_MAX_LONG_TEXTS", "0").output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(64));
    for key in ["max_text: ", "spam_from: ", "max_long_texts: "] {
        assert!(complaint.contains(key), "{complaint}");
    }
}

#[test]
fn wrong_use_and_a_taken_address_are_told_apart() {
    for wrong in [&["--listen", "nowhere"][..], &["--memory", "--data", "x"], &["--config", "missing.toml"]] {
        assert_eq!(command(wrong).output().unwrap().status.code(), Some(64), "{wrong:?}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = command(&["--memory", "--listen", &address]).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(69), "{complaint}");
    assert!(complaint.contains(&address) && complaint.contains("--listen"), "{complaint}");
}
