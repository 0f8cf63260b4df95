//! UTF-8 that was read as Windows-1252: `Ã¼` for ü, `â€™` for ’.
//!
//! Two characters and more that would be a letter or a mark, were their bytes read again, are so by chance where letters
//! meet quotation marks („Maß“, «AMANHÃ»). In a text that was read wrongly there are hardly any other accents.

use super::alignment::Edit;

/// Sequences in a text from which on they are no chance.
const FEWEST: usize = 2;
/// Share of the characters from À on that must belong to such sequences, in per cent.
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
    let mut chars = text.char_indices();
    let lead = byte(chars.next()?.1)?;
    let length = match lead {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let mut bytes = [lead, 0, 0, 0];
    for place in &mut bytes[1..length] {
        *place = byte(chars.next()?.1)?;
    }
    let end = chars.next().map_or(text.len(), |(at, _)| at);
    let character = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    // Of what takes two bytes the alphabets in wide use: Latin, Greek, Cyrillic, Hebrew, Arabic.
    let in_use = matches!(character, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{45f}' | '\u{5d0}'..='\u{6cc}');
    let plausible = character.is_alphabetic() && (length > 2 || in_use)
        || matches!(character, '\u{a0}'..='\u{bf}' | '\u{2010}'..='\u{20ff}' | '\u{fe0f}' | '\u{1f000}'..);
    plausible.then_some((end, character))
}

/// The byte that Windows-1252 writes `c` with; bytes that it leaves open stand for themselves (WHATWG Encoding, index
/// windows-1252).
fn byte(c: char) -> Option<u8> {
    const MARKS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let marks = || MARKS.iter().position(|mark| *mark == c).map(|at| 0x80 + at as u8);
    match c {
        '\u{80}'..='\u{ff}' => Some(c as u8),
        _ => marks(),
    }
}
