//! `promosieve explain`: an article with its spans marked, and the evidence for each.

pub(super) mod paint;
mod report;

use super::{
    error::CliError,
    input::Input,
    shared::{LIMITS, open_detector},
};
use crate::{
    detector::{Detector, now},
    engine::{article::Article, explain::Ruled, span::Analysis},
    grpc,
    proto::v1,
};
use anstream::{AutoStream, ColorChoice};
use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

const AFTER_HELP: &str = "\
On a terminal removed spans are struck through and kept ones underlined, in a colour for each kind. In a pipe, or with
NO_COLOR, they are marked [-kind: removed-] and [+kind: kept+].

Examples:
  promosieve explain article.txt
  promosieve explain article.txt --stayed 5
  promosieve explain article.txt --source example.org --learn archive.jsonl
  promosieve explain article.txt --source example.org --data /var/lib/promosieve | less";

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The article, as plain text; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Its headline
    #[arg(long, value_name = "TEXT", default_value = "")]
    title: String,

    /// Its source, also of learned documents that name none
    #[arg(long, value_name = "NAME", default_value = "")]
    source: String,

    /// Its language as a BCP 47 tag [default: detected]
    #[arg(long, value_name = "TAG", default_value = "")]
    language: String,

    /// Directory of a store to look things up in; it is left as it is unless --learn is given
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Also list the N sentences that stayed and were nearest to going
    #[arg(long, value_name = "N", default_value_t = 0)]
    stayed: usize,

    /// Files to learn first: one document a line if named .jsonl, else one article each
    #[arg(long, value_name = "FILE", num_args = 1..)]
    learn: Vec<PathBuf>,
}

/// Explains the article.
pub(super) fn run(args: &Args) -> Result<(), CliError> {
    let document = Input::open(&args.file, false)?.article()?;
    let detector = open_detector(args.data.as_deref())?;
    for path in &args.learn {
        learn(&detector, path, &args.source)?;
    }
    let document = v1::Document { title: args.title.clone(), language: args.language.clone(), ..document };
    let options = v1::AnalyzeOptions { learning: v1::Learning::Off.into(), explain: true, ..Default::default() };
    let (article, options) = checked(document, &options, &args.source, &super::shared::name_of(&args.file))?;
    let analysis = detector.analyze(&article, &options, now())?;
    let stayed = stayed(&detector, &article, &analysis, args.stayed)?;
    detector.sync()?;
    show(&article.text, &analysis, &stayed)
}

/// The `most` rulings on what stayed that were nearest to removal, nearest first.
fn stayed(detector: &Detector, article: &Article, analysis: &Analysis, most: usize) -> Result<Vec<Ruled>, CliError> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let went = |ruled: &Ruled| analysis.spans.iter().any(|s| s.removed && s.start < ruled.end && ruled.start < s.end);
    let mut stayed = detector.rulings(article, now())?;
    stayed.retain(|ruled| !went(ruled));
    stayed.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    stayed.truncate(most);
    Ok(stayed)
}

fn learn(detector: &Detector, path: &Path, source: &str) -> Result<(), CliError> {
    let mut input = Input::open(path, false)?;
    let options = v1::AnalyzeOptions::default();
    if !is_jsonl(path) {
        let document = input.article()?;
        let (article, _) = checked(document, &options, source, &input.name)?;
        return Ok(detector.learn(&article, now())?);
    }
    let mut lines = input.lines()?;
    while let Some(document) = lines.next() {
        let mut document = document?;
        // As `clean` does.
        if !grpc::document::is_language(&document.language) {
            document.language.clear();
        }
        let (article, _) = checked(document, &options, source, &lines.place())?;
        detector.learn(&article, now())?;
    }
    Ok(())
}

/// Whether the name says so, packed (`.jsonl.gz`, `.jsonl.zst`) or not.
fn is_jsonl(path: &Path) -> bool {
    let packed = path.extension().is_some_and(|extension| extension == "gz" || extension == "zst");
    let name = if packed { path.file_stem().map(Path::new) } else { Some(path) };
    name.and_then(Path::extension).is_some_and(|extension| extension == "jsonl")
}

fn checked(
    mut document: v1::Document,
    options: &v1::AnalyzeOptions,
    source: &str,
    place: &str,
) -> Result<(Article, crate::detector::Options), CliError> {
    if document.source.is_empty() {
        source.clone_into(&mut document.source);
    }
    let checked = grpc::request(Some(document), Some(options.clone()), &LIMITS);
    checked.map_err(|invalid| CliError::Data { place: place.into(), what: invalid.to_string() })
}

fn show(text: &str, analysis: &Analysis, stayed: &[Ruled]) -> Result<(), CliError> {
    let stdout = io::stdout();
    let colours = AutoStream::choice(&stdout) != ColorChoice::Never;
    let mut page = paint::marked(text, &analysis.spans, colours);
    if !page.ends_with('\n') {
        page.push('\n');
    }
    page.push('\n');
    report::report(analysis, colours, &mut page);
    report::stayed(text, stayed, &mut page);
    let mut stdout = AutoStream::auto(stdout.lock());
    stdout.write_all(page.as_bytes())?;
    Ok(stdout.flush()?)
}
