//! `promosieve clean`: articles in, clean articles out, without a server.

mod feed;
mod output;
mod passes;
pub(super) mod record;
mod stats;
mod turns;

use super::{
    error::CliError,
    input::Input,
    shared::{complain, kind, open_detector, share},
};
use crate::{engine::span::Kind, grpc::response::wire_kind, proto::v1};
use output::Output;
use passes::Passes;
use std::{num::NonZero, path::PathBuf};

const AFTER_HELP: &str = "\
All input is learned first, then cleaned, so the first article is judged by all of them. With --single-pass each one is
judged by those before it, as by a server.

With --jsonl every line is an object with `id` and `text`, and, if known, `source` (or `site`), `title`, `language` (or
`lang`) and `published_at` (or `date`; RFC 3339 or an ISO date). Other keys are ignored. Every line of the output is an
AnalyzeResponse of the gRPC API as canonical proto3 JSON; fields with default values are written, too. A summary goes to
standard error. Input packed with gzip or zstd is unpacked, from standard input too.

Without --jsonl every file is one article. One article is written as it is; several are set apart by a blank line and,
on a terminal, headed by their names.

Examples:
  promosieve clean article.txt > clean.txt
  promosieve clean --source example.org archive/*.txt
  promosieve clean --jsonl --data store articles.jsonl.gz > clean.jsonl
  promosieve clean --jsonl --data store --frozen --explain new.jsonl";

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

    /// Say why: reasons and signals with --jsonl, else a list of spans on standard error
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

    /// Print a summary on standard error at the end (always with --jsonl)
    #[arg(long)]
    stats: bool,

    /// Threads to work with [default: one per core]; the output does not depend on it
    #[arg(long, value_name = "N")]
    jobs: Option<NonZero<usize>>,

    /// Pass over bad lines and count them, instead of stopping at the first
    #[arg(long, requires = "jsonl")]
    skip_bad: bool,
}

impl Args {
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
    let inputs = open(args)?;
    let detector = open_detector(args.data.as_deref())?;
    let mut output = Output::new(args, inputs.len());
    let mut passes = Passes::new(args, &detector, inputs);
    passes.run(&mut output)?;
    detector.sync()?;
    output.finish()?;
    if args.stats || args.jsonl {
        // Losing the summary is no reason to fail.
        let _ = complain(&passes.stats.summary(args.data.as_deref()));
    }
    Ok(())
}

fn open(args: &Args) -> Result<Vec<Input>, CliError> {
    let stdin = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &stdin[..] } else { &args.files };
    if files.iter().filter(|file| file.as_os_str() == "-").count() > 1 {
        return Err(CliError::Usage("standard input (-) can be read once only".into()));
    }
    files.iter().map(|file| Input::open(file, args.learns_first())).collect()
}
