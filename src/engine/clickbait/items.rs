//! A headline as a row of words and marks, with what kind of word each is.

use super::closed::is_closed;
use crate::engine::text::token::{Class, Tokens, tokenize};
use crate::learning::random::mix;

/// What stands at a place of the headline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A word that holds sentences together; `true` for the English ones of the closed classes.
    Closed,
    /// Any other word in lower case.
    Lower,
    /// Any other word that starts with a capital.
    Capital,
    /// Any other word in capitals.
    Upper,
    /// Digits, URLs, addresses, handles.
    Slot(Class),
    /// One character that is neither word nor space; spellings of quotes, dashes and dots are made one.
    Mark(char),
}

/// A word or a mark.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub(super) sort: Sort,
    /// Identifies the folded word or the mark.
    pub(super) hash: u64,
    /// Index of the word in the tokens, for words.
    pub(super) word: usize,
    /// No white space before it.
    pub(super) glued: bool,
}

/// A headline, read.
#[derive(Debug)]
pub(super) struct Headline {
    pub(super) items: Vec<Item>,
    pub(super) tokens: Tokens,
}

/// At most this many bytes are read: the longest headlines have a third of it, and the cost stays bounded.
const LONGEST: usize = 600;

impl Headline {
    /// Reads `title`, or the beginning of it.
    pub(super) fn read(title: &str) -> Self {
        let mut end = title.len().min(LONGEST);
        while !title.is_char_boundary(end) {
            end -= 1;
        }
        let text = title[..end].trim();
        let tokens = tokenize(text);
        let mut items = Vec::with_capacity(tokens.words.len() * 2);
        let mut at = 0;
        for (word, token) in tokens.words.iter().enumerate() {
            marks(&text[at..token.start as usize], at == 0, &mut items);
            let sort = match token.class {
                Class::Word if is_closed(tokens.folded_word(word)) => Sort::Closed,
                Class::Word if token.upper => Sort::Upper,
                Class::Word if token.capital => Sort::Capital,
                Class::Word => Sort::Lower,
                class => Sort::Slot(class),
            };
            let glued = token.start > 0 && !text[..token.start as usize].ends_with(char::is_whitespace);
            items.push(Item { sort, hash: token.hash, word, glued });
            at = token.end as usize;
        }
        marks(&text[at..], at == 0, &mut items);
        Self { items, tokens }
    }

    /// The words among the items.
    pub(super) fn words(&self) -> impl DoubleEndedIterator<Item = &Item> {
        self.items.iter().filter(|item| !matches!(item.sort, Sort::Mark(_)))
    }

    /// The folded form of a word; empty for marks.
    pub(super) fn folded(&self, item: &Item) -> &str {
        if matches!(item.sort, Sort::Mark(_)) { "" } else { self.tokens.folded_word(item.word) }
    }

    /// Whether the mark `mark` occurs.
    pub(super) fn has(&self, mark: char) -> bool {
        self.items.iter().any(|item| item.sort == Sort::Mark(mark))
    }
}

/// Appends the marks of a gap between words. Three dots become one ellipsis.
fn marks(gap: &str, first: bool, items: &mut Vec<Item>) {
    let mut spaced = first;
    let mut rest = gap.chars().peekable();
    while let Some(c) = rest.next() {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        let mut mark = unify(c);
        if c == '.' && rest.peek() == Some(&'.') {
            while rest.next_if_eq(&'.').is_some() {}
            mark = '…';
        }
        items.push(Item { sort: Sort::Mark(mark), hash: mark_hash(mark), word: 0, glued: !spaced });
        spaced = false;
    }
}

/// Salted, so that a mark never has the hash of a word.
pub(super) fn mark_hash(mark: char) -> u64 {
    mix(u64::from(mark) | 1 << 40)
}

fn unify(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '`' | '´' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '«' | '»' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '？' => '?',
        '！' => '!',
        '：' => ':',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_marks_in_order() {
        let headline = Headline::read(" “You’ll never” guess... NASA, 7 Ways? ");
        let shown: Vec<String> = headline
            .items
            .iter()
            .map(|item| match item.sort {
                Sort::Mark(c) => c.to_string(),
                Sort::Closed => headline.folded(item).to_owned(),
                sort => format!("{sort:?}"),
            })
            .collect();
        assert_eq!(
            shown,
            ["\"", "you", "'", "ll", "never", "\"", "Lower", "…", "Upper", ",", "Slot(Number)", "Capital", "?"]
        );
        assert!(headline.items[2].glued && headline.items[3].glued && !headline.items[4].glued);
        assert!(headline.has('?') && !headline.has('!'));
        assert_eq!(headline.words().count(), 7);
    }

    #[test]
    fn long_and_empty_titles_are_bounded() {
        assert!(Headline::read("").items.is_empty());
        assert!(Headline::read(&"äöü ".repeat(1000)).items.len() <= LONGEST);
    }
}
