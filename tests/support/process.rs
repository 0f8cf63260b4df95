//! The server as a process of its own, for what only a process has: memory, signals, an exit code.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

pub struct Process {
    pub child: Child,
    pub address: String,
    /// Where figures are, if `--metrics-listen` was given.
    pub figures: String,
    log: Receiver<serde_json::Value>,
}

impl Process {
    /// Starts a server on a free port; its log is read as it comes.
    pub fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_promosieve"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]).args(arguments);
        let mut child = command.env_remove("RUST_LOG").stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap());
        let (sender, log) = channel();
        std::thread::spawn(move || {
            for line in lines.lines() {
                let line = line.unwrap();
                let line = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut process = Self { child, address: String::new(), figures: String::new(), log };
        process.address = process.told("listening");
        if arguments.contains(&"--metrics-listen") {
            process.figures = process.told("figures");
        }
        process
    }

    /// The address in the line that says `message`.
    fn told(&self, message: &str) -> String {
        loop {
            let line = self.log.recv_timeout(super::PATIENCE).expect("a line of the log");
            if line["message"] == message {
                return line["address"].as_str().unwrap().to_owned();
            }
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn client(&self) -> super::Client {
        super::Client::connect(self.url()).await.unwrap().max_decoding_message_size(usize::MAX)
    }

    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Waits for its end; the exit code and the rest of the log.
    pub fn ended(mut self) -> (Option<i32>, Vec<serde_json::Value>) {
        let code = self.child.wait().unwrap().code();
        (code, std::iter::from_fn(|| self.log.recv_timeout(super::PATIENCE).ok()).collect())
    }

    /// The most memory that it ever had, in bytes.
    pub fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }

    /// A page of its figures: status line, headers and text.
    pub fn page(&self, path: &str) -> String {
        let mut socket = TcpStream::connect(&self.figures).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        write!(socket, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        let mut page = String::new();
        socket.read_to_string(&mut page).unwrap();
        page
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already, if all went well.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
