//! The spam score: how much of a document is no article, and how pushy that part is, as a sum of named signals.

use super::span::{Kind, Signal};

/// Words of a document by what became of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shares {
    /// Words in all.
    pub words: usize,
    /// Words of residue to expect in what stays.
    pub likely: f64,
    pub(super) by_kind: [usize; Kind::ALL.len()],
    /// Cues of urgency, offers and calls inside the spans.
    pub pushy_cues: usize,
}

impl Shares {
    /// Counts `words` words as `kind`.
    pub fn add(&mut self, kind: Kind, words: usize) {
        self.by_kind[kind as usize] += words;
    }

    /// The share of all words that are no article, 0..1.
    #[must_use]
    pub fn residue(&self) -> f64 {
        self.by_kind.iter().sum::<usize>() as f64 / self.words.max(1) as f64
    }
}

/// Log-odds of a text without any residue: a score of 0.08, well inside the clean band below 0.2.
const BIAS: f64 = -2.4;
/// Share of residue from which the score starts to bend: at this share an article has its usual promo tail. With
/// [`SLOPE`] a share of 7 % scores 0.3, 25 % 0.68, and a text of nothing else 0.95.
const KNEE: f64 = 0.05;
/// Log-odds per unit of `ln(1 + share / KNEE)`.
const SLOPE: f64 = 1.75;
/// Log-odds per unit of `ln(1 + pushy cues)`: tone moves the score within a band, not across bands.
const PUSH: f64 = 0.12;

/// What is likely and stays counts so much of what went. Not varied; [`MOST_LIKELY`] bounds it.
const LIKELY: f64 = 0.5;
/// The most that it adds to the share: a text without other residue stays below 0.2.
const MOST_LIKELY: f64 = 0.03;

const NAMES: [&str; Kind::ALL.len()] = [
    "share.promotion",
    "share.call_to_action",
    "share.subscription",
    "share.related",
    "share.disclaimer",
    "share.furniture",
    "share.byline",
    "share.recurring",
];

/// The score, 0..1, and the signals whose contributions add up to its log-odds. The kinds divide the contribution of
/// the residue among them by their shares, so that the sum is that of the whole.
#[must_use]
pub fn spam_score(shares: &Shares) -> (f64, Vec<Signal>) {
    let residue = shares.residue();
    let whole = SLOPE * (residue / KNEE).ln_1p();
    let mut signals = vec![Signal { name: "bias", value: 1.0, contribution: BIAS }];
    for (kind, &words) in shares.by_kind.iter().enumerate().filter(|k| *k.1 > 0) {
        let value = words as f64 / shares.words.max(1) as f64;
        signals.push(Signal { name: NAMES[kind], value, contribution: whole * value / residue });
    }
    if shares.likely > 0.0 {
        let value = shares.likely / shares.words.max(1) as f64;
        let share = residue + (LIKELY * value).min(MOST_LIKELY);
        let contribution = SLOPE * (share / KNEE).ln_1p() - whole;
        signals.push(Signal { name: "share.likely", value, contribution });
    }
    if shares.pushy_cues > 0 {
        let value = shares.pushy_cues as f64;
        signals.push(Signal { name: "pushiness", value, contribution: PUSH * value.min(20.0).ln_1p() });
    }
    let log_odds: f64 = signals.iter().map(|s| s.contribution).sum();
    (1.0 / (1.0 + (-log_odds).exp()), signals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(residue: usize, pushy_cues: usize) -> f64 {
        let mut shares = Shares { words: 1000, pushy_cues, ..Shares::default() };
        shares.add(Kind::Promotion, residue);
        spam_score(&shares).0
    }

    #[test]
    fn bands_hold() {
        assert!(score(0, 0) < 0.2);
        assert!((0.3..0.7).contains(&score(80, 2)), "{}", score(80, 2));
        assert!((0.3..0.7).contains(&score(200, 4)), "{}", score(200, 4));
        assert!(score(1000, 3) > 0.9);
    }

    #[test]
    fn what_is_likely_and_stays_moves_the_score_within_the_band_of_clean_texts() {
        let score = |likely| spam_score(&Shares { words: 1000, likely, ..Shares::default() }).0;
        assert!(score(0.0) < score(10.0) && score(10.0) < score(50.0));
        assert!(score(1000.0) < 0.2);
    }

    #[test]
    fn signals_add_up() {
        let mut shares = Shares { words: 500, pushy_cues: 3, likely: 20.0, ..Shares::default() };
        shares.add(Kind::Promotion, 40);
        shares.add(Kind::Disclaimer, 77);
        let (score, signals) = spam_score(&shares);
        let sum: f64 = signals.iter().map(|s| s.contribution).sum();
        assert!(((score / (1.0 - score)).ln() - sum).abs() < 1e-9);
        assert_eq!(signals[0].name, "bias");
    }
}
