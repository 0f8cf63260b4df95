//! The little language in which phrases are written.
//!
//! | written | means |
//! | --- | --- |
//! | `read more` | these words in this order, whatever punctuation stands between them |
//! | `(join\|follow) us`, `subscrib(e\|ing)` | one of the alternatives; `(a\|)` makes it optional |
//! | `comments?`, `(very )?good` | the letter or the parentheses before `?` may be missing |
//! | `abonn*` | a word that starts so |
//! | `~3` | up to three words |
//! | `#` | a number; `@url`, `@mail` and `@name` stand for those slots |
//! | `^lesen sie` | only where a unit (line or sentence) starts |
//! | `weiterlesen$` | only where a unit ends; with `^` as well it is all that the unit says |
//! | `^text by ~3 $` | where the unit ends after three more words at most, and with a colon or no full stop |
//! | `^text by ~16 $` | the same after any number of words: the longest gap stands for all of them |
//!
//! Words pass through the tokeniser of the texts, so a pattern is spelled as people write.

use crate::engine::text::token::tokenize;
use ahash::AHashMap;
use std::collections::hash_map::Entry;

/// Phrases that one pattern may stand for.
pub const MAX_EXPANSIONS: usize = 4096;
/// Words that one gap may span: a sentence's clause, not a paragraph.
pub const MAX_GAP: u32 = 16;
/// Literals that neighbouring alternatives may multiply to before they are looked for one by one.
const MAX_MULTIPLIED: usize = 48;
/// Letters that must precede a `*`: a shorter stem matches half of a dictionary.
const MIN_STEM: usize = 3;
const MAX_DEPTH: usize = 8;

/// Why a phrase is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Nothing is left to look for.
    #[error("it holds no word")]
    Empty,
    /// Parentheses do not pair up.
    #[error("unbalanced parentheses")]
    Parentheses,
    /// A bar outside parentheses.
    #[error("alternatives need parentheses")]
    Bar,
    /// More than [`MAX_EXPANSIONS`].
    #[error("it stands for more than {MAX_EXPANSIONS} phrases")]
    TooMany,
    /// A gap without a number from 1 to [`MAX_GAP`], or one at the edge of the phrase.
    #[error("a gap is ~1 to ~{MAX_GAP} between words")]
    Gap,
    /// A prefix of less than three letters, or a `*` inside a word.
    #[error("a * follows at least {MIN_STEM} letters and ends the word")]
    Prefix,
    /// A sign without a letter or digit: texts are looked through word by word, so it would stand for nothing at all.
    #[error("a sign is no word, and is not looked for")]
    Sign,
    /// An anchor inside the phrase.
    #[error("^ opens a phrase, $ closes it")]
    Anchor,
}

/// A phrase, ready for the automaton.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The phrase cut at its gaps: parts multiply their own alternatives out, not those of the others.
    pub(super) parts: Vec<Part>,
    /// Only where a unit starts.
    pub(super) opens: bool,
    /// Only where the unit ends, so many words later at most.
    pub(super) closes: Option<u32>,
}

/// What stands between two gaps, or a chunk of it that follows the chunk before directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Words that may stand between the part before and this one.
    pub(super) gap: u32,
    pub(super) alternatives: Vec<Vec<Segment>>,
}

/// Words that follow one another directly.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Segment {
    /// Words that may stand between the segment before and this one.
    pub(super) gap: u32,
    /// Folded words, parted by one space.
    pub(super) words: String,
    pub(super) count: u32,
    /// The last word is the start of one.
    pub(super) prefix: bool,
}

impl Pattern {
    /// Reads `phrase`.
    pub(super) fn parse(phrase: &str) -> Result<Self, PatternError> {
        let phrase = phrase.trim();
        let (opens, phrase) = phrase.strip_prefix('^').map_or((false, phrase), |rest| (true, rest));
        let (closed, phrase) = phrase.strip_suffix('$').map_or((false, phrase), |rest| (true, rest.trim_end()));
        if phrase.contains(['^', '$']) {
            return Err(PatternError::Anchor);
        }
        let (phrase, slack) = if closed { trailing_gap(phrase)? } else { (phrase, 0) };
        // A title behind a label may have more words, and no look is spent on them.
        let slack = if slack == MAX_GAP { u32::MAX } else { slack };
        let mut parts = Vec::new();
        for (gap, text) in cut_at_gaps(phrase)? {
            for (index, chunk) in chunks(&text)?.iter().enumerate() {
                parts.push(Part { gap: if index == 0 { gap } else { 0 }, alternatives: alternatives(chunk)? });
            }
        }
        Ok(Self { parts, opens, closes: closed.then_some(slack) })
    }

    /// Number of phrases without alternatives that the pattern stands for.
    pub(super) fn phrases(&self) -> usize {
        self.parts.iter().fold(1, |all, part| all.saturating_mul(part.alternatives.len()))
    }
}

/// Splits a gap off the end of the phrase: it says how far away the end of the unit may be.
fn trailing_gap(phrase: &str) -> Result<(&str, u32), PatternError> {
    match phrase.rsplit_once(char::is_whitespace) {
        Some((head, last)) if last.starts_with('~') => Ok((head, gap(&last[1..])?)),
        _ => Ok((phrase, 0)),
    }
}

/// Cuts at the gaps outside parentheses; each part comes with the gap before it.
fn cut_at_gaps(phrase: &str) -> Result<Vec<(u32, String)>, PatternError> {
    let mut parts = vec![(0, String::new())];
    let mut depth = 0_usize;
    for piece in phrase.split_whitespace() {
        if depth == 0
            && let Some(written) = piece.strip_prefix('~')
        {
            parts.push((gap(written)?, String::new()));
            continue;
        }
        depth = (depth + piece.matches('(').count()).saturating_sub(piece.matches(')').count());
        if let Some((_, part)) = parts.last_mut() {
            part.push_str(piece);
            part.push(' ');
        }
    }
    if parts.len() > 1 && parts.iter().any(|(_, part)| part.is_empty()) {
        return Err(PatternError::Gap);
    }
    Ok(parts)
}

/// Cuts what stands between two gaps where alternatives would multiply beyond [`MAX_MULTIPLIED`]: long literals are
/// found fast, but too many of them outgrow the processor's caches. A chunk that may be empty stays with its neighbour.
fn chunks(text: &str) -> Result<Vec<String>, PatternError> {
    let mut chunks: Vec<(String, usize, bool)> = Vec::new();
    for atom in atoms(text) {
        let expanded = expand(&atom)?;
        let may_be_empty = expanded.iter().any(|plain| plain.trim().is_empty());
        match chunks.last_mut() {
            Some((chunk, count, empty)) if *empty || may_be_empty || *count * expanded.len() <= MAX_MULTIPLIED => {
                chunk.push(' ');
                chunk.push_str(&atom);
                *count *= expanded.len();
                *empty &= may_be_empty;
            }
            _ => chunks.push((atom, expanded.len(), may_be_empty)),
        }
    }
    Ok(chunks.into_iter().map(|(chunk, _, _)| chunk).collect())
}

/// Splits at the spaces outside parentheses.
fn atoms(text: &str) -> Vec<String> {
    let mut atoms = vec![String::new()];
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c.is_whitespace() && depth == 0 {
            atoms.push(String::new());
        } else if let Some(atom) = atoms.last_mut() {
            atom.push(c);
        }
    }
    atoms.retain(|atom| !atom.is_empty());
    if atoms.is_empty() {
        atoms.push(String::new());
    }
    atoms
}

fn gap(written: &str) -> Result<u32, PatternError> {
    written.parse().ok().filter(|words| (1..=MAX_GAP).contains(words)).ok_or(PatternError::Gap)
}

fn alternatives(part: &str) -> Result<Vec<Vec<Segment>>, PatternError> {
    let mut all = Vec::new();
    let written = expand(part)?;
    // The Swiss write ss for ß.
    let swiss: Vec<String> = written.iter().filter(|plain| plain.contains('ß')).map(|p| p.replace('ß', "ss")).collect();
    // Alternatives share most of their pieces, and folding one takes longer than finding it.
    let mut pieces = AHashMap::new();
    for plain in written.iter().chain(&swiss) {
        let mut builder = Builder::default();
        for written in plain.split_whitespace() {
            let piece = match pieces.entry(written) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(Piece::parse(written)?),
            };
            builder.add(piece)?;
        }
        all.push(builder.finish()?);
    }
    Ok(all)
}

/// What stands between two spaces.
enum Piece {
    Gap(u32),
    /// So many words, parted by one space; the last is the start of one if `prefix`.
    Words {
        folded: String,
        count: u32,
        prefix: bool,
    },
}

impl Piece {
    fn parse(written: &str) -> Result<Self, PatternError> {
        if let Some(words) = written.strip_prefix('~') {
            return gap(words).map(Self::Gap);
        }
        // What the tokeniser leaves as it is, which many words are, needs no tokeniser.
        let is_plain = written.bytes().all(|byte| byte.is_ascii_lowercase());
        if is_plain || matches!(written, "#" | "@url" | "@mail" | "@name") {
            return Ok(Self::Words { folded: written.to_owned(), count: 1, prefix: false });
        }
        let (stem, prefix) = written.strip_suffix('*').map_or((written, false), |stem| (stem, true));
        if stem.contains('*') || (prefix && letters(stem) < MIN_STEM) {
            return Err(PatternError::Prefix);
        }
        let tokens = tokenize(stem);
        let words: Vec<&str> = (0..tokens.words.len()).map(|index| tokens.folded_word(index)).collect();
        Ok(Self::Words { folded: words.join(" "), count: words.len() as u32, prefix })
    }
}

/// Letters of `stem`; a Hangul syllable counts for two.
fn letters(stem: &str) -> usize {
    stem.chars().map(|c| 1 + usize::from(matches!(c, '\u{ac00}'..='\u{d7a3}'))).sum()
}

/// Collects the words of a phrase into segments; a gap or a prefix closes a segment.
#[derive(Default)]
struct Builder {
    done: Vec<Segment>,
    open: Segment,
    pending_gap: bool,
    signs: bool,
}

impl Builder {
    fn add(&mut self, piece: &Piece) -> Result<(), PatternError> {
        match piece {
            Piece::Gap(words) => {
                self.close();
                if self.done.is_empty() || self.pending_gap {
                    return Err(PatternError::Gap);
                }
                (self.open.gap, self.pending_gap) = (*words, true);
            }
            Piece::Words { folded, count, prefix } => {
                if *count > 0 {
                    if self.open.count > 0 {
                        self.open.words.push(' ');
                    }
                    self.open.words.push_str(folded);
                    self.open.count += count;
                    self.pending_gap = false;
                }
                self.signs |= *count == 0;
                if *prefix {
                    self.open.prefix = true;
                    self.close();
                }
            }
        }
        Ok(())
    }

    fn close(&mut self) {
        if self.open.count > 0 {
            self.done.push(std::mem::take(&mut self.open));
        }
    }

    fn finish(mut self) -> Result<Vec<Segment>, PatternError> {
        if self.pending_gap {
            return Err(PatternError::Gap);
        }
        self.close();
        match (self.done.is_empty(), self.signs) {
            (true, _) => Err(PatternError::Empty),
            (false, true) => Err(PatternError::Sign),
            (false, false) => Ok(self.done),
        }
    }
}

/// Multiplies the alternatives of `phrase` out.
fn expand(phrase: &str) -> Result<Vec<String>, PatternError> {
    let mut chars = phrase.chars();
    let (all, stop) = sequence(&mut chars, 0)?;
    match stop {
        None => Ok(all),
        Some('|') => Err(PatternError::Bar),
        Some(_) => Err(PatternError::Parentheses),
    }
}

/// Reads up to a bar, a closing parenthesis or the end; tells which.
fn sequence(chars: &mut std::str::Chars<'_>, depth: usize) -> Result<(Vec<String>, Option<char>), PatternError> {
    let mut all = vec![String::new()];
    let mut without_last = Vec::new();
    while let Some(c) = chars.next() {
        match c {
            '|' | ')' => return Ok((all, Some(c))),
            '?' => {
                all.append(&mut without_last);
                if all.len() > MAX_EXPANSIONS {
                    return Err(PatternError::TooMany);
                }
            }
            '(' => {
                let longer = product(&all, &group(chars, depth + 1)?)?;
                without_last = std::mem::replace(&mut all, longer);
            }
            _ => {
                // Needed only if the letter may be missing.
                if chars.clone().next() == Some('?') {
                    without_last.clone_from(&all);
                } else {
                    without_last.clear();
                }
                for one in &mut all {
                    one.push(c);
                }
            }
        }
    }
    Ok((all, None))
}

/// Reads the alternatives of one pair of parentheses, the opening one consumed.
fn group(chars: &mut std::str::Chars<'_>, depth: usize) -> Result<Vec<String>, PatternError> {
    if depth > MAX_DEPTH {
        return Err(PatternError::Parentheses);
    }
    let mut alternatives = Vec::new();
    loop {
        let (branch, stop) = sequence(chars, depth)?;
        alternatives.extend(branch);
        match stop {
            Some('|') => {}
            Some(_) => return Ok(alternatives),
            None => return Err(PatternError::Parentheses),
        }
    }
}

fn product(heads: &[String], tails: &[String]) -> Result<Vec<String>, PatternError> {
    if heads.len().saturating_mul(tails.len()) > MAX_EXPANSIONS {
        return Err(PatternError::TooMany);
    }
    Ok(heads.iter().flat_map(|head| tails.iter().map(move |tail| [&**head, tail].concat())).collect())
}

#[cfg(test)]
mod tests;
