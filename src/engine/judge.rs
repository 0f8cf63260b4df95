//! Judging: rulings on units become spans, spans become the cleaned text.

use super::clean::clean;
use super::explain::reasons;
use super::features::recurrence::BlockSightings;
use super::features::{Measured, measure};
use super::model::decision::{AT_ONCE, Ruling};
use super::observation::Seen;
use super::policy::Policy;
use super::reading::Reading;
use super::span::{Kind, Span, SpanSightings};
use super::text::segment::UnitKind;
use super::verdict::verdict;
use super::{Engine, restraint, score};
use std::ops::Range;

/// Probability from which a byline is reported. It is kept anyway, so that an even chance is enough.
const BYLINE_FROM: f32 = 0.5;
/// Nothing below this probability is reported under any kind.
const LEAST_REPORTED: f32 = 0.3;
/// Probability from which what the decision lets stay counts in the spam score, nearly an even chance. Caution sets the
/// cuts, and the score is to say what is likely. With .3, .2 and .1 news without residue came before news with some.
const LIKELY_FROM: f32 = 0.4;
/// Witnesses from which a block that fits no kind is reported as recurring, and the probability it needs besides.
const RECURRING_FROM: (u32, f32) = (3, 0.4);
/// Probability of the best kind below which a recurring block is not called by it.
const KIND_FROM: f32 = 0.3;

/// A unit that is reported.
pub(super) struct Finding {
    pub(super) unit: usize,
    pub(super) kind: Kind,
    pub(super) probability: f32,
    /// Whether the engine would remove it, whatever the caller keeps.
    pub(super) beyond_cut: bool,
    pub(super) removed: bool,
}

/// What was found in a text.
#[derive(Default)]
struct Findings {
    reported: Vec<Finding>,
    /// Words of residue to expect in units that stay and are likely to be some.
    likely: f64,
}

/// The spans of `reading`, sorted and disjoint, in the text as it is read, and what the spam score is made of.
pub(super) fn spans(
    engine: &Engine,
    reading: &Reading<'_>,
    seen: &Seen,
    policy: &Policy,
) -> (Vec<Span>, score::Shares) {
    let measured = measure(reading, seen, &reading.sums, &engine.text, engine.lexicon);
    let Findings { reported, likely } = findings(engine, &measured, policy);
    let spans = merge(engine, &measured, policy, &reported);
    let shares = shares(engine, reading, &spans, likely);
    (spans, shares)
}

/// `spans` in the text as it was sent, and that text without those that are removed.
pub(super) fn cleaned(reading: &Reading<'_>, mut spans: Vec<Span>) -> (Vec<Span>, String) {
    for span in &mut spans {
        Range { start: span.start, end: span.end } = reading.normalized.sent(&(span.start..span.end));
    }
    spans.retain(|span| span.start < span.end);
    let cuts: Vec<Range<usize>> = spans.iter().filter(|s| s.removed).map(|s| s.start..s.end).collect();
    let cleaned = clean(&reading.article.text, &cuts);
    (spans, cleaned)
}

fn findings(engine: &Engine, measured: &Measured<'_, '_>, policy: &Policy) -> Findings {
    let Measured { reading, seen, .. } = measured;
    let mut findings = Findings::default();
    let mut last_sentence = None;
    let mut rows: [Vec<f32>; AT_ONCE] = std::array::from_fn(|_| vec![0.0; engine.columns.len()]);
    let mut rulings = None;
    for unit in 0..measured.units() {
        let at = unit % AT_ONCE;
        if at == 0 {
            for (unit, row) in (unit..measured.units()).zip(&mut rows) {
                measured.row(unit, row);
            }
            rulings = Some(engine.decision.rule_all(&rows, seen.source_documents));
        }
        let Some(ruling) = rulings.map(|rulings| rulings[at]) else { continue };
        if ruling.probability < LEAST_REPORTED {
            continue;
        }
        let decided = ruling.beyond_cut;
        let ruling = verdict(engine, measured, unit, ruling);
        let kinds = engine.decision.kinds(&rows[at]);
        let (kind, share) = restraint::kind(&kinds, measured, unit);
        if !decided && ruling.probability >= LIKELY_FROM && kind != Kind::Byline {
            findings.likely += expected_words(measured, unit, ruling);
        }
        let Some(kind) = reported_as(ruling, kind, share, measured.sightings(unit)) else { continue };
        // A bracket goes with its sentence, which stands before it among the units.
        match reading.parts.units[unit].parent {
            Some(parent) if last_sentence == Some(parent) => continue,
            Some(_) => {}
            None => last_sentence = Some(unit),
        }
        let allowed = !policy.keep_kinds.contains(&kind) && f64::from(ruling.probability) >= policy.min_confidence;
        let Ruling { probability, beyond_cut } = ruling;
        findings.reported.push(Finding { unit, kind, probability, beyond_cut, removed: beyond_cut && allowed });
    }
    findings
}

/// Words of residue to expect in `unit`. Those of a bracket are its sentence's.
fn expected_words(measured: &Measured<'_, '_>, unit: usize, ruling: Ruling) -> f64 {
    let unit = &measured.reading.parts.units[unit];
    if unit.kind == UnitKind::Bracket { 0.0 } else { (unit.last - unit.first) as f64 * f64::from(ruling.probability) }
}

/// The kind under which a unit is reported, if it is.
fn reported_as(ruling: Ruling, kind: Kind, share: f32, seen: &BlockSightings) -> Option<Kind> {
    let recurs = seen.exact.witnesses.max(seen.template.witnesses) >= RECURRING_FROM.0;
    if ruling.beyond_cut {
        return Some(if recurs && share < KIND_FROM { Kind::Recurring } else { kind });
    }
    if kind == Kind::Byline && ruling.probability >= BYLINE_FROM {
        return Some(kind);
    }
    (recurs && ruling.probability >= RECURRING_FROM.1).then_some(Kind::Recurring)
}

/// Joins neighbouring findings of one kind and fate where only white space parts them. What the engine would remove and
/// what it would not stay apart even where the caller keeps both: keeping a kind moves no border of a span.
fn merge(engine: &Engine, measured: &Measured<'_, '_>, policy: &Policy, findings: &[Finding]) -> Vec<Span> {
    let reading = measured.reading;
    let mut spans: Vec<Span> = Vec::new();
    let (mut words, mut beyond_cut) = (0_usize, false);
    for finding in findings {
        let unit = &reading.parts.units[finding.unit];
        let n = (unit.last - unit.first).max(1);
        let confidence = f64::from(finding.probability);
        if let Some(last) = spans.last_mut() {
            let parted = reading.text().get(last.end..unit.start).is_none_or(|gap| !gap.trim().is_empty());
            let alike =
                last.kind == finding.kind && last.removed == finding.removed && beyond_cut == finding.beyond_cut;
            if alike && !parted && unit.kind != UnitKind::Bracket {
                last.confidence = (last.confidence * words as f64 + confidence * n as f64) / (words + n) as f64;
                words += n;
                last.end = unit.end;
                absorb(last, span_sightings(measured.sightings(finding.unit)), reading, finding.unit);
                continue;
            }
        }
        (words, beyond_cut) = (n, finding.beyond_cut);
        let mut span = Span {
            start: unit.start,
            end: unit.end,
            kind: finding.kind,
            confidence,
            removed: finding.removed,
            reasons: if policy.explain { reasons(engine, measured, finding.unit) } else { Vec::new() },
            template: None,
            sightings: None,
        };
        absorb(&mut span, span_sightings(measured.sightings(finding.unit)), reading, finding.unit);
        spans.push(span);
    }
    spans
}

/// Sightings of a unit by others than this document, if there were any: its own, or those of its template.
fn span_sightings(seen: &BlockSightings) -> Option<(SpanSightings, bool)> {
    let by_template = seen.template.witnesses > seen.exact.witnesses;
    let local = if by_template { seen.template } else { seen.exact };
    let sources = seen.sources.max(1);
    (local.witnesses >= 2 || sources >= 2).then_some((SpanSightings { local, sources }, by_template))
}

/// Gives `span` the sightings of unit `unit` if they are stronger than those it has.
fn absorb(span: &mut Span, found: Option<(SpanSightings, bool)>, reading: &Reading<'_>, unit: usize) {
    let Some((sightings, by_template)) = found else { return };
    if span.sightings.is_some_and(|known| known.local.witnesses >= sightings.local.witnesses) {
        return;
    }
    let block = &reading.blocks[unit];
    let index = if by_template { block.template } else { block.exact };
    span.template = index.and_then(|i| reading.observation.local.get(i as usize)).copied();
    span.sightings = Some(sightings);
}

/// Kinds of which a cue inside a removed span presses the reader.
const PUSHY: [Kind; 3] = [Kind::Promotion, Kind::CallToAction, Kind::Subscription];

/// What the spam score is made of: words in spans that are no article, per kind, words in all, and pushy cues. Spans
/// that only caution kept count as well; bylines and recurring blocks count only if they went.
fn shares(engine: &Engine, reading: &Reading<'_>, spans: &[Span], likely: f64) -> score::Shares {
    let words = &reading.tokens.words;
    let mut shares = score::Shares { words: words.len(), likely, ..score::Shares::default() };
    for span in spans.iter().filter(|s| s.removed || !matches!(s.kind, Kind::Byline | Kind::Recurring)) {
        let first = words.partition_point(|w| (w.start as usize) < span.start);
        let last = words.partition_point(|w| (w.start as usize) < span.end);
        shares.add(span.kind, last - first);
        let from = reading.hits.partition_point(|hit| (hit.first as usize) < first);
        let to = reading.hits.partition_point(|hit| (hit.first as usize) < last);
        shares.pushy_cues += reading.hits[from..to]
            .iter()
            .filter(|hit| engine.lexicon.group(hit).kinds.iter().any(|k| PUSHY.contains(&k.0)))
            .count();
    }
    shares
}
