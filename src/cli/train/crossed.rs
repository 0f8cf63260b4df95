//! Cross-validation: every document judged, through the real engine, by models that its publisher did not teach.

use super::material::Collected;
use crate::{
    cli::{
        error::CliError,
        eval::{
            judging::{Again, Task, clean_pages, judge},
            page,
        },
    },
    engine::Engine,
    evaluation::{figures::Figures, pages::Page, table::Table},
    learning::model::ModelFile,
    training::{
        decision::{Case, Corpus, Origin, Situation},
        run::Outcome,
    },
};
use ahash::AHashMap;
use std::collections::BTreeSet;

/// A row of the tables: pages after news, flattened after whole ones.
type Set = (Corpus, bool, Situation);

/// The tables of the cross-validation; the first one holds the totals.
pub(super) fn tables(outcome: &Outcome, collected: &Collected) -> Result<Vec<Table>, CliError> {
    let engines = outcome.by_fold.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    let sets: Vec<Set> = annotated(outcome).map(set).collect::<BTreeSet<_>>().into_iter().collect();
    let figures = judge_cases(outcome, collected, &engines, &sets)?;
    let names: Vec<String> = sets.iter().map(|set| name(*set)).collect();
    // What a running server would do with news.
    let shown = sets.iter().position(|set| *set == (Corpus::default(), false, Situation::Online)).unwrap_or(0);
    let mut tables = page::tables(&names, &figures, shown);
    if !collected.pages.is_empty() {
        let folds: AHashMap<&str, usize> =
            collected.pages.iter().map(|(publisher, page)| (page.id.as_str(), outcome.folds.fold(publisher))).collect();
        let pages: Vec<Page> = collected.pages.iter().map(|(_, page)| page.clone()).collect();
        let figures = clean_pages(&pages, |page| &engines[folds.get(page.id.as_str()).copied().unwrap_or(0)]);
        tables.push(page::of_pages(&figures));
    }
    Ok(tables)
}

/// An engine with a model that was just made.
pub(super) fn load(model: &ModelFile) -> Result<Engine, CliError> {
    Engine::with_model(model).map_err(|e| CliError::Bug(format!("the trained model cannot be loaded: {e}")))
}

/// The cases that annotators made.
fn annotated(outcome: &Outcome) -> impl Iterator<Item = &Case> {
    outcome.cases.iter().filter(|case| case.origin == Origin::Annotated)
}

fn judge_cases(
    outcome: &Outcome,
    collected: &Collected,
    engines: &[Engine],
    sets: &[Set],
) -> Result<Vec<Figures>, CliError> {
    let gold = &collected.material.gold;
    let places: AHashMap<(&str, &str), usize> =
        gold.iter().enumerate().map(|(at, g)| ((g.site.as_str(), g.id.as_str()), at)).collect();
    let task = |case| {
        let set = sets.binary_search(&set(case)).unwrap_or(0);
        let place = places.get(&(case.gold.site.as_str(), case.gold.id.as_str()));
        let known = if case.flat { &collected.flat_known } else { &collected.known };
        let again = match (case.situation, place.and_then(|at| known.store_of(*at))) {
            (Situation::Cold, _) => Again::Cold,
            (Situation::Learned, Some(store)) => Again::By(store),
            _ => Again::No,
        };
        Task { set, gold: &case.gold, seen: &case.seen, engine: &engines[case.fold], again }
    };
    let tasks: Vec<Task<'_>> = annotated(outcome).map(task).collect();
    judge(&tasks, sets.len())
}

fn set(case: &Case) -> Set {
    (case.corpus, case.flat, case.situation)
}

fn name((corpus, flat, situation): Set) -> String {
    let more = if corpus.further { "more " } else { "" };
    let what = if corpus.pages { "pages" } else { "news" };
    let when = match situation {
        Situation::Cold => "cold",
        Situation::Online => "online",
        Situation::Learned => "learned",
    };
    format!("{more}{what}, {when}{}", if flat { ", flattened" } else { "" })
}
