//! Segmentation case by case, and its promises on random text.

use super::*;
use crate::engine::text::token::tokenize;

struct Plain;
impl Hints for Plain {
    fn is_abbreviation(&self, word: &str) -> bool {
        matches!(word, "dr" | "mio" | "inc" | "z" | "b")
    }
    fn is_label(&self, word: &str) -> bool {
        matches!(word, "anzeige" | "advertisement")
    }
}

pub(super) fn units(text: &str) -> Vec<String> {
    let tokens = tokenize(text);
    let parts = segment(text, &tokens, &Plain);
    parts.units.iter().map(|u| text[u.start..u.end].to_string()).collect()
}

#[test]
fn sentences_are_found() {
    let cases: &[(&str, &[&str])] = &[
        ("Eins ist da. Zwei auch!\n\n  Drei.\r\nVier", &["Eins ist da.", "Zwei auch!", "Drei.", "Vier"]),
        (
            "Dr. Meier zahlt 3 Mio. Euro am 27. November. Gut.",
            &["Dr. Meier zahlt 3 Mio. Euro am 27. November.", "Gut."],
        ),
        ("Im Jahr 2015. Die Zeit", &["Im Jahr 2015.", "Die Zeit"]),
        ("Er sagte „Nein.“ Dann ging er.", &["Er sagte „Nein.“", "Dann ging er."]),
        ("Es ging am Abend zu.AnzeigeDepot sichern!", &["Es ging am Abend zu.", "Anzeige", "Depot sichern!"]),
        ("See example.com now. it goes on", &["See example.com now. it goes on"]),
        ("新闻一。新闻二。", &["新闻一。", "新闻二。"]),
        ("A (mehr dazu lesen Sie hier) B", &["A (mehr dazu lesen Sie hier) B", "(mehr dazu lesen Sie hier)"]),
        ("<p>Eins ist da. Zwei.</p><p>Drei</p>", &["<p>Eins ist da.", "Zwei.</p>", "<p>Drei</p>"]),
        ("Eins.<br>Zwei <br/><br/>Drei <b>hier</b>", &["Eins.<br>", "Zwei <br/>", "<br/>Drei <b>hier</b>"]),
        ("<ul>\n<li>Eins</li><li>Zwei</li></ul>", &["<ul>", "<li>Eins</li>", "<li>Zwei</li></ul>"]),
        (
            "Am <a href=\"https://a.example/b.html?c\">Montag</a> kam Regen.</b> <i>Gut.</i>",
            &["Am <a href=\"https://a.example/b.html?c\">Montag</a> kam Regen.</b>", "<i>Gut.</i>"],
        ),
        ("***", &["***"]),
        ("", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(units(text), *expected, "{text:?}");
    }
}

#[test]
fn lost_line_breaks_are_found_by_known_words() {
    let filler = "Der Kurs stieg am Montag deutlich an und die Anleger freuten sich über die Zahlen des Konzerns, die am Morgen vorgelegt wurden, sagte ein Sprecher der Börse am Nachmittag in Frankfurt";
    let text = format!("{filler}. Washingtons WarnschussDer Handel ruht.");
    assert_eq!(units(&text)[1..], ["Washingtons Warnschuss", "Der Handel ruht."]);
    let text = format!("{filler}. Bei BlackRock ist man zufrieden.");
    assert_eq!(units(&text)[1..], ["Bei BlackRock ist man zufrieden."]);
}

proptest::proptest! {
    #[test]
    fn units_cover_every_word_once(text in "(\\PC|[a-zA-Z .!?()\\[\\]\n\r„“Ä]|</?p>|<br/>|<a href=\"b.c?\">|</a>){0,200}") {
        let tokens = tokenize(&text);
        let parts = segment(&text, &tokens, &Plain);
        let flat: Vec<&Unit> = parts.units.iter().filter(|u| u.kind != UnitKind::Bracket).collect();
        let mut next = 0;
        let mut end = 0;
        for unit in &flat {
            proptest::prop_assert_eq!(unit.first, next);
            proptest::prop_assert!(unit.start >= end && unit.end > unit.start);
            proptest::prop_assert!(text.is_char_boundary(unit.start) && text.is_char_boundary(unit.end));
            next = unit.last;
            end = unit.end;
        }
        proptest::prop_assert_eq!(next, tokens.words.len());
        for word in &tokens.words {
            let inside = flat.iter().filter(|u| u.start <= word.start as usize && word.end as usize <= u.end).count();
            proptest::prop_assert_eq!(inside, 1);
        }
    }
}
