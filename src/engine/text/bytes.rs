//! Bytes of a certain sort, counted many at once.

/// How many of `bytes` are `wanted`. Sums of single bytes fill a vector register with sixteen of them, where counters
/// of full width fill it with two; they hold 255, so as many are summed at a time.
#[must_use]
pub fn count(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    let sum = |chunk: &[u8]| chunk.iter().fold(0_u8, |sum, &byte| sum + u8::from(wanted(byte)));
    bytes.chunks(255).map(|chunk| usize::from(sum(chunk))).sum()
}

/// How many of `bytes` are `wanted` between the one before and the one behind them.
#[must_use]
pub fn count_triples(bytes: &[u8], wanted: impl Fn(u8, u8, u8) -> bool) -> usize {
    let Some(places) = bytes.len().checked_sub(2) else { return 0 };
    (0..places).step_by(255).map(|from| chunk_of_triples(&bytes[from..bytes.len().min(from + 257)], &wanted)).sum()
}

/// [`count_triples`] for at most 257 bytes.
fn chunk_of_triples(bytes: &[u8], wanted: &impl Fn(u8, u8, u8) -> bool) -> usize {
    let triples = bytes.iter().zip(&bytes[1..]).zip(&bytes[2..]);
    usize::from(triples.fold(0_u8, |sum, ((&before, &byte), &after)| sum + u8::from(wanted(before, byte, after))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_do_not_overflow() {
        for n in [0, 1, 254, 255, 256, 1000] {
            assert_eq!(count(&vec![b'x'; n], |byte| byte == b'x'), n);
            assert_eq!(count(&vec![b'x'; n], |byte| byte == b'y'), 0);
            assert_eq!(count_triples(&vec![b'x'; n], |a, b, c| a == b && b == c), n.saturating_sub(2));
        }
    }

    #[test]
    fn triples_are_counted_over_the_borders_of_chunks() {
        let text: Vec<u8> = (0..1000).map(|i| b"a1b."[i % 4]).collect();
        assert_eq!(count_triples(&text, |a, b, c| [a, b, c] == *b"a1b"), 250);
        assert_eq!(count_triples(&text, |a, b, c| [a, b, c] == *b".a1"), 249);
    }
}
