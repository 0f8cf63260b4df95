//! The inputs in batches, for workers to take.

use super::{
    source::Source,
    table::{Reader, Rows},
};
use crate::cli::{
    error::CliError,
    input::{Lines, Parsed, parse},
};
use std::{ops::Range, slice::IterMut};

/// Bytes of a batch: some fifty articles, so that taking turns costs nothing and little is under way at once.
const BATCH: usize = 256 << 10;
/// Documents of a batch, so that one of empty documents ends as well.
const MOST: usize = 1024;

/// Reads the inputs one after the other.
pub(super) struct Feed<'a> {
    inputs: IterMut<'a, Source>,
    open: Open<'a>,
    /// Whether all columns of tables are wanted, or those of documents only.
    all: bool,
    batches: u64,
    /// Bytes taken from files that are done with.
    done: u64,
    failed: bool,
}

/// The input that is being read.
enum Open<'a> {
    None,
    Lines(Lines<'a>),
    Rows(Reader<'a>),
}

/// Some documents that follow one another: rows of a table, or items of other inputs.
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
    rows: Option<Rows<'a>>,
}

#[derive(Debug)]
enum Item<'a> {
    Line { name: &'a str, number: u64, range: Range<usize> },
    Done { name: &'a str, parsed: Parsed },
}

impl<'a> Feed<'a> {
    /// A feed from the beginning; `all` columns of tables, or those of documents only.
    pub(super) fn new(inputs: &'a mut [Source], all: bool) -> Self {
        Self { inputs: inputs.iter_mut(), open: Open::None, all, batches: 0, done: 0, failed: false }
    }

    /// The next batch; `None` at the end, and after an input that could not be read.
    pub(super) fn batch(&mut self) -> Option<Batch<'a>> {
        let mut batch = Batch { number: self.batches, ..Batch::default() };
        while !self.failed && batch.size < BATCH && batch.items.len() < MOST && batch.rows.is_none() {
            match self.next(&mut batch) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.failed = true;
                    batch.items.push(Item::Done { name: "", parsed: Err(error) });
                }
            }
        }
        batch.read = self.done + self.open.read();
        self.batches += 1;
        (!batch.items.is_empty() || batch.rows.is_some()).then_some(batch)
    }

    /// Puts the next document or the next rows into `batch`, if there are any.
    fn next(&mut self, batch: &mut Batch<'a>) -> Result<bool, CliError> {
        loop {
            match &mut self.open {
                Open::Lines(lines) => {
                    let name = lines.name();
                    if let Some((range, number)) = lines.next_raw(&mut batch.bytes)? {
                        batch.size = batch.bytes.len();
                        batch.items.push(Item::Line { name, number, range });
                        return Ok(true);
                    }
                }
                Open::Rows(rows) => {
                    batch.rows = rows.next()?;
                    if batch.rows.is_some() {
                        return Ok(true);
                    }
                }
                Open::None => {}
            }
            self.done += self.open.read();
            self.open = Open::None;
            let Some(input) = self.inputs.next() else { return Ok(false) };
            self.open = match input {
                Source::Lines(input) => Open::Lines(input.lines()?),
                Source::Table(table) => Open::Rows(table.rows(self.all)?),
                Source::Article(input) => {
                    let parsed = input.article();
                    batch.size += parsed.as_ref().map_or(0, |document| document.text.len());
                    batch.items.push(Item::Done { name: &input.name, parsed });
                    return Ok(true);
                }
            };
        }
    }
}

impl Open<'_> {
    /// Bytes taken from it.
    fn read(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::Lines(lines) => lines.read(),
            Self::Rows(rows) => rows.read(),
        }
    }
}

impl<'a> Batch<'a> {
    /// The documents with where they stand, or what is wrong with them.
    pub(super) fn documents(&mut self) -> impl Iterator<Item = (Place<'a>, Parsed)> {
        let bytes = &self.bytes;
        let items = self.items.drain(..).map(move |item| match item {
            Item::Line { name, number, range } => (Place::Line(name, number), parse(&bytes[range], name, number)),
            Item::Done { name, parsed } => (Place::File(name), parsed),
        });
        items.chain(self.rows.iter().flat_map(in_rows))
    }

    /// The rows that the documents stood in, if they did.
    pub(super) fn rows(self) -> Option<Rows<'a>> {
        self.rows
    }
}

fn in_rows<'a>(rows: &Rows<'a>) -> impl Iterator<Item = (Place<'a>, Parsed)> {
    let places = (rows.first..).map(|number| Place::Row(rows.name, number));
    let bad = |place: Place<'_>, what| CliError::Data { place: place.to_string(), what };
    places.zip(rows.documents()).map(move |(place, parsed)| (place, parsed.map_err(|what| bad(place, what))))
}

/// Where a document stands: in which file, and there in which line or row, counted from 1.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    File(&'a str),
    Line(&'a str, u64),
    Row(&'a str, u64),
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(name) => f.write_str(name),
            Self::Line(name, number) => write!(f, "{name}:{number}"),
            Self::Row(name, number) => write!(f, "{name}: row {number}"),
        }
    }
}
