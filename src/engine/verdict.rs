//! The verdict on a unit: the decision's ruling, unless a guard speaks for the article.

use super::Engine;
use super::features::Measured;
use super::model::decision::Ruling;
use super::restraint::{Guard, gives_way, guard, held_back, kind};
use super::span::Kind;
use super::text::segment::UnitKind;

/// `ruling`, the decision's on `unit`, held back where a guard speaks for the article.
pub(super) fn verdict(engine: &Engine, measured: &Measured<'_, '_>, unit: usize, ruling: Ruling) -> Ruling {
    if guarded(engine, measured, unit, ruling).is_some() { held_back(ruling) } else { ruling }
}

/// The guard that keeps `unit` although `ruling` would let it go. That of sentences without a sign of their own gives way
/// beside units that go by themselves; two such sentences in a row do not bear each other out.
pub(super) fn guarded(engine: &Engine, measured: &Measured<'_, '_>, unit: usize, ruling: Ruling) -> Option<Guard> {
    let guard = guard(ruling, measured, unit)?;
    let gives_way = |sides| gives_way(guard, ruling, measured, unit, sides);
    // Two sides ask for the least. What stays even so need not have its neighbours judged.
    let goes = gives_way(2) && gives_way(sides(engine, measured, unit));
    (!goes).then_some(guard)
}

/// How many of the units right before and right behind `unit` go by themselves. The end of the text goes as the unit before
/// does, but not where the whole text is one line: sentences that were run together have no borders to rely on.
fn sides(engine: &Engine, measured: &Measured<'_, '_>, unit: usize) -> usize {
    let units = &measured.reading.parts.units;
    let sentence = |other: &usize| units[*other].kind != UnitKind::Bracket;
    let goes = |other: usize| goes_by_itself(engine, measured, other);
    let before = (0..unit).rev().find(sentence).is_some_and(goes);
    let end = before && units[unit].line > 0;
    let after = (unit + 1..units.len()).find(sentence).map_or(end, goes);
    usize::from(before) + usize::from(after)
}

/// Whether `unit` goes whatever stands beside it. A byline is no residue, wherever it is cut.
fn goes_by_itself(engine: &Engine, measured: &Measured<'_, '_>, unit: usize) -> bool {
    let mut row = Vec::new();
    measured.row(unit, &mut row);
    let ruling = engine.decision.rule(&row, measured.seen.source_documents);
    ruling.beyond_cut
        && guard(ruling, measured, unit).is_none()
        && kind(&engine.decision.kinds(&row), measured, unit).0 != Kind::Byline
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::article::Article;
    use crate::engine::features::measure;
    use crate::engine::observation::Seen;

    const PROSE: &str = "The council opened the new harbour bridge on Monday after three years of work.";
    const CALL: &str = "Subscribe to our newsletter for free and never miss a story.";
    const BETWEEN: &str = "The best of the coast once a week.";
    const NOTICE: &str = "This article does not constitute investment advice.";

    /// How many sides of the unit of `text` that starts with [`BETWEEN`] go.
    fn sides_of(text: &str) -> usize {
        let engine = Engine::shipped();
        let article = Article { title: "A bridge".into(), text: text.into(), ..Article::default() };
        let (reading, seen) = (engine.read(&article), Seen::default());
        let measured = measure(&reading, &seen, &reading.sums, &engine.text, engine.lexicon);
        let unit = (0..measured.units()).find(|unit| reading.raw(*unit).starts_with(BETWEEN)).unwrap();
        sides(&engine, &measured, unit)
    }

    #[test]
    fn units_that_go_stand_on_a_sentences_sides() {
        assert_eq!(sides_of(&format!("{PROSE}\n\n{CALL}\n\n{BETWEEN}\n\n{NOTICE}")), 2);
        assert_eq!(sides_of(&format!("{PROSE}\n\n{CALL} {BETWEEN} {NOTICE}")), 2);
        assert_eq!(sides_of(&format!("{PROSE}\n\n{CALL}\n\n{BETWEEN}\n\n{PROSE}")), 1);
        assert_eq!(sides_of(&format!("{PROSE}\n\n{PROSE}\n\n{BETWEEN}\n\n{NOTICE}")), 1);
        assert_eq!(sides_of(&format!("{PROSE}\n\n{BETWEEN}\n\n{PROSE}")), 0);
    }

    #[test]
    fn a_byline_is_no_residue_beside_a_sentence() {
        assert_eq!(sides_of(&format!("{PROSE}\n\n{PROSE}\n\n{BETWEEN}\n\nBy Jane Roe, Harbour Correspondent")), 0);
    }

    #[test]
    fn the_end_of_a_text_closes_but_not_that_of_a_single_line() {
        assert_eq!(sides_of(&format!("{PROSE}\n\n{CALL}\n\n{BETWEEN}")), 2);
        assert_eq!(sides_of(&format!("{PROSE} {CALL} {BETWEEN}")), 1);
        assert_eq!(sides_of(&format!("{PROSE}\n\n{BETWEEN}")), 0);
        assert_eq!(sides_of(&format!("{BETWEEN}\n\n{NOTICE}")), 1, "the start is the article's");
    }
}
