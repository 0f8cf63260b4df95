//! `promosieve eval`: figures against annotated documents.

pub(super) mod judging;
pub(super) mod known;
mod mistakes;
pub(super) mod page;

use super::{
    corpus::{Annotated, Layout, open_streams, stream_bar},
    error::CliError,
    shared::print,
};
use crate::{
    engine::{Engine, observation::Seen},
    evaluation::{
        damage::{DAMAGES, Damage},
        disguise::{DISGUISES, Disguise},
        figures::Figures,
        gold::Gold,
        pages::PageFigures,
        render,
    },
    learning::model::ModelFile,
};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use judging::{Again, Task, clean_pages, judge};
use known::Known;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
A line of GOLD is {\"id\", \"site\", \"lang\", \"title\", \"text\", \"spans\": [{\"start\", \"end\", \"kind\"}]}, offsets in UTF-8 bytes,
or a page {\"id\", \"source\", \"text\", \"with\": [strings of the article], \"without\": [others]}. STREAM has one document a
line, as `clean --jsonl` takes it; the annotated documents are found in it by source and id.

Situations: cold, nothing is known; online, judged where the document stands in its stream; learned, after the whole
stream. Several streams have a store each. Documents in no stream are judged cold throughout, and are counted.

A token is a run of non-space bytes, marked or removed when at least half of it is; unsure and byline are left out.
Figures on documents that the model was trained on say nothing: `train` prints cross-validated ones.

Examples:
  promosieve eval gold.jsonl
  promosieve eval gold.jsonl --stream stream.jsonl --by-source --misses 5
  promosieve eval gold.jsonl --stream stream.jsonl --flatten --json
  promosieve eval gold.jsonl --wrap 72
  promosieve eval gold.jsonl --damage mojibake
  promosieve eval gold.jsonl --stream stream.jsonl --disguise cyrillic";

/// Arguments of `eval`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Annotated documents, or pages
    #[arg(value_name = "GOLD", required = true)]
    gold: Vec<PathBuf>,

    /// The stream that annotated documents stand in; give it once for each stream
    #[arg(long, value_name = "STREAM")]
    stream: Vec<PathBuf>,

    /// Take the line breaks out of documents and streams first, as some scrapers deliver them
    #[arg(long, group = "layout")]
    flatten: bool,

    /// Wrap the lines of documents and streams at N characters first, as mails and plain-text feeds have them
    #[arg(long, value_name = "N", group = "layout", value_parser = clap::value_parser!(u16).range(1..))]
    wrap: Option<u16>,

    /// Damage documents and streams first, as careless software does
    #[arg(long, value_name = "HOW", group = "layout", value_parser = damage())]
    damage: Option<&'static Damage>,

    /// Spell the annotated residue first so that filters miss it, in the streams as well
    #[arg(long, value_name = "HOW", group = "layout", value_parser = disguise())]
    disguise: Option<&'static Disguise>,

    /// Print the N longest mistakes of each sort, with the strongest reasons
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "json")]
    misses: usize,

    /// Print figures by source
    #[arg(long)]
    by_source: bool,

    /// Print all figures and their counts as JSON, by source as well
    #[arg(long)]
    json: bool,

    /// Model to use instead of the one that ships
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

/// Takes one of the names; the long help says what each of them does.
fn named(names: impl Iterator<Item = (&'static str, &'static str)>) -> PossibleValuesParser {
    names.map(|(name, about)| PossibleValue::new(name).help(about)).collect::<Vec<_>>().into()
}

fn damage() -> impl TypedValueParser<Value = &'static Damage> {
    let names = named(DAMAGES.iter().map(|damage| (damage.name, damage.about)));
    names.try_map(|name| Damage::named(&name).ok_or("there is no such damage"))
}

fn disguise() -> impl TypedValueParser<Value = &'static Disguise> {
    let names = named(DISGUISES.iter().map(|disguise| (disguise.name, disguise.about)));
    names.try_map(|name| Disguise::named(&name).ok_or("there is no such disguise"))
}

impl Args {
    fn layout(&self) -> Layout {
        // At most one of them is given.
        let flat = self.flatten.then_some(Layout::Flat);
        let wrapped = self.wrap.map(|width| Layout::Wrapped(usize::from(width)));
        let changed = self.damage.map(Layout::Damaged).or(self.disguise.map(Layout::Disguised));
        flat.or(wrapped).or(changed).unwrap_or(Layout::AsIs)
    }
}

/// The situations, in the order of their rows.
const SITUATIONS: [&str; 3] = ["cold", "online", "learned"];

/// Evaluates.
pub(super) fn run(args: &Args) -> Result<(), CliError> {
    let mut annotated = Annotated::read(&args.gold)?;
    let engine = engine(args.model.as_deref())?;
    annotated.gold = annotated.gold.iter().map(|gold| args.layout().of(gold)).collect();
    let known = learn(args, &annotated.gold)?;
    let sets = if args.stream.is_empty() { 1 } else { SITUATIONS.len() };
    let tasks = tasks(&annotated.gold, &known, &engine, sets);
    let figures = if annotated.gold.is_empty() { Vec::new() } else { judge(&tasks, sets)? };
    let pages = clean_pages(&annotated.pages, |_| &engine);
    if args.json {
        return print(&format!("{:#}\n", as_json(args, &known, &figures, &pages)));
    }
    show(args, &known, &figures, &pages)?;
    // What a running server would do, if there is a stream.
    let shown = sets.min(2) - 1;
    if args.misses > 0 && !figures.is_empty() {
        let own: Vec<Task<'_>> = tasks.iter().filter(|task| task.set == shown).copied().collect();
        mistakes::print(SITUATIONS[shown], &own, args.misses)?;
    }
    Ok(())
}

fn engine(model: Option<&Path>) -> Result<Engine, CliError> {
    let Some(path) = model else { return Ok(Engine::shipped()) };
    let name = super::shared::name_of(path);
    let bytes = std::fs::read(path).map_err(|source| CliError::Input { name: name.clone(), source })?;
    let loaded = ModelFile::parse(&bytes).and_then(|file| Engine::with_model(&file));
    loaded.map_err(|e| CliError::Data { place: name, what: format!("is no model of this version: {e}") })
}

fn learn(args: &Args, gold: &[Gold]) -> Result<Known, CliError> {
    // All are opened before work begins: a misspelt name shall not cost an hour.
    let mut streams = open_streams(&args.stream)?;
    let bar = stream_bar(&streams, 1);
    let mut known = Known::new(gold.len());
    for stream in &mut streams {
        bar.set_message(stream.name.clone());
        known.add(stream, gold, args.layout(), &bar)?;
    }
    bar.finish_and_clear();
    Ok(known)
}

/// What is known of a document without history.
static NOTHING: Seen =
    Seen { local: Vec::new(), global: Vec::new(), asked: Vec::new(), source_documents: 0, near_duplicate_of: None };

/// Every document in the first `sets` situations.
fn tasks<'a>(gold: &'a [Gold], known: &'a Known, engine: &'a Engine, sets: usize) -> Vec<Task<'a>> {
    let task = |set: usize, at: usize| {
        let answers = &known.answers[at];
        let seen = [None, answers.online.as_ref(), answers.learned.as_ref()][set];
        let again = match (set, known.store_of(at)) {
            (0, _) | (_, None) => Again::Cold,
            (1, _) => Again::No,
            (_, Some(store)) => Again::By(store),
        };
        Task { set, gold: &gold[at], seen: seen.unwrap_or(&NOTHING), engine, again }
    };
    (0..sets).flat_map(|set| (0..gold.len()).map(move |at| task(set, at))).collect()
}

fn show(args: &Args, known: &Known, figures: &[Figures], pages: &PageFigures) -> Result<(), CliError> {
    let names: Vec<String> = SITUATIONS.iter().take(figures.len()).map(|name| (*name).to_owned()).collect();
    let mut tables = Vec::new();
    let mut notes = Vec::new();
    if !figures.is_empty() {
        tables = page::tables(&names, figures, figures.len().min(2) - 1);
        if args.by_source {
            tables.extend(names.iter().zip(figures).map(|(name, own)| page::by_source(name, &own.scores)));
        }
        let strangers = known.strangers();
        if !args.stream.is_empty() && strangers > 0 {
            let all = known.answers.len();
            notes.push(format!("{strangers} of {all} documents are in no stream: judged cold throughout."));
        }
    }
    if pages.pages > 0 {
        tables.push(page::of_pages(pages));
    }
    page::print(&notes, &tables)
}

fn as_json(args: &Args, known: &Known, figures: &[Figures], pages: &PageFigures) -> Value {
    let situations: Map<String, Value> =
        SITUATIONS.iter().zip(figures).map(|(name, own)| ((*name).to_owned(), render::json(own))).collect();
    let in_no_stream = if args.stream.is_empty() { Value::Null } else { json!(known.strangers()) };
    let pages = if pages.pages > 0 { render::pages_json(pages) } else { Value::Null };
    json!({
        "flattened": args.flatten,
        "wrapped": args.wrap,
        "damaged": args.damage.map(|damage| damage.name),
        "disguised": args.disguise.map(|disguise| disguise.name),
        "in_no_stream": in_no_stream,
        "situations": situations,
        "pages": pages,
    })
}
