//! Pauses of connections whose calls are turned away.
//!
//! A refusal costs a fifteenth of an answer, most of it in the kernel: an event, a read and a write for each call of a few
//! kilobytes. A connection that rests finds many calls when it reads again. It writes at any time: writes that wait hold
//! back window updates as well, and answers came after half a second.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep};

/// How long a connection rests. At three times the load (RELIABILITY.md) a connection of sixteen meets some ten calls in
/// that time, and what is accepted waits for more than twice as long anyway. With half of it the server delivered a tenth less
/// in five rounds in turn, and accepted calls were answered 3 ms sooner.
const REST: Duration = Duration::from_millis(40);

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
