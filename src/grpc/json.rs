//! Answers as canonical proto3 JSON, the form that other protobuf tools read back.
//!
//! Written field by field, for the few messages that an answer is made of: the way through descriptors, which knows all
//! messages, cost a tenth of a whole run over a file. A test holds both ways together.

use crate::proto::v1;
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

/// An answer could not be written: a bug.
#[derive(Debug, thiserror::Error)]
#[error("the answer cannot be written as JSON: {0}")]
pub struct JsonError(#[from] serde_json::Error);

/// Appends one answer and a line break to `out`. Fields with default values are written as well, so that every line has
/// the same keys.
///
/// # Errors
/// Never, for answers that the engine gives.
pub fn push_line(answer: &v1::AnalyzeResponse, out: &mut Vec<u8>) -> Result<(), JsonError> {
    serde_json::to_writer(&mut *out, &Json(answer))?;
    out.push(b'\n');
    Ok(())
}

/// A message in its JSON form.
struct Json<'a, T>(&'a T);

/// Messages in their JSON form.
struct List<'a, T>(&'a [T]);

impl<T> Serialize for List<'_, T>
where
    for<'a> Json<'a, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Json))
    }
}

impl Serialize for Json<'_, v1::AnalyzeResponse> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let v1::AnalyzeResponse {
            document_id,
            cleaned_text,
            spam_score,
            verdict: _,
            spans,
            signals,
            clickbait_score,
            language,
            near_duplicate_of,
            ruleset_version,
        } = self.0;
        let mut out = serializer.serialize_struct("AnalyzeResponse", 10)?;
        out.serialize_field("documentId", document_id)?;
        out.serialize_field("cleanedText", cleaned_text)?;
        out.serialize_field("spamScore", spam_score)?;
        out.serialize_field("verdict", self.0.verdict().as_str_name())?;
        out.serialize_field("spans", &List(spans))?;
        out.serialize_field("signals", &List(signals))?;
        out.serialize_field("clickbaitScore", clickbait_score)?;
        out.serialize_field("language", language)?;
        out.serialize_field("nearDuplicateOf", near_duplicate_of)?;
        out.serialize_field("rulesetVersion", ruleset_version)?;
        out.end()
    }
}

impl Serialize for Json<'_, v1::Span> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let v1::Span { start, end, kind: _, confidence, removed, reasons, template_id, sightings } = self.0;
        let mut out = serializer.serialize_struct("Span", 8)?;
        out.serialize_field("start", start)?;
        out.serialize_field("end", end)?;
        out.serialize_field("kind", self.0.kind().as_str_name())?;
        out.serialize_field("confidence", confidence)?;
        out.serialize_field("removed", removed)?;
        out.serialize_field("reasons", &List(reasons))?;
        out.serialize_field("templateId", template_id)?;
        // Messages have no default value: what is not there has no key.
        if let Some(sightings) = sightings {
            out.serialize_field("sightings", &Json(sightings))?;
        }
        out.end()
    }
}

impl Serialize for Json<'_, v1::Reason> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let v1::Reason { code, detail, weight } = self.0;
        let mut out = serializer.serialize_struct("Reason", 3)?;
        out.serialize_field("code", code)?;
        out.serialize_field("detail", detail)?;
        out.serialize_field("weight", weight)?;
        out.end()
    }
}

impl Serialize for Json<'_, v1::Sightings> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let v1::Sightings { documents, sources, first_seen, last_seen } = self.0;
        let mut out = serializer.serialize_struct("Sightings", 4)?;
        out.serialize_field("documents", documents)?;
        out.serialize_field("sources", sources)?;
        for (key, time) in [("firstSeen", first_seen), ("lastSeen", last_seen)] {
            if let Some(time) = time {
                // RFC 3339 in UTC, as canonical JSON has it.
                out.serialize_field(key, &time.to_string())?;
            }
        }
        out.end()
    }
}

impl Serialize for Json<'_, v1::Signal> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let v1::Signal { name, value, contribution } = self.0;
        let mut out = serializer.serialize_struct("Signal", 3)?;
        out.serialize_field("name", name)?;
        out.serialize_field("value", value)?;
        out.serialize_field("contribution", contribution)?;
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::FILE_DESCRIPTOR_SET;
    use prost::Message as _;
    use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
    use prost_types::Timestamp;

    fn written(answer: &v1::AnalyzeResponse) -> String {
        let mut line = Vec::new();
        push_line(answer, &mut line).unwrap();
        String::from_utf8(line).unwrap()
    }

    /// The same by the contract's own descriptors.
    fn by_descriptor(answer: &v1::AnalyzeResponse) -> String {
        let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
        let descriptor = pool.get_message_by_name("promosieve.v1.AnalyzeResponse").unwrap();
        let message = DynamicMessage::decode(descriptor, answer.encode_to_vec().as_slice()).unwrap();
        let mut line = Vec::new();
        let options = SerializeOptions::new().skip_default_fields(false);
        message.serialize_with_options(&mut serde_json::Serializer::new(&mut line), &options).unwrap();
        String::from_utf8(line).unwrap() + "\n"
    }

    fn full() -> v1::AnalyzeResponse {
        let time = |seconds, nanos| Some(Timestamp { seconds, nanos });
        let span = |kind: v1::SpanKind, sightings| v1::Span {
            start: 3,
            end: u32::MAX,
            kind: kind.into(),
            confidence: 0.1 + 0.2,
            removed: true,
            reasons: vec![v1::Reason { code: "cue.x".into(), detail: "“a\"\n\u{1}b”".into(), weight: -1e-9 }],
            template_id: "00ab".into(),
            sightings,
        };
        let seen = |first_seen, last_seen| v1::Sightings { documents: 7, sources: 0, first_seen, last_seen };
        v1::AnalyzeResponse {
            document_id: "a/\\é".into(),
            cleaned_text: "Zeile\r\n\tzwei \u{2028} 🙂 \u{7f}".into(),
            spam_score: 1.0,
            verdict: v1::Verdict::Promotional.into(),
            spans: vec![
                span(v1::SpanKind::CallToAction, None),
                span(v1::SpanKind::Unspecified, Some(seen(None, None))),
                span(v1::SpanKind::Recurring, Some(seen(time(0, 0), time(1_700_000_000, 500_000_000)))),
            ],
            signals: vec![v1::Signal { name: "bias".into(), value: 1.0, contribution: -2.4 }],
            clickbait_score: 0.123_456_789_012_345_67,
            language: "de".into(),
            near_duplicate_of: "b".into(),
            ruleset_version: "0123".into(),
        }
    }

    #[test]
    fn it_is_what_the_descriptors_say() {
        for answer in [full(), v1::AnalyzeResponse::default()] {
            assert_eq!(written(&answer), by_descriptor(&answer));
        }
    }

    #[test]
    fn keys_are_stable() {
        let json: serde_json::Value = serde_json::from_str(&written(&v1::AnalyzeResponse::default())).unwrap();
        assert_eq!(json["documentId"], "");
        assert_eq!(json["verdict"], "VERDICT_UNSPECIFIED");
        assert_eq!(json["cleanedText"], "");
        assert_eq!(json["spans"], serde_json::json!([]));
    }
}
