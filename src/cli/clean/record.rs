//! One line of a JSONL input → the contract's document.

use crate::proto::v1;
use prost_types::Timestamp;
use serde::Deserialize;

/// The keys that scrapers and data sets use. Others are ignored, null counts as absent.
#[derive(Debug, Deserialize)]
struct Record {
    id: Option<String>,
    source: Option<String>,
    site: Option<String>,
    title: Option<String>,
    text: Option<String>,
    language: Option<String>,
    lang: Option<String>,
    published_at: Option<serde_json::Value>,
    date: Option<serde_json::Value>,
}

/// Reads one line.
///
/// # Errors
/// With what is wrong with it, if it is no JSON object, a key has the wrong type, or there is no text. The contract's
/// own rules are checked later.
pub(in crate::cli) fn document(line: &[u8]) -> Result<v1::Document, String> {
    let record: Record = serde_json::from_slice(line).map_err(|e| describe(line, &e))?;
    let Record { id, source, site, title, text, language, lang, published_at, date } = record;
    let Some(text) = text else {
        return Err("text: is missing; every document has one, though it may be empty".into());
    };
    Ok(v1::Document {
        id: id.unwrap_or_default(),
        source: either(source, site),
        title: title.unwrap_or_default(),
        text,
        language: either(language, lang),
        published_at: published_at.as_ref().and_then(timestamp).or_else(|| date.as_ref().and_then(timestamp)),
    })
}

/// serde names no keys: the key is looked for again, now that it is known that something is wrong.
fn describe(line: &[u8], error: &serde_json::Error) -> String {
    const STRINGS: [&str; 7] = ["id", "source", "site", "title", "text", "language", "lang"];
    let object: serde_json::Map<_, _> = serde_json::from_slice(line).unwrap_or_default();
    let is_wrong = |key: &&str| object.get(*key).is_some_and(|value| !value.is_string() && !value.is_null());
    if let Some(key) = STRINGS.into_iter().find(is_wrong) {
        return format!("{key}: is no string; every value but the date is a string or null");
    }
    // serde counts lines within the one line: only the column tells something.
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    format!("column {}: {what}; expected a JSON object with id, source, title, text", error.column())
}

fn either(first: Option<String>, second: Option<String>) -> String {
    first.filter(|s| !s.is_empty()).or(second).unwrap_or_default()
}

/// RFC 3339 or an ISO date. Dates are written in a thousand ways, and a document without one is still good: what
/// cannot be read counts as absent.
fn timestamp(value: &serde_json::Value) -> Option<Timestamp> {
    time(value.as_str()?)
}

/// See [`timestamp`].
pub(super) fn time(value: &str) -> Option<Timestamp> {
    value.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_are_understood() {
        let line = br#"{"id":"1","site":"a.de","lang":"de","title":null,"text":"x","date":"2024-05-01","spans":[]}"#;
        let short = document(line).unwrap();
        assert_eq!((short.source.as_str(), short.language.as_str()), ("a.de", "de"));
        assert_eq!(short.published_at.unwrap().to_string(), "2024-05-01T00:00:00Z");
        let line = br#"{"id":"1","source":"b.de","site":"a.de","language":"en","text":"x","published_at":"soon"}"#;
        let long = document(line).unwrap();
        assert_eq!((long.source.as_str(), long.language.as_str()), ("b.de", "en"));
        assert_eq!(long.published_at, None);
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(document(b"{\"id\":\"1\"}").unwrap_err().starts_with("text: is missing"));
        assert!(document(b"{\"id\":7,\"text\":\"\"}").unwrap_err().starts_with("id: is no string"));
        assert!(document(b"[1]").unwrap_err().contains("expected"));
        assert!(document(b"{\"text\":\"\xff\"}").is_err());
    }
}
