//! Several models in one file: named sections behind a magic number, a version and a checksum.
//!
//! All numbers are little-endian.
//!
//! ```text
//! file     = "PSMODEL" 0x01, section count u32, sections, xxh3-64 of all before u64
//! section  = name, kind u8, payload
//! name     = length u16, UTF-8
//! payload  = 0: table    scale f32, bias f32, length u32, i8 …
//!            1: dense    bias f32, column count u32, (name, f32) …
//!            2: numbers  length u32, f64 …
//!            3: keys     length u32, u32 …
//! ```

use super::sparse::Quantized;
use xxhash_rust::xxh3::xxh3_64;

/// Name and format version; a change of the format changes the last byte.
const MAGIC: [u8; 8] = *b"PSMODEL\x01";

/// Name and weight of a column.
pub type Column = (String, f32);

/// The contents of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Section {
    /// A hashed model in 8 bits a weight.
    Table(Quantized),
    /// A linear model over named columns.
    Dense {
        /// Column names and weights, in the order of the columns.
        columns: Vec<Column>,
        /// The constant part.
        bias: f32,
    },
    /// Plain numbers: cuts, calibrations.
    Numbers(Vec<f64>),
    /// Hashes of words, ascending: the keys of tables that are looked up and not hashed into.
    Keys(Vec<u32>),
}

/// Named sections in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ModelFile {
    /// Names and contents; names should be unique, the first of equals is found.
    pub sections: Vec<(String, Section)>,
}

/// Why bytes are no model file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Too short, or not ours, or of another version.
    #[error("no model file of this version")]
    Magic,
    /// Damaged on the way.
    #[error("the checksum does not fit the contents")]
    Checksum,
    /// A length points beyond the end.
    #[error("section {section}: ends in the middle")]
    Truncated {
        /// Index of the section, from 0.
        section: usize,
    },
    /// Not UTF-8, or a kind that does not exist, or a weight that is no number.
    #[error("section {section}: {what} is not valid")]
    Invalid {
        /// Index of the section, from 0.
        section: usize,
        /// Which part.
        what: &'static str,
    },
    /// Bytes after the last section.
    #[error("{0} bytes too many")]
    Surplus(usize),
    /// A section that the reader needs is not there or of another kind.
    #[error("section {0:?} is missing")]
    Missing(String),
}

impl ModelFile {
    /// Appends a section.
    pub fn push(&mut self, name: &str, section: Section) {
        self.sections.push((name.to_owned(), section));
    }

    /// The section called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|(own, _)| own == name).map(|(_, section)| section)
    }

    /// The table called `name`.
    ///
    /// # Errors
    /// If there is none.
    pub fn table(&self, name: &str) -> Result<&Quantized, ModelError> {
        match self.get(name) {
            Some(Section::Table(table)) => Ok(table),
            _ => Err(ModelError::Missing(name.to_owned())),
        }
    }

    /// Columns and bias of the dense model called `name`.
    ///
    /// # Errors
    /// If there is none.
    pub fn dense(&self, name: &str) -> Result<(&[Column], f32), ModelError> {
        match self.get(name) {
            Some(Section::Dense { columns, bias }) => Ok((columns, *bias)),
            _ => Err(ModelError::Missing(name.to_owned())),
        }
    }

    /// The numbers called `name`.
    ///
    /// # Errors
    /// If there are none.
    pub fn numbers(&self, name: &str) -> Result<&[f64], ModelError> {
        match self.get(name) {
            Some(Section::Numbers(numbers)) => Ok(numbers),
            _ => Err(ModelError::Missing(name.to_owned())),
        }
    }

    /// The keys called `name`.
    ///
    /// # Errors
    /// If there are none.
    pub fn keys(&self, name: &str) -> Result<&[u32], ModelError> {
        match self.get(name) {
            Some(Section::Keys(keys)) => Ok(keys),
            _ => Err(ModelError::Missing(name.to_owned())),
        }
    }

    /// The file's bytes. Names are cut to 65,535 bytes, lists to 2^32 − 1 items, far beyond any use.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        put_length(&mut out, self.sections.len());
        for (name, section) in &self.sections {
            put_name(&mut out, name);
            put_section(&mut out, section);
        }
        let checksum = xxh3_64(&out);
        out.extend(checksum.to_le_bytes());
        out
    }

    /// Reads what [`ModelFile::to_bytes`] wrote. Linear; allocates no more than a small multiple of the bytes' length,
    /// whatever they claim.
    ///
    /// # Errors
    /// If the bytes are anything else.
    pub fn parse(bytes: &[u8]) -> Result<Self, ModelError> {
        let body = bytes.strip_prefix(&MAGIC).ok_or(ModelError::Magic)?;
        let (body, checksum) = body.split_last_chunk::<8>().ok_or(ModelError::Magic)?;
        if xxh3_64(&bytes[..bytes.len() - 8]) != u64::from_le_bytes(*checksum) {
            return Err(ModelError::Checksum);
        }
        let mut reader = Reader { rest: body, section: 0 };
        let count = reader.length()?;
        let mut file = Self::default();
        for section in 0..count {
            reader.section = section;
            let name = reader.name()?;
            let contents = reader.contents()?;
            file.sections.push((name, contents));
        }
        if reader.rest.is_empty() { Ok(file) } else { Err(ModelError::Surplus(reader.rest.len())) }
    }
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_name(out: &mut Vec<u8>, name: &str) {
    let mut end = name.len().min(usize::from(u16::MAX));
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    out.extend((end as u16).to_le_bytes());
    out.extend(&name.as_bytes()[..end]);
}

fn put_section(out: &mut Vec<u8>, section: &Section) {
    match section {
        Section::Table(table) => {
            out.push(0);
            out.extend(table.scale.to_le_bytes());
            out.extend(table.bias.to_le_bytes());
            put_length(out, table.steps.len());
            out.extend(table.steps.iter().map(|step| step.cast_unsigned()));
        }
        Section::Dense { columns, bias } => {
            out.push(1);
            out.extend(bias.to_le_bytes());
            put_length(out, columns.len());
            for (name, weight) in columns {
                put_name(out, name);
                out.extend(weight.to_le_bytes());
            }
        }
        Section::Numbers(numbers) => {
            out.push(2);
            put_length(out, numbers.len());
            out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        Section::Keys(keys) => {
            out.push(3);
            put_length(out, keys.len());
            out.extend(keys.iter().flat_map(|key| key.to_le_bytes()));
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    section: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], ModelError> {
        let (head, rest) = self.rest.split_at_checked(length).ok_or(ModelError::Truncated { section: self.section })?;
        self.rest = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(ModelError::Truncated { section: self.section })?;
        self.rest = rest;
        Ok(*head)
    }

    fn length(&mut self) -> Result<usize, ModelError> {
        Ok(u32::from_le_bytes(self.array()?) as usize)
    }

    fn name(&mut self) -> Result<String, ModelError> {
        let length = u16::from_le_bytes(self.array()?);
        let bytes = self.take(usize::from(length))?;
        let name = std::str::from_utf8(bytes).map_err(|_| self.invalid("a name"))?;
        Ok(name.to_owned())
    }

    fn weight(&mut self) -> Result<f32, ModelError> {
        let weight = f32::from_le_bytes(self.array()?);
        if weight.is_finite() { Ok(weight) } else { Err(self.invalid("a weight")) }
    }

    fn contents(&mut self) -> Result<Section, ModelError> {
        match self.array::<1>()?[0] {
            0 => self.table(),
            1 => self.dense(),
            2 => self.numbers(),
            3 => self.keys(),
            _ => Err(self.invalid("the kind")),
        }
    }

    fn table(&mut self) -> Result<Section, ModelError> {
        let (scale, bias) = (self.weight()?, self.weight()?);
        let length = self.length()?;
        let steps = self.take(length)?.iter().map(|byte| byte.cast_signed()).collect();
        Ok(Section::Table(Quantized { steps, scale, bias }))
    }

    fn dense(&mut self) -> Result<Section, ModelError> {
        let bias = self.weight()?;
        let count = self.length()?;
        let mut columns = Vec::new();
        for _ in 0..count {
            columns.push((self.name()?, self.weight()?));
        }
        Ok(Section::Dense { columns, bias })
    }

    fn numbers(&mut self) -> Result<Section, ModelError> {
        let count = self.length()?;
        let (chunks, _) = self.take(count.saturating_mul(8))?.as_chunks::<8>();
        let numbers: Vec<f64> = chunks.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        if numbers.iter().all(|number| number.is_finite()) {
            Ok(Section::Numbers(numbers))
        } else {
            Err(self.invalid("a number"))
        }
    }

    fn keys(&mut self) -> Result<Section, ModelError> {
        let count = self.length()?;
        let (chunks, _) = self.take(count.saturating_mul(4))?.as_chunks::<4>();
        let keys: Vec<u32> = chunks.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        // Looked up by bisection: order is part of the format.
        if keys.is_sorted() { Ok(Section::Keys(keys)) } else { Err(self.invalid("the order of the keys")) }
    }

    fn invalid(&self, what: &'static str) -> ModelError {
        ModelError::Invalid { section: self.section, what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn example() -> ModelFile {
        let mut file = ModelFile::default();
        file.push("words", Section::Table(Quantized { steps: vec![-127, 0, 5], scale: 0.25, bias: -1.0 }));
        file.push("style", Section::Dense { columns: vec![("länge".into(), 0.5), ("?".into(), -2.0)], bias: 0.125 });
        file.push("cuts", Section::Numbers(vec![0.5, -1e300]));
        file.push("vocabulary", Section::Keys(vec![1, 7, 7, u32::MAX]));
        file
    }

    #[test]
    fn what_is_written_is_read() {
        let file = example();
        let read = ModelFile::parse(&file.to_bytes()).unwrap();
        assert_eq!(read, file);
        assert_eq!(read.table("words").unwrap().steps, [-127, 0, 5]);
        assert_eq!(read.dense("style").unwrap().0.len(), 2);
        assert_eq!(read.numbers("cuts").unwrap()[0].to_bits(), 0.5_f64.to_bits());
        assert_eq!(read.keys("vocabulary").unwrap(), [1, 7, 7, u32::MAX]);
        assert_eq!(read.numbers("words"), Err(ModelError::Missing("words".into())));
    }

    #[test]
    fn damage_is_named() {
        let good = example().to_bytes();
        assert_eq!(ModelFile::parse(b""), Err(ModelError::Magic));
        assert_eq!(ModelFile::parse(b"PSMODEL\x02 and so on"), Err(ModelError::Magic));
        let mut flipped = good.clone();
        flipped[20] ^= 1;
        assert_eq!(ModelFile::parse(&flipped), Err(ModelError::Checksum));
        assert_eq!(ModelFile::parse(&sealed(&good[8..24])), Err(ModelError::Truncated { section: 0 }));
        let mut longer = good[8..good.len() - 8].to_vec();
        longer.extend(b"xyz");
        assert_eq!(ModelFile::parse(&sealed(&longer)), Err(ModelError::Surplus(3)));
        assert_eq!(
            ModelFile::parse(&sealed(&[1, 0, 0, 0, 0, 0, 9])),
            Err(ModelError::Invalid { section: 0, what: "the kind" })
        );
    }

    /// A body with the right magic number and checksum around it.
    fn sealed(body: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(body);
        let checksum = xxh3_64(&bytes);
        bytes.extend(checksum.to_le_bytes());
        bytes
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = ModelFile::parse(&body);
            if let Ok(file) = ModelFile::parse(&sealed(&body)) {
                prop_assert_eq!(file.to_bytes(), sealed(&body));
            }
        }

        #[test]
        fn a_changed_byte_never_panics(at in 0_usize..100, to in any::<u8>()) {
            let good = example().to_bytes();
            let mut body = good[8..good.len() - 8].to_vec();
            let at = at % body.len();
            body[at] = to;
            let _ = ModelFile::parse(&sealed(&body));
        }
    }
}
