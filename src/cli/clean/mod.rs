//! `promosieve clean`: articles in, clean articles out, without a server.

mod feed;
mod output;
mod passes;
pub(super) mod record;
mod source;
mod stats;
mod table;
mod turns;

use super::{
    error::CliError,
    shared::{complain, kind, open_detector, share},
};
use crate::{engine::span::Kind, grpc::response::wire_kind, proto::v1};
use output::Output;
use passes::Passes;
use source::Source;
use std::{num::NonZero, path::PathBuf};
use table::{Choice, choice};

const AFTER_HELP: &str = "\
All input is learned first, then cleaned, so the first article is judged by all of them. With --single-pass each one is
judged by those before it, as by a server.

With --jsonl every line is an object with `id` and `text`, and, if known, `source` (or `site`), `title`, `language` (or
`lang`) and `published_at` (or `date`; RFC 3339 or an ISO date). A document without a date counts as published when the
run began. Other keys are ignored, and so are languages that are no BCP 47 tags. Every line of the output is an
AnalyzeResponse of the gRPC API as canonical proto3 JSON; fields with default values are written, too. A summary goes to
standard error. Input packed with gzip or zstd is unpacked, from standard input too.

With --parquet every row of a table is a document, in columns of the same names; --column text=body names others. `id` (a
string or a whole number) and `text` are needed, `published_at` may be a timestamp or a date as well. A table comes out on
standard output, row by row: its columns as they were, and behind them cleanedText, spamScore, verdict, spans, signals,
clickbaitScore, detectedLanguage, nearDuplicateOf and rulesetVersion, as JSONL has them. With --skip-bad a bad row stays,
with nulls for results. Files may be packed with snappy, gzip, zstd or lz4 inside; what comes out is packed with zstd.

Without either every file is one article. One article is written as it is; several are set apart by a blank line and,
on a terminal, headed by their names.

Examples:
  promosieve clean article.txt > clean.txt
  promosieve clean --source example.org archive/*.txt
  promosieve clean --jsonl --data store articles.jsonl.gz > clean.jsonl
  promosieve clean --jsonl --data store --frozen --explain new.jsonl
  promosieve clean --parquet --column id=url --column text=body crawl.parquet > clean.parquet";

/// Arguments of `clean`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
#[allow(clippy::struct_excessive_bools, reason = "they are flags of a command line")]
pub(super) struct Args {
    /// Files to clean; - or none is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Read one document a line, write one answer a line
    #[arg(long)]
    jsonl: bool,

    /// Read one document a row of a Parquet file, write a Parquet file
    #[arg(long, conflicts_with = "jsonl")]
    parquet: bool,

    /// Column that has a part of the document: id, text, source, title, language or `published_at`
    #[arg(long = "column", value_name = "PART=NAME", value_parser = choice, requires = "parquet")]
    columns: Vec<Choice>,

    /// What the names of the columns with results begin with
    #[arg(long, value_name = "TEXT", default_value = "", requires = "parquet")]
    prefix: String,

    /// Judge each document by those before it, instead of learning all of them first
    #[arg(long, conflicts_with = "frozen")]
    single_pass: bool,

    /// Directory of a store to use and to extend [default: in memory]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Learn nothing: judge by rules, and by what the store of --data knows already
    #[arg(long)]
    frozen: bool,

    /// Source of documents that name none
    #[arg(long, value_name = "NAME", default_value = "")]
    source: String,

    /// Say why: reasons and signals with --jsonl and --parquet, else a list of spans on standard error
    #[arg(long)]
    explain: bool,

    /// Kinds to leave in the text; give it several times or separate them by commas
    ///
    /// promotion, `call_to_action`, subscription, related, disclaimer, furniture, byline, recurring
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kind)]
    keep: Vec<Kind>,

    /// Leave spans below this confidence in the text, 0 to 1
    #[arg(long, value_name = "P", value_parser = share, default_value_t = 0.0)]
    min_confidence: f64,

    /// Print a summary on standard error at the end (always with --jsonl and --parquet)
    #[arg(long)]
    stats: bool,

    /// Threads to work with [default: one per core]; the output does not depend on it
    #[arg(long, value_name = "N")]
    jobs: Option<NonZero<usize>>,

    /// Pass over bad lines and rows and count them, instead of stopping at the first
    #[arg(long)]
    skip_bad: bool,
}

/// What goes in and comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Jsonl,
    Parquet,
}

impl Args {
    fn form(&self) -> Form {
        match (self.parquet, self.jsonl) {
            (true, _) => Form::Parquet,
            (false, true) => Form::Jsonl,
            (false, false) => Form::Plain,
        }
    }

    /// Whether the input is read twice.
    fn learns_first(&self) -> bool {
        !self.frozen && !self.single_pass
    }

    /// Options of the documents that are cleaned. What was learned before is not learned again.
    fn options(&self) -> v1::AnalyzeOptions {
        let learning = if self.single_pass { v1::Learning::On } else { v1::Learning::Off };
        v1::AnalyzeOptions {
            learning: learning.into(),
            keep_kinds: self.keep.iter().map(|kind| wire_kind(*kind).into()).collect(),
            min_confidence: self.min_confidence,
            explain: self.explain,
        }
    }
}

/// Cleans the inputs.
pub(super) fn run(args: &Args) -> Result<(), CliError> {
    // All are opened before work begins: a misspelt name shall not cost an hour.
    if args.skip_bad && args.form() == Form::Plain {
        return Err(CliError::Usage(
            "--skip-bad is for --jsonl and --parquet: an article has no lines to pass over".into(),
        ));
    }
    let inputs = Source::open(args)?;
    let mut output = Output::new(args, &inputs)?;
    let detector = open_detector(args.data.as_deref())?;
    let mut passes = Passes::new(args, &detector, inputs);
    passes.run(&mut output)?;
    detector.sync()?;
    output.finish()?;
    if args.stats || args.form() != Form::Plain {
        // Losing the summary is no reason to fail.
        let _ = complain(&passes.stats.summary(args.data.as_deref()));
    }
    Ok(())
}
