//! The domain's analysis → the wire's response.

use crate::{
    engine::span::{Analysis, Kind, Reason, Signal, Span, SpanSightings, Verdict},
    proto::v1,
};
use prost_types::Timestamp;

/// The answer for the document `id`.
#[must_use]
pub fn response(id: String, analysis: Analysis, ruleset_version: &str) -> v1::AnalyzeResponse {
    let Analysis { cleaned_text, spans, spam_score, verdict, signals, clickbait_score, language, near_duplicate_of } =
        analysis;
    v1::AnalyzeResponse {
        document_id: id,
        cleaned_text,
        spam_score,
        verdict: wire_verdict(verdict).into(),
        spans: spans.into_iter().map(span).collect(),
        signals: signals.iter().map(signal).collect(),
        clickbait_score,
        language,
        near_duplicate_of: near_duplicate_of.unwrap_or_default(),
        ruleset_version: ruleset_version.into(),
    }
}

/// The wire's name for a kind.
#[must_use]
pub fn wire_kind(kind: Kind) -> v1::SpanKind {
    match kind {
        Kind::Promotion => v1::SpanKind::Promotion,
        Kind::CallToAction => v1::SpanKind::CallToAction,
        Kind::Subscription => v1::SpanKind::Subscription,
        Kind::Related => v1::SpanKind::Related,
        Kind::Disclaimer => v1::SpanKind::Disclaimer,
        Kind::Furniture => v1::SpanKind::Furniture,
        Kind::Byline => v1::SpanKind::Byline,
        Kind::Recurring => v1::SpanKind::Recurring,
    }
}

fn wire_verdict(verdict: Verdict) -> v1::Verdict {
    match verdict {
        Verdict::Clean => v1::Verdict::Clean,
        Verdict::Promotional => v1::Verdict::Promotional,
        Verdict::Spam => v1::Verdict::Spam,
    }
}

fn span(span: Span) -> v1::Span {
    let Span { start, end, kind, confidence, removed, reasons, template, sightings } = span;
    v1::Span {
        start: offset(start),
        end: offset(end),
        kind: wire_kind(kind).into(),
        confidence,
        removed,
        reasons: reasons.into_iter().map(reason).collect(),
        template_id: template.map(template_id).unwrap_or_default(),
        sightings: sightings.map(wire_sightings),
    }
}

/// The wire's form of a template's fingerprint.
#[must_use]
pub fn template_id(fingerprint: u64) -> String {
    format!("{fingerprint:016x}")
}

/// Texts are at most 1 GiB by configuration, so offsets fit.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn reason(reason: Reason) -> v1::Reason {
    let Reason { code, detail, weight } = reason;
    v1::Reason { code, detail, weight }
}

fn signal(signal: &Signal) -> v1::Signal {
    let Signal { name, value, contribution } = *signal;
    v1::Signal { name: name.into(), value, contribution }
}

fn wire_sightings(sightings: SpanSightings) -> v1::Sightings {
    let SpanSightings { local, sources } = sightings;
    // The store has no other way to say "never" than two zeros.
    let never = local.first_seen == 0 && local.last_seen == 0;
    let timestamp = |seconds| (!never).then_some(Timestamp { seconds, nanos: 0 });
    v1::Sightings {
        documents: local.witnesses,
        sources,
        first_seen: timestamp(local.first_seen),
        last_seen: timestamp(local.last_seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::observation::Sightings;

    #[test]
    fn a_span_keeps_all_it_has() {
        let seen = Sightings { witnesses: 7, first_seen: 5, last_seen: 9, ..Sightings::default() };
        let domain = Span {
            start: 1,
            end: 4,
            kind: Kind::Furniture,
            confidence: 0.75,
            removed: true,
            reasons: vec![Reason { code: "cue.x".into(), detail: "x".into(), weight: 1.5 }],
            template: Some(0xab),
            sightings: Some(SpanSightings { local: seen, sources: 3 }),
        };
        let wire = span(domain);
        assert_eq!((wire.start, wire.end, wire.removed), (1, 4, true));
        assert_eq!(wire.kind(), v1::SpanKind::Furniture);
        assert_eq!(wire.template_id, "00000000000000ab");
        assert_eq!(wire.reasons[0].code, "cue.x");
        let sightings = wire.sightings.unwrap();
        assert_eq!((sightings.documents, sightings.sources), (7, 3));
        assert_eq!((sightings.first_seen.unwrap().seconds, sightings.last_seen.unwrap().seconds), (5, 9));
    }

    #[test]
    fn a_block_that_only_this_document_carries_has_no_dates() {
        let local = Sightings { witnesses: 1, ..Sightings::default() };
        let wire = wire_sightings(SpanSightings { local, sources: 1 });
        assert_eq!((wire.first_seen, wire.last_seen), (None, None));
    }
}
