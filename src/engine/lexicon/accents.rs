//! Words of the rules as they look without their marks. Whole texts come without them, from keyboards and software that
//! know ASCII only: `Aboneaza-te` for `Abonează-te`, `Fuer` for `Für`. Such a word is read as the rule spells it.

use super::file::phrases;
use super::pattern::{Pattern, Segment};
use super::shipped::FILES;
use crate::engine::language::function_words::bear_out;
use crate::engine::language::primary;
use crate::engine::text::bytes::count;
use crate::engine::text::edit::Edit;
use crate::engine::text::fold::without_marks;
use ahash::{AHashMap, AHashSet};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

/// Letters from which on it is told whether a text lacks marks: of German, which has few, two letters in a hundred have
/// one, so that three hundred without any would be chance once in four hundred texts.
const FEWEST_LETTERS: usize = 300;
/// Letters with marks that such a text may have, of a thousand: names.
const MARKED: usize = 2;
/// Letters of the shortest stem that is looked for: as `pattern` has it.
const MIN_STEM: usize = 3;
/// Languages in Latin letters with function words in `rules/`, and more than a few words with marks there; ascending.
const LANGUAGES: [&str; 18] =
    ["ca", "cs", "da", "de", "es", "fi", "fr", "hr", "hu", "it", "nb", "pl", "pt", "ro", "sk", "sl", "sv", "tr"];

/// The words with marks of one language, by how they look without.
#[derive(Debug, Default)]
pub(in crate::engine) struct Marked {
    whole: AHashMap<String, String>,
    /// Starts of words.
    stems: AHashMap<String, String>,
    /// Bytes of the longest of these, as it looks without marks.
    longest_stem: usize,
}

/// Collects words and starts of words.
#[derive(Debug, Default)]
struct Collector {
    /// How often each one with marks was met, whether it is a start, and its letters; ordered, so that nothing depends on
    /// chance.
    marked: BTreeMap<(bool, String), usize>,
    /// Those without marks: who writes one of them means it.
    plain: AHashSet<(bool, String)>,
}

impl Collector {
    fn add(&mut self, segment: &Segment) {
        let mut words = segment.words.split(' ').peekable();
        while let Some(word) = words.next() {
            let key = (segment.prefix && words.peek().is_none(), word.to_owned());
            if word.is_ascii() {
                self.plain.insert(key);
            } else {
                *self.marked.entry(key).or_default() += 1;
            }
        }
    }

    /// All that was taken. Of words that look alike without marks the one that was met most often stays.
    fn finish(self) -> Marked {
        let mut all = Marked::default();
        let mut met: AHashMap<(bool, String), usize> = AHashMap::new();
        for ((is_stem, word), times) in self.marked {
            for plain in spellings(&word) {
                let key = (is_stem, plain);
                if self.plain.contains(&key) || met.get(&key).is_some_and(|before| *before >= times) {
                    continue;
                }
                if is_stem {
                    all.longest_stem = all.longest_stem.max(key.1.len());
                }
                let list = if is_stem { &mut all.stems } else { &mut all.whole };
                list.insert(key.1.clone(), word.clone());
                met.insert(key, times);
            }
        }
        all
    }
}

/// How `word` is written in ASCII: letters without their marks, or two letters for one. Nothing if it cannot be.
fn spellings(word: &str) -> impl Iterator<Item = String> {
    let pairs = [("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("ı", "i")];
    let whole = pairs.iter().fold(word.to_owned(), |word, (one, two)| word.replace(one, two));
    let bare = without_marks(&whole);
    let umlauts = [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa")];
    let paired = without_marks(&umlauts.iter().fold(whole, |word, (one, two)| word.replace(one, two)));
    let second = (paired != bare).then_some(paired);
    [Some(bare), second].into_iter().flatten().filter(|plain| plain.is_ascii())
}

/// Whether a text in `language` (BCP 47) lacks the marks that it would have. Texts whose language was told wrongly, lists of
/// names and texts in English with a tag of their own, do not have its function words.
#[must_use]
pub(in crate::engine) fn lacks_marks(language: &str, text: &str) -> bool {
    let primary = primary(language);
    LANGUAGES.binary_search(&primary).is_ok() && is_plain(text) && bear_out(text, primary)
}

/// Whether next to no letter of `text` has a mark.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let marked = count(bytes, |byte| matches!(byte, 0xc3..=0xc6 | 0xc8 | 0xcc | 0xcd | 0xe1));
    // Most texts in such a language are done here.
    if marked * 1000 > text.len() * MARKED {
        return false;
    }
    let letters = count(bytes, |byte| byte.is_ascii_alphabetic());
    letters >= FEWEST_LETTERS && marked * 1000 <= letters * MARKED
}

impl Marked {
    /// The words of the shipped rules in `language` (BCP 47), if it is one that is hardly ever written without marks. The
    /// rules are read again when a language is first asked for: most texts do not need it.
    pub(in crate::engine) fn shipped(language: &str) -> Option<&'static Self> {
        static SHIPPED: [OnceLock<Marked>; LANGUAGES.len()] = [const { OnceLock::new() }; LANGUAGES.len()];
        let primary = primary(language);
        let index = LANGUAGES.binary_search(&primary).ok()?;
        Some(SHIPPED[index].get_or_init(|| Self::of(&phrases(FILES, primary))))
    }

    fn of(patterns: &[Pattern]) -> Self {
        let mut collector = Collector::default();
        let segments = patterns.iter().flat_map(|pattern| &pattern.parts).flat_map(|part| &part.alternatives).flatten();
        segments.for_each(|segment| collector.add(segment));
        collector.finish()
    }

    /// The words to read with marks in the lines of `text` that are `wanted`, told by where they start and end. Linear.
    pub(in crate::engine) fn missing(&self, text: &str, wanted: impl Fn(Range<usize>) -> bool) -> Vec<Edit> {
        let lines = text.split_inclusive('\n').scan(0, |from, line| {
            let start = *from;
            *from += line.len();
            Some((start, line))
        });
        let wanted = lines.filter(|(start, line)| wanted(*start..start + line.len()));
        wanted.flat_map(|(start, line)| self.in_line(start, line)).collect()
    }

    fn in_line(&self, start: usize, line: &str) -> impl Iterator<Item = Edit> {
        let words = line.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() >= MIN_STEM && word.is_ascii());
        words.filter_map(move |word| {
            let at = start + (word.as_ptr() as usize - line.as_ptr() as usize);
            Some(Edit { old: at..at + word.len(), new: self.with_marks(word)?.into() })
        })
    }

    /// The ASCII word `word` with the marks that it lacks.
    fn with_marks(&self, word: &str) -> Option<String> {
        let small = word.to_ascii_lowercase();
        if let Some(marked) = self.whole.get(&small) {
            return Some(in_case_of(word, marked));
        }
        // However long the word is, no more is looked at than a stem may have.
        let mut lengths = (MIN_STEM..=small.len().min(self.longest_stem)).rev();
        let (length, stem) = lengths.find_map(|length| Some((length, self.stems.get(&small[..length])?)))?;
        Some(in_case_of(&word[..length], stem) + &word[length..])
    }
}

/// `marked` in capitals, with one, or without, as `word` is written.
fn in_case_of(word: &str, marked: &str) -> String {
    let capital = |c: char| c.is_ascii_uppercase();
    let mut letters = marked.chars();
    match letters.next() {
        Some(_) if word.len() > 1 && word.chars().all(capital) => marked.to_uppercase(),
        Some(first) if word.starts_with(capital) => first.to_uppercase().chain(letters).collect(),
        _ => marked.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::text::edit::apply;

    fn marked(phrases: &[&str]) -> Marked {
        Marked::of(&phrases.iter().map(|phrase| Pattern::parse(phrase).unwrap()).collect::<Vec<_>>())
    }

    fn read(words: &Marked, text: &str) -> String {
        apply(text, &words.missing(text, |_| true)).0
    }

    #[test]
    fn words_of_the_rules_get_their_marks() {
        let words = marked(&["abonează te", "urmăr*", "für", "uber", "über"]);
        for (text, expected) in [
            ("Aboneaza-te! Urmareste-ne, URMARITI", "Abonează-te! Urmăreste-ne, URMĂRITI"),
            ("Fuer alle, FUR dich", "Für alle, FÜR dich"),
            // Who writes what a rule knows means it.
            ("uber", "uber"),
            ("furios, Urma", "furios, Urma"),
        ] {
            assert_eq!(read(&words, text), expected);
        }
    }

    #[test]
    fn words_of_any_length_are_looked_at_up_to_the_longest_stem() {
        let words = marked(&["urmăr*", "împărtăș*"]);
        assert_eq!(words.longest_stem, "impartas".len());
        let long = "a".repeat(1 << 20);
        assert_eq!(read(&words, &long), long);
        assert_eq!(read(&words, &format!("urmar{long}")), format!("urmăr{long}"));
    }

    #[test]
    fn of_two_words_that_look_alike_the_more_frequent_one_is_meant() {
        assert_eq!(read(&marked(&["ésta", "está", "no está"]), "esta"), "está");
    }

    #[test]
    fn languages_are_those_of_rules_with_marks() {
        assert!(LANGUAGES.is_sorted());
        for language in LANGUAGES {
            let words = Marked::shipped(language).unwrap();
            assert!(words.whole.len() > 10, "{language}: {}", words.whole.len());
        }
        assert!(Marked::shipped("pt-BR").is_some());
        assert!(Marked::shipped("en").is_none());
    }

    #[test]
    fn texts_with_marks_and_in_other_languages_are_let_alone() {
        let plain = "Die Gemeinde baut eine neue Schule am Rande der Stadt und hofft auf Hilfe vom Land. ".repeat(5);
        assert!(lacks_marks("de-AT", &plain));
        assert!(!lacks_marks("de", &format!("{plain}Für Schüler wird es früher.")), "it has marks");
        assert!(!lacks_marks("de", "Die Gemeinde baut eine Schule."), "too short to tell");
        assert!(!lacks_marks("fr", &plain), "not in French");
        let english = "The council builds a new school at the edge of the town and hopes for help. ".repeat(6);
        assert!(!lacks_marks("en", &english) && !lacks_marks("tr", &english));
        let edits = marked(&["für"]).missing("Fur Tiere\nund fuer", |line| line.start > 0);
        assert_eq!(edits.len(), 1, "only lines that are wanted");
    }
}
