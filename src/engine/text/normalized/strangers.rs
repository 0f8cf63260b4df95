//! Letters of far scripts, and letters in brackets or flags, that stand for the Latin ones they look like, in a text that
//! is otherwise Latin: `ꓢꓴꓐꓢꓚꓣꓲꓐꓰ`, `⒮⒰⒝⒮⒞⒭⒤⒝⒠`. They have no case or are no letters, so that whoever asks for words and
//! capitals would miss them. What wears letters of Cyrillic, Greek and Armenian is told word by word where words are folded
//! (`fold.rs`).

use super::super::bytes::count;
use super::super::edit::Edit;
use super::super::fold::is_invisible;

/// How the strangers begin in UTF-8: Cherokee, small letters in parentheses, Lisu, capitals in parentheses, regional
/// indicators.
const LEADS: [&[u8]; 6] = [b"\xe1\x8e", b"\xe1\x8f", b"\xe2\x92", b"\xea\x93", b"\xf0\x9f\x84", b"\xf0\x9f\x87"];

/// The letters of `text` to read as Latin. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    let bytes = text.as_bytes();
    // Nearly all texts are done here.
    if LEADS.iter().all(|lead| memchr::memmem::find(bytes, lead).is_none()) {
        return Vec::new();
    }
    let flags_spell = flags_spell(text);
    let foreign = text.chars().filter(|c| is_of_a_script(*c) && twin(*c).is_some()).count();
    let is_latin = count(bytes, |byte| byte.is_ascii_alphabetic()) >= foreign;
    let letter = |c: char| match c {
        c if indicated(c).is_some() => indicated(c).filter(|_| flags_spell),
        c if is_of_a_script(c) => twin(c).filter(|_| is_latin),
        c => twin(c),
    };
    let edit = |(at, c): (usize, char)| Some(Edit { old: at..at + c.len_utf8(), new: letter(c)?.to_string().into() });
    text.char_indices().filter_map(edit).collect()
}

/// Whether regional indicators spell a word somewhere: two are a flag, and flags side by side are an even number. What is
/// not seen between them does not count.
fn flags_spell(text: &str) -> bool {
    let mut run = 0;
    text.chars().chain([' ']).any(|c| {
        let ends = indicated(c).is_none() && !is_invisible(c);
        run += usize::from(indicated(c).is_some());
        let spells = ends && run > 2 && run % 2 == 1;
        run *= usize::from(!ends);
        spells
    })
}

/// Whether `c` is a letter of Lisu or Cherokee, in which whole texts are written.
fn is_of_a_script(c: char) -> bool {
    matches!(c, '\u{a4d0}'..='\u{a4ff}' | '\u{13a0}'..='\u{13ff}')
}

/// The letter of a regional indicator.
fn indicated(c: char) -> Option<char> {
    alphabet(c, '\u{1f1e6}', 'A')
}

/// The letter that stands as far behind `to` as `c` behind `from`.
fn alphabet(c: char, from: char, to: char) -> Option<char> {
    let nth = u32::from(c).checked_sub(u32::from(from)).filter(|nth| *nth < 26)?;
    char::from_u32(u32::from(to) + nth)
}

/// The Latin capital that `c` looks like (Unicode UTS 39, confusables.txt), or the letter in its brackets.
fn twin(c: char) -> Option<char> {
    Some(match c {
        '\u{249c}'..='\u{24b5}' => return alphabet(c, '\u{249c}', 'a'),
        '\u{1f110}'..='\u{1f129}' => return alphabet(c, '\u{1f110}', 'A'),
        'ꓮ' | 'Ꭺ' => 'A',
        'ꓐ' | 'Ᏼ' => 'B',
        'ꓚ' | 'Ꮯ' => 'C',
        'ꓓ' | 'Ꭰ' => 'D',
        'ꓰ' | 'Ꭼ' => 'E',
        'ꓝ' => 'F',
        'ꓖ' | 'Ꮐ' | 'Ꮆ' => 'G',
        'ꓧ' | 'Ꮋ' => 'H',
        'ꓲ' | 'Ꮖ' => 'I',
        'ꓙ' | 'Ꭻ' => 'J',
        'ꓗ' | 'Ꮶ' => 'K',
        'ꓡ' | 'Ꮮ' => 'L',
        'ꓟ' | 'Ꮇ' => 'M',
        'ꓠ' => 'N',
        'ꓳ' | 'Ꭴ' => 'O',
        'ꓑ' | 'Ꮲ' => 'P',
        'ꓣ' | 'Ꮢ' => 'R',
        'ꓢ' | 'Ꮪ' => 'S',
        'ꓔ' | 'Ꭲ' => 'T',
        'ꓴ' => 'U',
        'ꓦ' | 'Ꮩ' => 'V',
        'ꓪ' | 'Ꮃ' => 'W',
        'ꓫ' => 'X',
        'ꓬ' | 'Ꭹ' => 'Y',
        'ꓜ' | 'Ꮓ' => 'Z',
        _ => return None,
    })
}
