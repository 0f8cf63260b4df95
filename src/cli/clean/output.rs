//! Where cleaned articles go: as text, or as one answer a line.

use super::{Args, stats::Counts};
use crate::{
    cli::error::CliError,
    engine::{
        article::Article,
        span::{Analysis, Span},
    },
    grpc::{json::push_line, response::response},
};
use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write as _};

/// The results of a batch, ready to be written.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// What they count for.
    pub(super) stats: Counts,
    jsonl: bool,
    lines: Vec<u8>,
    plain: Vec<(String, Analysis)>,
    outcome: Option<CliError>,
}

impl Answers {
    /// None yet, for the output that the arguments ask for.
    pub(super) fn new(jsonl: bool) -> Self {
        Self { jsonl, ..Self::default() }
    }

    /// Adds the result of one article.
    pub(super) fn add(&mut self, article: &Article, analysis: Analysis, ruleset: &str) {
        self.stats.count(article, &analysis);
        if !self.jsonl {
            self.plain.push((article.id.clone(), analysis));
        } else if let Err(error) = push_line(&response(article.id.clone(), analysis, ruleset), &mut self.lines) {
            self.outcome.get_or_insert(error.into());
        }
    }
}

/// Standard output, in the form that the arguments ask for.
pub(super) struct Output {
    stdout: BufWriter<Stdout>,
    terminal: bool,
    several: bool,
    explain: bool,
    written: u64,
}

impl Output {
    /// An output for so many inputs.
    pub(super) fn new(args: &Args, inputs: usize) -> Self {
        let stdout = io::stdout();
        Self {
            terminal: stdout.is_terminal(),
            stdout: BufWriter::new(stdout),
            several: inputs > 1,
            explain: args.explain,
            written: 0,
        }
    }

    /// Writes the results of a batch.
    pub(super) fn write(&mut self, answers: Answers) -> Result<(), CliError> {
        self.stdout.write_all(&answers.lines)?;
        for (name, analysis) in &answers.plain {
            self.plain(name, analysis)?;
        }
        answers.outcome.map_or(Ok(()), Err)
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
