//! Cues as columns: one per group, and what they come to together.

use crate::engine::lexicon::{Hit, Lexicon, Spelling};

/// Columns after those of the groups.
pub const SUMMARY: &[&str] = &[
    "cues.weight",
    "cues.weight_per_word",
    "cues.groups",
    "cues.alone",
    "cues.disguised",
    "cues.covered",
    "cues.short_alone",
    "cues.strong_short",
    "cues.label",
];

/// Summed weights beyond this say nothing more.
const WEIGHT_CAP: f32 = 8.0;

/// What the cues of a stretch come to.
#[derive(Debug, Clone, Copy, Default)]
pub struct CueSummary {
    /// Sum of their prior log-odds, capped.
    pub weight: f32,
    /// One of them suffices alone.
    pub alone: bool,
    /// Words inside cues.
    pub covered: usize,
    /// Distinct groups.
    pub groups: usize,
    /// One of them is misspelled on purpose.
    pub disguised: bool,
}

/// Sums up `hits`.
#[must_use]
pub fn summary<'a>(hits: impl Iterator<Item = &'a Hit>, lexicon: &Lexicon) -> CueSummary {
    let mut total = CueSummary::default();
    let mut groups = 0_u64;
    let mut covered_to = 0;
    for hit in hits {
        let cue = lexicon.cue(hit);
        total.weight += cue.weight;
        total.alone |= cue.alone;
        total.disguised |= hit.spelling == Spelling::Disguised;
        groups |= 1 << (hit.group & 63);
        total.covered += hit.end.saturating_sub(hit.first.max(covered_to)) as usize;
        covered_to = covered_to.max(hit.end);
    }
    total.weight = total.weight.clamp(-WEIGHT_CAP, WEIGHT_CAP);
    total.groups = groups.count_ones() as usize;
    total
}

/// Writes the columns: one per group (0, 1 or 2 hits, halved), then [`SUMMARY`]. The stretch has `words` words, which
/// are `tokens` tokens: letters of scripts without spaces are parts of words. `label` says that a cue opens it as one.
pub fn fill<'a>(
    hits: impl Iterator<Item = &'a Hit> + Clone,
    (words, tokens): (usize, usize),
    label: bool,
    lexicon: &Lexicon,
    out: &mut [f32],
) {
    let (groups, rest) = out.split_at_mut(lexicon.groups().len());
    for hit in hits.clone() {
        let column = &mut groups[usize::from(hit.group)];
        *column = (*column + 0.5).min(1.0);
    }
    let total = summary(hits, lexicon);
    let flag = |value: bool| f32::from(u8::from(value));
    let values = [
        total.weight / WEIGHT_CAP,
        total.weight / words.max(3) as f32,
        total.groups.min(6) as f32 / 6.0,
        flag(total.alone),
        flag(total.disguised),
        total.covered as f32 / tokens.max(1) as f32,
        flag(total.alone && words <= 12),
        flag(total.weight >= 2.0 && words <= 12),
        flag(label),
    ];
    rest[..values.len()].copy_from_slice(&values);
}
