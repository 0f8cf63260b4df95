//! Annotations without their texts. The texts belong to their publishers and stand in the streams and pages, where their
//! fingerprints find them; the annotations are numbers, and can be handed on.

use crate::{
    cli::{
        corpus::{Annotated, Known, describe, lines, stream_bar},
        error::CliError,
        input::Input,
    },
    evaluation::{
        gold::{Gold, parse_marks},
        pages::Page,
    },
    proto::v1::Document,
};
use ahash::AHashMap;
use serde::Deserialize;
use std::path::Path;
use xxhash_rust::xxh3::xxh3_64;

/// What says which text a line of annotations is about.
#[derive(Deserialize)]
struct Key {
    /// XXH3 of the text in 16 hexadecimal digits.
    text_xxh3: String,
}

/// Reads the annotations at `path` with the texts that `streams` and the pages of `annotated` have for them, in the order
/// of the file.
///
/// # Errors
/// At the first line that is no annotation, has no text, or is of a document of `annotated`.
pub(super) fn read(path: &Path, streams: &mut [Input], annotated: &Annotated) -> Result<Vec<Gold>, CliError> {
    let marks = lines(path)?;
    let keys = marks.iter().map(|(place, _, content)| key(place, content)).collect::<Result<Vec<u64>, _>>()?;
    let mut texts = find(&keys, streams, &annotated.pages)?;
    let mut known = Known::default();
    for gold in &annotated.gold {
        known.add(gold).map_err(|what| CliError::Data { place: gold.id.clone(), what })?;
    }
    let join = |((place, line, content), key): (&(String, usize, String), &u64)| {
        let wrong = |what| CliError::Data { place: place.clone(), what };
        let document =
            texts.remove(key).ok_or_else(|| wrong("no stream and no page has its text, or it came before".into()))?;
        let supply = |fields: &mut serde_json::Map<_, _>| {
            let Document { id, source, title, text, language, .. } = document;
            // Streams carry tags such as `zh+en`; without one the language is found out.
            let language = if language.len() == 2 { language } else { String::new() };
            for (name, value) in [("id", id), ("site", source), ("title", title), ("text", text), ("lang", language)] {
                fields.insert(name.into(), value.into());
            }
        };
        let gold = parse_marks(content, *line, supply).map_err(|error| wrong(describe(&error)))?;
        known.add(&gold).map_err(wrong)?;
        Ok(gold)
    };
    marks.iter().zip(&keys).map(join).collect()
}

fn key(place: &str, content: &str) -> Result<u64, CliError> {
    let key = serde_json::from_str(content).ok();
    let number = key.and_then(|Key { text_xxh3 }| u64::from_str_radix(&text_xxh3, 16).ok());
    number.ok_or_else(|| CliError::Data {
        place: place.to_owned(),
        what: "`text_xxh3` is missing or no hexadecimal number; it is the XXH3 of the annotated text".into(),
    })
}

/// The first document of `streams` with each of `keys`, or the page.
fn find(keys: &[u64], streams: &mut [Input], pages: &[Page]) -> Result<AHashMap<u64, Document>, CliError> {
    let mut found = AHashMap::new();
    let bar = stream_bar(streams, 1);
    bar.set_message("annotated texts");
    let wanted: ahash::AHashSet<u64> = keys.iter().copied().collect();
    for stream in streams {
        let mut documents = stream.lines()?;
        let mut read = 0;
        while let Some(document) = documents.next().transpose()? {
            bar.inc(documents.read() - read);
            read = documents.read();
            let key = xxh3_64(document.text.as_bytes());
            if wanted.contains(&key) {
                found.entry(key).or_insert(document);
            }
        }
    }
    bar.finish_and_clear();
    for Page { id, source, text, .. } in pages {
        let key = xxh3_64(text.as_bytes());
        if wanted.contains(&key) {
            let page =
                || Document { id: id.clone(), source: source.clone(), text: text.clone(), ..Document::default() };
            found.entry(key).or_insert_with(page);
        }
    }
    Ok(found)
}
