//! Invented articles and web pages of many sorts and languages, with headings, lists, key facts, results and calls of their
//! own, from publishers that nobody knows: they come through, and what their tags mark as residue mostly goes. Nothing of
//! them was taught: others wrote the lessons.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod engine_support;

use engine_support::invented::invented;
use engine_support::*;
use promosieve::detector::Detector;
use promosieve::engine::article::Article;
use promosieve::evaluation::gold::LEFT_OUT;
use promosieve::training::whole::Whole;

/// Bytes: of articles, lost of them, of residue, found of it.
#[derive(Default, Clone, Copy)]
struct Sums {
    article: usize,
    lost: usize,
    residue: usize,
    found: usize,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.article += other.article;
        self.lost += other.lost;
        self.residue += other.residue;
        self.found += other.found;
    }
}

fn judged(detector: &Detector, whole: &Whole, language: &str) -> Sums {
    let article = Article { title: whole.title.clone(), ..article("unknown.example", "1", &whole.text) };
    let answer = look(detector, &article);
    let removed: Vec<_> = answer.spans.iter().filter(|span| span.removed).map(|span| span.start..span.end).collect();
    let inside = |start: usize, end: usize| -> usize {
        removed.iter().map(|span| span.end.min(end).saturating_sub(span.start.max(start))).sum()
    };
    let marked = || whole.spans.iter().map(|mark| (mark.end - mark.start, inside(mark.start, mark.end), &*mark.kind));
    let residue = || marked().filter(|mark| !LEFT_OUT.contains(&mark.2));
    for span in &removed {
        if !whole.spans.iter().any(|mark| span.start < mark.end && mark.start < span.end) {
            println!("{language} lost: {}", &whole.text[span.clone()]);
        }
    }
    Sums {
        article: whole.text.len() - marked().map(|mark| mark.0).sum::<usize>(),
        lost: removed.iter().map(ExactSizeIterator::len).sum::<usize>() - marked().map(|mark| mark.1).sum::<usize>(),
        residue: residue().map(|mark| mark.0).sum(),
        found: residue().map(|mark| mark.1).sum(),
    }
}

/// What became of the documents in `tests/data/{of}`: of those without residue, and of the others.
fn all(of: &str) -> [Sums; 2] {
    let detector = detector();
    let [mut clean, mut mixed] = [Sums::default(); 2];
    for (language, articles) in invented(of) {
        let mut here = Sums::default();
        for whole in &articles {
            let sums = judged(&detector, whole, &language);
            here.add(sums);
            if whole.spans.is_empty() { &mut clean } else { &mut mixed }.add(sums);
        }
        println!("{language}: {} of {} bytes lost, {} of {} found", here.lost, here.article, here.found, here.residue);
    }
    println!("{of}: {} of {} bytes of texts without residue lost", clean.lost, clean.article);
    println!("{of}: {} of {} bytes lost among residue", mixed.lost, mixed.article);
    println!("{of}: {} of {} bytes of residue found", mixed.found, mixed.residue);
    [clean, mixed]
}

#[test]
fn articles_of_all_sorts_come_through_and_residue_goes() {
    let [clean, mixed] = all("articles");
    assert!(clean.article > 150_000 && mixed.residue > 30_000, "there is enough to see");
    assert!(clean.lost * 500 <= clean.article, "articles without residue lose more than one byte in 500");
    assert!(mixed.lost * 500 <= mixed.article, "articles lose more than one byte in 500 among residue");
    assert!(mixed.found * 5 >= mixed.residue * 2, "less than two fifths of the residue go");
}

/// A third of these are articles. Their writers were asked for lines that can be taken for the other thing.
#[test]
fn web_pages_that_make_it_hard_lose_little() {
    let [_, mixed] = all("web");
    assert!(mixed.residue > 30_000, "there is enough to see");
    assert!(mixed.lost * 125 <= mixed.article, "texts lose more than one byte in 125");
    assert!(mixed.found * 4 >= mixed.residue, "less than a quarter of the residue goes");
}

/// Scripts, style rules and dates that pages leave go; listings in articles about code and dates in chronicles stay. By
/// these documents the thresholds for code were chosen.
#[test]
fn what_pages_leave_goes_and_what_looks_like_it_stays() {
    let [clean, mixed] = all("remains");
    assert!(mixed.residue > 10_000, "there is enough to see");
    assert!((clean.lost + mixed.lost) * 125 <= clean.article + mixed.article, "texts lose more than one byte in 125");
    assert!(mixed.found * 2 >= mixed.residue, "less than half of the residue goes");
}
