//! Inputs that can be read twice, and the documents in them.

use super::{error::CliError, shared::name_of};
use crate::proto::v1;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read as _, Seek as _},
    path::Path,
};

/// Longest line of a JSONL input. JSON may write a byte as six, so this leaves room for ten million.
const MAX_LINE: u64 = 64 << 20;

/// Read buffer: large enough that system calls do not count.
const BUFFER: usize = 256 << 10;

/// A file, standard input, or a pipe.
#[derive(Debug)]
pub(super) struct Input {
    /// How messages name it.
    pub(super) name: String,
    /// Bytes in it, if that is known before it is read.
    pub(super) size: Option<u64>,
    file: File,
}

/// A document, or what is wrong with it.
pub(super) type Parsed = Result<v1::Document, CliError>;

impl Input {
    /// Opens `path`; `-` is standard input. What cannot be rewound is copied to a temporary file if `twice` asks for
    /// two passes.
    pub(super) fn open(path: &Path, twice: bool) -> Result<Self, CliError> {
        let name = name_of(path);
        let file = open(path).and_then(|file| if twice { rewindable(file) } else { Ok(file) });
        let file = file.map_err(|source| CliError::Input { name: name.clone(), source })?;
        let size = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|meta| meta.len());
        Ok(Self { name, size, file })
    }

    /// Reads it from the beginning as one article.
    pub(super) fn article(&mut self) -> Result<v1::Document, CliError> {
        self.rewind()?;
        let mut bytes = Vec::new();
        self.file.read_to_end(&mut bytes).map_err(|source| self.failed(source))?;
        let text = String::from_utf8(bytes).map_err(|e| CliError::Data {
            place: self.name.clone(),
            what: format!("is not UTF-8 from byte {} on; convert it first", e.utf8_error().valid_up_to()),
        })?;
        Ok(v1::Document { id: self.name.clone(), text, ..Default::default() })
    }

    /// Reads it from the beginning as one document a line.
    pub(super) fn lines(&mut self) -> Result<Lines<'_>, CliError> {
        self.rewind()?;
        Ok(Lines { reader: BufReader::with_capacity(BUFFER, &self.file), name: &self.name, line: 0, read: 0 })
    }

    fn rewind(&mut self) -> Result<(), CliError> {
        if self.size.is_some() {
            self.file.rewind().map_err(|source| self.failed(source))?;
        }
        Ok(())
    }

    fn failed(&self, source: io::Error) -> CliError {
        CliError::Input { name: self.name.clone(), source }
    }
}

fn open(path: &Path) -> io::Result<File> {
    if path.as_os_str() == "-" {
        use std::os::fd::AsFd as _;
        return Ok(io::stdin().as_fd().try_clone_to_owned()?.into());
    }
    let file = File::open(path)?;
    if file.metadata()?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(file) }
}

/// Standard input and pipes such as `<(zcat archive.gz)` come once only.
fn rewindable(mut file: File) -> io::Result<File> {
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    let mut copy = tempfile::tempfile()?;
    io::copy(&mut file, &mut copy)?;
    Ok(copy)
}

/// The documents of a JSONL input.
pub(super) struct Lines<'a> {
    reader: BufReader<&'a File>,
    name: &'a str,
    line: u64,
    read: u64,
}

impl Lines<'_> {
    /// Bytes read so far.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// Where the latest document stands.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.name, self.line)
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let size = self.reader.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut line)? as u64;
        self.read += size;
        self.line += 1;
        if size > MAX_LINE {
            self.read += self.reader.skip_until(b'\n')? as u64;
        }
        Ok((size > 0).then_some(line))
    }

    fn parse(&self, line: &[u8]) -> Parsed {
        if line.len() as u64 > MAX_LINE {
            return Err(CliError::Data { place: self.place(), what: format!("is longer than {MAX_LINE} bytes") });
        }
        super::clean::record::document(line).map_err(|what| CliError::Data { place: self.place(), what })
    }
}

impl Iterator for Lines<'_> {
    type Item = Parsed;

    /// The next document; blank lines are passed over.
    fn next(&mut self) -> Option<Parsed> {
        loop {
            let line = match self.next_line() {
                Ok(line) => line?,
                Err(source) => return Some(Err(CliError::Input { name: self.name.into(), source })),
            };
            let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line);
            if !line.trim_ascii().is_empty() {
                return Some(self.parse(line));
            }
        }
    }
}
