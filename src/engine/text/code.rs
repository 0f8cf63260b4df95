//! Code: how much a stretch is written in the signs of programs, style sheets and markup rather than in words.

use super::bytes::count;
use super::token::stands_alone;
use std::ops::Range;

/// What programs, style sheets, markup and placeholders write and prose does not, whatever its language.
const SIGNS: &[&str] = &[
    "();",
    "({",
    "})",
    "()",
    "[]",
    "{}",
    ");",
    "=>",
    "==",
    "!=",
    "&&",
    "||",
    "+=",
    "</",
    "/>",
    "<!--",
    "-->",
    "/*",
    "*/",
    "::",
    "\":",
    "\\x",
    "\\u",
    "!important",
    "{{",
    "}}",
    "%}",
    "=\"",
    "='",
    "('",
    "(\"",
    "$(",
    "<?",
    "?>",
    " = ",
    "];",
    "};",
    "px;",
    "&lt;",
    "&gt;",
    "&nbsp;",
    "&amp;",
    "[/",
    "\"]",
    "{%",
    "@media",
    "@font",
    "@import",
];
/// A list of links in Markdown has many signs and is none.
const MARKDOWN_LINK: &str = "](";
/// Signs in a line from which on it is nothing but code, if it has no more than [`LINE_BYTES`].
const ALL_CODE: f32 = 3.0;
/// A longer stretch needs more signs: a paragraph with one formula in it is prose.
const LINE_BYTES: f32 = 80.0;

/// A bracket that stands in a line of its own has no more than a comma and a semicolon beside it.
const LONE_BYTES: usize = 3;

/// Words in a row, spaces and commas between them, from which on a stretch tells something, whatever code sticks to it. The
/// code in `tests/data/remains` has up to five, in literals.
const PROSE_WORDS: usize = 6;

/// From this [`likeness`] on a stretch is code: nearly all lines of listings and scripts in `tests/data/remains` reach it, of
/// 328 annotated documents no line does.
pub const CODE: f32 = 0.6;
/// Beside code, from this: a lone bracket, a comment.
const MAY_BE_CODE: f32 = 0.3;

/// How much `raw`, which has no tags, is like code, from 0 (prose) to 1. Linear.
#[must_use]
pub fn likeness(raw: &str) -> f32 {
    let raw = raw.trim();
    let bytes = raw.as_bytes();
    // Brackets and semicolons alone are common in prose, and looking for every sign takes long.
    let telling = |byte| matches!(byte, b'{' | b'}' | b'=' | b'<' | b'>' | b'[' | b'\\' | b'&');
    let calls = || raw.ends_with(';') || raw.ends_with("()") || raw.starts_with("/*");
    let is_address = || raw.contains("://") && !raw.contains(['{', '"', '\'', '<']);
    if count(bytes, telling) == 0 && !calls() || raw.contains(MARKDOWN_LINK) || is_address() {
        return 0.0;
    }
    if has_prose(raw) {
        return 0.0;
    }
    let edges = usize::from(raw.ends_with(['{', '}', ';']))
        + usize::from(raw.starts_with(['{', '}', '<', '[', '.', '#', '@', '$']));
    let rule = 2 * usize::from(ends_with_block(raw));
    let signs: usize = SIGNS.iter().map(|sign| raw.matches(sign).count()).sum();
    let members = raw.match_indices('.').filter(|(dot, _)| is_member(raw, *dot)).count();
    let inside = rule + signs + members;
    let lines = (raw.len() as f32 / LINE_BYTES).max(1.0);
    // Brackets around a remark are no more than that, but a lone one may end a block.
    if inside == 0 && raw.len() > LONE_BYTES { 0.0 } else { ((edges + inside) as f32 / (ALL_CODE * lines)).min(1.0) }
}

/// Whether [`PROSE_WORDS`] stand in a row. A letter of a script without spaces is a word here.
fn has_prose(raw: &str) -> bool {
    let mut run = 0;
    raw.split(' ').any(|piece| {
        let word = piece.trim_end_matches([',', '.']);
        let is_word = !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || matches!(c, '，' | '。' | '、'));
        let letters = word.chars().filter(|c| stands_alone(*c)).count();
        run = if is_word { run + letters.max(1) } else { 0 };
        run >= PROSE_WORDS
    })
}

/// Whether a block with a property ends it: `p { margin: 0 }`, or goes on behind it.
fn ends_with_block(raw: &str) -> bool {
    raw.rfind('{').is_some_and(|open| raw[open..].contains(':') && !raw[open..].trim_end_matches('}').contains('}'))
}

/// Whether a name goes on behind the dot at byte `dot`, and is called, set or looked up: `window.open(`. A host name is not.
fn is_member(raw: &str, dot: usize) -> bool {
    let name = raw[dot + 1..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let named =
        name.len() + 1 < raw.len() - dot && raw[..dot].ends_with(|c: char| c.is_alphanumeric() || "_)]".contains(c));
    named && name.trim_start().starts_with(['(', '=', '[', ';'])
}

/// Which of the stretches with these likenesses are code: those that are by themselves, and what may be next to them. Linear.
#[must_use]
pub fn listings(likenesses: &[f32]) -> Vec<bool> {
    let mut code: Vec<bool> = likenesses.iter().map(|likeness| *likeness >= CODE).collect();
    for i in 1..code.len() {
        code[i] |= code[i - 1] && likenesses[i] >= MAY_BE_CODE;
    }
    for i in (1..code.len()).rev() {
        code[i - 1] |= code[i] && likenesses[i - 1] >= MAY_BE_CODE;
    }
    code
}

/// The quotations of several words in `raw`, in bytes: what programs hand on, not what they are made of. Linear.
#[must_use]
pub fn literals(raw: &str) -> Vec<Range<usize>> {
    let mut literals = Vec::new();
    let mut open: Option<(usize, u8)> = None;
    for (at, byte) in raw.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'"' | b'\'')) {
        match open {
            None => open = Some((at, byte)),
            Some((start, mark)) if mark == byte => {
                if raw[start..at].contains(' ') {
                    literals.push(start..at);
                }
                open = None;
            }
            Some(_) => {}
        }
    }
    literals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_written_in_signs() {
        for code in [
            "var queue = window.queue || []; queue.push(['start']);",
            "document.addEventListener('load', function() {",
            ".box p { margin: 0 auto; padding: 4px; }",
            ".box li:hover{color:#fff}",
            "{\"@type\": \"NewsArticle\", \"name\": \"Snow\"}",
            "&lt;!-- begin slot --&gt;",
            "[gallery ids=\"4,5\"][/gallery]",
            "})();",
            "{% if reader.paid == false %}",
            "const total = items.reduce((sum, item) => sum + item.price, 0);",
        ] {
            assert!(likeness(code) >= CODE, "{code}: {}", likeness(code));
        }
    }

    #[test]
    fn prose_is_not() {
        for prose in [
            "The mayor (52) said so; the council agreed.",
            "",
            "Das kostet 4 € (statt 5 €); mehr weiß keiner.",
            "[12] See the report of 2024 (p. 4).",
            "* one > two *",
            "Write to office@town.example.org, or visit www.town.example.org.",
            "[Snow in the hills](https://example.org/snow) and [more](https://example.org/more)",
            "#winter #snow",
            "(Reuters)",
            "(\"as they say\")",
            "(1 dot = 10,000 people)",
            "{1st of 2 posts today.}",
            "pic.twitter.example/AOutDyv7uo — A. Weaver (@weaver) July 10, 2020",
            "(3) Petition: https://www.example.org/vote?id=4&lang=de&sort=new",
            "E = mc2 holds [sic] here.",
            "The bridge stays shut until May. var ad={id:4};ad.on=function(){ad.id=0};ad.on();window.ad=ad;",
            "大桥将关闭至五月，市长说。 var ad={id:4};ad.on=function(){ad.id=0};",
        ] {
            assert!(likeness(prose) < CODE, "{prose}: {}", likeness(prose));
        }
    }

    #[test]
    fn what_may_be_code_is_code_beside_it() {
        assert_eq!(listings(&[0.3, 0.3, 0.6, 0.3, 0.2, 0.3]), [true, true, true, true, false, false]);
        assert!(listings(&[]).is_empty());
    }

    #[test]
    fn literals_have_several_words() {
        let code = "show('map', \"Snow in the hills\", 'don\"t ask', \"open";
        let found: Vec<&str> = literals(code).into_iter().map(|range| &code[range.start + 1..range.end]).collect();
        assert_eq!(found, ["Snow in the hills", "don\"t ask"]);
    }
}
