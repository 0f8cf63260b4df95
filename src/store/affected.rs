//! Which documents would come out differently now: question and answer.

use crate::engine::fingerprint::namespace::Namespace;

/// What a document carried besides what counts: by this it is found again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Carried<'a> {
    /// The source's name, for the answer; the observation has its fingerprint only.
    pub source: &'a str,
    /// Positions in `Observation::local` of keys that can be a template's id. Those out of range are ignored.
    pub templates: &'a [u32],
}

/// A question for documents. One of `template` and `since` at least should be set: without either, all are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Documents that carried this key.
    pub template: Option<u64>,
    /// Documents of which a key became strong at or after this time, in seconds since the Unix epoch, and was not
    /// strong when they were learned.
    pub since: Option<i64>,
    /// Documents of the source with this fingerprint.
    pub source: Option<u64>,
    /// Documents of this namespace, by their source's name and fingerprint. Of all namespaces without.
    pub namespace: Option<Namespace>,
    /// Documents behind this place.
    pub after: Option<Position>,
    /// So many documents at most.
    pub most: usize,
}

/// A document's place in the order of all answers: by time learned, then source, then document. It means the same in
/// every process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// When the store first learned it, in seconds since the Unix epoch.
    pub at: u32,
    /// Fingerprint of the source.
    pub source: u64,
    /// Fingerprint of (source, id).
    pub document: u64,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// In the order of [`Position`].
    pub documents: Vec<Affected>,
    /// Where to go on, if there may be more: for [`Query::after`].
    pub next: Option<Position>,
}

/// A document that carried a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The caller's id.
    pub id: String,
    /// The source's name.
    pub source: String,
    /// When the store first learned it, in seconds since the Unix epoch.
    pub seen_at: i64,
    /// The keys for which it is listed, [`MAX_LISTED`] at most.
    pub templates: Vec<u64>,
}

/// Keys listed per document: enough for any article, and a full page of them stays far below a message's limit.
pub const MAX_LISTED: usize = 32;
