//! Where cleaned articles go: as text, as one answer a line, or as a table.

use super::{
    Args, Form,
    source::Source,
    stats::Counts,
    table::{Cleaned, Rows, Writer},
};
use crate::{
    cli::error::CliError,
    engine::{
        article::Article,
        span::{Analysis, Span},
    },
    grpc::{json::push_line, response::response},
    proto::v1,
};
use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write as _};

/// The results of a batch, ready to be written.
#[derive(Debug)]
pub(super) struct Answers {
    /// What they count for.
    pub(super) stats: Counts,
    form: Form,
    lines: Vec<u8>,
    plain: Vec<(String, Analysis)>,
    results: Vec<v1::AnalyzeResponse>,
    cleaned: Option<Cleaned>,
    outcome: Option<CliError>,
}

impl Answers {
    /// None yet, for the output that the arguments ask for.
    pub(super) fn new(form: Form) -> Self {
        let (lines, plain, results) = (Vec::new(), Vec::new(), Vec::new());
        Self { stats: Counts::default(), form, lines, plain, results, cleaned: None, outcome: None }
    }

    /// Adds the result of one article.
    pub(super) fn add(&mut self, article: &Article, analysis: Analysis, ruleset: &str) {
        self.stats.count(article, &analysis);
        let id = article.id.clone();
        match self.form {
            Form::Plain => self.plain.push((id, analysis)),
            Form::Parquet => self.results.push(response(id, analysis, ruleset)),
            Form::Jsonl => {
                if let Err(error) = push_line(&response(id, analysis, ruleset), &mut self.lines) {
                    self.outcome.get_or_insert(error.into());
                }
            }
        }
    }

    /// Puts the results beside the rows that they are for, all but those at `gaps`.
    pub(super) fn beside(&mut self, rows: &Rows<'_>, gaps: impl Iterator<Item = usize>) {
        let mut results: Vec<_> = self.results.drain(..).map(Some).collect();
        gaps.for_each(|at| results.insert(at, None));
        self.cleaned = Some(Cleaned::new(rows, &results));
    }
}

/// Standard output, in the form that the arguments ask for.
pub(super) struct Output {
    stdout: BufWriter<Stdout>,
    table: Option<Writer>,
    terminal: bool,
    several: bool,
    explain: bool,
    written: u64,
}

impl Output {
    /// An output for these inputs.
    pub(super) fn new(args: &Args, inputs: &[Source]) -> Result<Self, CliError> {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let tables: Vec<_> = inputs.iter().filter_map(Source::table).collect();
        let table = match args.form() {
            Form::Parquet if terminal => {
                let why =
                    "the output is a Parquet file, which no terminal can show; send it to a file: > clean.parquet";
                return Err(CliError::Usage(why.into()));
            }
            Form::Parquet => Some(Writer::new(&tables, &args.prefix)?),
            Form::Plain | Form::Jsonl => None,
        };
        let (several, explain) = (inputs.len() > 1, args.explain);
        Ok(Self { terminal, stdout: BufWriter::new(stdout), table, several, explain, written: 0 })
    }

    /// Writes the results of a batch.
    pub(super) fn write(&mut self, answers: Answers) -> Result<(), CliError> {
        self.stdout.write_all(&answers.lines)?;
        for (name, analysis) in &answers.plain {
            self.plain(name, analysis)?;
        }
        if let (Some(table), Some(cleaned)) = (&mut self.table, answers.cleaned) {
            table.write(cleaned)?;
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
        self.stdout.flush()?;
        self.table.map_or(Ok(()), Writer::finish)
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
