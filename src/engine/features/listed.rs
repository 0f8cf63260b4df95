//! What stands under a label: "Related stories", and the headlines below it, which have no cue of their own.

use crate::engine::text::segment::UnitKind;

/// Names of the columns that [`Listed::fill`] writes.
pub const NAMES: &[&str] = &["listed.under", "listed.near"];

/// How a unit stands, as far as lists are concerned.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What it is.
    pub kind: UnitKind,
    /// It labels what follows.
    pub label: bool,
    /// It may be an entry: a line of its own without a full stop.
    pub open: bool,
}

/// Per unit how many entries ago the label stands, from 1; 0 under no label.
#[derive(Debug, Default)]
pub struct Listed(Vec<u32>);

impl Listed {
    /// Finds the labels and what stands under them. A list ends with the first line that may be no entry: behind a label
    /// without a list the article goes on. Brackets stand where their sentences do. Linear.
    #[must_use]
    pub fn new(entries: impl Iterator<Item = Entry>) -> Self {
        let mut run = None;
        let mut last = 0;
        let places = entries.map(|entry| {
            if entry.kind != UnitKind::Bracket {
                run = run.filter(|_| entry.open).map(|entries| entries + 1);
                last = run.unwrap_or_default();
                if entry.label {
                    run = Some(0);
                }
            }
            last
        });
        Self(places.collect())
    }

    /// Writes the columns of unit `i` into `out`, whose length is that of [`NAMES`].
    pub fn fill(&self, i: usize, out: &mut [f32]) {
        let distance = self.0[i];
        out.copy_from_slice(&if distance == 0 { [0.0; 2] } else { [1.0, 1.0 / distance as f32] });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_lasts_until_something_else_comes() {
        let unit = |label, open| Entry { kind: UnitKind::Line, label, open };
        let (headline, label, sentence) = (unit(false, true), unit(true, true), unit(false, false));
        let bracket = Entry { kind: UnitKind::Bracket, ..headline };
        let units = [headline, label, headline, bracket, headline, sentence, headline, label, sentence, headline];
        let listed = Listed::new(units.into_iter());
        let columns = |i| {
            let mut out = [9.0; 2];
            listed.fill(i, &mut out);
            out
        };
        let all: Vec<[f32; 2]> = (0..units.len()).map(columns).collect();
        let (none, first, second) = ([0.0; 2], [1.0; 2], [1.0, 0.5]);
        assert_eq!(all, [none, none, first, first, second, none, none, none, none, none]);
    }
}
