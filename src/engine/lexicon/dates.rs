//! Dates: which words stand in them, and whether a stretch of words is nothing else.

use super::shipped;
use crate::engine::text::token::{Class, Token, Tokens, tokenize};
use ahash::AHashSet;
use pure_rust_locales as locales;
use serde::Deserialize;
use std::sync::LazyLock;

/// Names as the locales have them: of the months, of the days, in full and shortened.
type Names = &'static [&'static str];

/// Names of the months (as they stand beside a day and alone, in full and shortened) and of the days, locale by locale.
macro_rules! names {
    ($($locale:ident)*) => {
        &[$((
            [
                locales::$locale::LC_TIME::MON,
                locales::$locale::LC_TIME::ABMON,
                match locales::$locale::LC_TIME::ALT_MON { Some(names) => names, None => &[] },
            ],
            [locales::$locale::LC_TIME::DAY, locales::$locale::LC_TIME::ABDAY],
        )),*]
    };
}

/// One locale for each language; where two have other names, both.
const NAMES: &[([Names; 3], [Names; 2])] = names! {
    ar_EG ar_SY bg_BG bn_BD ca_ES cs_CZ da_DK de_AT de_DE el_GR en_US es_ES et_EE eu_ES fa_IR fi_FI fr_FR gl_ES he_IL hi_IN
    hr_HR hu_HU id_ID is_IS it_IT ja_JP ko_KR lt_LT lv_LV mk_MK ms_MY nb_NO nl_NL pl_PL pt_BR ro_RO ru_RU sk_SK sl_SI sr_RS
    sv_SE sw_KE ta_IN th_TH tl_PH tr_TR uk_UA ur_PK vi_VN zh_CN
};

/// A date has no more words: `Wednesday, the 4th of May 2024 at 2 : 30 p . m . EST`.
const LONGEST: usize = 14;

/// The words of dates.
#[derive(Debug, Default)]
pub struct Dates {
    months: AHashSet<u64>,
    words: AHashSet<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    months: Vec<String>,
    words: Vec<String>,
}

impl Dates {
    /// The words that ship with the crate, gathered once.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Dates> = LazyLock::new(|| {
            let mut dates = Dates::parse(shipped::DATES).expect("the shipped list is well-formed: a test reads it");
            for (months, days) in NAMES {
                months.iter().copied().flatten().for_each(|name| insert(&mut dates.months, name));
                days.iter().copied().flatten().for_each(|name| insert(&mut dates.words, name));
            }
            dates
        });
        &SHIPPED
    }

    /// Reads a list.
    ///
    /// # Errors
    /// If `text` is not TOML or has unknown keys.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        let mut dates = Self::default();
        file.months.iter().for_each(|name| insert(&mut dates.months, name));
        file.words.iter().for_each(|name| insert(&mut dates.words, name));
        Ok(dates)
    }

    /// Whether the words of `text` from `first` to before `last` are a date with its year and nothing else but a time and
    /// a day of the week. Which language it is in does not matter, nor the order.
    #[must_use]
    pub fn is_date(&self, text: &str, tokens: &Tokens, first: usize, last: usize) -> bool {
        if last - first > LONGEST {
            return false;
        }
        let (mut month, mut year, mut whole) = (false, false, false);
        for index in first..last {
            let word = &tokens.words[index];
            if word.class == Class::Number {
                let digits = &text[word.start as usize..word.end as usize];
                year |= is_year(digits);
                whole |= is_whole_date(digits);
            } else if self.months.contains(&word.hash) {
                month = true;
            } else if !self.words.contains(&word.hash) && !self.is_numbered(text, word) {
                return false;
            }
        }
        whole || month && year
    }

    /// Whether `word` is a number with one of the words glued to it: `4th`, `14h30`, `14Uhr`.
    fn is_numbered(&self, text: &str, word: &Token) -> bool {
        let raw = &text[word.start as usize..word.end as usize];
        let parted = raw.trim_matches(|c: char| c.is_ascii_digit());
        word.class == Class::Word
            && parted.len() < raw.len()
            && tokenize(parted).words.first().is_some_and(|word| self.words.contains(&word.hash))
    }
}

/// Inserts the words of `name` that are no numbers: in some languages months have numbers for names.
fn insert(words: &mut AHashSet<u64>, name: &str) {
    words.extend(tokenize(name).words.iter().filter(|word| word.class == Class::Word).map(|word| word.hash));
}

/// Whether `digits` are four: a year of any calendar.
fn is_year(digits: &str) -> bool {
    digits.chars().count() == 4 && digits.chars().all(char::is_numeric)
}

/// Whether `digits` are day, month and year, or year, month and day, with a time behind them at most.
fn is_whole_date(digits: &str) -> bool {
    let parts: Vec<&str> = digits.split(['.', '/', '-', ':']).map(str::trim).collect();
    let short = |part: &str| (1..=2).contains(&part.len());
    let (Some(&[a, b, c]), true) = (parts.get(..3), parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit())))
    else {
        return false;
    };
    short(b) && (short(a) && (c.len() == 4 || c.len() == 2 && !digits.contains(':')) || a.len() == 4 && short(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_date(text: &str) -> bool {
        let tokens = tokenize(text);
        Dates::shipped().is_date(text, &tokens, 0, tokens.words.len())
    }

    #[test]
    fn dates_of_many_languages() {
        for date in [
            "May 4, 2024",
            "4 May 2024",
            "Saturday, 4th of May 2024, 2:30 p.m. EST",
            "Sept. 4, 2024",
            "2024-05-04 14:30",
            "2024-05-04",
            "04/05/2024",
            "04.05.24",
            "04.05.2024, 14:30 Uhr",
            "Samstag, 4. Mai 2024",
            "Sa., 4. Jänner 2024",
            "4 de mayo de 2024",
            "Miércoles, 4 de mayo de 2024 | 09:12",
            "4 mai 2024 à 14h30",
            "1er mai 2024",
            "4 maggio 2024",
            "4 de maio de 2024 às 9h",
            "4 maja 2024",
            "4. května 2024",
            "4 мая 2024 года",
            "май 2024",
            "4 травня 2024 р.",
            "2024年5月4日",
            "2024 年 5 月 4 日 14:30",
            "2024년 5월 4일",
            "4 Mayıs 2024",
            "4 Μαΐου 2024",
            "४ मई 2024",
            "4 مايو 2024",
            "4 במאי 2024",
            "4 tháng 5, 2024",
            "4 พฤษภาคม 2567",
            "4. maj 2024 kl. 14.30",
            "May 2024",
        ] {
            assert!(is_date(date), "{date}");
        }
    }

    #[test]
    fn what_only_looks_like_one() {
        for other in [
            "",
            "May",
            "2024",
            "4 May",
            "Set 3",
            "March 2024 was wet",
            "1.899.500",
            "14:30",
            "10-2",
            "3-1-2-4",
            "Sat 24",
            "192.168.1.1",
            "Room 4, May 2024",
            "2024/25",
            "In May 2024",
            "T. May 2024, A. Sun 2023, B. D. Mar 2022, C. Dec 2021",
        ] {
            assert!(!is_date(other), "{other}");
        }
    }
}
