//! What stands under the article: spans with their evidence, and the scores.

use super::paint::{harmless, style};
use crate::{
    engine::{
        explain::Ruled,
        observation::Sightings,
        span::{Analysis, Reason, Span, SpanSightings, Verdict},
    },
    grpc::response::template_id,
};
use prost_types::Timestamp;
use std::fmt::Write as _;

/// Appends the report to `page`.
pub(super) fn report(analysis: &Analysis, colours: bool, page: &mut String) {
    for (number, span) in analysis.spans.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = describe(number + 1, span, colours, page);
    }
    if analysis.spans.is_empty() {
        page.push_str("nothing found\n");
    }
    let _ = scores(analysis, page);
}

fn describe(number: usize, span: &Span, colours: bool, page: &mut String) -> std::fmt::Result {
    let Span { start, end, kind, confidence, removed, reasons, template, sightings } = span;
    let fate = if *removed { "removed" } else { "kept" };
    let name = if colours { format!("{0}{1}{0:#}", style(*kind), kind.name()) } else { kind.name().into() };
    writeln!(page, "{number}. {name}, confidence {confidence:.3}, {fate}, bytes {start}..{end}")?;
    if let Some(sightings) = sightings {
        writeln!(page, "     seen: {}", seen(sightings))?;
    }
    if let Some(template) = template {
        writeln!(page, "     template: {}", template_id(*template))?;
    }
    list(reasons, page)
}

fn list(reasons: &[Reason], page: &mut String) -> std::fmt::Result {
    for reason in reasons {
        writeln!(page, "     {:+7.3}  {}  {}", reason.weight, reason.code, harmless(&reason.detail))?;
    }
    Ok(())
}

/// Characters of a sentence that are shown: enough to find it.
const SHOWN: usize = 100;

/// Appends what stayed and how near it was to going.
pub(super) fn stayed(text: &str, rulings: &[Ruled], page: &mut String) {
    if !rulings.is_empty() {
        page.push_str("\nstayed, nearest to going first\n");
    }
    for Ruled { start, end, probability, guard, reasons } in rulings {
        let words: String = text.get(*start..*end).unwrap_or_default().chars().take(SHOWN).collect();
        let guard = guard.map(|guard| format!(", kept as {guard}")).unwrap_or_default();
        let _ = writeln!(page, "- probability {probability:.3}{guard}, bytes {start}..{end}: {}", harmless(&words));
        let _ = list(reasons, page);
    }
}

fn seen(sightings: &SpanSightings) -> String {
    let SpanSightings { local: Sightings { witnesses, first_seen, last_seen, .. }, sources } = sightings;
    let never = (*first_seen, *last_seen) == (0, 0);
    let when = if never { String::new() } else { format!(", {} to {}", date(*first_seen), date(*last_seen)) };
    format!("{witnesses} documents of the source, {sources} sources{when}")
}

fn date(seconds: i64) -> String {
    let timestamp = Timestamp { seconds, nanos: 0 }.to_string();
    timestamp.split('T').next().unwrap_or_default().to_owned()
}

fn scores(analysis: &Analysis, page: &mut String) -> std::fmt::Result {
    let Analysis { spam_score, verdict, signals, clickbait_score, language, near_duplicate_of, .. } = analysis;
    let verdict = match verdict {
        Verdict::Clean => "clean",
        Verdict::Promotional => "promotional",
        Verdict::Spam => "spam",
    };
    writeln!(page, "\nverdict: {verdict}, spam score {spam_score:.3}")?;
    for signal in signals {
        writeln!(page, "     {:+7.3}  {} = {:.3}", signal.contribution, signal.name, signal.value)?;
    }
    writeln!(page, "clickbait score: {clickbait_score:.3}")?;
    writeln!(page, "language: {}", harmless(language))?;
    if let Some(id) = near_duplicate_of {
        writeln!(page, "near-duplicate of: {}", harmless(id))?;
    }
    Ok(())
}
