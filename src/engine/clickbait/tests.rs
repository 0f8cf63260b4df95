//! The shipped judge on headlines of our own.

use super::*;

const SOBER_ENGLISH: &[&str] = &[
    "Parliament passes budget after long debate",
    "Central bank raises rates by a quarter point",
    "Two injured in fire at warehouse near Leeds",
    "Nordwerk reports third-quarter profit of 12 million",
    "Court rejects appeal in fraud case",
];

const SOBER: &[&str] = &[
    // German
    "Bundestag beschließt Haushalt nach langer Debatte",
    "Zentralbank hebt Leitzins um einen Viertelpunkt an",
    "Zwei Verletzte bei Brand in Lagerhalle",
    "Nordwerk steigert Umsatz im dritten Quartal um zwölf Prozent",
    "Gericht weist Klage gegen Windpark ab",
    "Stadtrat stimmt für neue Straßenbahn",
    "Aktie von Nordwerk fällt nach Gewinnwarnung",
    "Streik legt Nahverkehr in Hamburg lahm",
    "Forscher entdecken neue Käferart im Harz",
    "Minister kündigt Reform der Pflegeversicherung an",
    // French
    "Le Sénat adopte le projet de loi de finances",
    "La banque centrale relève ses taux d'un quart de point",
    "Deux blessés dans l'incendie d'un entrepôt à Lyon",
    "Le tribunal rejette le recours contre le parc éolien",
    "Grève dans les transports à Marseille mardi",
    // Spanish, Italian, Portuguese, Dutch, Polish
    "El Congreso aprueba los presupuestos tras un largo debate",
    "Il Senato approva la legge di bilancio",
    "Tribunal rejeita recurso contra parque eólico",
    "Rechtbank wijst bezwaar tegen windpark af",
    "Sejm przyjął budżet po długiej debacie",
];

const BAIT: &[&str] = &[
    // English
    "You won't believe what this dog did next",
    "17 things only people who hate Mondays will understand",
    "This is why you should never wash your jeans",
    "Here's what happens when you stop eating sugar",
    "This simple trick will change how you cook rice forever",
    // German
    "Das passiert mit Ihrem Körper, wenn Sie täglich Kaffee trinken",
    "Sie werden nicht glauben, wer in dieses Haus zieht",
    "Mit diesem Trick bleibt der Salat eine Woche frisch",
    "Sollten Anleger jetzt bei Nordwerk zugreifen?",
    "Nordwerk-Aktie: Kaufen oder verkaufen?",
    "7 Gründe, warum Katzen die besseren Mitbewohner sind",
    "Rätselhafte Lichter am Himmel: Das steckt dahinter",
    "Diese Fehler machen fast alle beim Grillen",
    "Warum du dein Handy nie im Bett laden solltest",
    "So viel verdient ein Pilot wirklich",
    // French
    "Voici pourquoi il ne faut jamais jeter ce ticket",
    "Vous n'allez pas croire ce qu'elle a trouvé au grenier",
    "10 choses à savoir avant d'adopter un chat",
    "Cette astuce va changer vos matins",
    // Spanish, Italian, Portuguese, Dutch, Polish
    "El motivo por el que nunca debes lavar el pollo",
    "Ecco perché non dovresti bere caffè a digiuno",
    "Saiba por que você não deve guardar ovos na porta",
    "Dit is waarom je nooit met nat haar moet slapen",
    "Nie uwierzysz, co znalazł w piwnicy",
];

#[test]
fn sober_headlines_score_low_and_bait_scores_high() {
    let judge = Clickbait::shipped();
    let show = |title: &str| {
        let codes: Vec<&str> = judge.phrases(title).iter().map(|rule| rule.code.as_str()).collect();
        format!("{:.2} {title} {codes:?}", judge.score(title, &[]))
    };
    let loud: Vec<String> = SOBER.iter().filter(|t| judge.score(t, &[]) >= 0.3).map(|t| show(t)).collect();
    // The learned model is less sure than the rules, which say nothing at all to most sober headlines.
    let doubtful = SOBER_ENGLISH.iter().filter(|t| judge.score(t, &[]) >= 0.45).map(|t| show(t));
    let loud: Vec<String> = loud.into_iter().chain(doubtful).collect();
    let quiet: Vec<String> = BAIT.iter().filter(|t| judge.score(t, &[]) <= 0.5).map(|t| show(t)).collect();
    assert!(loud.is_empty() && quiet.is_empty(), "too loud: {loud:#?}\ntoo quiet: {quiet:#?}");
}

#[test]
fn every_rule_matches_its_example() {
    let judge = Clickbait::shipped();
    for rule in judge.rules.all() {
        let language = rule.code.split('_').next().filter(|language| *language != "any").unwrap_or("de");
        let headline = Headline::read(&rule.example);
        assert!(judge.rules.hits(&headline, language).any(|hit| hit.code == rule.code), "{}", rule.code);
        assert!(!rule.description.is_empty(), "{}", rule.code);
    }
    let mut codes: Vec<&str> = judge.rules.all().iter().map(|rule| rule.code.as_str()).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
}

#[test]
fn teasers_count_a_little_less_than_the_title() {
    let judge = Clickbait::shipped();
    let bait = BAIT[5];
    let (alone, teased) = (judge.score(bait, &[]), judge.score("", &[SOBER[1], bait]));
    assert!(teased > 0.5 && teased < alone, "{teased} {alone}");
    assert!((judge.score(SOBER[0], &[bait]) - teased).abs() < 1e-12);
    assert!(judge.score("", &[]).abs() < 1e-12 && judge.score(" ", &[""]).abs() < 1e-12);
}

#[test]
fn the_judges_scale_lies_below_the_decision() {
    let judge = Clickbait::shipped();
    let (low, high) = (judge.judges_mean(SOBER_ENGLISH[0]).unwrap(), judge.judges_mean(BAIT[0]).unwrap());
    assert!(low < 0.4 && high > 0.5, "{low} {high}");
    assert_eq!(judge.judges_mean(SOBER[0]), None);
    assert_eq!(judge.judges_mean(""), None);
}

#[test]
fn the_shipped_model_is_small() {
    assert!(include_bytes!("../../../models/clickbait.bin").len() <= 400_000);
}

proptest::proptest! {
    #[test]
    fn any_text_has_a_score(title in "\\PC{0,80}", teaser in proptest::string::string_regex("(?s).{0,40}").unwrap()) {
        let score = SHARED.score(&title, &[&teaser]);
        proptest::prop_assert!((0.0..=1.0).contains(&score));
    }
}

static SHARED: std::sync::LazyLock<Clickbait> = std::sync::LazyLock::new(Clickbait::shipped);
