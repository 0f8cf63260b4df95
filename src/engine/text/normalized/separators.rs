//! Texts in one line whose parts a scraper joined by a bar, `One sentence. | Another one. | Share`.

use super::super::edit::Edit;
use super::{is_mostly_prose, is_one_line};

/// What stands between the parts.
const BAR: &str = " | ";
/// Parts that a text must have: fewer are a title and its site.
const FEWEST: usize = 4;

/// Line breaks for the bars of `text`. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    if memchr::memmem::find(text.as_bytes(), BAR.as_bytes()).is_none() || !is_one_line(text) {
        return Vec::new();
    }
    if text.split(BAR).count() < FEWEST || !is_mostly_prose(text.split(BAR)) {
        return Vec::new();
    }
    let bars = memchr::memmem::find_iter(text.as_bytes(), BAR.as_bytes());
    bars.map(|at| Edit { old: at + 1..at + 2, new: "\n".into() }).collect()
}
