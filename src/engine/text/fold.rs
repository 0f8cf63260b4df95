//! Folding of words for matching: NFKC, lower case, invisible characters dropped, look-alike letters mapped to Latin.
//!
//! Two spellings that a reader takes for the same word fold to the same bytes, so that neither an accent typed as a
//! combining mark nor a Cyrillic "а" hides a known promo. Folding never touches the article: offsets stay those of
//! the text as it was sent.

use super::token::is_common_letter;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::{CodePointMapData, props::GeneralCategory, props::GeneralCategoryGroup};

/// Whether `c` takes no room on the page and does not separate words: soft hyphen, zero-width space and joiners,
/// bidirectional controls, word joiner, variation selectors, byte order mark, fillers of Hangul (Unicode
/// `Default_Ignorable`, the characters that occur in running text).
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{3164}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
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
    for c in composed.chars().filter(|&c| !is_invisible(c) && !is_optional_mark(c) && !is_loose_mark(c)) {
        let c = if to_latin {
            latin_twin(c).unwrap_or(c)
        } else if to_cyrillic {
            cyrillic_twin(c).unwrap_or(c)
        } else {
            c
        };
        out.extend(c.to_lowercase().filter(|&c| !is_loose_mark(c)).map(one_spelling));
    }
}

/// Combining diacritical marks. Where they make a letter of an alphabet, NFKC has composed it; what is left are stress
/// marks, the dot that lower-casing takes off a Turkish İ, and lines struck through words that are to be hidden.
pub(super) fn is_loose_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// `word` without accents and other marks on its letters: `é` becomes `e`, `ł` becomes `l`.
#[must_use]
pub fn without_marks(word: &str) -> String {
    let letters = DecomposingNormalizerBorrowed::new_nfd().normalize(word);
    // Strokes through letters are no marks to Unicode.
    let plain = |c| match c {
        'ł' => 'l',
        'ø' => 'o',
        'đ' => 'd',
        _ => c,
    };
    letters.chars().filter(|&c| !is_loose_mark(c)).map(plain).collect()
}

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
    let letters = || word.chars().filter(|&c| is_common_letter(c) || c.is_alphabetic());
    let all_alike = letters().all(|c| is_latin(c) || latin_twin(c).is_some());
    let latin = latin || letters().any(|c| is_latin(c) || is_black(c));
    latin && all_alike && letters().any(|c| !is_latin(c))
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

/// Whether `c` is a white capital letter in a black circle or square.
fn is_black(c: char) -> bool {
    matches!(c, '\u{1f150}'..='\u{1f169}' | '\u{1f170}'..='\u{1f189}')
}

/// The Latin letter (small) that `c` is printed like, after Unicode UTS 39, confusables.txt: the single-letter entries
/// of Cyrillic, Greek and Armenian that news fonts draw alike, the Latin small capitals, and letters in black circles and
/// squares, which NFKC leaves alone. Capitals have entries of their own, since a Greek capital nu looks like N and a small
/// one like v.
fn latin_twin(c: char) -> Option<char> {
    if is_black(c) {
        return ('a'..='z').nth((c as usize - 0x1f150) % 0x20);
    }
    Some(match c {
        'А' | 'Α' | 'а' | 'α' | 'ɑ' | 'ᴀ' => 'a',
        'В' | 'Β' | 'в' | 'ʙ' => 'b',
        'С' | 'Ϲ' | 'с' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' | 'ᴅ' => 'd',
        'Е' | 'Ε' | 'е' | 'ҽ' | 'ε' | 'ᴇ' => 'e',
        'ɡ' | 'ɢ' => 'g',
        'Н' | 'Η' | 'һ' | 'н' | 'հ' | 'ʜ' => 'h',
        'І' | 'Ι' | 'і' | 'ι' | 'ı' | 'ɩ' | 'ɪ' => 'i',
        'Ј' | 'ј' | 'ϳ' | 'ᴊ' => 'j',
        'К' | 'Κ' | 'к' | 'κ' | 'ᴋ' => 'k',
        'Ӏ' | 'ӏ' | 'ʟ' => 'l',
        'М' | 'Μ' | 'м' | 'ᴍ' => 'm',
        'Ν' | 'п' | 'η' | 'ո' | 'ɴ' => 'n',
        'О' | 'Ο' | 'о' | 'ο' | 'օ' | 'σ' | 'ᴏ' => 'o',
        'Р' | 'Ρ' | 'р' | 'ρ' | 'ᴘ' => 'p',
        'ԛ' | 'ꞯ' => 'q',
        'г' | 'ʀ' => 'r',
        'ꜰ' => 'f',
        'Ѕ' | 'ѕ' | 'ꜱ' => 's',
        'Т' | 'Τ' | 'т' | 'τ' | 'ᴛ' => 't',
        'υ' | 'ս' | 'ᴜ' => 'u',
        'ѵ' | 'ν' | 'ᴠ' => 'v',
        'ԝ' | 'ω' | 'ѡ' | 'ᴡ' => 'w',
        'Х' | 'Χ' | 'х' | 'χ' => 'x',
        'У' | 'Υ' | 'у' | 'γ' | 'ʏ' => 'y',
        'Ζ' | 'ᴢ' => 'z',
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
            ("ɴᴇᴡsʟᴇᴛᴛᴇʀ", "newsletter"),
            ("🅵🅡🅔🅔", "free"),
            ("f\u{336}r\u{336}e\u{336}e\u{336}", "free"),
            ("n\u{334}e\u{353}\u{35b}w\u{321}s", "news"),
            ("ẹ\u{301}", "ẹ"),
            ("й", "й"),
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
