//! The file of a journal: a header, then groups of rows, each behind its length and two checksums.
//!
//! A group is written only after the one before is durable, so whatever a crash leaves half written is the last group of
//! the last file. Anything else that does not read is damage, and told apart by what follows it.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// First bytes of a journal; the last is the version of all formats here.
pub(super) const MAGIC: [u8; 8] = *b"PSIEVEJ\x02";

/// Bytes of the header: the magic and the file's number.
pub(crate) const HEADER_BYTES: usize = 16;

/// Bytes before a group: its length, its checksum, and the checksum of these two.
const GROUP_BYTES: usize = 12;

/// What a file begins with.
pub(crate) fn header(number: u64) -> Vec<u8> {
    [MAGIC, number.to_le_bytes()].concat()
}

/// A group as it stands in the file with this number.
pub(crate) fn group(number: u64, rows: &[Vec<u8>]) -> Vec<u8> {
    let len: usize = rows.iter().map(Vec::len).sum();
    let mut out = vec![0; GROUP_BYTES];
    out.reserve_exact(len);
    for row in rows {
        out.extend_from_slice(row);
    }
    let sum = checksum(number, &out[GROUP_BYTES..]);
    out[..4].copy_from_slice(&(len as u32).to_le_bytes());
    out[4..8].copy_from_slice(&sum.to_le_bytes());
    let head = checksum(number, &out[..8]);
    out[8..GROUP_BYTES].copy_from_slice(&head.to_le_bytes());
    out
}

/// What a file holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Content<'a> {
    /// The bodies of all groups that read, up to the first that does not.
    pub(crate) groups: Vec<&'a [u8]>,
    /// Bytes up to there; 0 if not even the header is there.
    pub(crate) good: usize,
    /// What comes then.
    pub(crate) end: End,
}

/// How a file ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// With its last group.
    Whole,
    /// With something that may be half a group.
    Torn,
    /// With what never was a group of ours, or one with good ones behind it.
    Damaged,
}

/// Reads a file.
pub(crate) fn parse(number: u64, bytes: &[u8]) -> Content<'_> {
    let mut groups = Vec::new();
    let header = header(number);
    if !bytes.starts_with(&header) {
        let head = &bytes[..bytes.len().min(HEADER_BYTES)];
        let unborn = header.starts_with(head) || head.iter().all(|&byte| byte == 0);
        let end = if unborn && !holds_group(number, bytes) { End::Torn } else { End::Damaged };
        return Content { groups, good: 0, end };
    }
    let mut good = HEADER_BYTES;
    while good < bytes.len() {
        let rest = &bytes[good..];
        let Some(body) = whole_group(number, rest) else {
            let end = if holds_group(number, &rest[1..]) { End::Damaged } else { End::Torn };
            return Content { groups, good, end };
        };
        groups.push(body);
        good += GROUP_BYTES + body.len();
    }
    Content { groups, good, end: End::Whole }
}

fn whole_group(number: u64, bytes: &[u8]) -> Option<&[u8]> {
    let (len, sum) = head(number, bytes)?;
    bytes.get(GROUP_BYTES..GROUP_BYTES + len).filter(|body| checksum(number, body) == sum)
}

/// Length and checksum of the group in front, if that is how one begins.
fn head(number: u64, bytes: &[u8]) -> Option<(usize, u32)> {
    let (head, _) = bytes.split_first_chunk::<GROUP_BYTES>()?;
    let value = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let len = value(0) as usize;
    (len > 0 && checksum(number, &head[..8]) == value(8)).then_some((len, value(4)))
}

/// Whether a group begins anywhere. The torn group itself begins before, and no row can pretend to be one without
/// knowing the number of the file that it will come to stand in.
fn holds_group(number: u64, bytes: &[u8]) -> bool {
    (0..bytes.len()).any(|at| whole_group(number, &bytes[at..]).is_some())
}

fn checksum(number: u64, bytes: &[u8]) -> u32 {
    xxh3_64_with_seed(bytes, number) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(groups: &[&[u8]]) -> Vec<u8> {
        let groups = groups.iter().map(|body| group(7, &[body.to_vec()]));
        [header(7)].into_iter().chain(groups).collect::<Vec<_>>().concat()
    }

    #[test]
    fn every_cut_is_torn_and_every_flip_before_the_last_group_is_damage() {
        let bytes = file(&[b"one", b"two", b"three"]);
        let whole = parse(7, &bytes);
        assert_eq!(
            (whole.groups, whole.good, whole.end),
            (vec![&b"one"[..], b"two", b"three"], bytes.len(), End::Whole)
        );
        let last = bytes.len() - GROUP_BYTES - 5;
        for cut in 0..bytes.len() {
            let content = parse(7, &bytes[..cut]);
            let boundary = [HEADER_BYTES, HEADER_BYTES + 15, HEADER_BYTES + 30].contains(&cut);
            assert_eq!(content.end, if boundary { End::Whole } else { End::Torn }, "cut to {cut}");
            assert!(content.good <= cut);
        }
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x10;
            let content = parse(7, &flipped);
            assert_eq!(content.end, if at < last { End::Damaged } else { End::Torn }, "flip at {at}");
        }
        assert_eq!(parse(8, &bytes).end, End::Damaged, "another file's content");
        assert_eq!(parse(7, b"my thesis, the only copy").end, End::Damaged);
        assert_eq!(parse(7, &[0; 5000]).end, End::Torn);
    }
}
