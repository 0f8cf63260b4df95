//! Bent spellings that are found, and right ones that are not.

use super::*;
use crate::engine::text::token::tokenize;

fn found(text: &str) -> Vec<(u32, u32)> {
    let file: BentFile = toml::from_str(
        "except = [\"weiterleben\"]\n[[head]]\ngroup = \"x\"\nweight = 1.0\nwords = [\"newsletter\", \
         \"weiterlesen\", \"advertisement\", \"kostenlos\", \"anmelden\", \"free\", \"suscríbete\"]",
    )
    .unwrap();
    let bent = Bent::compile(&file, &[0]).unwrap();
    let mut all = Vec::new();
    let tokens = tokenize(text);
    bent.run(text, &tokens, |word| bent.may_be_bent(&tokens, word), &[0], |hit| all.push((hit.first, hit.end)));
    all
}

#[test]
fn bent_words_are_found() {
    let cases: &[(&str, &[(u32, u32)])] = &[
        ("our newsleter now", &[(1, 2)]),
        ("our nwesletter now", &[(1, 2)]),
        ("an advertisment", &[(1, 2)]),
        ("an adverttisment", &[(1, 2)]),
        ("our n3wsl3tter", &[(1, 2)]),
        ("fr33 of charge", &[(0, 1)]),
        ("jetzt @nmelden", &[(1, 2)]),
        ("ko$tenl0s lesen", &[(0, 2)]),
        ("kostenl0$", &[]),
        ("N e w s l e t t e r", &[(0, 10)]),
        ("a N.e.w.s.l.e.t.t.e.r b", &[(1, 11)]),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text), *expected, "{text}");
    }
}

#[test]
fn spaced_letters_end_with_their_unit() {
    let text = "x\n".repeat(40);
    let tokens = tokenize(&text);
    let units: Vec<u32> = (0..40).collect();
    assert!((0..40).all(|first| run_of_letters(&text, &tokens, &units, first) == first + 1));
    assert_eq!(run_of_letters(&text, &tokens, &[0], 7), 40);
}

#[test]
fn right_spellings_are_not_bent() {
    for text in [
        "newsletter",
        "Newsletters",
        "kostenlose",
        "kostenlosen",
        "weiterleben",
        "weiterlesend",
        "advertisements",
        "suscribete",
        "free",
        "a b c d e f g h",
        "mp3 und 4k",
        "@anna schrieb",
        "a@b.example",
        "Wir lesen",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}
