//! What the rules' author knows, as annotated documents: each cue's example as a block among sentences of ordinary
//! reporting, the counter-examples. Annotations show most cues at a few publishers only, and many languages not at all;
//! without lessons the decision ignores what it has no example of ("Deja un comentario").

use super::decision::{Case, Origin, Situation};
use crate::engine::lexicon::{Cue, Group, Lexicon};
use crate::engine::observation::Seen;
use crate::engine::span::Kind;
use crate::evaluation::gold::{Gold, Mark};
use ahash::AHashMap;

/// Where an example stands: most residue is a line of its own near the end, the rest is glued to a paragraph.
#[derive(Clone, Copy)]
enum Place {
    LastLine,
    InnerLine,
    LastSentence,
}

/// Paragraphs of a lesson and sentences in each: a short news item.
const SHAPE: (usize, usize) = (4, 3);
/// Languages with fewer counter-examples borrow the English ones for their surroundings.
const ENOUGH: usize = SHAPE.0 * SHAPE.1;

/// Two documents for every cue. Only the example and its counter-example are labelled; the other sentences are
/// surroundings, which teach nothing. Lessons belong to no publisher; they are dealt over `folds` like documents, since
/// each needs a text model to be measured by.
#[must_use]
pub fn lessons(lexicon: &Lexicon, folds: usize) -> Vec<Case> {
    let pools = pools(lexicon);
    let mut cases = Vec::new();
    for (index, cue) in lexicon.cues().iter().enumerate() {
        let pool = pools.get(cue.lang.as_str()).filter(|pool| pool.len() >= ENOUGH).or_else(|| pools.get("en"));
        let Some(pool) = pool else { continue };
        let group = &lexicon.groups()[usize::from(cue.group)];
        let origin = if cue.alone && kind(group) != Kind::Byline { Origin::Lesson } else { Origin::KindLesson };
        let own_line = if index % 2 == 0 { Place::LastLine } else { Place::InnerLine };
        for (variant, place) in [own_line, Place::LastSentence].into_iter().enumerate() {
            let gold = compose(cue, group, pool, 2 * index + variant, place);
            let (fold, seen) = (index % folds.max(1), Seen::default());
            cases.push(Case { gold, fold, situation: Situation::Cold, flat: false, news: true, origin, seen });
        }
    }
    cases
}

fn kind(group: &Group) -> Kind {
    let best = group.kinds.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    best.map_or(Kind::Furniture, |(kind, _)| *kind)
}

/// Counter-examples by language.
fn pools(lexicon: &Lexicon) -> AHashMap<&str, Vec<&str>> {
    let mut pools: AHashMap<&str, Vec<&str>> = AHashMap::new();
    for cue in lexicon.cues() {
        if let Some(counter) = &cue.counter {
            pools.entry(&cue.lang).or_default().push(counter);
        }
    }
    pools
}

fn compose(cue: &Cue, group: &Group, pool: &[&str], number: usize, place: Place) -> Gold {
    // Neighbouring lessons begin at different sentences; 7 shares no factor with most pool sizes.
    let sentence = |i: usize| pool[(number * 7 + i) % pool.len()];
    let mut text = String::new();
    let mut spans = Vec::new();
    let mut put = |piece: &str, kind: Option<&str>, gap: &str| {
        if !text.is_empty() {
            text.push_str(gap);
        }
        let start = text.len();
        text.push_str(piece);
        spans.extend(kind.map(|kind| Mark { start, end: text.len(), kind: kind.to_owned() }));
    };
    let example_kind = kind(group).name();
    let inner = 1 + number % (SHAPE.0 - 1);
    for paragraph in 0..SHAPE.0 {
        if matches!(place, Place::InnerLine) && paragraph == inner {
            put(&cue.example, Some(example_kind), "\n\n");
        }
        for i in 0..SHAPE.1 {
            let gap = if i == 0 { "\n\n" } else { " " };
            let own_counter = cue.counter.as_deref().filter(|_| paragraph == 1 && i == 0);
            match own_counter {
                Some(counter) => put(counter, None, gap),
                None => put(sentence(paragraph * SHAPE.1 + i), Some("unsure"), gap),
            }
        }
    }
    match place {
        Place::LastLine => put(&cue.example, Some(example_kind), "\n\n"),
        Place::LastSentence => put(&cue.example, Some(example_kind), " "),
        Place::InnerLine => {}
    }
    Gold { id: format!("lesson-{number}"), lang: cue.lang.clone(), text, spans, ..Gold::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cue_has_two_lessons_with_its_example_marked() {
        let lexicon = Lexicon::shipped();
        let all = lessons(lexicon, 10);
        assert_eq!(all.len(), 2 * lexicon.cues().len());
        for (case, cue) in all.iter().zip(lexicon.cues().iter().flat_map(|cue| [cue, cue])) {
            let marked: Vec<&str> = case
                .gold
                .spans
                .iter()
                .filter(|span| span.kind != "unsure")
                .map(|span| &case.gold.text[span.start..span.end])
                .collect();
            assert_eq!(marked, [cue.example.as_str()]);
            if let Some(counter) = &cue.counter {
                assert!(case.gold.text.contains(counter.as_str()));
            }
        }
    }
}
