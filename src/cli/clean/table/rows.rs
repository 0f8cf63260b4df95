//! Some rows of a table → the contract's documents.

use super::columns::Columns;
use crate::{cli::clean::record, proto::v1};
use arrow_array::{
    Array, ArrayRef, RecordBatch,
    cast::AsArray as _,
    types::{
        ArrowPrimitiveType, Date32Type, Date64Type, Int32Type, Int64Type, TimestampMicrosecondType,
        TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt32Type, UInt64Type,
    },
};
use arrow_schema::{DataType, TimeUnit};
use prost_types::Timestamp;

/// Rows that follow one another, with all their columns or those of documents only.
#[derive(Debug)]
pub(in crate::cli::clean) struct Rows<'a> {
    /// The file.
    pub(in crate::cli::clean) name: &'a str,
    /// Number of the first row, counted from 1.
    pub(in crate::cli::clean) first: u64,
    pub(super) batch: RecordBatch,
    columns: &'a Columns,
}

impl<'a> Rows<'a> {
    pub(super) fn new(name: &'a str, columns: &'a Columns, first: u64, batch: RecordBatch) -> Self {
        Self { name, first, batch, columns }
    }

    /// The documents in their order, or what is wrong with them.
    pub(in crate::cli::clean) fn documents(&self) -> impl Iterator<Item = Result<v1::Document, String>> {
        let column = |name: Option<&str>| name.and_then(|name| self.batch.column_by_name(name));
        let columns = self.columns.names().map(column);
        (0..self.batch.num_rows()).map(move |row| document(columns, row))
    }
}

fn document(
    [id, text, source, title, language, time]: [Option<&ArrayRef>; 6],
    row: usize,
) -> Result<v1::Document, String> {
    let part = |column: Option<&ArrayRef>| column.and_then(|column| string(column, row)).unwrap_or_default();
    let Some(text) = text.and_then(|column| string(column, row)) else {
        return Err("text: is null; every document has one, though it may be empty".into());
    };
    Ok(v1::Document {
        id: id.and_then(|column| identity(column, row)).unwrap_or_default(),
        source: part(source),
        title: part(title),
        text,
        language: part(language),
        published_at: time.and_then(|column| timestamp(column, row)),
    })
}

fn string(column: &ArrayRef, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Utf8 => Some(column.as_string::<i32>().value(row).into()),
        DataType::LargeUtf8 => Some(column.as_string::<i64>().value(row).into()),
        DataType::Utf8View => Some(column.as_string_view().value(row).into()),
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            string(dictionary.values(), dictionary.normalized_keys()[row])
        }
        _ => None,
    }
}

fn identity(column: &ArrayRef, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Int32 => Some(column.as_primitive::<Int32Type>().value(row).to_string()),
        DataType::Int64 => Some(column.as_primitive::<Int64Type>().value(row).to_string()),
        DataType::UInt32 => Some(column.as_primitive::<UInt32Type>().value(row).to_string()),
        DataType::UInt64 => Some(column.as_primitive::<UInt64Type>().value(row).to_string()),
        _ => string(column, row),
    }
}

/// As in JSONL, a time that cannot be read counts as absent.
fn timestamp(column: &ArrayRef, row: usize) -> Option<Timestamp> {
    fn value<T: ArrowPrimitiveType<Native = i64>>(column: &ArrayRef, row: usize, per_second: i64) -> Timestamp {
        let value = column.as_primitive::<T>().value(row);
        let nanos = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
        Timestamp { seconds: value.div_euclid(per_second), nanos: nanos as i32 }
    }
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => Some(value::<TimestampSecondType>(column, row, 1)),
        DataType::Timestamp(TimeUnit::Millisecond, _) => Some(value::<TimestampMillisecondType>(column, row, 1_000)),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            Some(value::<TimestampMicrosecondType>(column, row, 1_000_000))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            Some(value::<TimestampNanosecondType>(column, row, 1_000_000_000))
        }
        DataType::Date32 => {
            let days = column.as_primitive::<Date32Type>().value(row);
            Some(Timestamp { seconds: i64::from(days) * 24 * 60 * 60, nanos: 0 })
        }
        DataType::Date64 => Some(value::<Date64Type>(column, row, 1_000)),
        _ => record::time(&string(column, row)?),
    }
}
