//! Bent spellings that are found, and right ones that are not.

use super::*;
use crate::engine::text::token::tokenize;
use proptest::prelude::*;

fn found(text: &str) -> Vec<(u32, u32)> {
    let file: BentFile = toml::from_str(
        "except = [\"weiterleben\"]\n[[head]]\ngroup = \"x\"\nweight = 1.0\nwords = [\"newsletter\", \
         \"weiterlesen\", \"advertisement\", \"kostenlos\", \"anmelden\", \"free\", \"suscríbete\"]",
    )
    .unwrap();
    let bent = Bent::compile(&file, &[0]).unwrap();
    let mut all = Vec::new();
    let tokens = tokenize(text);
    bent.run(text, &tokens, |word| bent.may_be_bent(&tokens, word), |hit| all.push((hit.first, hit.end)));
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
        ("N e w s l e t t e r", &[(0, 1)]),
        ("a N.e.w.s.l.e.t.t.e.r b", &[(1, 2)]),
        ("o u r n e w s l e t t e r t o d a y", &[(0, 1)]),
        ("our n*wsl*tter now", &[(1, 4)]),
        ("our nëwslëttër now", &[(1, 2)]),
        ("our neewsleetter now", &[(1, 2)]),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text), *expected, "{text}");
    }
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
        "N\ne\nw\ns\nl\ne\nt\nt\ne\nr",
        "kostenlös",
        "Leser*innen",
        "mp3 und 4k",
        "@anna schrieb",
        "a@b.example",
        "Wir lesen",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn words_that_stand_plainly_are_passed_over() {
    for (text, plain) in [("all now", true), ("a b", false), ("n-e-w-s b", false), ("new$ b", false), ("new  b", false)]
    {
        assert_eq!(stands_plainly(text, &tokenize(text), 0), plain, "{text}");
    }
    assert!(!stands_plainly("@all now", &tokenize("@all now"), 0));
}

proptest! {
    /// What is passed over for standing plainly would not have been taken for a bent word.
    #[test]
    fn what_stands_plainly_is_not_bent(text in "([a-eéA-B1-3$!|+*€@#._/ \\-\u{336}\u{a0}]|ab |e\u{301}){0,24}") {
        let tokens = tokenize(&text);
        for (index, word) in tokens.words.iter().enumerate().filter(|(index, _)| stands_plainly(&text, &tokens, *index)) {
            let folded = folded_bytes(&tokens, index);
            let has_digit = folded.iter().any(u8::is_ascii_digit);
            prop_assert!(has_digit || !looks_leet(&text, &tokens, index, folded), "{:?}: word {}", text, index);
            let raw = &text[word.start as usize..word.end as usize];
            prop_assert!(!is_spelled(raw), "{text:?}: {raw:?}");
        }
    }
}
