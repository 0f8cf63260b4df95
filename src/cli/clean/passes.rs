//! The passes over the input: learn, then clean; or both at once.

use super::{Args, output::Output, stats::Stats};
use crate::{
    cli::{
        error::CliError,
        input::Input,
        parallel,
        shared::{LIMITS, complain},
    },
    detector::{Detector, Options, now},
    engine::article::Article,
    grpc,
    proto::v1,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Text taken at once for all cores to share, in bytes: enough for a thousand average articles, little enough to keep.
const CHUNK: usize = 4 << 20;

/// What a document takes beside its texts, so that a chunk of empty ones ends as well.
const OVERHEAD: usize = 512;

/// One run over the inputs.
pub(super) struct Passes<'a> {
    args: &'a Args,
    detector: &'a Detector,
    inputs: Vec<Input>,
    bar: ProgressBar,
    chunk: Vec<(Article, Options)>,
    chunk_bytes: usize,
    /// What has been done so far.
    pub(super) stats: Stats,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    Learn,
    Clean,
}

impl<'a> Passes<'a> {
    pub(super) fn new(args: &'a Args, detector: &'a Detector, inputs: Vec<Input>) -> Self {
        let bar = bar(args, &inputs);
        Self { args, detector, inputs, bar, chunk: Vec::new(), chunk_bytes: 0, stats: Stats::default() }
    }

    /// Makes the passes that the arguments ask for.
    pub(super) fn run(&mut self, output: &mut Output) -> Result<(), CliError> {
        if self.args.learns_first() {
            self.pass(Pass::Learn, output)?;
        }
        self.pass(Pass::Clean, output)?;
        self.bar.finish_and_clear();
        Ok(())
    }

    fn pass(&mut self, pass: Pass, output: &mut Output) -> Result<(), CliError> {
        self.bar.set_message(if pass == Pass::Learn { "learning" } else { "cleaning" });
        let mut inputs = std::mem::take(&mut self.inputs);
        let outcome = inputs.iter_mut().try_for_each(|input| self.input(pass, input, output));
        self.inputs = inputs;
        // What came before a bad document has its answer all the same.
        self.work_off(pass, output)?;
        outcome
    }

    fn input(&mut self, pass: Pass, input: &mut Input, output: &mut Output) -> Result<(), CliError> {
        if !self.args.jsonl {
            let document = input.article()?;
            return self.take(pass, document, &input.name, output);
        }
        let mut lines = input.lines()?;
        let mut read = 0;
        while let Some(parsed) = lines.next() {
            let outcome = parsed.and_then(|document| self.take(pass, document, &lines.place(), output));
            self.tolerate(pass, outcome)?;
            self.bar.inc(lines.read() - read);
            read = lines.read();
        }
        Ok(())
    }

    /// Bad data may be passed over if asked for; it is reported by the first pass only.
    fn tolerate(&mut self, pass: Pass, outcome: Result<(), CliError>) -> Result<(), CliError> {
        match outcome {
            Err(error @ CliError::Data { .. }) if self.args.skip_bad => {
                if pass == Pass::Clean {
                    self.stats.bad += 1;
                }
                if pass == Pass::Learn || !self.args.learns_first() {
                    // Standard error may be closed; the count is still right.
                    let _ = self.bar.suspend(|| complain(&error.to_string()));
                }
                Ok(())
            }
            other => other,
        }
    }

    /// Checks a document and puts it into the chunk.
    fn take(&mut self, pass: Pass, document: v1::Document, place: &str, output: &mut Output) -> Result<(), CliError> {
        let (article, options) = self.check(document, place)?;
        self.chunk_bytes += article.text.len() + article.title.len() + OVERHEAD;
        self.chunk.push((article, options));
        // In a single pass each document is judged by all before it, so there is one at a time.
        if self.args.single_pass || self.chunk_bytes > CHUNK {
            self.work_off(pass, output)?;
        }
        Ok(())
    }

    fn check(&self, mut document: v1::Document, place: &str) -> Result<(Article, Options), CliError> {
        if document.source.is_empty() {
            document.source.clone_from(&self.args.source);
        }
        let checked = grpc::request(Some(document), Some(self.args.options()), &LIMITS);
        checked.map_err(|invalid| CliError::Data { place: place.into(), what: invalid.to_string() })
    }

    fn work_off(&mut self, pass: Pass, output: &mut Output) -> Result<(), CliError> {
        let chunk = std::mem::take(&mut self.chunk);
        self.chunk_bytes = 0;
        match pass {
            Pass::Learn => self.learn(&chunk),
            Pass::Clean => self.clean(chunk, output),
        }
    }

    /// Reads on all cores, then remembers in order: what is learned does not depend on which core was faster.
    fn learn(&self, chunk: &[(Article, Options)]) -> Result<(), CliError> {
        let observations = parallel::map(chunk, |(article, _)| self.detector.observation(article));
        for ((article, _), observation) in chunk.iter().zip(&observations) {
            self.detector.remember(observation, article.published_at.unwrap_or_else(now))?;
        }
        Ok(())
    }

    /// Nothing is learned, so the documents of a chunk do not depend on each other.
    fn clean(&mut self, chunk: Vec<(Article, Options)>, output: &mut Output) -> Result<(), CliError> {
        let outcomes = parallel::map(&chunk, |(article, options)| self.detector.analyze(article, options, now()));
        for ((article, _), outcome) in chunk.into_iter().zip(outcomes) {
            let analysis = outcome?;
            self.stats.add(&article, &analysis);
            output.write(article.id, analysis, self.detector.ruleset_version())?;
        }
        Ok(())
    }
}

/// A bar on a terminal, nothing elsewhere. Plain articles go to the same terminal, so they have none.
fn bar(args: &Args, inputs: &[Input]) -> ProgressBar {
    if !args.jsonl {
        return ProgressBar::hidden();
    }
    let passes = if args.learns_first() { 2 } else { 1 };
    let total: Option<u64> = inputs.iter().map(|input| input.size).sum();
    let bar = ProgressBar::with_draw_target(total.map(|t| t * passes), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
