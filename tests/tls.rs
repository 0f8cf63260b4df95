//! TLS over a real socket: certificates of clients, and certificates that change under load.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod support;

use hyper_util::rt::TokioIo;
use promosieve::{
    access::TlsFiles,
    config::{Access, Config},
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::{
    future::Future,
    io,
    net::SocketAddr,
    path::Path,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};
use support::*;
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring::default_provider,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    },
};
use tonic::transport::{Channel, Endpoint};

struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, PEM.
#[derive(Clone)]
struct Identity {
    cert: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn sign(&self, name: &str) -> Identity {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let cert = params.signed_by(&key, &self.0).unwrap();
        Identity { cert: cert.pem(), key: key.serialize_pem() }
    }

    fn pem(&self) -> String {
        self.0.pem()
    }
}

/// Opens connections, and remembers the certificate that the last one was greeted with.
#[derive(Clone)]
struct Connector {
    address: SocketAddr,
    tls: TlsConnector,
    greeted: Arc<Mutex<Vec<u8>>>,
}

impl Connector {
    fn new(address: SocketAddr, authority: &Authority, identity: Option<&Identity>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match identity {
            None => builder.with_no_client_auth(),
            Some(Identity { cert, key }) => {
                let chain = vec![CertificateDer::from_pem_slice(cert.as_bytes()).unwrap()];
                builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap()).unwrap()
            }
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        Self { address, tls: TlsConnector::from(Arc::new(config)), greeted: Arc::default() }
    }

    async fn open(self) -> io::Result<TokioIo<TlsStream<TcpStream>>> {
        let socket = TcpStream::connect(self.address).await?;
        let stream = self.tls.connect(ServerName::try_from("localhost").unwrap(), socket).await?;
        *self.greeted.lock().unwrap() = stream.get_ref().1.peer_certificates().unwrap()[0].to_vec();
        Ok(TokioIo::new(stream))
    }

    async fn channel(&self) -> Result<Channel, tonic::transport::Error> {
        Endpoint::from_static("http://localhost").connect_with_connector(self.clone()).await
    }

    /// A call on a connection of its own.
    async fn call(&self) -> Result<(), String> {
        let channel = self.channel().await.map_err(|e| format!("{e:?}"))?;
        let mut client = Client::new(channel);
        client.analyze(request(document("1", "Ein kurzer Text."))).await.map(|_| ()).map_err(|e| format!("{e:?}"))
    }
}

impl tower_service::Service<http::Uri> for Connector {
    type Response = TokioIo<TlsStream<TcpStream>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Uri) -> Self::Future {
        Box::pin(self.clone().open())
    }
}

/// Replaces a file as tools do: another one takes its name.
fn put(path: &Path, text: &str) {
    let new = path.with_extension("new");
    std::fs::write(&new, text).unwrap();
    std::fs::rename(&new, path).unwrap();
}

fn files(dir: &Path, identity: &Identity) -> TlsFiles {
    let files = TlsFiles { cert: dir.join("cert.pem"), key: dir.join("key.pem"), client_ca: None };
    put(&files.cert, &identity.cert);
    put(&files.key, &identity.key);
    files
}

async fn serve(files: TlsFiles) -> Server {
    Server::with(Config { access: Access { api_keys: None, tls: Some(files) }, ..config() }).await
}

#[tokio::test]
async fn calls_go_over_tls_and_not_in_clear() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let server = serve(files(dir.path(), &authority.sign("localhost"))).await;
    Connector::new(server.address, &authority, None).call().await.unwrap();
    let stranger = Connector::new(server.address, &Authority::new(), None).call().await;
    assert!(stranger.unwrap_err().contains("InvalidCertificate"));
    let clear = Channel::from_shared(format!("http://{}", server.address)).unwrap().connect().await;
    if let Ok(channel) = clear {
        Client::new(channel).analyze(request(document("1", "Ein Text."))).await.unwrap_err();
    }
}

#[tokio::test]
async fn with_an_authority_for_clients_nobody_calls_without_a_certificate() {
    let (authority, clients, dir) = (Authority::new(), Authority::new(), tempfile::tempdir().unwrap());
    let mut files = files(dir.path(), &authority.sign("localhost"));
    let client_ca = dir.path().join("clients.pem");
    put(&client_ca, &clients.pem());
    files.client_ca = Some(client_ca);
    let server = serve(files).await;
    let as_client = |identity: Option<&Identity>| Connector::new(server.address, &authority, identity);
    as_client(Some(&clients.sign("crawler"))).call().await.unwrap();
    as_client(Some(&authority.sign("crawler"))).call().await.unwrap_err();
    as_client(None).call().await.unwrap_err();
}

/// A connection that says nothing must not keep others from theirs.
#[tokio::test]
async fn a_hung_handshake_delays_nobody() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let server = serve(files(dir.path(), &authority.sign("localhost"))).await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(server.address).await.unwrap());
    }
    let call = Connector::new(server.address, &authority, None);
    tokio::time::timeout(PATIENCE, call.call()).await.expect("it hangs").unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_change_under_load_and_no_call_fails() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let first = authority.sign("localhost");
    let files = files(dir.path(), &first);
    let server = serve(files.clone()).await;
    let connector = Connector::new(server.address, &authority, None);
    let (over, calls, connects) = (Arc::new(AtomicBool::new(false)), Arc::default(), Arc::default());

    // One keeps its connection, the other opens one for each call.
    let mut kept = Client::new(connector.channel().await.unwrap());
    let (stop, count): (_, Arc<AtomicUsize>) = (Arc::clone(&over), Arc::clone(&calls));
    let lasting = tokio::spawn(async move {
        while !stop.load(Relaxed) {
            kept.analyze(request(document("1", "Ein kurzer Text."))).await.unwrap();
            count.fetch_add(1, Relaxed);
        }
    });
    let (stop, count, each): (_, Arc<AtomicUsize>, _) = (Arc::clone(&over), Arc::clone(&connects), connector.clone());
    let opening = tokio::spawn(async move {
        while !stop.load(Relaxed) {
            each.call().await.unwrap();
            count.fetch_add(1, Relaxed);
        }
    });

    let greeted_with = async |identity: &Identity| {
        let wanted = CertificateDer::from_pem_slice(identity.cert.as_bytes()).unwrap();
        let began = Instant::now();
        while *connector.greeted.lock().unwrap() != wanted.as_ref() {
            assert!(began.elapsed() < PATIENCE, "the new certificate does not come");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    greeted_with(&first).await;
    for _ in 0..3 {
        let next = authority.sign("localhost");
        put(&files.cert, &next.cert);
        // Long enough for a look at a pair that is none.
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        put(&files.key, &next.key);
        greeted_with(&next).await;
        // Garbage and nothing are not taken either.
        std::fs::write(&files.cert, "garbage").unwrap();
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        std::fs::remove_file(&files.cert).unwrap();
        greeted_with(&next).await;
        put(&files.cert, &next.cert);
    }
    over.store(true, Relaxed);
    lasting.await.expect("no call on the open connection fails");
    opening.await.expect("no call on a new connection fails");
    assert!(calls.load(Relaxed) > 0 && connects.load(Relaxed) > 0);
}
