//! Residue that is spelled so that filters miss it and readers do not, in articles of a publisher that nobody knows.
//!
//! `cargo test --test disguises -- --nocapture` says how many go. `promosieve eval
//! --disguise` says how annotated residue fares.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod engine_support;

use engine_support::{article, detector, expect, look, none};
use promosieve::evaluation::disguise::{DISGUISES, Disguise};

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

/// Too many such lines stay: no way was found that spares articles.
const NOT_HELD: [&str; 5] = ["signs", "single-spaced", "stars", "doubled", "solid"];

fn held() -> impl Iterator<Item = &'static Disguise> {
    DISGUISES.iter().filter(|disguise| !NOT_HELD.contains(&disguise.name))
}

#[test]
fn residue_in_disguise_goes_and_the_report_stays() {
    let detector = detector();
    let (mut stayed, mut lost, mut all) = (Vec::new(), Vec::new(), 0);
    for (report, residue) in REPORTS {
        let bent = |promo: &&'static str| held().map(|d| (d.name, d.of_text(promo))).collect::<Vec<_>>();
        for (name, promo) in residue.iter().flat_map(bent) {
            let [opening, middle, ending] = report;
            let article = article("", name, &format!("{opening}\n\n{middle}\n\n{promo}\n\n{ending}"));
            let answer = look(&detector, &article);
            lost.extend(expect(&article, &answer, &report, &[]));
            let kept = expect(&article, &answer, &[], &[&promo]);
            stayed.extend(kept.into_iter().map(|problem| format!("{name}: {problem}")));
            all += 1;
        }
    }
    println!("{} of {all} go", all - stayed.len());
    none(&lost);
    none(&stayed);
}
