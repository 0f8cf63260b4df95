//! Punctuation by what it does, in the scripts that texts come in.

/// Full stops: of Latin and wide letters, Devanagari, Urdu, Burmese, Khmer.
pub const FULL_STOPS: [char; 7] = ['.', '。', '｡', '।', '۔', '။', '។'];
/// What else ends a sentence.
pub const OTHER_STOPS: [char; 6] = ['!', '?', '…', '！', '？', '؟'];
/// What ends a question. Greek writes a semicolon, which says nothing by itself.
pub const QUESTION_MARKS: [char; 3] = ['?', '？', '؟'];
/// Brackets that open an aside.
pub const OPENING_BRACKETS: [char; 6] = ['(', '[', '（', '［', '【', '〔'];
/// Brackets that close one.
pub const CLOSING_BRACKETS: [char; 6] = [')', ']', '）', '］', '】', '〕'];
/// Quotation marks that only open.
pub const OPENING_QUOTES: [char; 6] = ['„', '‚', '‘', '‹', '「', '『'];
/// Quotation marks that close, and those that may.
pub const CLOSING_QUOTES: [char; 9] = ['"', '“', '”', '»', '«', '\'', '’', '」', '』'];

/// Whether `c` opens or closes a quotation.
#[must_use]
pub fn is_quotation_mark(c: char) -> bool {
    OPENING_QUOTES.contains(&c) || CLOSING_QUOTES.contains(&c)
}

/// Whether `c` breaks a line (UAX #14: LF, CR, VT, FF, NEL, and the separators of lines and paragraphs).
#[must_use]
pub fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether `c` ends a sentence.
#[must_use]
pub fn is_terminator(c: char) -> bool {
    FULL_STOPS.contains(&c) || OTHER_STOPS.contains(&c)
}

/// Whether `text` starts with a colon, white space aside.
#[must_use]
pub fn starts_with_colon(text: &str) -> bool {
    text.trim_start().starts_with([':', '：'])
}
