//! Where documents are analysed: short ones on the spot, long ones on threads of their own.

use super::{
    calls::Call,
    metrics,
    readiness::Readiness,
    trace,
    turns::{Full, Line, Turn, Turns},
};
use crate::{
    access::Grant,
    config::{Config, Limits},
    detector::{Detector, Options, now},
    engine::{article::Article, reading::Reading},
    grpc::{
        self,
        status::{Failure, Refusal},
    },
    proto::v1,
    store::Query,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tracing::Span;

/// A long text takes some ten times as long as a short one, so its caller bears with as much more waiting.
const LONG_PATIENCE: u32 = 10;

/// A document that is being worked on: what was read of it, and for how long.
pub(super) struct Work<'a> {
    reading: Reading<'a>,
    trace: Span,
    took: Duration,
}

/// Turns documents into answers. Cheap to clone.
#[derive(Clone)]
pub(super) struct Workers {
    detector: Arc<Detector>,
    readiness: Readiness,
    short_texts: Arc<Turns>,
    long_texts: Arc<Turns>,
    inline_bytes: usize,
    limits: Limits,
}

impl Workers {
    /// Short texts compute on `short_texts`.
    pub(super) fn new(detector: Arc<Detector>, readiness: Readiness, short_texts: Arc<Turns>, config: &Config) -> Self {
        let patience = config.transport.max_queue_wait.saturating_mul(LONG_PATIENCE);
        Self {
            detector,
            readiness,
            short_texts,
            long_texts: Turns::new(config.transport.max_long_texts, patience),
            inline_bytes: config.transport.inline_text_bytes,
            limits: config.limits,
        }
    }

    pub(super) fn detector(&self) -> &Detector {
        &self.detector
    }

    /// Where short texts and long ones wait.
    pub(super) fn turns(&self) -> [(&'static str, &Turns); 2] {
        [("short", &self.short_texts), ("long", &self.long_texts)]
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The most bytes of text that one turn on the runtime's threads should take.
    pub(super) fn turn_bytes(&self) -> usize {
        self.inline_bytes
    }

    /// Checks a request of `call`, made by the holder of `grant`, and answers it.
    pub(super) async fn answer(
        &self,
        grant: &Grant,
        document: Option<v1::Document>,
        options: Option<v1::AnalyzeOptions>,
        line: Line,
        call: &Call,
    ) -> Result<v1::AnalyzeResponse, Failure> {
        let (article, options) = grpc::request_under(grant, document, options, &self.limits)?;
        call.hold(article.text.len())?;
        self.analyze(article, options, line, call).await
    }

    /// Answers for an article, when it is its turn.
    pub(super) async fn analyze(
        &self,
        article: Article,
        options: Options,
        line: Line,
        call: &Call,
    ) -> Result<v1::AnalyzeResponse, Failure> {
        let announced = call.withdraw();
        let span = call.span().clone();
        let bytes = article.text.len();
        if bytes <= self.inline_bytes {
            let line = if announced { Line::Announced } else { line };
            let turn = turn(&self.short_texts, bytes, line, call).await?;
            let outcome = self.work(&article, &options, &span);
            turn.done();
            return outcome;
        }
        // Dropping this future, at a deadline for example, does not stop work that has begun. The turn goes with
        // the work, so that abandoned work counts until it is over.
        let turn = turn(&self.long_texts, bytes, line, call).await?;
        let workers = self.clone();
        let work = move || {
            let outcome = workers.work(&article, &options, &span);
            turn.done();
            outcome
        };
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(Failure::Broken))
    }

    /// Answers a query on a thread of its own, as if it were a long text.
    pub(super) async fn affected(
        &self,
        query: Query,
        call: &Call,
    ) -> Result<v1::ListAffectedDocumentsResponse, Failure> {
        let turn = turn(&self.long_texts, self.inline_bytes, Line::Single, call).await?;
        let detector = Arc::clone(&self.detector);
        let work = move || {
            let _turn = turn;
            grpc::affected::response(detector.affected(&query), &query)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Failure::Broken)
    }

    fn work(&self, article: &Article, options: &Options, call: &Span) -> Result<v1::AnalyzeResponse, Failure> {
        self.finish(self.begin(article, call), options, || ())
    }

    /// The part of the work in which the order of documents does not matter.
    pub(super) fn begin<'a>(&self, article: &'a Article, call: &Span) -> Work<'a> {
        let trace = trace::analysis(call, article.text.len());
        let began = Instant::now();
        let reading = trace.in_scope(|| self.detector.read(article));
        Work { reading, trace, took: began.elapsed() }
    }

    /// The rest; `learned` is called as soon as the order does not matter any more.
    pub(super) fn finish(
        &self,
        work: Work<'_>,
        options: &Options,
        learned: impl FnOnce(),
    ) -> Result<v1::AnalyzeResponse, Failure> {
        let Work { reading, trace, took } = work;
        let began = Instant::now();
        let analysis = trace.in_scope(|| {
            let seen = self.detector.look_up(&reading, options.namespace, options.learn, now());
            learned();
            seen.map(|seen| self.detector.judge(&reading, &seen, options))
        });
        metrics::analysed(reading.article.text.len(), took + began.elapsed());
        self.readiness.store_answered(analysis.is_ok());
        let analysis = analysis?;
        for span in &analysis.spans {
            metrics::span(span.kind.name(), span.removed);
        }
        Ok(grpc::response::response(reading.article.id.clone(), analysis, self.detector.ruleset_version()))
    }

    /// A turn on the runtime's threads for a member of a batch.
    pub(super) async fn short_turn(&self, article: &Article, call: &Call) -> Result<Turn, Failure> {
        turn(&self.short_texts, article.text.len(), Line::Member, call).await
    }
}

async fn turn(turns: &Arc<Turns>, bytes: usize, line: Line, call: &Call) -> Result<Turn, Failure> {
    turns.take(bytes, line).await.map_err(|full| call.turned_away(full.into()))
}

impl From<Full> for Failure {
    fn from(_: Full) -> Self {
        Self::Overloaded(Refusal::Queue)
    }
}
