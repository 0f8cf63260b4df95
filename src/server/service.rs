//! The three calls of the contract.

use super::{batch, calls::Call, gate, stream, turns::Line, workers::Workers};
use crate::{
    access::Grant,
    grpc::{
        self, Invalid,
        options::{self, Wished},
        status::Failure,
    },
    proto::v1::{self, detector_service_server::DetectorService},
};
use prost::Message as _;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

/// The service behind `promosieve.v1.DetectorService`.
pub(super) struct Service {
    workers: Workers,
    cut: CancellationToken,
}

impl Service {
    /// `cut` ends the streams that outlast a drain.
    pub(super) fn new(workers: Workers, cut: CancellationToken) -> Self {
        Self { workers, cut }
    }

    async fn batch(
        &self,
        batch: v1::AnalyzeBatchRequest,
        grant: &Grant,
        call: &Arc<Call>,
    ) -> Result<v1::AnalyzeBatchResponse, Failure> {
        let held = batch.encoded_len();
        let v1::AnalyzeBatchRequest { documents, options } = batch;
        let options = grpc::permitted(self.batch_options(documents.len(), options)?, grant)?;
        // At once for all of them: a batch that finds no room should not find out in the middle.
        call.hold(held)?;
        let results = batch::answers(documents, options, self.workers.clone(), Arc::clone(call)).await?;
        Ok(v1::AnalyzeBatchResponse { results })
    }

    fn batch_options(&self, count: usize, wished: Option<v1::AnalyzeOptions>) -> Result<Wished, Invalid> {
        let mut invalid = Invalid::default();
        let most = self.workers.limits().max_batch_documents;
        if count > most {
            invalid.add("documents", format!("has {count} documents; at most {most} are allowed"));
        }
        let wished = invalid.collect(options::options(wished)).unwrap_or_default();
        invalid.unless(wished)
    }
}

#[tonic::async_trait]
impl DetectorService for Service {
    async fn analyze(&self, request: Request<v1::AnalyzeRequest>) -> Result<Response<v1::AnalyzeResponse>, Status> {
        let call = Call::of(&request);
        let grant = gate::grant(&request)?;
        let v1::AnalyzeRequest { document, options } = request.into_inner();
        let outcome = self.workers.answer(&grant, document, options, Line::Single, &call).await;
        call.count(outcome.is_ok());
        Ok(Response::new(outcome?))
    }

    async fn analyze_batch(
        &self,
        request: Request<v1::AnalyzeBatchRequest>,
    ) -> Result<Response<v1::AnalyzeBatchResponse>, Status> {
        let call = Call::of(&request);
        let grant = gate::grant(&request)?;
        Ok(Response::new(self.batch(request.into_inner(), &grant, &call).await?))
    }

    type AnalyzeStreamStream = stream::Answers;

    async fn analyze_stream(
        &self,
        request: Request<Streaming<v1::AnalyzeStreamRequest>>,
    ) -> Result<Response<Self::AnalyzeStreamStream>, Status> {
        let call = Call::of(&request);
        let grant = gate::grant(&request)?;
        let answers = stream::answers(request.into_inner(), self.workers.clone(), grant, call, self.cut.clone());
        Ok(Response::new(answers))
    }
}
