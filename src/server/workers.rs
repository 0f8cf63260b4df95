//! Where documents are analysed: short ones on the spot, long ones on threads of their own.

use super::readiness::Readiness;
use crate::{
    access::Grant,
    config::{Config, Limits},
    detector::{Detector, Options, now},
    engine::article::Article,
    grpc::{self, status::Failure},
    proto::v1,
    store::Query,
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Turns documents into answers. Cheap to clone.
#[derive(Clone)]
pub(super) struct Workers {
    detector: Arc<Detector>,
    readiness: Readiness,
    long_texts: Arc<Semaphore>,
    inline_bytes: usize,
    limits: Limits,
}

impl Workers {
    pub(super) fn new(detector: Arc<Detector>, readiness: Readiness, config: &Config) -> Self {
        Self {
            detector,
            readiness,
            long_texts: Arc::new(Semaphore::new(config.transport.max_long_texts)),
            inline_bytes: config.transport.inline_text_bytes,
            limits: config.limits,
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The most bytes of text that one turn on the runtime's threads should take.
    pub(super) fn turn_bytes(&self) -> usize {
        self.inline_bytes
    }

    /// Checks a request of the holder of `grant` and answers it.
    pub(super) async fn answer(
        &self,
        grant: &Grant,
        document: Option<v1::Document>,
        options: Option<v1::AnalyzeOptions>,
    ) -> Result<v1::AnalyzeResponse, Failure> {
        let (article, options) = grpc::request_under(grant, document, options, &self.limits)?;
        self.analyze(article, options).await
    }

    /// Answers for an article.
    pub(super) async fn analyze(&self, article: Article, options: Options) -> Result<v1::AnalyzeResponse, Failure> {
        if article.text.len() <= self.inline_bytes {
            return self.work(article, &options);
        }
        // Dropping this future, at a deadline for example, does not stop work that has begun. The permit goes with
        // the work, so that abandoned work counts until it is over.
        let permit = Arc::clone(&self.long_texts).acquire_owned().await.map_err(|_| Failure::Draining)?;
        let workers = self.clone();
        let work = move || {
            let _held = permit;
            workers.work(article, &options)
        };
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(Failure::Broken))
    }

    /// Answers a query on a thread of its own, as if it were a long text.
    pub(super) async fn affected(&self, query: Query) -> Result<v1::ListAffectedDocumentsResponse, Failure> {
        let permit = Arc::clone(&self.long_texts).acquire_owned().await.map_err(|_| Failure::Draining)?;
        let detector = Arc::clone(&self.detector);
        let work = move || {
            let _held = permit;
            grpc::affected::response(detector.affected(&query), &query)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Failure::Broken)
    }

    fn work(&self, article: Article, options: &Options) -> Result<v1::AnalyzeResponse, Failure> {
        let analysis = self.detector.analyze(&article, options, now());
        self.readiness.store_answered(analysis.is_ok());
        Ok(grpc::response::response(article.id, analysis?, self.detector.ruleset_version()))
    }
}
