//! Invented articles as scrapers deliver them, what is no article in tags: `<related>Read also: Snow</related>`. Where a
//! line stands tells a heading from the headline of another article, and an entry of a list from a link; a sentence
//! alone cannot teach that.

use crate::evaluation::gold::{Gold, KINDS, Mark};

/// An invented article.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "Tagged")]
pub struct Whole {
    /// Its headline.
    pub title: String,
    /// A line for each paragraph, heading or entry, without the tags.
    pub text: String,
    /// What the tags marked.
    pub spans: Vec<Mark>,
}

impl Whole {
    /// The article as an annotated document in the language `lang`.
    #[must_use]
    pub fn gold(&self, lang: &str) -> Gold {
        Gold {
            id: "whole".to_owned(),
            lang: lang.to_owned(),
            title: self.title.clone(),
            text: self.text.clone(),
            spans: self.spans.clone(),
            ..Gold::default()
        }
    }
}

/// A tag that does not close what is open, or opens where something is open already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the text: <{tag}> is not closed, closes nothing, or stands inside another tag")]
pub struct TagError {
    tag: &'static str,
    line: usize,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Tagged {
    title: String,
    text: String,
}

impl TryFrom<Tagged> for Whole {
    type Error = TagError;

    fn try_from(tagged: Tagged) -> Result<Self, TagError> {
        let (text, spans) = untag(&tagged.text)?;
        Ok(Self { title: tagged.title, text, spans })
    }
}

/// The text without tags, and what they marked.
fn untag(tagged: &str) -> Result<(String, Vec<Mark>), TagError> {
    let (mut text, mut spans) = (String::with_capacity(tagged.len()), Vec::new());
    let mut open: Option<(&'static str, usize)> = None;
    let mut rest = tagged;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some((tag, closes, length)) = tag_at(rest) else {
            text.push('<');
            rest = &rest[1..];
            continue;
        };
        open = match (closes, open) {
            (false, None) => Some((tag, text.len())),
            (true, Some((opened, start))) if opened == tag => {
                spans.push(Mark { start, end: text.len(), kind: tag.to_owned() });
                None
            }
            _ => return Err(TagError { tag, line: line_of(&text) }),
        };
        rest = &rest[length..];
    }
    text.push_str(rest);
    match open {
        None => Ok((text, spans)),
        Some((tag, start)) => Err(TagError { tag, line: line_of(&text[..start]) }),
    }
}

/// The tag that `rest`, which begins with `<`, begins with: its name, a kind of annotations, whether it closes, its
/// bytes. Anything else in angle brackets is text.
fn tag_at(rest: &str) -> Option<(&'static str, bool, usize)> {
    let closes = rest.starts_with("</");
    let from = 1 + usize::from(closes);
    let stands = |tag: &&&str| rest[from..].strip_prefix(**tag).is_some_and(|behind| behind.starts_with('>'));
    KINDS.iter().find(stands).map(|tag| (*tag, closes, from + tag.len() + 1))
}

/// The line that follows so much text, counted from 1.
fn line_of(text: &str) -> usize {
    1 + text.matches('\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_marks_and_other_brackets_stay() {
        let (text, spans) = untag("a < b <i>\n<related>Ice</related> c. <byline>Ö</byline>\n").unwrap();
        assert_eq!(text, "a < b <i>\nIce c. Ö\n");
        let marked: Vec<(&str, &str)> = spans.iter().map(|span| (&text[span.start..span.end], &*span.kind)).collect();
        assert_eq!(marked, [("Ice", "related"), ("Ö", "byline")]);
    }

    #[test]
    fn slips_name_tag_and_line() {
        for (text, tag) in [
            ("a\n<related>Ice", "related"),
            ("a\nIce</related>", "related"),
            ("a\n<related>Ice</byline>", "byline"),
            ("a\n<related>I<unsure>c</unsure>e</related>", "unsure"),
        ] {
            assert_eq!(untag(text), Err(TagError { tag, line: 2 }), "{text}");
        }
    }
}
