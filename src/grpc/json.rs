//! Answers as canonical proto3 JSON, the form that other protobuf tools read back.

use crate::proto::{FILE_DESCRIPTOR_SET, v1};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};
use std::io::Write;

/// Writes answers as JSON, one a line.
#[derive(Debug)]
pub struct JsonWriter {
    descriptor: MessageDescriptor,
    options: SerializeOptions,
}

/// Why an answer could not be written.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// The sink failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The answer does not match its own descriptor: a bug.
    #[error("the contract's descriptor does not fit: {0}")]
    Descriptor(String),
}

impl JsonWriter {
    /// A writer of `AnalyzeResponse`. Fields with default values are written as well, so that every line has the same
    /// keys.
    ///
    /// # Errors
    /// If the descriptor that was compiled in is damaged.
    pub fn new() -> Result<Self, JsonError> {
        let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).map_err(|e| JsonError::Descriptor(e.to_string()))?;
        let descriptor = pool
            .get_message_by_name("promosieve.v1.AnalyzeResponse")
            .ok_or_else(|| JsonError::Descriptor("it has no AnalyzeResponse".into()))?;
        Ok(Self { descriptor, options: SerializeOptions::new().skip_default_fields(false) })
    }

    /// Writes one answer and a line break.
    ///
    /// # Errors
    /// If `sink` fails.
    pub fn write(&self, answer: &v1::AnalyzeResponse, mut sink: impl Write) -> Result<(), JsonError> {
        let wire = answer.encode_to_vec();
        let message = DynamicMessage::decode(self.descriptor.clone(), wire.as_slice())
            .map_err(|e| JsonError::Descriptor(e.to_string()))?;
        let mut line = Vec::with_capacity(wire.len() * 2);
        message
            .serialize_with_options(&mut serde_json::Serializer::new(&mut line), &self.options)
            .map_err(|e| JsonError::Descriptor(e.to_string()))?;
        line.push(b'\n');
        Ok(sink.write_all(&line)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_json_with_stable_keys() {
        let answer = v1::AnalyzeResponse {
            document_id: "a".into(),
            verdict: v1::Verdict::Clean.into(),
            spans: vec![v1::Span { end: 3, kind: v1::SpanKind::CallToAction.into(), ..Default::default() }],
            ..Default::default()
        };
        let mut line = Vec::new();
        JsonWriter::new().unwrap().write(&answer, &mut line).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(json["documentId"], "a");
        assert_eq!(json["verdict"], "VERDICT_CLEAN");
        assert_eq!(json["cleanedText"], "");
        assert_eq!(json["spans"][0]["kind"], "SPAN_KIND_CALL_TO_ACTION");
        assert_eq!(json["spans"][0]["start"], 0);
    }
}
