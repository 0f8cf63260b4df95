//! The call of `TemplateService`.

use super::{calls::Call, gate, workers::Workers};
use crate::{
    grpc::{affected, status::Failure},
    proto::v1::{self, template_service_server::TemplateService},
};
use tonic::{Request, Response, Status};

/// The service behind `promosieve.v1.TemplateService`.
pub(super) struct Templates {
    workers: Workers,
}

impl Templates {
    pub(super) fn new(workers: Workers) -> Self {
        Self { workers }
    }
}

#[tonic::async_trait]
impl TemplateService for Templates {
    async fn list_affected_documents(
        &self,
        request: Request<v1::ListAffectedDocumentsRequest>,
    ) -> Result<Response<v1::ListAffectedDocumentsResponse>, Status> {
        let call = Call::of(&request);
        let grant = gate::grant(&request)?;
        let query = affected::query(&request.into_inner(), grant.namespace).map_err(Failure::from)?;
        Ok(Response::new(self.workers.affected(query, &call).await?))
    }
}
