//! The use case: read, look up, judge. The one place where engine and store meet.

use crate::{
    engine::{
        Engine,
        article::Article,
        explain::Ruled,
        fingerprint::namespace::Namespace,
        observation::{Observation, Seen},
        policy::Policy,
        reading::Reading,
        span::Analysis,
        span::Kind,
    },
    store::{Carried, Page, Query, Store, StoreError, StoreStatus},
};
use std::{sync::Arc, time::SystemTime};

/// Judges articles by rules, models and what the store has seen. Shared by all threads.
pub struct Detector {
    engine: Engine,
    store: Arc<dyn Store>,
    policy: Policy,
}

/// What a caller may wish for one document.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Whether the document becomes a witness for later ones.
    pub learn: bool,
    /// Kinds to report but not to remove, beyond those that the policy keeps.
    pub keep_kinds: Vec<Kind>,
    /// Spans below this confidence (0..=1) are reported but not removed. The policy's own floor holds as well.
    pub min_confidence: f64,
    /// Whether to say why.
    pub explain: bool,
    /// Whose evidence counts, and who learns.
    pub namespace: Namespace,
}

/// An article as [`Detector::remember`] wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memo {
    /// Its fingerprints.
    pub observation: Observation,
    source: String,
    templates: Vec<u32>,
}

impl Default for Options {
    /// As the contract has it: learn, remove all that the policy removes, explain nothing.
    fn default() -> Self {
        Self { learn: true, keep_kinds: Vec::new(), min_confidence: 0.0, explain: false, namespace: Namespace::DEFAULT }
    }
}

impl Detector {
    /// A detector over `store`; `policy` holds for every document unless its options ask for more.
    #[must_use]
    pub fn new(engine: Engine, store: Arc<dyn Store>, policy: Policy) -> Self {
        Self { engine, store, policy }
    }

    /// Judges one article by what came before it and, if asked to, remembers it. `now`, in seconds since the Unix
    /// epoch, dates articles that bring no date.
    ///
    /// # Errors
    /// If the store fails; nothing was learned then.
    pub fn analyze(&self, article: &Article, options: &Options, now: i64) -> Result<Analysis, StoreError> {
        let reading = self.read(article);
        let seen = self.look_up(&reading, options.namespace, options.learn, now)?;
        Ok(self.judge(&reading, &seen, options))
    }

    /// The first third of [`Self::analyze`]: pure, and half of the work.
    #[must_use]
    pub fn read<'a>(&self, article: &'a Article) -> Reading<'a> {
        self.engine.read(article)
    }

    /// The second third: what the store knows; with `learn` it remembers the article. The only part in which the order
    /// of articles matters.
    ///
    /// # Errors
    /// If the store fails; nothing was learned then.
    pub fn look_up(
        &self,
        reading: &Reading<'_>,
        namespace: Namespace,
        learn: bool,
        now: i64,
    ) -> Result<Seen, StoreError> {
        let at = reading.article.published_at.unwrap_or(now);
        let templates = templates(reading);
        let carried = Carried { source: &reading.article.source, templates: &templates };
        let observation = namespace.observation(reading.observation());
        self.store.observe_carrier(&observation, carried, at, learn)
    }

    /// The last third: pure.
    #[must_use]
    pub fn judge(&self, reading: &Reading<'_>, seen: &Seen, options: &Options) -> Analysis {
        let mut analysis = self.engine.judge(reading, seen, &self.policy_for(options));
        // As the store knows them, so that they can be asked for.
        for template in analysis.spans.iter_mut().filter_map(|span| span.template.as_mut()) {
            *template = options.namespace.key(*template);
        }
        analysis
    }

    /// How every sentence was ruled on, removed or not, in the default namespace; nothing is learned.
    ///
    /// # Errors
    /// If the store fails.
    pub fn rulings(&self, article: &Article, now: i64) -> Result<Vec<Ruled>, StoreError> {
        let reading = self.read(article);
        let seen = self.look_up(&reading, Namespace::DEFAULT, false, now)?;
        Ok(self.engine.rulings(&reading, &seen))
    }

    /// Remembers an article without judging it.
    ///
    /// # Errors
    /// If the store fails; nothing was learned then.
    pub fn learn(&self, article: &Article, now: i64) -> Result<(), StoreError> {
        self.remember(&self.observation(article), article.published_at.unwrap_or(now))
    }

    /// The first half of [`Self::learn`]: pure, and nearly all of the work.
    #[must_use]
    pub fn observation(&self, article: &Article) -> Memo {
        let reading = self.engine.read(article);
        let (observation, templates) = (reading.observation().clone(), templates(&reading));
        Memo { observation, source: article.source.clone(), templates }
    }

    /// The second half of [`Self::learn`]; `at` is the document's time in seconds since the Unix epoch.
    ///
    /// # Errors
    /// If the store fails; nothing was learned then.
    pub fn remember(&self, memo: &Memo, at: i64) -> Result<(), StoreError> {
        let carried = Carried { source: &memo.source, templates: &memo.templates };
        self.store.observe_carrier(&memo.observation, carried, at, true)?;
        Ok(())
    }

    /// Documents that may come out differently now. Takes up to 100 ms; see [`Store::affected`].
    #[must_use]
    pub fn affected(&self, query: &Query) -> Page {
        self.store.affected(query)
    }

    /// Returns when everything learned so far is safe on disk.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.store.sync()
    }

    /// Why the store cannot save anything at the moment, if so. Looking up and learning go on meanwhile. Cheap.
    #[must_use]
    pub fn store_degraded(&self) -> Option<String> {
        self.store.degraded()
    }

    /// How the store is doing. Locks every table for a moment; not for every request.
    #[must_use]
    pub fn store_status(&self) -> StoreStatus {
        self.store.status()
    }

    /// Version of rules and models: 16 hexadecimal digits.
    #[must_use]
    pub fn ruleset_version(&self) -> &str {
        self.engine.ruleset_version()
    }

    fn policy_for(&self, options: &Options) -> Policy {
        let mut policy = self.policy.clone();
        for kind in &options.keep_kinds {
            if !policy.keep_kinds.contains(kind) {
                policy.keep_kinds.push(*kind);
            }
        }
        policy.min_confidence = policy.min_confidence.max(options.min_confidence);
        policy.explain |= options.explain;
        policy
    }
}

/// Positions of the local keys that a span may report as its template, in order of appearance.
fn templates(reading: &Reading<'_>) -> Vec<u32> {
    reading.blocks.iter().flat_map(|block| [block.exact, block.template]).flatten().collect()
}

/// The clock, as the store wants it: seconds since the Unix epoch; 0 if the machine's clock stands before it.
#[must_use]
pub fn now() -> i64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |d| d.as_secs().cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{MemoryStore, StoreConfig};

    #[test]
    fn wishes_add_to_the_policy() {
        let detector =
            Detector::new(Engine::shipped(), Arc::new(MemoryStore::new(StoreConfig::default())), Policy::default());
        let wishes =
            Options { keep_kinds: vec![Kind::Related, Kind::Byline], min_confidence: 0.4, ..Options::default() };
        let policy = detector.policy_for(&wishes);
        assert_eq!(policy.keep_kinds, [Kind::Byline, Kind::Related]);
        assert!((policy.min_confidence - 0.4).abs() < f64::EPSILON);
    }

    #[test]
    fn a_wish_cannot_lower_the_operators_floor() {
        let strict = Policy { min_confidence: 0.9, ..Policy::default() };
        let detector = Detector::new(Engine::shipped(), Arc::new(MemoryStore::new(StoreConfig::default())), strict);
        let policy = detector.policy_for(&Options { min_confidence: 0.1, ..Options::default() });
        assert!((policy.min_confidence - 0.9).abs() < f64::EPSILON);
    }
}
