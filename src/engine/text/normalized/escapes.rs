//! Escapes of a programming language that were never undone: a text taken out of JSON as it stood there, with `\n` for
//! its line breaks, `\"` for its quotation marks and `\u00fc` for its letters (RFC 8259, section 7).

use super::super::edit::Edit;
use super::is_one_line;

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
    let breaks = found.iter().filter(|escape| escape.breaks_line());
    let (all, opening) = breaks.fold((0, 0), |(all, opening), escape| {
        let small = text.as_bytes().get(escape.end).is_some_and(u8::is_ascii_lowercase);
        (all + 1, opening + usize::from(!small))
    });
    let as_lines = is_one_line(text) && opening >= FEWEST_BREAKS && 2 * opening >= all;
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
    let mut found = Vec::new();
    let mut from = 0;
    for start in memchr::memchr_iter(b'\\', text.as_bytes()) {
        if start < from {
            continue;
        }
        let rest = &text[start..];
        let letter = rest.as_bytes().get(1).copied().unwrap_or(0);
        // Both halves of a line break of two characters are one, and so are those of a character beyond 16 bits.
        let lengths: &[usize] = if letter == b'u' { &[6, 12] } else { &[2] };
        let read = lengths.iter().find_map(|&length| Some((length, meaning(rest.get(..length)?)?)));
        let Some((length, means)) = read else { continue };
        let length = if rest.starts_with("\\r\\n") { 4 } else { length };
        from = start + length;
        found.push(Escape { start, end: from, means, letter });
    }
    found
}

/// What `escape` stands for; a space for control characters but line breaks.
fn meaning(escape: &str) -> Option<String> {
    let read: String = serde_json::from_str(&format!("\"{escape}\"")).ok()?;
    let readable = |c: char| match c {
        '\r' => '\n',
        c if c.is_control() && c != '\n' => ' ',
        c => c,
    };
    Some(read.chars().map(readable).collect())
}
