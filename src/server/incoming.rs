//! Accepted connections, each of which can be severed from outside and ends by itself when its time is over. One whose
//! calls are turned away rests in between.

use super::{
    connections::{Connected as State, Connections, Place},
    rest::Rest,
    tls::{Socket, Tls},
};
use futures_util::stream::{Stream, unfold};
use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpListener,
    time::{Instant, Sleep, sleep_until},
};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::transport::server::Connected;

/// Pause after a failed accept. Out of file descriptors, accept fails at once and for ever: without a pause the loop
/// would take a core.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// The connections that `listener` accepts, as many as `connections` has places for.
pub(super) fn connections(
    listener: Arc<TcpListener>,
    tls: Tls,
    connections: Arc<Connections>,
) -> impl Stream<Item = io::Result<Connection>> {
    unfold((listener, tls, connections), |(listener, tls, connections)| async move {
        let accepted = loop {
            match accept(&listener, &tls, &connections).await {
                Ok(Some(connection)) => break Ok(connection),
                // Dropped, which closes it. Nothing was read, so its client knows that nothing was done.
                Ok(None) => super::refusals::note("connections"),
                Err(error) => break Err(error),
            }
        };
        if let Err(error) = &accepted {
            tracing::warn!(%error, "cannot accept a connection");
            tokio::time::sleep(PAUSE).await;
        }
        Some((accepted, (listener, tls, connections)))
    })
}

/// The next connection; nothing if there is no place for it.
pub(super) async fn accept(
    listener: &TcpListener,
    tls: &Tls,
    connections: &Arc<Connections>,
) -> io::Result<Option<Connection>> {
    let (stream, peer) = listener.accept().await?;
    let Some(place) = connections.enter() else { return Ok(None) };
    // Answers are written whole: waiting to fill a packet only delays them. It fails if the peer is gone already,
    // which the first read will find out.
    _ = stream.set_nodelay(true);
    Ok(Some(Connection::new(tls.socket(stream), peer, place)))
}

/// A connection that fails to read once it is severed, which ends everything on it.
pub(super) struct Connection {
    stream: Socket,
    peer: SocketAddr,
    place: Place,
    severed: Pin<Box<WaitForCancellationFutureOwned>>,
    /// When to see whether its time is over.
    look: Pin<Box<Sleep>>,
    /// Between reads, after calls on it were turned away.
    rest: Rest,
}

/// What a call knows of its connection.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    /// Where it comes from.
    pub(super) address: SocketAddr,
    /// Its connection.
    pub(super) connection: Arc<State>,
}

impl Connection {
    fn new(stream: Socket, peer: SocketAddr, place: Place) -> Self {
        let severed = Box::pin(place.sever().clone().cancelled_owned());
        let look = Box::pin(sleep_until(place.due().unwrap_or_else(Instant::now)));
        Self { stream, peer, place, severed, look, rest: Rest::default() }
    }

    pub(super) fn peer(&self) -> Peer {
        Peer { address: self.peer, connection: Arc::clone(&self.place.connected) }
    }

    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        if self.severed.as_mut().poll(cx).is_ready() {
            return true;
        }
        while self.look.as_mut().poll(cx).is_ready() {
            let Some(due) = self.place.due() else { return true };
            self.look.as_mut().reset(due);
        }
        false
    }
}

impl Connected for Connection {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        self.peer()
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.is_over(cx) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        ready!(self.rest.poll_over(cx));
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        // Not before all is read that came: else a big message would come piece by piece.
        if read.is_pending() && self.place.connected.take_turned_away() {
            self.rest.begin();
            // Wakes the task at the end of the rest; the socket may have nothing more to say by then.
            _ = self.rest.poll_over(cx);
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}
