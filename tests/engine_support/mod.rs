//! What the tests of the engine share: a detector, invented articles, and the promises that every answer must keep.
#![allow(
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "every test binary uses its own part of it"
)]

pub mod invented;
pub mod pools;

use pools::{Lang, block, heading, sentence};
use promosieve::detector::{Detector, Options};
use promosieve::engine::Engine;
use promosieve::engine::article::Article;
use promosieve::engine::policy::Policy;
use promosieve::engine::span::{Analysis, Span};
use promosieve::engine::text::token::tokenize;
use promosieve::store::{MemoryStore, StoreConfig};
use std::sync::Arc;

/// The time that every document arrives at, so that no test depends on the clock: 1 January 2026.
pub const NOW: i64 = 1_767_225_600;

/// `SplitMix64` (Steele, Lea, Flood 2014): the same numbers on every machine.
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed)
    }

    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides.max(1) as u64) as usize
    }

    pub fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.roll(of.len())]
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.roll(n) == 0
    }
}

/// A detector over an empty store that ages by no clock.
pub fn detector() -> Detector {
    let store = MemoryStore::with_clock(StoreConfig::default(), Arc::new(|| NOW));
    Detector::new(Engine::shipped(), Arc::new(store), Policy::default())
}

pub fn article(source: &str, id: &str, text: &str) -> Article {
    Article { id: id.into(), source: source.into(), text: text.into(), ..Article::default() }
}

/// Judges without a trace.
pub fn look(detector: &Detector, article: &Article) -> Analysis {
    let options = Options { learn: false, explain: true, ..Options::default() };
    detector.analyze(article, &options, NOW).unwrap()
}

/// Judges and learns.
pub fn send(detector: &Detector, article: &Article) -> Analysis {
    detector.analyze(article, &Options::default(), NOW).unwrap()
}

/// An invented article of `n` prose paragraphs that no other seed repeats.
pub fn prose(lang: Lang, seed: u64, n: usize) -> Vec<String> {
    let mut dice = Dice::new(seed ^ 0xa11c_e000);
    let mut paragraph = || {
        let sentences: Vec<String> = (0..2 + dice.roll(3)).map(|_| sentence(lang, &mut dice)).collect();
        sentences.join(" ")
    };
    (0..n).map(|_| paragraph()).collect()
}

/// How lines are parted.
const BREAKS: &[&str] = &["\n", "\n\n", "\r\n", "\r\n\r\n", "\n\n\n\n", "\r", "\u{2028}", "\n \n", " ", "", "\n\t"];

/// Lines in scripts of their own, invented.
const FOREIGN: &[&str] = &[
    "市议会周一讨论了新的交通计划。居民可以在网上阅读文件。",
    "東京の企業は月曜日に新しい工場を発表した。詳細は未定である。",
    "คณะกรรมการประชุมเมื่อวันจันทร์ และจะตัดสินใจในสัปดาห์หน้า",
    "أعلن المجلس يوم الاثنين عن خطة جديدة للنقل. وقال المتحدث إن العمل سيبدأ قريبا.",
    "Рада міста обговорила новий план у понеділок. Рішення очікують у березні.",
    "조합은 월요일에 새로운 계획을 발표했다. 결정은 다음 주에 내려진다.",
    "Το συμβούλιο συζήτησε τη Δευτέρα το νέο σχέδιο. Η απόφαση αναμένεται τον Μάρτιο.",
];

/// An article-like text with everything that scrapers do to one, and its promo blocks.
pub fn wild(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let lang = if dice.one_in(2) { Lang::De } else { Lang::En };
    let mut lines = prose(lang, seed, 3 + dice.roll(6));
    for _ in 0..dice.roll(5) {
        let line = match dice.roll(6) {
            0 => heading(lang, &mut dice).to_string(),
            1 => dice.pick(FOREIGN).to_string(),
            2 => format!("• {}", sentence(lang, &mut dice)),
            _ => block(lang, &mut dice).to_string(),
        };
        let at = dice.roll(lines.len() + 1);
        lines.insert(at, line);
    }
    if dice.one_in(3) {
        let at = dice.roll(lines.len());
        let tail = block(lang, &mut dice);
        lines[at].push_str(tail);
    }
    if dice.one_in(3) {
        let at = dice.roll(lines.len());
        lines[at] = format!("{} ({})", lines[at], block(lang, &mut dice));
    }
    let usual = dice.pick(BREAKS);
    let mut text = String::new();
    for line in lines {
        text.push_str(&noisy(&line, &mut dice));
        text.push_str(if dice.one_in(6) { dice.pick(BREAKS) } else { usual });
    }
    text
}

/// `line` as it is, mostly; else with other white space, invisible characters or combining marks in it.
fn noisy(line: &str, dice: &mut Dice) -> String {
    match dice.roll(8) {
        0 => line.replacen(' ', "\u{a0}", 3),
        1 => {
            line.chars().flat_map(|c| [Some(c), (c == 'e' && dice.one_in(3)).then_some('\u{200b}')]).flatten().collect()
        }
        2 => line.replace('ü', "u\u{308}").replace('ä', "a\u{308}"),
        3 => format!("  {line}  "),
        _ => line.to_string(),
    }
}

/// Every promise that the contract makes about one answer to an article.
pub fn check(article: &Article, answer: &Analysis) {
    let text = &article.text;
    let mut end = 0;
    for span in &answer.spans {
        assert!(span.start >= end && span.start < span.end && span.end <= text.len(), "order: {span:?} in {text:?}");
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "boundary: {span:?} in {text:?}");
        assert!((0.0..=1.0).contains(&span.confidence), "confidence: {span:?}");
        end = span.end;
    }
    for score in [answer.spam_score, answer.clickbait_score] {
        assert!((0.0..=1.0).contains(&score), "score {score} of {text:?}");
    }
    check_cut(text, answer);
}

fn removed(answer: &Analysis) -> impl Iterator<Item = &Span> {
    answer.spans.iter().filter(|span| span.removed)
}

/// The stretches of `text` that stay.
fn rest<'a>(text: &'a str, answer: &Analysis) -> Vec<&'a str> {
    let mut from = 0;
    let mut parts = Vec::new();
    for span in removed(answer) {
        parts.push(&text[from..span.start]);
        from = span.end;
    }
    parts.push(&text[from..]);
    parts
}

fn check_cut(text: &str, answer: &Analysis) {
    let cleaned = &answer.cleaned_text;
    if removed(answer).next().is_none() {
        assert_eq!(cleaned, text, "nothing was removed");
        return;
    }
    let rest = rest(text, answer);
    let solid = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(solid(cleaned), rest.iter().map(|part| solid(part)).collect::<String>(), "characters of {text:?}");
    let kept: Vec<String> = rest.iter().flat_map(|part| words(part)).collect();
    assert_eq!(words(cleaned), kept, "words of {text:?}");
    check_white_space(text, cleaned);
}

pub fn words(text: &str) -> Vec<String> {
    tokenize(text).words.iter().map(|w| text[w.start as usize..w.end as usize].to_string()).collect()
}

fn breaks(run: &str) -> usize {
    run.replace("\r\n", "\n")
        .chars()
        .filter(|c| matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'))
        .count()
}

fn runs(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_whitespace()).filter(|run| !run.is_empty()).collect()
}

/// White space is that of the text, or one space, or one or two line breaks with an indentation.
fn check_white_space(text: &str, cleaned: &str) {
    let edge = |s: &str| (s.len() - s.trim_start().len(), s.len() - s.trim_end().len());
    let (before, after) = (edge(text), edge(cleaned));
    assert!(after.0 == 0 || after.0 == before.0, "leading white space of {cleaned:?} from {text:?}");
    assert!(after.1 == 0 || after.1 == before.1, "trailing white space of {cleaned:?} from {text:?}");
    let own = runs(text);
    for run in runs(cleaned) {
        let seam = run == " " || (1..=2).contains(&breaks(run)) && run.starts_with(['\n', '\r']);
        assert!(seam || own.contains(&run), "white space {run:?} in {cleaned:?} from {text:?}");
    }
}

/// Whether all of `part` went.
pub fn is_gone(answer: &Analysis, part: &str) -> bool {
    !answer.cleaned_text.contains(part)
}

/// What the engine says about `part` of the text: for messages of failing tests.
pub fn verdict_on(text: &str, answer: &Analysis, part: &str) -> String {
    let Some(start) = text.find(part) else { return format!("{part:?} is not in the text") };
    let end = start + part.len();
    let found = answer.spans.iter().filter(|s| s.start < end && start < s.end);
    let found: Vec<String> = found
        .map(|s| format!("{:?} p={:.3} removed={} {:?}", s.kind, s.confidence, s.removed, &text[s.start..s.end]))
        .collect();
    format!("{part:?}: {found:?}")
}

/// Every line of `stays` must be left, and every line of `goes` must have gone.
pub fn expect(article: &Article, answer: &Analysis, stays: &[&str], goes: &[&str]) -> Vec<String> {
    let wrong_stay = goes.iter().filter(|part| !is_gone(answer, part)).map(|part| ("stays", part));
    let wrong_cut = stays.iter().filter(|part| is_gone(answer, part)).map(|part| ("is cut", part));
    wrong_stay
        .chain(wrong_cut)
        .map(|(fate, part)| format!("{fate}: {}", verdict_on(&article.text, answer, part)))
        .collect()
}

/// Fails with all `problems` at once.
pub fn none(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

/// What was removed.
pub fn removed_text<'a>(text: &'a str, answer: &Analysis) -> Vec<&'a str> {
    removed(answer).map(|span| &text[span.start..span.end]).collect()
}

/// Pieces that are repeated to long texts which hurt whoever looks back or ahead too far.
pub const ODD: &[(&str, &str)] = &[
    ("open brackets", "("),
    ("close brackets", ")"),
    ("nested brackets", "(["),
    ("promo brackets", "(sign up for our newsletter) "),
    ("label brackets", "(Read also: ) x "),
    ("a.", "a."),
    ("Aa.", "Aa."),
    ("aB", "aB"),
    ("abCd", "abCd"),
    ("new lines", "\n"),
    ("returns", "\r\n"),
    ("blanks", " "),
    ("http", "http://"),
    ("www", "www."),
    ("one word", "w"),
    ("words", "w "),
    ("at", "@"),
    ("a@", "a@"),
    ("a@b.", "a@b."),
    ("marks", "\u{301}"),
    ("marked", "a\u{301}"),
    ("invisible", "\u{200b}"),
    ("ligature", "ﷺ"),
    ("digits", "1"),
    ("numbers", "1,"),
    ("colons", "a:"),
    ("quotes", "“"),
    ("dots", "."),
    ("ideographs", "新"),
    ("thai", "ก"),
    ("labels", "ADVERTISEMENT "),
    ("glued labels", "Anzeige"),
    ("bent", "n3wsl3tter "),
    ("spaced", "n e w s l e t t e r "),
    ("symbols", "ko$tenl0s$"),
    ("underscores", "@a_"),
    ("short lines", "x\n"),
    ("full lines", "the harbour office counted more ferries\n"),
    ("tags", "<p>"),
    ("words in tags", "<p>a</p>"),
    ("open tags", "<a href=\""),
    ("closed links", "<a href=\"b\">c</a>."),
    ("gaps", "sign up for "),
    ("months", "may 1 "),
    ("copyright", "© 2025 "),
];
