//! Texts whose words were parted from their punctuation, `The vote , he said , is over .`, as data sets for training have
//! them.

use super::super::edit::Edit;

/// Commas and full stops that stand apart from which on it is how the text was made.
const FEWEST: usize = 6;
/// Share of all commas and full stops at the ends of words that must stand apart, in per cent.
const SHARE: usize = 80;
/// What stands close to the word before it.
const CLOSING: [u8; 8] = *b".,;:!?)]";

/// The spaces to take away from `text`. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    let bytes = text.as_bytes();
    // Nearly all texts are done here.
    if memchr::memmem::find(bytes, b" , ").is_none() && memchr::memmem::find(bytes, b" . ").is_none() {
        return Vec::new();
    }
    let ends = |at: usize| bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
    // The dots between the entries of a table of contents and its pages stand apart from each other.
    let word = |before: Option<&u8>| before.is_some_and(|byte| !b" .,".contains(byte));
    let stands_apart = |at: usize| at > 1 && bytes[at - 1] == b' ' && word(bytes.get(at - 2));
    let (mut apart, mut all) = (0, 0);
    for at in memchr::memchr2_iter(b',', b'.', bytes).filter(|at| ends(*at)) {
        let apart_here = stands_apart(at);
        apart += usize::from(apart_here);
        all += usize::from(apart_here || at > 0 && word(bytes.get(at - 1)));
    }
    if apart < FEWEST || apart * 100 < all * SHARE {
        return Vec::new();
    }
    let closes = |mark: usize| bytes.get(mark).is_some_and(|mark| CLOSING.contains(mark)) && ends(mark);
    let marks = memchr::memchr_iter(b' ', bytes).map(|space| space + 1);
    marks.filter(|mark| closes(*mark) && stands_apart(*mark)).map(|mark| Edit::delete(mark - 1..mark)).collect()
}
