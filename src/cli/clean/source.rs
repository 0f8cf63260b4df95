//! What is cleaned: articles, lines or tables.

use super::{Args, Form, table::Table};
use crate::cli::{error::CliError, input::Input};
use std::path::PathBuf;

/// One input.
#[derive(Debug)]
pub(super) enum Source {
    /// One article.
    Article(Input),
    /// One document a line.
    Lines(Input),
    /// One document a row.
    Table(Table),
}

impl Source {
    /// Opens all files of the arguments; a table's columns are looked at as well.
    pub(super) fn open(args: &Args) -> Result<Vec<Self>, CliError> {
        let stdin = [PathBuf::from("-")];
        let files = if args.files.is_empty() { &stdin[..] } else { &args.files };
        if files.iter().filter(|file| file.as_os_str() == "-").count() > 1 {
            return Err(CliError::Usage("standard input (-) can be read once only".into()));
        }
        let form = args.form();
        // A table is described at its end, so it is never read straight through.
        let twice = args.learns_first() || form == Form::Parquet;
        let open = |file: &PathBuf| {
            let input = Input::open(file, twice)?;
            Ok(match form {
                Form::Plain => Self::Article(input),
                Form::Jsonl => Self::Lines(input),
                Form::Parquet => Self::Table(Table::open(input, &args.columns)?),
            })
        };
        files.iter().map(open).collect()
    }

    /// Bytes in it, if that is known before it is read.
    pub(super) fn size(&self) -> Option<u64> {
        match self {
            Self::Article(input) | Self::Lines(input) => input.size,
            Self::Table(table) => table.size(),
        }
    }

    /// The table, if it is one.
    pub(super) fn table(&self) -> Option<&Table> {
        match self {
            Self::Table(table) => Some(table),
            Self::Article(_) | Self::Lines(_) => None,
        }
    }
}
