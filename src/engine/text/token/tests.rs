//! Words case by case, and their promises on random text.

use super::*;

#[test]
fn latin_letters_are_weighed_against_look_alikes() {
    for (text, latin) in [
        ("", false),
        ("12 新", false),
        ("abc где", false),
        ("abcd где", true),
        ("ab ͰԱ", false),
        ("abc ͰԱ֏", false),
        ("abcd ͰԱ֏", true),
        ("ab ͯ֐", true),
    ] {
        assert_eq!(is_mostly_latin(text), latin, "{text}");
    }
    let long = "x".repeat(4096) + &"г".repeat(9000);
    assert!(is_mostly_latin(&long) && !is_mostly_latin(&long[4000..]));
}

fn words(text: &str) -> Vec<&str> {
    tokenize(text).words.iter().map(|w| &text[w.start as usize..w.end as usize]).collect()
}

#[test]
fn words_of_many_scripts() {
    let cases: &[(&str, &[&str])] = &[
        ("Tesla-Aktie: kaufen?", &["Tesla", "Aktie", "kaufen"]),
        ("am 27.11.2025 um 14:30 Uhr", &["am", "27.11.2025", "um", "14:30", "Uhr"]),
        ("1.899,50 Euro.", &["1.899,50", "Euro"]),
        ("see https://a.example/x?y=1. Next", &["see", "https://a.example/x?y=1", "Next"]),
        ("mail a@b.example, now", &["mail", "a@b.example", "now"]),
        ("by @some_one!", &["by", "@some_one"]),
        ("新闻 ok", &["新", "闻", "ok"]),
        ("人々ｶﾞｲﾄﾞ", &["人", "々", "ｶﾞ", "ｲ", "ﾄﾞ"]),
        ("ที่นี่ 5บาท", &["ที่", "นี่", "5", "บ", "า", "ท"]),
        ("5000원에 11월 27일", &["5000", "원에", "11", "월", "27", "일"]),
        ("пришлиЧитайте ещё", &["пришли", "Читайте", "ещё"]),
        ("cafe\u{301} x", &["cafe\u{301}", "x"]),
        ("news\u{200b}letter", &["news\u{200b}letter"]),
        ("AnzeigeDepot eröffnen", &["Anzeige", "Depot", "eröffnen"]),
        (
            "den USADie iPhone McDonald 2025Foto PCs",
            &["den", "USA", "Die", "iPhone", "McDonald", "2025", "Foto", "PCs"],
        ),
        ("SuBsCrIbE tO oUrNewsLetter", &["SuBsCrIbE", "tO", "oUr", "News", "Letter"]),
        ("S u b s c r i b e  t o d a y", &["S u b s c r i b e", "t o d a y"]),
        ("f.r.e.e. n-e-w-s today", &["f.r.e.e", "n-e-w-s", "today"]),
        ("Plan A b c, J. R. R. T. and U.S.A.", &["Plan", "A", "b", "c", "J", "R", "R", "T", "and", "U", "S", "A"]),
        ("a b c d5 新 闻 新 闻", &["a", "b", "c", "d5", "新", "闻", "新", "闻"]),
        ("<b>Read also</b>: <a href=\"https://a.example/x\">Ports</a><br/>", &["Read", "also", "Ports"]),
        ("a <b and c> d, 3 <4 AT&T; <p\nx>", &["a", "b", "and", "c", "d", "3", "4", "AT", "T", "p", "x"]),
        ("@ @", &[]),
        ("", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(words(text), *expected, "{text}");
    }
}

#[test]
fn every_part_of_a_glued_word_but_the_first_is_joined() {
    let joined = |text: &str| tokenize(text).words.iter().map(|w| w.joined).collect::<Vec<_>>();
    assert_eq!(joined("zu AnzeigeDepotSichern jetzt"), [false, false, true, true, false]);
    assert_eq!(joined("Anzeige Depot"), [false, false]);
}

#[test]
fn folded_forms_are_found_again() {
    let tokens = tokenize("Read MORE: 3 Artikel");
    assert_eq!(tokens.folded, " read more # artikel ");
    assert_eq!(tokens.folded_word(1), "more");
    assert_eq!(tokens.word_at_folded(6), 1);
}

#[test]
fn letters_that_stand_apart_fold_to_their_word() {
    let folded = |text: &str| tokenize(text).folded;
    assert_eq!(folded("N e w s l e t t e r"), " newsletter ");
    assert_eq!(folded("п о д п и ш и т е с ь на нас"), " подпишитесь на нас ");
    assert_eq!(folded("F.R.Е.Е now"), " free now ", "with Cyrillic letters");
    assert_eq!(folded("b.y  n.a.m.e.:  o.u.r"), " by name o u r ", "a short one before a long one");
    assert_eq!(tokenize("n.a.m.e.: x").words[0].end, 8, "the colon follows the word");
    assert_eq!(folded("the U.S. said"), folded("the U. S. said"), "initials");
}

#[test]
fn letters_of_scripts_without_spaces_are_parts_of_words() {
    let length = |text: &str| {
        let tokens = tokenize(text);
        tokens.length(0, tokens.words.len())
    };
    for (text, words) in
        [("", 0), ("read more now", 3), ("市", 1), ("市长说", 2), ("市政府周四宣布", 4), ("もっと見る", 2)]
    {
        assert_eq!(length(text), words, "{text}");
    }
    let tokens = tokenize("read 市长 ok");
    assert_eq!([tokens.length(0, 1), tokens.length(1, 3), tokens.length(0, 4)], [1, 1, 3]);
    assert!(tokens.is_run_of_letters(1, 3) && !tokens.is_run_of_letters(0, 2) && tokens.is_ideograph(2));
}
