//! Articles made up for the benchmarks: sentences of four languages with invented names, every other article with
//! promotion. The same number always makes the same article.

use promosieve::engine::article::Article;
use promosieve::learning::random::SplitMix;

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
pub(crate) fn article(n: usize) -> Article {
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
