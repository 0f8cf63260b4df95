//! The printed page: titles and tables, in bold on a terminal.

use crate::{
    cli::error::CliError,
    evaluation::{figures::Figures, pages::PageFigures, render, score::Scores, table::Table},
};
use anstream::AutoStream;
use anstyle::Style;
use std::io::{self, Write as _};

/// The tables that every evaluation has: totals, qualities, kinds; then confusion and reliability of the set `shown`.
pub(in crate::cli) fn tables(names: &[String], figures: &[Figures], shown: usize) -> Vec<Table> {
    let rows: Vec<render::Row<'_>> = names.iter().map(String::as_str).zip(figures).collect();
    let mut tables = vec![
        render::totals("Removed tokens", &rows),
        render::qualities("Kinds, confidences, scores, repetition", &rows),
        render::kinds("Recall by kind", &rows),
    ];
    if let Some((name, figures)) = rows.get(shown) {
        let accuracy = figures.scores.kind_accuracy();
        let note = format!("Tokens that both marked. The same kind for {accuracy:.3} of them.");
        tables.push(render::confusion(&format!("Kinds, {name}"), &figures.scores).with_note(note));
        let note = format!("Tokens of reported spans. Expected calibration error {:.3}.", figures.reliability.error());
        tables.push(render::reliability(&format!("Confidence, {name}"), &figures.reliability).with_note(note));
    }
    tables
}

/// The table by source.
pub(super) fn by_source(name: &str, scores: &Scores) -> Table {
    render::sources(&format!("By source, {name}"), scores)
}

/// The table of pages.
pub(in crate::cli) fn of_pages(figures: &PageFigures) -> Table {
    let note = "Strings of article and page, looked for in the text; nothing is known of the pages' sources.";
    render::pages("Strings of pages", figures).with_note(note)
}

/// Writes the notes, then the tables, to standard output.
pub(in crate::cli) fn print(notes: &[String], tables: &[Table]) -> Result<(), CliError> {
    let bold = Style::new().bold();
    let mut stdout = AutoStream::auto(io::stdout().lock());
    for note in notes {
        writeln!(stdout, "{note}")?;
    }
    for (at, table) in tables.iter().enumerate() {
        let gap = if at + notes.len() > 0 { "\n" } else { "" };
        writeln!(stdout, "{gap}{bold}{}{bold:#}", table.title)?;
        if !table.note.is_empty() {
            writeln!(stdout, "{}", table.note)?;
        }
        write!(stdout, "{}", table.text())?;
    }
    Ok(stdout.flush()?)
}
