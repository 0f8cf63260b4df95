//! Lists of facts, a label before each: `Length: 310 metres`, `Referee: L. Hathersage`, `24 March: Routes published`.

use super::signs::{has_number, has_telling_cue, tells_against};
use super::{Measured, is_new};

/// Lines of more words are sentences behind a label; not varied.
const FACT_WORDS: usize = 14;

/// Whether the unit's line is a short one with a label, next to another with a different label, one of the two has a
/// number, and nothing in them tells against it: facts of the article, which read like residue, for they are no
/// sentences. Headlines of other articles under rubrics have numbers seldom. Without the number two in a hundred tokens of
/// residue more stayed in invented articles (`tests/articles.rs`); with it a third to two thirds less of these was lost,
/// and annotated documents fared the same.
pub(super) fn is_fact(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let index = measured.reading.parts.units[unit].line;
    let Some(own) = fact(measured, index) else { return false };
    let neighbours = [index.checked_sub(1), index.checked_add(1)];
    let differs = |other: Fact| other.label != own.label && (own.has_number || other.has_number);
    is_new(measured, unit)
        && !tells_against(measured, unit)
        && neighbours.into_iter().flatten().filter_map(|line| fact(measured, line)).any(differs)
}

/// A short line with a label.
struct Fact {
    /// Equal for equal labels.
    label: u64,
    has_number: bool,
}

/// The line `index` as a fact, if it is set like one and no telling cue is in it.
fn fact(measured: &Measured<'_, '_>, index: usize) -> Option<Fact> {
    let reading = measured.reading;
    let line = reading.parts.lines.get(index)?;
    let block = reading.line_blocks[index];
    let label = reading.blocks[block].label?.value;
    let is_short = reading.tokens.length(line.first, line.last) <= FACT_WORDS;
    let has_number = has_number(&reading.tokens.words[line.first..line.last]);
    (is_short && !has_telling_cue(measured, block)).then_some(Fact { label, has_number })
}
