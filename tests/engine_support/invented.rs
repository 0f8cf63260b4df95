//! Invented articles with what is no part of them in tags: `tests/data/articles`, `web` and `remains`.

use promosieve::training::whole::Whole;
use std::collections::BTreeMap;
use std::fs;

#[derive(serde::Deserialize)]
struct Articles {
    whole: Vec<Whole>,
}

/// The documents in `tests/data/{of}` by their language.
pub fn invented(of: &str) -> BTreeMap<String, Vec<Whole>> {
    let read = fs::read_dir(format!("tests/data/{of}")).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let articles: Articles = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), articles.whole)
    });
    read.collect()
}
