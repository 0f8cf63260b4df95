//! A name for each call, so that a caller's log and this server's can be laid side by side.

use ahash::RandomState;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// The header that brings it, and the one that the answer carries.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longer ones are not taken over: they go into every log line. A UUID has 36.
const LONGEST: usize = 128;

/// The caller's own name for the call, else one that is hardly ever given twice.
pub(super) fn of(headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(HEADER).filter(|id| {
        (1..=LONGEST).contains(&id.len()) && id.as_bytes().iter().all(|byte| (b'!'..=b'~').contains(byte))
    });
    given.cloned().unwrap_or_else(fresh)
}

fn fresh() -> HeaderValue {
    // Seeded by the system at the start; it need not be unguessable.
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = format!("{:016x}", SEED.hash_one(NEXT.fetch_add(1, Relaxed)));
    HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_name_is_kept_and_others_are_replaced() {
        let long = "x".repeat(LONGEST + 1);
        for (given, kept) in [("a-1", true), ("", false), ("two words", false), (long.as_str(), false)] {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_str(given).unwrap());
            assert_eq!(of(&headers) == given, kept, "{given}");
        }
        assert_ne!(of(&HeaderMap::new()), of(&HeaderMap::new()));
    }
}
