//! The table that comes out: the columns that went in, and behind them the results.

use super::{Rows, Table, results, system};
use crate::{cli::error::CliError, proto::v1};
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema, SchemaRef};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};
use std::{
    io::{BufWriter, Stdout, stdout},
    sync::Arc,
};

/// Packed bytes after which a row group ends: it is kept in memory until then.
const GROUP_BYTES: usize = 32 << 20;

/// Standard output as a table.
pub(in crate::cli::clean) struct Writer {
    parquet: ArrowWriter<BufWriter<Stdout>>,
    schema: SchemaRef,
}

/// Rows with the columns of their results, ready to be written.
#[derive(Debug)]
pub(in crate::cli::clean) struct Cleaned {
    columns: Vec<ArrayRef>,
}

impl Cleaned {
    /// Puts answers beside their rows: one for each row, or none for a row that was passed over.
    pub(in crate::cli::clean) fn new(rows: &Rows<'_>, answers: &[Option<v1::AnalyzeResponse>]) -> Self {
        let mut columns = rows.batch.columns().to_vec();
        columns.extend(results::columns(answers).map(|(_, column)| column));
        Self { columns }
    }
}

impl Writer {
    /// A writer for rows of all `tables`, which must have the same columns, and their results under names that begin with
    /// `prefix`.
    pub(in crate::cli::clean) fn new(tables: &[&Table], prefix: &str) -> Result<Self, CliError> {
        let Some((first, others)) = tables.split_first() else {
            return Err(CliError::Bug("no table to write".into()));
        };
        for other in others {
            if other.schema().fields() != first.schema().fields() {
                let what = format!("has other columns than {}; clean them one by one", first.name());
                return Err(CliError::Data { place: other.name().into(), what });
            }
        }
        let mut fields: Vec<Arc<Field>> = first.schema().fields().iter().cloned().collect();
        for (name, column) in results::columns(&[]) {
            let name = format!("{prefix}{name}");
            if first.schema().column_with_name(&name).is_some() {
                let what =
                    format!("has a column `{name}` already; give the results other names, as with --prefix new_");
                return Err(CliError::Data { place: first.name().into(), what });
            }
            fields.push(Arc::new(Field::new(name, column.data_type().clone(), true)));
        }
        let schema = Arc::new(Schema::new_with_metadata(fields, first.schema().metadata().clone()));
        // zstd's fastest: a third smaller than snappy on text, and still many times faster than the engine.
        let packed = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(packed).build();
        let parquet = ArrowWriter::try_new(BufWriter::new(stdout()), Arc::clone(&schema), Some(properties));
        Ok(Self { parquet: parquet.map_err(system)?, schema })
    }

    /// Writes rows.
    pub(in crate::cli::clean) fn write(&mut self, cleaned: Cleaned) -> Result<(), CliError> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), cleaned.columns);
        let batch = batch.map_err(|error| CliError::Bug(error.to_string()))?;
        self.parquet.write(&batch).map_err(system)?;
        if self.parquet.in_progress_size() >= GROUP_BYTES {
            self.parquet.flush().map_err(system)?;
        }
        Ok(())
    }

    /// Writes what tables end with; without it nobody can read what was written.
    pub(in crate::cli::clean) fn finish(self) -> Result<(), CliError> {
        use std::io::Write as _;
        let mut stdout = self.parquet.into_inner().map_err(system)?;
        Ok(stdout.flush()?)
    }
}
