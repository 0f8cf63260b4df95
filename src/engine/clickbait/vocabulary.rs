//! The words that the model knows, and the beginnings of their vectors: what a headline is about and in which tone, in
//! a few numbers.

use super::items::Headline;
use crate::learning::model::{ModelError, ModelFile, Section};
use crate::learning::sparse::Quantized;
use crate::learning::vectors::WordVectors;

/// Dimensions of a [`Vocabulary::gist`]: the first ones of the vectors, which hold most. In cross-validation 8 cost
/// 0.0007 of the AUC, 16 gain 0.0002 for 24 KB more, and 24 nothing.
pub(super) const DIMENSIONS: usize = 12;

/// The largest step of a vector's number in 4 bits.
const TOP: f32 = 7.0;

/// Known words.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Vocabulary {
    /// Ascending; the upper half of the word hashes.
    keys: Vec<u32>,
    /// [`DIMENSIONS`] / 2 bytes a word, parallel to the keys: two numbers a byte, the first one in the lower half.
    packed: Vec<i8>,
    /// The unit of the numbers.
    scale: f32,
}

/// The key of a word hash: 32 bits part 12,000 words with two collisions in a hundred vocabularies.
fn key(hash: u64) -> u32 {
    (hash >> 32) as u32
}

impl Vocabulary {
    /// From vectors; the hashes of all their words, ascending, are the order of the rows.
    pub(super) fn of(vectors: &WordVectors) -> (Self, Vec<u64>) {
        let mut hashes = vectors.hashes().to_vec();
        hashes.sort_unstable();
        let numbers = |&hash: &u64| {
            let vector = vectors.get(hash).unwrap_or_default();
            std::array::from_fn::<f32, DIMENSIONS, _>(|at| vector.get(at).copied().unwrap_or(0.0))
        };
        let rows: Vec<f32> = hashes.iter().flat_map(numbers).collect();
        let mut sizes: Vec<f32> = rows.iter().map(|x| x.abs()).collect();
        sizes.sort_unstable_by(f32::total_cmp);
        // The largest hundredth is clipped: with so few steps the range matters more than the ends.
        let top = sizes.get(sizes.len() * 99 / 100).copied().unwrap_or(1.0);
        let scale = (top / TOP).max(f32::MIN_POSITIVE);
        let step = |x: f32| (x / scale).round().clamp(-TOP, TOP) as i8;
        let pack = |pair: &[f32; 2]| step(pair[1]) << 4 | step(pair[0]) & 0xf;
        let packed = rows.as_chunks::<2>().0.iter().map(pack).collect();
        (Self { keys: hashes.iter().map(|&hash| key(hash)).collect(), packed, scale }, hashes)
    }

    /// Reads its sections.
    pub(super) fn load(file: &ModelFile) -> Result<Self, ModelError> {
        let keys = file.keys("clickbait.vocabulary")?.to_vec();
        let table = file.table("clickbait.vectors")?;
        if table.steps.len() != keys.len() * DIMENSIONS / 2 {
            return Err(ModelError::Missing("clickbait.vectors of the length of this version".to_owned()));
        }
        Ok(Self { keys, packed: table.steps.clone(), scale: table.scale })
    }

    /// Appends its sections.
    pub(super) fn store(&self, file: &mut ModelFile) {
        file.push("clickbait.vocabulary", Section::Keys(self.keys.clone()));
        let table = Quantized { steps: self.packed.clone(), scale: self.scale, bias: 0.0 };
        file.push("clickbait.vectors", Section::Table(table));
    }

    /// The row of the word with hash `hash`: known words were common in the text that the vectors come from.
    pub(super) fn find(&self, hash: u64) -> Option<usize> {
        self.keys.binary_search(&key(hash)).ok()
    }

    /// The mean of the vectors of all words; unknown ones count as nothing.
    pub(super) fn gist(&self, headline: &Headline) -> [f32; DIMENSIONS] {
        let mut sums = [0_i32; DIMENSIONS];
        let mut count = 0_u16;
        for item in headline.words() {
            count += 1;
            let Some(row) = self.find(item.hash) else { continue };
            let bytes = self.packed.get(row * DIMENSIONS / 2..(row + 1) * DIMENSIONS / 2).unwrap_or_default();
            for (pair, byte) in sums.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
                pair[0] += i32::from(byte << 4 >> 4);
                pair[1] += i32::from(byte >> 4);
            }
        }
        let share = self.scale / f32::from(count.max(1));
        sums.map(|sum| share * sum as f32)
    }
}

/// Vectors of seven words.
#[cfg(test)]
pub(super) fn toy_vectors() -> WordVectors {
    use crate::learning::vectors::{VectorBuilder, VectorOptions};
    let mut builder = VectorBuilder::new(VectorOptions { words: 8, contexts: 8, dimensions: DIMENSIONS + 1 });
    let documents = ["why the dog ran", "why a cat ran", "the cat saw a dog"]
        .map(|text| text.split(' ').map(|word| xxhash_rust::xxh3::xxh3_64(word.as_bytes())).collect::<Vec<u64>>());
    for words in &documents {
        builder.count(words);
    }
    for words in &documents {
        builder.observe(words);
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use xxhash_rust::xxh3::xxh3_64;

    #[test]
    fn a_gist_is_the_mean_of_the_vectors() {
        let vectors = toy_vectors();
        let (vocabulary, hashes) = Vocabulary::of(&vectors);
        assert!(hashes.is_sorted() && hashes.len() == 7);
        let vector = |word: &str| vectors.get(xxh3_64(word.as_bytes())).unwrap();
        let gist = vocabulary.gist(&Headline::read("Why dog unheard"));
        for (at, value) in gist.iter().enumerate() {
            let exact = (vector("why")[at] + vector("dog")[at]) / 3.0;
            // Half a step for each of two words of three; the clipped hundredth is none of seven words.
            assert!((value - exact).abs() <= vocabulary.scale / 3.0 + 1e-6, "{at}: {value} {exact}");
        }
        assert!(vocabulary.gist(&Headline::read("")).iter().all(|x| x.abs() < 1e-9));
    }

    #[test]
    fn words_are_found_again() {
        let (vocabulary, hashes) = Vocabulary::of(&toy_vectors());
        assert_eq!(vocabulary.find(hashes[3]), Some(3));
        assert_eq!(vocabulary.find(1), None);
        let mut file = ModelFile::default();
        vocabulary.store(&mut file);
        assert_eq!(Vocabulary::load(&file).unwrap(), vocabulary);
        let Some((_, Section::Table(table))) = file.sections.last_mut() else { panic!("the vectors come last") };
        table.steps.pop();
        assert!(Vocabulary::load(&file).is_err());
        assert!(Vocabulary::of(&WordVectors::default()).0.gist(&Headline::read("why")).iter().all(|x| *x == 0.0));
    }
}
