//! The files of TLS, read into what rustls serves with.

use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// gRPC is HTTP/2 and nothing else.
const PROTOCOL: &[u8] = b"h2";

/// The files of TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate with those that lead to a root, PEM.
    pub cert: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
    /// Who signs clients' certificates, PEM. With it nobody connects without one.
    pub client_ca: Option<PathBuf>,
}

/// Why the files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{path}: {what}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what would be right.
        what: String,
    },
}

/// The files' bytes: they are read again and again, and parsed if they changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsBytes {
    cert: Vec<u8>,
    key: Vec<u8>,
    client_ca: Option<Vec<u8>>,
}

impl TlsFiles {
    /// What the files say.
    ///
    /// # Errors
    /// If a file cannot be read, or does not hold what it should, or if key and certificate are not a pair.
    pub fn load(&self) -> Result<Arc<ServerConfig>, TlsError> {
        self.parse(&self.read()?)
    }

    /// Reads the files.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub fn read(&self) -> Result<TlsBytes, TlsError> {
        let read = |path: &Path| fs::read(path).map_err(|source| TlsError::Io { path: path.into(), source });
        let client_ca = self.client_ca.as_deref().map(read).transpose()?;
        Ok(TlsBytes { cert: read(&self.cert)?, key: read(&self.key)?, client_ca })
    }

    /// What the bytes of the files say.
    ///
    /// # Errors
    /// See [`Self::load`].
    pub fn parse(&self, bytes: &TlsBytes) -> Result<Arc<ServerConfig>, TlsError> {
        let chain = certificates(&self.cert, &bytes.cert)?;
        let key =
            PrivateKeyDer::from_pem_slice(&bytes.key).map_err(|e| wrong(&self.key, &no_pem(&e, "a private key")))?;
        let provider = Arc::new(default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|e| wrong(&self.cert, &e))?;
        let builder = match (&self.client_ca, &bytes.client_ca) {
            (Some(path), Some(pem)) => {
                let roots = Arc::new(roots(path, pem)?);
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build();
                builder.with_client_cert_verifier(verifier.map_err(|e| wrong(path, &e))?)
            }
            _ => builder.with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(chain, key).map_err(|e| wrong(&self.cert, &self.unpaired(&e)))?;
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(Arc::new(config))
    }

    fn unpaired(&self, error: &rustls::Error) -> String {
        match error {
            rustls::Error::InconsistentKeys(_) => format!("does not belong to the key in {}", self.key.display()),
            other => other.to_string(),
        }
    }
}

fn roots(path: &Path, pem: &[u8]) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path, pem)? {
        roots.add(certificate).map_err(|e| wrong(path, &e))?;
    }
    Ok(roots)
}

fn certificates(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|e| wrong(path, &no_pem(&e, "certificates")))?;
    if found.is_empty() { Err(wrong(path, &no_pem(&pem::Error::NoItemsFound, "certificates"))) } else { Ok(found) }
}

fn no_pem(error: &pem::Error, right: &str) -> String {
    format!("{error}; expected {right} in PEM, beginning with -----BEGIN")
}

fn wrong(path: &Path, what: &dyn std::fmt::Display) -> TlsError {
    TlsError::Content { path: path.into(), what: what.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertifiedKey, generate_simple_self_signed};

    fn files(dir: &Path) -> TlsFiles {
        TlsFiles { cert: dir.join("cert.pem"), key: dir.join("key.pem"), client_ca: None }
    }

    fn made() -> CertifiedKey<rcgen::KeyPair> {
        generate_simple_self_signed(["localhost".to_owned()]).unwrap()
    }

    #[test]
    fn a_pair_is_loaded_and_what_is_none_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let files = files(dir.path());
        let (one, other) = (made(), made());
        let put = |cert: &str, key: &str| {
            fs::write(&files.cert, cert).unwrap();
            fs::write(&files.key, key).unwrap();
        };
        let error = |files: &TlsFiles| files.load().unwrap_err().to_string();
        assert!(error(&files).contains("cert.pem"));
        put(&one.cert.pem(), &one.signing_key.serialize_pem());
        assert_eq!(files.load().unwrap().alpn_protocols, [PROTOCOL]);
        put(&one.cert.pem(), &other.signing_key.serialize_pem());
        assert!(error(&files).contains("does not belong to the key in"), "{}", error(&files));
        put("nothing", &one.signing_key.serialize_pem());
        assert!(error(&files).contains("cert.pem: ") && error(&files).contains("expected certificates in PEM"));
        put(&one.cert.pem(), &one.cert.pem());
        assert!(error(&files).contains("key.pem: ") && error(&files).contains("expected a private key"));
        put(&one.cert.pem(), &one.signing_key.serialize_pem());
        let mutual = TlsFiles { client_ca: Some(files.cert.clone()), ..files.clone() };
        mutual.load().unwrap();
        let missing = TlsFiles { client_ca: Some(dir.path().join("ca.pem")), ..files };
        assert!(error(&missing).contains("ca.pem"));
    }
}
