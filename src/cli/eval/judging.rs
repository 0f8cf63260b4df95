//! Judging annotated documents through the engine, as a caller would have them judged.

use crate::{
    cli::{error::CliError, parallel},
    engine::{Engine, article::Article, observation::Seen, policy::Policy},
    evaluation::{
        figures::{Answer, Figures},
        gold::Gold,
        pages::{Page, PageFigures},
    },
    store::{Store, StoreError},
    training::label::article,
};

/// Who knows what about a cleaned text that is analysed again.
#[derive(Clone, Copy)]
pub(in crate::cli) enum Again<'a> {
    /// It is not tried: the store has gone on since.
    No,
    /// Nothing is known.
    Cold,
    /// This store, which learns nothing.
    By(&'a dyn Store),
}

/// A document to judge.
#[derive(Clone, Copy)]
pub(in crate::cli) struct Task<'a> {
    /// The set of figures that it belongs to.
    pub(in crate::cli) set: usize,
    /// The document.
    pub(in crate::cli) gold: &'a Gold,
    /// What is known of it.
    pub(in crate::cli) seen: &'a Seen,
    /// Who judges.
    pub(in crate::cli) engine: &'a Engine,
    /// Who knows of the cleaned text.
    pub(in crate::cli) again: Again<'a>,
}

/// Judges all tasks on all cores; the figures of each of `sets` sets.
pub(in crate::cli) fn judge(tasks: &[Task<'_>], sets: usize) -> Result<Vec<Figures>, CliError> {
    let mut figures = vec![Figures::default(); sets];
    for (task, answer) in tasks.iter().zip(parallel::map(tasks, answer)) {
        figures[task.set].add(task.gold, &answer?);
    }
    Ok(figures)
}

fn answer(task: &Task<'_>) -> Result<Answer, StoreError> {
    let policy = Policy::default();
    let own = article(task.gold);
    let analysis = task.engine.judge(&task.engine.read(&own), task.seen, &policy);
    let cleaned = Article { text: analysis.cleaned_text.clone(), ..own };
    let reading = task.engine.read(&cleaned);
    let seen = match task.again {
        Again::No => return Ok(Answer::of(&analysis)),
        Again::Cold => Seen::default(),
        Again::By(store) => store.observe(reading.observation(), 0, false)?,
    };
    let again = task.engine.judge(&reading, &seen, &policy);
    let removes_again = Some(again.spans.iter().any(|span| span.removed));
    Ok(Answer { removes_again, ..Answer::of(&analysis) })
}

/// Cleans pages, of which nothing is known, each by the engine that `of` names.
pub(in crate::cli) fn clean_pages<'a>(pages: &[Page], of: impl Fn(&Page) -> &'a Engine + Sync) -> PageFigures {
    let cleaned = parallel::map(pages, |page| {
        let engine = of(page);
        let (id, source, text) = (page.id.clone(), page.source.clone(), page.text.clone());
        let article = Article { id, source, text, ..Article::default() };
        engine.judge(&engine.read(&article), &Seen::default(), &Policy::default()).cleaned_text
    });
    let mut figures = PageFigures::default();
    pages.iter().zip(cleaned).for_each(|(page, cleaned)| figures.add(page, &cleaned));
    figures
}
