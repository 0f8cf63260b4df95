//! Bodies that count their bytes; the answer's also knows how the call ended.

use super::record::{Call, Guard};
use crate::grpc::status::{Failure, from_transport};
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep};
use tonic::{Code, Status, body::Body};

/// A message follows its headers within this unless its sender is slow: some round trips over a long line.
const USUAL: Duration = Duration::from_millis(50);

type Polled = Poll<Option<Result<Frame<Bytes>, Status>>>;

/// The error that headers or trailers tell of, if any.
pub(super) fn failure(headers: &HeaderMap) -> Option<Status> {
    // Most calls end well: spare them the parsing.
    headers.get("grpc-status").filter(|status| *status != "0")?;
    Status::from_header_map(headers).filter(|status| status.code() != Code::Ok)
}

/// A request's body. It ends with an error if nothing arrives for too long, or if it has no room.
pub(super) struct Counted {
    body: Body,
    call: Arc<Call>,
    patience: Duration,
    /// Set while the body is waited for.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Whether it has been waited for longer than is usual.
    is_slow: bool,
}

impl Counted {
    pub(super) fn new(body: Body, call: Arc<Call>, patience: Duration) -> Self {
        Self { body, call, patience, stalled: None, is_slow: false }
    }

    fn wait(&mut self, cx: &mut Context<'_>) -> Polled {
        let (patience, usual) = (self.patience, USUAL.min(self.patience));
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(usual)));
        ready!(stalled.as_mut().poll(cx));
        if self.is_slow || patience <= usual {
            return Poll::Ready(Some(Err(Failure::Stalled(patience).into())));
        }
        self.is_slow = true;
        // Who is slow must not keep a place from those who are not.
        self.call.withdraw();
        stalled.as_mut().reset(Instant::now() + patience.saturating_sub(usual));
        stalled.as_mut().poll(cx).map(|()| Some(Err(Failure::Stalled(patience).into())))
    }
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else { return self.wait(cx) };
        (self.stalled, self.is_slow) = (None, false);
        if let Some(data) = frame.as_ref().and_then(|f| f.as_ref().ok()).and_then(Frame::data_ref)
            && let Err(failure) = self.call.receive(data.len())
        {
            return Poll::Ready(Some(Err(failure.into())));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body. The call is over when it is dropped.
pub(super) struct Answer {
    body: Body,
    guard: Guard,
}

impl Answer {
    pub(super) fn new(body: Body, guard: Guard) -> Self {
        Self { body, guard }
    }

    fn observe(&self, frame: Frame<Bytes>) -> Frame<Bytes> {
        let call = self.guard.call();
        if let Some(data) = frame.data_ref() {
            call.add_bytes_out(data.len());
        }
        let frame = match frame.trailers_ref().and_then(failure) {
            Some(failure) => trailers(&from_transport(failure)).map_or(frame, Frame::trailers),
            None => frame,
        };
        if let Some(trailers) = frame.trailers_ref() {
            call.note_status(trailers);
        }
        frame
    }
}

fn trailers(status: &Status) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    status.add_header(&mut headers).ok()?;
    Some(headers)
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        Poll::Ready(frame.map(|frame| frame.map(|frame| self.observe(frame))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
