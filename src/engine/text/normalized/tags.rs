//! Tags inside words, `<span class="initial">S</span>ubscribe`: the word is one.

use super::super::edit::Edit;
use super::super::markup::tags;

/// Elements that change how letters look and nothing else (HTML Living Standard, text-level semantics and obsolete ones).
const LOOKS: [&str; 8] = ["b", "i", "u", "em", "strong", "span", "font", "small"];

/// The tags to take away from `text`. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut last = 0;
    for (start, tag) in tags(text) {
        let before = text[last..start].chars().next_back();
        // A small letter starts no word of its own.
        let after = text[tag.end..].chars().next();
        if changes_looks(&text[start..tag.end])
            && before.is_some_and(char::is_alphabetic)
            && after.is_some_and(char::is_lowercase)
        {
            edits.push(Edit::delete(start..tag.end));
        }
        last = tag.end;
    }
    edits
}

fn changes_looks(tag: &str) -> bool {
    let name = tag.trim_start_matches(['<', '/']);
    let name = &name[..name.bytes().take_while(u8::is_ascii_alphabetic).count()];
    LOOKS.iter().any(|element| name.eq_ignore_ascii_case(element))
}
