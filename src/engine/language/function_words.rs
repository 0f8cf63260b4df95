//! A language told by its function words, where they leave no doubt.
//!
//! A few dozen words make up a good part of every text of a language, so that fifty words of text are enough to know it
//! by. Language identification by such words is as old as Ingle (1976). It stands before a library because comparing
//! trigrams with forty languages took a third of an article's time (BENCHMARKS.md), and what is in doubt is still the
//! library's. On 12,007 articles and on invented texts in 32 languages both said the same, but for one that was right.

use ahash::AHashMap;
use serde::Deserialize;
use std::sync::LazyLock;

/// The words, embedded at compile time. A test holds them well-formed.
pub(in crate::engine) const WORDS: &str = include_str!("../../../rules/function_words.toml");

/// Words below which nothing is told: with a share of one in four, four hits at least. Chosen, and held by the agreement
/// above.
const LEAST_WORDS: u32 = 16;
/// Share of the words that must be function words of the language, as one in so many.
const ONE_IN: u32 = 4;
/// The same share of a whole text that has lost its marks. Of 222 invented articles in 13 languages, so written, eleven
/// Turkish ones have .03 and more (.07 in the middle), six Finnish ones .09 and more, all others .14 and more.
const ONE_IN_ALL: u32 = 25;
/// How many times as many they must be as those of any other. Relatives such as Catalan and Spanish, or Norwegian and
/// Danish, share so many that their texts are in doubt.
const TIMES: u32 = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The words of a language by its tag, with spaces between.
    words: std::collections::BTreeMap<String, String>,
}

/// Tags, and for each word the tags that have it, as bits.
struct Index {
    tags: Vec<String>,
    by_word: AHashMap<String, u64>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let file: File = toml::from_str(WORDS).expect("the shipped words are well-formed: a test reads them");
    let mut by_word = AHashMap::new();
    for (bit, words) in file.words.values().enumerate() {
        for word in words.split(' ') {
            *by_word.entry(word.to_owned()).or_default() |= 1 << bit;
        }
    }
    Index { tags: file.words.into_keys().collect(), by_word }
});

/// The words of a text that are function words, by language.
struct Counts {
    by_tag: [u32; 64],
    words: u32,
}

impl Counts {
    fn of(text: &str) -> Self {
        let mut counts = Self { by_tag: [0; 64], words: 0 };
        let lower = text.to_lowercase();
        for word in lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
            counts.words += 1;
            let mut tags = INDEX.by_word.get(word).copied().unwrap_or_default();
            while tags != 0 {
                counts.by_tag[tags.trailing_zeros() as usize] += 1;
                tags &= tags - 1;
            }
        }
        counts
    }

    fn in_language(&self, tag: &str) -> u32 {
        INDEX.tags.iter().position(|known| known == tag).map_or(0, |bit| self.by_tag[bit])
    }
}

/// The language of `sample`, a few hundred characters, if its function words leave no doubt.
pub(super) fn tell(sample: &str) -> Option<&'static str> {
    let Counts { by_tag, words } = Counts::of(sample);
    let best = (0..INDEX.tags.len()).max_by_key(|&tag| by_tag[tag])?;
    let next = (0..INDEX.tags.len()).filter(|&tag| tag != best).map(|tag| by_tag[tag]).max().unwrap_or_default();
    let told = words >= LEAST_WORDS && by_tag[best] * ONE_IN >= words && by_tag[best] >= TIMES * next;
    told.then(|| INDEX.tags[best].as_str())
}

/// Whether all of `text` has the function words of the language `tag`, and more of them than English ones: a sample of it
/// may be names, or a table. Those that have lost their marks do not count, so that fewer are asked for. Linear.
pub(in crate::engine) fn bear_out(text: &str, tag: &str) -> bool {
    let counts = Counts::of(text);
    let own = counts.in_language(tag);
    own * ONE_IN_ALL >= counts.words && own > counts.in_language("en")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_words_are_read_and_fit() {
        assert!((20..=64).contains(&INDEX.tags.len()));
        assert!(INDEX.by_word.keys().all(|word| word.chars().all(char::is_alphabetic)), "words, in small letters");
    }

    #[test]
    fn plain_texts_are_told_and_relatives_are_left_to_others() {
        let english = "The council said on Tuesday that it would close the bridge for a week, because the river had \
                       risen and the engineers were not sure that it was safe.";
        let german = "Der Stadtrat hat am Dienstag beschlossen, die Brücke für eine Woche zu sperren, weil der Fluss über \
                      die Ufer getreten ist und die Fachleute nicht wissen, ob sie noch hält.";
        assert_eq!(tell(english), Some("en"));
        assert_eq!(tell(german), Some("de"));
        let catalan = "L'ajuntament va dir dimarts que tancarà el pont durant una setmana, perquè el riu ha crescut i els \
                       enginyers no saben si és segur per als cotxes de la ciutat.";
        assert_ne!(tell(catalan), Some("es"));
        let norwegian = "Kommunen sa tirsdag at den vil stenge broen i en uke, fordi elva har steget og ingeniørene ikke er \
                         sikre på om den er trygg for biler og for dem som bor der.";
        assert!(tell(norwegian).is_none_or(|tag| tag == "nb"));
        assert!(bear_out(german, "de") && !bear_out(german, "en"));
        assert!(!bear_out(english, "de") && !bear_out("Samoa San Marino Sao Tome Saudi Arabia", "pt"));
        assert_eq!(tell("Berlin London Paris Rome Madrid"), None);
        assert_eq!(tell(""), None);
    }
}
