//! Tags that a careless extractor left in the text: no words.

/// Elements whose tags are known (HTML Living Standard, those that stand in and around running text).
const ELEMENTS: [&str; 38] = [
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "blockquote",
    "br",
    "button",
    "center",
    "code",
    "div",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "iframe",
    "img",
    "li",
    "ol",
    "p",
    "script",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "u",
    "ul",
];
/// Bytes of a tag with its attributes: an embedded player's has some hundred.
const LONGEST_TAG: usize = 600;
/// Letters of the longest name in [`ELEMENTS`].
const LONGEST_NAME: usize = 10;

/// One past the tag that starts at byte `start`, if one does. Looks at a bounded number of bytes.
pub(super) fn tag_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.get(start) != Some(&b'<') {
        return None;
    }
    let name = start + 1 + usize::from(bytes.get(start + 1) == Some(&b'/'));
    let end = name + bytes[name..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).take(LONGEST_NAME).count();
    let known = ELEMENTS.iter().any(|element| text[name..end].eq_ignore_ascii_case(element));
    let parted = matches!(bytes.get(end), Some(b'>' | b'/' | b' '));
    if !known || !parted {
        return None;
    }
    let rest = &bytes[end..bytes.len().min(end + LONGEST_TAG)];
    let close = memchr::memchr3(b'>', b'<', b'\n', rest)?;
    // "if a <b and c> d" is no tag: attributes have values, mostly.
    let attributes = rest[..close].trim_ascii();
    let plausible = matches!(attributes, b"" | b"/") || attributes.contains(&b'=');
    (rest[close] == b'>' && plausible).then_some(end + close + 1)
}
