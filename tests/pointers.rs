//! Headlines of other articles inside an article: known titles go, and so do unknown ones that are set as the source is
//! known to set them. All on invented texts.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may panic, in its helpers as well")]

mod engine_support;

use engine_support::pools::{Lang, sentence};
use engine_support::{Dice, article, detector, expect, look, none, prose, send};
use promosieve::detector::Detector;
use promosieve::engine::article::Article;

/// Paragraph behind whose end the pointers stand.
const BEHIND: usize = 2;
/// Paragraph at whose end an aside stands that has nothing to do with other articles.
const ASIDE: usize = 1;

/// An invented headline.
fn headline(seed: u64) -> String {
    let sentence = sentence(Lang::En, &mut Dice::new(seed ^ 0xbead));
    let words: Vec<&str> = sentence.trim_end_matches('.').split(' ').take(9).collect();
    words.join(" ")
}

/// Article `n` of `source` with an aside, whose third paragraph ends with `pointer`.
fn titled(source: &str, n: u64, pointer: &str) -> Article {
    let mut lines = prose(Lang::En, 40_000 + n, 5);
    let stop = lines[ASIDE].trim_end_matches('.').len();
    lines[ASIDE].insert_str(stop, &format!(" ({})", headline(n + 500).to_lowercase()));
    lines[BEHIND].push_str(pointer);
    Article { title: headline(n), ..article(source, &n.to_string(), &lines.join("\n\n")) }
}

/// A source that puts the headline of the article before into brackets.
fn pointing(detector: &Detector, source: &str, articles: u64) {
    for n in 1..=articles {
        send(detector, &titled(source, n, &format!(" ({})", headline(n - 1))));
    }
}

/// What is wrong with the answer to `article` if `goes` must go and all else must stay.
fn problems(detector: &Detector, article: &Article, goes: &str) -> Vec<String> {
    let answer = look(detector, article);
    let stays: Vec<String> =
        article.text.split("\n\n").map(|line| line.replace(goes, "").trim_end().to_string()).collect();
    let stays: Vec<&str> = stays.iter().map(String::as_str).collect();
    let goes: Vec<&str> = Some(goes).filter(|goes| !goes.is_empty()).into_iter().collect();
    expect(article, &answer, &stays, &goes)
}

#[test]
fn known_titles_go() {
    let detector = detector();
    pointing(&detector, "titles.example", 6);
    let mut all = Vec::new();
    for (pointer, goes) in [
        (format!(" ({})", headline(3)), format!("({})", headline(3))),
        (format!("\n\nTrending: {}", headline(4)), format!("Trending: {}", headline(4))),
    ] {
        all.extend(problems(&detector, &titled("titles.example", 90, &pointer), &goes));
    }
    none(&all);
}

#[test]
fn unknown_headlines_go_where_the_source_is_known_to_point_so() {
    let detector = detector();
    pointing(&detector, "habit.example", 12);
    let pointer = format!(" ({})", headline(7_000));
    none(&problems(&detector, &titled("habit.example", 91, &pointer), pointer.trim()));
}

#[test]
fn the_habit_of_one_source_says_nothing_of_another() {
    let detector = detector();
    pointing(&detector, "habit.example", 12);
    let pointer = format!(" ({})", headline(7_000));
    none(&problems(&detector, &titled("other.example", 91, &pointer), ""));
}

#[test]
fn what_only_repeats_a_title_stays() {
    let detector = detector();
    pointing(&detector, "titles.example", 6);
    let known = headline(3);
    let mut all = Vec::new();
    // A sentence of the report, a quotation of it, and a section heading.
    for kept in [format!(" {known}."), format!(" “{known}”"), format!("\n\n“{known}.”")] {
        all.extend(problems(&detector, &titled("titles.example", 92, &kept), ""));
    }
    let mut series = titled("titles.example", 93, "");
    series.text = series.text.replacen("\n\n", "\n\nWhat we know about the tender\n\n", 1);
    let first = Article { title: "What we know about the tender".into(), ..titled("titles.example", 94, "") };
    send(&detector, &first);
    all.extend(problems(&detector, &series, ""));
    none(&all);
}

#[test]
fn the_own_title_stays_though_others_bear_it() {
    let detector = detector();
    let daily = |n: u64| {
        let article = titled("daily.example", n, "");
        Article {
            title: "The harbour this morning".into(),
            text: format!("The harbour this morning\n\n{}", article.text),
            ..article
        }
    };
    let wrong: Vec<String> = (0..6)
        .flat_map(|n| {
            let problems = problems(&detector, &daily(n), "");
            send(&detector, &daily(n));
            problems
        })
        .collect();
    none(&wrong);
}

/// Paragraphs of an invented article with a section heading, and what stands between them.
fn with_label(between: &[&str]) -> (Vec<&'static str>, String) {
    let stays = vec![
        "Das Hafenamt in Selmund stellt ab April keine Genehmigungen auf Papier mehr aus, wie die Behörde am Montag mitteilte.",
        "Wer keinen Rechner hat, findet am Kai ein Gerät.",
        "Die Behörde will damit zwei Stellen im Jahr einsparen.",
        "Was der Segelverein fordert",
        "Die Vorsitzende Moira Teal nannte den Plan übereilt.",
    ];
    let text = [&stays[..1], between, &stays[1..]].concat().join("\n\n");
    (stays, text)
}

#[test]
fn headlines_under_a_label_go_and_nothing_goes_behind_a_label_alone() {
    let headlines = [
        "Winzer bei Torrel klagen über die schlechteste Ernte seit Jahrzehnten",
        "Stadtrat von Brandholm lehnt zweite Straßenbahn ab",
        "Warum Zahnärzte aus Arvika an die Küste ziehen",
    ];
    let detector = detector();
    for between in [&[&["Lesen Sie auch"], &headlines[..]].concat()[..], &["Mehr zum Thema:"]] {
        let (stays, text) = with_label(between);
        let article = article("label.example", "1", &text);
        none(&expect(&article, &look(&detector, &article), &stays, between));
    }
}
