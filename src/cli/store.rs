//! `promosieve store`: what the store's directory holds, and how to carry it elsewhere.

use super::{
    error::CliError,
    shared::{complain, name_of},
};
use crate::store::{CarryError, JournalConfig, StoreConfig, StoreError, Tally, export, import, verify};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

const AFTER_HELP: &str = "\
Examples:
  promosieve store verify --data /var/lib/promosieve
  promosieve store export --data /var/lib/promosieve backup.psx
  promosieve store export - | zstd > backup.psx.zst
  promosieve store import --data /srv/new backup.psx

`verify` and `export` change nothing and may run while a server uses the directory: an export then holds what the
server has synced. `import` wants the directory for itself: stop the server first. It adds to what is there; importing
the same export again changes nothing. It drops nothing for its age or the size of the journal: the server does that, by
its own bounds, when it starts. Of memory it takes what the server last had, or `--store-memory-mib` if that is more.

A directory keeps the bounds of the server that used it last, and no command drops what they keep.

Exit codes: 64 wrong usage; 65 the store or the export is damaged; 69 the store is in use or cannot be had; 74 reading
or writing failed.";

/// Arguments of `store`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Read all of a store and say whether it is sound
    Verify {
        #[command(flatten)]
        data: Directory,
    },
    /// Write all that a store holds into a portable file
    Export {
        #[command(flatten)]
        data: Directory,
        /// File to write; - is standard output
        file: PathBuf,
    },
    /// Add an export to a store, which is made if need be
    Import {
        #[command(flatten)]
        data: Directory,
        /// Memory of the store's tables, at most: if the server that used the directory had less
        #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(16..=1 << 20))]
        store_memory_mib: u64,
        /// File to read; - is standard input
        file: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct Directory {
    /// Directory of the store
    #[arg(long, value_name = "DIR", default_value = "./promosieve-data")]
    data: PathBuf,
}

/// Does what is asked.
pub(super) fn run(args: &Args) -> Result<(), CliError> {
    let bar = bar();
    let mut progress = |bytes| bar.inc(bytes);
    let (tally, did) = match &args.action {
        Action::Verify { data } => {
            (verify(&data.data, &mut progress).map_err(|error| failed(error, &data.data)), "sound")
        }
        Action::Export { data, file } => (exported(&data.data, file, &mut progress), "exported"),
        Action::Import { data, store_memory_mib, file } => {
            (imported(&data.data, *store_memory_mib, file, &mut progress), "imported")
        }
    };
    bar.finish_and_clear();
    let is_import = matches!(args.action, Action::Import { .. });
    // Losing the summary is no reason to fail.
    let _ = complain(&summary(&tally?, did, is_import));
    Ok(())
}

fn summary(tally: &Tally, did: &str, is_import: bool) -> String {
    let Tally { rows, records, new_rows, future, torn_bytes } = tally;
    let new = if is_import { format!(", {new_rows} of them new") } else { String::new() };
    let torn = match torn_bytes {
        0 => String::new(),
        torn => format!(
            "; {torn} bytes at the end are not acknowledged: a server is writing them now, or a crash left them and the \
             next start cuts them off"
        ),
    };
    let future = match future {
        0 => String::new(),
        future => format!("; {future} had times in the future, which were set to now: was a clock wrong?"),
    };
    format!("{did}: {rows} journal rows{new}, {records} records in the checkpoint{future}{torn}")
}

/// Writes into a file of another name first: one that has the right name is whole.
fn exported(dir: &Path, file: &Path, progress: &mut dyn FnMut(u64)) -> Result<Tally, CliError> {
    if file.as_os_str() == "-" {
        let mut out = BufWriter::new(io::stdout().lock());
        let tally = export(dir, &mut out, progress).map_err(|error| failed(error, file))?;
        out.flush()?;
        return Ok(tally);
    }
    let wrong = |source| CliError::Input { name: name_of(file), source };
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut out = tempfile::NamedTempFile::new_in(parent).map_err(wrong)?;
    let tally = {
        let mut buffered = BufWriter::new(&mut out);
        let tally = export(dir, &mut buffered, progress).map_err(|error| failed(error, file))?;
        buffered.flush().map_err(wrong)?;
        tally
    };
    out.as_file().sync_all().map_err(wrong)?;
    out.persist(file).map_err(|error| wrong(error.error))?;
    Ok(tally)
}

fn imported(dir: &Path, memory_mib: u64, file: &Path, progress: &mut dyn FnMut(u64)) -> Result<Tally, CliError> {
    let input: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(file).map_err(|source| CliError::Input { name: name_of(file), source })?)
    };
    let mut input = BufReader::new(input);
    import(dir, unbounded(memory_mib), &mut input, progress).map_err(|error| failed(error, file))
}

/// A store that drops nothing but what does not fit into memory: how much the server that owns the directory keeps, is
/// not known here, and what a smaller bound drops is gone.
fn unbounded(memory_mib: u64) -> StoreConfig {
    let journal = JournalConfig { max_bytes: 1 << 60, max_age: Duration::MAX, ..JournalConfig::default() };
    StoreConfig {
        memory_bytes: (memory_mib << 20) as usize,
        max_age: Duration::MAX,
        rare_age: Duration::MAX,
        journal,
        ..StoreConfig::default()
    }
}

fn failed(error: CarryError, file: &Path) -> CliError {
    match error {
        CarryError::Store(StoreError::Damaged { file, what }) => CliError::Data {
            place: file.display().to_string(),
            what: format!("{what}; restore the directory from a backup or an export, or move it away to start empty"),
        },
        CarryError::Store(error) => error.into(),
        CarryError::Stream(source) if file.as_os_str() == "-" => source.into(),
        CarryError::Stream(source) => CliError::Input { name: name_of(file), source },
        error @ (CarryError::Content(_) | CarryError::Version { .. }) => {
            CliError::Data { place: name_of(file), what: error.to_string() }
        }
    }
}

/// Bytes on a terminal, nothing elsewhere: how many there will be is known at the end only.
fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{spinner} {bytes} {bytes_per_sec}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}
