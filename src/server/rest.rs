//! Pauses of connections whose calls are turned away.
//!
//! A refusal costs a fifteenth of an answer, most of it in the kernel: an event, a read and a write for each call of a few
//! kilobytes. Two thirds of the calls at three times the load are refused, and what that costs is missing elsewhere. A
//! connection that rests finds many calls when it reads again, and answers them with one write.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep};

/// How long a connection rests. Measured at three times the load on one core (RELIABILITY.md): 10 ms save half as much,
/// and what is accepted waits for five times as long anyway.
const REST: Duration = Duration::from_millis(20);

/// The pause of one connection, if it has one.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// Made once; a connection that is refused for a second rests fifty times.
    sleep: Option<Pin<Box<Sleep>>>,
    resting: bool,
}

impl Rest {
    /// It begins.
    pub(super) fn begin(&mut self) {
        self.resting = true;
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(Instant::now() + REST),
            none => *none = Some(Box::pin(sleep(REST))),
        }
    }

    /// Pending while it lasts; the task is woken at its end.
    pub(super) fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(sleep) = self.sleep.as_mut().filter(|_| self.resting) {
            std::task::ready!(sleep.as_mut().poll(cx));
            self.resting = false;
        }
        Poll::Ready(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    #[tokio::test(start_paused = true)]
    async fn it_lasts_as_long_as_it_shall_each_time() {
        let mut rest = Rest::default();
        let began = Instant::now();
        poll_fn(|cx| rest.poll_over(cx)).await;
        assert_eq!(began.elapsed(), Duration::ZERO, "nothing to rest from");
        for times in 1..4 {
            rest.begin();
            poll_fn(|cx| rest.poll_over(cx)).await;
            assert_eq!(began.elapsed(), REST * times);
        }
    }
}
