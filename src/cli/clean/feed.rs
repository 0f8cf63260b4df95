//! The inputs in batches, for workers to take.

use crate::cli::{
    error::CliError,
    input::{Input, Lines, Parsed, parse},
};
use std::{ops::Range, slice::IterMut};

/// Bytes of a batch: some fifty articles, so that taking turns costs nothing and little is under way at once.
const BATCH: usize = 256 << 10;
/// Documents of a batch, so that one of empty documents ends as well.
const MOST: usize = 1024;

/// Reads the inputs one after the other.
pub(super) struct Feed<'a> {
    inputs: IterMut<'a, Input>,
    lines: Option<Lines<'a>>,
    jsonl: bool,
    batches: u64,
    /// Bytes taken from files that are done with.
    done: u64,
    failed: bool,
}

/// Some documents that follow one another.
#[derive(Debug, Default)]
pub(super) struct Batch<'a> {
    /// Counted from 0.
    pub(super) number: u64,
    /// Bytes taken from the inputs so far.
    pub(super) read: u64,
    /// The lines, read as they are.
    bytes: Vec<u8>,
    size: usize,
    items: Vec<Item<'a>>,
}

#[derive(Debug)]
enum Item<'a> {
    Line { name: &'a str, number: u64, range: Range<usize> },
    Done { name: &'a str, parsed: Parsed },
}

impl<'a> Feed<'a> {
    pub(super) fn new(inputs: &'a mut [Input], jsonl: bool) -> Self {
        Self { inputs: inputs.iter_mut(), lines: None, jsonl, batches: 0, done: 0, failed: false }
    }

    /// The next batch; `None` at the end, and after an input that could not be read.
    pub(super) fn batch(&mut self) -> Option<Batch<'a>> {
        let mut batch = Batch { number: self.batches, ..Batch::default() };
        while !self.failed && batch.size < BATCH && batch.items.len() < MOST {
            match self.next(&mut batch) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.failed = true;
                    batch.items.push(Item::Done { name: "", parsed: Err(error) });
                }
            }
        }
        batch.read = self.done + self.lines.as_ref().map_or(0, Lines::read);
        self.batches += 1;
        (!batch.items.is_empty()).then_some(batch)
    }

    /// Puts the next document into `batch`, if there is one.
    fn next(&mut self, batch: &mut Batch<'a>) -> Result<bool, CliError> {
        loop {
            if let Some(lines) = &mut self.lines {
                let name = lines.name();
                if let Some((range, number)) = lines.next_raw(&mut batch.bytes)? {
                    batch.size = batch.bytes.len();
                    batch.items.push(Item::Line { name, number, range });
                    return Ok(true);
                }
                self.done += lines.read();
                self.lines = None;
            }
            let Some(input) = self.inputs.next() else { return Ok(false) };
            if self.jsonl {
                self.lines = Some(input.lines()?);
            } else {
                let parsed = input.article();
                batch.size += parsed.as_ref().map_or(0, |document| document.text.len());
                batch.items.push(Item::Done { name: &input.name, parsed });
                return Ok(true);
            }
        }
    }
}

impl<'a> Batch<'a> {
    /// The documents with where they stand, or what is wrong with them.
    pub(super) fn documents(&mut self) -> impl Iterator<Item = (Place<'a>, Parsed)> {
        let bytes = &self.bytes;
        self.items.drain(..).map(move |item| match item {
            Item::Line { name, number, range } => (Place { name, number }, parse(&bytes[range], name, number)),
            Item::Done { name, parsed } => (Place { name, number: 0 }, parsed),
        })
    }
}

/// Where a document stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    name: &'a str,
    /// 0 for a file that is one document.
    number: u64,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.number {
            0 => f.write_str(self.name),
            number => write!(f, "{}:{number}", self.name),
        }
    }
}
