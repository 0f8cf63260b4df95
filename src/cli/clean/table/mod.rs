//! Parquet files: documents in columns, read in small batches of rows so that memory is bounded whatever the file's size.

mod columns;
mod results;
mod rows;
mod writer;

use crate::cli::{error::CliError, input::Input};
use arrow_schema::SchemaRef;
use columns::Columns;
pub(super) use columns::{Choice, choice};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{
            ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
        },
    },
    errors::ParquetError,
};
pub(super) use rows::Rows;
use std::io;
pub(super) use writer::{Cleaned, Writer};

/// Rows of a batch: of articles of 4 KB as many bytes as a batch of lines has.
const BATCH_ROWS: usize = 64;

/// One Parquet file with documents.
#[derive(Debug)]
pub(super) struct Table {
    input: Input,
    metadata: ArrowReaderMetadata,
    columns: Columns,
}

/// The rows of a table, batch by batch.
pub(super) struct Reader<'a> {
    table: &'a Table,
    batches: ParquetRecordBatchReader,
    rows: u64,
}

impl Table {
    /// Looks at the end of a file, where its columns are described, and finds those of documents.
    pub(super) fn open(input: Input, chosen: &[Choice]) -> Result<Self, CliError> {
        let bad = |what: String| CliError::Data { place: input.name.clone(), what };
        let options = ArrowReaderOptions::new();
        let file = input.file()?;
        let metadata = ArrowReaderMetadata::load(&file, options).map_err(|error| match error {
            ParquetError::External(_) => failed(&input.name, error),
            error => bad(format!("is no Parquet file that can be read: {error}")),
        })?;
        let columns = Columns::find(metadata.schema(), chosen).map_err(bad)?;
        Ok(Self { input, metadata, columns })
    }

    /// Its columns.
    pub(super) fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    /// Bytes of the file.
    pub(super) fn size(&self) -> Option<u64> {
        self.input.size
    }

    /// How messages name it.
    pub(super) fn name(&self) -> &str {
        &self.input.name
    }

    /// Reads it from the beginning; `all` columns, or those of documents only.
    pub(super) fn rows(&self, all: bool) -> Result<Reader<'_>, CliError> {
        let file = self.input.file()?;
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        if !all {
            let wanted = self.columns.positions(self.schema());
            let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
            builder = builder.with_projection(mask);
        }
        let batches = builder.with_batch_size(BATCH_ROWS).build().map_err(|error| failed(self.name(), error))?;
        Ok(Reader { table: self, batches, rows: 0 })
    }
}

impl<'a> Reader<'a> {
    /// The next rows; nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Rows<'a>>, CliError> {
        let Some(batch) = self.batches.next() else { return Ok(None) };
        let batch = batch.map_err(|error| failed(self.table.name(), error.into()))?;
        let first = self.rows + 1;
        self.rows += batch.num_rows() as u64;
        Ok(Some(Rows::new(self.table.name(), &self.table.columns, first, batch)))
    }

    /// Bytes of the file that were read so far, about: the share of its rows.
    pub(super) fn read(&self) -> u64 {
        let all = self.table.metadata.metadata().file_metadata().num_rows().max(1) as f64;
        (self.table.size().unwrap_or(0) as f64 * (self.rows as f64 / all)) as u64
    }
}

fn failed(name: &str, error: ParquetError) -> CliError {
    CliError::Input { name: name.into(), source: system(error) }
}

/// What the system said, if it was the system.
fn system(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(inner) => io::Error::other(inner),
        },
        error => io::Error::other(error),
    }
}
