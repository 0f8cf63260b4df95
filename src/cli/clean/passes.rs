//! The passes over the input: learn, then clean; or both at once.

use super::{Args, output::Output, stats::Stats};
use crate::{
    cli::{
        error::CliError,
        input::Input,
        shared::{LIMITS, complain},
    },
    detector::{Detector, Options, now},
    engine::article::Article,
    grpc,
    proto::v1,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// One run over the inputs.
pub(super) struct Passes<'a> {
    args: &'a Args,
    detector: &'a Detector,
    inputs: Vec<Input>,
    bar: ProgressBar,
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
        Self { args, detector, inputs, bar, stats: Stats::default() }
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
        for input in &mut inputs {
            if self.args.jsonl {
                self.lines(pass, input, output)?;
            } else {
                let (document, bytes) = input.article()?;
                self.document(pass, document, &input.name, output)?;
                self.bar.inc(bytes);
            }
        }
        self.inputs = inputs;
        Ok(())
    }

    fn lines(&mut self, pass: Pass, input: &mut Input, output: &mut Output) -> Result<(), CliError> {
        let mut lines = input.lines()?;
        let mut read = 0;
        while let Some(parsed) = lines.next() {
            let outcome = parsed.and_then(|document| self.document(pass, document, &lines.place(), output));
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

    fn document(
        &mut self,
        pass: Pass,
        document: v1::Document,
        place: &str,
        output: &mut Output,
    ) -> Result<(), CliError> {
        let (article, options) = self.check(document, place)?;
        if pass == Pass::Learn {
            return Ok(self.detector.learn(&article, now())?);
        }
        let analysis = self.detector.analyze(&article, &options, now())?;
        self.stats.add(&article, &analysis);
        output.write(article.id, analysis, self.detector.ruleset_version())
    }

    fn check(&self, mut document: v1::Document, place: &str) -> Result<(Article, Options), CliError> {
        if document.source.is_empty() {
            document.source.clone_from(&self.args.source);
        }
        let checked = grpc::request(Some(document), Some(self.args.options()), &LIMITS);
        checked.map_err(|invalid| CliError::Data { place: place.into(), what: invalid.to_string() })
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
