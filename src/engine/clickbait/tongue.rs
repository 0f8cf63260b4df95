//! The language of a headline. Headlines are too short for letter statistics alone: the little words decide, and only
//! where they are silent the statistics.

use super::items::{Headline, Sort};
use ahash::AHashMap;
use std::sync::LazyLock;

/// Language tag and the little words that give it away. Words that are common in English headlines too are left out.
const WORDS: [(&str, &[&str]); 7] = [
    (
        "de",
        &[
            "als", "am", "auch", "auf", "aus", "bei", "damit", "das", "dem", "den", "der", "des", "die", "diese",
            "diesem", "dieser", "dieses", "du", "ein", "eine", "einem", "einen", "einer", "es", "für", "gegen", "gibt",
            "hat", "ich", "ihr", "im", "ist", "jetzt", "kein", "mehr", "mit", "nach", "nicht", "noch", "nur", "oder",
            "sich", "sie", "sind", "sollten", "steckt", "über", "um", "und", "vom", "von", "vor", "warum", "was",
            "wegen", "wenn", "wer", "werden", "wie", "wieder", "wir", "wird", "zu", "zum", "zur",
        ],
    ),
    (
        "fr",
        &[
            "au", "aux", "avec", "ce", "ces", "cette", "comment", "dans", "de", "des", "deux", "du", "elle", "en",
            "est", "et", "il", "la", "le", "les", "leur", "mais", "ne", "ou", "par", "pas", "plus", "pour", "pourquoi",
            "qu", "que", "qui", "sa", "se", "ses", "son", "sont", "sur", "un", "une", "va", "voici", "vos", "votre",
            "vous", "à",
        ],
    ),
    (
        "es",
        &[
            "al", "así", "como", "con", "cómo", "de", "del", "el", "en", "es", "esta", "este", "esto", "la", "las",
            "lo", "los", "más", "no", "para", "pero", "por", "que", "qué", "se", "sin", "sobre", "su", "sus", "te",
            "tu", "un", "una", "vas", "y",
        ],
    ),
    (
        "it",
        &[
            "al", "alla", "anche", "che", "chi", "ci", "come", "con", "cosa", "da", "dal", "del", "della", "delle",
            "di", "dopo", "e", "ecco", "gli", "i", "il", "in", "la", "le", "nel", "nella", "non", "per", "perché",
            "più", "questa", "questo", "si", "sono", "sul", "ti", "un", "una", "è",
        ],
    ),
    (
        "pt",
        &[
            "ao", "com", "como", "da", "das", "de", "do", "dos", "e", "em", "está", "isso", "isto", "mais", "na",
            "nas", "no", "nos", "não", "o", "os", "para", "pela", "pelo", "por", "que", "saiba", "se", "sua", "são",
            "um", "uma", "veja", "você", "à", "é",
        ],
    ),
    (
        "nl",
        &[
            "aan", "bij", "daarom", "dat", "de", "deze", "die", "dit", "een", "en", "gaat", "het", "hij", "hoe", "ik",
            "is", "je", "jouw", "maar", "met", "moet", "naar", "niet", "nog", "nooit", "om", "ook", "op", "te", "tot",
            "uit", "van", "voor", "waarom", "wat", "wordt", "ze", "zijn", "zo",
        ],
    ),
    (
        "pl",
        &[
            "co", "dlaczego", "do", "ile", "jak", "jest", "kto", "na", "nie", "o", "od", "oto", "po", "przed", "się",
            "są", "tak", "ten", "to", "w", "z", "za", "że",
        ],
    ),
];

/// English words of the closed classes that other languages have too.
const SHARED: [&str; 12] = ["a", "am", "an", "as", "do", "he", "i", "in", "me", "no", "so", "was"];

/// Tag of the language of `headline` (`title` is what it was read from): `en`, one of [`WORDS`], or `und`. `known`
/// tells whether a word hash is common in English text.
pub(super) fn detect(headline: &Headline, title: &str, known: impl Fn(u64) -> bool) -> &'static str {
    let english = headline.items.iter().filter(|item| item.sort == Sort::Closed).count();
    let mut counts = WORDS.map(|(tag, _)| (tag, 0));
    for tongues in headline.words().filter_map(|item| little_words().get(headline.folded(item))) {
        for (at, (_, count)) in counts.iter_mut().enumerate() {
            *count += usize::from(tongues >> at & 1);
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let leaders = || counts.iter().filter(|(_, count)| *count == most).map(|(tag, _)| *tag);
    if most == 0 || most < english {
        let telling =
            headline.items.iter().any(|item| item.sort == Sort::Closed && !SHARED.contains(&headline.folded(item)));
        return if telling || share_known(headline, known) >= 0.5 { "en" } else { by_letters(title) };
    }
    // More than half here: the little words of both sides, as "bei" and "in", are often among the known ones.
    if most == english && share_known(headline, known) > 0.5 {
        return "en";
    }
    let lettered = by_letters(title);
    if most == english {
        // One word each, as "die" and "to" in "Two die in fire, to be continued": the letters break the tie, for English
        // if they point elsewhere.
        return leaders().find(|tag| *tag == lettered).unwrap_or("en");
    }
    leaders().find(|tag| *tag == lettered).or_else(|| leaders().next()).unwrap_or("und")
}

/// Every word of [`WORDS`], with a bit for each language that has it.
fn little_words() -> &'static AHashMap<&'static str, u8> {
    static TONGUES: LazyLock<AHashMap<&str, u8>> = LazyLock::new(|| {
        let mut tongues = AHashMap::new();
        for (at, (_, words)) in WORDS.iter().enumerate() {
            for word in *words {
                *tongues.entry(*word).or_default() |= 1 << at;
            }
        }
        tongues
    });
    &TONGUES
}

/// The share of the words that are known, 1 if there are only marks. Names are known as rarely in English headlines as
/// in others: about half of the words suffices.
fn share_known(headline: &Headline, known: impl Fn(u64) -> bool) -> f64 {
    let words = headline.words().filter(|item| !matches!(item.sort, Sort::Slot(_)));
    let (mut all, mut familiar) = (0_u16, 0_u16);
    for word in words {
        all += 1;
        familiar += u16::from(known(word.hash));
    }
    if all == 0 { 1.0 } else { f64::from(familiar) / f64::from(all) }
}

fn by_letters(title: &str) -> &'static str {
    use whichlang::Lang;
    match whichlang::detect_language(title) {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Ita => "it",
        Lang::Por => "pt",
        Lang::Nld => "nl",
        _ => "und",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_little_word_is_known_with_its_languages() {
        for (at, (tag, words)) in WORDS.iter().enumerate() {
            assert!(words.iter().all(|word| little_words()[word] >> at & 1 == 1), "{tag}");
        }
        let entries: usize = WORDS.iter().map(|(_, words)| words.len()).sum();
        assert_eq!(little_words().values().map(|tongues| tongues.count_ones() as usize).sum::<usize>(), entries);
    }

    #[test]
    fn little_words_decide() {
        for (title, tag) in [
            ("Was im Gehirn passiert, wenn wir lügen", "de"),
            ("What happens in your brain when you lie", "en"),
            ("Two die in fire", "en"),
            ("Streik legt Nahverkehr in der Stadt lahm", "de"),
            ("Zwei Verletzte bei Brand in Lagerhalle", "de"),
            ("Ce que les chats pensent de vous", "fr"),
            ("El motivo por el que debes dormir más", "es"),
            ("Ecco perché non dovresti dormire", "it"),
            ("Saiba por que você não deve dormir tarde", "pt"),
            ("Waarom je vaker moet wandelen", "nl"),
            ("Nie uwierzysz, co znalazł w piwnicy", "pl"),
            ("市場は上昇", "und"),
        ] {
            let known = |hash| {
                let words = ["two", "die", "in", "fire", "bei", "brand"];
                words.iter().any(|word| xxhash_rust::xxh3::xxh3_64(word.as_bytes()) == hash)
            };
            assert_eq!(detect(&Headline::read(title), title, known), tag, "{title}");
        }
    }
}
