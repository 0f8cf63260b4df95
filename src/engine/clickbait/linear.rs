//! The learned part: n-grams, style, word places and products in one linear score for English headlines.

use super::grams::{Block, features};
use super::items::Headline;
use super::places::Places;
use super::products::{FACTORS, Products};
use super::style::{COLUMNS, measure};
use super::vocabulary::{DIMENSIONS, Vocabulary};
use crate::learning::model::{ModelError, ModelFile, Section};
use crate::learning::sparse::{Quantized, sigmoid};

/// The model as it ships.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Linear {
    /// One table per [`Block`].
    pub(super) tables: Vec<Quantized>,
    /// Weights of the style columns.
    pub(super) style: Vec<f32>,
    /// The constant part.
    pub(super) bias: f32,
    pub(super) vocabulary: Vocabulary,
    pub(super) places: Places,
    pub(super) products: Products,
    /// Where the decision with the best F1 lies, on the scale of the raw score.
    pub(super) cut: f64,
    /// Log-odds of the decision per unit of raw score: the judges' decisions part more sharply than their mean.
    pub(super) slope: f64,
    /// Slope and offset from raw score to log-odds of the judges' mean.
    pub(super) link: [f64; 2],
}

impl Linear {
    /// Reads its sections.
    pub(super) fn load(file: &ModelFile) -> Result<Self, ModelError> {
        let missing = |what: &str| ModelError::Missing(what.to_owned());
        let tables = Block::ALL.iter().map(|block| file.table(block.section()).cloned()).collect::<Result<_, _>>()?;
        let (columns, bias) = file.dense("clickbait.style")?;
        if !columns.iter().map(|(name, _)| name.as_str()).eq(COLUMNS) {
            return Err(missing("clickbait.style with the columns of this version"));
        }
        let &[cut, slope, mean_slope, mean_offset] = file.numbers("clickbait.cut")? else {
            return Err(missing("clickbait.cut"));
        };
        Ok(Self {
            tables,
            style: columns.iter().map(|(_, weight)| *weight).collect(),
            bias,
            vocabulary: Vocabulary::load(file)?,
            places: Places::load(file)?,
            products: Products::load(file)?,
            cut,
            slope,
            link: [mean_slope, mean_offset],
        })
    }

    /// Appends its sections.
    pub(super) fn store(&self, file: &mut ModelFile) {
        for (block, table) in Block::ALL.iter().zip(&self.tables) {
            file.push(block.section(), Section::Table(table.clone()));
        }
        let columns = COLUMNS.iter().zip(&self.style).map(|(name, weight)| ((*name).to_owned(), *weight)).collect();
        file.push("clickbait.style", Section::Dense { columns, bias: self.bias });
        self.vocabulary.store(file);
        self.places.store(file);
        self.products.store(file);
        file.push("clickbait.cut", Section::Numbers(vec![self.cut, self.slope, self.link[0], self.link[1]]));
    }

    /// The raw score, on about the scale of the judges' mean.
    pub(super) fn raw(&self, headline: &Headline) -> f64 {
        let factors = factors(headline, &self.vocabulary);
        let mut sum = self.bias + self.places.score(headline, &self.vocabulary) + self.products.score(&factors);
        for (&block, table) in Block::ALL.iter().zip(&self.tables) {
            sum += table.score(&features(headline, block));
        }
        sum += self.style.iter().zip(&factors[DIMENSIONS..]).map(|(w, x)| w * x).sum::<f32>();
        f64::from(sum)
    }

    /// Log-odds above the decision, for a raw score.
    pub(super) fn decision(&self, raw: f64) -> f64 {
        self.slope * (raw - self.cut)
    }

    /// Estimate of the judges' mean verdict, 0..1, for a raw score.
    pub(super) fn mean(&self, raw: f64) -> f64 {
        sigmoid(self.link[0] * raw + self.link[1])
    }
}

/// What is multiplied: the gist of the headline, then its style.
pub(super) fn factors(headline: &Headline, vocabulary: &Vocabulary) -> [f32; FACTORS] {
    let mut out = [0.0; FACTORS];
    let (gist, style) = out.split_at_mut(DIMENSIONS);
    gist.copy_from_slice(&vocabulary.gist(headline));
    style.copy_from_slice(&measure(headline));
    out
}
