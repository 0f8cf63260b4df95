//! Training: streams and annotations in, a model file out. The work of `promosieve train`.
//!
//! 1. [`history`] sends the streams through a store, as a server would see them, and keeps for each annotated document
//!    what the store knew when it came (online) and at the end (learned).
//! 2. [`weak`] turns recurrence into noisy labels: what recurs is residue, what does not is prose.
//!    [`headlines`] takes titles, and what is none, from the same streams.
//! 3. [`text`] teaches the text model those labels, then the annotations; for each fold without the fold's publishers.
//! 4. [`decision`] teaches the decision on columns whose text scores come from models that never saw the publisher.
//!    [`lessons`] made from the rules and from invented [`sentences`] teach it as well, some of them in [`disguise`], and so
//!    do invented articles, [`whole`] ones.
//! 5. [`calibrate`] turns out-of-fold scores into probabilities and picks the cuts for a bound on lost content.
//!
//! Everything is deterministic: the same files give the same model, byte for byte.

pub mod calibrate;
pub mod decision;
pub mod disguise;
pub mod headlines;
pub mod history;
pub mod label;
pub mod lessons;
pub mod run;
pub mod sentences;
pub mod text;
pub mod weak;
pub mod whole;

/// Folds of the cross-validation: ten, so that each model still learns from nine tenths of the publishers.
pub const FOLDS: usize = 10;
