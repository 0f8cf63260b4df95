//! Reports in many languages and scripts: they come through whole, alone, among residue and with lost line breaks, and
//! most residue goes, from a publisher that nobody knows.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod engine_support;

use engine_support::*;
use promosieve::detector::Detector;
use std::collections::BTreeMap;

#[derive(serde::Deserialize)]
struct Report {
    article: String,
    residue: Vec<String>,
}

/// What was taken from a text: bytes of its article, and which lines of residue.
struct Taken {
    article: usize,
    residue: Vec<bool>,
}

/// Sets `residue` among the paragraphs, the first line after the first paragraph and the others at the end, each as a
/// line of its own, or (`flat`) without any line break.
fn compose(report: &Report, residue: &[&String], flat: bool) -> String {
    let mut lines: Vec<&str> = report.article.split("\n\n").collect();
    if let Some((first, others)) = residue.split_first() {
        lines.insert(1, first);
        lines.extend(others.iter().map(|line| line.as_str()));
    }
    lines.join(if flat { "" } else { "\n\n" })
}

fn taken(detector: &Detector, text: &str, residue: &[&String]) -> Taken {
    let places: Vec<(usize, usize)> = residue
        .iter()
        .map(|line| {
            let start = text.find(line.as_str()).unwrap();
            (start, start + line.len())
        })
        .collect();
    let answer = look(detector, &article("", "1", text));
    let removed: Vec<(usize, usize)> = answer.spans.iter().filter(|s| s.removed).map(|s| (s.start, s.end)).collect();
    let inside = |(start, end): (usize, usize)| -> usize {
        removed.iter().map(|span| span.1.min(end).saturating_sub(span.0.max(start))).sum()
    };
    let all: usize = removed.iter().map(|(start, end)| end - start).sum();
    let of_residue: usize = places.iter().map(|place| inside(*place)).sum();
    for span in answer.spans.iter().filter(|span| span.removed) {
        let known = places.iter().any(|place| span.start < place.1 && place.0 < span.end);
        if !known {
            println!("  lost: {}", &text[span.start..span.end]);
        }
    }
    Taken {
        article: all - of_residue,
        residue: places.iter().map(|place| inside(*place) * 5 >= (place.1 - place.0) * 4).collect(),
    }
}

#[test]
fn reports_in_many_languages_come_through_and_residue_goes() {
    let all: BTreeMap<String, Report> = toml::from_str(include_str!("data/languages.toml")).unwrap();
    let detector = detector();
    let (mut lost, mut bytes, mut went, mut lines) = (0, 0, 0, 0);
    for (language, report) in &all {
        for flat in [false, true] {
            let alone = taken(&detector, &compose(report, &[], flat), &[]);
            if alone.article > 0 {
                println!("{language}: {} bytes of the bare report went, flat {flat}", alone.article);
            }
            lost += alone.article;
            bytes += report.article.len();
        }
        let residue: Vec<&String> = report.residue.iter().collect();
        let with = taken(&detector, &compose(report, &residue, false), &residue);
        for (line, _) in residue.iter().zip(&with.residue).filter(|(_, went)| !**went) {
            println!("{language} stays: {line}");
        }
        let here = with.residue.iter().filter(|went| **went).count();
        println!("{language}: {here} of {} lines went, {} bytes of the report", residue.len(), with.article);
        lost += with.article;
        bytes += report.article.len();
        went += here;
        lines += residue.len();
    }
    println!("{went} of {lines} lines went, with {lost} of {bytes} bytes of the reports");
    assert!(lost * 250 <= bytes, "{lost} of {bytes} bytes of the reports");
    assert!(went * 2 >= lines, "{went} of {lines} lines");
}
