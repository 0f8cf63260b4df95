//! What the store knew of each annotated document: when it came, and at the end of its stream.

use crate::engine::article::Article;
use crate::engine::lexicon::Lexicon;
use crate::engine::observation::Seen;
use crate::engine::reading::read;
use crate::store::{Store, StoreError};
use ahash::AHashMap;
use std::collections::BTreeMap;

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

/// Sends `stream` through `store` and collects the answers on the documents `watched`, whose (source, id) they are
/// named by. What is watched is sent as annotated, not as it stands in the stream. `progress` hears of every document's
/// bytes.
///
/// # Errors
/// If the store fails.
pub fn replay(
    store: &dyn Store,
    stream: impl Iterator<Item = Article>,
    watched: &[Article],
    progress: &mut dyn FnMut(usize),
) -> Result<(Vec<Answers>, StreamFigures), StoreError> {
    let lexicon = Lexicon::shipped();
    let index: AHashMap<(&str, &str), usize> =
        watched.iter().enumerate().map(|(i, a)| ((a.source.as_str(), a.id.as_str()), i)).collect();
    let mut answers = vec![Answers::default(); watched.len()];
    let mut figures = StreamFigures::default();
    for (ordinal, article) in stream.enumerate() {
        let place = index.get(&(article.source.as_str(), article.id.as_str())).copied();
        let article = place.map_or(&article, |i| &watched[i]);
        let reading = read(article, lexicon);
        let at = article.published_at.unwrap_or(ordinal.cast_signed() as i64);
        let seen = store.observe(reading.observation(), at, true)?;
        if let Some(i) = place {
            answers[i].online = Some(seen);
        }
        *figures.documents.entry(article.source.clone()).or_default() += 1;
        figures.bytes += article.text.len() as u64;
        progress(article.text.len());
    }
    for (article, answer) in watched.iter().zip(&mut answers) {
        if figures.documents.contains_key(&article.source) {
            let reading = read(article, lexicon);
            answer.learned = Some(store.observe(reading.observation(), article.published_at.unwrap_or(0), false)?);
        }
    }
    Ok((answers, figures))
}
