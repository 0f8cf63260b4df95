//! Reasons: the decision's contributions, gathered into pieces that a person can follow.

use super::Engine;
use super::features::recurrence::BlockSightings;
use super::features::{Measured, measure};
use super::lexicon::Spelling;
use super::observation::Seen;
use super::reading::Reading;
use super::restraint::Guard;
use super::span::Reason;
use super::verdict::guarded;
use std::collections::BTreeMap;

/// Contributions (log-odds) below this are left out: they change no decision.
const LEAST: f64 = 0.1;
/// Reasons per span: the strongest say it all.
const MOST: usize = 8;

/// How a unit was ruled on, removed or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruled {
    /// First byte of the unit in the text.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// Probability that it is no part of the article, 0..1, before any guard.
    pub probability: f64,
    /// What kept it all the same, in words.
    pub guard: Option<&'static str>,
    /// The strongest reasons for and against that, strongest first.
    pub reasons: Vec<Reason>,
}

/// The ruling on the innermost unit around the byte `at`; `None` between units.
pub(super) fn ruling_at(engine: &Engine, reading: &Reading<'_>, seen: &Seen, at: usize) -> Option<Ruled> {
    let at = reading.normalized.read(at);
    let unit = reading.parts.units.iter().rposition(|unit| unit.start <= at && at < unit.end)?;
    Some(ruled(engine, &measure(reading, seen, &reading.sums, &engine.text, engine.lexicon), unit))
}

/// The rulings on all units in their order, brackets after the sentence that they stand in.
pub(super) fn rulings(engine: &Engine, reading: &Reading<'_>, seen: &Seen) -> Vec<Ruled> {
    let measured = measure(reading, seen, &reading.sums, &engine.text, engine.lexicon);
    (0..measured.units()).map(|unit| ruled(engine, &measured, unit)).collect()
}

fn ruled(engine: &Engine, measured: &Measured<'_, '_>, unit: usize) -> Ruled {
    let mut row = Vec::new();
    measured.row(unit, &mut row);
    let ruling = engine.decision.rule(&row, measured.seen.source_documents);
    let place = measured.reading.sent(unit);
    Ruled {
        start: place.start,
        end: place.end,
        probability: f64::from(ruling.probability),
        guard: guarded(engine, measured, unit, ruling).map(Guard::reason),
        reasons: reasons_of(engine, measured, unit, &row),
    }
}

/// The reasons for the ruling on `unit`, strongest first.
pub(super) fn reasons(engine: &Engine, measured: &Measured<'_, '_>, unit: usize) -> Vec<Reason> {
    let mut row = Vec::new();
    measured.row(unit, &mut row);
    reasons_of(engine, measured, unit, &row)
}

fn reasons_of(engine: &Engine, measured: &Measured<'_, '_>, unit: usize, row: &[f32]) -> Vec<Reason> {
    let mut codes: BTreeMap<String, f64> = BTreeMap::new();
    let contributions = engine.decision.contributions(row, measured.seen.source_documents);
    for (column, value) in engine.columns.iter().zip(contributions) {
        *codes.entry(code(column)).or_default() += f64::from(value);
    }
    let mut reasons: Vec<Reason> = codes
        .into_iter()
        .filter(|(_, weight)| weight.abs() >= LEAST)
        .map(|(code, weight)| Reason { detail: detail(measured, unit, &code), code, weight })
        .collect();
    reasons.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then_with(|| a.code.cmp(&b.code)));
    reasons.truncate(MOST);
    reasons
}

/// The piece that a column belongs to: cues by group, everything else by family.
fn code(column: &str) -> String {
    if column.starts_with("cue.") {
        return column.to_string();
    }
    let (family, rest) = column.split_once('.').unwrap_or((column, ""));
    let crossed = if family == "cross" { rest.split('_').next().unwrap_or("") } else { family };
    match (family, crossed) {
        ("history", _) | (_, "seen" | "template" | "title") => "recurrence",
        ("line", _) if rest.starts_with("seen") || rest.starts_with("template") => "recurrence",
        ("line", _) if rest.starts_with("sources") || rest == "title" => "recurrence",
        (_, "cues") => "cues",
        (_, "own") => "own_name",
        (_, "text" | "headline") | ("cross", "line") => "text_model",
        (_, "near" | "listed") => "neighbours",
        (_, "cohesion" | "open") => "cohesion",
        (_, "date" | "code") => "page",
        (_, "place" | "line" | "unit") => "place",
        _ => "typography",
    }
    .to_string()
}

fn detail(measured: &Measured<'_, '_>, unit: usize, code: &str) -> String {
    if let Some(group) = code.strip_prefix("cue.") {
        return cue_detail(measured, unit, group);
    }
    let found = measured.sightings(unit);
    match code {
        "recurrence" => {
            let n = found.exact.witnesses.max(found.template.witnesses).max(1);
            let documents = measured.seen.source_documents.max(1);
            let pointer = match found {
                BlockSightings { titles: 1.., .. } => "; another article's title",
                BlockSightings { style, .. } if *style > 0.0 => "; set as this source sets other articles' titles",
                _ => "",
            };
            let sources = found.sources.max(1);
            format!("seen in {n} of {documents} documents of the source and in {sources} sources{pointer}")
        }
        family => family_detail(family).to_owned(),
    }
}

/// What a family of columns tells, where that is the same for every unit.
fn family_detail(code: &str) -> &'static str {
    match code {
        "cues" => "all cues together",
        "own_name" => "names its own publisher",
        "text_model" => "reads like residue, a headline or prose",
        "cohesion" => "whether the text around it speaks of the same",
        "neighbours" => "what stands around it",
        "page" => "a date or code, left by the page or not",
        "place" => "where it stands",
        "typography" => "how it is set",
        _ => "",
    }
}

/// The words of the first cue of `group` in the unit.
fn cue_detail(measured: &Measured<'_, '_>, unit: usize, group: &str) -> String {
    let Measured { reading, lexicon, .. } = measured;
    let block = &reading.blocks[unit];
    let hit = reading.hits_in(block).find(|hit| lexicon.group(hit).id == group);
    let Some(hit) = hit else { return format!("no cue of group {group}") };
    let (first, last) = (&reading.tokens.words[hit.first as usize], &reading.tokens.words[hit.end as usize - 1]);
    let words = &reading.text()[first.start as usize..last.end as usize];
    let spelling = match hit.spelling {
        Spelling::Right => "",
        Spelling::Slip => " (misspelled)",
        Spelling::Disguised => " (in disguise)",
    };
    format!("“{words}”{spelling}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::features;
    use crate::engine::lexicon::Lexicon;

    #[test]
    fn every_column_has_a_reason_in_words() {
        for column in features::names(Lexicon::shipped()) {
            let code = code(&column);
            let told = code.starts_with("cue.") || code == "recurrence" || !family_detail(&code).is_empty();
            assert!(told, "{column}: {code}");
        }
    }
}
