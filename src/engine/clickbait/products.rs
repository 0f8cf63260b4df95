//! Products of what a headline is about and how it is made: "you" in a headline on health is another thing than in one
//! on a court, and a number at the start is bait before a plural more than before a fire.
//!
//! The factors are the gist of the words ([`Vocabulary::gist`](super::vocabulary::Vocabulary::gist)) and the style
//! columns, each brought to mean 0 and deviation 1 and cut at [`FAR`]. Gist × style and style × style count; gist ×
//! gist is left out.

use super::style::COLUMNS;
use super::vocabulary::DIMENSIONS;
use crate::learning::model::{ModelError, ModelFile, Section};
use crate::learning::sparse::Quantized;

/// Number of factors: the gist, then the style.
pub(super) const FACTORS: usize = DIMENSIONS + COLUMNS.len();

/// Products of gist and style; they come first.
pub(super) const MIXED: usize = DIMENSIONS * COLUMNS.len();

/// All products; those of style and style, squares included, come last.
pub(super) const PRODUCTS: usize = MIXED + COLUMNS.len() * (COLUMNS.len() + 1) / 2;

/// Factors are cut at so many deviations: a product of two rare flags would outweigh the rest of the headline. 4 instead
/// changes the AUC by 0.0001.
const FAR: f32 = 3.0;

/// Brings factors to a common scale.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scaling {
    /// Mean and 1 / deviation of every factor.
    columns: Vec<(f32, f32)>,
}

impl Scaling {
    /// Fits to the factors of training headlines.
    pub(super) fn of(rows: &[&[f32; FACTORS]]) -> Self {
        let count = rows.len().max(1) as f64;
        let column = |at: usize| {
            let mean = rows.iter().map(|row| f64::from(row[at])).sum::<f64>() / count;
            let variance = rows.iter().map(|row| (f64::from(row[at]) - mean).powi(2)).sum::<f64>() / count;
            (mean as f32, if variance > 1e-12 { 1.0 / variance.sqrt() as f32 } else { 0.0 })
        };
        Self { columns: (0..FACTORS).map(column).collect() }
    }

    /// All products of the factors of one headline.
    pub(super) fn products(&self, factors: &[f32; FACTORS]) -> [f32; PRODUCTS] {
        let mut scaled = *factors;
        for (x, (mean, factor)) in scaled.iter_mut().zip(&self.columns) {
            *x = ((*x - mean) * factor).clamp(-FAR, FAR);
        }
        let (gist, style) = scaled.split_at(DIMENSIONS);
        let mut out = [0.0; PRODUCTS];
        let (mixed, own) = out.split_at_mut(MIXED);
        for (out, a) in mixed.chunks_exact_mut(style.len()).zip(gist) {
            out.iter_mut().zip(style).for_each(|(out, b)| *out = a * b);
        }
        let mut rest = own;
        for (at, a) in style.iter().enumerate() {
            let (out, behind) = rest.split_at_mut(style.len() - at);
            out.iter_mut().zip(&style[at..]).for_each(|(out, b)| *out = a * b);
            rest = behind;
        }
        out
    }
}

/// The products' part of the model.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Products {
    pub(super) scaling: Scaling,
    /// One weight per product.
    pub(super) weights: Quantized,
}

impl Products {
    /// Reads its sections.
    pub(super) fn load(file: &ModelFile) -> Result<Self, ModelError> {
        let other = |what: &str| ModelError::Missing(format!("{what} of the length of this version"));
        let (pairs, rest) = file.numbers("clickbait.factors")?.as_chunks::<2>();
        if pairs.len() != FACTORS || !rest.is_empty() {
            return Err(other("clickbait.factors"));
        }
        let weights = file.table("clickbait.products")?.clone();
        if weights.steps.len() != PRODUCTS {
            return Err(other("clickbait.products"));
        }
        let columns = pairs.iter().map(|&[mean, factor]| (mean as f32, factor as f32)).collect();
        Ok(Self { scaling: Scaling { columns }, weights })
    }

    /// Appends its sections.
    pub(super) fn store(&self, file: &mut ModelFile) {
        let numbers = self.scaling.columns.iter().flat_map(|&(mean, factor)| [f64::from(mean), f64::from(factor)]);
        file.push("clickbait.factors", Section::Numbers(numbers.collect()));
        file.push("clickbait.products", Section::Table(self.weights.clone()));
    }

    /// What the products add to the score.
    pub(super) fn score(&self, factors: &[f32; FACTORS]) -> f32 {
        let products = self.scaling.products(factors);
        let sum: f32 = self.weights.steps.iter().zip(&products).map(|(&step, x)| f32::from(step) * x).sum();
        self.weights.scale * sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(seed: usize) -> [f32; FACTORS] {
        std::array::from_fn(|at| ((at * 7 + seed * 13) % 11) as f32)
    }

    #[test]
    fn every_pair_has_its_place() {
        let scaling = Scaling { columns: vec![(0.0, 0.1); FACTORS] };
        let one = factors(1);
        let scaled = one.map(|x| x * 0.1);
        let products = scaling.products(&one);
        let near = |at: usize, a: usize, b: usize| assert!((products[at] - scaled[a] * scaled[b]).abs() < 1e-6);
        near(0, 0, DIMENSIONS);
        near(COLUMNS.len() + 2, 1, DIMENSIONS + 2);
        near(MIXED, DIMENSIONS, DIMENSIONS);
        near(MIXED + COLUMNS.len(), DIMENSIONS + 1, DIMENSIONS + 1);
        near(PRODUCTS - 1, FACTORS - 1, FACTORS - 1);
        let squares: f32 =
            scaled[DIMENSIONS..].iter().sum::<f32>().powi(2) + scaled[DIMENSIONS..].iter().map(|x| x * x).sum::<f32>();
        assert!((products[MIXED..].iter().sum::<f32>() - squares / 2.0).abs() < 1e-2);
    }

    #[test]
    fn factors_are_scaled_and_cut() {
        let mut rows = [factors(1), factors(2), factors(3)];
        for row in &mut rows {
            row[0] = 5.0;
        }
        let scaling = Scaling::of(&rows.each_ref());
        let products = scaling.products(&[1e6; FACTORS]);
        assert!(products[..COLUMNS.len()].iter().all(|x| x.abs() < 1e-6), "a constant factor counts nothing");
        assert!((products[PRODUCTS - 1] - FAR * FAR).abs() < 1e-6);
    }

    #[test]
    fn what_is_stored_is_read_and_other_lengths_are_refused() {
        let weights: Vec<f32> = (0..PRODUCTS).map(|at| (at % 5) as f32 - 2.0).collect();
        let rows = [factors(1), factors(2)];
        let products = Products { scaling: Scaling::of(&rows.each_ref()), weights: Quantized::of(&weights, 0.0) };
        let exact: f32 = products.scaling.products(&rows[0]).iter().zip(&weights).map(|(x, w)| x * w).sum();
        assert!((products.score(&rows[0]) - exact).abs() < 0.05 * exact.abs().max(1.0), "{exact}");
        let mut file = ModelFile::default();
        products.store(&mut file);
        assert_eq!(Products::load(&file).unwrap(), products);
        let Some((_, Section::Table(table))) = file.sections.last_mut() else { panic!("the weights come last") };
        table.steps.pop();
        let error = Products::load(&file).unwrap_err();
        assert!(error.to_string().contains("clickbait.products of the length of this version"));
        assert!(Products::load(&ModelFile::default()).is_err());
    }
}
