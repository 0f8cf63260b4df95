//! What people know of a language, as annotated documents: each cue's example, and each invented sentence, as a block
//! among sentences of ordinary reporting; and invented articles as they are. Annotations show most cues at a few
//! publishers only, and many languages not at all; without lessons the decision ignores what it has no example of
//! ("Deja un comentario").

use super::decision::{Case, Corpus, Origin, Situation};
use super::disguise::disguise;
use super::sentences::{Sentences, fold_of};
use super::whole::Whole;
use crate::engine::lexicon::{Lexicon, Spelling};
use crate::engine::observation::Seen;
use crate::engine::span::Kind;
use crate::engine::text::token::tokenize;
use crate::evaluation::gold::{Gold, Mark};
use ahash::AHashMap;
use std::borrow::Cow;

/// A sentence to learn, and where it comes from.
struct Lesson<'a> {
    /// What it teaches.
    sentence: Cow<'a, str>,
    kind: Kind,
    /// A sentence of an article that is labelled as such beside it.
    counter: Option<&'a str>,
    lang: &'a str,
    origin: Origin,
}

/// Where a sentence stands: most residue is a line of its own near the end, the rest is glued to a paragraph.
#[derive(Clone, Copy)]
enum Place {
    LastLine,
    InnerLine,
    LastSentence,
}

/// Paragraphs of a lesson and sentences in each: a short news item.
const SHAPE: (usize, usize) = (4, 3);
/// Languages with fewer article sentences borrow the English ones for their surroundings.
const ENOUGH: usize = SHAPE.0 * SHAPE.1;

/// Two documents for every cue and every invented sentence. Only that sentence and its counter-example are labelled;
/// the others are surroundings, which teach nothing. Behind them the invented articles. Lessons belong to no publisher;
/// they are dealt over `folds` by their sentences, since each needs a text model to be measured by that has not learned
/// it.
#[must_use]
pub fn lessons(lexicon: &Lexicon, written: &[Sentences], folds: usize) -> Vec<Case> {
    let pools = pools(lexicon, written);
    let mut cases = Vec::new();
    for (index, lesson) in of_cues(lexicon).chain(of_sentences(written)).chain(of_disguises(lexicon)).enumerate() {
        let pool = pools.get(lesson.lang).filter(|pool| pool.len() >= ENOUGH).or_else(|| pools.get("en"));
        let Some(pool) = pool else { continue };
        let own_line = if index % 2 == 0 { Place::LastLine } else { Place::InnerLine };
        for (variant, place) in [own_line, Place::LastSentence].into_iter().enumerate() {
            let (fold, seen, origin) = (fold_of(&lesson.sentence, folds), Seen::default(), lesson.origin);
            let gold = lesson.compose(pool, 2 * index + variant, place);
            cases.push(Case {
                gold,
                fold,
                situation: Situation::Cold,
                flat: false,
                corpus: Corpus::default(),
                origin,
                seen,
            });
        }
    }
    cases.extend(
        written.iter().flat_map(|language| language.whole.iter().map(|whole| of_whole(whole, &language.lang, folds))),
    );
    cases
}

fn of_whole(whole: &Whole, lang: &str, folds: usize) -> Case {
    Case {
        gold: whole.gold(lang),
        fold: fold_of(&whole.text, folds),
        situation: Situation::Cold,
        flat: false,
        corpus: Corpus::default(),
        origin: Origin::Whole,
        seen: Seen::default(),
    }
}

/// A lesson from every cue: of those that suffice alone, that their examples go; of the others, their kinds.
fn of_cues(lexicon: &Lexicon) -> impl Iterator<Item = Lesson<'_>> {
    lexicon.cues().iter().map(|cue| {
        let kind = lexicon.groups()[usize::from(cue.group)].likeliest();
        let origin = if cue.alone && kind != Kind::Byline { Origin::Lesson } else { Origin::KindLesson };
        Lesson { sentence: Cow::Borrowed(&cue.example), kind, counter: cue.counter.as_deref(), lang: &cue.lang, origin }
    })
}

/// A lesson from every cue that suffices alone, its example bent so that a telling word is known by its disguise only.
fn of_disguises(lexicon: &Lexicon) -> impl Iterator<Item = Lesson<'_>> {
    let shows = |sentence: &str| {
        let hits = lexicon.scan(sentence, &tokenize(sentence), &[0]);
        hits.iter().any(|hit| hit.spelling == Spelling::Disguised)
    };
    of_cues(lexicon).enumerate().filter(|(_, lesson)| lesson.origin == Origin::Lesson).filter_map(move |(i, lesson)| {
        let bent = (0..3).map(|way| disguise(&lesson.sentence, i + way)).find(|bent| shows(bent))?;
        Some(Lesson { sentence: Cow::Owned(bent), ..lesson })
    })
}

/// A lesson from every invented sentence that is residue, with the article sentences in turn as counter-examples.
fn of_sentences(written: &[Sentences]) -> impl Iterator<Item = Lesson<'_>> {
    written.iter().flat_map(|language| {
        let residue = language.residue.iter().flat_map(|(kind, all)| all.iter().map(|sentence| (*kind, sentence)));
        residue.zip(language.article.iter().cycle()).map(|((kind, sentence), counter)| {
            let origin = if kind == Kind::Byline { Origin::KindLesson } else { Origin::Written };
            Lesson { sentence: Cow::Borrowed(sentence), kind, counter: Some(counter), lang: &language.lang, origin }
        })
    })
}

/// Article sentences by language.
fn pools<'a>(lexicon: &'a Lexicon, written: &'a [Sentences]) -> AHashMap<&'a str, Vec<&'a str>> {
    let mut pools: AHashMap<&str, Vec<&str>> = AHashMap::new();
    for cue in lexicon.cues() {
        if let Some(counter) = &cue.counter {
            pools.entry(&cue.lang).or_default().push(counter);
        }
    }
    for language in written {
        pools.entry(&language.lang).or_default().extend(language.article.iter().map(String::as_str));
    }
    pools
}

impl Lesson<'_> {
    fn compose(&self, pool: &[&str], number: usize, place: Place) -> Gold {
        // Neighbouring lessons begin at different sentences; 7 shares no factor with most pool sizes.
        let surrounding = |i: usize| pool[(number * 7 + i) % pool.len()];
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
        let kind = self.kind.name();
        let inner = 1 + number % (SHAPE.0 - 1);
        for paragraph in 0..SHAPE.0 {
            if matches!(place, Place::InnerLine) && paragraph == inner {
                put(&self.sentence, Some(kind), "\n\n");
            }
            for i in 0..SHAPE.1 {
                let gap = if i == 0 { "\n\n" } else { " " };
                let counter = self.counter.filter(|_| paragraph == 1 && i == 0);
                match counter {
                    Some(counter) => put(counter, None, gap),
                    None => put(surrounding(paragraph * SHAPE.1 + i), Some("unsure"), gap),
                }
            }
        }
        match place {
            Place::LastLine => put(&self.sentence, Some(kind), "\n\n"),
            Place::LastSentence => put(&self.sentence, Some(kind), " "),
            Place::InnerLine => {}
        }
        Gold { id: format!("lesson-{number}"), lang: self.lang.to_owned(), text, spans, ..Gold::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "lang = 'xx'\narticle = ['Rain fell.', 'Snow fell.']\n\
        [residue]\nrelated = ['See also: Hail']\nbyline = ['By Ann Lee']\n";

    fn marked(case: &Case) -> Vec<&str> {
        let spans = case.gold.spans.iter().filter(|span| span.kind != "unsure");
        spans.map(|span| &case.gold.text[span.start..span.end]).collect()
    }

    #[test]
    fn every_cue_has_two_lessons_with_its_example_marked() {
        let lexicon = Lexicon::shipped();
        let all = lessons(lexicon, &[], 10);
        assert_eq!(all.len(), 2 * (lexicon.cues().len() + of_disguises(lexicon).count()));
        for (case, cue) in all.iter().zip(lexicon.cues().iter().flat_map(|cue| [cue, cue])) {
            assert_eq!(marked(case), [cue.example.as_str()]);
            if let Some(counter) = &cue.counter {
                assert!(case.gold.text.contains(counter.as_str()));
            }
        }
    }

    #[test]
    fn written_sentences_are_marked_among_article_sentences() {
        let lexicon = Lexicon::shipped();
        let written = [Sentences::parse(WRITTEN).expect("well-formed")];
        let mut all = lessons(lexicon, &written, 10).split_off(2 * lexicon.cues().len());
        let disguised = all.split_off(4);
        assert!(disguised.iter().any(|case| marked(case)[0].contains("N3w5l3tt3r")), "sentences in disguise come last");
        let found: Vec<(Vec<&str>, Origin)> = all.iter().map(|case| (marked(case), case.origin)).collect();
        let (related, byline) = ((vec!["See also: Hail"], Origin::Written), (vec!["By Ann Lee"], Origin::KindLesson));
        assert_eq!(found, [related.clone(), related, byline.clone(), byline]);
        assert!(all[0].gold.text.contains("Rain fell.") && all[2].gold.text.contains("Snow fell."));
    }

    #[test]
    fn articles_come_last_and_as_they_are() {
        let text = "[[whole]]\ntitle = 'Rain'\ntext = 'Rain fell.\\n<related>Ice</related>'";
        let written = [Sentences::parse(&format!("{WRITTEN}{}", text.replace('\'', "\""))).expect("well-formed")];
        let all = lessons(Lexicon::shipped(), &written, 10);
        let last = all.last().expect("an article");
        assert_eq!((last.origin, last.gold.lang.as_str(), marked(last)), (Origin::Whole, "xx", vec!["Ice"]));
        assert_eq!(all.iter().filter(|case| case.origin == Origin::Whole).count(), 1);
    }
}
