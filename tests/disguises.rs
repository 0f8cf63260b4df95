//! Residue that is spelled so that filters miss it and readers do not, in articles of a publisher that nobody knows.
//!
//! `cargo test --test disguises -- --nocapture` says how many go. `promosieve eval --disguise` says how annotated residue
//! fares.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod engine_support;

use engine_support::{article, detector, expect, look, none};
use promosieve::evaluation::disguise::DISGUISES;
use std::collections::BTreeMap;

/// Three paragraphs of reporting, and residue to set before the last one.
const REPORTS: [([&str; 3], [&str; 5]); 3] = [
    (
        [
            "The harbour authority of Ostvik approved a second quay on Tuesday after a debate of four hours. Work is to \
             start in spring and will take two years, the director said.",
            "Residents of the old town had asked for a later start. The council refused, pointing to the state grant, which \
             lapses in December.",
            "The mayor called the vote a relief. Two members abstained.",
        ],
        [
            "Subscribe to our free newsletter and never miss a story.",
            "Follow us on Facebook and Twitter for more news.",
            "Read also: Five ports that grew too fast",
            "Download our app now and get breaking news first!",
            "Click here to get 50% off your annual subscription today.",
        ],
    ),
    (
        [
            "Die Hafenbehörde von Ostvik hat am Dienstag nach vierstündiger Debatte einen zweiten Kai genehmigt. Die Arbeiten \
             sollen im Frühjahr beginnen und zwei Jahre dauern, sagte der Direktor.",
            "Anwohner der Altstadt hatten einen späteren Beginn verlangt. Der Rat lehnte das ab und verwies auf den Zuschuss \
             des Landes, der im Dezember verfällt.",
            "Die Bürgermeisterin nannte die Abstimmung eine Erleichterung. Zwei Mitglieder enthielten sich.",
        ],
        [
            "Abonnieren Sie unseren kostenlosen Newsletter und verpassen Sie keine Nachricht.",
            "Folgen Sie uns auf Facebook und Instagram.",
            "Lesen Sie auch: Fünf Häfen, die zu schnell wuchsen",
            "Jetzt unsere App herunterladen und nichts verpassen!",
            "Hier klicken und 50 % Rabatt auf Ihr Jahresabo sichern.",
        ],
    ),
    (
        [
            "La autoridad portuaria de Ostvik aprobó el martes un segundo muelle tras un debate de cuatro horas. Las obras \
             empezarán en primavera y durarán dos años, dijo el director.",
            "Los vecinos del casco antiguo habían pedido un comienzo más tardío. El consejo lo rechazó y recordó la ayuda del \
             Estado, que vence en diciembre.",
            "La alcaldesa calificó la votación de alivio. Dos miembros se abstuvieron.",
        ],
        [
            "Suscríbete a nuestra newsletter gratuita y no te pierdas ninguna noticia.",
            "Síguenos en Facebook y en Instagram.",
            "Lee también: Cinco puertos que crecieron demasiado deprisa",
            "Descarga nuestra aplicación gratis y recibe las noticias antes que nadie.",
            "Haz clic aquí y consigue un 50 % de descuento en tu suscripción.",
        ],
    ),
];

/// Of the fifteen lines so many may stay in these disguises: no way was found that lets all go and spares articles.
const MAY_STAY: [(&str, usize); 5] = [("signs", 2), ("single-spaced", 2), ("stars", 1), ("doubled", 1), ("solid", 13)];

/// `text` as it is, and in all disguises.
fn spellings(text: &str) -> Vec<(&'static str, String)> {
    let bent = DISGUISES.iter().map(|disguise| (disguise.name, disguise.of_text(text)));
    [("as it is", text.to_owned())].into_iter().chain(bent).collect()
}

#[test]
fn residue_in_disguise_goes_and_the_report_stays() {
    let detector = detector();
    let (mut stayed, mut lost, mut all) = (BTreeMap::new(), Vec::new(), 0);
    for (report, residue) in REPORTS {
        for (name, promo) in residue.iter().flat_map(|promo| spellings(promo)) {
            let [opening, middle, ending] = report;
            let article = article("", name, &format!("{opening}\n\n{middle}\n\n{promo}\n\n{ending}"));
            let answer = look(&detector, &article);
            lost.extend(expect(&article, &answer, &report, &[]));
            let kept = expect(&article, &answer, &[], &[&promo]);
            stayed.entry(name).or_insert_with(Vec::new).extend(kept);
            all += 1;
        }
    }
    let (mut weak, mut problems) = (0, Vec::new());
    for (name, stayed) in stayed {
        match MAY_STAY.iter().find(|(weak, _)| *weak == name) {
            Some((_, most)) => {
                println!("{name}: {} of 15 stay", stayed.len());
                assert!(stayed.len() <= *most, "{name}: {stayed:#?}");
                (all, weak) = (all - 15, weak + 1);
            }
            None => problems.extend(stayed.into_iter().map(|problem| format!("{name}: {problem}"))),
        }
    }
    println!("{} of {all} go in the others", all - problems.len());
    assert_eq!(weak, MAY_STAY.len(), "each is a disguise");
    none(&lost);
    none(&problems);
}
