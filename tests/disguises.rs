//! Residue that is spelled so that filters miss it and readers do not, in articles of a publisher that nobody knows.
//!
//! `cargo test --test disguises -- --nocapture` says how many go. Not held, as no way was found that spares articles:
//! sentences without any space.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod engine_support;

use engine_support::{article, detector, expect, look, none};

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

/// `text` with what `change` makes of each of its characters.
fn each(text: &str, change: impl Fn(char) -> String) -> String {
    text.chars().map(change).collect()
}

/// `text` with `sign` behind each letter.
fn behind(text: &str, sign: &str) -> String {
    each(text, |c| if c.is_alphabetic() { format!("{c}{sign}") } else { c.into() })
}

/// Latin capitals, and those of Lisu that look like them.
const LISU: (&str, &str) = ("ABCDEFGHIJKLMNOPRSTUVWXYZ", "ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ");

/// `word` with its second letter in bold type.
fn inner_tags(word: &str) -> String {
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_alphabetic() => format!("{first}<b>{second}</b>{}", letters.as_str()),
        _ => word.into(),
    }
}

/// `text` with the letters of each word parted by `gap`, and two spaces between words.
fn apart(text: &str, gap: &str) -> String {
    let spell = |word: &str| word.chars().map(String::from).collect::<Vec<_>>().join(gap);
    text.split(' ').map(spell).collect::<Vec<_>>().join("  ")
}

/// `text` with the characters of `from` replaced by those of `to`.
fn swapped(text: &str, from: &str, to: &str) -> String {
    let twin = |c: char| from.chars().position(|f| f == c).and_then(|at| to.chars().nth(at));
    each(text, |c| twin(c).unwrap_or(c).into())
}

/// `text` with its ASCII letters moved to the alphabets that start at `upper` and `lower`.
fn moved(text: &str, upper: u32, lower: u32) -> String {
    let there = |from: u32, c: char, first: char| char::from_u32(from + c as u32 - first as u32).unwrap().into();
    each(text, |c| match c {
        'A'..='Z' => there(upper, c, 'A'),
        'a'..='z' => there(lower, c, 'a'),
        _ => c.into(),
    })
}

fn disguises(text: &str) -> Vec<(&'static str, String)> {
    let upper_second = |(i, c): (usize, char)| if i % 2 == 1 { c.to_uppercase().collect() } else { c.to_string() };
    vec![
        ("as it is", text.into()),
        ("Cyrillic twins", swapped(text, "aeopcxi", "аеорсхі")),
        ("zero-width spaces", behind(text, "\u{200b}")),
        ("soft hyphens", behind(text, "\u{ad}")),
        ("word joiners", behind(text, "\u{2060}")),
        ("struck through", behind(text, "\u{336}")),
        ("marks above and below", behind(text, "\u{334}\u{35b}")),
        ("letters apart", apart(text, " ")),
        ("dots between letters", apart(text, ".")),
        ("strokes between letters", apart(text, "_")),
        ("full width", moved(text, 0xff21, 0xff41)),
        ("mathematical bold", moved(text, 0x1d400, 0x1d41a)),
        ("in circles", moved(text, 0x24b6, 0x24d0)),
        ("in black squares", moved(text, 0x1f170, 0x1f170)),
        ("small capitals", swapped(text, "abcdefghijklmnopqrtuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀᴛᴜᴠᴡʏᴢ")),
        ("capitals", text.to_uppercase()),
        ("changing case", text.chars().enumerate().map(upper_second).collect()),
        ("digits for letters", swapped(text, "aeios", "43105")),
        ("accents", swapped(text, "aeiou", "äëïöü")),
        ("non-breaking spaces", text.replace(' ', "\u{a0}")),
        ("underscores", text.replace(' ', "_")),
        ("pictures between words", text.replace(' ', " 🔥 ")),
        ("from right to left", format!("\u{202e}{}\u{202c}", text.chars().rev().collect::<String>())),
        ("Lisu capitals", swapped(&text.to_uppercase(), LISU.0, LISU.1)),
        ("in parentheses", moved(&text.to_lowercase(), 0x249c, 0x249c)),
        ("in squares", moved(&text.to_uppercase(), 0x1f130, 0x1f130)),
        ("letters of flags", moved(text, 0x1f1e6, 0x1f1e6)),
        ("fillers", behind(text, "\u{3164}")),
        ("two accents on each letter", behind(text, "\u{301}\u{323}")),
        ("tags inside words", text.split(' ').map(inner_tags).collect::<Vec<_>>().join(" ")),
        ("words in brackets", text.split(' ').map(|word| format!("[{word}]")).collect::<Vec<_>>().join(" ")),
    ]
}

#[test]
fn residue_in_disguise_goes_and_the_report_stays() {
    let detector = detector();
    let (mut stayed, mut lost, mut all) = (Vec::new(), Vec::new(), 0);
    for (report, residue) in REPORTS {
        for (name, promo) in residue.iter().flat_map(|promo| disguises(promo)) {
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
