//! Where a text speaks of its own publisher: "example.org", "Example Times" on exampletimes.com.

use crate::engine::text::token::Tokens;
use memchr::memmem;

/// Parts of host names that name no publisher.
const GENERIC: &[&str] = &[
    "com",
    "org",
    "net",
    "www",
    "news",
    "online",
    "info",
    "blog",
    "page",
    "daily",
    "times",
    "post",
    "gov",
    "edu",
    "wordpress",
    "substack",
    "blogspot",
    "medium",
    "http",
    "https",
    "html",
    "index",
    "site",
    "the",
    "web",
];
/// Shorter parts occur in words that mean something else.
const SHORTEST: usize = 4;
/// Parts from this length on count inside longer words too; a shorter one must be a word of its own.
const DISTINCTIVE: usize = 7;

/// For every word whether it is part of the name of `source`. Linear in the text for each of at most three parts.
#[must_use]
pub fn own_name(source: &str, tokens: &Tokens) -> Vec<bool> {
    let mut own = vec![false; tokens.words.len()];
    let lower = source.to_lowercase();
    let parts = lower.split(|c: char| !c.is_alphanumeric()).filter(|p| p.len() >= SHORTEST && !GENERIC.contains(p));
    let parts: Vec<&str> = parts.take(3).collect();
    if parts.is_empty() {
        return own;
    }
    let (squeezed, starts) = squeeze(tokens);
    for part in parts {
        for at in memmem::find_iter(squeezed.as_bytes(), part) {
            let first = starts.partition_point(|&s| s <= at).saturating_sub(1);
            let last = starts.partition_point(|&s| s < at + part.len()).saturating_sub(1);
            let aligned =
                starts[first] == at && starts.get(last + 1).copied().unwrap_or(squeezed.len()) == at + part.len();
            if aligned || part.len() >= DISTINCTIVE && starts[first] == at {
                own[first..=last].fill(true);
            }
        }
    }
    own
}

/// The folded words without the spaces, and where each starts.
fn squeeze(tokens: &Tokens) -> (String, Vec<usize>) {
    let mut squeezed = String::with_capacity(tokens.folded.len());
    let mut starts = Vec::with_capacity(tokens.words.len());
    for word in 0..tokens.words.len() {
        starts.push(squeezed.len());
        squeezed.push_str(tokens.folded_word(word));
    }
    (squeezed, starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::text::token::tokenize;

    #[test]
    fn names_are_found_in_words_and_across_them() {
        let marked = |source: &str, text: &str| {
            let tokens = tokenize(text);
            own_name(source, &tokens).iter().map(|b| if *b { '1' } else { '0' }).collect::<String>()
        };
        assert_eq!(marked("morgenblatt.example", "Das Morgenblatt fragt"), "010");
        assert_eq!(marked("citygazette.com", "The City Gazette asks you"), "01100");
        assert_eq!(marked("www.news.com", "The news"), "00");
        assert_eq!(marked("", "x"), "0");
    }
}
