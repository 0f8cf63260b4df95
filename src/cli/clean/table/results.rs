//! Answers as columns, named and shaped as in JSONL.

use crate::proto::v1;
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, ListArray, StringArray, StructArray, TimestampMillisecondArray, UInt32Array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field};
use prost_types::Timestamp;
use std::sync::Arc;

/// A column under its name.
type Column = (&'static str, ArrayRef);

/// The columns of so many answers; where there is none, all are null.
pub(super) fn columns(answers: &[Option<v1::AnalyzeResponse>]) -> [Column; 9] {
    let known = || answers.iter().map(Option::as_ref);
    let nulls = || Some(answers.iter().map(Option::is_some).collect::<NullBuffer>());
    let spans: Vec<&v1::Span> = known().flatten().flat_map(|answer| &answer.spans).collect();
    let signals: Vec<&v1::Signal> = known().flatten().flat_map(|answer| &answer.signals).collect();
    let span_counts = known().map(|answer| answer.map_or(0, |answer| answer.spans.len()));
    let signal_counts = known().map(|answer| answer.map_or(0, |answer| answer.signals.len()));
    [
        ("cleanedText", strings(known().map(|answer| Some(answer?.cleaned_text.as_str())))),
        ("spamScore", numbers(known().map(|answer| Some(answer?.spam_score)))),
        ("verdict", strings(known().map(|answer| Some(answer?.verdict().as_str_name())))),
        ("spans", list(span_counts, of_spans(&spans), nulls())),
        ("signals", list(signal_counts, of_signals(&signals), nulls())),
        ("clickbaitScore", numbers(known().map(|answer| Some(answer?.clickbait_score)))),
        // Its name in JSONL, `language`, is what most tables call the column of what is known beforehand.
        ("detectedLanguage", strings(known().map(|answer| Some(answer?.language.as_str())))),
        ("nearDuplicateOf", strings(known().map(|answer| Some(answer?.near_duplicate_of.as_str())))),
        ("rulesetVersion", strings(known().map(|answer| Some(answer?.ruleset_version.as_str())))),
    ]
}

fn of_spans(spans: &[&v1::Span]) -> StructArray {
    let reasons: Vec<&v1::Reason> = spans.iter().flat_map(|span| &span.reasons).collect();
    let counts = spans.iter().map(|span| span.reasons.len());
    structs(vec![
        ("start", integers(spans.iter().map(|span| span.start))),
        ("end", integers(spans.iter().map(|span| span.end))),
        ("kind", strings(spans.iter().map(|span| Some(span.kind().as_str_name())))),
        ("confidence", numbers(spans.iter().map(|span| Some(span.confidence)))),
        ("removed", Arc::new(spans.iter().map(|span| Some(span.removed)).collect::<BooleanArray>())),
        ("reasons", list(counts, of_reasons(&reasons), None)),
        ("templateId", strings(spans.iter().map(|span| Some(span.template_id.as_str())))),
        ("sightings", of_sightings(spans)),
    ])
}

fn of_reasons(reasons: &[&v1::Reason]) -> StructArray {
    structs(vec![
        ("code", strings(reasons.iter().map(|reason| Some(reason.code.as_str())))),
        ("detail", strings(reasons.iter().map(|reason| Some(reason.detail.as_str())))),
        ("weight", numbers(reasons.iter().map(|reason| Some(reason.weight)))),
    ])
}

fn of_signals(signals: &[&v1::Signal]) -> StructArray {
    structs(vec![
        ("name", strings(signals.iter().map(|signal| Some(signal.name.as_str())))),
        ("value", numbers(signals.iter().map(|signal| Some(signal.value)))),
        ("contribution", numbers(signals.iter().map(|signal| Some(signal.contribution)))),
    ])
}

fn of_sightings(spans: &[&v1::Span]) -> ArrayRef {
    let all = || spans.iter().map(|span| span.sightings.unwrap_or_default());
    let columns = structs(vec![
        ("documents", integers(all().map(|seen| seen.documents))),
        ("sources", integers(all().map(|seen| seen.sources))),
        ("firstSeen", times(all().map(|seen| seen.first_seen))),
        ("lastSeen", times(all().map(|seen| seen.last_seen))),
    ]);
    let nulls = spans.iter().map(|span| span.sightings.is_some()).collect::<NullBuffer>();
    let (fields, arrays, _) = columns.into_parts();
    Arc::new(StructArray::new(fields, arrays, Some(nulls)))
}

fn strings<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn numbers(values: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(values.collect::<Float64Array>())
}

fn integers(values: impl Iterator<Item = u32>) -> ArrayRef {
    Arc::new(UInt32Array::from_iter_values(values))
}

/// In milliseconds, the coarsest that Parquet has.
fn times(values: impl Iterator<Item = Option<Timestamp>>) -> ArrayRef {
    let millis = values.map(|time| Some(time?.seconds * 1_000));
    Arc::new(millis.collect::<TimestampMillisecondArray>().with_timezone("UTC"))
}

fn structs(columns: Vec<Column>) -> StructArray {
    let field = |(name, column): Column| (Arc::new(Field::new(name, column.data_type().clone(), true)), column);
    StructArray::from(columns.into_iter().map(field).collect::<Vec<_>>())
}

/// Lists of so many of `items` each.
fn list(counts: impl Iterator<Item = usize>, items: StructArray, nulls: Option<NullBuffer>) -> ArrayRef {
    use arrow_array::Array as _;
    let kind: DataType = items.data_type().clone();
    let item = Arc::new(Field::new_list_field(kind, true));
    Arc::new(ListArray::new(item, OffsetBuffer::from_lengths(counts), Arc::new(items), nulls))
}
