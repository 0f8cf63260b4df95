//! The one mapping of errors to gRPC status, with google.rpc details.

use super::Invalid;
use crate::{
    access::Role,
    proto::v1::{self, analyze_result},
    store::StoreError,
};
use prost::Message as _;
use std::{collections::HashMap, time::Duration};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

/// Domain of every google.rpc.ErrorInfo of this service.
pub const DOMAIN: &str = "promosieve.v1";

/// How long a client shall wait before it tries again: long enough for a queue to empty, short enough to go unnoticed.
const RETRY_SOON: Duration = Duration::from_millis(200);
/// The same after a failure of the store or before a restart, which take longer.
const RETRY_LATER: Duration = Duration::from_secs(5);

/// prost's decoding errors begin with this; tonic hands them on as INTERNAL.
const UNDECODABLE: &str = "failed to decode Protobuf message: ";

/// Why a call or a document has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The request breaks rules of the contract.
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// The store cannot serve.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Nobody knows who the caller is.
    #[error("{0}; send a key as `authorization: Bearer KEY`")]
    Unauthenticated(&'static str),
    /// The caller's key does not allow it.
    #[error("the key allows {} only; {what} needs {}", .held.name(), .needed.name())]
    Forbidden {
        /// What was asked for.
        what: &'static str,
        /// What the key allows.
        held: Role,
        /// What would be needed.
        needed: Role,
    },
    /// The caller's deadline passed.
    #[error("the deadline passed before the answer was ready")]
    Deadline,
    /// Nothing of the message arrived for so long.
    #[error("nothing of the message arrived for {} s", .0.as_secs_f64())]
    Stalled(Duration),
    /// There is more work than the server takes at once.
    #[error("{0}; try again in a moment")]
    Overloaded(Refusal),
    /// The server stops.
    #[error("the server is shutting down")]
    Draining,
    /// The analysis broke off: a bug.
    #[error("the analysis broke off")]
    Broken,
}

/// Which bound work was turned away at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// So many calls are under way.
    #[error("{0} calls are under way, and no more are taken")]
    Calls(usize),
    /// The answer would have to wait for too long.
    #[error("too many documents wait for their turn")]
    Queue,
    /// Messages hold as much memory as they may.
    #[error("messages under way hold all the memory that they may")]
    Memory,
}

impl Refusal {
    /// Its name in figures.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Calls(_) => "calls",
            Self::Queue => "queue",
            Self::Memory => "memory",
        }
    }
}

impl Failure {
    /// The name of the refusal, if the work was turned away rather than failed.
    #[must_use]
    pub fn refusal(&self) -> Option<&'static str> {
        match self {
            Self::Overloaded(refusal) => Some(refusal.name()),
            Self::Draining => Some("draining"),
            _ => None,
        }
    }
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        let message = failure.to_string();
        let (code, details) = match failure {
            Failure::Invalid(invalid) => (Code::InvalidArgument, bad_request(invalid)),
            Failure::Store(_) => (Code::Unavailable, retry("STORE_FAILED", RETRY_LATER)),
            Failure::Unauthenticated(_) => (Code::Unauthenticated, info("UNAUTHENTICATED")),
            Failure::Forbidden { held, needed, .. } => (Code::PermissionDenied, forbidden(held, needed)),
            Failure::Deadline => (Code::DeadlineExceeded, info("DEADLINE_EXCEEDED")),
            Failure::Stalled(_) => (Code::DeadlineExceeded, info("RECEIVE_TIMEOUT")),
            Failure::Overloaded(_) => (Code::ResourceExhausted, retry("OVERLOADED", RETRY_SOON)),
            Failure::Draining => (Code::Unavailable, retry("DRAINING", RETRY_LATER)),
            Failure::Broken => (Code::Internal, info("ANALYSIS_FAILED")),
        };
        Status::with_error_details(code, message, details)
    }
}

impl From<Failure> for analyze_result::Result {
    fn from(failure: Failure) -> Self {
        let status = Status::from(failure);
        // tonic keeps the encoded google.rpc.Status as the details.
        let decoded = tonic_types::Status::decode(status.details()).unwrap_or_default();
        Self::Error(decoded)
    }
}

/// The result of one document, for batch and stream.
#[must_use]
pub fn result(outcome: Result<v1::AnalyzeResponse, Failure>) -> v1::AnalyzeResult {
    let result = outcome.map_or_else(Into::into, analyze_result::Result::Response);
    v1::AnalyzeResult { result: Some(result) }
}

/// What tonic itself answered, put as the contract promises it: messages over the limit are `RESOURCE_EXHAUSTED`,
/// undecodable ones `INVALID_ARGUMENT`, and there are details with all of them.
#[must_use]
pub fn from_transport(status: Status) -> Status {
    if !status.details().is_empty() || status.code() == Code::Ok {
        return status;
    }
    let message = status.message();
    if let Some(reason) = message.strip_prefix(UNDECODABLE) {
        return Failure::Invalid(undecodable(reason)).into();
    }
    let (code, reason) = match status.code() {
        Code::OutOfRange | Code::ResourceExhausted => (Code::ResourceExhausted, "MESSAGE_TOO_LARGE"),
        Code::Unimplemented => (Code::Unimplemented, "UNIMPLEMENTED"),
        Code::Cancelled => (Code::Cancelled, "CANCELLED"),
        code => (code, "TRANSPORT"),
    };
    let message = if message.is_empty() { status.code().description() } else { message };
    Status::with_error_details(code, message, info(reason))
}

/// prost names the way to the field from the inside out, as `Document.text: AnalyzeRequest.document: reason`.
fn undecodable(reason: &str) -> Invalid {
    let mut parts: Vec<_> = reason.split(": ").collect();
    let steps = parts.iter().take_while(|p| p.split_once('.').is_some_and(|(m, f)| is_word(m) && is_word(f))).count();
    let path: Vec<_> = parts.drain(..steps).rev().filter_map(|p| p.split_once('.').map(|(_, field)| field)).collect();
    Invalid::one(&path.join("."), format!("cannot be decoded: {}", parts.join(": ")))
}

fn is_word(s: &str) -> bool {
    !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn bad_request(invalid: Invalid) -> ErrorDetails {
    let violations: Vec<_> =
        invalid.violations.into_iter().map(|v| FieldViolation::new(v.field, v.description)).collect();
    let mut details = info("INVALID_ARGUMENT");
    details.set_bad_request(violations);
    details
}

fn retry(reason: &str, delay: Duration) -> ErrorDetails {
    let mut details = info(reason);
    details.set_retry_info(Some(delay));
    details
}

fn forbidden(held: Role, needed: Role) -> ErrorDetails {
    let roles = [("role", held), ("required_role", needed)];
    let metadata: HashMap<_, _> =
        roles.into_iter().map(|(key, role)| (key.to_owned(), role.name().to_owned())).collect();
    ErrorDetails::with_error_info("PERMISSION_DENIED", DOMAIN, metadata)
}

fn info(reason: &str) -> ErrorDetails {
    ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_details_and_the_right_code() {
        let cases = [
            (Failure::Invalid(Invalid::one("document", "is missing")), Code::InvalidArgument),
            (Failure::Store(StoreError::Full { file: "x".into(), what: "disk full".into() }), Code::Unavailable),
            (Failure::Unauthenticated("there is no key"), Code::Unauthenticated),
            (Failure::Forbidden { what: "x", held: Role::Read, needed: Role::Write }, Code::PermissionDenied),
            (Failure::Deadline, Code::DeadlineExceeded),
            (Failure::Stalled(RETRY_SOON), Code::DeadlineExceeded),
            (Failure::Overloaded(Refusal::Calls(3)), Code::ResourceExhausted),
            (Failure::Draining, Code::Unavailable),
            (Failure::Broken, Code::Internal),
        ];
        for (failure, code) in cases {
            let status = Status::from(failure);
            assert_eq!(status.code(), code);
            assert_eq!(status.get_details_error_info().unwrap().domain, DOMAIN);
            let retriable = status.get_details_retry_info().is_some();
            let expected = matches!(code, Code::Unavailable | Code::ResourceExhausted);
            assert_eq!(retriable, expected, "{status:?}");
        }
    }

    #[test]
    fn a_result_carries_the_same_status_as_a_call() {
        let invalid = Invalid::one("document.id", "is missing");
        let Some(analyze_result::Result::Error(error)) = result(Err(invalid.into())).result else {
            panic!("an error was expected");
        };
        assert_eq!(error.code, Code::InvalidArgument as i32);
        assert_eq!(error.message, "document.id: is missing");
        assert_eq!(error.details.len(), 2);
    }

    #[test]
    fn undecodable_messages_name_the_field() {
        let text = format!("{UNDECODABLE}Document.text: AnalyzeRequest.document: invalid string value: not UTF-8");
        let status = from_transport(Status::internal(text));
        assert_eq!(status.code(), Code::InvalidArgument);
        let bad = status.get_details_bad_request().unwrap();
        assert_eq!(bad.field_violations[0].field, "document.text");
        assert_eq!(bad.field_violations[0].description, "cannot be decoded: invalid string value: not UTF-8");
    }

    #[test]
    fn too_large_is_resource_exhausted() {
        let status = from_transport(Status::out_of_range("decoded message length too large"));
        assert_eq!(status.code(), Code::ResourceExhausted);
    }
}
