//! Documents whose residue is spelled so that filters miss it and readers do not. What is no residue stays as it is.

use super::gold::{Gold, LEFT_OUT};
use super::rewrite::rewrite;
use crate::engine::text::{edit::Edit, marks::is_break};

/// One way to spell residue.
#[derive(Debug)]
pub struct Disguise {
    /// As a command names it.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    bend: fn(&str) -> String,
}

const fn disguise(name: &'static str, about: &'static str, bend: fn(&str) -> String) -> Disguise {
    Disguise { name, about, bend }
}

/// All of them.
pub static DISGUISES: [Disguise; 38] = [
    disguise("cyrillic", "Cyrillic letters that look alike", |t| twins(t, CYRILLIC)),
    disguise("greek", "Greek letters that look alike", |t| twins(t, GREEK)),
    disguise("lisu", "capitals of Lisu that look alike", |t| twins(&t.to_uppercase(), LISU)),
    disguise("cherokee", "letters of Cherokee that look like capitals", |t| twins(&t.to_uppercase(), CHEROKEE)),
    disguise("small-capitals", "small capitals of the phonetic alphabet", |t| twins(t, SMALL_CAPITALS)),
    disguise("full-width", "full-width letters", |t| moved(t, 0xff21, 0xff41)),
    disguise("bold", "mathematical bold letters", |t| moved(t, 0x1d400, 0x1d41a)),
    disguise("circles", "letters in circles", |t| moved(t, 0x24b6, 0x24d0)),
    disguise("black-squares", "letters in black squares", |t| moved(t, 0x1f170, 0x1f170)),
    disguise("squares", "letters in squares", |t| moved(t, 0x1f130, 0x1f130)),
    disguise("parentheses", "letters in parentheses", |t| moved(t, 0x249c, 0x249c)),
    disguise("flags", "the letters that flags are made of", |t| moved(t, 0x1f1e6, 0x1f1e6)),
    disguise("zero-width", "zero-width spaces behind letters", |t| behind(t, "\u{200b}")),
    disguise("soft-hyphens", "soft hyphens behind letters", |t| behind(t, "\u{ad}")),
    disguise("word-joiners", "word joiners behind letters", |t| behind(t, "\u{2060}")),
    disguise("fillers", "fillers of Hangul behind letters", |t| behind(t, "\u{3164}")),
    disguise("struck", "letters struck through", |t| behind(t, "\u{336}")),
    disguise("overlaid", "a tilde through each letter and a mark above", |t| behind(t, "\u{334}\u{35b}")),
    disguise("zalgo", "two accents on each letter", |t| behind(t, "\u{301}\u{323}")),
    disguise("umlauts", "dots on vowels", |t| twins(t, UMLAUTS)),
    disguise("accents", "accents on vowels and some consonants", |t| twins(t, ("aeiouAEIOUcns", "áéíóúÁÉÍÓÚçñş"))),
    disguise("digits", "`4310` for `aeio`, 5 for `s`", |t| twins(t, DIGITS)),
    disguise("signs", "`@310$7` for `aeiost`", |t| twins(t, ("aeiostAEIOST", "@310$7@310$7"))),
    disguise("spaced", "letters apart, two spaces between words", |t| apart(t, " ")),
    disguise("single-spaced", "letters apart, a space between words too", |t| words(t, |w| joined(w, " "))),
    disguise("dotted", "dots between letters", |t| apart(t, ".")),
    disguise("underscored", "underscores between letters", |t| apart(t, "_")),
    disguise("stars", "a star for the second letter of longer words", |t| words(t, starred)),
    disguise("doubled", "the second letter and the last one doubled", |t| words(t, doubled)),
    disguise("changing-case", "every other letter a capital", changing_case),
    disguise("all-capitals", "capitals", str::to_uppercase),
    disguise("non-breaking", "non-breaking spaces between words", |t| t.replace(' ', "\u{a0}")),
    disguise("underscores", "underscores between words", |t| t.replace(' ', "_")),
    disguise("pictures", "a picture between words", |t| t.replace(' ', " 🔥 ")),
    disguise("brackets", "words in brackets", |t| words(t, |w| format!("[{w}]"))),
    disguise("tags", "the second letter of each word in bold type", |t| words(t, tagged)),
    disguise("turned", "lines set from right to left", |t| by_part(t, is_break, turned)),
    disguise("solid", "no spaces", |t| t.replace(' ', "")),
];

impl Disguise {
    /// The disguise of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        DISGUISES.iter().find(|disguise| disguise.name == name)
    }

    /// `residue` in disguise. Linear.
    #[must_use]
    pub fn of_text(&self, residue: &str) -> String {
        (self.bend)(residue)
    }

    /// `gold` with what is annotated as residue in disguise; where annotations overlap, the first one is. Linear in the
    /// text.
    #[must_use]
    pub fn of(&self, gold: &Gold) -> Gold {
        let mut spans: Vec<_> = gold.spans.iter().filter(|span| !LEFT_OUT.contains(&span.kind.as_str())).collect();
        spans.sort_by_key(|span| (span.start, span.end));
        let mut edits: Vec<Edit> = Vec::new();
        for span in spans {
            let free = edits.last().is_none_or(|last| last.old.end <= span.start);
            if let Some(residue) = gold.text.get(span.start..span.end).filter(|_| free) {
                edits.push(Edit { old: span.start..span.end, new: self.of_text(residue).into() });
            }
        }
        rewrite(gold, &edits)
    }
}

/// Small vowels, and with dots.
pub(crate) const UMLAUTS: (&str, &str) = ("aeiou", "äëïöü");
/// Digits that look like letters.
pub(crate) const DIGITS: (&str, &str) = ("aeios", "43105");
/// Letters, and others that look like them (Unicode UTS 39, confusables).
const CYRILLIC: (&str, &str) = ("aceopxyisAEOPCTHKMBX", "асеорхуіѕАЕОРСТНКМВХ");
const GREEK: (&str, &str) = ("oavnipOABEHIKMNPTXYZ", "οανηιρΟΑΒΕΗΙΚΜΝΡΤΧΥΖ");
const LISU: (&str, &str) = ("ABCDEFGHIJKLMNOPRSTUVWXYZ", "ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ");
const CHEROKEE: (&str, &str) = ("ABCEGHJKLMPRSTVWZ", "ᎪᏴᏟᎬᏀᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃ");
const SMALL_CAPITALS: (&str, &str) = ("abcdefghijklmnopqrtuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀᴛᴜᴠᴡʏᴢ");

/// `c`, or if it stands in the first string the character at its place in the second one.
pub(crate) fn twin(c: char, (from, to): (&str, &str)) -> char {
    from.chars().position(|own| own == c).and_then(|at| to.chars().nth(at)).unwrap_or(c)
}

fn twins(text: &str, pair: (&str, &str)) -> String {
    text.chars().map(|c| twin(c, pair)).collect()
}

/// `text` with its ASCII letters moved to the alphabets that start at `upper` and `lower`.
fn moved(text: &str, upper: u32, lower: u32) -> String {
    let there = |c: char| match c {
        'A'..='Z' => char::from_u32(upper + c as u32 - 'A' as u32),
        'a'..='z' => char::from_u32(lower + c as u32 - 'a' as u32),
        _ => None,
    };
    text.chars().map(|c| there(c).unwrap_or(c)).collect()
}

/// `text` with `sign` behind each letter.
fn behind(text: &str, sign: &str) -> String {
    text.chars().map(|c| if c.is_alphabetic() { format!("{c}{sign}") } else { c.into() }).collect()
}

/// `text` with what stands between characters that are `gap` bent.
fn by_part(text: &str, gap: impl Fn(char) -> bool, bend: impl Fn(&str) -> String) -> String {
    let mut all = String::with_capacity(2 * text.len());
    for part in text.split_inclusive(&gap) {
        let own = part.trim_end_matches(&gap);
        if !own.is_empty() {
            all.push_str(&bend(own));
        }
        all.push_str(&part[own.len()..]);
    }
    all
}

fn words(text: &str, bend: impl Fn(&str) -> String) -> String {
    by_part(text, char::is_whitespace, bend)
}

fn joined(word: &str, gap: &str) -> String {
    word.chars().map(String::from).collect::<Vec<_>>().join(gap)
}

fn apart(text: &str, gap: &str) -> String {
    words(&text.replace(' ', "  "), |word| joined(word, gap))
}

/// Letters from which on a word is starred: shorter ones are known by their place.
const STARRED: usize = 5;

fn starred(word: &str) -> String {
    if word.chars().filter(|c| c.is_alphabetic()).count() < STARRED {
        return word.into();
    }
    second(word, |_| "*".into())
}

fn doubled(word: &str) -> String {
    let mut twice = second(word, |letter| format!("{letter}{letter}"));
    if let Some((at, last)) = twice.char_indices().rfind(|(_, c)| c.is_alphabetic()) {
        twice.insert(at, last);
    }
    twice
}

fn tagged(word: &str) -> String {
    second(word, |letter| format!("<b>{letter}</b>"))
}

/// `word` with its second character bent, if it begins with two letters.
fn second(word: &str, bend: impl Fn(char) -> String) -> String {
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_alphabetic() && second.is_alphabetic() => {
            format!("{first}{}{}", bend(second), letters.as_str())
        }
        _ => word.into(),
    }
}

fn changing_case(text: &str) -> String {
    let mut bent = String::with_capacity(text.len());
    for (at, c) in text.chars().enumerate() {
        if at % 2 == 1 { bent.extend(c.to_uppercase()) } else { bent.push(c) }
    }
    bent
}

/// U+202E shows what follows from right to left, up to U+202C (Unicode UAX 9).
fn turned(line: &str) -> String {
    format!("\u{202e}{}\u{202c}", line.chars().rev().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::gold::Mark;

    #[test]
    fn each_disguise_does_what_it_says() {
        for (name, expected) in [
            ("cyrillic", "Оrdеr оur bох!\nNоw"),
            ("lisu", "ꓳꓣꓓꓰꓣ ꓳꓴꓣ ꓐꓳꓫ!\nꓠꓳꓪ"),
            ("full-width", "Ｏｒｄｅｒ ｏｕｒ ｂｏｘ!\nＮｏｗ"),
            ("parentheses", "⒪⒭⒟⒠⒭ ⒪⒰⒭ ⒝⒪⒳!\n⒩⒪⒲"),
            ("digits", "Ord3r 0ur b0x!\nN0w"),
            ("spaced", "O r d e r  o u r  b o x !\nN o w"),
            ("single-spaced", "O r d e r o u r b o x !\nN o w"),
            ("stars", "O*der our box!\nNow"),
            ("doubled", "Orrderr ouurr booxx!\nNooww"),
            ("changing-case", "ORdEr oUr bOx!\nNoW"),
            ("brackets", "[Order] [our] [box!]\n[Now]"),
            ("tags", "O<b>r</b>der o<b>u</b>r b<b>o</b>x!\nN<b>o</b>w"),
            ("turned", "\u{202e}!xob ruo redrO\u{202c}\n\u{202e}woN\u{202c}"),
            ("solid", "Orderourbox!\nNow"),
        ] {
            assert_eq!(Disguise::named(name).unwrap().of_text("Order our box!\nNow"), expected, "{name}");
        }
    }

    #[test]
    fn names_are_unlike() {
        for disguise in &DISGUISES {
            assert!(std::ptr::eq(Disguise::named(disguise.name).unwrap(), disguise), "{}", disguise.name);
        }
    }

    #[test]
    fn only_residue_is_bent_and_stays_annotated() {
        let text = "The box fell.\nOrder our box!\nThe box: by Ann";
        let mark = |part: &str, kind: &str| {
            let start = text.find(part).unwrap();
            Mark { start, end: start + part.len(), kind: kind.into() }
        };
        let spans = vec![mark("by Ann", "byline"), mark("our box", "promotion"), mark("Order our box!", "promotion")];
        let bent = Disguise::named("digits").unwrap().of(&Gold { text: text.into(), spans, ..Gold::default() });
        assert_eq!(bent.text, "The box fell.\nOrd3r 0ur b0x!\nThe box: by Ann");
        let marked: Vec<&str> = bent.spans.iter().map(|s| &bent.text[s.start..s.end]).collect();
        assert_eq!(marked[0], "by Ann");
        assert_eq!(marked.last(), Some(&"Ord3r 0ur b0x!"));
    }
}
