//! `AnalyzeStream`: answers in the order of the requests, pulled by the reader.
//!
//! There is no queue and no task: an item is read when the transport has room for an answer. A slow reader thus stops
//! the reading, HTTP/2's flow control stops the sender, and the window is what those two hold.

use super::{calls::Call, turns::Line, workers::Workers};
use crate::{
    access::Grant,
    grpc::status::{self, Failure},
    proto::v1,
};
use futures_util::stream::{Stream, unfold};
use std::{future::pending, pin::Pin, sync::Arc};
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

/// The answers of one stream.
pub(super) type Answers = Pin<Box<dyn Stream<Item = Result<v1::AnalyzeStreamResponse, Status>> + Send>>;

/// Answers what comes in until the client half-closes, its deadline passes, or `cut` ends the stream.
pub(super) fn answers(
    requests: Streaming<v1::AnalyzeStreamRequest>,
    workers: Workers,
    grant: Arc<Grant>,
    call: Arc<Call>,
    cut: CancellationToken,
) -> Answers {
    let feed = Feed { requests, workers, grant, call, cut, sequence: 0 };
    Box::pin(unfold(Some(feed), |feed| async move {
        let mut feed = feed?;
        match feed.next().await {
            Ok(Some(answer)) => Some((Ok(answer), Some(feed))),
            Ok(None) => None,
            Err(status) => Some((Err(status), None)),
        }
    }))
}

struct Feed {
    requests: Streaming<v1::AnalyzeStreamRequest>,
    workers: Workers,
    grant: Arc<Grant>,
    call: Arc<Call>,
    cut: CancellationToken,
    /// Number of the next request.
    sequence: u64,
}

impl Feed {
    /// The next answer; nothing after the last. An error ends the stream.
    async fn next(&mut self) -> Result<Option<v1::AnalyzeStreamResponse>, Status> {
        let deadline = self.call.deadline();
        tokio::select! {
            biased;
            () = past(deadline) => Err(Failure::Deadline.into()),
            answer = self.answer() => answer,
        }
    }

    async fn answer(&mut self) -> Result<Option<v1::AnalyzeStreamResponse>, Status> {
        let request = tokio::select! {
            // A stream that is cut still answers what has arrived.
            biased;
            request = self.requests.message() => request.map_err(status::from_transport)?,
            () = self.cut.cancelled() => return Err(Failure::Draining.into()),
        };
        let Some(v1::AnalyzeStreamRequest { document, options }) = request else { return Ok(None) };
        if self.grant.is_revoked() {
            return Err(Failure::Unauthenticated("the key was revoked").into());
        }
        let outcome = self.workers.answer(&self.grant, document, options, Line::Member, &self.call).await;
        self.call.release();
        self.call.count(outcome.is_ok());
        let sequence = self.sequence;
        self.sequence += 1;
        Ok(Some(v1::AnalyzeStreamResponse { sequence, result: Some(status::result(outcome)) }))
    }
}

async fn past(deadline: Option<tokio::time::Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at).await,
        None => pending().await,
    }
}
