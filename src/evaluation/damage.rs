//! Documents as careless software delivers them: what scrapers, mail programs and data sets do to the characters and lines
//! of whole texts.

use super::gold::Gold;
use super::rewrite::{each, rewrite};
use crate::engine::text::{
    edit::{Edit, apply},
    fold::without_marks,
    marks::is_break,
};
use encoding_rs::WINDOWS_1252;

/// One way to damage a text.
#[derive(Debug)]
pub struct Damage {
    /// As a command names it.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    edits: fn(&str) -> Vec<Edit>,
}

/// All of them.
pub static DAMAGES: [Damage; 13] = [
    Damage {
        name: "references",
        about: "quotation marks, dashes and letters with accents as `&rsquo;`, `&uuml;`",
        edits: references,
    },
    Damage { name: "mojibake", about: "UTF-8 read as Windows-1252", edits: mojibake },
    Damage { name: "escapes", about: "line breaks as `\\n`, two characters", edits: escapes },
    Damage { name: "bars", about: "line breaks as ` | `", edits: bars },
    Damage { name: "quoted", about: "`> ` in front of each line", edits: |text| in_front(text, |_| "> ".into()) },
    Damage { name: "bullets", about: "`• ` in front of each line", edits: |text| in_front(text, |_| "• ".into()) },
    Damage {
        name: "numbered",
        about: "`[1] `, `[2] ` in front of the lines",
        edits: |text| in_front(text, |line| format!("[{line}] ")),
    },
    Damage { name: "unaccented", about: "Latin letters without their marks, `fur` for `für`", edits: unaccented },
    Damage { name: "transliterated", about: "the same, but `fuer` for `für`", edits: transliterated },
    Damage { name: "apart", about: "a space in front of punctuation", edits: apart },
    Damage { name: "unpunctuated", about: "no punctuation behind words", edits: unpunctuated },
    Damage { name: "capitals", about: "capitals throughout", edits: |text| in_case(text, char::to_uppercase) },
    Damage { name: "small", about: "small letters throughout", edits: |text| in_case(text, char::to_lowercase) },
];

impl Damage {
    /// The damage of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        DAMAGES.iter().find(|damage| damage.name == name)
    }

    /// `text` damaged so. Linear.
    #[must_use]
    pub fn of_text(&self, text: &str) -> String {
        apply(text, &(self.edits)(text)).0
    }

    /// `gold` damaged so, with its annotations moved along. Linear.
    #[must_use]
    pub fn of(&self, gold: &Gold) -> Gold {
        rewrite(gold, &(self.edits)(&gold.text))
    }
}

/// Characters that HTML has names for and that articles are full of (HTML Living Standard, 13.5).
const NAMED: [(char, &str); 31] = [
    ('&', "&amp;"),
    ('"', "&quot;"),
    ('\'', "&#39;"),
    ('’', "&rsquo;"),
    ('‘', "&lsquo;"),
    ('“', "&ldquo;"),
    ('”', "&rdquo;"),
    ('„', "&bdquo;"),
    ('«', "&laquo;"),
    ('»', "&raquo;"),
    ('–', "&ndash;"),
    ('—', "&mdash;"),
    ('…', "&hellip;"),
    ('\u{a0}', "&nbsp;"),
    ('ä', "&auml;"),
    ('ö', "&ouml;"),
    ('ü', "&uuml;"),
    ('ß', "&szlig;"),
    ('Ä', "&Auml;"),
    ('Ö', "&Ouml;"),
    ('Ü', "&Uuml;"),
    ('é', "&eacute;"),
    ('è', "&egrave;"),
    ('à', "&agrave;"),
    ('á', "&aacute;"),
    ('í', "&iacute;"),
    ('ó', "&oacute;"),
    ('ú', "&uacute;"),
    ('ñ', "&ntilde;"),
    ('ç', "&ccedil;"),
    ('ê', "&ecirc;"),
];

fn references(text: &str) -> Vec<Edit> {
    each(text, |c| NAMED.iter().find(|(own, _)| *own == c).map(|(_, name)| (*name).to_owned()))
}

fn mojibake(text: &str) -> Vec<Edit> {
    let misread = |c: char| WINDOWS_1252.decode_without_bom_handling(c.to_string().as_bytes()).0.into_owned();
    each(text, |c| (!c.is_ascii()).then(|| misread(c)))
}

fn escapes(text: &str) -> Vec<Edit> {
    each(text, |c| is_break(c).then(|| if c == '\r' { "\\r".into() } else { "\\n".into() }))
}

fn bars(text: &str) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| is_break(*c)) {
        match edits.last_mut() {
            Some(last) if last.old.end == at => last.old.end = at + c.len_utf8(),
            _ => edits.push(Edit { old: at..at + c.len_utf8(), new: " | ".into() }),
        }
    }
    edits
}

/// `mark` in front of each line with something on it; it is told the number of the line among them, from 1.
fn in_front(text: &str, mark: impl Fn(usize) -> String) -> Vec<Edit> {
    let starts = text.split_inclusive(is_break).scan(0, |from, line| {
        let start = *from;
        *from += line.len();
        Some((start, line))
    });
    let filled = starts.filter(|(_, line)| !line.trim().is_empty()).zip(1..);
    filled.map(|((start, _), number)| Edit { old: start..start, new: mark(number).into() }).collect()
}

fn unaccented(text: &str) -> Vec<Edit> {
    each(text, |c| {
        let plain = match c {
            'ß' => "ss".to_owned(),
            'æ' => "ae".to_owned(),
            'œ' => "oe".to_owned(),
            'Æ' => "AE".to_owned(),
            'Œ' => "OE".to_owned(),
            'ı' => "i".to_owned(),
            'Ł' => "L".to_owned(),
            'Ø' => "O".to_owned(),
            'Đ' => "D".to_owned(),
            // Latin letters with marks: Latin-1, Extended-A and -B, Extended Additional.
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => without_marks(&c.to_string()),
            _ => return None,
        };
        (plain.is_ascii()).then_some(plain)
    })
}

fn transliterated(text: &str) -> Vec<Edit> {
    let pair = |edit: Edit| {
        let new = match &text[edit.old.clone()] {
            "ä" => "ae".into(),
            "ö" | "ø" => "oe".into(),
            "ü" => "ue".into(),
            "å" => "aa".into(),
            "Ä" => "Ae".into(),
            "Ö" | "Ø" => "Oe".into(),
            "Ü" => "Ue".into(),
            "Å" => "Aa".into(),
            _ => edit.new,
        };
        Edit { old: edit.old, new }
    };
    unaccented(text).into_iter().map(pair).collect()
}

/// Punctuation that closes a word: where it stands.
fn behind_words(text: &str) -> impl Iterator<Item = usize> {
    let next = |at: usize| text[at + 1..].chars().next();
    let closes = move |at: usize| next(at).is_none_or(char::is_whitespace);
    text.match_indices(['.', ',', ';', ':', '!', '?']).map(|(at, _)| at).filter(move |at| closes(*at))
}

fn apart(text: &str) -> Vec<Edit> {
    let follows_word = |at: &usize| text[..*at].chars().next_back().is_some_and(char::is_alphanumeric);
    behind_words(text).filter(follows_word).map(|at| Edit { old: at..at, new: " ".into() }).collect()
}

fn unpunctuated(text: &str) -> Vec<Edit> {
    behind_words(text).map(|at| Edit::delete(at..at + 1)).collect()
}

fn in_case<I: Iterator<Item = char>>(text: &str, case: fn(char) -> I) -> Vec<Edit> {
    each(text, |c| (!case(c).eq([c])).then(|| case(c).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::gold::Mark;
    use proptest::prelude::*;

    fn damaged(name: &str, text: &str) -> String {
        Damage::named(name).unwrap().of_text(text)
    }

    #[test]
    fn each_damage_does_what_it_says() {
        let text = "Größe: “one”, two.\n\nThree!";
        for (name, expected) in [
            ("references", "Gr&ouml;&szlig;e: &ldquo;one&rdquo;, two.\n\nThree!"),
            ("mojibake", "GrÃ¶ÃŸe: â€œoneâ€\u{9d}, two.\n\nThree!"),
            ("escapes", "Größe: “one”, two.\\n\\nThree!"),
            ("bars", "Größe: “one”, two. | Three!"),
            ("quoted", "> Größe: “one”, two.\n\n> Three!"),
            ("bullets", "• Größe: “one”, two.\n\n• Three!"),
            ("numbered", "[1] Größe: “one”, two.\n\n[2] Three!"),
            ("unaccented", "Grosse: “one”, two.\n\nThree!"),
            ("transliterated", "Groesse: “one”, two.\n\nThree!"),
            ("apart", "Größe : “one”, two .\n\nThree !"),
            ("unpunctuated", "Größe “one” two\n\nThree"),
            ("capitals", "GRÖSSE: “ONE”, TWO.\n\nTHREE!"),
            ("small", "größe: “one”, two.\n\nthree!"),
        ] {
            assert_eq!(damaged(name, text), expected, "{name}");
        }
    }

    #[test]
    fn names_are_unlike() {
        for damage in &DAMAGES {
            assert!(std::ptr::eq(Damage::named(damage.name).unwrap(), damage), "{}", damage.name);
        }
    }

    proptest! {
        /// Annotations hold what they held: single pieces are damaged as they are inside the whole.
        #[test]
        fn annotations_move_along(lines in proptest::collection::vec("[A-Za-zäß€’.!]{1,8}", 1..8), at in 0..DAMAGES.len()) {
            // What looks at neighbours, or counts, makes something else of a piece.
            let damage = &DAMAGES[at];
            prop_assume!(!["numbered", "bars"].contains(&damage.name));
            let mut gold = Gold { text: lines.join("\n"), ..Gold::default() };
            let mut start = 0;
            for line in &lines {
                gold.spans.push(Mark { start, end: start + line.len(), kind: "related".into() });
                start += line.len() + 1;
            }
            let after = damage.of(&gold);
            prop_assert_eq!(&after.text, &damage.of_text(&gold.text));
            let marked: Vec<&str> = after.spans.iter().map(|s| &after.text[s.start..s.end]).collect();
            let expected: Vec<String> = lines.iter().map(|line| damage.of_text(line)).filter(|l| !l.is_empty()).collect();
            prop_assert_eq!(marked, expected);
        }
    }
}
