//! What `eval` and `train` read: annotated documents, pages, streams.

use super::{
    error::CliError,
    input::{Input, Lines},
    shared::LIMITS,
};
use crate::{
    engine::{article::Article, text::marks::is_break},
    evaluation::{
        damage::Damage,
        disguise::Disguise,
        flatten::flatten,
        gold::{self, Gold},
        pages::Page,
        wrap::wrap,
    },
    grpc::document::article,
};
use ahash::AHashSet;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::{Path, PathBuf};

/// How documents and streams are set before they are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Layout {
    /// As they are.
    AsIs,
    /// Without their line breaks.
    Flat,
    /// With lines of at most so many characters.
    Wrapped(usize),
    /// As careless software delivers them.
    Damaged(&'static Damage),
    /// With the annotated residue in disguise; what is not annotated stays.
    Disguised(&'static Disguise),
}

impl Layout {
    /// The annotated document, set so.
    pub(super) fn of(self, gold: &Gold) -> Gold {
        match self {
            Self::AsIs => gold.clone(),
            Self::Flat => flatten(gold),
            Self::Wrapped(width) => Gold { text: wrap(&gold.text, width), ..gold.clone() },
            Self::Damaged(damage) => damage.of(gold),
            Self::Disguised(disguise) => disguise.of(gold),
        }
    }

    fn set(self, text: &mut String) {
        match self {
            Self::AsIs | Self::Disguised(_) => {}
            Self::Flat => text.retain(|c| !is_break(c)),
            Self::Wrapped(width) => *text = wrap(text, width),
            Self::Damaged(damage) => *text = damage.of_text(text),
        }
    }
}

/// Annotated documents and pages, in the order of the files.
#[derive(Debug, Default)]
pub(super) struct Annotated {
    /// Documents with marked spans.
    pub(super) gold: Vec<Gold>,
    /// Pages with strings of theirs.
    pub(super) pages: Vec<Page>,
}

impl Annotated {
    /// Reads files of documents and pages; a line with `with` or `without` is a page.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, CliError> {
        let mut all = Self::default();
        let mut known = Known::default();
        for path in paths {
            for (place, line, content) in lines(path)? {
                let wrong = |what| CliError::Data { place: place.clone(), what };
                if is_page(&content) {
                    all.pages.push(parse_page(&content).map_err(wrong)?);
                    continue;
                }
                let gold = gold::parse_line(&content, line).map_err(|e| wrong(describe(&e)))?;
                known.add(&gold).map_err(wrong)?;
                all.gold.push(gold);
            }
        }
        Ok(all)
    }
}

/// Which documents are annotated. A document may be once only: streams could not tell which annotation they bring.
#[derive(Debug, Default)]
pub(super) struct Known(AHashSet<(String, String)>);

impl Known {
    /// Adds a document; if it is known already, what to say of it.
    pub(super) fn add(&mut self, gold: &Gold) -> Result<(), String> {
        if self.0.insert((gold.site.clone(), gold.id.clone())) {
            return Ok(());
        }
        Err(format!("{} of {} was annotated before; keep one of them", gold.id, gold.site))
    }
}

/// The lines of a file that are not blank: place for messages, number, content.
pub(super) fn lines(path: &Path) -> Result<Vec<(String, usize, String)>, CliError> {
    let input = Input::open(path, false)?.article()?;
    let text = input.text.strip_prefix('\u{feff}').unwrap_or(&input.text);
    let filled = text.lines().zip(1..).filter(|(content, _)| !content.trim().is_empty());
    Ok(filled.map(|(content, line)| (format!("{}:{line}", input.id), line, content.to_owned())).collect())
}

/// What serde says of a line, less its place within that line, which is always line 1.
pub(super) fn explain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what).to_owned()
}

fn is_page(content: &str) -> bool {
    let object: serde_json::Map<_, _> = serde_json::from_str(content).unwrap_or_default();
    ["with", "without"].iter().any(|key| object.contains_key(*key))
}

fn parse_page(content: &str) -> Result<Page, String> {
    serde_json::from_str(content).map_err(|e| format!("{}; a page has id, text, with, without", explain(&e)))
}

/// What is wrong with an annotation, without its line.
pub(super) fn describe(error: &gold::GoldError) -> String {
    let gold::GoldError { field, problem, .. } = error;
    if field.is_empty() { problem.clone() } else { format!("{field}: {problem}") }
}

/// The articles of a stream. Iteration ends at the first bad line; [`Articles::finish`] tells which one that was.
pub(super) struct Articles<'a> {
    lines: Lines<'a>,
    layout: Layout,
    bar: &'a ProgressBar,
    read: u64,
    error: Option<CliError>,
}

impl<'a> Articles<'a> {
    /// The articles of `stream` from its beginning, set as `layout` says.
    pub(super) fn of(stream: &'a mut Input, layout: Layout, bar: &'a ProgressBar) -> Result<Self, CliError> {
        Ok(Self { lines: stream.lines()?, layout, bar, read: 0, error: None })
    }

    /// What ended the iteration, if it was not the end of the stream.
    pub(super) fn finish(self) -> Result<(), CliError> {
        self.error.map_or(Ok(()), Err)
    }

    fn next_article(&mut self) -> Result<Option<Article>, CliError> {
        let Some(mut document) = self.lines.next().transpose()? else { return Ok(None) };
        // It is only ever echoed, and corpora are full of tags like `zh+en` that a request could not have.
        document.language.clear();
        let checked = article(Some(document), &LIMITS);
        let mut article =
            checked.map_err(|invalid| CliError::Data { place: self.lines.place(), what: invalid.to_string() })?;
        self.layout.set(&mut article.text);
        Ok(Some(article))
    }
}

impl Iterator for Articles<'_> {
    type Item = Article;

    fn next(&mut self) -> Option<Article> {
        if self.error.is_some() {
            return None;
        }
        let next = self.next_article();
        self.bar.inc(self.lines.read() - self.read);
        self.read = self.lines.read();
        next.unwrap_or_else(|error| {
            self.error = Some(error);
            None
        })
    }
}

/// Opens the streams, to be read more than once.
pub(super) fn open_streams(paths: &[PathBuf]) -> Result<Vec<Input>, CliError> {
    paths.iter().map(|path| Input::open(path, true)).collect()
}

/// A bar on a terminal, nothing elsewhere, for so many passes over `streams`.
pub(super) fn stream_bar(streams: &[Input], passes: u64) -> ProgressBar {
    let total: Option<u64> = streams.iter().map(|stream| stream.size).sum();
    let bar = ProgressBar::with_draw_target(total.map(|t| t * passes), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
