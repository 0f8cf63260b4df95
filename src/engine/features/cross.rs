//! Products of columns that a linear decision could not form.

use super::neighbours::amid;
use super::{HEADLINE, OWN, TEXT, cues, layout, neighbours, recurrence, vocabulary};

/// Names of the columns that [`Cross::fill`] writes.
pub(super) const NAMES: &[&str] = &[
    "cross.seen_short",
    "cross.seen_weak",
    "cross.seen_strong",
    "cross.seen_cues",
    "cross.template_cues",
    "cross.template_strong",
    "cross.cues_end",
    "cross.cues_short",
    "cross.cues_quote",
    "cross.cues_long",
    "cross.own_end",
    "cross.seen_end",
    "cross.text_end",
    "cross.text_short",
    "cross.text_long",
    "cross.seen_prose_far",
    "cross.line_text_cues",
    "cross.seen_amid",
    "cross.strong_amid",
    "cross.open_after",
    "cross.open_before",
    "cross.open_shared",
    "cross.open_in_title",
    "cross.open_new_names",
    "cross.open_names",
    "cross.open_title_case",
    "cross.open_title_case_known",
];

/// The last of them: columns of [`vocabulary`], one behind the other, for lines that look like headlines.
const OPEN: usize = 8;

/// Where the columns stand that [`Cross::fill`] takes its factors from.
#[derive(Debug)]
pub(super) struct Cross {
    short: usize,
    long: usize,
    end: usize,
    quote: usize,
    weight: usize,
    own: usize,
    weak: usize,
    log: usize,
    template: usize,
    prose: usize,
    near_seen: usize,
    near_strong: usize,
    /// What makes a unit look like a headline: a line of its own that ends with no mark, or with a question.
    line: usize,
    none: usize,
    question: usize,
    /// First of the columns of [`vocabulary`] that are told apart for such lines.
    words: usize,
    at: usize,
}

impl Cross {
    /// For rows with columns for `groups` groups of cues, whose products begin at column `at`.
    pub(super) fn new(groups: usize, at: usize) -> Self {
        let find = |names: &[&str], name: &str| names.iter().position(|n| *n == name).unwrap_or(0);
        let layout = |name| find(layout::NAMES, name);
        let words = layout::NAMES.len();
        let weight = words + vocabulary::NAMES.len() + groups;
        let own = weight + cues::SUMMARY.len();
        let text = own + OWN.len();
        let recurrence = text + TEXT.len() + HEADLINE.len();
        let near = recurrence + recurrence::NAMES.len();
        let seen = |name| recurrence + find(recurrence::NAMES, name);
        Self {
            short: layout("words.le7"),
            long: layout("words.gt25"),
            end: layout("place.before_last5"),
            quote: layout("marks.quotes"),
            weight,
            own,
            weak: text + find(TEXT, "text.weak_p"),
            log: seen("seen.log"),
            template: seen("seen.template_log"),
            prose: seen("seen.ge3_prose"),
            near_seen: near + neighbours::SEEN,
            near_strong: near + neighbours::STRONG,
            line: layout("unit.line"),
            none: layout("end.none"),
            question: layout("end.question"),
            words: words + find(vocabulary::NAMES, "cohesion.after"),
            at,
        }
    }

    /// Writes the products of `row` behind its other columns.
    pub(super) fn fill(&self, row: &mut [f32]) {
        let (short, long, end, quote) = (row[self.short], row[self.long], row[self.end], row[self.quote]);
        let (weight, own) = (row[self.weight] * 2.0, row[self.own]);
        let (weak, strong, line_text) = (row[self.weak], row[self.weak + 1], row[self.weak + 2]);
        let (seen, template, prose) = (row[self.log], row[self.template], row[self.prose]);
        let values = [
            seen * short,
            seen * weak,
            seen * strong,
            seen * weight,
            template * weight,
            template * strong,
            weight * end,
            weight * short,
            weight * quote,
            weight * long,
            own * end,
            seen * end,
            strong * end,
            strong * short,
            strong * long,
            prose * (1.0 - end),
            line_text * weight,
            seen * amid(&row[self.near_seen..]),
            strong * amid(&row[self.near_strong..]),
        ];
        row[self.at..self.at + values.len()].copy_from_slice(&values);
        let open = row[self.line] * (row[self.none] + row[self.question]);
        if open > 0.0 {
            row.copy_within(self.words..self.words + OPEN, self.at + values.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_for_headlines_stand_in_the_order_of_their_columns() {
        let from = vocabulary::NAMES.iter().position(|name| *name == "cohesion.after").unwrap();
        let named = |names: &[&str], family: &str| -> Vec<String> {
            names.iter().map(|name| name.strip_prefix(family).unwrap().to_owned()).collect()
        };
        let products = named(&NAMES[NAMES.len() - OPEN..], "cross.open_");
        assert_eq!(products, named(&vocabulary::NAMES[from..from + OPEN], "cohesion."));
    }
}
