//! Texts whose lines were wrapped at a width, as in mails and plain-text feeds: the breaks inside their paragraphs mean
//! no more than a space.
//!
//! A line that was wrapped is as long as it could be: the next line's first word would not have fitted. So each break
//! allows for some widths, from the length of its line to that with the word. In a wrapped text one width suits nearly
//! all breaks but those between paragraphs; lines that end where they end suit any one width now and then.

use super::super::marks::{CLOSING_QUOTES, is_terminator};
use super::super::token::stands_alone;
use super::Line;
use std::ops::Range;

/// Widths in characters: narrower are columns of a table, wider are paragraphs that happen to be short. Printers had 132
/// columns at the most. Not varied.
const WIDTHS: Range<usize> = 30..133;
/// Breaks that a width must suit. Two lines may agree by chance.
const FEWEST: usize = 3;
/// Share of all breaks that the width must suit, in per cent: paragraphs of two lines, set without a gap, have a half.
/// Not varied. With the other bounds it takes 20 of 28,914 articles of the streams for wrapped; 19 are, and one is a song
/// (23 November 2026, by a line printed for each).
const SHARE: usize = 40;
/// Share of those breaks at which a sentence goes on, with a small letter where letters have two sizes, in per cent.
/// German, which writes nouns large, has about a half; headlines and entries of lists start large. Without a look at the
/// line before, three reports in short paragraphs, with some letters lost at their beginnings, were taken for wrapped too.
const GOING_ON: usize = 20;
/// First words longer than this are no words that a line is wrapped before, but addresses.
const LONGEST_WORD: usize = 25;

/// A break between two lines that follow each other directly.
struct Break {
    /// Index of the line behind it.
    line: usize,
    /// Widths for which a wrapped text would have it.
    widths: Range<usize>,
    /// Whether the line before it ends no sentence, and the line behind it starts with a letter that starts none.
    goes_on: bool,
}

/// Joins the lines of wrapped paragraphs. Lines of other texts stay as they are. Linear.
pub(super) fn unwrap_lines(text: &str, lines: &mut Vec<Line>) {
    let breaks: Vec<Break> =
        (1..lines.len()).filter_map(|line| soft(text, &lines[line - 1], &lines[line], line)).collect();
    let Some(width) = width(&breaks, lines) else { return };
    let mut wrapped = vec![false; lines.len()];
    for found in breaks.iter().filter(|found| found.widths.contains(&width)) {
        wrapped[found.line] = true;
    }
    let mut joined: Vec<Line> = Vec::with_capacity(lines.len());
    for (at, line) in lines.drain(..).enumerate() {
        match joined.last_mut().filter(|_| wrapped[at]) {
            Some(paragraph) => (paragraph.end, paragraph.last) = (line.end, line.last),
            None => joined.push(line),
        }
    }
    *lines = joined;
}

/// The break between two lines, if it may be one that wraps.
fn soft(text: &str, before: &Line, after: &Line, line: usize) -> Option<Break> {
    // Four bytes are the most that a character has.
    if after.breaks != 1 || before.end - before.start > 4 * WIDTHS.end {
        return None;
    }
    let length = text[before.start..before.end].chars().count();
    let next = &text[after.start..after.end];
    let first = next.chars().next()?;
    let letters = next.chars().take(LONGEST_WORD + 1).take_while(|c| !c.is_whitespace()).count();
    // Ideographs are wrapped anywhere, but that a line may be longer by a mark that must not begin the next.
    let word = if stands_alone(first) { 1 } else { letters };
    if length >= WIDTHS.end || word > LONGEST_WORD {
        return None;
    }
    let ends = text[..before.end].ends_with(|c| is_terminator(c) || CLOSING_QUOTES.contains(&c));
    let goes_on = !ends && first.is_alphabetic() && !first.is_uppercase();
    Some(Break { line, widths: length..length + 1 + word, goes_on })
}

/// The width at which most breaks wrap, if that is most of all breaks.
fn width(breaks: &[Break], lines: &[Line]) -> Option<usize> {
    if breaks.len() < FEWEST {
        return None;
    }
    // How many breaks a width suits is a sum over starts and ends.
    let mut change = [0_i32; WIDTHS.end + LONGEST_WORD + 2];
    for found in breaks {
        change[found.widths.start] += 1;
        change[found.widths.end] -= 1;
    }
    let mut suited = 0;
    let mut best = (0, 0);
    for (width, change) in change.iter().enumerate() {
        suited += change;
        if suited > best.0 && WIDTHS.contains(&width) {
            best = (suited, width);
        }
    }
    let width = best.1;
    let all = lines.iter().skip(1).filter(|line| line.breaks == 1).count();
    let suited = breaks.iter().filter(|found| found.widths.contains(&width));
    let (count, going_on) = suited.fold((0, 0), |(count, on), found| (count + 1, on + usize::from(found.goes_on)));
    let wraps = count >= FEWEST && count * 100 >= all * SHARE && going_on * 100 >= count * GOING_ON;
    wraps.then_some(width)
}

#[cfg(test)]
mod tests {
    use super::super::tests::units as segments;
    use proptest::prelude::*;

    /// Two paragraphs and a heading between them.
    const PARAGRAPHS: [&str; 4] = [
        "The harbour office counted more ferries in October than in any month since the new pier was opened, and most of \
         them came from the islands in the north, where the summer line was kept running for the first time.",
        "Fewer berths, longer queues",
        "Skippers wait for an hour and more on some mornings. The town wants to add two berths by spring, but nobody has \
         said yet who will pay for them, and the office itself has no money left this year.",
        "A decision is expected in December.",
    ];

    /// `text` with lines of at most `width` characters.
    fn wrapped(text: &str, width: usize) -> String {
        let (mut out, mut column) = (String::new(), 0);
        for word in text.split(' ') {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width {
                out.push('\n');
                column = 0;
            } else if column > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += length;
        }
        out
    }

    /// The texts of the units, white space made one space.
    fn units(text: &str) -> Vec<String> {
        let words = |unit: &str| unit.split_whitespace().collect::<Vec<_>>().join(" ");
        segments(text).iter().map(|unit| words(unit)).collect()
    }

    #[test]
    fn wrapped_paragraphs_have_the_units_of_others() {
        let plain = units(&PARAGRAPHS.join("\n"));
        for width in [40, 60, 72, 78, 100] {
            for between in ["\n", "\n\n"] {
                let text = PARAGRAPHS.map(|paragraph| wrapped(paragraph, width)).join(between);
                assert_eq!(units(&text), plain, "{text}");
            }
            let text = PARAGRAPHS.map(|paragraph| wrapped(paragraph, width)).join("\n").replace('\n', "\r\n");
            assert_eq!(units(&text), plain, "{text}");
        }
    }

    #[test]
    fn ideographs_are_wrapped_anywhere() {
        let text = "市议会周一晚上讨论了新的交通计划，决定从明年春天起在老城区增加三条公共汽车线路，票价保持不变，市民可以在市政厅查阅全部文件，\
                    也可以向交通办公室提出意见，办公室将在两个月内答复，最后的决定由议会在十二月作出。";
        let letters: Vec<char> = text.chars().collect();
        let lines: Vec<String> = letters.chunks(32).map(|line| line.iter().collect()).collect();
        assert_eq!(units(&lines.join("\n")).concat().replace(' ', ""), text);
        assert_eq!(units(&lines.join("\n")).len(), 1);
    }

    #[test]
    fn lines_that_end_where_they_end_stay() {
        for text in [
            "Storm closes the coast road\nSchools stay shut on Monday\nFerry line sold to a rival\nMayor wants a second bridge",
            "Flour: 300 g\nButter: 150 g\nSugar: 80 g\nEggs: 2\nSalt: a pinch\nMilk: 2 spoons\nLemon: the peel of a half",
            // A poem: lines of nearly one length that start large.
            "The tide came in across the flats at night\nAnd took the nets that we had hung to dry\nThe moon went down \
             behind the harbour light\nAnd no one on the quay could tell us why\nThe boats were gone before the sun was up",
            // Too few to tell.
            "The office counted more ferries than in any month since the pier\nwas opened.",
        ] {
            assert_eq!(segments(text).len(), text.lines().count(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_lines_are_covered(text in "([a-zA-Z ]{0,60}\n?){0,12}") {
            let covered: String = segments(&text).concat().split_whitespace().collect();
            prop_assert_eq!(covered, text.split_whitespace().collect::<String>());
        }
    }
}
