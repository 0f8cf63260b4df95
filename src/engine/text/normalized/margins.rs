//! Marks in front of all lines: `> ` of a mail's quotation, the bullet of a list that the whole text was made, numbers
//! of lines, times of a transcript. A mark that every line has says nothing about any of them.

use super::super::edit::Edit;
use super::super::marks::is_quotation_mark;
use super::{is_mostly_prose, lines};

/// Lines that a text must have: with fewer, marks may agree by chance.
const FEWEST: usize = 4;
/// Share of the lines that must have the mark, in per cent; a title may lack it. Not varied.
const SHARE: usize = 90;
/// Characters of the longest mark, `[00:12:34.567]` and the like.
const LONGEST: usize = 16;

/// The marks to take away from `text`. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    let all_lines = lines(text);
    // Nearly all texts are done here.
    if all_lines.clone().take(2).all(|(_, line)| mark(line).is_none()) {
        return Vec::new();
    }
    let Some((shape, count)) = commonest(all_lines.clone()) else { return Vec::new() };
    let all = all_lines.clone().count();
    let common = all >= FEWEST && count * 100 >= all * SHARE && is_mostly_prose(all_lines.clone().map(|line| line.1));
    // Sentences may begin with numbers; those of lines count on.
    if !common || shape == "0" && !counts_on(all_lines) {
        return Vec::new();
    }
    lines(text)
        .filter_map(|(start, line)| {
            let (length, _) = mark(line).filter(|(_, found)| *found == shape)?;
            Some(Edit::delete(start..start + length))
        })
        .collect()
}

/// The mark that `line` begins with, if it does: its bytes with the white space behind it, and its shape, in which a run
/// of digits is a `0` and a run of one sign is that sign.
fn mark(line: &str) -> Option<(usize, String)> {
    if line.starts_with(char::is_alphabetic) {
        return None;
    }
    let quoted = line.len() - line.trim_start_matches(['>', ' ']).len();
    if line.starts_with('>') {
        return Some((quoted, ">".to_owned()));
    }
    // An empty line has the mark alone.
    let ends = |(_, c): &(usize, char)| c.is_whitespace();
    let end = line.char_indices().chain([(line.len(), ' ')]).take(LONGEST).find(ends)?.0;
    let rest = &line[end..];
    let mut shape = String::new();
    for c in line[..end].chars() {
        if c.is_alphabetic() || is_quotation_mark(c) || is_currency(c) {
            return None;
        }
        let sign = if c.is_numeric() { '0' } else { c };
        if !shape.ends_with(sign) {
            shape.push(sign);
        }
    }
    Some((end + rest.len() - rest.trim_start().len(), shape))
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '£' | '¥' | '\u{20a0}'..='\u{20cf}')
}

/// The shape of most marks, and how many have it.
fn commonest<'a>(lines: impl Iterator<Item = (usize, &'a str)>) -> Option<(String, usize)> {
    // One that nine in ten lines have is among the first two.
    let mut candidates: Vec<(String, usize)> = Vec::new();
    for (_, line) in lines {
        let Some((_, shape)) = mark(line) else { continue };
        if let Some((_, count)) = candidates.iter_mut().find(|(known, _)| *known == shape) {
            *count += 1;
        } else if candidates.len() < 2 {
            candidates.push((shape, 1));
        }
    }
    candidates.into_iter().max_by_key(|(_, count)| *count)
}

/// Whether the numbers in front of the lines go up by one, nearly all of them.
fn counts_on<'a>(lines: impl Iterator<Item = (usize, &'a str)>) -> bool {
    let number = |line: &str| line.split_whitespace().next()?.parse::<u64>().ok();
    let numbers: Vec<Option<u64>> = lines.map(|(_, line)| number(line)).collect();
    let follows = |pair: &&[Option<u64>]| pair[1].is_some() && pair[1] == pair[0].and_then(|n| n.checked_add(1));
    let steps = numbers.windows(2).filter(follows).count();
    steps * 100 >= (numbers.len() - 1) * SHARE
}
