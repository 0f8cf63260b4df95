//! What the store knew of each annotated document: when it came, and at the end of its stream.

use crate::engine::article::Article;
use crate::engine::lexicon::Lexicon;
use crate::engine::observation::{Observation, Seen};
use crate::engine::reading::read;
use crate::learning::folds::in_parallel;
use crate::store::{Store, StoreError};
use ahash::AHashMap;
use std::collections::BTreeMap;
use std::num::NonZero;

/// The store's answers on one annotated document.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// When the document stood in the stream, by what came before it and itself.
    pub online: Option<Seen>,
    /// After the whole stream.
    pub learned: Option<Seen>,
}

/// How a stream went.
#[derive(Debug, Clone, Default)]
pub struct StreamFigures {
    /// Documents per source.
    pub documents: BTreeMap<String, usize>,
    /// Bytes of text.
    pub bytes: u64,
}

/// Documents that are read at once on all cores; the store meets them in order all the same.
const CHUNK: usize = 256;

/// Sends `stream` through `store` and collects the answers on the documents `watched`, whose (source, id) they are
/// named by. What is watched is sent as annotated, not as it stands in the stream, and has no answers if it does not
/// stand in it. `progress` hears of every document's bytes.
///
/// # Errors
/// If the store fails.
pub fn replay(
    store: &dyn Store,
    stream: impl Iterator<Item = Article>,
    watched: &[Article],
    progress: &mut dyn FnMut(usize),
) -> Result<(Vec<Answers>, StreamFigures), StoreError> {
    let index: AHashMap<(&str, &str), usize> =
        watched.iter().enumerate().map(|(i, a)| ((a.source.as_str(), a.id.as_str()), i)).collect();
    let mut answers = vec![Answers::default(); watched.len()];
    let mut figures = StreamFigures::default();
    let mut stream = stream.peekable();
    let mut ordinal = 0;
    while stream.peek().is_some() {
        let chunk: Vec<Article> = stream.by_ref().take(CHUNK).collect();
        let places: Vec<Option<usize>> =
            chunk.iter().map(|a| index.get(&(a.source.as_str(), a.id.as_str())).copied()).collect();
        let observations = observe_all(&chunk, |i| places[i].map_or(&chunk[i], |place| &watched[place]));
        for ((article, observation), place) in chunk.iter().zip(&observations).zip(places) {
            let seen = store.observe(observation, article.published_at.unwrap_or(ordinal), true)?;
            if let Some(place) = place {
                answers[place].online = Some(seen);
            }
            ordinal += 1;
            *figures.documents.entry(article.source.clone()).or_default() += 1;
            figures.bytes += article.text.len() as u64;
            progress(article.text.len());
        }
    }
    let observations = observe_all(watched, |i| &watched[i]);
    for (observation, answer) in observations.iter().zip(&mut answers).filter(|x| x.1.online.is_some()) {
        answer.learned = Some(store.observe(observation, 0, false)?);
    }
    Ok((answers, figures))
}

/// Observations of as many articles as `all` holds, read on all cores.
fn observe_all<'a>(all: &[Article], article: impl Fn(usize) -> &'a Article + Sync) -> Vec<Observation> {
    let lexicon = Lexicon::shipped();
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    in_parallel(all.len(), threads, |i| read(article(i), lexicon).observation().clone())
}
