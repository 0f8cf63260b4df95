//! Texts in one line whose parts a scraper joined by a bar, `One sentence. | Another one. | Share`.

use super::super::marks::is_break;
use super::alignment::Edit;

/// What stands between the parts.
const BAR: &str = " | ";
/// Parts that a text must have: fewer are a title and its site.
const FEWEST: usize = 4;
/// Bytes from which on a part is one of prose: two lines of a newspaper's column.
const PROSE: usize = 80;
/// Share of the text's bytes that must stand in parts of prose, in per cent: rows of tables have bars too.
const PROSE_SHARE: usize = 50;

/// Line breaks for the bars of `text`. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    if memchr::memmem::find(text.as_bytes(), BAR.as_bytes()).is_none() || text.trim().contains(is_break) {
        return Vec::new();
    }
    let (parts, prose) = text
        .split(BAR)
        .fold((0, 0), |(parts, prose), part| (parts + 1, prose + if part.len() >= PROSE { part.len() } else { 0 }));
    if parts < FEWEST || prose * 100 < text.len() * PROSE_SHARE {
        return Vec::new();
    }
    let bars = memchr::memmem::find_iter(text.as_bytes(), BAR.as_bytes());
    bars.map(|at| Edit { old: at + 1..at + 2, new: "\n".into() }).collect()
}
