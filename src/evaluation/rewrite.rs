//! Documents with parts of their text replaced; their annotations move along.

use super::gold::{Gold, Mark};
use crate::engine::text::edit::{Edit, apply};

/// `gold` with `edits`, which must be ascending, disjoint and on character boundaries. An annotation takes in what is put
/// in at its start, and not what is put in at its end; one that becomes empty is dropped. Linear in the text, and in the
/// annotations times the logarithm of the edits.
#[must_use]
pub(super) fn rewrite(gold: &Gold, edits: &[Edit]) -> Gold {
    let (text, stage) = apply(&gold.text, edits);
    let moved =
        |span: &Mark| Mark { start: stage.edge(span.start), end: stage.edge(span.end), kind: span.kind.clone() };
    let spans = gold.spans.iter().map(moved).filter(|span| span.start < span.end).collect();
    Gold { text, spans, ..gold.clone() }
}

/// A new text for each character of `text` that `change` has one for.
pub(super) fn each(text: &str, change: impl Fn(char) -> Option<String>) -> Vec<Edit> {
    let places = text.char_indices();
    places.filter_map(|(at, c)| change(c).map(|new| Edit { old: at..at + c.len_utf8(), new: new.into() })).collect()
}
