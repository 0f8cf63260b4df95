//! `promosieve train`: models from annotated documents and streams, with cross-validated figures.

mod clickbait;
mod crossed;
mod marks;
mod material;
mod report;

use super::{
    corpus::{Annotated, open_streams},
    error::CliError,
    eval::page,
    shared::share,
};
use crate::{
    learning::model::ModelFile,
    training::{
        run::{Outcome, Settings, train},
        sentences::Sentences,
    },
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use material::{Collected, collect_all};
use std::{
    fs,
    num::NonZero,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

const AFTER_HELP: &str = "\
GOLD and PAGES are as `eval` takes them, STREAM as `clean --jsonl` does; a line of POSTS is {\"text\", \"mean\", \"clickbait\"}:
a headline, the judges' mean verdict from 0 to 1, and their decision. A line of MARKS is {\"text_xxh3\", \"spans\"}: the
XXH3 of the annotated text in hexadecimal, and spans as in GOLD. A TOML file of lessons has `lang`, `article` (a list
of sentences), `[residue]` with a list for each kind, and `[[whole]]` articles with `title` and `text`, in which what is
no article stands in tags: <related>Read also: Snow</related>.

The same files give the same models, byte for byte. The figures that are printed are cross-validated by publisher:
every document is judged by models that no document of its publisher taught. `news` are documents that stand in a
stream, `pages` all others. A report is written into a Markdown file between the comments <!-- train --> and
<!-- /train -->, or only its first table between <!-- train totals --> and <!-- /train totals -->, if the file has them.

Examples:
  promosieve train --gold gold.jsonl --stream stream.jsonl --out models
  promosieve train --gold a.jsonl b.jsonl --stream a.stream.jsonl b.stream.jsonl --pages pages.jsonl \\
    --lessons lessons/*.toml --clickbait posts.jsonl --out models --report EVALUATION.md";

/// Arguments of `train`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Annotated documents
    #[arg(long, value_name = "GOLD", num_args = 1.., required = true)]
    gold: Vec<PathBuf>,

    /// Streams, each with a store of its own
    #[arg(long, value_name = "STREAM", num_args = 1..)]
    stream: Vec<PathBuf>,

    /// Annotations without their texts, which stand in STREAM or PAGES. They count half in the decision, and have rows of their
    /// own in the tables
    #[arg(long, value_name = "MARKS")]
    marks: Option<PathBuf>,

    /// Pages with strings of article and page
    #[arg(long, value_name = "PAGES")]
    pages: Option<PathBuf>,

    /// Invented sentences, one language a file
    #[arg(long, value_name = "TOML", num_args = 1..)]
    lessons: Vec<PathBuf>,

    /// Judged headlines: train the clickbait model as well
    #[arg(long, value_name = "POSTS")]
    clickbait: Option<PathBuf>,

    /// Directory for promosieve.bin and clickbait.bin, created if missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Content that may be lost, as a share of its tokens, 0 to 1
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = Settings::default().loss)]
    loss: f64,

    /// Markdown file to write the figures to; give it once for each file
    #[arg(long, value_name = "FILE")]
    report: Vec<PathBuf>,
}

/// Trains.
pub(super) fn run(args: &Args) -> Result<(), CliError> {
    let began = Instant::now();
    let files: Vec<PathBuf> = args.gold.iter().chain(&args.pages).cloned().collect();
    let annotated = Annotated::read(&files)?;
    if annotated.gold.is_empty() {
        return Err(CliError::Usage("--gold: there is no annotated document to learn from".into()));
    }
    let posts = args.clickbait.as_deref().map(clickbait::read).transpose()?;
    let mut streams = open_streams(&args.stream)?;
    fs::create_dir_all(&args.out).map_err(|source| failed(&args.out, source))?;
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let written = args.lessons.iter().map(|path| sentences(path)).collect::<Result<_, _>>()?;
    let further = args.marks.as_deref().map(|path| marks::read(path, &mut streams, &annotated)).transpose()?;
    let mut collected = collect_all(annotated, further.unwrap_or_default(), &mut streams)?;
    collected.material.written = written;
    let outcome = learn(args.loss, threads, &collected);
    save(&args.out, "promosieve.bin", &outcome.model)?;
    let mut tables = crossed::tables(&outcome, &collected)?;
    if let Some(posts) = posts {
        let (model, table) = clickbait::train(&posts, &mut streams, threads)?;
        save(&args.out, "clickbait.bin", &model)?;
        tables.push(table);
    }
    let mut notes = report::notes(&outcome, &collected);
    notes.push(format!("Ruleset {}.", crossed::load(&outcome.model)?.ruleset_version()));
    let circumstances = report::circumstances(args, began.elapsed().as_secs_f64());
    let whole = report::markdown(&circumstances, &notes, &tables);
    let totals = tables.first().map(|table| report::markdown(&[], &[], std::slice::from_ref(table)));
    for path in &args.report {
        report::write(path, &whole, totals.as_deref().unwrap_or_default())?;
    }
    page::print(&notes, &tables)
}

/// Trains, telling on a terminal what is being done.
fn learn(loss: f64, threads: usize, collected: &Collected) -> Outcome {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(
        ProgressStyle::with_template("{spinner} {msg} {elapsed}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    bar.enable_steady_tick(Duration::from_millis(200));
    let settings = Settings { loss, threads, ..Settings::default() };
    let outcome = train(&collected.material, settings, &mut |step| bar.set_message(step.to_owned()));
    bar.finish_and_clear();
    outcome
}

fn sentences(path: &Path) -> Result<Sentences, CliError> {
    let text = fs::read_to_string(path).map_err(|source| failed(path, source))?;
    let slip = |error: toml::de::Error| CliError::Data { place: path.display().to_string(), what: error.to_string() };
    Sentences::parse(&text).map_err(slip)
}

fn save(dir: &Path, name: &str, model: &ModelFile) -> Result<(), CliError> {
    let path = dir.join(name);
    fs::write(&path, model.to_bytes()).map_err(|source| failed(&path, source))
}

fn failed(path: &Path, source: std::io::Error) -> CliError {
    CliError::Input { name: path.display().to_string(), source }
}
