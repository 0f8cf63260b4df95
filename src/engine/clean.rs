//! Cutting: the text less the removed stretches, with the white space around each cut tidied.
//!
//! The rule. White space touching a cut is replaced, together with the cut, by
//! - nothing at the start and the end of the text;
//! - a line break or paragraph break, whichever was the widest in the cut and the white space around it, followed by
//!   the indentation of the line that goes on;
//! - inside a line, one space; none before closing punctuation or between full-width characters.
//!
//! Text away from cuts is untouched, and a text without cuts comes back byte for byte.

use super::text::marks::is_break;
use std::ops::Range;

/// `text` less `cuts`, which must be ascending, disjoint and on character boundaries; others are ignored. Linear.
#[must_use]
pub fn clean(text: &str, cuts: &[Range<usize>]) -> String {
    let cuts = widen(text, cuts);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for cut in &cuts {
        out.push_str(&text[from..cut.start]);
        if cut.start > 0 && cut.end < text.len() {
            push_seam(text, cut, &mut out);
        }
        from = cut.end;
    }
    out.push_str(&text[from..]);
    out
}

/// The cuts with the white space around them, joined where only white space parts them.
fn widen(text: &str, cuts: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut wide: Vec<Range<usize>> = Vec::with_capacity(cuts.len());
    for cut in cuts.iter().filter(|c| c.start < c.end) {
        let earliest = wide.last().map_or(0, |last| last.end);
        let (Some(before), Some(after)) = (text.get(earliest..cut.start.max(earliest)), text.get(cut.end..)) else {
            continue;
        };
        let start = earliest + before.trim_end().len();
        let end = text.len() - after.trim_start().len();
        match wide.last_mut() {
            Some(last) if start <= last.end => last.end = end.max(last.end),
            _ => wide.push(start..end),
        }
    }
    wide
}

/// Punctuation that stands close to what it ends.
const CLOSING: [char; 11] = ['.', ',', ';', ':', '!', '?', ')', ']', '”', '»', '…'];

fn push_seam(text: &str, cut: &Range<usize>, out: &mut String) {
    let inside = &text[cut.clone()];
    let breaks = widest_break(inside);
    if breaks > 0 {
        let line_break = if inside.contains("\r\n") { "\r\n" } else { "\n" };
        for _ in 0..breaks {
            out.push_str(line_break);
        }
        out.push_str(indentation(inside));
        return;
    }
    let rest = &text[cut.end..];
    let next = rest.chars().next().unwrap_or(' ');
    // Punctuation that a word follows at once closes nothing: `www.` and `.example` would become an address.
    let behind = rest.trim_start_matches(CLOSING);
    let closes = inside.starts_with(char::is_whitespace)
        && behind.len() < rest.len()
        && (behind.is_empty() || behind.starts_with(char::is_whitespace));
    let before = text[..cut.start].chars().next_back().unwrap_or(' ');
    // One of them alone does not part words: behind an `@`, an ideograph would become a handle.
    let between_full_widths = is_full_width(before) && is_full_width(next);
    if !closes && !between_full_widths {
        out.push(' ');
    }
}

/// The largest number of line breaks in one run of white space, at most 2: a paragraph break.
fn widest_break(inside: &str) -> usize {
    let (mut widest, mut run, mut before) = (0, 0, ' ');
    for c in inside.chars() {
        if is_break(c) && !(c == '\n' && before == '\r') {
            run += 1;
        } else if !c.is_whitespace() {
            run = 0;
        }
        widest = widest.max(run);
        before = c;
    }
    widest.min(2)
}

/// White space between the last line break of `inside` and its end, if nothing else stands there.
fn indentation(inside: &str) -> &str {
    let tail = &inside[inside.trim_end().len()..];
    tail.rfind(is_break).map_or("", |at| tail[at..].trim_start_matches(is_break))
}

/// Signs between which no space stands. Letters and digits that are wide forms of Latin ones, and half-width kana, are
/// none of them: two of their words would become one.
fn is_full_width(c: char) -> bool {
    !matches!(c, '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' | '\u{ff66}'..='\u{ffdc}')
        && matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{e00}'..='\u{e7f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts what stands between `{` and `}`.
    fn cut(marked: &str) -> String {
        let (mut text, mut cuts, mut open) = (String::new(), Vec::new(), 0);
        for c in marked.chars() {
            match c {
                '{' => open = text.len(),
                '}' => cuts.push(open..text.len()),
                c => text.push(c),
            }
        }
        clean(&text, &cuts)
    }

    #[test]
    fn white_space_around_a_cut_is_tidied() {
        for (marked, expected) in [
            ("a b  c", "a b  c"),
            ("A. {B.} C.", "A. C."),
            ("A.{B.}C.", "A. C."),
            ("A {(b c)}.", "A."),
            ("A\n\n{B}\n\nC", "A\n\nC"),
            ("A\n{B}\n\nC", "A\n\nC"),
            ("A\n{B}\nC", "A\nC"),
            ("A\r\n\r\n{B}\r\n\r\nC", "A\r\n\r\nC"),
            ("A\n\n\n\n{B}\n\n\nC", "A\n\nC"),
            ("A\n{B}\n  • C", "A\n  • C"),
            ("{A}\n\nB", "B"),
            ("A\n\n{B}\n\n\n", "A"),
            ("{A}", ""),
            ("A {b\n\nc} D", "A\n\nD"),
            ("A\n{B}\n{C}\nD", "A\nD"),
            ("新闻。{订阅。}结束。", "新闻。结束。"),
            ("ＡＢ {(x y)} ＣＤ", "ＡＢ ＣＤ"),
            ("@{(x y)}日本", "@ 日本"),
            ("„A {(b c)}.” D", "„A.” D"),
            ("www. {A} .example", "www. .example"),
            ("A.\n{B}\n\u{b}C", "A.\n\nC"),
            ("  A\n", "  A\n"),
        ] {
            assert_eq!(cut(marked), expected, "{marked:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn words_left_are_the_words_of_the_rest(text in "(\\PC|[ab \n\r.]){0,80}", picks in proptest::collection::vec(0_usize..80, 0..6)) {
            let mut at: Vec<usize> = text.char_indices().map(|x| x.0).collect();
            at.push(text.len());
            let mut picks: Vec<usize> = picks.into_iter().map(|p| at[p % at.len()]).collect();
            picks.sort_unstable();
            // Cuts start and end at white space, as decisions on whole units do.
            let cuts: Vec<_> = picks.chunks_exact(2).map(|p| p[0]..p[1])
                .filter(|c| c.start == 0 || text[..c.start].ends_with(char::is_whitespace))
                .filter(|c| c.end == text.len() || text[c.end..].starts_with(char::is_whitespace)).collect();
            let mut rest = String::new();
            let mut from = 0;
            for c in &cuts { if c.start >= from { rest.push_str(&text[from..c.start]); rest.push(' '); from = c.end; } }
            rest.push_str(&text[from..]);
            let cleaned = clean(&text, &cuts);
            let words = |s: &str| s.split_whitespace().map(str::to_string).collect::<Vec<_>>();
            proptest::prop_assert_eq!(words(&cleaned).concat(), words(&rest).concat());
            if cuts.iter().all(Range::is_empty) { proptest::prop_assert_eq!(cleaned, text); }
        }
    }
}
