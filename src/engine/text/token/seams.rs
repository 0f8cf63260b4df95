//! Words that lost the space between them, told by their capitals.

/// Whether a capital stands after the first two letters: the cheap test before [`seams`].
pub(super) fn has_inner_capital(word: &str) -> bool {
    // C3 leads the letters of Latin-1, whose capitals go on with 80 to 9E; from C4 on a look at the letters is cheaper.
    let bytes = word.as_bytes();
    bytes.iter().skip(2).any(u8::is_ascii_uppercase)
        || bytes.array_windows().skip(2).any(|&[lead, next]| lead == 0xc3 && next <= 0x9e)
        || bytes.iter().any(|&byte| byte >= 0xc4) && word.chars().skip(2).any(char::is_uppercase)
}

/// Byte offsets inside `word` where a new word seems to start: a capital followed by a small letter, after at least two
/// small letters or digits (`zu|Der`, `2025|Foto`), or after two capitals and before two small letters (`USA|Die`).
/// Names such as `McDonald` and `iPhone` have shorter first parts.
pub(super) fn seams(word: &str) -> Vec<usize> {
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    if alternates(&chars) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut last = 0;
    for i in 2..chars.len().saturating_sub(1) {
        if !chars[i].1.is_uppercase() || !chars[i + 1].1.is_lowercase() {
            continue;
        }
        let small = |c: char| c.is_lowercase() || c.is_numeric();
        let after_small = small(chars[i - 1].1) && !matches!(&word[..chars[i].0], "Mc" | "Mac");
        let after_capitals = chars[i - 1].1.is_uppercase()
            && chars[i - 2].1.is_uppercase()
            && chars.get(i + 2).is_some_and(|c| c.1.is_lowercase());
        if i - last >= 2 && (after_small || after_capitals) {
            found.push(chars[i].0);
            last = i;
        }
    }
    found
}

/// Whether capitals come so often (`SuBsCrIbE`) that they cannot each begin a word: every third letter on average, and
/// more than once.
fn alternates(chars: &[(usize, char)]) -> bool {
    let rises = chars.windows(2).filter(|pair| pair[0].1.is_lowercase() && pair[1].1.is_uppercase()).count();
    rises >= 2 && rises * 3 >= chars.len()
}

pub(super) fn is_upper(word: &str) -> bool {
    let mut letters = 0;
    for c in word.chars() {
        if c.is_lowercase() {
            return false;
        }
        letters += usize::from(c.is_uppercase());
    }
    letters >= 2
}
