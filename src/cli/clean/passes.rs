//! The passes over the input: learn, then clean; or both at once. All cores work on batches side by side; what is
//! learned and what is written keeps the order of the input, so that the outcome is that of one core.
//!
//! | step of a batch | |
//! | --- | --- |
//! | take the next lines | one at a time |
//! | parse, read | side by side |
//! | look up, learn | in turn; if nothing is learned, side by side |
//! | judge, put into words | side by side |
//! | write | in turn |

use super::{
    Args, Form,
    feed::{Batch, Feed, Place},
    output::{Answers, Output},
    source::Source,
    stats::Stats,
    turns::Turns,
};
use crate::{
    cli::{
        error::CliError,
        input::Parsed,
        shared::{LIMITS, complain},
    },
    detector::{Detector, Options, now},
    engine::{article::Article, fingerprint::namespace::Namespace, observation::Seen, reading::Reading},
    grpc::{self, document::is_language},
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    num::NonZero,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// One run over the inputs.
pub(super) struct Passes<'a> {
    args: &'a Args,
    detector: &'a Detector,
    inputs: Vec<Source>,
    bar: ProgressBar,
    /// When undated documents count as published, in seconds since the Unix epoch: one instant for the run, so that its
    /// answers do not depend on how fast the machine is.
    started: i64,
    /// What has been done so far.
    pub(super) stats: Stats,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    Learn,
    Clean,
}

impl<'a> Passes<'a> {
    pub(super) fn new(args: &'a Args, detector: &'a Detector, inputs: Vec<Source>) -> Self {
        let bar = bar(args, &inputs);
        Self { args, detector, inputs, bar, started: now(), stats: Stats::default() }
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
        let before = self.bar.position();
        let mut inputs = std::mem::take(&mut self.inputs);
        let crew = Crew {
            pass,
            args: self.args,
            detector: self.detector,
            started: self.started,
            bar: &self.bar,
            before,
            feed: Mutex::new(Feed::new(&mut inputs, pass == Pass::Clean)),
            learning: Turns::new(),
            writing: Turns::new(),
            ended: AtomicBool::new(false),
            sink: Mutex::new(Sink { output, stats: &mut self.stats, outcome: Ok(()) }),
        };
        crew.run();
        let outcome = crew.sink.into_inner().unwrap_or_else(PoisonError::into_inner).outcome;
        self.inputs = inputs;
        outcome
    }
}

/// What the workers of a pass share.
struct Crew<'a, 'i> {
    pass: Pass,
    args: &'a Args,
    detector: &'a Detector,
    started: i64,
    bar: &'a ProgressBar,
    /// Where the bar stood.
    before: u64,
    feed: Mutex<Feed<'i>>,
    learning: Turns,
    writing: Turns,
    /// A batch before has met what ends the run: those behind it do no more.
    ended: AtomicBool,
    sink: Mutex<Sink<'a>>,
}

/// Where the results come together.
struct Sink<'a> {
    output: &'a mut Output,
    stats: &'a mut Stats,
    outcome: Result<(), CliError>,
}

/// A document of a batch, checked.
type Checked = (Article, Options);

/// What was wrong with a batch: documents that were passed over, by their position in it, languages that were, and what
/// ends the run, if something did.
#[derive(Default)]
struct Faults {
    languages: u64,
    tolerated: Vec<(usize, CliError)>,
    fatal: Option<CliError>,
}

impl<'i> Crew<'_, 'i> {
    /// Works until the inputs end, on all cores.
    fn run(&self) {
        let cores = || thread::available_parallelism().map_or(1, NonZero::get);
        let threads = self.args.jobs.map_or_else(cores, NonZero::get);
        if threads == 1 {
            return self.work();
        }
        // A panic of a worker goes on when the scope ends.
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| self.work());
            }
        });
    }

    fn work(&self) {
        let _guard = SendAway([&self.learning, &self.writing]);
        loop {
            if self.ended.load(Ordering::Relaxed) {
                return;
            }
            let Some(batch) = lock(&self.feed).batch() else { return };
            if self.batch(batch).is_none() {
                return;
            }
        }
    }

    /// Works on one batch; `None` if a worker has died.
    fn batch(&self, mut batch: Batch<'i>) -> Option<()> {
        let (number, read) = (batch.number, batch.read);
        let (documents, mut faults) = self.check_all(&mut batch);
        let rows = batch.rows();
        let readings: Vec<Reading<'_>> = documents.iter().map(|(article, _)| self.detector.read(article)).collect();
        let learns = self.pass == Pass::Learn || self.args.single_pass;
        let known = if learns { Vec::new() } else { self.look_up(&readings, &mut faults, false) };
        let turn = self.learning.wait(number)?;
        let ended = self.ended.load(Ordering::Relaxed);
        let known = match (ended, learns) {
            (true, _) => Vec::new(),
            (false, true) => self.look_up(&readings, &mut faults, true),
            (false, false) => known,
        };
        if faults.fatal.is_some() {
            self.ended.store(true, Ordering::Relaxed);
        }
        drop(turn);
        let mut answers = Answers::new(self.args.form());
        if self.pass == Pass::Clean {
            for ((reading, seen), (_, options)) in readings.iter().zip(&known).zip(&documents) {
                let analysis = self.detector.judge(reading, seen, options);
                answers.add(reading.article, analysis, self.detector.ruleset_version());
            }
            // What ends the run leaves a table without its end: nobody can read it.
            if let Some(rows) = rows.filter(|_| faults.fatal.is_none() && !ended) {
                answers.beside(&rows, faults.tolerated.iter().map(|(at, _)| *at));
            }
        }
        let _turn = self.writing.wait(number)?;
        if !ended {
            self.finish(answers, faults, read);
        }
        Some(())
    }

    /// The documents of the batch up to the first that ends the run.
    fn check_all(&self, batch: &mut Batch<'i>) -> (Vec<Checked>, Faults) {
        let (mut documents, mut faults) = (Vec::new(), Faults::default());
        for (at, (place, parsed)) in batch.documents().enumerate() {
            match self.check(place, parsed, &mut faults.languages) {
                Ok(checked) => documents.push(checked),
                Err(error @ CliError::Data { .. }) if self.args.skip_bad => faults.tolerated.push((at, error)),
                Err(error) => {
                    faults.fatal = Some(error);
                    break;
                }
            }
        }
        (documents, faults)
    }

    fn check(&self, place: Place<'i>, parsed: Parsed, languages: &mut u64) -> Result<Checked, CliError> {
        let mut document = parsed?;
        // Archives are full of tags like `zh+en`. The language is found out where there is none, so that a bad one is
        // no reason to stop.
        if !is_language(&document.language) {
            document.language.clear();
            *languages += 1;
        }
        if document.source.is_empty() {
            document.source.clone_from(&self.args.source);
        }
        let checked = grpc::request(Some(document), Some(self.args.options()), &LIMITS);
        checked.map_err(|invalid| CliError::Data { place: place.to_string(), what: invalid.to_string() })
    }

    /// What the store knows of the readings, up to the first that it fails for.
    fn look_up(&self, readings: &[Reading<'_>], faults: &mut Faults, learn: bool) -> Vec<Seen> {
        let mut known = Vec::with_capacity(readings.len());
        for reading in readings {
            match self.detector.look_up(reading, Namespace::DEFAULT, learn, self.started) {
                Ok(seen) => known.push(seen),
                Err(error) => {
                    faults.fatal = Some(error.into());
                    break;
                }
            }
        }
        known
    }

    /// Writes a batch's answers and tells its faults, in turn.
    fn finish(&self, answers: Answers, faults: Faults, read: u64) {
        let mut sink = lock(&self.sink);
        if sink.outcome.is_err() {
            return;
        }
        // Bad data is reported by the first pass only, and counted by the last.
        if self.pass == Pass::Clean {
            sink.stats.bad += faults.tolerated.len() as u64;
            sink.stats.languages += faults.languages;
        }
        if self.pass == Pass::Learn || !self.args.learns_first() {
            for (_, error) in &faults.tolerated {
                // Standard error may be closed; the count is still right.
                let _ = self.bar.suspend(|| complain(&error.to_string()));
            }
        }
        sink.stats.add(&answers.stats);
        let written = sink.output.write(answers);
        sink.outcome = match (written, faults.fatal) {
            (Err(error), _) => Err(error),
            (Ok(()), Some(fatal)) => Err(fatal),
            (Ok(()), None) => Ok(()),
        };
        if sink.outcome.is_err() {
            self.ended.store(true, Ordering::Relaxed);
        }
        self.bar.set_position(self.before + read);
    }
}

/// Nobody shall wait for the turns of a worker that has panicked.
struct SendAway<'a>([&'a Turns; 2]);

impl Drop for SendAway<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.iter().for_each(|turns| turns.close());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A bar on a terminal, nothing elsewhere. Plain articles go to the same terminal, so they have none.
fn bar(args: &Args, inputs: &[Source]) -> ProgressBar {
    if args.form() == Form::Plain {
        return ProgressBar::hidden();
    }
    let passes = if args.learns_first() { 2 } else { 1 };
    let total: Option<u64> = inputs.iter().map(Source::size).sum();
    let bar = ProgressBar::with_draw_target(total.map(|t| t * passes), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
