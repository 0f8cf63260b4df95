//! The report of a training: how it was made, and its tables, as Markdown.

use super::{Args, material::Collected};
use crate::{
    cli::error::CliError,
    detector::now,
    evaluation::table::Table,
    training::{FOLDS, run::Outcome, run::publisher, weak::Samples},
};
use prost_types::Timestamp;
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

/// What stands above the tables wherever they are shown.
pub(super) fn notes(outcome: &Outcome, collected: &Collected) -> Vec<String> {
    let gold = &collected.material.gold;
    let publishers: BTreeSet<String> = gold.iter().map(|gold| publisher(&gold.site, &gold.id)).collect();
    let count = |samples: &Samples| {
        let positive = samples.values().flatten().filter(|sample| sample.positive).count();
        (positive, samples.values().map(Vec::len).sum::<usize>() - positive)
    };
    let taught = &collected.material.taught;
    let ((recurring, prose), (titles, others)) = (count(&taught.recurrence), count(&taught.headlines));
    let mut notes = vec![
        format!(
            "Cross-validated: {FOLDS} folds by publisher, every document judged by models that no document of its \
             publisher taught. Figures on the training data itself do not belong in a table."
        ),
        format!(
            "{} annotated documents of {} publishers; {} are in no stream (pages: they have a cold row only).",
            gold.len(),
            publishers.len(),
            collected.known.strangers()
        ),
    ];
    for (name, figures) in &collected.streams {
        let (documents, sources) = (figures.documents.values().sum::<usize>(), figures.documents.len());
        let name = base_name(Path::new(name));
        notes
            .push(format!("{name}: {documents} documents of {sources} sources, {:.1} MB.", figures.bytes as f64 / 1e6));
    }
    notes.push(format!(
        "{recurring} recurring blocks and {prose} blocks of prose, {titles} titles and {others} lines and sentences that \
         are none from the streams; {} strings of pages.",
        collected.material.strings.len()
    ));
    let [cold, warm, lists] = &outcome.cuts;
    let (cold, warm, lists) = (cold.cut, warm.cut, lists.cut);
    notes.push(format!(
        "Cuts: probability {cold:.4} without history, {warm:.4} with it, {lists:.4} for lists without it."
    ));
    notes
}

/// How and where it was made: command, date, machine, time taken.
pub(super) fn circumstances(args: &Args, seconds: f64) -> Vec<String> {
    let today = Timestamp { seconds: now(), nanos: 0 }.to_string();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    vec![
        format!("Command: `{}`", command(args)),
        format!("Date: {}", today.split('T').next().unwrap_or_default()),
        format!("Machine: {}, {cores} cores; {seconds:.0} s", cpu().unwrap_or_else(|| "unknown processor".into())),
    ]
}

/// The command with the names of its files, less their directories, which are this machine's.
fn command(args: &Args) -> String {
    let mut words = vec!["promosieve train".to_owned()];
    let mut add = |flag: &str, files: &[PathBuf]| {
        if !files.is_empty() {
            words.push(flag.to_owned());
            words.extend(files.iter().map(|file| base_name(file)));
        }
    };
    add("--gold", &args.gold);
    add("--stream", &args.stream);
    add("--marks", args.marks.as_slice());
    add("--pages", args.pages.as_slice());
    add("--lessons", &args.lessons);
    add("--clickbait", args.clickbait.as_slice());
    add("--out", std::slice::from_ref(&args.out));
    words.push(format!("--loss {}", args.loss));
    words.join(" ")
}

fn base_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// The processor's name, where the system tells.
fn cpu() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix("model name"))?;
    Some(line.trim_start_matches([' ', '\t', ':']).trim().to_owned())
}

/// Everything as Markdown.
pub(super) fn markdown(circumstances: &[String], notes: &[String], tables: &[Table]) -> String {
    let items: Vec<String> = circumstances.iter().chain(notes).map(|note| format!("- {note}")).collect();
    let tables: Vec<String> = tables.iter().map(Table::markdown).collect();
    format!("{}\n\n{}", items.join("\n"), tables.join("\n"))
}

/// Writes a report: between `<!-- train -->` and `<!-- /train -->` of a file that has them, else as a whole file. A
/// file with `<!-- train totals -->` and `<!-- /train totals -->` gets the first table there.
pub(super) fn write(path: &Path, whole: &str, totals: &str) -> Result<(), CliError> {
    let failed = |source| CliError::Input { name: path.display().to_string(), source };
    let old = match fs::read_to_string(path) {
        Ok(old) => old,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed(error)),
    };
    let with_whole = between(&old, "train", whole);
    let filled = between(with_whole.as_deref().unwrap_or(&old), "train totals", totals).or(with_whole);
    fs::write(path, filled.unwrap_or_else(|| format!("# Training report\n\n{whole}"))).map_err(failed)
}

/// `text` with `content` between the comments `name`; `None` if it does not have them.
fn between(text: &str, name: &str, content: &str) -> Option<String> {
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let from = text.find(&open)? + open.len();
    let to = from + text[from..].find(&close)?;
    Some(format!("{}\n\n{}\n\n{}", &text[..from], content.trim(), &text[to..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_go_where_the_file_wants_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.md");
        write(&path, "all", "sum").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "# Training report\n\nall");
        fs::write(&path, "a <!-- train -->old<!-- /train --> b").unwrap();
        for _ in 0..2 {
            write(&path, "all\n", "sum").unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "a <!-- train -->\n\nall\n\n<!-- /train --> b");
        }
        fs::write(&path, "<!-- train totals --><!-- /train totals -->").unwrap();
        write(&path, "all", "sum").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "<!-- train totals -->\n\nsum\n\n<!-- /train totals -->");
    }
}
