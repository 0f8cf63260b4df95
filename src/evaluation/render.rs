//! Figures for people and machines.

use super::figures::Figures;
use super::pages::{PageFigures, StringTally};
use super::reliability::{EDGES, Reliability};
use super::score::{Scores, Tally};
use super::table::Table;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const HEADER: [&str; 7] = ["", "documents", "precision", "recall", "F1", "content loss", "damaged"];

/// A named set of figures.
pub type Row<'a> = (&'a str, &'a Figures);

/// Precision, recall, F1, content loss and damaged documents, one row a set.
#[must_use]
pub fn totals(title: &str, rows: &[Row<'_>]) -> Table {
    let mut table = Table::new(title, &HEADER);
    for (name, figures) in rows {
        table.push(tally_cells(name, &figures.scores.total));
    }
    table
}

/// The same by source.
#[must_use]
pub fn sources(title: &str, scores: &Scores) -> Table {
    let mut table = Table::new(title, &HEADER);
    for (site, own) in &scores.sites {
        table.push(tally_cells(site, own));
    }
    table.push(tally_cells("all", &scores.total));
    table
}

/// Recall by kind, one column a set.
#[must_use]
pub fn kinds(title: &str, rows: &[Row<'_>]) -> Table {
    let header: Vec<&str> = ["kind", "tokens"].into_iter().chain(rows.iter().map(|row| row.0)).collect();
    let mut table = Table::new(title, &header);
    let names: BTreeSet<&String> = rows.iter().flat_map(|(_, figures)| figures.scores.kinds.keys()).collect();
    for name in names {
        let tokens = rows.iter().filter_map(|row| row.1.scores.kinds.get(name)).map(|(_, marked)| *marked).max();
        let recalls = rows.iter().map(|row| optional(row.1.scores.recall_of(name)));
        table.push([name.clone(), tokens.unwrap_or(0).to_string()].into_iter().chain(recalls).collect());
    }
    table
}

/// Everything that is not about removed tokens, one row a set.
#[must_use]
pub fn qualities(title: &str, rows: &[Row<'_>]) -> Table {
    let header = ["", "kind accuracy", "calibration error", "Spearman", "clean below .2", "removes again"];
    let mut table = Table::new(title, &header);
    for (name, figures) in rows {
        table.push(vec![
            (*name).to_owned(),
            number(figures.scores.kind_accuracy()),
            number(figures.reliability.error()),
            number(figures.spam_correlation()),
            optional(figures.clean_share()),
            optional(figures.again_share()),
        ]);
    }
    table
}

/// Rows are annotated kinds, columns the cleaner's, cells tokens.
#[must_use]
pub fn confusion(title: &str, scores: &Scores) -> Table {
    let columns: BTreeSet<&str> = scores.confusion.keys().map(|(_, taken)| taken.as_str()).collect();
    let header: Vec<&str> = ["annotated \\ answered"].into_iter().chain(columns.iter().copied()).collect();
    let mut table = Table::new(title, &header);
    for kind in scores.kinds.keys() {
        let count = |column: &&str| scores.confusion.get(&(kind.clone(), (*column).to_owned())).copied().unwrap_or(0);
        let counts = columns.iter().map(|column| count(column).to_string());
        table.push([kind.clone()].into_iter().chain(counts).collect());
    }
    table
}

/// Promised against observed shares, one row a bin that has tokens.
#[must_use]
pub fn reliability(title: &str, reliability: &Reliability) -> Table {
    let mut table = Table::new(title, &["confidence", "tokens", "predicted", "observed"]);
    let mut from = 0.0;
    for (bin, to) in reliability.bins.iter().zip(EDGES) {
        if bin.tokens > 0 {
            let name = format!("{from:.2} to {to:.2}");
            table.push(vec![name, bin.tokens.to_string(), number(bin.predicted()), number(bin.observed())]);
        }
        from = to;
    }
    table
}

/// Strings of pages before and after cleaning.
#[must_use]
pub fn pages(title: &str, figures: &PageFigures) -> Table {
    let mut table = Table::new(title, &["", "pages", "precision", "recall", "F1", "article lost", "page left"]);
    for (name, own) in [("before cleaning", &figures.before), ("after cleaning", &figures.after)] {
        let shares = [own.precision(), own.recall(), own.f1()].map(|share| format!("{share:.4}"));
        let counts = [own.lost, own.left].map(|count| count.to_string());
        let row = [name.to_owned(), figures.pages.to_string()];
        table.push(row.into_iter().chain(shares).chain(counts).collect());
    }
    table
}

/// Everything as JSON: figures and the counts behind them.
#[must_use]
pub fn json(figures: &Figures) -> Value {
    let scores = &figures.scores;
    let kinds = scores.kinds.iter().map(|(kind, &(removed, marked))| {
        (kind.clone(), json!({ "recall": scores.recall_of(kind), "removed": removed, "marked": marked }))
    });
    let confusion: Vec<Value> = scores
        .confusion
        .iter()
        .map(|((gold, taken), count)| json!({ "annotated": gold, "answered": taken, "tokens": count }))
        .collect();
    let bins = figures.reliability.bins.iter().zip(EDGES).map(
        |(bin, to)| json!({ "to": to, "tokens": bin.tokens, "predicted": bin.predicted(), "observed": bin.observed() }),
    );
    json!({
        "total": tally(&scores.total),
        "sites": scores.sites.iter().map(|(site, own)| (site.clone(), tally(own))).collect::<Map<_, _>>(),
        "kinds": kinds.collect::<Map<_, _>>(),
        "kind_accuracy": scores.kind_accuracy(),
        "confusion": confusion,
        "calibration_error": figures.reliability.error(),
        "reliability": bins.collect::<Vec<_>>(),
        "spam_correlation": figures.spam_correlation(),
        "clean_share": figures.clean_share(),
        "removes_again": figures.again_share(),
    })
}

/// Strings of pages as JSON.
#[must_use]
pub fn pages_json(figures: &PageFigures) -> Value {
    let strings = |own: &StringTally| {
        json!({
            "precision": own.precision(), "recall": own.recall(), "f1": own.f1(),
            "strings": { "kept": own.kept, "lost": own.lost, "left": own.left, "gone": own.gone },
        })
    };
    json!({ "pages": figures.pages, "before": strings(&figures.before), "after": strings(&figures.after) })
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

fn tally_cells(name: &str, own: &Tally) -> Vec<String> {
    vec![
        name.to_owned(),
        own.documents.to_string(),
        number(own.precision()),
        number(own.recall()),
        number(own.f1()),
        format!("{:.2} %", 100.0 * own.content_loss()),
        format!("{:.1} %", 100.0 * own.damaged_share()),
    ]
}

fn number(value: f64) -> String {
    format!("{value:.3}")
}

fn optional(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::field_reassign_with_default, reason = "other fields are private")]
    fn example() -> Figures {
        let own = Tally { hit: 3, wrong: 1, missed: 1, kept: 99, documents: 2, damaged: 0 };
        let mut scores = Scores { total: own, ..Scores::default() };
        scores.sites.insert("a.example".into(), own);
        scores.kinds.insert("related".into(), (3, 4));
        scores.confusion.insert(("related".into(), "promotion".into()), 1);
        scores.confusion.insert(("related".into(), "related".into()), 2);
        let mut figures = Figures::default();
        figures.scores = scores;
        figures
    }

    #[test]
    fn tables_hold_the_figures() {
        let figures = example();
        let expected = "
           documents  precision  recall     F1  content loss  damaged
a.example          2      0.750   0.750  0.750        1.00 %    0.0 %
all                2      0.750   0.750  0.750        1.00 %    0.0 %
";
        assert_eq!(sources("", &figures.scores).text(), expected[1..]);
        assert_eq!(totals("", &[("all", &figures)]).rows[1], sources("", &figures.scores).rows[2]);
        let empty = Figures::default();
        let by_kind = kinds("", &[("cold", &figures), ("online", &empty)]);
        assert_eq!(by_kind.text(), "kind     tokens   cold  online\nrelated       4  0.750       –\n");
        let confused = confusion("", &figures.scores);
        assert_eq!(
            confused.text(),
            "annotated \\ answered  promotion  related\nrelated                       1        2\n"
        );
    }

    #[test]
    fn json_holds_figures_and_counts() {
        let value = json(&example());
        assert_eq!(value["total"]["tokens"]["kept"], 99);
        assert_eq!(value["kinds"]["related"]["recall"], 0.75);
        assert_eq!(value["sites"]["a.example"]["f1"], 0.75);
        assert_eq!(value["confusion"][0]["answered"], "promotion");
        assert_eq!(value["removes_again"], Value::Null);
        assert_eq!(pages_json(&PageFigures::default())["before"]["strings"]["lost"], 0);
    }
}
