//! Text that is set from right to left by a control character, so that `\u{202e}ebircsbuS` shows as `Subscribe`
//! (Unicode UAX 9, right-to-left override). No language needs it in running text.

use super::super::edit::Edit;
use super::super::marks::is_break;

/// From here on characters are shown from right to left …
const OVERRIDE: char = '\u{202e}';
/// … up to here, or the end of the line.
const POP: char = '\u{202c}';

/// The stretches of `text` to turn round. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for (start, control) in text.match_indices(OVERRIDE) {
        if edits.last().is_some_and(|last| start < last.old.end) {
            continue;
        }
        let inside = &text[start + control.len()..];
        let length = inside.find(|c| c == POP || is_break(c)).unwrap_or(inside.len());
        let end = start + control.len() + length;
        let closes = if text[end..].starts_with(POP) { POP.len_utf8() } else { 0 };
        let shown: String = inside[..length].chars().rev().filter(|c| *c != OVERRIDE).collect();
        edits.push(Edit { old: start..end + closes, new: shown.into() });
    }
    edits
}
