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

/// Names of the columns that [`fill_all`] writes.
#[must_use]
pub fn names() -> Vec<String> {
    MEASURE_NAMES.iter().flat_map(|m| PLACES.iter().map(move |p| format!("near.{m}.{p}"))).collect()
}

/// Units on each side that make up the window.
const WINDOW: usize = 3;

/// The columns of every unit, row after row. Linear.
#[must_use]
pub fn fill_all(hints: &[Hint]) -> Vec<Vec<f32>> {
    let mut rows = vec![vec![0.0; MEASURES * PLACES.len()]; hints.len()];
    for measure in 0..MEASURES {
        let values: Vec<f32> = hints.iter().map(|h| h.values[measure]).collect();
        let mut sums = vec![0.0_f64; values.len() + 1];
        for (i, value) in values.iter().enumerate() {
            sums[i + 1] = sums[i] + f64::from(*value);
        }
        for (i, row) in rows.iter_mut().enumerate() {
            let columns = &mut row[measure * PLACES.len()..(measure + 1) * PLACES.len()];
            columns.copy_from_slice(&columns_at(&values, &sums, i));
        }
    }
    rows
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
