//! Collects what is taught from: annotated documents, pages, and what the streams tell.

use crate::{
    cli::{
        corpus::{Annotated, Articles, Layout, stream_bar},
        error::CliError,
        eval::known::Known,
        input::Input,
    },
    evaluation::{gold::Gold, pages::Page},
    training::{
        history::StreamFigures,
        run::{Material, publisher},
        weak::{Caps, collect},
    },
};
use ahash::AHashMap;
use indicatif::ProgressBar;

/// Streams are sent through a store, asked for what recurs, and sent through another store without line breaks.
const PASSES: u64 = 3;

/// Material, and what evaluation needs of it.
pub(super) struct Collected {
    /// What is taught from.
    pub(super) material: Material,
    /// Pages, with the publisher of each.
    pub(super) pages: Vec<(String, Page)>,
    /// What is known of the documents as they are.
    pub(super) known: Known,
    /// The same without line breaks.
    pub(super) flat_known: Known,
    /// Per stream its name and figures.
    pub(super) streams: Vec<(String, StreamFigures)>,
}

/// Reads the streams and prepares everything.
pub(super) fn collect_all(
    annotated: Annotated,
    further: Vec<Gold>,
    streams: &mut [Input],
) -> Result<Collected, CliError> {
    let Annotated { mut gold, pages } = annotated;
    let further_from = gold.len();
    gold.extend(further);
    let flat: Vec<Gold> = gold.iter().map(|gold| Layout::Flat.of(gold)).collect();
    let pages = with_publishers(pages, &gold);
    let mut all = Collected {
        material: Material { strings: strings(&pages), further_from, ..Material::default() },
        pages,
        known: Known::new(gold.len()),
        flat_known: Known::new(gold.len()),
        streams: Vec::new(),
    };
    let bar = stream_bar(streams, PASSES);
    for stream in streams {
        all.add_stream(stream, &gold, &flat, &bar)?;
    }
    bar.finish_and_clear();
    all.material.answers.clone_from(&all.known.answers);
    all.material.flat_answers.clone_from(&all.flat_known.answers);
    all.material.gold = gold;
    Ok(all)
}

impl Collected {
    fn add_stream(
        &mut self,
        stream: &mut Input,
        gold: &[Gold],
        flat: &[Gold],
        bar: &ProgressBar,
    ) -> Result<(), CliError> {
        bar.set_message(stream.name.clone());
        let figures = self.known.add(stream, gold, Layout::AsIs, bar)?;
        if let Some(store) = self.known.latest() {
            let mut articles = Articles::of(stream, Layout::AsIs, bar)?;
            let taught = collect(store, articles.by_ref(), &figures, Caps::default(), &mut |_| ())?;
            articles.finish()?;
            self.material.taught.extend(taught);
        }
        self.flat_known.add(stream, flat, Layout::Flat, bar)?;
        self.streams.push((stream.name.clone(), figures));
        Ok(())
    }
}

/// Names the publisher of each page. A page may be annotated as well, under a source that the page does not name: it
/// must stay in one fold, or it would teach the model that judges it.
fn with_publishers(pages: Vec<Page>, gold: &[Gold]) -> Vec<(String, Page)> {
    let annotated: AHashMap<&str, &Gold> = gold.iter().map(|gold| (gold.text.as_str(), gold)).collect();
    let name = |page: &Page| match annotated.get(page.text.as_str()) {
        Some(gold) => publisher(&gold.site, &gold.id),
        None => publisher(&page.source, &page.id),
    };
    pages.into_iter().map(|page| (name(&page), page)).collect()
}

/// Strings of articles that are there, and all others: what an extractor removed already is residue all the same.
fn strings(pages: &[(String, Page)]) -> Vec<(String, String, bool)> {
    let mut strings = Vec::new();
    for (publisher, page) in pages {
        let with = page.with.iter().filter(|string| page.text.contains(string.as_str()));
        strings.extend(with.map(|string| (publisher.clone(), string.clone(), false)));
        strings.extend(page.without.iter().map(|string| (publisher.clone(), string.clone(), true)));
    }
    strings
}
