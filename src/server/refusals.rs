//! Work that is turned away: counted, and told in the log once a second instead of once each.

use super::metrics;
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A flood must not become a flood of log lines.
const QUIET: Duration = Duration::from_secs(1);

/// When it was told last, and how many came since.
static SINCE: Mutex<(Option<Instant>, u64)> = Mutex::new((None, 0));

/// Notes one refusal for `reason`.
pub(super) fn note(reason: &'static str) {
    metrics::refused(reason);
    let count = due(&mut SINCE.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
    if let Some(count) = count {
        tracing::warn!(reason, count, "work is turned away; more of it is told once a second");
    }
}

/// How many are to be told now, if it is time.
fn due((told, count): &mut (Option<Instant>, u64), now: Instant) -> Option<u64> {
    *count += 1;
    if told.is_some_and(|told| now.saturating_duration_since(told) < QUIET) {
        return None;
    }
    *told = Some(now);
    Some(std::mem::take(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_at_once_and_the_others_later_together() {
        let (mut since, now) = ((None, 0), Instant::now());
        assert_eq!(due(&mut since, now), Some(1));
        assert_eq!((due(&mut since, now), due(&mut since, now)), (None, None));
        assert_eq!(due(&mut since, now + QUIET), Some(3));
    }
}
