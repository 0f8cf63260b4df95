//! The wire's document → the domain's article.

use super::Invalid;
use crate::{config::Limits, engine::article::Article, proto::v1};
use prost_types::Timestamp;

/// Bounds of the contract's fields, in bytes; they are promises to callers and no configuration.
const MAX_ID: usize = 1024;
pub(super) const MAX_SOURCE: usize = 1024;
const MAX_TITLE: usize = 64 << 10;
const MAX_LANGUAGE: usize = 64;

/// google.protobuf.Timestamp covers the years 1 to 9999.
const TIMESTAMP_SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
const TIMESTAMP_NANOS: std::ops::RangeInclusive<i32> = 0..=999_999_999;

/// Checks a document and converts it.
///
/// # Errors
/// With every rule of the contract that it breaks.
pub fn article(document: Option<v1::Document>, limits: &Limits) -> Result<Article, Invalid> {
    let Some(document) = document else {
        return Err(Invalid::one("document", "is missing; every request carries a document"));
    };
    let v1::Document { id, source, title, text, language, published_at } = document;
    let mut invalid = Invalid::default();
    if id.is_empty() {
        invalid.add("document.id", "is missing; give the URL or a key of your own, 1 to 1,024 bytes");
    }
    bound(&mut invalid, "document.id", &id, MAX_ID);
    bound(&mut invalid, "document.source", &source, MAX_SOURCE);
    bound(&mut invalid, "document.title", &title, MAX_TITLE);
    bound(&mut invalid, "document.text", &text, limits.max_text_bytes);
    check_language(&mut invalid, &language);
    let published_at = published_at.map(|timestamp| check_seconds(&mut invalid, "document.published_at", timestamp));
    let language = (!language.is_empty()).then_some(language);
    invalid.unless(Article { id, source, title, text, language, published_at })
}

pub(super) fn bound(invalid: &mut Invalid, field: &str, value: &str, most: usize) {
    let size = value.len();
    if size > most {
        invalid.add(field, format!("has {size} bytes; at most {most} are allowed"));
    }
}

/// Whether `tag` may stand in `Document.language`.
#[must_use]
pub fn is_language(tag: &str) -> bool {
    tag.is_empty() || tag.len() <= MAX_LANGUAGE && is_plausible_tag(tag)
}

fn check_language(invalid: &mut Invalid, tag: &str) {
    if tag.len() > MAX_LANGUAGE {
        bound(invalid, "document.language", tag, MAX_LANGUAGE);
    } else if !tag.is_empty() && !is_plausible_tag(tag) {
        let why = format!("`{tag}` is no BCP 47 tag; give one like `de` or `pt-BR`, or leave it empty");
        invalid.add("document.language", why);
    }
}

/// Whether `tag` has the form of a BCP 47 tag: subtags of 1 to 8 ASCII letters and digits, joined by hyphens, of which
/// the first is a language of 2 to 8 letters, or `x` or `i` with something after it. The registry is not consulted.
fn is_plausible_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let first = subtags.next().unwrap_or_default();
    let mut rest = subtags.clone();
    let private = matches!(first, "x" | "X" | "i" | "I") && rest.next().is_some();
    let language = (2..=8).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic());
    let is_subtag = |s: &str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
    (private || language) && subtags.all(is_subtag)
}

/// The seconds of a timestamp in `field`, which must be one of google.protobuf's.
pub(super) fn check_seconds(invalid: &mut Invalid, field: &str, timestamp: Timestamp) -> i64 {
    let Timestamp { seconds, nanos } = timestamp;
    if !TIMESTAMP_SECONDS.contains(&seconds) {
        invalid.add(&format!("{field}.seconds"), format!("{seconds} lies outside the years 1 to 9999"));
    }
    if !TIMESTAMP_NANOS.contains(&nanos) {
        invalid.add(&format!("{field}.nanos"), format!("{nanos} lies outside 0 to 999,999,999"));
    }
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for tag in ["de", "pt-BR", "zh-Hant-TW", "und", "x-klingon", "i-klingon", "de-1996", "en-a-bbb-x-a"] {
            assert!(is_plausible_tag(tag), "{tag}");
        }
        for tag in ["d", "x", "de_DE", "de-", "-de", "german language", "deutschland", "1a", "de--DE", "dé", ""] {
            assert!(!is_plausible_tag(tag), "{tag}");
        }
    }

    #[test]
    fn limits_hold_at_the_edge() {
        let limits = Limits { max_text_bytes: 5, ..Limits::default() };
        let fits = v1::Document {
            id: "i".repeat(MAX_ID),
            source: "s".repeat(MAX_SOURCE),
            title: "t".repeat(MAX_TITLE),
            text: "12345".into(),
            language: "de".into(),
            published_at: Some(Timestamp { seconds: 253_402_300_799, nanos: 999_999_999 }),
        };
        article(Some(fits.clone()), &limits).unwrap();
        let mut over = fits;
        for part in [&mut over.id, &mut over.source, &mut over.title, &mut over.text] {
            part.push('x');
        }
        over.language = "d".repeat(MAX_LANGUAGE + 1);
        over.published_at = Some(Timestamp { seconds: 253_402_300_800, nanos: -1 });
        let invalid = article(Some(over), &limits).unwrap_err();
        let fields: Vec<_> = invalid.violations.iter().map(|v| v.field.as_str()).collect();
        let expected = [
            "document.id",
            "document.source",
            "document.title",
            "document.text",
            "document.language",
            "document.published_at.seconds",
            "document.published_at.nanos",
        ];
        assert_eq!(fields, expected);
    }
}
