//! The door to the page of figures: few connections, none for long. Who watches comes every few seconds and goes.

use super::{
    connections::{Connections, Lifetime},
    incoming::{self, Connection, Peer},
    tls::Tls,
};
use axum::{
    extract::{ConnectInfo, Request, connect_info::Connected},
    middleware::Next,
    response::Response,
    serve::{IncomingStream, Listener},
};
use std::{io, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Connections at once; for one more, the one idle for longest goes. A handful of watchers and probes.
const MOST: usize = 64;

/// Within this the first request has to come whole, to its last header.
const FIRST: Duration = Duration::from_secs(10);

/// So long may a connection be without a request: two of the minutes that slow watchers leave between theirs.
const IDLE: Duration = Duration::from_secs(130);

/// The listener of the page.
pub(super) struct Door {
    listener: TcpListener,
    connections: Arc<Connections>,
}

impl Door {
    pub(super) fn new(listener: TcpListener) -> Self {
        let lifetime = Lifetime { idle: IDLE, first_call: FIRST, age: Duration::MAX };
        Self { listener, connections: Connections::new(MOST, lifetime, CancellationToken::new()) }
    }
}

impl Listener for Door {
    type Io = Connection;
    type Addr = Peer;

    async fn accept(&mut self) -> (Connection, Peer) {
        loop {
            match incoming::accept(&self.listener, &Tls::NONE, &self.connections).await {
                Ok(Some(connection)) => {
                    let peer = connection.peer();
                    return (connection, peer);
                }
                Ok(None) => {}
                Err(_) => tokio::time::sleep(incoming::PAUSE).await,
            }
        }
    }

    /// Asked for by nobody: axum wants it for its own address only.
    fn local_addr(&self) -> io::Result<Peer> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.remote_addr().clone()
    }
}

/// While a request is answered, its connection is not idle.
pub(super) async fn busy(ConnectInfo(peer): ConnectInfo<Peer>, request: Request, next: Next) -> Response {
    let _busy = peer.connection.busy();
    next.run(request).await
}
