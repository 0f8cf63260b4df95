//! Bytes of a certain sort, counted many at once.

/// How many of `bytes` are `wanted`. Sums of single bytes fill a vector register with sixteen of them, where counters
/// of full width fill it with two; they hold 255, so as many are summed at a time.
#[must_use]
pub fn count(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    let sum = |chunk: &[u8]| chunk.iter().fold(0_u8, |sum, &byte| sum + u8::from(wanted(byte)));
    bytes.chunks(255).map(|chunk| usize::from(sum(chunk))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_do_not_overflow() {
        for n in [0, 1, 254, 255, 256, 1000] {
            assert_eq!(count(&vec![b'x'; n], |byte| byte == b'x'), n);
            assert_eq!(count(&vec![b'x'; n], |byte| byte == b'y'), 0);
        }
    }
}
