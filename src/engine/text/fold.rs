//! Folding of words for matching: NFKC, lower case, invisible characters dropped, look-alike letters mapped to Latin.
//!
//! Two spellings that a reader takes for the same word fold to the same bytes, so that neither an accent typed as a
//! combining mark nor a Cyrillic "а" hides a known promo. Folding never touches the article: offsets stay those of
//! the text as it was sent.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{CodePointMapData, props::GeneralCategory, props::GeneralCategoryGroup};

/// Whether `c` takes no room on the page and does not separate words: soft hyphen, zero-width space and joiners,
/// bidirectional controls, word joiner, variation selectors, byte order mark (Unicode `Default_Ignorable`, the
/// characters that occur in running text).
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether `c` continues a word although it is no letter or digit: combining marks and invisible characters.
#[must_use]
pub fn continues_word(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    is_invisible(c) || GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

/// Appends the folded form of `word` to `out`. `latin` says that the text around it is written in Latin letters:
/// only then is a word made of look-alikes alone taken for a Latin one; a word that mixes scripts always is.
pub fn fold_word(word: &str, latin: bool, out: &mut String) {
    if word.is_ascii() {
        let from = out.len();
        out.push_str(word);
        out[from..].make_ascii_lowercase();
        return;
    }
    if word.chars().all(is_simple) {
        for c in word.chars() {
            match c {
                '\0'..='\u{7f}' => out.push(c.to_ascii_lowercase()),
                // The small letters of Latin-1 and the signs without case need no table.
                '\u{df}'..='\u{ff}' | '\u{3041}'.. => out.push(c),
                _ => out.extend(c.to_lowercase()),
            }
        }
        return;
    }
    let visible: String = word.chars().filter(|&c| !is_invisible(c) && !is_optional_mark(c)).collect();
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(&visible);
    let to_latin = wears_a_mask(&composed, latin);
    let to_cyrillic =
        !to_latin && composed.chars().any(is_cyrillic) && composed.chars().any(|c| c.is_ascii_alphabetic());
    for c in composed.chars().filter(|&c| !is_invisible(c) && !is_optional_mark(c)) {
        let c = if to_latin {
            latin_twin(c).unwrap_or(c)
        } else if to_cyrillic {
            cyrillic_twin(c).unwrap_or(c)
        } else {
            c
        };
        out.extend(c.to_lowercase().filter(|&c| c != DOT_ABOVE).map(one_spelling));
    }
}

/// What lower-casing leaves of a Turkish İ besides the i.
const DOT_ABOVE: char = '\u{307}';

/// Marks that careful print has and news has not: Arabic vowel signs and the stretching tatweel, Hebrew points.
fn is_optional_mark(c: char) -> bool {
    matches!(c,
        '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}'
        | '\u{6ea}'..='\u{6ed}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}'
        | '\u{5c5}' | '\u{5c7}')
}

/// One of the spellings that writers of a language use for the same small letter: Turkish i with and without a dot (the
/// capitals tell them apart in Turkish only, and texts do not say what they are), Romanian comma and cedilla, Russian
/// ё, Greek letters without the accents that capitals lack, Arabic alef with and without hamza, Persian yeh and kaf.
fn one_spelling(c: char) -> char {
    match c {
        'ı' => 'i',
        'ș' => 'ş',
        'ț' => 'ţ',
        'ё' => 'е',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        _ => c,
    }
}

/// Letters that NFKC leaves alone and that have no Latin look-alike: ASCII, Latin-1 and Latin Extended-A less their
/// few compatibility forms, CJK ideographs and kana.
fn is_simple(c: char) -> bool {
    match c {
        '\u{132}' | '\u{133}' | '\u{13f}' | '\u{140}' | '\u{149}' | '\u{17f}' | '\u{130}' | '\u{131}' => false,
        '\0'..='\u{7f}'
        | '\u{c0}'..='\u{17f}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}' => true,
        _ => false,
    }
}

/// Whether `word` mixes Latin letters with Cyrillic or Greek look-alikes, or consists of look-alikes alone in a Latin
/// text: then it is a Latin word in disguise.
fn wears_a_mask(word: &str, latin: bool) -> bool {
    let letters = || word.chars().filter(|c| c.is_alphabetic());
    let all_alike = letters().all(|c| is_latin(c) || latin_twin(c).is_some());
    all_alike && letters().any(|c| !is_latin(c)) && (latin || letters().any(is_latin))
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

/// The Cyrillic letter that the Latin `c` is printed like: those that hide a Russian word from filters.
fn cyrillic_twin(c: char) -> Option<char> {
    Some(match c {
        'A' | 'a' => 'а',
        'B' => 'в',
        'C' | 'c' => 'с',
        'E' | 'e' => 'е',
        'H' => 'н',
        'I' | 'i' => 'і',
        'K' | 'k' => 'к',
        'M' => 'м',
        'O' | 'o' => 'о',
        'P' | 'p' => 'р',
        'T' => 'т',
        'X' | 'x' => 'х',
        'y' => 'у',
        _ => return None,
    })
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// The Latin letter (small) that `c` is printed like, after Unicode UTS 39, confusables.txt: the single-letter entries
/// of Cyrillic, Greek and Armenian that news fonts draw alike, and the Latin small capitals. Capitals have entries of
/// their own, since a Greek capital nu looks like N and a small one like v.
fn latin_twin(c: char) -> Option<char> {
    Some(match c {
        'А' | 'Α' | 'а' | 'α' | 'ɑ' => 'a',
        'В' | 'Β' | 'в' | 'ʙ' => 'b',
        'С' | 'Ϲ' | 'с' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' => 'd',
        'Е' | 'Ε' | 'е' | 'ҽ' | 'ε' => 'e',
        'ɡ' => 'g',
        'Н' | 'Η' | 'һ' | 'н' | 'հ' => 'h',
        'І' | 'Ι' | 'і' | 'ι' | 'ı' | 'ɩ' => 'i',
        'Ј' | 'ј' | 'ϳ' => 'j',
        'К' | 'Κ' | 'к' | 'κ' => 'k',
        'Ӏ' | 'ӏ' => 'l',
        'М' | 'Μ' | 'м' | 'ᴍ' => 'm',
        'Ν' | 'п' | 'η' | 'ո' => 'n',
        'О' | 'Ο' | 'о' | 'ο' | 'օ' | 'σ' => 'o',
        'Р' | 'Ρ' | 'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' | 'ʀ' => 'r',
        'Ѕ' | 'ѕ' | 'ꜱ' => 's',
        'Т' | 'Τ' | 'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ѵ' | 'ν' => 'v',
        'ԝ' | 'ω' | 'ѡ' => 'w',
        'Х' | 'Χ' | 'х' | 'χ' => 'x',
        'У' | 'Υ' | 'у' | 'γ' => 'y',
        'Ζ' => 'z',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(word: &str, latin: bool) -> String {
        let mut out = String::new();
        fold_word(word, latin, &mut out);
        out
    }

    #[test]
    fn spellings_of_one_word_fold_alike() {
        for (word, folded) in [
            ("Newsletter", "newsletter"),
            ("ÜBER", "über"),
            ("U\u{308}ber", "über"),
            ("news\u{200b}letter", "newsletter"),
            ("news\u{ad}letter", "newsletter"),
            ("ｆｒｅｅ", "free"),
            ("𝐅𝐑𝐄𝐄", "free"),
            ("ﬁnanz", "finanz"),
            ("Nеwslеttеr", "newsletter"), // Cyrillic е
            ("ΝEWSLETTER", "newsletter"), // Greek capital nu
            ("新闻", "新闻"),
            ("İLGİLİ", "ilgili"),
            ("kapalı", "kapali"),
            ("KAPALI", "kapali"),
            ("știri", "ştiri"),
            ("ştiri", "ştiri"),
            ("s\u{326}tiri", "ştiri"),
            ("ещё", "еще"),
            ("пoдпишитecь", "подпишитесь"), // Latin o, e, c
            ("ΕΠΊΣΗΣ", "επισησ"),
            ("επίσης", "επισησ"),
            ("ΕΠΙΣΗΣ", "επισησ"),
            ("أيضًا", "ايضا"),
            ("اقـــرأ", "اقرا"),
            ("بیشتر", "بيشتر"),
            ("שָׁלוֹם", "שלום"),
            ("Đọc", "đọc"),
            ("Đo\u{323}c", "đọc"),
            ("ﾒｰﾙ", "メール"),
            ("ガ", "ガ"),
            ("ｶﾞ", "ガ"),
        ] {
            assert_eq!(fold(word, false), folded, "{word}");
        }
    }

    #[test]
    fn a_word_of_look_alikes_alone_is_latin_only_in_a_latin_text() {
        assert_eq!(fold("СОРЕ", true), "cope");
        assert_eq!(fold("СОРЕ", false), "соре");
        assert_eq!(fold("Новости", true), "новости");
    }
}
