//! Files that are read again while the server runs.
//!
//! They are compared by content once a second. They are small, and unlike notifications and times of change this works
//! for every file system, for links, for files replaced by a rename, and for two changes in one tick of the clock.

use std::{fmt::Display, time::Duration};
use tokio::{task::spawn_blocking, time::sleep};

const INTERVAL: Duration = Duration::from_secs(1);

/// Reads by `read` and hands what is new to `apply`, for ever. What cannot be read or applied changes nothing but the
/// log, which has it once. `last` is what is in force.
pub(super) async fn watch<R, E>(
    what: &'static str,
    mut last: R,
    read: impl Fn() -> Result<R, E> + Clone + Send + 'static,
    apply: impl Fn(&R) -> Result<(), E>,
) where
    R: PartialEq + Send + 'static,
    E: Display + Send + 'static,
{
    let mut complaint = String::new();
    let mut is_in_force = true;
    loop {
        sleep(INTERVAL).await;
        let outcome = match spawn_blocking(read.clone()).await {
            Ok(Ok(now)) if now == last => {
                // Back after it could not be read. If it happens again, that is news.
                if is_in_force {
                    complaint.clear();
                }
                continue;
            }
            Ok(Ok(now)) => {
                let outcome = apply(&now);
                (last, is_in_force) = (now, outcome.is_ok());
                outcome.map_err(|e| e.to_string())
            }
            Ok(Err(error)) => Err(error.to_string()),
            // The runtime goes down.
            Err(_) => return,
        };
        match outcome {
            Ok(()) => {
                complaint.clear();
                tracing::info!(what, "read again after a change");
            }
            Err(error) if error != complaint => {
                tracing::error!(what, error, "cannot be used after a change; what was in force before stays so");
                complaint = error;
            }
            Err(_) => {}
        }
    }
}
