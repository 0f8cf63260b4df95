//! The verdict on a unit: the decision's ruling, unless a guard speaks for the article.

use super::Engine;
use super::features::Measured;
use super::model::decision::Ruling;
use super::restraint::{Guard, gives_way, guard, held_back};
use super::text::segment::UnitKind;

/// `ruling`, the decision's on `unit`, held back where a guard speaks for the article.
pub(super) fn verdict(engine: &Engine, measured: &Measured<'_, '_>, unit: usize, ruling: Ruling) -> Ruling {
    if guarded(engine, measured, unit, ruling).is_some() { held_back(ruling) } else { ruling }
}

/// The guard that keeps `unit` although `ruling` would let it go. That of sentences without a sign of their own gives way
/// between two units that go by themselves; two such sentences in a row do not bear each other out.
pub(super) fn guarded(engine: &Engine, measured: &Measured<'_, '_>, unit: usize, ruling: Ruling) -> Option<Guard> {
    let guard = guard(ruling, measured, unit)?;
    (!gives_way(guard, ruling) || !is_enclosed(engine, measured, unit)).then_some(guard)
}

/// Whether the units right before and right behind `unit` go by themselves. The end of the text stands for one behind it,
/// but not where the whole text is one line: sentences that were run together have no borders to rely on.
fn is_enclosed(engine: &Engine, measured: &Measured<'_, '_>, unit: usize) -> bool {
    let units = &measured.reading.parts.units;
    let sentence = |other: &usize| units[*other].kind != UnitKind::Bracket;
    let goes = |other: usize| goes_by_itself(engine, measured, other);
    let end = units[unit].line > 0;
    (0..unit).rev().find(sentence).is_some_and(goes) && (unit + 1..units.len()).find(sentence).map_or(end, goes)
}

fn goes_by_itself(engine: &Engine, measured: &Measured<'_, '_>, unit: usize) -> bool {
    let mut row = Vec::new();
    measured.row(unit, &mut row);
    let ruling = engine.decision.rule(&row, measured.seen.source_documents);
    ruling.beyond_cut && guard(ruling, measured, unit).is_none()
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

    /// Whether the unit of `text` that starts with [`BETWEEN`] is enclosed.
    fn enclosed(text: &str) -> bool {
        let engine = Engine::shipped();
        let article = Article { title: "A bridge".into(), text: text.into(), ..Article::default() };
        let (reading, seen) = (engine.read(&article), Seen::default());
        let measured = measure(&reading, &seen, &reading.sums, &engine.text, engine.lexicon);
        let unit = (0..measured.units()).find(|unit| reading.raw(*unit).starts_with(BETWEEN)).unwrap();
        is_enclosed(&engine, &measured, unit)
    }

    #[test]
    fn a_sentence_between_two_that_go_is_enclosed() {
        assert!(enclosed(&format!("{PROSE}\n\n{CALL}\n\n{BETWEEN}\n\n{NOTICE}")));
        assert!(enclosed(&format!("{PROSE}\n\n{CALL} {BETWEEN} {NOTICE}")));
        assert!(!enclosed(&format!("{PROSE}\n\n{CALL}\n\n{BETWEEN}\n\n{PROSE}")));
        assert!(!enclosed(&format!("{PROSE}\n\n{PROSE}\n\n{BETWEEN}\n\n{NOTICE}")));
    }

    #[test]
    fn the_end_of_a_text_closes_but_not_that_of_a_single_line() {
        assert!(enclosed(&format!("{PROSE}\n\n{CALL}\n\n{BETWEEN}")));
        assert!(!enclosed(&format!("{PROSE}\n\n{BETWEEN}")));
        assert!(!enclosed(&format!("{BETWEEN}\n\n{NOTICE}")), "the start is the article's");
        assert!(!enclosed(&format!("{PROSE} {CALL} {BETWEEN}")));
    }
}
