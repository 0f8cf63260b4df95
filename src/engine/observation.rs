//! What passes between the engine and the store: fingerprints out, sightings back.
//!
//! The engine decides which fingerprints are worth counting and bakes source, namespace and format version into them;
//! the store counts distinct witnesses of plain 64-bit keys and knows nothing of text.

/// The fingerprints of one document, as the store shall see them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observation {
    /// Fingerprint of the source's name.
    pub source: u64,
    /// Fingerprint of (source, id): the document's identity as a witness.
    pub document: u64,
    /// The caller's id, for reporting near-duplicates.
    pub id: String,
    /// Keys counted over distinct documents of the source. Distinct, in order of appearance.
    pub local: Vec<u64>,
    /// Keys counted over distinct sources. Distinct, in order of appearance.
    pub global: Vec<u64>,
    /// Keys of the source that are looked up but not counted (is this line another article's title?). Distinct.
    pub asked: Vec<u64>,
    /// What is counted on a condition.
    pub pointers: Vec<Pointer>,
    /// Sample of the article's own shingles, for the near-duplicate guard. Distinct, ascending.
    pub sketch: Vec<u64>,
}

/// A block that may point to another article. If it does, how it is set is counted, over distinct documents of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointer {
    /// Index into [`Observation::asked`] of what is known if the block is another article's title.
    pub title: u32,
    /// Index into [`Observation::asked`] of the key that is counted then.
    pub style: u32,
}

/// What the store knows of an [`Observation`], aligned with its lists, this document included once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// For each key of [`Observation::local`].
    pub local: Vec<Sightings>,
    /// For each key of [`Observation::global`]; `witnesses` counts sources.
    pub global: Vec<Sightings>,
    /// For each key of [`Observation::asked`]: other documents only, this one never included.
    pub asked: Vec<Sightings>,
    /// Distinct witnesses of the source so far, this document included: how much history there is.
    pub source_documents: u32,
    /// Id of the earlier document that this one is a near-duplicate of.
    pub near_duplicate_of: Option<String>,
}

/// How often a fingerprint was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sightings {
    /// Distinct witnesses. Exact up to 16, an estimate beyond.
    pub witnesses: u32,
    /// Earliest and latest sighting by any other witness than this document, in seconds since the Unix epoch; both 0
    /// if there is none.
    pub first_seen: i64,
    /// See `first_seen`.
    pub last_seen: i64,
    /// Ordinals of the source's documents at the first and the latest sighting: how densely it recurs
    /// (`witnesses / (last - first + 1)`) and how long ago it did.
    pub first_ordinal: u32,
    /// See `first_ordinal`.
    pub last_ordinal: u32,
}
