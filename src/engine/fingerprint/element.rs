//! Elements: words as they are compared between documents, slots masked and runs of slots collapsed.

use super::key::mix;
use crate::engine::text::token::{Class, Token, Tokens};
use ahash::AHashSet;
use std::sync::LazyLock;

/// Stands for a run of numbers and dates. An arbitrary fixed value that no word hashes to in practice.
const SLOT: u64 = 0x5107_0000_0000_0001;
/// Stands for a run of names and slots in templates.
const NAME: u64 = 0x5107_0000_0000_0002;

/// Whether each word is a month name next to a number, `27. November`, `May 4`: then it is part of a date.
#[derive(Debug)]
pub struct Elements {
    /// Hash of each word as compared; equal for all slots.
    pub hashes: Vec<u64>,
    /// Whether each word is a slot: number, address, part of a date.
    pub slots: Vec<bool>,
}

/// Month names, full and short, folded as the words of the texts are: of German, English, French, Spanish, Italian,
/// Portuguese, Dutch, Polish (nominative and genitive), Swedish, Danish and Norwegian, then of the other languages of the
/// rules. They are slots only beside a number, since `may`, `mars` and `set` are words of their own.
const MONTHS: &str = " januar jänner februar feber märz april mai juni juli august september oktober november dezember \
    jan feb mär mrz apr jun jul aug sep sept okt nov dez january february march may june july october december mar \
    oct dec janvier février mars avril juin juillet août septembre octobre novembre décembre janv févr juil déc \
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre ene abr ago dic \
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre gen mag giu lug set ott janeiro fevereiro \
    março maio junho julho setembro outubro novembro dezembro fev out januari februari maart mei augustus mrt \
    styczeń stycznia luty lutego marzec marca kwiecień kwietnia maj maja czerwiec czerwca lipiec lipca sierpień sierpnia \
    wrzesień września październik października listopad listopada grudzień grudnia marts juni augusti desember \
    tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta \
    marraskuuta joulukuuta ledna února března dubna května června července srpna září října listopadu prosince \
    januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra január február március \
    április május június július augusztus szeptember október ianuarie februarie martie aprilie iunie iulie septembrie \
    octombrie noiembrie decembrie siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada \
    studenoga studenog prosinca januara februara marta aprila juna jula avgusta oktobra januarja februarja junija \
    julija јануара фебруара марта априла маја јуна јула августа септембра октобра новембра децембра януари февруари \
    март април май юни юли август септември октомври ноември декември ιανουαριου φεβρουαριου μαρτιου απριλιου μαιου \
    ιουνιου ιουλιου αυγουστου σεπτεμβριου οκτωβριου νοεμβριου δεκεμβριου ocak şubat mart nisan mayis haziran temmuz \
    ağustos eylül ekim kasim aralik января февраля апреля мая июня июля сентября октября ноября декабря січня лютого \
    березня квітня травня червня липня серпня вересня жовтня листопада грудня maret mei agustus gener febrer març maig \
    juny juliol agost setembre octubre novembre desembre يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر \
    نوفمبر ديسمبر فروردين ارديبهشت خرداد تير مرداد شهريور مهر ابان اذر دي بهمن اسفند ינואר פברואר מרץ אפריל מאי יוני \
    יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר \
    בנובמבר בדצמבר जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर ";

/// The elements of `tokens`.
#[must_use]
pub fn elements(tokens: &Tokens) -> Elements {
    let words = &tokens.words;
    let near_number = |i: usize| {
        let number = |j: usize| words.get(j).is_some_and(|w: &Token| w.class == Class::Number);
        number(i + 1) || i > 0 && number(i - 1)
    };
    let slots: Vec<bool> = (0..words.len())
        .map(|i| words[i].class != Class::Word || near_number(i) && is_month(tokens.folded_word(i)))
        .collect();
    let lone = tokens.has_lone_letters();
    let own = |i: usize| if lone && tokens.is_lone_letter(i) { letter_value(tokens, i) } else { words[i].hash };
    let hashes = slots.iter().enumerate().map(|(i, slot)| if *slot { SLOT } else { own(i) }).collect();
    Elements { hashes, slots }
}

/// Letters that are compared at once in scripts without spaces: alone they are too common for four in a row to tell
/// anything, and three more make a shingle of six, about as much as four words.
const LETTERS: usize = 3;

/// Value of the letter at word `at` together with those that follow it directly.
fn letter_value(tokens: &Tokens, at: usize) -> u64 {
    let run = (at + 1..at + LETTERS).take_while(|&next| tokens.is_run_of_letters(next - 1, next + 1));
    run.fold(tokens.words[at].hash, |value, next| mix(value, tokens.words[next].hash))
}

fn is_month(word: &str) -> bool {
    static NAMES: LazyLock<AHashSet<&str>> = LazyLock::new(|| MONTHS.split_whitespace().collect());
    NAMES.contains(word)
}

/// Value for the exact key of the words `first..last`: runs of slots count as one. `None` without words.
#[must_use]
pub fn exact_value(elements: &Elements, first: usize, last: usize) -> Option<u64> {
    let mut value = 7;
    let mut in_slot = false;
    for i in first..last {
        if !(elements.slots[i] && in_slot) {
            value = mix(value, elements.hashes[i]);
        }
        in_slot = elements.slots[i];
    }
    (first < last).then_some(value)
}

/// Value for the template key: words that start with a capital (but for the first one) and slots collapse into one
/// name slot per run. `None` when fewer than four constant words or less than a third of all words are left: such a
/// frame fits too much.
#[must_use]
pub fn template_value(tokens: &Tokens, elements: &Elements, first: usize, last: usize) -> Option<u64> {
    let (mut value, mut constant, mut in_slot, mut runs) = (11, 0, false, 0);
    for i in first..last {
        let slot = elements.slots[i] || tokens.words[i].capital;
        if !slot {
            value = mix(value, elements.hashes[i]);
            constant += 1;
        } else if !in_slot {
            value = mix(value, NAME);
            runs += 1;
        }
        in_slot = slot;
    }
    (runs > 0 && constant >= 4 && 3 * constant >= last - first).then_some(value)
}

/// Value for the label key: the words `first..last` as they are.
#[must_use]
pub fn label_value(elements: &Elements, first: usize, last: usize) -> u64 {
    elements.hashes[first..last].iter().fold(13, |value, &hash| mix(value, hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::text::token::tokenize;

    fn exact(text: &str) -> Option<u64> {
        let tokens = tokenize(text);
        exact_value(&elements(&tokens), 0, tokens.words.len())
    }

    fn template(text: &str) -> Option<u64> {
        let tokens = tokenize(text);
        template_value(&tokens, &elements(&tokens), 0, tokens.words.len())
    }

    #[test]
    fn dates_numbers_and_addresses_are_slots() {
        let same: &[(&str, &str)] = &[
            ("Analyse vom 27. November liefert", "Analyse vom 3. März 2025 liefert"),
            ("On November 3, 2024 we", "On May 14 we"),
            ("nur 9,99 Euro im Monat", "nur 4 Euro im Monat"),
            ("see https://a.example/b now", "see www.c.example now"),
            ("Newsletter abonnieren", "NEWSLETTER: abonnieren!"),
            ("анализ от 27 ноября готов", "анализ от 3 мая 2025 готов"),
            ("Ağustos 27, 2025 bülteni", "MAYIS 3 bülteni"),
            ("11월 27일 분석", "3월 5일 분석"),
        ];
        for (a, b) in same {
            assert_eq!(exact(a), exact(b), "{a} / {b}");
        }
        assert_ne!(exact("You may go"), exact("You march go"));
    }

    #[test]
    fn templates_survive_other_names() {
        let a = "Tesla-Aktie: Kaufen oder verkaufen? Neue Tesla-Analyse vom 3. März liefert die Antwort:";
        let b = "Deutsche Bank Aktie: Kaufen oder verkaufen? Neue Analyse vom 27. Mai liefert die Antwort:";
        assert_eq!(template(a), template(b));
        assert_eq!(template("Read more"), None);
    }
}
