//! Where a text speaks of its own publisher: "example.org", "Example Times" on exampletimes.com.

use super::Measured;
use crate::engine::text::dateline::dateline;
use crate::engine::text::token::{Token, Tokens};

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

/// For every word whether it is part of the name of `source`: the words from there on, spaces left out, start with one
/// of its parts. Linear in the text for each of at most three parts.
#[must_use]
pub fn own_name(source: &str, tokens: &Tokens) -> Vec<bool> {
    let mut own = vec![false; tokens.words.len()];
    let lower = source.to_lowercase();
    let parts = lower.split(|c: char| !c.is_alphanumeric()).filter(|p| p.len() >= SHORTEST && !GENERIC.contains(p));
    for part in parts.take(3).map(str::as_bytes) {
        // Most words start with another letter.
        let first_byte = |word: &Token| tokens.folded.as_bytes().get(word.folded as usize);
        let starts = tokens.words.iter().enumerate().filter(|(_, word)| first_byte(word) == part.first());
        for (first, _) in starts {
            if let Some(last) = last_word(part, tokens, first) {
                own[first..=last].fill(true);
            }
        }
    }
    own
}

/// The last of the words that spell `part` from word `first` on. A distinctive one may end inside a word.
fn last_word(part: &[u8], tokens: &Tokens, first: usize) -> Option<usize> {
    let folded = tokens.folded.as_bytes();
    let mut rest = part;
    for (last, word) in tokens.words.iter().enumerate().skip(first) {
        let end = tokens.words.get(last + 1).map_or(folded.len(), |next| next.folded as usize) - 1;
        let word = &folded[word.folded as usize..end];
        if word.len() >= rest.len() {
            let ends = word.len() == rest.len() || part.len() >= DISTINCTIVE;
            return (ends && word.starts_with(rest)).then_some(last);
        }
        rest = rest.strip_prefix(word)?;
    }
    None
}

impl Measured<'_, '_> {
    /// Whether unit `i` names its own publisher, otherwise than in a dateline.
    #[must_use]
    pub fn names_itself(&self, i: usize) -> bool {
        let unit = &self.reading.parts.units[i];
        let Some(last) = self.own[unit.first..unit.last].iter().rposition(|own| *own) else { return false };
        let sentence = self.reading.inner(i).start + dateline(self.reading.raw(i));
        let last = unit.first + last;
        self.reading.tokens.words[last].start as usize >= sentence && !self.is_said_by_itself(i, last)
    }

    /// Whether unit `i`, in which the publisher's name ends with word `last`, starts with that name as the label of what
    /// its interviewer says ("Example Times: Why now?"). An article may stand before the name.
    fn is_said_by_itself(&self, i: usize, last: usize) -> bool {
        let first = self.reading.parts.units[i].first;
        let label = self.reading.blocks[i].label.filter(|label| last < label.end);
        label.is_some_and(|label| self.own[first..label.end].iter().filter(|own| !**own).count() <= 1)
    }
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
