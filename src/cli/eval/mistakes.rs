//! `--misses`: the longest mistakes of each sort, with the strongest reasons behind them.

use super::judging::Task;
use crate::{
    cli::{error::CliError, explain::paint::harmless, parallel},
    engine::{explain::Ruled, policy::Policy},
    evaluation::{
        figures::Answer,
        misses::{Miss, longest, misses},
    },
    training::label::article,
};
use anstream::AutoStream;
use anstyle::Style;
use std::io::{self, Write as _};

/// Characters of a mistake that are shown: enough to see what it is.
const SHOWN: usize = 160;
/// Reasons shown: the strongest.
const REASONS: usize = 4;

/// A mistake and the task that it was made in.
struct Mistake<'a> {
    miss: Miss,
    task: Task<'a>,
}

/// Prints the `most` longest mistakes of each sort in the tasks.
pub(super) fn print(name: &str, tasks: &[Task<'_>], most: usize) -> Result<(), CliError> {
    let found = parallel::map(tasks, |task| {
        let own = article(task.gold);
        let analysis = task.engine.judge(&task.engine.read(&own), task.seen, &Policy::default());
        misses(task.gold, &Answer::of(&analysis).removed)
    });
    let kept = longest(found.iter().flatten().cloned().collect(), most);
    let bold = Style::new().bold();
    let mut stdout = AutoStream::auto(io::stdout().lock());
    writeln!(stdout, "\n{bold}Longest mistakes, {name}{bold:#}")?;
    for miss in kept {
        let Some(task) = tasks.iter().find(|task| (&task.gold.site, &task.gold.id) == (&miss.site, &miss.id)) else {
            continue;
        };
        write!(stdout, "{}", Mistake { miss, task: *task }.describe())?;
    }
    Ok(stdout.flush()?)
}

impl Mistake<'_> {
    fn describe(&self) -> String {
        let Miss { sort, tokens, site, id, text, .. } = &self.miss;
        let text: String = text.chars().take(SHOWN).collect();
        let head = harmless(&format!("{sort} | {tokens} tokens | {site} {id} | {text}"));
        format!("{head}\n     {}\n", harmless(&self.reasons()))
    }

    fn reasons(&self) -> String {
        let own = article(self.task.gold);
        let reading = self.task.engine.read(&own);
        let ruling = self.task.engine.ruling_at(&reading, self.task.seen, self.miss.start);
        let Some(Ruled { probability, guard, reasons, .. }) = ruling else { return "between sentences".into() };
        let guard = guard.map(|guard| format!(", kept as {guard}")).unwrap_or_default();
        let strongest = reasons.iter().take(REASONS).map(|r| format!("{} {:+.2} ({})", r.code, r.weight, r.detail));
        format!("probability {probability:.3}{guard}: {}", strongest.collect::<Vec<_>>().join(", "))
    }
}
