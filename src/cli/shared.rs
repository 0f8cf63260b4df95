//! What commands share: how to open a detector, and how to speak to people.

use super::error::CliError;
use crate::{
    config::{Data, Limits, visit_store},
    detector::Detector,
    engine::{Engine, policy::Policy, span::Kind},
};
use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Limits of the commands. Nobody shares the machine with them, so texts may be as long as offsets allow.
pub(super) const LIMITS: Limits = Limits { max_text_bytes: 1 << 30, max_batch_documents: usize::MAX };

/// A detector over the store in `data`, or over one in memory.
pub(super) fn open_detector(data: Option<&Path>) -> Result<Detector, CliError> {
    let data = data.map_or(Data::Memory, |path| Data::Directory(path.into()));
    Ok(Detector::new(Engine::shipped(), visit_store(&data)?, Policy::default()))
}

/// Writes to standard output.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

/// Writes a line to standard error.
pub(super) fn complain(text: &str) -> io::Result<()> {
    writeln!(io::stderr().lock(), "promosieve: {}", text.trim_end())
}

/// How a path is named in messages.
pub(super) fn name_of(path: &Path) -> String {
    if path.as_os_str() == "-" { "<stdin>".into() } else { path.display().to_string() }
}

/// clap's parser of kinds: their names, with hyphens or underscores.
pub(super) fn kind(given: &str) -> Result<Kind, String> {
    let wanted = given.replace('-', "_");
    let found = Kind::ALL.into_iter().find(|kind| kind.name() == wanted);
    found.ok_or_else(|| format!("expected one of {}", Kind::ALL.map(Kind::name).join(", ")))
}

/// clap's parser of confidences.
pub(super) fn share(given: &str) -> Result<f64, String> {
    let share = given.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "expected a number from 0 to 1".into())
}

/// Bytes of the files in `dir`, however deep; what cannot be read counts nothing.
pub(super) fn disk_bytes(dir: &Path) -> u64 {
    let mut total = 0;
    let mut rooms: Vec<PathBuf> = vec![dir.into()];
    while let Some(room) = rooms.pop() {
        for entry in std::fs::read_dir(room).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => rooms.push(entry.path()),
                Ok(meta) => total += meta.len(),
                Err(_) => {}
            }
        }
    }
    total
}
