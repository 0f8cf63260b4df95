//! Scores for people and machines.

use super::score::{Scores, Tally};
use serde_json::{Value, json};

const HEADER: [&str; 7] = ["", "documents", "precision", "recall", "F1", "content loss", "damaged"];

/// A named row of figures.
pub type Row<'a> = (&'a str, &'a Tally);

/// The rows as an aligned table for terminals.
#[must_use]
pub fn text_table(rows: &[Row<'_>]) -> String {
    align(&cells(rows))
}

/// The rows as a Markdown table.
#[must_use]
pub fn markdown_table(rows: &[Row<'_>]) -> String {
    let mut lines: Vec<String> = cells(rows).iter().map(|row| format!("| {} |", row.join(" | "))).collect();
    lines.insert(1, format!("| --- |{}", " ---: |".repeat(HEADER.len() - 1)));
    lines.join("\n") + "\n"
}

/// Everything for terminals: sites if wanted, the total, recall by kind, confusion of kinds.
#[must_use]
pub fn report(scores: &Scores, by_site: bool) -> String {
    let mut rows: Vec<Row<'_>> = Vec::new();
    if by_site {
        rows.extend(scores.sites.iter().map(|(site, tally)| (site.as_str(), tally)));
    }
    rows.push(("all", &scores.total));
    format!("{}\n{}\n{}", text_table(&rows), align(&kind_cells(scores)), align(&confusion_cells(scores)))
}

/// Everything as JSON: figures and the counts behind them.
#[must_use]
pub fn json(scores: &Scores) -> Value {
    let kinds = scores.kinds.iter().map(|(kind, &(removed, marked))| {
        (kind.clone(), json!({ "recall": scores.recall_of(kind), "removed": removed, "marked": marked }))
    });
    let confusion: Vec<Value> = scores
        .confusion
        .iter()
        .map(|((gold, taken), count)| json!({ "annotated": gold, "answered": taken, "tokens": count }))
        .collect();
    json!({
        "total": tally(&scores.total),
        "sites": scores.sites.iter().map(|(site, own)| (site.clone(), tally(own))).collect::<serde_json::Map<_, _>>(),
        "kinds": kinds.collect::<serde_json::Map<_, _>>(),
        "kind_accuracy": scores.kind_accuracy(),
        "confusion": confusion,
    })
}

fn tally(own: &Tally) -> Value {
    json!({
        "documents": own.documents,
        "damaged_documents": own.damaged,
        "precision": own.precision(),
        "recall": own.recall(),
        "f1": own.f1(),
        "content_loss": own.content_loss(),
        "tokens": { "hit": own.hit, "wrong": own.wrong, "missed": own.missed, "kept": own.kept },
    })
}

fn cells(rows: &[Row<'_>]) -> Vec<Vec<String>> {
    let mut out = vec![HEADER.map(str::to_owned).to_vec()];
    for (name, own) in rows {
        out.push(vec![
            (*name).to_owned(),
            own.documents.to_string(),
            format!("{:.3}", own.precision()),
            format!("{:.3}", own.recall()),
            format!("{:.3}", own.f1()),
            format!("{:.2} %", 100.0 * own.content_loss()),
            format!("{:.1} %", 100.0 * own.damaged_share()),
        ]);
    }
    out
}

fn kind_cells(scores: &Scores) -> Vec<Vec<String>> {
    let mut out = vec![["kind", "tokens", "recall"].map(str::to_owned).to_vec()];
    for (kind, (_, marked)) in &scores.kinds {
        let recall = scores.recall_of(kind).unwrap_or(0.0);
        out.push(vec![kind.clone(), marked.to_string(), format!("{recall:.3}")]);
    }
    out
}

/// Rows are annotated kinds, columns the cleaner's.
fn confusion_cells(scores: &Scores) -> Vec<Vec<String>> {
    let mut columns: Vec<&str> = scores.confusion.keys().map(|(_, taken)| taken.as_str()).collect();
    columns.sort_unstable();
    columns.dedup();
    let mut out =
        vec![["annotated \\ answered"].into_iter().chain(columns.iter().copied()).map(str::to_owned).collect()];
    for kind in scores.kinds.keys() {
        let count = |column: &&str| scores.confusion.get(&(kind.clone(), (*column).to_owned())).copied().unwrap_or(0);
        let counts = columns.iter().map(|column| count(column).to_string());
        out.push([kind.clone()].into_iter().chain(counts).collect::<Vec<String>>());
    }
    out
}

/// Columns padded to their widest cell: the first to the left, numbers to the right.
fn align(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut out = String::new();
    for row in rows {
        let padded = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        out.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Scores {
        let own = Tally { hit: 3, wrong: 1, missed: 1, kept: 99, documents: 2, damaged: 0 };
        let mut scores = Scores { total: own, ..Scores::default() };
        scores.sites.insert("a.example".into(), own);
        scores.kinds.insert("related".into(), (3, 4));
        scores.confusion.insert(("related".into(), "promotion".into()), 1);
        scores.confusion.insert(("related".into(), "related".into()), 2);
        scores
    }

    #[test]
    fn tables_are_aligned() {
        let expected = "
           documents  precision  recall     F1  content loss  damaged
a.example          2      0.750   0.750  0.750        1.00 %    0.0 %
all                2      0.750   0.750  0.750        1.00 %    0.0 %

kind     tokens  recall
related       4   0.750

annotated \\ answered  promotion  related
related                       1        2
";
        assert_eq!(report(&example(), true), expected[1..]);
        let own = example().total;
        assert_eq!(
            markdown_table(&[("all", &own)]),
            "|  | documents | precision | recall | F1 | content loss | damaged |\n\
             | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n\
             | all | 2 | 0.750 | 0.750 | 0.750 | 1.00 % | 0.0 % |\n"
        );
    }

    #[test]
    fn json_holds_figures_and_counts() {
        let value = json(&example());
        assert_eq!(value["total"]["tokens"]["kept"], 99);
        assert_eq!(value["kinds"]["related"]["recall"], 0.75);
        assert_eq!(value["sites"]["a.example"]["f1"], 0.75);
        assert_eq!(value["confusion"][0]["answered"], "promotion");
    }
}
