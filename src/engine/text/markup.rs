//! Tags that a careless extractor left in the text: no words, and some of them the only line breaks there are.

use std::borrow::Cow;
use std::ops::Range;

/// A tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag {
    /// One past its last byte.
    pub(crate) end: usize,
    /// What it does to the line that it stands in.
    pub(crate) parts: Parting,
}

/// Which side of a tag a new line starts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parting {
    /// It stands inside the line.
    No,
    /// In front of it, as an opening `<p>`.
    Before,
    /// Behind it, as a closing `</p>`, or `<br>`.
    After,
}

/// Elements inside a line whose tags are known (HTML Living Standard, those that stand in running text).
const INLINE: [&str; 17] = [
    "a", "abbr", "b", "button", "code", "em", "font", "i", "iframe", "img", "script", "small", "span", "strong", "sub",
    "sup", "u",
];
/// Elements that begin and end lines (the same, those that browsers show as blocks).
const BLOCKS: [&str; 34] = [
    "article",
    "aside",
    "blockquote",
    "br",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];
/// Bytes of a tag with its attributes: an embedded player's has some hundred.
const LONGEST_TAG: usize = 600;
/// Letters of the longest names in [`BLOCKS`].
const LONGEST_NAME: usize = 10;

/// The tag that starts at byte `start`, if one does. Looks at a bounded number of bytes.
pub(crate) fn tag_at(text: &str, start: usize) -> Option<Tag> {
    let bytes = text.as_bytes();
    if bytes.get(start) != Some(&b'<') {
        return None;
    }
    let closing = bytes.get(start + 1) == Some(&b'/');
    let name = start + 1 + usize::from(closing);
    let end = name + bytes[name..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).take(LONGEST_NAME).count();
    let is_among = |elements: &[&str]| elements.iter().any(|element| text[name..end].eq_ignore_ascii_case(element));
    let block = is_among(&BLOCKS);
    let parted = matches!(bytes.get(end), Some(b'>' | b'/' | b' '));
    if !parted || !block && !is_among(&INLINE) {
        return None;
    }
    let rest = &bytes[end..bytes.len().min(end + LONGEST_TAG)];
    let close = memchr::memchr3(b'>', b'<', b'\n', rest)?;
    // "if a <b and c> d" is no tag: attributes have values, mostly.
    let attributes = rest[..close].trim_ascii();
    let plausible = matches!(attributes, b"" | b"/") || attributes.contains(&b'=');
    let parts = match block {
        true if closing || is_among(&["br", "hr"]) => Parting::After,
        true => Parting::Before,
        false => Parting::No,
    };
    (rest[close] == b'>' && plausible).then_some(Tag { end: end + close + 1, parts })
}

/// The tags in `text` in order, where each starts and what it is; none lies in another. Linear.
pub(crate) fn tags(text: &str) -> impl Iterator<Item = (usize, Tag)> {
    memchr::memchr_iter(b'<', text.as_bytes()).filter_map(|start| Some((start, tag_at(text, start)?)))
}

/// `text` less its tags. Linear.
pub(crate) fn without_tags(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut from = 0;
    for (start, tag) in tags(text) {
        out.push_str(&text[from..start]);
        from = tag.end;
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// `text` without tags, and without the white space at its ends. Linear.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    without_tags(&text[inner(text)])
}

/// Where `text` goes on behind its first `length` bytes that are no tags, and the tags right behind them; 0 if `length`
/// is.
pub(crate) fn with_tags(text: &str, length: usize) -> usize {
    let (mut seen, mut at) = (0, 0);
    if length == 0 {
        return 0;
    }
    for (start, tag) in tags(text) {
        if seen + (start - at) > length {
            break;
        }
        seen += start - at;
        at = tag.end;
    }
    at + length - seen
}

/// The range of `text` without the tags and the white space at both ends. Linear.
pub(crate) fn inner(text: &str) -> Range<usize> {
    let mut end = text.trim_end().len();
    let mut start = text.len() - text.trim_start().len();
    while start < end
        && let Some(tag) = tag_at(&text[..end], start)
    {
        start = tag.end + (text[tag.end..end].len() - text[tag.end..end].trim_start().len());
    }
    while start < end
        && text[..end].ends_with('>')
        && let Some(last) = memchr::memrchr(b'<', &text.as_bytes()[start..end])
        && tag_at(&text[..end], start + last).is_some_and(|tag| tag.end == end)
    {
        end = start + text[start..start + last].trim_end().len();
    }
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_part_lines_before_or_behind_them() {
        for (text, parts) in [
            ("<p>", Parting::Before),
            ("<DIV class=\"x\">", Parting::Before),
            ("</p>", Parting::After),
            ("<br/>", Parting::After),
            ("<br />", Parting::After),
            ("<a href=\"https://a.example\">", Parting::No),
        ] {
            assert_eq!(tag_at(text, 0), Some(Tag { end: text.len(), parts }), "{text}");
        }
        for text in ["<3", "if a <b and c> d", "<p", "<unknown>", "< p>", "<pre-war>"] {
            assert_eq!(tag_at(text, 0), None, "{text}");
        }
    }

    #[test]
    fn places_are_found_again_behind_tags() {
        for (text, bare, length, at) in [
            (".</b> ", ". ", 1, 5),
            (". <b>", ". ", 1, 1),
            ("</i>.</b>", ".", 1, 9),
            (" <a href=\"https://a.example/b.html?c\">", " ", 0, 0),
            (".", ".", 1, 1),
        ] {
            assert_eq!((&*without_tags(text), with_tags(text, length)), (bare, at), "{text}");
        }
    }

    #[test]
    fn tags_at_the_ends_are_not_inside() {
        for (text, inside) in [
            ("<p>One <b>two</b></p>", "One <b>two"),
            (" <li><a href=\"https://a.example\">One</a></li> ", "One"),
            ("One", "One"),
            ("<p></p>", ""),
            ("", ""),
            ("a < b > c", "a < b > c"),
        ] {
            assert_eq!(&text[inner(text)], inside, "{text}");
        }
    }
}
