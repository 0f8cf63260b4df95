//! The decision: all evidence of a unit in one calibrated linear combination, and a second one for its kind.

use crate::engine::span::Kind;
use crate::learning::model::{ModelError, ModelFile};

/// A linear model over the columns of [`crate::engine::features`].
#[derive(Debug, Clone, Default)]
pub struct Linear {
    /// One weight per column.
    pub weights: Vec<f32>,
    /// The constant part.
    pub bias: f32,
}

impl Linear {
    /// The log-odds of `row`.
    #[must_use]
    pub fn score(&self, row: &[f32]) -> f32 {
        self.bias + self.weights.iter().zip(row).map(|(w, x)| w * x).sum::<f32>()
    }

    fn load(file: &ModelFile, section: &str, columns: &[String]) -> Result<Self, ModelError> {
        let (named, bias) = file.dense(section)?;
        let lookup: ahash::AHashMap<&str, f32> = named.iter().map(|(name, weight)| (name.as_str(), *weight)).collect();
        let weights = columns.iter().map(|c| lookup.get(c.as_str()).copied().unwrap_or(0.0)).collect();
        Ok(Self { weights, bias })
    }
}

/// How a score becomes a probability and a cut, for one amount of history.
#[derive(Debug, Clone, Copy, Default)]
pub struct Calibration {
    /// Platt's slope (Platt: "Probabilistic outputs for support vector machines", 1999).
    pub slope: f32,
    /// Platt's offset.
    pub offset: f32,
    /// Probability from which a unit goes.
    pub cut: f32,
}

/// The share of a text's lines that are short: much of it, and the text is a list, a form or a page without an article,
/// where what looks like residue often is all there is.
pub const LIST_COLUMN: &str = "document.short_line_share";

/// The kinds in the order of the sections `kinds.0` and so on.
pub const KINDS: [Kind; 7] = [
    Kind::Promotion,
    Kind::CallToAction,
    Kind::Subscription,
    Kind::Related,
    Kind::Disclaimer,
    Kind::Furniture,
    Kind::Byline,
];

/// Rows that [`Decision::rule_all`] takes: as many sums as a core adds to at the same time, and no more rows than the
/// fastest cache holds.
pub const AT_ONCE: usize = 4;

/// All linear models of the decision.
#[derive(Debug, Clone, Default)]
pub struct Decision {
    linear: Linear,
    /// For sources with little history, for those with more, and for lists without history.
    calibrations: [Calibration; 3],
    /// Column that tells lists from prose, and the value from which a text is a list.
    lists: (usize, f32),
    /// Documents of a source from which on there is history to speak of.
    warm_from: u32,
    /// Column means over articles: what a contribution is measured against when it is explained.
    means: Vec<f32>,
    kinds: Vec<Linear>,
}

/// What is said of a unit.
#[derive(Debug, Clone, Copy)]
pub struct Ruling {
    /// Probability, 0..1, that the unit is no part of the article.
    pub probability: f32,
    /// Whether that is enough to remove it.
    pub beyond_cut: bool,
}

impl Decision {
    /// Reads the models from `file`; `columns` names the columns of the rows to come. Columns that the file does not
    /// know weigh nothing.
    ///
    /// # Errors
    /// If a section is missing.
    pub fn load(file: &ModelFile, columns: &[String]) -> Result<Self, ModelError> {
        let numbers = file.numbers("decision.cuts")?;
        let number = |i: usize| numbers.get(i).copied().unwrap_or(0.0) as f32;
        // A model that was made without a cut for lists takes nothing for one.
        let list_from = numbers.get(10).map_or(f32::INFINITY, |from| *from as f32);
        let calibration = |at: usize| Calibration { slope: number(at), offset: number(at + 1), cut: number(at + 2) };
        let kinds = (0..KINDS.len()).map(|i| Linear::load(file, &format!("kinds.{i}"), columns));
        Ok(Self {
            linear: Linear::load(file, "decision.linear", columns)?,
            calibrations: [calibration(0), calibration(3), calibration(7)],
            lists: (columns.iter().position(|column| column == LIST_COLUMN).unwrap_or(0), list_from),
            warm_from: number(6) as u32,
            means: Linear::load(file, "decision.means", columns)?.weights,
            kinds: kinds.collect::<Result<_, _>>()?,
        })
    }

    /// Rules on a unit with the columns `row`, in a source of which `history` documents are known.
    #[must_use]
    pub fn rule(&self, row: &[f32], history: u32) -> Ruling {
        self.ruling(row, self.linear.score(row), history)
    }

    fn ruling(&self, row: &[f32], score: f32, history: u32) -> Ruling {
        let calibration = self.calibration(row, history);
        let probability = probability(calibration.slope * score + calibration.offset);
        Ruling { probability, beyond_cut: probability >= calibration.cut && calibration.cut > 0.0 }
    }

    /// [`Self::rule`] for several rows at once. A sum waits for its last addition; four of them wait together. Each is
    /// added up in the order of the columns, so that the rulings are those of [`Self::rule`] to the bit.
    pub fn rule_all(&self, rows: &[Vec<f32>; AT_ONCE], history: u32) -> [Ruling; AT_ONCE] {
        let weights = &self.linear.weights;
        let columns = rows.iter().map(Vec::len).fold(weights.len(), usize::min);
        let rows = rows.each_ref().map(|row| &row[..columns]);
        let mut sums = [-0.0_f32; AT_ONCE];
        for (column, weight) in weights[..columns].iter().enumerate() {
            for (sum, row) in sums.iter_mut().zip(rows) {
                *sum += weight * row[column];
            }
        }
        std::array::from_fn(|at| self.ruling(rows[at], self.linear.bias + sums[at], history))
    }

    /// The kinds with their probabilities (0..1, adding up to 1) for a unit, the most likely first.
    #[must_use]
    pub fn kinds(&self, row: &[f32]) -> Vec<(Kind, f32)> {
        let scores: Vec<f32> = self.kinds.iter().map(|linear| linear.score(row)).collect();
        let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let total: f32 = scores.iter().map(|s| (s - most).exp()).sum();
        let mut kinds: Vec<(Kind, f32)> =
            KINDS.into_iter().zip(&scores).map(|(kind, s)| (kind, (s - most).exp() / total)).collect();
        // A stable sort: ties stay in the order of the kinds.
        kinds.sort_by(|a, b| b.1.total_cmp(&a.1));
        kinds
    }

    /// What each column adds to the unit's log-odds, against an average article sentence.
    pub fn contributions<'a>(&'a self, row: &'a [f32], history: u32) -> impl Iterator<Item = f32> + 'a {
        let slope = self.calibration(row, history).slope;
        let mean = |i: usize| self.means.get(i).copied().unwrap_or(0.0);
        self.linear.weights.iter().zip(row).enumerate().map(move |(i, (w, x))| slope * w * (x - mean(i)))
    }

    fn calibration(&self, row: &[f32], history: u32) -> &Calibration {
        let is_list = row.get(self.lists.0).is_some_and(|share| *share >= self.lists.1);
        &self.calibrations[if history >= self.warm_from { 1 } else { 2 * usize::from(is_list) }]
    }
}

fn probability(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}
