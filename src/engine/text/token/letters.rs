//! Which characters words are made of, and which of them are words by themselves.

/// Whether `c` is a letter or digit.
pub(super) fn is_word_char(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { is_letter(c) }
}

/// `char::is_alphanumeric`, faster for common letters.
pub(super) fn is_letter(c: char) -> bool {
    is_common_letter(c) || !is_common_mark(c) && c.is_alphanumeric()
}

/// Whether `c` is one of the signs beyond ASCII that stand in most texts: dashes, quotation marks, dots, wide spaces.
fn is_common_mark(c: char) -> bool {
    matches!(c,
        '\u{a0}'..='\u{a9}' | '\u{ab}'..='\u{b1}' | '\u{b7}' | '\u{bb}' | '\u{bf}' | '\u{2000}'..='\u{206f}'
        | '\u{20ac}' | '\u{3001}' | '\u{3002}')
}

/// Whether `c` is one of the letters beyond ASCII that most texts are written in (Latin, Cyrillic, Greek, Arabic, kana,
/// ideographs, Hangul). The library's table of all letters, packed for size, takes a search for each.
pub(in crate::engine::text) fn is_common_letter(c: char) -> bool {
    matches!(c,
        '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' | '\u{38e}'..='\u{3a1}' | '\u{3a3}'..='\u{3f5}'
        | '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' | '\u{620}'..='\u{64a}' | '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Scripts written without spaces between words (Thai, Lao, Burmese, Khmer, kana, ideographs): every letter is a word of
/// its own there. A dictionary would find truer words, but costs megabytes and splits names at random; phrases, shingles
/// and counts do as well with letters.
pub(in crate::engine::text) fn stands_alone(c: char) -> bool {
    c >= '\u{e00}'
        && matches!(c,
            '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'
            | '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9d}' | '\u{20000}'..='\u{3ffff}')
}

/// Korean writes units directly after the number, `5000원`: the number is a slot, the unit is not.
pub(super) fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}')
}

/// The voicing marks of half-width kana belong to the letter before, as NFKC has it.
pub(super) fn is_half_width_mark(c: char) -> bool {
    matches!(c, '\u{ff9e}' | '\u{ff9f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_letters_are_letters() {
        let all = '\0'..=char::MAX;
        assert_eq!(all.clone().find(|&c| is_common_letter(c) && !c.is_alphabetic()), None);
        assert_eq!(all.clone().find(|&c| is_letter(c) != c.is_alphanumeric()), None);
        assert_eq!(all.clone().find(|&c| is_word_char(c) != c.is_alphanumeric()), None);
        assert!("«–„’…\u{a0}。".chars().all(is_common_mark));
        assert!("öяηجあ日한".chars().all(is_common_letter));
    }
}
