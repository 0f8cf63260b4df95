//! Inputs that can be read twice, packed or not, and the documents in them.

use super::{error::CliError, shared::name_of};
use crate::proto::v1;
use flate2::bufread::MultiGzDecoder;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek as _},
    ops::Range,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Longest line of a JSONL input. JSON may write a byte as six, so this leaves room for ten million.
const MAX_LINE: u64 = 64 << 20;

/// Read buffer: large enough that system calls do not count.
const BUFFER: usize = 256 << 10;

/// What packed files start with (RFC 1952, RFC 8878): names may lie, and standard input has none.
const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; MAGIC] = [0x28, 0xb5, 0x2f, 0xfd];
const MAGIC: usize = 4;

type Reader = BufReader<Box<dyn Read + Send>>;

/// Counts what is read, for the progress bar: of a packed file, only the packed size is known.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.file.read(buffer)?;
        self.read.fetch_add(size as u64, Ordering::Relaxed);
        Ok(size)
    }
}

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
        let (mut reader, _) = self.unpacked().map_err(|source| self.failed(source))?;
        reader.read_to_end(&mut bytes).map_err(|source| self.failed(source))?;
        let text = String::from_utf8(bytes).map_err(|e| CliError::Data {
            place: self.name.clone(),
            what: format!("is not UTF-8 from byte {} on; convert it first", e.utf8_error().valid_up_to()),
        })?;
        Ok(v1::Document { id: self.name.clone(), text, ..Default::default() })
    }

    /// Reads it from the beginning as one document a line.
    pub(super) fn lines(&mut self) -> Result<Lines<'_>, CliError> {
        self.rewind()?;
        let (reader, read) = self.unpacked().map_err(|source| self.failed(source))?;
        Ok(Lines { reader, name: &self.name, line: 0, read })
    }

    /// The file itself, to be read at any place.
    pub(super) fn file(&self) -> Result<File, CliError> {
        self.file.try_clone().map_err(|source| self.failed(source))
    }

    /// A reader of the contents from where the file stands, and the count of bytes taken from the file.
    fn unpacked(&self) -> io::Result<(Reader, Arc<AtomicU64>)> {
        let read = Arc::new(AtomicU64::new(0));
        let mut file = Counted { file: self.file.try_clone()?, read: read.clone() };
        let mut magic = Vec::new();
        file.by_ref().take(MAGIC as u64).read_to_end(&mut magic)?;
        let kind = (magic.starts_with(&GZIP), magic.starts_with(&ZSTD));
        let raw = BufReader::with_capacity(BUFFER, io::Cursor::new(magic).chain(file));
        let contents: Box<dyn Read + Send> = match kind {
            (true, _) => Box::new(MultiGzDecoder::new(raw)),
            (_, true) => Box::new(zstd::Decoder::with_buffer(raw)?),
            _ => Box::new(raw),
        };
        Ok((BufReader::with_capacity(BUFFER, contents), read))
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
    reader: Reader,
    name: &'a str,
    line: u64,
    read: Arc<AtomicU64>,
}

impl<'a> Lines<'a> {
    /// Bytes taken from the file so far.
    pub(super) fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Where the latest document stands.
    pub(super) fn place(&self) -> String {
        place(self.name, self.line)
    }

    /// Appends the next line that is not blank to `bytes`; where it stands there, and its number. Blank ones are
    /// appended as well, so that the range is all that counts.
    pub(super) fn next_raw(&mut self, bytes: &mut Vec<u8>) -> Result<Option<(Range<usize>, u64)>, CliError> {
        loop {
            let from = bytes.len();
            let size = self.next_line(bytes).map_err(|source| CliError::Input { name: self.name.into(), source })?;
            if size == 0 {
                return Ok(None);
            }
            let from = if bytes[from..].starts_with("\u{feff}".as_bytes()) { from + 3 } else { from };
            if !bytes[from..].trim_ascii().is_empty() {
                return Ok(Some((from..bytes.len(), self.line)));
            }
        }
    }

    /// Name of the input.
    pub(super) fn name(&self) -> &'a str {
        self.name
    }

    fn next_line(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        let size = self.reader.by_ref().take(MAX_LINE + 1).read_until(b'\n', bytes)?;
        self.line += 1;
        if size as u64 > MAX_LINE {
            self.reader.skip_until(b'\n')?;
        }
        Ok(size)
    }
}

/// How messages name a line.
fn place(name: &str, line: u64) -> String {
    format!("{name}:{line}")
}

/// Reads line number `number` of the input `name`.
pub(super) fn parse(line: &[u8], name: &str, number: u64) -> Parsed {
    let bad = |what| CliError::Data { place: place(name, number), what };
    if line.len() as u64 > MAX_LINE {
        return Err(bad(format!("is longer than {MAX_LINE} bytes")));
    }
    super::clean::record::document(line).map_err(bad)
}

impl Iterator for Lines<'_> {
    type Item = Parsed;

    /// The next document; blank lines are passed over.
    fn next(&mut self) -> Option<Parsed> {
        let mut bytes = Vec::new();
        match self.next_raw(&mut bytes) {
            Ok(found) => found.map(|(line, number)| parse(&bytes[line], self.name, number)),
            Err(error) => Some(Err(error)),
        }
    }
}
