//! Escapes of a programming language that were never undone: a text taken out of JSON as it stood there, with `\n` for
//! its line breaks, `\"` for its quotation marks and `\u00fc` for its letters (RFC 8259, section 7).

use super::super::marks::is_break;
use super::alignment::Edit;

/// Escaped line breaks in a text without any other from which on they are its line breaks. One alone may be spoken of,
/// and those before small letters may be a path's, `C:\new\report`.
const FEWEST_BREAKS: usize = 2;
/// Escaped letters from which on they are letters of the text: one or two may be spoken of.
const FEWEST_LETTERS: usize = 3;

/// What to undo in `text`. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
        return Vec::new();
    }
    let found = escapes(text);
    let one_line = !text.trim().contains(is_break);
    let breaks = found.iter().filter(|escape| escape.breaks_line());
    let (all, opening) = breaks.fold((0, 0), |(all, opening), escape| {
        let small = text.as_bytes().get(escape.end).is_some_and(u8::is_ascii_lowercase);
        (all + 1, opening + usize::from(!small))
    });
    let as_lines = one_line && opening >= FEWEST_BREAKS && 2 * opening >= all;
    let as_letters = found.iter().filter(|escape| escape.is_coded()).count() >= FEWEST_LETTERS;
    let meant = |escape: &Escape| as_lines || as_letters && escape.is_coded();
    found
        .into_iter()
        .filter(meant)
        .map(|escape| Edit { old: escape.start..escape.end, new: escape.means.into() })
        .collect()
}

struct Escape {
    start: usize,
    end: usize,
    means: String,
    letter: u8,
}

impl Escape {
    fn breaks_line(&self) -> bool {
        matches!(self.letter, b'n' | b'r')
    }

    fn is_coded(&self) -> bool {
        self.letter == b'u'
    }
}

/// All escapes in `text` that JSON knows, one behind the other.
fn escapes(text: &str) -> Vec<Escape> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut from = 0;
    for start in memchr::memchr_iter(b'\\', bytes) {
        if start < from {
            continue;
        }
        let letter = bytes.get(start + 1).copied().unwrap_or(0);
        let read = match letter {
            b'n' | b'r' => Some(("\n".to_owned(), 2)),
            b't' | b'f' | b'b' => Some((" ".to_owned(), 2)),
            b'"' | b'/' | b'\\' | b'\'' => Some((char::from(letter).to_string(), 2)),
            b'u' => coded(&bytes[start..]).map(|(c, length)| (c.to_string(), length)),
            _ => None,
        };
        let Some((means, length)) = read else { continue };
        // Both halves of a line break of two characters are one.
        let length = if bytes[start..].starts_with(b"\\r\\n") { 4 } else { length };
        from = start + length;
        found.push(Escape { start, end: from, means, letter });
    }
    found
}

/// The character that `\uXXXX`, or two of them, at the start of `bytes` stand for, and how many bytes they take.
fn coded(bytes: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        let digits = digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let first = unit(0)?;
    let one = char::decode_utf16([first]).next()?.ok().map(|c| (c, 6));
    let found = one.or_else(|| Some((char::decode_utf16([first, unit(6)?]).next()?.ok()?, 12)))?;
    (!found.0.is_control()).then_some(found)
}
