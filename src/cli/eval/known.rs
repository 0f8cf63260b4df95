//! What is known of annotated documents: the streams' answers, and the stores after them.

use crate::{
    cli::{
        corpus::{Articles, Layout},
        error::CliError,
        input::Input,
    },
    evaluation::gold::Gold,
    store::{MemoryStore, Store, StoreConfig},
    training::{
        history::{Answers, StreamFigures, replay},
        run::watched,
    },
};
use indicatif::ProgressBar;

/// The answers of all streams.
pub(in crate::cli) struct Known {
    /// Per annotated document; default for those in no stream.
    pub(in crate::cli) answers: Vec<Answers>,
    /// Per annotated document the stream that has it: the first one.
    stream_of: Vec<Option<usize>>,
    stores: Vec<MemoryStore>,
}

impl Known {
    /// Before any stream.
    pub(in crate::cli) fn new(documents: usize) -> Self {
        Self { answers: vec![Answers::default(); documents], stream_of: vec![None; documents], stores: Vec::new() }
    }

    /// Sends a stream through a store of its own, with the bounds of a server's.
    pub(in crate::cli) fn add(
        &mut self,
        stream: &mut Input,
        gold: &[Gold],
        layout: Layout,
        bar: &ProgressBar,
    ) -> Result<StreamFigures, CliError> {
        let store = MemoryStore::new(StoreConfig::default());
        let mut articles = Articles::of(stream, layout, bar)?;
        let (answers, figures) = replay(&store, articles.by_ref(), &watched(gold), &mut |_| ())?;
        articles.finish()?;
        for (at, answer) in answers.into_iter().enumerate() {
            if answer.online.is_some() && self.stream_of[at].is_none() {
                self.answers[at] = answer;
                self.stream_of[at] = Some(self.stores.len());
            }
        }
        self.stores.push(store);
        Ok(figures)
    }

    /// The store that knows document number `at`.
    pub(in crate::cli) fn store_of(&self, at: usize) -> Option<&dyn Store> {
        self.stream_of[at].map(|stream| &self.stores[stream] as &dyn Store)
    }

    /// The store of the latest stream.
    pub(in crate::cli) fn latest(&self) -> Option<&dyn Store> {
        self.stores.last().map(|store| store as &dyn Store)
    }

    /// Documents that stand in no stream.
    pub(in crate::cli) fn strangers(&self) -> usize {
        self.stream_of.iter().filter(|stream| stream.is_none()).count()
    }
}
