//! The invented articles once more as other scrapers would deliver them: lines wrapped at a width, tags left in, cut off
//! in the middle of a sentence. What is removed of them is what is removed of the plain ones.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod engine_support;

use engine_support::invented::invented;
use engine_support::*;
use promosieve::detector::Detector;
use promosieve::engine::article::Article;
use promosieve::evaluation::damage::Damage;
use promosieve::training::whole::Whole;

/// What is left of `whole`, its text `set` otherwise.
fn left(detector: &Detector, whole: &Whole, set: impl Fn(&str) -> String) -> String {
    let article = Article { title: whole.title.clone(), ..article("unknown.example", "1", &set(&whole.text)) };
    look(detector, &article).cleaned_text
}

/// `text` without tags.
fn untagged(text: &str) -> String {
    let parts = text.split('<').enumerate();
    parts.map(|(i, part)| if i == 0 { part } else { part.split_once('>').unwrap().1 }).collect()
}

fn documents() -> impl Iterator<Item = Whole> {
    // Angle brackets of the texts' own would be taken for tags here, and lines of ideographs cannot be wrapped at spaces.
    let spaced = |language: &String| !["ja", "zh", "th", "ko"].contains(&&**language);
    let all = invented("articles").into_iter().filter(move |(language, _)| spaced(language));
    all.flat_map(|(_, articles)| articles).filter(|whole| !whole.text.contains('<'))
}

/// How many of the documents are judged alike, in per cent, whether plain or `set` otherwise; `undo` takes that away from
/// what is left. White space does not count.
fn alike(set: impl Fn(&str) -> String, undo: impl Fn(&str) -> String) -> usize {
    let detector = detector();
    let solid = |text: &str| text.split_whitespace().collect::<String>();
    let (mut all, mut same) = (0, 0);
    for whole in documents() {
        all += 1;
        let plain = left(&detector, &whole, str::to_owned);
        same += usize::from(solid(&plain) == solid(&undo(&left(&detector, &whole, &set))));
    }
    assert!(all > 150, "there is enough to see");
    same * 100 / all
}

/// `text` with every line broken at spaces, so that none is longer than `width` characters where words allow it.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let mut column = 0;
        for word in line.split_inclusive(' ') {
            let length = word.trim_end().chars().count();
            if column > 0 && column + length > width {
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
                column = 0;
            }
            out.push_str(word);
            column += word.chars().count();
        }
    }
    out
}

#[test]
fn wrapped_lines_are_paragraphs() {
    for width in [40, 72, 90] {
        let share =
            alike(|text| wrapped(&text.replace('\n', "\n\n").replace("\n\n\n\n", "\n\n"), width), str::to_owned);
        println!("wrapped at {width}, a line between paragraphs: {share} %");
        assert!(share >= 90, "{width}: {share} %");
    }
}

#[test]
fn tags_around_lines_and_words_change_little() {
    let set = |open: &str, close: &str, text: &str| -> String {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        lines.flat_map(|line| [open, line, close]).collect()
    };
    let links = |text: &str| -> String {
        let link = |(i, word): (usize, &str)| {
            if i % 17 == 5 && !word.trim().is_empty() {
                format!(
                    "<a href=\"https://site.example/a?b.c\">{}</a>{}",
                    word.trim_end(),
                    &word[word.trim_end().len()..]
                )
            } else {
                word.to_owned()
            }
        };
        text.split_inclusive(char::is_whitespace).enumerate().map(link).collect()
    };
    for (name, share) in [
        ("paragraphs", alike(|text| set("<p>", "</p>", text), untagged)),
        ("breaks", alike(|text| set("", "<br/>", text), untagged)),
        ("links", alike(links, untagged)),
    ] {
        println!("{name}: {share} %");
        assert!(share >= 90, "{name}: {share} %");
    }
}

/// Damages a text so.
fn damaged(name: &str) -> impl Fn(&str) -> String {
    let damage = Damage::named(name).unwrap();
    |text| damage.of_text(text)
}

/// `text` without the first word of each line.
fn unmarked(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(|line| line.split_once(' ').map_or("", |(_, rest)| rest)).collect();
    lines.join("\n")
}

#[test]
fn damage_to_a_whole_text_changes_little() {
    const REFERENCES: [(&str, &str); 8] = [
        ("&", "&amp;"),
        ("\"", "&quot;"),
        ("“", "&ldquo;"),
        ("’", "&#8217;"),
        ("ü", "&uuml;"),
        ("é", "&#xE9;"),
        ("\u{a0}", "&nbsp;"),
        ("–", "&amp;ndash;"),
    ];
    let with_references = |text: &str| REFERENCES.iter().fold(text.to_owned(), |t, (c, r)| t.replace(c, r));
    let without = |text: &str| REFERENCES.iter().rev().fold(text.to_owned(), |t, (c, r)| t.replace(r, c));
    let escaped = |text: &str| text.replace('"', "\\\"").replace('\n', "\\n");
    let unescaped = |text: &str| text.replace("\\\"", "\"").replace("\\n", "\n");
    // As Latin-1 has it, which agrees with Windows-1252 but for some marks.
    let misread = |text: &str| text.bytes().map(char::from).collect::<String>();
    let read_again = |text: &str| String::from_utf8(text.chars().map(|c| c as u8).collect()).unwrap();
    let apart = |text: &str| format!("{text}\n").replace(", ", " , ").replace(". ", " . ").replace(".\n", " .\n");
    let close = |text: &str| text.replace(" ,", ",").replace(" .", ".");
    for (name, share, least) in [
        ("references", alike(with_references, without), 98),
        ("escapes", alike(escaped, unescaped), 95),
        ("UTF-8 read as Latin-1", alike(misread, read_again), 95),
        ("quoted", alike(damaged("quoted"), unmarked), 95),
        ("bullets", alike(damaged("bullets"), unmarked), 95),
        ("numbered", alike(damaged("numbered"), unmarked), 95),
        ("punctuation apart", alike(apart, close), 90),
    ] {
        println!("{name}: {share} %");
        assert!(share >= least, "{name}: {share} %");
    }
}

/// Words without their marks, and with two letters for one, are those of the rules all the same.
#[test]
fn texts_without_marks_are_read_with_them() {
    let detector = detector();
    for name in ["unaccented", "transliterated"] {
        let damage = Damage::named(name).unwrap();
        let (mut all, mut same) = (0, 0);
        for whole in documents().filter(|whole| whole.text != damage.of_text(&whole.text)) {
            let plain = left(&detector, &whole, str::to_owned);
            all += 1;
            same += usize::from(damage.of_text(&plain) == left(&detector, &whole, |text| damage.of_text(text)));
        }
        println!("{name}: {same} of {all}");
        assert!(all > 100, "there is enough to see");
        assert!(same * 100 >= all * 85, "{name}: {same} of {all}");
    }
}

/// Most texts that end early lose nothing at their end.
#[test]
fn sentences_that_are_cut_off_stay() {
    let detector = detector();
    let (mut all, mut lost) = (0, 0);
    for whole in documents().filter(|whole| whole.spans.is_empty()) {
        for share in [35, 50, 65, 80] {
            let mut end = whole.text.len() * share / 100;
            while !whole.text.is_char_boundary(end) {
                end -= 1;
            }
            let text = whole.text[..end].trim_end();
            let answer =
                look(&detector, &Article { title: whole.title.clone(), ..article("unknown.example", "1", text) });
            all += 1;
            lost += usize::from(answer.spans.iter().any(|span| span.removed && span.end == text.len()));
        }
    }
    println!("{lost} of {all} lose their end");
    assert!(all > 400 && lost * 10 <= all, "{lost} of {all} lose their end");
}
