//! Invented words and lines. Prose is put together word by word, so that no run of four words comes back by chance more
//! often than in real news.

use super::Dice;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lang {
    De,
    En,
}

fn list(words: &'static str) -> Vec<&'static str> {
    words.split_whitespace().collect()
}

fn any(words: &'static str, dice: &mut Dice) -> &'static str {
    dice.pick(&list(words))
}

const EN_ADJECTIVES: &str = "regional former second growing narrow municipal private northern public recent older costly independent \
    central smaller foreign annual temporary stricter local rural industrial federal modest wider cautious maritime southern \
    elderly technical joint steady uneven fragile lengthy medical coastal disputed renewed partial";
const EN_NOUNS: &str = "council hospital harbour factory railway ministry orchestra university brewery committee bank shipyard \
    museum union parliament airline airport district bakery insurer theatre prosecutor village court fishery mill regulator \
    laboratory school hotel bridge workshop cooperative library forest utility club border retailer clinic";
const EN_THINGS: &str = "tender report budget contract timetable dividend forecast reform extension proposal inquiry ruling loan \
    agreement survey payment deadline permit plan strategy audit licence closure merger delivery renovation appeal order \
    subsidy estimate harvest concert vaccine outlook tariff rescue";
const EN_VERBS: &str = "postponed rejected announced questioned delayed approved withdrew presented criticised revised renewed \
    defended cancelled examined published welcomed financed abandoned expanded inherited blocked finished reopened corrected \
    missed completed halved ordered tested doubted";
const EN_PLACES: &str = "Marlow Tessin Ostrava Kilbride Drenthe Varna Lindau Corvale Aldermoor Uppsala Brindisi Tarnow Halden Segovia \
    Limerick Antwerp Galway Trieste Bergen Porto Malmo Gdansk Bristol Turku";
const EN_PREPOSITIONS: &str = "after during despite before without following against under since amid";
const EN_NAMES: &str = "Harrow Lindqvist Okafor Meissner Castellan Dufresne Novak Brandt Ferreira Holm Ashdown Petrov Rahman Sato \
    Keller Moreau Whitlock Janssen";

const DE_NOUNS: &str = "Stadtrat Konzern Hersteller Versicherer Verband Betreiber Minister Hafen Gutachter Vorstand Kreistag \
    Sprecher Verein Richter Zulieferer Energieversorger Landwirt Reeder Bürgermeister Händler Forscher Chemiekonzern Anbieter \
    Trainer Professor Museumsleiter Flughafen Betriebsrat Aufsichtsrat Staatsanwalt";
const DE_THINGS: &str = "Bericht Haushalt Vertrag Fahrplan Entwurf Kredit Ausbau Antrag Umbau Beschluss Auftrag Vorschlag Zuschuss \
    Zeitplan Verkauf Neubau Ausblick Vergleich Prozess Streik Rückzug Einspruch Gewinn Umsatz Verlust Wechsel Abbau Plan Umzug \
    Versuch";
const DE_ADJECTIVES: &str = "regionalen früheren zweiten wachsenden engen kommunalen privaten nördlichen öffentlichen neuen älteren \
    teuren unabhängigen zentralen kleineren ausländischen jährlichen befristeten strengeren örtlichen ländlichen industriellen \
    bescheidenen breiteren vorsichtigen südlichen technischen gemeinsamen stetigen langwierigen";
const DE_VERBS: &str = "verschob prüfte verteidigte begrüßte kritisierte finanzierte verlängerte beendete überarbeitete erläuterte \
    halbierte bezweifelte veröffentlichte unterzeichnete bremste plante erwartete verfehlte bestätigte vertagte genehmigte \
    stoppte erweiterte korrigierte verwarf";
const DE_PLACES: &str = "Lindau Ostrau Bremerhaven Tarnow Wittstock Eupen Görlitz Uelzen Malmö Triest Bergen Zwickau Landshut Aurich \
    Varel Kempten Soest Anklam Weiden Prüm";
const DE_PREPOSITIONS: &str = "trotz wegen während";

/// A sentence of news prose that hardly comes twice.
pub fn sentence(lang: Lang, dice: &mut Dice) -> String {
    match lang {
        Lang::En => english(dice),
        Lang::De => german(dice),
    }
}

fn english(dice: &mut Dice) -> String {
    let adjective = |d: &mut Dice| any(EN_ADJECTIVES, d);
    let (a, b) = (adjective(dice), adjective(dice));
    let (noun, other) = (any(EN_NOUNS, dice), any(EN_NOUNS, dice));
    let (verb, thing, more) = (any(EN_VERBS, dice), any(EN_THINGS, dice), any(EN_THINGS, dice));
    let (place, when, name) = (any(EN_PLACES, dice), any(EN_PREPOSITIONS, dice), any(EN_NAMES, dice));
    match dice.roll(7) {
        0 => format!("The {a} {noun} {verb} its {b} {thing} {when} the {more} in {place}."),
        1 => format!("In {place}, a {a} {other} {verb} the {thing}, and the {noun} accepted a {b} {more}."),
        2 => format!("{name} said the {noun} had seen {a} demand while the {b} {thing} {when} {more} remained open."),
        3 => format!("Officials in {place} {verb} the {b} {thing} because the {other} lacked a {a} {more}."),
        4 => format!("Its {a} {thing} surprised {name}, who runs the {b} {noun} near {place}."),
        5 => format!(
            "A {thing} worth {} million euros went to the {a} {noun}, but {name} {verb} the {b} {more}.",
            2 + dice.roll(90)
        ),
        _ => format!("“The {thing} was {a} and our {other} {verb} it,” {name} told the {noun} of {place}."),
    }
}

fn german(dice: &mut Dice) -> String {
    let (a, b) = (any(DE_ADJECTIVES, dice), any(DE_ADJECTIVES, dice));
    let (noun, other) = (any(DE_NOUNS, dice), any(DE_NOUNS, dice));
    let (verb, thing, more) = (any(DE_VERBS, dice), any(DE_THINGS, dice), any(DE_THINGS, dice));
    let (place, when, name) = (any(DE_PLACES, dice), any(DE_PREPOSITIONS, dice), any(EN_NAMES, dice));
    match dice.roll(7) {
        0 => format!("Der {noun} aus {place} {verb} den {a} {thing} {when} der {b} Lage."),
        1 => format!("In {place} {verb} ein {other} den {thing}, und der {noun} hielt am {a} {more} fest."),
        2 => format!("{name} sagte, der {noun} habe den {a} {thing} nicht gekannt und den {b} {more} abgelehnt."),
        3 => format!("Weil der {other} in {place} keinen {a} {more} fand, {verb} er den {b} {thing}."),
        4 => format!("Den {a} {thing} {verb} {name}, der den {b} {noun} bei {place} vertritt."),
        5 => format!(
            "Für {} Millionen Euro {verb} der {noun} den {a} {thing}, doch {name} blieb beim {b} {more}.",
            2 + dice.roll(90)
        ),
        _ => {
            format!("„Der {thing} kam zu spät, und unser {other} {verb} ihn“, sagte {name} dem {a} {noun} in {place}.")
        }
    }
}

pub fn heading(lang: Lang, dice: &mut Dice) -> &'static str {
    match lang {
        Lang::En => {
            dice.pick(&["What happens next", "The background", "A long dispute", "Key figures", "Who pays for it"])
        }
        Lang::De => {
            dice.pick(&["Auf einen Blick", "Wie es weitergeht", "Der Hintergrund", "Fazit", "Ein langer Streit"])
        }
    }
}

/// Blocks that nobody takes for article.
pub const PROMO_EN: &[&str] = &[
    "Sign up for our free newsletter and get the best stories delivered to your inbox every morning.",
    "Subscribe now for only 1 euro a month and get unlimited access to all our articles.",
    "Follow us on Facebook, Twitter and Instagram and subscribe to our newsletter.",
    "Download our app now and get breaking news alerts for free!",
    "Read also: Ten shares that every investor should know",
    "ADVERTISEMENT",
    "Click here to subscribe to our newsletter!",
    "Copyright 2025 Harbour Courier Media Ltd. All rights reserved. This material may not be published, broadcast or redistributed.",
    "Disclaimer: This article is for information only and does not constitute investment advice.",
];

/// The same in German.
pub const PROMO_DE: &[&str] = &[
    "Jetzt unseren kostenlosen Newsletter abonnieren und keine Nachricht mehr verpassen!",
    "Lesen Sie auch: Diese zehn Aktien sollten Anleger jetzt kennen",
    "Jetzt Depot eröffnen und 50 Euro Prämie sichern!",
    "Folgen Sie uns auf Facebook, Twitter und Instagram!",
    "Anzeige",
    "Hier klicken und jetzt den kostenlosen Report sichern!",
    "© 2025 Hafenkurier Medien GmbH. Alle Rechte vorbehalten.",
    "Haftungsausschluss: Dieser Beitrag stellt keine Anlageberatung und keine Kaufempfehlung dar.",
    "Laden Sie jetzt unsere App herunter und erhalten Sie kostenlose Eilmeldungen!",
];

pub fn block(lang: Lang, dice: &mut Dice) -> &'static str {
    dice.pick(if lang == Lang::De { PROMO_DE } else { PROMO_EN })
}
