//! Words with their byte offsets, folded forms and classes.
//!
//! Only words are tokens; punctuation and white space stay in the gaps between them, where segmentation reads them.
//! Every word is folded into one shared buffer, words parted by one space, so that phrases are found by one automaton
//! over plain bytes whatever punctuation stands between the words.

mod address;
mod length;
mod letters;
mod seams;
mod spelled;

use self::address::{email_end, url_end};
pub(super) use self::letters::is_common_letter;
pub(super) use self::letters::stands_alone;
use self::letters::{is_half_width_mark, is_hangul, is_letter, is_word_char};
use self::seams::{has_inner_capital, is_upper, seams};
pub use self::spelled::is_spelled;
use self::spelled::spelled_end;
use super::bytes::count;
use super::fold::{continues_word, fold_word};
use super::markup::tag_at;
use xxhash_rust::xxh3::xxh3_64;

/// What a word stands for when blocks are compared: itself, or a slot that may change from article to article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A run of letters and digits.
    Word,
    /// Digits with their inner punctuation: `27`, `1.899,50`, `14:30`, `2025-11-27`. Folded to `#`.
    Number,
    /// `https://…` or `www.…`. Folded to `@url`.
    Url,
    /// `name@host.tld`. Folded to `@mail`.
    Email,
    /// `@name`. Folded to `@name`.
    Handle,
}

/// A word of the text.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte in the text.
    pub end: u32,
    /// First byte of the folded form in [`Tokens::folded`].
    pub folded: u32,
    /// xxh3 of the folded form: stable across machines and releases of this format version.
    pub hash: u64,
    /// Word or slot.
    pub class: Class,
    /// Starts with an upper-case letter.
    pub capital: bool,
    /// Consists of upper-case letters, two or more.
    pub upper: bool,
    /// Stands directly after the word before, at a change of case: `AnzeigeDepot` is `Anzeige` and a joined `Depot`.
    pub joined: bool,
}

/// The words of a text in order.
#[derive(Debug, Default)]
pub struct Tokens {
    /// The words.
    pub words: Vec<Token>,
    /// Their folded forms, each followed by one space; the buffer starts with a space too.
    pub folded: String,
    /// How much was written up to each word, in sixths of a word of a language with spaces. Empty where every word is
    /// one, which nearly all texts are.
    written: Vec<u32>,
}

impl Tokens {
    /// The folded form of word `index`. Panics on an index out of range, as slices do.
    #[must_use]
    pub fn folded_word(&self, index: usize) -> &str {
        let start = self.words[index].folded as usize;
        let end = self.words.get(index + 1).map_or(self.folded.len(), |next| next.folded as usize) - 1;
        &self.folded[start..end]
    }

    /// The index of the word whose folded form starts at byte `at` of [`Tokens::folded`], or covers it.
    #[must_use]
    pub fn word_at_folded(&self, at: usize) -> usize {
        self.words.partition_point(|word| word.folded as usize <= at).saturating_sub(1)
    }
}

/// Splits `text` into words. Linear in its length; offsets are `u32`, so texts must stay below 4 GiB (the limits of
/// the callers are far lower; what lies beyond is not tokenised).
#[must_use]
pub fn tokenize(text: &str) -> Tokens {
    tokenize_with(text, &|_| false)
}

/// [`tokenize`], but words with inner capitals for which `is_name` holds (`YouTube`) stay whole.
#[must_use]
pub fn tokenize_with(text: &str, is_name: &dyn Fn(&str) -> bool) -> Tokens {
    let text = if u32::try_from(text.len()).is_ok() { text } else { "" };
    let mut scanner = Scanner {
        text,
        latin: is_mostly_latin(text),
        is_name,
        lone_letters: false,
        tokens: Tokens {
            // A word and the space behind it are six bytes on average, five hardly ever: one text in four would outgrow
            // room for the average, and be copied.
            words: Vec::with_capacity(text.len() / 5),
            folded: String::with_capacity(text.len() + 2),
            written: Vec::new(),
        },
    };
    scanner.tokens.folded.push(' ');
    scanner.run();
    if scanner.lone_letters {
        scanner.tokens.measure(text);
    }
    scanner.tokens
}

struct Scanner<'a> {
    text: &'a str,
    latin: bool,
    is_name: &'a dyn Fn(&str) -> bool,
    /// A letter that is a word of its own was met.
    lone_letters: bool,
    tokens: Tokens,
}

impl Scanner<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(&byte) = self.text.as_bytes().get(at) {
            at = if byte.is_ascii_alphanumeric() {
                self.word_from(at)
            } else if byte == b'@' {
                self.handle_from(at)
            } else if byte.is_ascii() {
                tag_at(self.text, at).map_or(at + 1, |tag| tag.end)
            } else {
                match self.text[at..].chars().next() {
                    Some(c) if !is_word_char(c) => at + c.len_utf8(),
                    _ => self.word_from(at),
                }
            };
        }
    }

    /// Consumes the word that starts at byte `start` and returns where it ends.
    fn word_from(&mut self, start: usize) -> usize {
        if let Some(end) = self.plain_word_from(start) {
            return end;
        }
        if let Some(end) = url_end(self.text, start) {
            self.push(start, end, Class::Url);
            return end;
        }
        if let Some(end) = spelled_end(self.text, start) {
            self.push_spelled(start, end);
            return end;
        }
        let end = word_end(self.text, start);
        if self.text.as_bytes().get(end) == Some(&b'@')
            && let Some(end) = email_end(self.text, end)
        {
            self.push(start, end, Class::Email);
            return end;
        }
        if is_digits(&self.text[start..end]) {
            let end = number_end(self.text, end);
            self.push(start, end, Class::Number);
            return end;
        }
        self.push_parts(start, end);
        end
    }

    /// Pushes a word whose letters stand apart.
    fn push_spelled(&mut self, start: usize, end: usize) {
        let letters: String = self.text[start..end].chars().filter(|&c| is_word_char(c)).collect();
        self.push_as(&letters, start, end, Class::Word);
    }

    /// Pushes a word, in parts if it was glued from several.
    fn push_parts(&mut self, start: usize, end: usize) {
        let mut from = start;
        if has_inner_capital(&self.text[start..end]) && !(self.is_name)(&self.text[start..end]) {
            for seam in seams(&self.text[start..end]) {
                let part = &self.text[from..start + seam];
                self.push(from, start + seam, if is_digits(part) { Class::Number } else { Class::Word });
                self.join_last(from > start);
                from = start + seam;
            }
        }
        self.push(from, end, Class::Word);
        self.join_last(from > start);
    }

    fn join_last(&mut self, joined: bool) {
        if let Some(last) = self.tokens.words.last_mut() {
            last.joined = joined;
        }
    }

    /// Consumes `@name`, or the `@` alone, and returns where it ends.
    fn handle_from(&mut self, at: usize) -> usize {
        let name = at + 1;
        if self.text[name..].chars().next().is_some_and(is_word_char) {
            let mut end = word_end(self.text, name);
            while self.text.as_bytes().get(end) == Some(&b'_')
                && self.text[end + 1..].chars().next().is_some_and(is_word_char)
            {
                end = word_end(self.text, end + 1);
            }
            self.push(at, end, Class::Handle);
            return end;
        }
        name
    }

    /// Consumes the word that starts at byte `start` if it consists of ASCII letters, small ones but for the first, and
    /// nothing after it could belong to it; returns where it ends. Most words are such ones.
    fn plain_word_from(&mut self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let first = bytes[start];
        let tail = bytes[start + 1..].iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let end = start + 1 + tail;
        let stops = bytes.get(end).is_none_or(|&next| next.is_ascii() && !next.is_ascii_alphanumeric() && next != b'@');
        // `http` and `www` may start an address.
        let is_url = || matches!(first, b'h' | b'H' | b'w' | b'W') && url_end(self.text, start).is_some();
        if !first.is_ascii_alphabetic() || !stops || tail == 0 || is_url() {
            return None;
        }
        let folded = self.tokens.folded.len();
        self.tokens.folded.push(char::from(first.to_ascii_lowercase()));
        self.tokens.folded.push_str(&self.text[start + 1..end]);
        let hash = xxh3_64(&self.tokens.folded.as_bytes()[folded..]);
        self.tokens.folded.push(' ');
        self.tokens.words.push(Token {
            start: offset(start),
            end: offset(end),
            folded: offset(folded),
            hash,
            class: Class::Word,
            capital: first.is_ascii_uppercase(),
            upper: false,
            joined: false,
        });
        Some(end)
    }

    fn push(&mut self, start: usize, end: usize, class: Class) {
        self.push_as(&self.text[start..end], start, end, class);
    }

    /// Pushes what stands from `start` to `end` and is to be read as `raw`.
    fn push_as(&mut self, raw: &str, start: usize, end: usize, class: Class) {
        let folded = self.tokens.folded.len();
        match class {
            Class::Word => fold_word(raw, self.latin, &mut self.tokens.folded),
            Class::Number => self.tokens.folded.push('#'),
            Class::Url => self.tokens.folded.push_str("@url"),
            Class::Email => self.tokens.folded.push_str("@mail"),
            Class::Handle => self.tokens.folded.push_str("@name"),
        }
        let hash = xxh3_64(&self.tokens.folded.as_bytes()[folded..]);
        self.tokens.folded.push(' ');
        let first = raw.chars().next();
        self.lone_letters |= first.is_some_and(stands_alone);
        self.tokens.words.push(Token {
            start: offset(start),
            end: offset(end),
            folded: offset(folded),
            hash,
            class,
            capital: first.is_some_and(char::is_uppercase),
            upper: is_upper(raw),
            joined: false,
        });
    }
}

/// Byte offsets fit in 32 bits: [`tokenize`] leaves longer texts alone.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the length was checked once for the whole text; folding at most triples it, far below the limit of any caller"
)]
fn offset(byte: usize) -> u32 {
    byte as u32
}

/// Whether Latin letters outnumber those of the scripts that have look-alikes of them (U+0370 to U+058F). Samples the
/// first 4,096 characters, which decide as well as the whole text.
fn is_mostly_latin(text: &str) -> bool {
    const SAMPLE: usize = 4096;
    let mut rest = text.chars();
    let sample = if rest.nth(SAMPLE - 1).is_some() { &text[..text.len() - rest.as_str().len()] } else { text };
    // CE to D5 lead the characters U+0380 to U+057F and nothing else; those that share their first byte with strangers
    // are looked at one by one where they occur.
    let bytes = sample.as_bytes();
    let latin = count(bytes, |byte| byte.is_ascii_alphabetic());
    let others = if count(bytes, |byte| matches!(byte, 0xcd | 0xd6)) == 0 {
        count(bytes, |byte| matches!(byte, 0xce..=0xd5))
    } else {
        sample.chars().filter(|c| matches!(c, '\u{370}'..='\u{58f}')).count()
    };
    latin > others
}

/// One past the word that starts at `start`: letters and digits, with the marks and invisible characters on them.
fn word_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = start;
    loop {
        while end < bytes.len() && bytes[end].is_ascii_alphanumeric() {
            end += 1;
        }
        let Some(c) = text[end..].chars().next().filter(|c| !c.is_ascii()) else { return end };
        if is_hangul(c) && end > start && bytes[start..end].iter().all(u8::is_ascii_digit) {
            return end;
        }
        let letter = is_letter(c);
        if letter && stands_alone(c) {
            if end > start {
                return end;
            }
            return marks_end(text, end + c.len_utf8());
        }
        if letter {
            end += c.len_utf8();
        } else if continues_word(c) {
            let after = marks_end(text, end);
            let goes_on = text[after..].chars().next().is_some_and(is_word_char);
            if !goes_on {
                return after;
            }
            end = after;
        } else {
            return end;
        }
    }
}

fn marks_end(text: &str, from: usize) -> usize {
    let ends = |c: char| !continues_word(c) && !is_half_width_mark(c);
    text[from..].char_indices().find(|&(_, c)| ends(c)).map_or(text.len(), |(i, _)| from + i)
}

fn is_digits(word: &str) -> bool {
    word.chars().all(|c| if c.is_ascii() { c.is_ascii_digit() } else { c.is_numeric() })
}

/// Extends a run of digits over inner punctuation that is followed by a digit.
fn number_end(text: &str, mut end: usize) -> usize {
    let bytes = text.as_bytes();
    while end + 1 < bytes.len()
        && matches!(bytes[end], b'.' | b',' | b':' | b'/' | b'-' | b'\'')
        && bytes[end + 1].is_ascii_digit()
    {
        end += 1;
        while end < bytes.len() && bytes[end].is_ascii_digit() {
            end += 1;
        }
    }
    end
}

#[cfg(test)]
mod tests;
