//! TLS on accepted sockets, by certificates that are read again when their files change.
//!
//! tonic's own TLS keeps the certificates that it was built with. Here each connection begins with those in force; open
//! connections keep theirs. The handshake happens where the connection is first read or written, so a slow one delays
//! nobody else.

use super::{ServeError, reload};
use crate::access::TlsFiles;
use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, PoisonError, RwLock},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    task::JoinSet,
    time::{Sleep, sleep},
};
use tokio_rustls::{Accept, TlsAcceptor, rustls::ServerConfig, server::TlsStream};

/// A handshake takes two round trips and some milliseconds; whoever needs longer than this is holding a socket.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The certificates in force, if there is TLS at all. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Tls(Option<Arc<RwLock<Arc<ServerConfig>>>>);

impl Tls {
    /// No TLS.
    pub(super) const NONE: Self = Self(None);

    /// Reads the files, if there are any, and watches them from a task of `tasks`.
    pub(super) fn open(files: Option<&TlsFiles>, tasks: &mut JoinSet<()>) -> Result<Self, ServeError> {
        let Some(files) = files.cloned() else { return Ok(Self(None)) };
        let bytes = files.read()?;
        let in_force = Arc::new(RwLock::new(files.parse(&bytes)?));
        let (reader, shared) = (files.clone(), Arc::clone(&in_force));
        let apply = move |bytes: &_| {
            *shared.write().unwrap_or_else(PoisonError::into_inner) = files.parse(bytes)?;
            Ok(())
        };
        tasks.spawn(reload::watch("certificates", bytes, move || reader.read(), apply));
        Ok(Self(Some(in_force)))
    }

    /// What is spoken on a socket that was just accepted.
    pub(super) fn socket(&self, stream: TcpStream) -> Socket {
        let Some(in_force) = &self.0 else { return Socket::Plain(stream) };
        let config = Arc::clone(&in_force.read().unwrap_or_else(PoisonError::into_inner));
        let accept = Box::new(TlsAcceptor::from(config).accept(stream));
        Socket::Greeting(accept, Box::pin(sleep(HANDSHAKE)))
    }
}

/// A socket with TLS or without.
pub(super) enum Socket {
    Plain(TcpStream),
    /// The handshake is under way, and ends at a time.
    Greeting(Box<Accept<TcpStream>>, Pin<Box<Sleep>>),
    Secure(Box<TlsStream<TcpStream>>),
    /// The handshake failed.
    Failed,
}

impl Socket {
    /// Goes on with the handshake.
    fn greet(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self::Greeting(accept, end) = self else { return Poll::Ready(Ok(())) };
        let outcome = match Pin::new(accept.as_mut()).poll(cx) {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => {
                ready!(end.as_mut().poll(cx));
                Err(io::ErrorKind::TimedOut.into())
            }
        };
        match outcome {
            Ok(stream) => {
                *self = Self::Secure(Box::new(stream));
                Poll::Ready(Ok(()))
            }
            Err(error) => {
                // Strangers who knock are no concern of the operator's; who wonders why a client fails finds it.
                tracing::debug!(%error, "a TLS handshake failed");
                *self = Self::Failed;
                Poll::Ready(Err(error))
            }
        }
    }
}

/// Does the same on whatever is spoken, once the handshake is over.
macro_rules! over {
    ($socket:expr, $cx:expr, $stream:ident => $work:expr) => {{
        let socket = $socket.get_mut();
        ready!(socket.greet($cx))?;
        match socket {
            Socket::Plain($stream) => $work,
            Socket::Secure($stream) => $work,
            Socket::Greeting(..) | Socket::Failed => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
        }
    }};
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        over!(self, cx, stream => Pin::new(stream).poll_read(cx, buf))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        over!(self, cx, stream => Pin::new(stream).poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        over!(self, cx, stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Secure(stream) => Pin::new(stream).poll_shutdown(cx),
            // Nobody to say goodbye to.
            Self::Greeting(..) | Self::Failed => Poll::Ready(Ok(())),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Secure(stream) => stream.is_write_vectored(),
            Self::Greeting(..) | Self::Failed => false,
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        over!(self, cx, stream => Pin::new(stream).poll_write_vectored(cx, bufs))
    }
}
