//! Where words stand in a headline: what the word vectors are averaged over, in training and in use.
//!
//! A linear model over means of word vectors is a sum of one number per word and place, so the vectors themselves need
//! not ship for it: [`Places`] keeps these numbers.

use super::items::Headline;
use super::vocabulary::Vocabulary;
use crate::learning::model::{ModelError, ModelFile, Section};
use crate::learning::sparse::Quantized;

/// The places: anywhere, first word, last word, first three, last three.
pub(super) const PLACES: usize = 5;

/// Calls `each(place, word hash, share)` for every word and place it stands at; the shares of a place add up to 1.
pub(super) fn visit(headline: &Headline, mut each: impl FnMut(usize, u64, f32)) {
    let hashes: Vec<u64> = headline.words().map(|item| item.hash).collect();
    let count = hashes.len();
    let few = count.min(3);
    for (at, &hash) in hashes.iter().enumerate() {
        each(0, hash, 1.0 / count as f32);
        if at == 0 {
            each(1, hash, 1.0);
        }
        if at + 1 == count {
            each(2, hash, 1.0);
        }
        if at < few {
            each(3, hash, 1.0 / few as f32);
        }
        if at + few >= count {
            each(4, hash, 1.0 / few as f32);
        }
    }
}

/// What the words of the [`Vocabulary`] add to the score at each place.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Places {
    /// One table per place, in the order of the vocabulary.
    tables: Vec<Quantized>,
}

impl Places {
    /// From the numbers of each word at each place, in the order of the vocabulary.
    pub(super) fn of(rows: &[[f32; PLACES]]) -> Self {
        let column = |place: usize| rows.iter().map(|row| row[place]).collect::<Vec<f32>>();
        Self { tables: (0..PLACES).map(|place| Quantized::of(&column(place), 0.0)).collect() }
    }

    /// Reads its sections.
    pub(super) fn load(file: &ModelFile) -> Result<Self, ModelError> {
        let table = |place| file.table(&section(place)).cloned();
        Ok(Self { tables: (0..PLACES).map(table).collect::<Result<_, _>>()? })
    }

    /// Appends its sections.
    pub(super) fn store(&self, file: &mut ModelFile) {
        for (place, table) in self.tables.iter().enumerate() {
            file.push(&section(place), Section::Table(table.clone()));
        }
    }

    /// What the words of `headline` add to the score.
    pub(super) fn score(&self, headline: &Headline, vocabulary: &Vocabulary) -> f32 {
        let mut sum = 0.0;
        visit(headline, |place, hash, share| {
            if let Some(at) = vocabulary.find(hash)
                && let Some(table) = self.tables.get(place)
                && let Some(&step) = table.steps.get(at)
            {
                sum += share * table.scale * f32::from(step);
            }
        });
        sum
    }
}

fn section(place: usize) -> String {
    format!("clickbait.place{place}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::vectors::{VectorBuilder, VectorOptions};
    use xxhash_rust::xxh3::xxh3_64;

    #[test]
    fn shares_of_every_place_add_up() {
        for title in ["one", "one two", "one two three four five"] {
            let mut sums = [0.0_f32; PLACES];
            visit(&Headline::read(title), |place, _, share| sums[place] += share);
            assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-5), "{title}: {sums:?}");
        }
    }

    #[test]
    fn words_count_by_place() {
        let mut builder = VectorBuilder::new(VectorOptions { words: 1, contexts: 1, dimensions: 1 });
        builder.count(&[xxh3_64(b"why")]);
        let (vocabulary, _) = Vocabulary::of(&builder.build());
        let places = Places::of(&[[0.0, 1.0, -1.0, 0.0, 0.0]]);
        let score = |title| places.score(&Headline::read(title), &vocabulary);
        assert!((score("Why not") - 1.0).abs() < 0.01 && (score("Not why") + 1.0).abs() < 0.01);
        assert!(score("Because").abs() < 1e-6 && score("").abs() < 1e-6);
        let mut file = ModelFile::default();
        places.store(&mut file);
        assert_eq!(Places::load(&file).unwrap(), places);
    }
}
