//! What must never be cut, and what must always go: requirements on the product, each on invented texts.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may panic, in its helpers as well")]

mod engine_support;

use engine_support::pools::{Lang, sentence};
use engine_support::{Dice, article, detector, expect, look, none, prose, send};
use promosieve::detector::Detector;

/// An article with unique prose around `inner`, which stands in paragraphs of its own.
fn around(lang: Lang, seed: u64, inner: &[&str]) -> String {
    let mut lines = prose(lang, seed, 5);
    for (i, line) in inner.iter().enumerate() {
        lines.insert(2 + i, (*line).to_string());
    }
    lines.join("\n\n")
}

/// Prose, and `promo` at its end.
fn before(lang: Lang, seed: u64, promo: &str) -> String {
    format!("{}\n\n{promo}", prose(lang, seed, 5).join("\n\n"))
}

/// Sends `n` documents of `source` made by `make`, looks at one more, and says what is wrong in any of them.
fn stream(detector: &Detector, source: &str, n: u64, make: &dyn Fn(u64) -> (String, Vec<String>)) -> Vec<String> {
    let mut problems = Vec::new();
    for i in 0..n {
        let (text, stays) = make(i);
        let article = article(source, &format!("{source}-{i}"), &text);
        let answer = send(detector, &article);
        let stays: Vec<&str> = stays.iter().map(String::as_str).collect();
        problems.extend(expect(&article, &answer, &stays, &[]).into_iter().map(|p| format!("document {i}: {p}")));
    }
    problems
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(ToString::to_string).collect()
}

// What stays.

#[test]
fn recrawls_lose_nothing() {
    let detector = detector();
    for lang in [Lang::De, Lang::En] {
        let lines = prose(lang, 11, 9);
        let mut problems = Vec::new();
        for round in 0..30 {
            // The same id, other ids, and other ids with a corrected paragraph.
            let id = if round % 3 == 0 { "one".to_string() } else { format!("crawl-{round}") };
            let mut lines = lines.clone();
            if round % 3 == 2 {
                lines[4] = sentence(lang, &mut Dice::new(round));
            }
            let text = lines.join("\n\n");
            let answer = send(&detector, &article("crawl.example", &id, &text));
            if answer.cleaned_text != text {
                problems.push(format!("{lang:?} {round}: {:?}", engine_support::removed_text(&text, &answer)));
            }
        }
        none(&problems);
    }
}

#[test]
fn growing_live_blogs_lose_nothing() {
    let detector = detector();
    let entries = prose(Lang::En, 21, 40);
    let mut problems = Vec::new();
    for upto in 4..=entries.len() {
        let mut newest_first: Vec<String> = entries[..upto]
            .iter()
            .enumerate()
            .map(|(i, e)| format!("{}:{:02}\n{e}", 9 + i / 6, (i * 10) % 60))
            .collect();
        newest_first.reverse();
        let text = newest_first.join("\n\n");
        let article = article("live.example", &format!("v{upto}"), &text);
        let answer = send(&detector, &article);
        let stays: Vec<&str> = entries[..upto].iter().map(String::as_str).collect();
        problems.extend(expect(&article, &answer, &stays, &[]));
    }
    none(&problems);
}

#[test]
fn syndicated_copies_lose_nothing() {
    let detector = detector();
    let mut problems = Vec::new();
    for story in 0..4_u64 {
        let lines = prose(if story % 2 == 0 { Lang::De } else { Lang::En }, 500 + story, 6);
        for client in 0..25_u64 {
            // Each client shortens differently.
            let kept = &lines[..lines.len() - (client % 3) as usize];
            let article = article(&format!("client-{client}.example"), &format!("{story}"), &kept.join("\n\n"));
            let answer = send(&detector, &article);
            let stays: Vec<&str> = kept.iter().map(String::as_str).collect();
            problems.extend(expect(&article, &answer, &stays, &[]));
        }
    }
    none(&problems);
}

const BACKGROUND: [&str; 3] = [
    "Zum Hintergrund: Der Hafenbetreiber hatte im Frühjahr den Umbau des alten Terminals beschlossen, nachdem mehrere \
     Reedereien ihre Linien verlegt hatten. Der Bund trägt ein Drittel der Kosten, den Rest teilen sich Land und Stadt.",
    "Die Anwohner hatten zunächst geklagt, weil sie mehr Lärm und Verkehr auf der Uferstraße befürchteten. Das Gericht wies die \
     Klage im Juni ab, ließ aber die Berufung zu, über die bislang nicht entschieden ist.",
    "Der Betreiber beschäftigt rund achthundert Menschen und ist damit nach der Werft der zweitgrößte Arbeitgeber der Region. Vor \
     drei Jahren war er nur durch eine Bürgschaft des Landes vor der Insolvenz bewahrt worden.",
];

/// One of two articles of the source belongs to an affair and tells its background in `paragraphs`.
fn affair(paragraphs: &[&str]) -> Vec<String> {
    stream(&detector(), "background.example", 40, &|i| {
        let text =
            if i % 2 == 0 { around(Lang::De, 600 + i, paragraphs) } else { prose(Lang::De, 600 + i, 5).join("\n\n") };
        (text, if i % 2 == 0 { owned(paragraphs) } else { Vec::new() })
    })
}

#[test]
fn one_background_paragraph_stays() {
    none(&affair(&BACKGROUND[..1]));
}

#[test]
#[ignore = "guard: after six carriers its hashes count as template, from then on every document is a witness (p .66 to .98)"]
fn three_background_paragraphs_stay() {
    none(&affair(&BACKGROUND));
}

#[test]
fn a_famous_quotation_stays() {
    let detector = detector();
    let quotation = "“We choose to rebuild this harbour not because it is easy, but because our children will need it,” the president said in 1961.";
    let mut problems = Vec::new();
    for i in 0..30 {
        let article = article(&format!("paper-{i}.example"), "a", &around(Lang::En, 700 + i, &[quotation]));
        problems.extend(expect(&article, &send(&detector, &article), &[quotation], &[]));
    }
    none(&problems);
}

/// Reports of the same build: `{a}`, `{b}` and `{c}` are numbers that change.
const REPORTS: &[&str] = &[
    "Der Leitindex schloss am Dienstag mit einem Plus von 0,{a} Prozent bei 18.{b} Punkten.",
    "Der Euro kostete am Abend 1,0{a} US-Dollar, die Europäische Zentralbank hatte den Referenzkurs auf 1,08{b} festgesetzt.",
    "Am Mittwoch liegen die Höchstwerte zwischen {a} Grad an der Küste und 2{c} Grad im Süden.",
    "The index closed 0.{a} percent higher at 4,{b} points on Tuesday.",
    "Oil prices fell {a} cents to {b} dollars a barrel in London trading.",
    "The home side won {a}-{c} in front of 12,{b} spectators and moved up to third place.",
    "Der Umsatz stieg im dritten Quartal um {a} Prozent auf {b} Millionen Euro.",
    "Police counted {a} accidents and {c} injured people on the county's roads last weekend.",
];

/// Sends `n` documents with a report of each build to a source of its own.
fn reports(n: u64) -> Vec<String> {
    let detector = detector();
    let report = |kind: usize, i: u64| {
        let (a, b, c) = (1 + i % 9, 100 + 7 * i, 2 + i % 7);
        REPORTS[kind].replace("{a}", &a.to_string()).replace("{b}", &b.to_string()).replace("{c}", &c.to_string())
    };
    let mut problems = Vec::new();
    for (kind, frame) in REPORTS.iter().enumerate() {
        let lang = if frame.contains(" am ") || frame.contains("Der ") { Lang::De } else { Lang::En };
        problems.extend(stream(&detector, &format!("numbers-{kind}.example"), n, &|i| {
            let mut lines = prose(lang, 10_000 + 100 * kind as u64 + i, 4);
            lines[1] = format!("{} {}", report(kind, i), lines[1]);
            (lines.join("\n\n"), vec![report(kind, i)])
        }));
    }
    problems
}

#[test]
fn reports_that_differ_in_numbers_stay_in_a_young_source() {
    none(&reports(2));
}

#[test]
fn reports_that_differ_in_numbers_stay() {
    none(&reports(40));
}

#[test]
fn service_journalism_stays() {
    let detector = detector();
    let service = [
        "Wer Suizidgedanken hat, findet bei der Telefonseelsorge rund um die Uhr Hilfe. Die Nummer ist kostenlos: 0800 / 000 00 00.",
        "Termine zur Grippeimpfung können Versicherte im Gesundheitsamt unter 0555 / 12 34 56 vereinbaren, montags bis freitags von 8 bis 12 Uhr.",
        "People who lost their home in the flood can reach the relief office in Marlow at 555-0134 from 8 a.m. to 6 p.m.",
        "Anträge auf den Heizkostenzuschuss nimmt das Bürgeramt bis 31. März entgegen, die Formulare liegen im Rathaus aus.",
        "The vaccination bus stops at the market square on Tuesday from 10 a.m. and at the station in the afternoon; no appointment is needed.",
    ];
    let mut problems = Vec::new();
    for (i, line) in service.iter().enumerate() {
        let lang = if line.contains("ie ") && !line.contains("The ") { Lang::De } else { Lang::En };
        let article = article("service.example", &format!("{i}"), &around(lang, 900 + i as u64, &[line]));
        problems.extend(expect(&article, &send(&detector, &article), &[line], &[]));
    }
    none(&problems);
}

#[test]
fn news_about_newsletters_and_offers_stays() {
    let detector = detector();
    let news = [
        "The publisher lost 40,000 newsletter subscribers last year after it moved its morning edition behind a paywall, the annual report shows.",
        "Judges in Bristol ruled that the disclaimer at the foot of the company's advertisements was too small to be read.",
        "The minister's staff clicked on a link in the forged e-mail, and the attackers copied 3,000 documents.",
        "The bidder raised its offer for the shipyard to 14 euros a share on Monday, which the board called inadequate.",
        "Verbraucherschützer warnen vor Newslettern, die ohne Einwilligung verschickt werden, und verklagten einen Händler aus Kempten.",
        "Das Gericht hielt den Haftungsausschluss in den Verträgen der Bank für unwirksam und gab den Anlegern recht.",
        "Nach Angaben des Verbands klickten im vergangenen Jahr nur noch zwei von tausend Nutzern auf eine Werbeanzeige.",
        "Der Verlag will sein Magazin künftig nur noch im Abonnement verkaufen und streicht 60 Stellen, wie der Betriebsrat mitteilte.",
        "“Sign up now” was the slogan with which the army sought recruits in the 1950s, the historian writes.",
    ];
    let mut problems = Vec::new();
    for (i, line) in news.iter().enumerate() {
        let lang = if i < 4 || i == 8 { Lang::En } else { Lang::De };
        let article = article("media.example", &format!("{i}"), &around(lang, 950 + i as u64, &[line]));
        problems.extend(expect(&article, &send(&detector, &article), &[line], &[]));
    }
    none(&problems);
}

fn headings(lang: Lang, source: &str, headings: [&str; 3]) -> Vec<String> {
    stream(&detector(), source, 25, &|i| {
        let mut lines = prose(lang, 2000 + i, 7);
        for (at, heading) in headings.iter().enumerate() {
            lines.insert(1 + 2 * at, (*heading).to_string());
        }
        (lines.join("\n\n"), owned(&headings))
    })
}

#[test]
fn headings_that_recur_in_every_article_stay() {
    let mut problems = headings(Lang::De, "rubrik.example", ["Auf einen Blick", "Wie es weitergeht", "Fazit"]);
    problems.extend(headings(Lang::En, "rubric.example", ["At a glance", "What happened", "What happens next"]));
    none(&problems);
}

#[test]
fn embedded_posts_stay() {
    let detector = detector();
    let posts = [
        (
            "We are proud of every volunteer who carried sandbags through the night. Thank you, Marlow!",
            "— Ida Lindqvist (@ida_lindqvist) March 4, 2025",
        ),
        (
            "The bridge is closed until further notice. Please use the ferry.",
            "— Marlow Fire Brigade (@marlowfire) June 11, 2024",
        ),
        (
            "Heute haben wir den Tarifvertrag unterschrieben. Danke an alle, die gestreikt haben!",
            "— Jonas Keller (@jkeller_ver) 12. Mai 2025",
        ),
    ];
    let mut problems = Vec::new();
    for (i, (post, signature)) in posts.iter().enumerate() {
        let lang = if i == 2 { Lang::De } else { Lang::En };
        let article = article("posts.example", &format!("{i}"), &around(lang, 3000 + i as u64, &[post, signature]));
        problems.extend(expect(&article, &send(&detector, &article), &[post, signature], &[]));
    }
    none(&problems);
}

#[test]
fn a_hostile_source_cannot_convict_another() {
    let detector = detector();
    let victim = prose(Lang::En, 4000, 6);
    for i in 0..60 {
        // The victim's sentences, each time in new company and as if they were a promo tail.
        let text = before(Lang::En, 4100 + i, &victim.join("\n"));
        send(&detector, &article("hostile.example", &format!("{i}"), &text));
    }
    for i in 0..12 {
        send(&detector, &article("victim.example", &format!("other-{i}"), &prose(Lang::En, 4300 + i, 5).join("\n\n")));
    }
    let article = article("victim.example", "article", &victim.join("\n\n"));
    let stays: Vec<&str> = victim.iter().map(String::as_str).collect();
    none(&expect(&article, &send(&detector, &article), &stays, &[]));
}

// What goes.

const COMPANIES: [&str; 12] = [
    "Tesla",
    "Siemens",
    "BASF",
    "Nordsee Energie",
    "Halvorsen",
    "Lindqvist Motors",
    "Deutsche Bank",
    "Rheinchemie",
    "Varna Shipping",
    "Okafor",
    "Meissner",
    "SAP",
];

/// After `n` documents of a source with the promo that `promo` makes, it must be gone from the next, and prose not.
fn learned(lang: Lang, source: &str, n: u64, promo: &dyn Fn(usize) -> String) -> Vec<String> {
    let detector = detector();
    for i in 0..n {
        send(&detector, &article(source, &format!("{i}"), &before(lang, 6000 + i, &promo(i as usize))));
    }
    let promo = promo(n as usize);
    let text = before(lang, 6000 + n, &promo);
    let article = article(source, "next", &text);
    let answer = look(&detector, &article);
    let stays: Vec<&str> = text.split("\n\n").filter(|line| *line != promo).collect();
    expect(&article, &answer, &stays, &[&promo])
}

#[test]
fn promo_with_changing_slots_goes() {
    let company = |i: usize| COMPANIES[i % COMPANIES.len()];
    let mut problems = learned(Lang::De, "slots-de.example", 9, &|i| {
        let (c, day) = (company(i), 1 + i * 2);
        format!(
            "{c}-Aktie: Kaufen oder verkaufen?! Neue {c}-Analyse vom {day}. Mai liefert die Antwort: Lohnt sich jetzt ein Einstieg oder sollten Anleger lieber verkaufen? In der aktuellen Gratis-Analyse vom {day}. Mai erfahren Sie, was jetzt zu tun ist."
        )
    });
    problems.extend(learned(Lang::En, "slots-en.example", 9, &|i| {
        let (c, price) = (company(i), 9 + i);
        format!("Should you invest {price}00 dollars in {c} right now? Our analysts just named the 10 best stocks to buy now, and {c} was not one of them. Click here to get the free report for {price}.99 dollars.")
    }));
    none(&problems);
}

#[test]
fn recurring_disclaimers_go() {
    let disclaimers = [
        (
            Lang::De,
            "Die in diesem Beitrag geäußerten Meinungen sind die des Verfassers und stellen keine Anlageberatung dar. Eine Haftung für Vermögensschäden ist ausgeschlossen.",
        ),
        (
            Lang::En,
            "The information in this article is provided for general purposes only and does not constitute investment advice. Past performance is no guarantee of future results.",
        ),
        (
            Lang::En,
            "© 2025 Marlow Harbour Media Group. All rights reserved. Reproduction without permission is prohibited.",
        ),
    ];
    let mut problems = Vec::new();
    for (i, (lang, text)) in disclaimers.iter().enumerate() {
        problems.extend(learned(*lang, &format!("legal-{i}.example"), 9, &|_| (*text).to_string()));
    }
    none(&problems);
}

#[test]
fn hidden_spellings_of_a_known_promo_go() {
    let clean = "Subscribe to the Harbour Courier newsletter now and receive our free stock report every Friday";
    let hidden = [
        clean.replace('e', "е").replace('o', "о"), // Cyrillic
        clean.replace('a', "а").replace('c', "с"),
        clean
            .replace("sletter", "s\u{200b}let\u{ad}ter")
            .replace("free", "f\u{2060}ree")
            .replace("stock", "st\u{200d}ock"),
        clean.to_uppercase(),
        clean.replace("newsletter", "n3wsletter").replace("free", "fr3e"),
        clean.replace("newsletter", "newsleter"),
        clean.replace(' ', "\u{a0}"),
        clean
            .chars()
            .map(|c| if c.is_ascii_lowercase() { char::from_u32(c as u32 - 0x20 + 0xfee0 + 0x20).unwrap() } else { c })
            .collect(), // wide
    ];
    let detector = detector();
    for i in 0..10 {
        send(&detector, &article("hidden.example", &format!("{i}"), &before(Lang::En, 8000 + i, clean)));
    }
    let mut problems = Vec::new();
    for (i, promo) in hidden.iter().enumerate() {
        let article = article("hidden.example", &format!("h{i}"), &before(Lang::En, 8100 + i as u64, promo));
        problems.extend(expect(&article, &look(&detector, &article), &[], &[promo]));
    }
    none(&problems);
}

#[test]
fn a_sentence_that_joined_a_standing_block_goes_with_it() {
    let detector = detector();
    let (first, joined, last) = (
        "Sign up for the Harbour Courier newsletter to get our best stories every Friday.",
        "The second volume of the harbour chronicle appeared in May and tells of the years between the two great storms.",
        "Subscribe to the Harbour Courier now and support our reporting.",
    );
    for i in 0..24 {
        // It is in a third of the blocks that stand at the end of every article.
        let block = if i % 3 == 2 { format!("{first} {joined} {last}") } else { format!("{first} {last}") };
        send(&detector, &article("courier.example", &format!("{i}"), &before(Lang::En, 9000 + i, &block)));
    }
    let text = before(Lang::En, 9100, &format!("{first} {joined} {last}"));
    let grown = article("courier.example", "next", &text);
    none(&expect(&grown, &look(&detector, &grown), &[], &[first, joined, last]));
    // The same sentence among the article's own is a refrain, and stays.
    let told = article("courier.example", "told", &around(Lang::En, 9101, &[joined]));
    none(&expect(&told, &look(&detector, &told), &[joined], &[]));
}
