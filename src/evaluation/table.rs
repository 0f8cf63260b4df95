//! Tables that look the same on a terminal and in Markdown.

/// A titled table; its first row is the header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// A sentence below the title; may be empty.
    pub note: String,
    /// Header, then rows: names to the left, numbers to the right.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows yet.
    pub fn new(title: impl Into<String>, header: &[&str]) -> Self {
        let rows = vec![header.iter().map(|cell| (*cell).to_owned()).collect()];
        Self { title: title.into(), note: String::new(), rows }
    }

    /// The same with a sentence below its title.
    #[must_use]
    pub fn with_note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// Appends a row.
    pub fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// For terminals: columns padded to their widest cell, the first to the left, numbers to the right. Without title
    /// and note, which the caller may want to colour.
    #[must_use]
    pub fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(|column| self.width(column)).collect();
        let mut out = String::new();
        for row in &self.rows {
            let padded = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
                if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            out.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
            out.push('\n');
        }
        out
    }

    /// As Markdown, the title as a heading of the third level.
    #[must_use]
    pub fn markdown(&self) -> String {
        let cells =
            |row: &Vec<String>| format!("| {} |", row.iter().map(|c| escape(c)).collect::<Vec<_>>().join(" | "));
        let mut lines: Vec<String> = self.rows.iter().map(cells).collect();
        let columns = self.rows.first().map_or(1, Vec::len);
        lines.insert(lines.len().min(1), format!("| --- |{}", " ---: |".repeat(columns.saturating_sub(1))));
        let note = if self.note.is_empty() { String::new() } else { format!("{}\n\n", self.note) };
        format!("### {}\n\n{note}{}\n", self.title, lines.join("\n"))
    }

    fn width(&self, column: usize) -> usize {
        self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}

/// A bar would end the cell.
fn escape(cell: &str) -> String {
    cell.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_hold_the_same_cells() {
        let mut table = Table::new("Figures", &["", "F1"]).with_note("Of two.");
        table.push(vec!["a|b".into(), "0.5".into()]);
        assert_eq!(table.text(), "      F1\na|b  0.5\n");
        assert_eq!(table.markdown(), "### Figures\n\nOf two.\n\n|  | F1 |\n| --- | ---: |\n| a\\|b | 0.5 |\n");
    }
}
