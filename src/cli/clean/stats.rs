//! What a run has done and what it took.

use crate::{
    cli::shared::disk_bytes,
    engine::{article::Article, span::Analysis},
};
use std::{path::Path, time::Instant};

/// Counters of cleaned documents.
#[derive(Debug, Default)]
pub(super) struct Counts {
    documents: u64,
    bytes: u64,
    spans: u64,
}

impl Counts {
    /// Counts a cleaned document.
    pub(super) fn count(&mut self, article: &Article, analysis: &Analysis) {
        self.documents += 1;
        self.bytes += article.text.len() as u64;
        self.spans += analysis.spans.iter().filter(|span| span.removed).count() as u64;
    }
}

/// Counters of a run.
#[derive(Debug)]
pub(super) struct Stats {
    began: Instant,
    counts: Counts,
    /// Bad lines passed over.
    pub(super) bad: u64,
    /// Languages that were no BCP 47 tags, passed over.
    pub(super) languages: u64,
}

impl Default for Stats {
    fn default() -> Self {
        Self { began: Instant::now(), counts: Counts::default(), bad: 0, languages: 0 }
    }
}

impl Stats {
    /// Adds what was counted for a batch.
    pub(super) fn add(&mut self, batch: &Counts) {
        let Counts { documents, bytes, spans } = batch;
        self.counts.documents += documents;
        self.counts.bytes += bytes;
        self.counts.spans += spans;
    }

    /// One line for people: what was done, how fast (all passes together, by text), and what it took.
    pub(super) fn summary(&self, data: Option<&Path>) -> String {
        let Self { counts: Counts { documents, bytes, spans }, bad, languages, .. } = self;
        let seconds = self.began.elapsed().as_secs_f64();
        let mb = *bytes as f64 / 1e6;
        let mut parts = vec![
            format!("{documents} documents, {mb:.1} MB in {seconds:.1} s, {:.1} MB/s", mb / seconds),
            format!("{spans} spans removed"),
        ];
        if *bad > 0 {
            parts.push(format!("{bad} bad lines passed over"));
        }
        if *languages > 0 {
            parts.push(format!(
                "{languages} language tags not understood (BCP 47 has `de`, `pt-BR`), languages found out"
            ));
        }
        parts.extend(peak_memory().map(|peak| format!("peak memory {:.1} MB", peak as f64 / 1e6)));
        parts.extend(data.map(|dir| format!("store on disk {:.1} MB", disk_bytes(dir) as f64 / 1e6)));
        parts.join("; ")
    }
}

/// The most memory that the process ever held, in bytes, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
