//! Figures over judged tokens.

use super::gold::{Gold, LEFT_OUT};
use super::tokens::{Judged, Removed, judge};
use std::collections::BTreeMap;

/// Counts of tokens and documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Marked and removed.
    pub hit: usize,
    /// Removed and not marked.
    pub wrong: usize,
    /// Marked and not removed.
    pub missed: usize,
    /// Neither.
    pub kept: usize,
    /// Documents.
    pub documents: usize,
    /// Documents that lost more than 1 % of their own tokens.
    pub damaged: usize,
}

impl Tally {
    /// Of the removed tokens, the share that was marked, 0..1; 0 if nothing was removed.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.hit, self.hit + self.wrong)
    }

    /// Of the marked tokens, the share that was removed, 0..1; 0 if nothing was marked.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.hit, self.hit + self.missed)
    }

    /// Harmonic mean of precision and recall, 0..1.
    #[must_use]
    pub fn f1(&self) -> f64 {
        share(2 * self.hit, 2 * self.hit + self.wrong + self.missed)
    }

    /// Of the article's own tokens, the share that was removed by mistake, 0..1.
    #[must_use]
    pub fn content_loss(&self) -> f64 {
        share(self.wrong, self.wrong + self.kept)
    }

    /// Share of documents that lost more than 1 % of their own tokens, 0..1.
    #[must_use]
    pub fn damaged_share(&self) -> f64 {
        share(self.damaged, self.documents)
    }

    fn add(&mut self, other: &Self) {
        self.hit += other.hit;
        self.wrong += other.wrong;
        self.missed += other.missed;
        self.kept += other.kept;
        self.documents += other.documents;
        self.damaged += other.damaged;
    }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Figures of a set of documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scores {
    /// All documents.
    pub total: Tally,
    /// By site.
    pub sites: BTreeMap<String, Tally>,
    /// By annotated kind: tokens removed, tokens marked.
    pub kinds: BTreeMap<String, (usize, usize)>,
    /// Tokens that both marked, by annotated kind and the cleaner's kind; stretches without a kind are left out.
    pub confusion: BTreeMap<(String, String), usize>,
}

impl Scores {
    /// Adds a document and what was removed from it.
    pub fn add(&mut self, gold: &Gold, removed: &[Removed]) {
        self.add_tokens(&gold.site, &judge(gold, removed));
    }

    /// The same for tokens that were judged before.
    pub fn add_tokens(&mut self, site: &str, tokens: &[Judged<'_>]) {
        let mut own = Tally { documents: 1, ..Tally::default() };
        for token in tokens {
            match (token.kind, token.removed) {
                (Some(kind), _) if LEFT_OUT.contains(&kind) => {}
                (Some(kind), taken) => self.add_marked(&mut own, kind, taken),
                (None, Some(_)) => own.wrong += 1,
                (None, None) => own.kept += 1,
            }
        }
        let article = own.wrong + own.kept;
        own.damaged = usize::from(own.wrong * 100 > article);
        self.total.add(&own);
        self.sites.entry(site.to_owned()).or_default().add(&own);
    }

    fn add_marked(&mut self, own: &mut Tally, kind: &str, taken: Option<&str>) {
        own.hit += usize::from(taken.is_some());
        own.missed += usize::from(taken.is_none());
        let counts = self.kinds.entry(kind.to_owned()).or_default();
        counts.0 += usize::from(taken.is_some());
        counts.1 += 1;
        if let Some(taken) = taken.filter(|taken| !taken.is_empty()) {
            *self.confusion.entry((kind.to_owned(), taken.to_owned())).or_default() += 1;
        }
    }

    /// Share of the tokens that both marked and of which both say the same kind, 0..1; 0 if there are none.
    #[must_use]
    pub fn kind_accuracy(&self) -> f64 {
        let right = self.confusion.iter().filter(|((gold, taken), _)| gold == taken).map(|(_, count)| count).sum();
        share(right, self.confusion.values().sum())
    }

    /// Recall of one kind, 0..1; `None` if the annotators marked nothing so.
    #[must_use]
    pub fn recall_of(&self, kind: &str) -> Option<f64> {
        self.kinds.get(kind).map(|&(hit, all)| share(hit, all))
    }
}
