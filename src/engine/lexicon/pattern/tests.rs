//! Patterns as they are written and read.

use super::*;

/// Alternatives written back, part by part: `2~words*`.
fn shown(phrase: &str) -> Vec<String> {
    let segment = |s: &Segment| format!("{}~{}{}", s.gap, s.words, if s.prefix { "*" } else { "" });
    let alternative = |a: &Vec<Segment>| a.iter().map(segment).collect::<Vec<_>>().join(" + ");
    let part = |p: &Part| {
        let all: Vec<String> = p.alternatives.iter().map(alternative).collect();
        format!("{}: {}", p.gap, all.join(" / "))
    };
    Pattern::parse(phrase).unwrap().parts.iter().map(part).collect()
}

#[test]
fn phrases_become_segments() {
    let cases: &[(&str, &[&str])] = &[
        ("Read MORE", &["0: 0~read more"]),
        ("(join|follow) us", &["0: 0~join us / 0~follow us"]),
        ("jetzt (gratis|) testen", &["0: 0~jetzt gratis testen / 0~jetzt testen"]),
        ("unser(e|en|)", &["0: 0~unsere / 0~unseren / 0~unser"]),
        ("melden sie sich ~3 (an|ab)", &["0: 0~melden sie sich", "3: 0~an / 0~ab"]),
        ("(a ~2 b|c) d", &["0: 0~a + 2~b d / 0~c d"]),
        ("abonn* jetzt", &["0: 0~abonn* + 0~jetzt"]),
        ("don't miss", &["0: 0~don t miss"]),
        ("comments? (very )?old", &["0: 0~comments very old / 0~comment very old / 0~comments old / 0~comment old"]),
        ("text by ~3 $", &["0: 0~text by"]),
        ("# min read", &["0: 0~# min read"]),
        (
            "(a|b|c|d|e|f|g) (h|i|j|k|l|m|n) o",
            &["0: 0~a / 0~b / 0~c / 0~d / 0~e / 0~f / 0~g", "0: 0~h o / 0~i o / 0~j o / 0~k o / 0~l o / 0~m o / 0~n o"],
        ),
        ("相关阅读", &["0: 0~相 关 阅 读"]),
        ("a (b (c|d)|e)", &["0: 0~a b c / 0~a b d / 0~a e"]),
    ];
    for (phrase, expected) in cases {
        assert_eq!(shown(phrase), *expected, "{phrase}");
    }
}

#[test]
fn malformed_phrases_are_refused() {
    let cases = [
        ("", PatternError::Empty),
        ("(|)", PatternError::Empty),
        ("… !", PatternError::Empty),
        ("(a", PatternError::Parentheses),
        ("a)", PatternError::Parentheses),
        ("a|b", PatternError::Bar),
        ("a ~", PatternError::Gap),
        ("~2 a", PatternError::Gap),
        ("a ~2", PatternError::Gap),
        ("a ~2 ~2 b", PatternError::Gap),
        ("a ~99 b", PatternError::Gap),
        ("ab*", PatternError::Prefix),
        ("abo*nn", PatternError::Prefix),
        ("a ^b", PatternError::Anchor),
        ("only # (eur|€)", PatternError::Sign),
        ("(a|b|c|d|e|f|g|h)(a|b|c|d|e|f|g|h)(a|b|c|d|e|f|g|h)(a|b|c|d|e|f|g|h)(a|b)", PatternError::TooMany),
        ("a () b|", PatternError::Bar),
    ];
    for (phrase, expected) in cases {
        assert_eq!(Pattern::parse(phrase), Err(expected), "{phrase}");
    }
}

#[test]
fn anchors_are_read() {
    let whole = Pattern::parse("^anzeige$").unwrap();
    assert!(whole.opens);
    assert_eq!(whole.closes, Some(0));
    assert_eq!(Pattern::parse("text by ~3 $").unwrap().closes, Some(3));
    assert_eq!(Pattern::parse("anzeige").unwrap().closes, None);
}
