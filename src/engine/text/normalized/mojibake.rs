//! UTF-8 that was read as Windows-1252 or Latin-1: `Ã¼` for ü, `â€™` for ’.
//!
//! Two characters and more that would be a letter or a mark, were their bytes read again, are so by chance where letters
//! meet quotation marks („Maß“, «AMANHÃ»). In a text that was read wrongly there are hardly any other accents.

use super::super::edit::Edit;
use encoding_rs::WINDOWS_1252;

/// Sequences in a text from which on they are no chance.
const FEWEST: usize = 2;
/// Share of the characters from À on that must belong to such sequences, in per cent. Not varied.
const SHARE: usize = 80;

/// What to read again in `text`. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut from = 0;
    // C2 to F4, which lead characters of several bytes, were read as characters that C3 leads.
    for lead in memchr::memchr_iter(0xc3, text.as_bytes()) {
        if lead < from || !text.is_char_boundary(lead) {
            continue;
        }
        if let Some((length, character)) = read_again(&text[lead..]) {
            from = lead + length;
            edits.push(Edit { old: lead..from, new: character.to_string().into() });
        }
    }
    // C3 leads the letters with accents, in sequences and elsewhere.
    let letters = |part: &str| memchr::memchr_iter(0xc3, part.as_bytes()).count();
    let in_sequences: usize = edits.iter().map(|edit| letters(&text[edit.old.clone()])).sum();
    let is_read_wrongly = edits.len() >= FEWEST && in_sequences * 100 >= letters(text) * SHARE;
    if is_read_wrongly { edits } else { Vec::new() }
}

/// The character that the first characters of `text` are in UTF-8, and how many bytes they take here.
fn read_again(text: &str) -> Option<(usize, char)> {
    let mut rest = text.chars();
    let lead = byte(rest.next()?)?;
    let length = match lead {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let mut bytes = [lead, 0, 0, 0];
    for place in &mut bytes[1..length] {
        *place = byte(rest.next()?)?;
    }
    let character = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    // Of what takes two bytes the alphabets in wide use: Latin, Greek, Cyrillic, Hebrew, Arabic.
    let in_use = matches!(character, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{45f}' | '\u{5d0}'..='\u{6cc}');
    let plausible = character.is_alphabetic() && (length > 2 || in_use)
        || matches!(character, '\u{a0}'..='\u{bf}' | '\u{2010}'..='\u{20ff}' | '\u{fe0f}' | '\u{1f000}'..);
    plausible.then(|| (text.len() - rest.as_str().len(), character))
}

/// The byte that was read as `c`. Some programs read the bytes from 80 to 9F as the control characters of Latin-1.
fn byte(c: char) -> Option<u8> {
    match c {
        '\0'..='\u{7f}' => None,
        '\u{80}'..='\u{ff}' => Some(c as u8),
        _ => match *WINDOWS_1252.encode(c.encode_utf8(&mut [0; 4])).0 {
            [byte] => Some(byte),
            _ => None,
        },
    }
}
