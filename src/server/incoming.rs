//! Accepted connections, each of which can be severed from outside.

use super::tls::{Socket, Tls};
use futures_util::stream::{Stream, unfold};
use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpListener,
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::transport::server::{Connected, TcpConnectInfo};

/// Pause after a failed accept. Out of file descriptors, accept fails at once and for ever: without a pause the loop
/// would take a core.
const PAUSE: Duration = Duration::from_millis(50);

/// The connections that `listener` accepts. `sever` closes all of them.
pub(super) fn connections(
    listener: TcpListener,
    tls: Tls,
    sever: CancellationToken,
) -> impl Stream<Item = io::Result<Connection>> {
    unfold((listener, tls, sever), |(listener, tls, sever)| async move {
        let accepted = accept(&listener, &tls, &sever).await;
        if let Err(error) = &accepted {
            tracing::warn!(%error, "cannot accept a connection");
            tokio::time::sleep(PAUSE).await;
        }
        Some((accepted, (listener, tls, sever)))
    })
}

async fn accept(listener: &TcpListener, tls: &Tls, sever: &CancellationToken) -> io::Result<Connection> {
    let (stream, _) = listener.accept().await?;
    // Answers are written whole: waiting to fill a packet only delays them.
    stream.set_nodelay(true)?;
    let info = stream.connect_info();
    let stream = tls.socket(stream);
    Ok(Connection { stream, info, severed: Box::pin(sever.clone().cancelled_owned()) })
}

/// A connection that fails to read once it is severed, which ends everything on it.
pub(super) struct Connection {
    stream: Socket,
    info: TcpConnectInfo,
    severed: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Connected for Connection {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.info.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.severed.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
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
