//! Where cleaned articles go: as text, or as one answer a line.

use super::Args;
use crate::{
    cli::error::CliError,
    engine::span::{Analysis, Span},
    grpc::{json::JsonWriter, response::response},
};
use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _};

/// Standard output, in the form that the arguments ask for.
pub(super) struct Output {
    stdout: BufWriter<StdoutLock<'static>>,
    json: Option<JsonWriter>,
    terminal: bool,
    several: bool,
    explain: bool,
    written: u64,
}

impl Output {
    /// An output for so many inputs.
    pub(super) fn new(args: &Args, inputs: usize) -> Result<Self, CliError> {
        let stdout = io::stdout();
        Ok(Self {
            terminal: stdout.is_terminal(),
            stdout: BufWriter::new(stdout.lock()),
            json: args.jsonl.then(JsonWriter::default),
            several: inputs > 1,
            explain: args.explain,
            written: 0,
        })
    }

    /// Writes one document's result.
    pub(super) fn write(&mut self, id: String, analysis: Analysis, ruleset: &str) -> Result<(), CliError> {
        match &mut self.json {
            Some(json) => Ok(json.write(&response(id, analysis, ruleset), &mut self.stdout)?),
            None => self.plain(&id, &analysis),
        }
    }

    fn plain(&mut self, name: &str, analysis: &Analysis) -> Result<(), CliError> {
        let text = &analysis.cleaned_text;
        if self.several && self.written > 0 {
            writeln!(self.stdout)?;
        }
        if self.several && self.terminal {
            writeln!(self.stdout, "==> {name} <==")?;
        }
        self.stdout.write_all(text.as_bytes())?;
        // A single article in a pipe is left as it is, to the byte.
        if (self.several || self.terminal) && !text.ends_with('\n') {
            writeln!(self.stdout)?;
        }
        self.written += 1;
        if self.explain {
            self.stdout.flush()?;
            explain(name, &analysis.spans)?;
        }
        Ok(())
    }

    /// Everything is written when this returns.
    pub(super) fn finish(mut self) -> Result<(), CliError> {
        Ok(self.stdout.flush()?)
    }
}

fn explain(name: &str, spans: &[Span]) -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    for span in spans {
        let Span { start, end, kind, confidence, removed, reasons, .. } = span;
        let fate = if *removed { "removed" } else { "kept" };
        let why: Vec<_> = reasons.iter().map(|r| format!("{} {:+.2}", r.code, r.weight)).collect();
        let why = why.join(", ");
        writeln!(stderr, "{name}: {start}..{end} {} {confidence:.2} {fate}: {why}", kind.name())?;
    }
    Ok(())
}
