//! What is undone, what is not, and that every place leads back.

use super::Normalized;
use proptest::prelude::*;

const PROSE: [&str; 5] = [
    "The harbour office counted more ferries in October than in any month since the new pier was opened in spring.",
    "Most of them came from the islands in the north, where the summer line was kept running for the first time.",
    "Skippers wait for an hour on some mornings, and the town wants to add two berths by the spring of next year.",
    "Nobody has said yet who will pay for them, and the office itself has no money left for works of that size.",
    "A decision is expected in December, when the council meets for the last time before the elections in March.",
];

fn read(text: &str) -> String {
    Normalized::text_of(text).as_str().to_owned()
}

#[test]
fn references_are_resolved() {
    for (sent, meant) in [
        ("Subscribe&nbsp;to our&#160;newsletter", "Subscribe\u{a0}to our\u{a0}newsletter"),
        ("Don&rsquo;t miss it &#x2192; &Uuml;ber uns", "Don’t miss it → Über uns"),
        ("Q&amp;A &amp;amp; more &amp;nbsp;&amp;#8217;", "Q&A & more \u{a0}’"),
        ("AT&T; R&D, a & b; &unknown; &#xd800; &#0; &#7;", "AT&T; R&D, a & b; &unknown; &#xd800; &#0; &#7;"),
        ("&&amp;&; &#;", "&&&; &#;"),
    ] {
        assert_eq!(read(sent), meant, "{sent}");
        assert_eq!(Normalized::title_of(sent).as_str(), meant, "{sent}");
    }
}

#[test]
fn escapes_are_undone_where_they_are_the_texts_own() {
    for (sent, meant) in [
        (r#"One.\n\nTwo \"three\".\r\nFour\tfive."#, "One.\n\nTwo \"three\".\nFour five."),
        (r"Gr\u00f6\u00dfe f\u00fcr \ud83d\ude00", "Größe für 😀"),
        (r"print(a + '\n') ends a line", r"print(a + '\n') ends a line"),
        ("In C, \\n ends a line.\nSo does \\r\\n.", "In C, \\n ends a line.\nSo does \\r\\n."),
        (r"C:\new\report and \u00e4 alone", "C:\\new\\report and \\u00e4 alone"),
    ] {
        assert_eq!(read(sent), meant, "{sent}");
    }
}

#[test]
fn what_was_read_in_the_wrong_encoding_is_read_again() {
    for (sent, meant) in [
        ("FÃ¼r GrÃ¶ÃŸe", "Für Größe"),
        ("donâ€™t â€œmissâ€\u{9d} it", "don’t “miss” it"),
        ("Â© Â» 5Â°", "© » 5°"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Привет"),
        ("«AMANHû e «ÉTÉ», une fois", "«AMANHû e «ÉTÉ», une fois"),
        ("Der „Spaß“ und das „Übermaß“ sind groß.", "Der „Spaß“ und das „Übermaß“ sind groß."),
        ("«PÃO» e «MÃO», não «AMANHÃ» nem «MAÇû", "«PÃO» e «MÃO», não «AMANHÃ» nem «MAÇû"),
        ("Île, Âge, Ã, Größe, São", "Île, Âge, Ã, Größe, São"),
    ] {
        assert_eq!(read(sent), meant, "{sent}");
    }
}

#[test]
fn a_mark_in_front_of_all_lines_is_none_of_theirs() {
    let plain = PROSE.join("\n");
    let marked = |mark: &dyn Fn(usize) -> String| -> String {
        let line = |(i, line): (usize, &&str)| format!("{}{line}", mark(i));
        PROSE.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
    };
    for text in [
        marked(&|_| "> ".into()),
        marked(&|_| ">> ".into()),
        marked(&|_| ">".into()),
        marked(&|_| "• ".into()),
        marked(&|_| "  -  ".into()),
        marked(&|i| format!("[{}] ", i + 7)),
        marked(&|i| format!("{}. ", i + 7)),
        marked(&|i| format!("{} ", i + 7)),
        marked(&|i| format!("[00:0{i}:17.250]\t")),
    ] {
        assert_eq!(read(&text).replace("\n  ", "\n").trim_start(), plain, "{text}");
    }
    for text in [
        plain.clone(),
        marked(&|i| format!("{} ", 1990 + 3 * i)),
        marked(&|_| "“ ".into()),
        marked(&|i| format!("${i} ")),
        marked(&|i| if i % 2 == 0 { "- ".into() } else { String::new() }),
        // A list is one.
        "- Flour\n- Butter\n- Sugar\n- Eggs\n- Salt".into(),
    ] {
        assert_eq!(read(&text), text);
    }
}

#[test]
fn bars_between_the_parts_of_a_single_line_break_it() {
    assert_eq!(read(&PROSE.join(" | ")), PROSE.join(" \n "));
    let (menu, titled) = ("Home | News | Sport | Weather | Contact", format!("{} | The Courier", PROSE.join(" ")));
    for text in [menu, &titled, &(PROSE.join(" | ") + "\nMore")] {
        assert_eq!(read(text), text);
    }
    assert_eq!(found(&PROSE.join(" | "), PROSE[2]), PROSE[2]);
}

#[test]
fn punctuation_that_stands_apart_is_set_close() {
    let apart = PROSE.join("\n").replace(',', " ,").replace('.', " .");
    assert_eq!(read(&apart), PROSE.join("\n"));
    let french = "« Non ! », dit-il. Pourquoi ? Parce que : rien, vraiment, ne va. Il part, puis revient, et dort.";
    assert_eq!(read(french), french);
    let contents =
        "Preface . . . . . . . . . . . 3\nThe harbour . . . . . . . . . 7\nThe islands . . . . . . . . . 21\n";
    assert_eq!(read(contents), contents);
}

#[test]
fn long_lines_without_full_stops_are_sentences() {
    let bare = PROSE.map(|line| line.trim_end_matches('.'));
    let text = format!("{}\nHarbour news\n{}\n", bare[..2].join("\n"), bare[2..].join("\n"));
    let meant = format!("{}\nHarbour news\n{}\n", PROSE[..2].join("\n"), PROSE[2..].join("\n"));
    assert_eq!(read(&text), meant);
    let some = format!("{}\n{}", bare.join("\n"), PROSE[0]);
    assert_eq!(read(&some), some);
    // A line that breaks inside a sentence goes on, behind a quotation mark as well.
    let broken = "The keeper of the lighthouse told the harbour board in a letter of two pages that it was";
    let goes_on = format!("{}\n{broken}\n“an insult to all who keep lights” and no more than that\n", bare.join("\n"));
    assert!(read(&goes_on).contains(&format!("{broken}\n“an insult")), "{}", read(&goes_on));
}

#[test]
fn capitals_throughout_are_read_small() {
    let text = PROSE.join("\n").to_uppercase();
    let meant =
        PROSE.join("\n").replace("October", "october").replace("December", "december").replace("March", "march");
    assert_eq!(read(&text), meant);
    assert_eq!(
        read("SALE! BUY NOW AND SAVE 20 PERCENT ON ALL SHOES"),
        "SALE! BUY NOW AND SAVE 20 PERCENT ON ALL SHOES"
    );
}

#[test]
fn letters_of_far_scripts_are_read_as_latin_in_latin_texts() {
    let call = |strange: &str| format!("{} {strange} today.", PROSE[0]);
    for (strange, meant) in [
        ("ꓢꓴꓐꓢꓚꓣꓲꓐꓰ", "SUBSCRIBE"),
        ("ᏚUᏴᏚᏟᎡ", "SUBSCᎡ"),
        ("⒮⒰⒝⒮⒞⒭⒤⒝⒠", "subscribe"),
        ("🄢🄤🄑", "SUB"),
        ("🇸\u{200c}🇺\u{200c}🇧 🇳🇴🇼🇸", "S\u{200c}U\u{200c}B NOWS"),
        ("🇩🇪 and 🇫🇷🇺🇦", "🇩🇪 and 🇫🇷🇺🇦"),
    ] {
        assert_eq!(read(&call(strange)), call(meant));
    }
    assert_eq!(read("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ"), "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ");
}

#[test]
fn tags_inside_words_part_none() {
    for (sent, meant) in [
        ("<span class=\"initial\">S</span>ubscribe n<b>o</b>w", "<span class=\"initial\">Subscribe now"),
        ("he said<b>Subscribe</b> now", "he said<b>Subscribe</b> now"),
        (
            "H<sub>2</sub>O and a <i>word</i> or <a href=\"x\">t</a>wo",
            "H<sub>2</sub>O and a <i>word</i> or <a href=\"x\">t</a>wo",
        ),
    ] {
        assert_eq!(read(sent), meant);
    }
}

#[test]
fn what_is_set_from_right_to_left_is_turned() {
    for (sent, meant) in [
        ("A \u{202e}won ebircsbuS\u{202c} b", "A Subscribe now b"),
        ("A \u{202e}won ebircsbuS\nb \u{202e}c", "A Subscribe now\nb c"),
        ("\u{202e}a\u{202e}b\u{202c}", "ba"),
        ("\u{202e}", ""),
    ] {
        assert_eq!(read(sent), meant);
    }
}

#[test]
fn lines_of_bent_words_are_read_straight() {
    let among = |line: &str| format!("{}\n{line}\n{}", PROSE[0], PROSE[1]);
    for (bent, meant) in [
        ("5ub5cr1b3 t0 0ur n3w5l3tt3r t0d4y!", "subscribe to our newsletter today!"),
        ("$ub$cribe to our n3wsletter t0day", "subscribe to our newsletter today"),
        ("Sübscrïbë tö öür nëwslëttër tödäy", "Subscribe to our newsletter today"),
        ("S\u{301}\u{323}u\u{301}b\u{301}scribe\u{323} t\u{301}o\u{301} our\u{301}", "Subscribe to our"),
        (
            "D\u{336}e\u{336}s\u{336}c\u{336}a\u{336}rga la aplicaci\u{336}ó\u{336}n\u{336} y\u{336} m\u{336}a\u{336}s\u{336}",
            "Descarga la aplicación y mas",
        ),
        ("The A320 and the B52 of COVID-19 times", "The A320 and the B52 of COVID-19 times"),
        (
            "@s1ster and a/b4c h1dden #s0ng to https://a.example/4x4a",
            "@s1ster and a/b4c h1dden #s0ng to https://a.example/4x4a",
        ),
        ("Die Größe der Übergänge für Fußgänger", "Die Größe der Übergänge für Fußgänger"),
        ("Mr. Dvořák met Nguyễn Thị Minh at noon", "Mr. Dvořák met Nguyễn Thị Minh at noon"),
    ] {
        assert_eq!(read(&among(bent)), among(meant));
    }
    let bent = among("5ub5cr1b3 t0 0ur n3w5l3tt3r t0d4y!");
    let normalized = Normalized::text_of(&bent);
    let start = PROSE[0].len() + 1;
    assert!(normalized.was_hidden(&(start..start + 9)), "who spells so hides");
    assert!(!normalized.was_hidden(&(0..start)) && !normalized.was_hidden(&(start + 1..start + 3)));
    let german = "Die Größe der Übergänge für Fußgänger\nFünf Bücher über große Häuser\nSchöne Grüße an die Müllers";
    assert_eq!(read(german), german);
}

/// What stands at the place in what is read that `part` of `sent` has there, and where that leads back.
fn found(sent: &str, part: &str) -> String {
    let normalized = Normalized::text_of(sent);
    let start = normalized.as_str().find(part).unwrap();
    sent[normalized.sent(&(start..start + part.len()))].to_owned()
}

#[test]
fn places_lead_back() {
    assert_eq!(found("Read&nbsp;more &raquo; The end", "Read\u{a0}more »"), "Read&nbsp;more &raquo;");
    assert_eq!(found("Read&nbsp;more &raquo; The end", "The end"), "The end");
    assert_eq!(found(r"One.\nF\u00fcr alle.\nThree.", "Für alle."), r"F\u00fcr alle.");
    let quoted = PROSE.map(|line| format!("> {line}")).join("\n");
    assert_eq!(found(&quoted, PROSE[1]), format!("> {}", PROSE[1]), "a whole line takes its mark along");
    assert_eq!(found(&quoted, &PROSE[1][..20]), PROSE[1][..20], "a part of one does not");
    let turned = "He left.\n\u{202e}.eno txeN .ebircsbuS\u{202c}\nThey stay.";
    assert_eq!(found(turned, "Subscribe."), "", "a part of what was replaced as one does not take the rest along");
    assert_eq!(found(turned, "Next one."), "");
    assert_eq!(found(turned, "Subscribe. Next one."), "\u{202e}.eno txeN .ebircsbuS\u{202c}");
    let bare = PROSE.map(|line| line.trim_end_matches('.')).join("\n");
    assert_eq!(found(&bare, PROSE[1]), PROSE[1].trim_end_matches('.'));
    let apart = PROSE.join(" ").replace(',', " ,").replace('.', " .");
    assert_eq!(found(&apart, PROSE[1]), PROSE[1].replace(',', " ,").replace('.', " ."));
}

/// Pieces of damage and of text, in any order.
fn damaged() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-ZäÄß .,!?\n]{0,40}",
        Just(PROSE[0].to_owned()),
        Just(PROSE[1].to_uppercase()),
        "(> |- |[0-9]{1,2} |\\[[0-9]\\] )",
        "(&nbsp;|&amp;amp;|&#[0-9]{1,5};|&[a-z]{1,6};?|&)",
        "(\\\\n|\\\\r\\\\n|\\\\u[0-9a-f]{4}|\\\\ud83d\\\\ude00|\\\\)",
        "(Ã¼|â€™|Ã|Â|ÐŸ| ,| \\.)",
        "(ꓢ|Ꭺ|⒮|🇸|🄢|<b>|</b>|\u{202e}|\u{202c}|\u{200b}|\u{301}|n3ws|t0d4y|ë)",
        "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_place_leads_to_a_place(text in damaged()) {
        let normalized = Normalized::text_of(&text);
        let read = normalized.as_str();
        let places: Vec<usize> = (0..=read.len()).filter(|at| read.is_char_boundary(*at)).collect();
        let mut before = 0;
        for pair in places.windows(2) {
            let sent = normalized.sent(&(pair[0]..pair[1]));
            prop_assert!(sent.start <= sent.end && sent.end <= text.len());
            prop_assert!(text.is_char_boundary(sent.start) && text.is_char_boundary(sent.end));
            prop_assert!(sent.end >= before, "places keep their order");
            before = sent.end;
        }
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let place = normalized.read(at);
            prop_assert!(place <= read.len() && read.is_char_boundary(place));
        }
    }

    #[test]
    fn what_is_plain_is_borrowed(text in "([a-z]{1,9} ){0,40}") {
        prop_assert!(matches!(Normalized::text_of(&text).text, std::borrow::Cow::Borrowed(_)));
    }
}
