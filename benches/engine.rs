//! What the engine costs: the whole of it on one core, part by part, and next to a bare fingerprint pass, which is the
//! least that any engine of this kind must do. Run with `cargo bench --bench engine [articles]`.
//!
//! Texts are generated: sentences of four languages with made-up names, every other article with promotion. Time is
//! that of the thread on a core, where the system tells, so that other programs disturb little; the median of the
//! rounds counts.
#![allow(clippy::unwrap_used, reason = "a benchmark may fail")]

use promosieve::engine::Engine;
use promosieve::engine::article::Article;
use promosieve::engine::clickbait::Clickbait;
use promosieve::engine::features::{measure, text_sums};
use promosieve::engine::language;
use promosieve::engine::lexicon::{Abbreviations, Glued, Lexicon};
use promosieve::engine::model::text::TextModel;
use promosieve::engine::policy::Policy;
use promosieve::engine::reading::read;
use promosieve::engine::text::segment::{Hints, UnitKind, segment};
use promosieve::engine::text::token::tokenize_with;
use promosieve::learning::model::ModelFile;
use promosieve::learning::random::SplitMix;
use promosieve::store::{MemoryStore, Store, StoreConfig};
use std::hint::black_box;
use std::time::{Duration, Instant};
use xxhash_rust::xxh3::xxh3_64;

/// Rounds per part; the median is reported.
const ROUNDS: usize = 7;
/// Bytes of an average news article.
const ARTICLE: usize = 3_000;

/// Subjects, verbs, objects, ends of sentences, and promotion. `{}` is a name, `#` a number.
struct Language {
    tag: &'static str,
    parts: [&'static [&'static str]; 4],
    promotion: &'static [&'static str],
}

const LANGUAGES: [Language; 4] = [
    Language {
        tag: "de",
        parts: [
            &[
                "Der Vorstand von {}",
                "Die Stadt {}",
                "Das Institut {}",
                "{} aus dem Landkreis",
                "Ein Sprecher der {} AG",
            ],
            &["hat", "will nach eigenen Angaben", "wird im kommenden Jahr", "musste nach # Monaten", "konnte zuletzt"],
            &[
                "den Vertrag mit {} verlängert",
                "# Millionen Euro in {} gesteckt",
                "die Brücke über die {} gesperrt",
                "seine Prognose für {} gesenkt",
            ],
            &[
                "wie am Dienstag bekannt wurde.",
                "obwohl die Kosten um # Prozent gestiegen sind.",
                "sagte {} der Zeitung.",
                "und damit mehr als erwartet.",
            ],
        ],
        promotion: &[
            "{}-Aktie: Kaufen oder verkaufen?! Die neue {}-Analyse vom #. November liefert die Antwort:",
            "Jetzt den kostenlosen Newsletter abonnieren und keine Nachricht verpassen!",
            "Lesen Sie auch: Was {} jetzt plant",
        ],
    },
    Language {
        tag: "en",
        parts: [
            &["The board of {}", "The city of {}", "Researchers at {}", "{} and its partners", "A spokesman for {}"],
            &["said on Monday it would", "plans to", "was expected to", "had to", "agreed to"],
            &[
                "sell # per cent of its shares in {}",
                "rebuild the road to {}",
                "publish # pages of evidence on {}",
                "cut its forecast for {}",
            ],
            &[
                "after a review that took # weeks.",
                "according to two people familiar with the matter.",
                "although prices rose in {}.",
                "for the first time since {} left.",
            ],
        ],
        promotion: &[
            "ADVERTISEMENT",
            "Sign up for our free newsletter and never miss a story.",
            "Read more: Five things to know about {}",
        ],
    },
    Language {
        tag: "fr",
        parts: [
            &["Le conseil de {}", "La ville de {}", "Une équipe de {}", "L'entreprise {}"],
            &["a annoncé vouloir", "doit désormais", "souhaite", "a renoncé à"],
            &["vendre # % de {}", "rénover la gare de {}", "réduire les dépenses liées à {}"],
            &["selon un communiqué publié mardi.", "malgré une hausse de # % des prix.", "a précisé {} à la presse."],
        ],
        promotion: &[
            "Inscrivez-vous gratuitement à notre newsletter !",
            "Lire aussi : {} en cinq questions",
            "Publicité",
        ],
    },
    Language {
        tag: "es",
        parts: [
            &["El consejo de {}", "El ayuntamiento de {}", "Un equipo de {}", "La empresa {}"],
            &["anunció que va a", "quiere", "tuvo que", "podrá"],
            &["vender el # % de {}", "reformar la estación de {}", "publicar los datos de {}"],
            &["según un comunicado del martes.", "pese a una subida del # %.", "dijo {} a la prensa."],
        ],
        promotion: &["Suscríbete gratis a nuestro boletín", "Lee también: Las claves de {}", "Publicidad"],
    },
];

fn pick<'a>(random: &mut SplitMix, list: &[&'a str]) -> &'a str {
    list[random.below(list.len())]
}

fn name(random: &mut SplitMix) -> String {
    const PARTS: [&str; 16] = [
        "Bal", "tor", "Mire", "sen", "Kol", "da", "Ven", "hau", "Ris", "lin", "Odu", "wick", "Sal", "mo", "Tre", "gan",
    ];
    let mut name: String = (0..2 + random.below(2)).map(|_| pick(random, &PARTS)).collect::<String>().to_lowercase();
    name[..1].make_ascii_uppercase();
    name
}

/// Fills the slots of `frame`.
fn fill(random: &mut SplitMix, frame: &str) -> String {
    let mut out = String::new();
    for (i, part) in frame.split("{}").enumerate() {
        if i > 0 {
            out.push_str(&name(random));
        }
        out.push_str(&part.replace('#', &(2 + random.below(400)).to_string()));
    }
    out
}

/// Article `n`, of one of forty sources.
fn article(n: usize) -> Article {
    let mut random = SplitMix::new(n as u64 + 1);
    let language = &LANGUAGES[n % LANGUAGES.len()];
    let sentence = |random: &mut SplitMix| {
        let parts: Vec<String> = language
            .parts
            .iter()
            .map(|part| {
                let frame = pick(random, part);
                fill(random, frame)
            })
            .collect();
        parts.join(" ")
    };
    let title = sentence(&mut random);
    let mut text = String::new();
    while text.len() < ARTICLE {
        for _ in 0..2 + random.below(3) {
            text.push_str(&sentence(&mut random));
            text.push(' ');
        }
        text.push_str("\n\n");
        if n.is_multiple_of(2) && random.below(3) == 0 {
            let frame = pick(&mut random, language.promotion);
            text.push_str(&fill(&mut random, frame));
            text.push_str("\n\n");
        }
    }
    let source = format!("{}{}.example", language.tag, n / LANGUAGES.len() % 10);
    Article { id: n.to_string(), source, title, text, language: None, published_at: None }
}

/// The hints that the engine reads with.
struct ShippedHints;

impl Hints for ShippedHints {
    fn is_abbreviation(&self, word: &str) -> bool {
        Abbreviations::shipped().contains(word)
    }

    fn is_label(&self, word: &str) -> bool {
        Glued::shipped().is_label(word)
    }
}

/// The least: lower-case, split into words, hash each, roll five-word shingles, keep the least of every four.
fn bare_pass(text: &str, lower: &mut String, words: &mut Vec<u64>, kept: &mut Vec<u64>) {
    lower.clear();
    words.clear();
    kept.clear();
    let mut start = 0;
    for c in text.chars() {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                lower.push(c.to_ascii_lowercase());
                continue;
            }
        } else if c.is_alphanumeric() {
            lower.extend(c.to_lowercase());
            continue;
        }
        if lower.len() > start {
            words.push(xxh3_64(&lower.as_bytes()[start..]));
            start = lower.len();
        }
    }
    let mut window = [u64::MAX; 4];
    for (i, run) in words.windows(5).enumerate() {
        let value =
            run.iter().fold(5, |value: u64, &word| (value.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        window[i % 4] = value;
        let least = window.into_iter().min().unwrap();
        if kept.last() != Some(&least) {
            kept.push(least);
        }
    }
}

/// Time that this thread has spent on a core; the clock's where the system does not tell.
fn spent(since: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// Seconds of one round of `work`: the median.
fn seconds(mut work: impl FnMut()) -> f64 {
    let since = Instant::now();
    let mut rounds: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let before = spent(since);
            work();
            spent(since).saturating_sub(before)
        })
        .collect();
    rounds.sort_unstable();
    rounds[ROUNDS / 2].as_secs_f64()
}

fn text_model() -> TextModel {
    let file = ModelFile::parse(include_bytes!("../models/promosieve.bin")).unwrap();
    let (weak, strong) = (file.table("text.weak").unwrap(), file.table("text.strong").unwrap());
    TextModel::new(&weak.steps, &strong.steps, [weak.scale, strong.scale], [weak.bias, strong.bias])
}

#[allow(clippy::too_many_lines, reason = "a list of parts")]
fn main() {
    let n: usize = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(2_000);
    let articles: Vec<Article> = (0..n).map(article).collect();
    let bytes: usize = articles.iter().map(|a| a.text.len() + a.title.len()).sum();
    let (engine, lexicon, model, policy) = (Engine::shipped(), Lexicon::shipped(), text_model(), Policy::default());
    let clickbait = Clickbait::shipped();
    let store = || MemoryStore::new(StoreConfig::default());
    let brand = |word: &str| Glued::shipped().is_brand(word);

    let (mut lower, mut words, mut kept) = (String::new(), Vec::new(), Vec::new());
    let bare = seconds(|| {
        for a in &articles {
            bare_pass(&a.text, &mut lower, &mut words, &mut kept);
            black_box(&kept);
        }
    });
    let report = |name: &str, seconds: f64| {
        let speed = bytes as f64 / seconds / 1e6;
        let each = seconds / n as f64 * 1e6;
        println!("| {name} | {speed:.1} | {each:.1} | {:.1} |", seconds / bare);
    };
    println!("{n} articles, {:.1} MB, ruleset {}\n", bytes as f64 / 1e6, engine.ruleset_version());
    println!("| part | MB/s | µs per article | times a bare pass |\n| --- | ---: | ---: | ---: |");
    report("bare fingerprint pass", bare);

    let tokenise = seconds(|| articles.iter().for_each(|a| _ = black_box(tokenize_with(&a.text, &brand))));
    report("tokenise and fold", tokenise);
    let tokens: Vec<_> = articles.iter().map(|a| tokenize_with(&a.text, &brand)).collect();
    let both = || articles.iter().zip(&tokens);
    let segmenting = seconds(|| both().for_each(|(a, t)| _ = black_box(segment(&a.text, t, &ShippedHints))));
    report("segment", segmenting);
    let starts: Vec<Vec<u32>> = both()
        .map(|(a, t)| {
            let units = segment(&a.text, t, &ShippedHints).units;
            units.iter().filter(|u| u.kind != UnitKind::Bracket && u.first < u.last).map(|u| u.first as u32).collect()
        })
        .collect();
    let scan = seconds(|| both().zip(&starts).for_each(|((a, t), s)| _ = black_box(lexicon.scan(&a.text, t, s))));
    report("lexicon", scan);
    let reading = seconds(|| articles.iter().for_each(|a| _ = black_box(read(a, lexicon))));
    report("fingerprints (reading less the above)", (reading - tokenise - segmenting - scan).max(1e-9));
    let readings: Vec<_> = articles.iter().map(|a| engine.read(a)).collect();
    let sums = seconds(|| readings.iter().for_each(|r| _ = black_box(text_sums(r, &model))));
    report("text model", sums);
    let learned = store();
    let seen: Vec<_> = readings.iter().map(|r| learned.observe(r.observation(), 0, true).unwrap()).collect();
    let observing = seconds(|| {
        let fresh = store();
        for r in &readings {
            black_box(fresh.observe(r.observation(), 0, true).unwrap());
        }
    });
    report("store, learning", observing);
    let pairs = || readings.iter().zip(&seen);
    let columns = seconds(|| pairs().for_each(|(r, s)| _ = black_box(measure(r, s, &r.sums, &model, lexicon))));
    report("columns", columns);
    let titles = seconds(|| articles.iter().for_each(|a| _ = black_box(clickbait.score(&a.title, &[]))));
    report("clickbait, title", titles);
    let tongues = seconds(|| articles.iter().for_each(|a| _ = black_box(language::detect(&a.text))));
    report("language", tongues);
    let judging = seconds(|| pairs().for_each(|(r, s)| _ = black_box(engine.judge(r, s, &policy))));
    report("decision, spans, cleaning (judging less the above)", (judging - columns - titles - tongues).max(1e-9));
    let whole = seconds(|| {
        let fresh = store();
        for a in &articles {
            let reading = engine.read(a);
            let seen = fresh.observe(reading.observation(), 0, true).unwrap();
            black_box(engine.judge(&reading, &seen, &policy));
        }
    });
    report("**the whole, learning**", whole);
}
