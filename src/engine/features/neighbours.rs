//! What stands around a unit: residue comes in runs, and the tail of a text is its most likely place.

/// Per unit, what its neighbours are told by: the text scores squeezed to 0..1, the cues' weight, and recurrence.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hint {
    /// The four measures, each about 0..1.
    pub values: [f32; MEASURES],
}

/// Number of measures in a [`Hint`].
pub const MEASURES: usize = 4;
const MEASURE_NAMES: [&str; MEASURES] = ["weak", "strong", "cues", "seen"];
const PLACES: [&str; 10] = [
    "before1",
    "after1",
    "before2",
    "after2",
    "before_mean",
    "after_mean",
    "mean",
    "window",
    "before_max",
    "after_max",
];

/// Names of the columns that [`Neighbourhood::fill`] writes.
#[must_use]
pub fn names() -> Vec<String> {
    MEASURE_NAMES.iter().flat_map(|m| PLACES.iter().map(move |p| format!("near.{m}.{p}"))).collect()
}

/// Units on each side that make up the window.
const WINDOW: usize = 3;

/// Number of columns.
pub const COLUMNS: usize = MEASURES * PLACES.len();

/// Where the columns of what reads like residue, and of what recurs, begin among those of [`Neighbourhood::fill`].
pub const STRONG: usize = PLACES.len();
/// See [`STRONG`].
pub const SEEN: usize = 3 * PLACES.len();

/// How much of a measure a unit has on both sides, from that measure's columns on: the less of the two sides' larger
/// values among two neighbours each.
#[must_use]
pub fn amid(columns: &[f32]) -> f32 {
    let [before1, after1, before2, after2] = [0, 1, 2, 3].map(|at| columns.get(at).copied().unwrap_or(0.0));
    before1.max(before2).min(after1.max(after2))
}

/// The measures of all units with their running sums, so that any unit's columns cost the same.
#[derive(Debug, Default)]
pub struct Neighbourhood {
    values: [Vec<f32>; MEASURES],
    sums: [Vec<f64>; MEASURES],
}

impl Neighbourhood {
    /// Gathers the measures. Linear.
    #[must_use]
    pub fn new(hints: &[Hint]) -> Self {
        let mut all = Self::default();
        for measure in 0..MEASURES {
            let mut sum = 0.0;
            all.values[measure].reserve_exact(hints.len());
            all.sums[measure].reserve_exact(hints.len() + 1);
            all.sums[measure].push(sum);
            for hint in hints {
                sum += f64::from(hint.values[measure]);
                all.values[measure].push(hint.values[measure]);
                all.sums[measure].push(sum);
            }
        }
        all
    }

    /// Writes the columns of unit `i` into `out`, whose length is [`COLUMNS`].
    pub fn fill(&self, i: usize, out: &mut [f32]) {
        for (measure, columns) in out.chunks_exact_mut(PLACES.len()).enumerate() {
            columns.copy_from_slice(&columns_at(&self.values[measure], &self.sums[measure], i));
        }
    }
}

/// The columns of unit `i`; what lies outside the text counts as 0.
fn columns_at(values: &[f32], sums: &[f64], i: usize) -> [f32; 10] {
    let n = values.len();
    let at = |j: Option<usize>| j.and_then(|j| values.get(j)).copied().unwrap_or(0.0);
    let mean = |from: usize, to: usize| {
        if from < to { ((sums[to] - sums[from]) / (to - from) as f64) as f32 } else { 0.0 }
    };
    let most = |range: &[f32]| range.iter().copied().fold(0.0, f32::max);
    [
        at(i.checked_sub(1)),
        at(Some(i + 1)),
        at(i.checked_sub(2)),
        at(Some(i + 2)),
        mean(0, i),
        mean(i + 1, n),
        mean(0, n),
        mean(i.saturating_sub(WINDOW), (i + WINDOW + 1).min(n)),
        most(&values[i.saturating_sub(5)..i]),
        most(&values[(i + 1).min(n)..(i + 6).min(n)]),
    ]
}
