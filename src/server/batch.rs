//! `AnalyzeBatch`: the documents of one call on all cores, with the outcome of one.
//!
//! | step of a document | |
//! | --- | --- |
//! | check, read | side by side |
//! | look up, learn | in the order of the batch |
//! | judge, put into words | side by side |
//!
//! Nobody who waits for the document before keeps a turn, so whoever has the first that is not learned gets one.

use super::{
    calls::Call,
    turns::{LEAST_BYTES, Line},
    workers::Workers,
};
use crate::{
    detector::Options,
    grpc::{
        document,
        status::{self, Failure},
    },
    proto::v1,
};
use std::{
    num::NonZero,
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
};
use tokio::{sync::watch, task::JoinSet};

/// A batch under way.
struct Batch {
    documents: Mutex<Documents>,
    options: Options,
    workers: Workers,
    call: Arc<Call>,
    /// How many documents are learned, or never will be.
    learned: watch::Sender<usize>,
}

/// Documents that were not taken yet, with their numbers.
type Documents = std::iter::Enumerate<std::vec::IntoIter<v1::Document>>;

type Numbered = (usize, v1::AnalyzeResult);

/// Answers all documents, in their order. Dropping the future ends the work but for a long text that has begun.
pub(super) async fn answers(
    documents: Vec<v1::Document>,
    options: Options,
    workers: Workers,
    call: Arc<Call>,
) -> Result<Vec<v1::AnalyzeResult>, Failure> {
    let cores = available_parallelism().map_or(1, NonZero::get);
    let hands = cores.min(documents.len());
    let documents = Mutex::new(documents.into_iter().enumerate());
    let batch = Arc::new(Batch { documents, options, workers, call, learned: watch::Sender::new(0) });
    let mut results = Vec::new();
    if hands <= 1 {
        results = batch.work().await;
    } else {
        let mut crew = JoinSet::new();
        for _ in 0..hands {
            let batch = Arc::clone(&batch);
            crew.spawn(async move { batch.work().await });
        }
        while let Some(done) = crew.join_next().await {
            results.append(&mut done.map_err(|_| Failure::Broken)?);
        }
        results.sort_unstable_by_key(|(number, _)| *number);
    }
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

impl Batch {
    async fn work(&self) -> Vec<Numbered> {
        let mut results = Vec::new();
        let mut bytes = 0;
        while let Some((number, document)) = self.next() {
            bytes += (document.title.len() + document.text.len()).max(LEAST_BYTES);
            let outcome = self.member(number, document).await;
            // What failed before it was learned is passed over by those behind it.
            self.wait(number).await;
            self.note_learned(number);
            self.call.count(outcome.is_ok());
            results.push((number, status::result(outcome)));
            if bytes > self.workers.turn_bytes() {
                // Lets other calls have a turn, and an expired deadline or a client gone end this one.
                bytes = 0;
                tokio::task::yield_now().await;
            }
        }
        results
    }

    fn next(&self) -> Option<(usize, v1::Document)> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    async fn member(&self, number: usize, document: v1::Document) -> Result<v1::AnalyzeResponse, Failure> {
        let article = document::article(Some(document), self.workers.limits())?;
        let (options, call) = (&self.options, &*self.call);
        if article.text.len() > self.workers.turn_bytes() {
            self.wait(number).await;
            return self.workers.analyze(article, options.clone(), Line::Member, call).await;
        }
        let turn = self.workers.short_turn(&article, call).await?;
        let work = self.workers.begin(&article, call.span());
        if self.is_next(number) {
            let outcome = self.workers.finish(work, options, || self.note_learned(number));
            turn.done();
            return outcome;
        }
        drop(turn);
        self.wait(number).await;
        let _turn = self.workers.short_turn(&article, call).await?;
        self.workers.finish(work, options, || self.note_learned(number))
    }

    /// Whether all documents before are learned.
    fn is_next(&self, number: usize) -> bool {
        *self.learned.borrow() >= number
    }

    async fn wait(&self, number: usize) {
        if !self.is_next(number) {
            // The sender is here: it is not dropped.
            let _ = self.learned.subscribe().wait_for(|learned| *learned >= number).await;
        }
    }

    fn note_learned(&self, number: usize) {
        self.learned.send_if_modified(|learned| {
            let news = *learned == number;
            *learned += usize::from(news);
            news
        });
    }
}
