//! Calls, adverts and pointers of a publisher that nobody knows, in eight languages and four layouts: what goes by its
//! manner alone, with an empty store.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod engine_support;

use engine_support::*;
use promosieve::detector::Detector;
use std::collections::BTreeMap;

#[derive(serde::Deserialize)]
struct Sentences {
    residue: Vec<String>,
    article: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    LastLine,
    InnerLine,
    LastSentence,
    Flattened,
}

const PLACES: [Place; 4] = [Place::LastLine, Place::InnerLine, Place::LastSentence, Place::Flattened];

/// A text of paragraphs of two sentences with `residue` in its place, and where that stands.
fn compose(article: &[String], residue: &str, place: Place, dice: &mut Dice) -> (String, usize) {
    let mut sentences: Vec<&str> = article.iter().map(String::as_str).collect();
    for i in (1..sentences.len()).rev() {
        sentences.swap(i, dice.roll(i + 1));
    }
    let mut paragraphs: Vec<String> = sentences.chunks(2).map(|pair| pair.join(" ")).collect();
    let middle = paragraphs.len() / 2;
    match place {
        Place::LastLine => paragraphs.push(residue.to_owned()),
        Place::InnerLine => paragraphs.insert(middle, residue.to_owned()),
        Place::LastSentence | Place::Flattened => {
            let last = paragraphs.last_mut().unwrap();
            last.push(' ');
            last.push_str(residue);
        }
    }
    let text = paragraphs.join(if matches!(place, Place::Flattened) { "" } else { "\n\n" });
    let start = text.find(residue).unwrap();
    (text, start)
}

/// Bytes of `start..end` that went, and bytes that went elsewhere.
fn gone(detector: &Detector, text: &str, (start, end): (usize, usize)) -> (usize, usize) {
    let answer = look(detector, &article("", "1", text));
    let removed = answer.spans.iter().filter(|span| span.removed);
    let parts = removed.map(|span| {
        let inside = span.end.min(end).saturating_sub(span.start.max(start));
        (inside, span.end - span.start - inside)
    });
    parts.fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1))
}

#[test]
fn residue_goes_by_its_manner_in_every_language() {
    let all: BTreeMap<String, Sentences> = toml::from_str(include_str!("data/manner.toml")).unwrap();
    let (detector, mut dice) = (detector(), Dice::new(1));
    let (mut found, mut blocks, mut lost, mut bytes) = (0, 0, 0, 0);
    for (language, sentences) in &all {
        let mut here = 0;
        for residue in &sentences.residue {
            for place in PLACES {
                let (text, start) = compose(&sentences.article, residue, place, &mut dice);
                let (hit, miss) = gone(&detector, &text, (start, start + residue.len()));
                let went = hit * 5 >= residue.len() * 4;
                if !went {
                    println!("{language} stays {place:?}: {residue}");
                }
                here += usize::from(went);
                lost += miss;
                bytes += text.len() - residue.len();
            }
        }
        println!("{language}: {here} of {} blocks went", 4 * sentences.residue.len());
        found += here;
        blocks += 4 * sentences.residue.len();
    }
    println!(
        "{found} of {blocks} blocks went, with {:.2} % of the article's bytes",
        100.0 * lost as f64 / bytes as f64
    );
    assert!(found * 10 >= blocks * 9, "{found} of {blocks}");
    assert!(lost * 200 <= bytes, "{lost} of {bytes} bytes of the article");
}
