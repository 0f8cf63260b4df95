//! How a headline is made, as some forty numbers: length, case, marks, pronouns, questions, pointing words.

use super::items::{Headline, Item, Sort};
use crate::engine::text::token::Class;

/// Names of the columns, in the order of [`measure`]; part of the model file.
pub(super) const COLUMNS: [&str; 40] = [
    "log_characters",
    "log_items",
    "items",
    "under_6_items",
    "under_9_items",
    "over_16_items",
    "word_length",
    "capital_share",
    "upper_share",
    "closed_share",
    "starts_with_number",
    "numbers",
    "question_mark",
    "exclamation_mark",
    "ellipsis",
    "ends_with_dot",
    "quotes",
    "apostrophe",
    "colon",
    "dash_or_bar",
    "percent_or_currency",
    "handle",
    "hash_sign",
    "link",
    "starts_with_question_word",
    "question_word",
    "second_person",
    "first_person",
    "third_person",
    "pointing_word",
    "starts_with_pointing_word",
    "superlative",
    "starts_lower",
    "ed_share",
    "ing_share",
    "no_capitals",
    "auxiliary",
    "long_word_share",
    "pronoun_without_name",
    "pointing_before_noun",
];

const QUESTIONS: [&str; 8] = ["how", "what", "when", "where", "which", "who", "whose", "why"];
const SECOND: [&str; 4] = ["you", "your", "yours", "yourself"];
const FIRST: [&str; 6] = ["i", "me", "my", "our", "us", "we"];
const THIRD: [&str; 8] = ["he", "her", "him", "his", "she", "their", "them", "they"];
const POINTING: [&str; 4] = ["here", "these", "this", "those"];
const AUXILIARIES: [&str; 8] = ["are", "can", "has", "have", "is", "was", "were", "will"];

/// The numbers for `headline`, in the order of [`COLUMNS`]. All are small: shares, flags, counts, logarithms.
pub(super) fn measure(headline: &Headline) -> [f32; COLUMNS.len()] {
    let mut sheet = Sheet { values: [0.0; COLUMNS.len()], next: 0 };
    lengths(headline, &mut sheet);
    marks(headline, &mut sheet);
    functions(headline, &mut sheet);
    sheet.values
}

/// Filled from left to right.
struct Sheet {
    values: [f32; COLUMNS.len()],
    next: usize,
}

impl Sheet {
    fn number(&mut self, value: f32) {
        if let Some(place) = self.values.get_mut(self.next) {
            *place = value;
        }
        self.next += 1;
    }

    fn flag(&mut self, value: bool) {
        self.number(f32::from(u8::from(value)));
    }
}

fn is_letters(item: &Item) -> bool {
    !matches!(item.sort, Sort::Mark(_) | Sort::Slot(_))
}

fn lengths(headline: &Headline, sheet: &mut Sheet) {
    let items = headline.items.len();
    let characters = headline.tokens.folded.len();
    sheet.number((1.0 + characters as f32).ln());
    sheet.number((1.0 + items as f32).ln());
    sheet.number(items as f32 / 20.0);
    sheet.flag(items < 6);
    sheet.flag(items < 9);
    sheet.flag(items > 16);
    let words: Vec<&Item> = headline.words().filter(|item| is_letters(item)).collect();
    let count = words.len().max(1) as f32;
    let letters: usize = words.iter().map(|item| headline.folded(item).chars().count()).sum();
    sheet.number(letters as f32 / count);
    // The first word has a capital anyway.
    let capitals = words.iter().skip(1).filter(|item| headline.tokens.words[item.word].capital).count();
    sheet.number(capitals as f32 / count);
    sheet.number(words.iter().filter(|item| headline.tokens.words[item.word].upper).count() as f32 / count);
    let closed = words.iter().filter(|item| item.sort == Sort::Closed).count();
    sheet.number(closed as f32 / items.max(1) as f32);
}

fn marks(headline: &Headline, sheet: &mut Sheet) {
    let number = |item: &Item| item.sort == Sort::Slot(Class::Number);
    let any_slot = |class| headline.items.iter().any(|item| item.sort == Sort::Slot(class));
    sheet.flag(headline.words().next().is_some_and(number));
    sheet.number(headline.words().filter(|item| number(item)).count() as f32);
    sheet.flag(headline.has('?'));
    sheet.flag(headline.has('!'));
    sheet.flag(headline.has('…'));
    sheet.flag(headline.items.last().is_some_and(|item| item.sort == Sort::Mark('.')));
    sheet.flag(headline.has('"'));
    sheet.flag(headline.has('\''));
    sheet.flag(headline.has(':'));
    sheet.flag(headline.has('|') || headline.items.iter().any(|item| item.sort == Sort::Mark('-') && !item.glued));
    sheet.flag(['%', '$', '€', '£'].into_iter().any(|mark| headline.has(mark)));
    sheet.flag(any_slot(Class::Handle));
    sheet.flag(headline.has('#'));
    sheet.flag(any_slot(Class::Url));
}

fn functions(headline: &Headline, sheet: &mut Sheet) {
    let words: Vec<(&Item, &str)> = headline.words().map(|item| (item, headline.folded(item))).collect();
    let count = headline.items.len().max(1) as f32;
    let first = words.first().map_or("", |(_, word)| word);
    let any = |list: &[&str]| words.iter().any(|(_, word)| list.contains(word));
    let share = |test: &dyn Fn(&str) -> bool| words.iter().filter(|(_, word)| test(word)).count() as f32 / count;
    sheet.flag(QUESTIONS.contains(&first));
    sheet.flag(any(&QUESTIONS));
    sheet.flag(any(&SECOND));
    sheet.flag(any(&FIRST));
    sheet.flag(any(&THIRD));
    sheet.flag(any(&POINTING));
    sheet.flag(POINTING.contains(&first));
    sheet.flag(words.iter().any(|(_, word)| word.len() > 4 && word.ends_with("est")));
    sheet.flag(words.first().is_some_and(|(item, _)| is_letters(item) && !headline.tokens.words[item.word].capital));
    sheet.number(share(&|word| word.ends_with("ed")));
    sheet.number(share(&|word| word.ends_with("ing")));
    let capital = |item: &Item| matches!(item.sort, Sort::Capital | Sort::Upper);
    sheet.flag(!words.iter().skip(1).any(|(item, _)| headline.tokens.words[item.word].capital));
    sheet.flag(any(&AUXILIARIES));
    sheet.number(share(&|word| word.len() > 8));
    sheet.flag(any(&THIRD) && !words.iter().skip(1).any(|(item, _)| capital(item)));
    let pairs = words.iter().zip(words.iter().skip(1));
    sheet.flag(pairs.into_iter().any(|((_, a), (next, _))| matches!(*a, "this" | "these") && next.sort == Sort::Lower));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_filled() {
        let mut sheet = Sheet { values: [0.0; COLUMNS.len()], next: 0 };
        let headline = Headline::read("x");
        lengths(&headline, &mut sheet);
        marks(&headline, &mut sheet);
        functions(&headline, &mut sheet);
        assert_eq!(sheet.next, COLUMNS.len());
    }

    #[test]
    fn columns_say_what_their_names_say() {
        let set = |title: &str, column: &str| {
            let at = COLUMNS.iter().position(|name| *name == column).unwrap();
            measure(&Headline::read(title))[at] > 0.0
        };
        for (title, column) in [
            ("7 tricks", "starts_with_number"),
            ("Why you should run", "second_person"),
            ("Why not", "starts_with_question_word"),
            ("The biggest fish", "superlative"),
            ("What this dog did next…", "ellipsis"),
            ("What this dog did next…", "pointing_before_noun"),
            ("she found out", "pronoun_without_name"),
            ("Shares up 5%", "percent_or_currency"),
            ("News - today", "dash_or_bar"),
        ] {
            assert!(set(title, column), "{title}: {column}");
            assert!(!set("Parliament passes budget", column), "{column}");
        }
        assert!(measure(&Headline::read("")).iter().all(|v| v.is_finite()));
    }
}
