//! TLS for all faces, from a certificate chain and a key in PEM files, which can be read anew while the server runs.

use crate::exit::Failed;
use crate::settings::Settings;
use parking_lot::RwLock;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;

/// A TLS handshake must be done within this.
pub(super) const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

const CERT: &str = "tls_cert";
const KEY: &str = "tls_key";

/// What new connections are accepted with. Connections that stand keep theirs.
#[derive(Clone)]
pub(super) struct Tls(Arc<Files>);

/// The files, which stay the same, and what was last in them.
struct Files {
    cert: PathBuf,
    key: PathBuf,
    acceptor: RwLock<TlsAcceptor>,
}

impl Tls {
    /// Reads both files that the settings name; `None` where they name none.
    ///
    /// # Errors
    /// [`Failed::Usage`] when they cannot be used together; it says which, and where it is set.
    pub(super) fn read(settings: &Settings) -> Result<Option<Tls>, Failed> {
        let (Some(cert), Some(key)) = (settings.text(CERT), settings.text(KEY)) else { return Ok(None) };
        let (cert, key) = (PathBuf::from(cert), PathBuf::from(key));
        let acceptor = acceptor(&cert, &key).map_err(|Unusable { setting, fault }| settings.wrong(setting, fault))?;
        Ok(Some(Tls(Arc::new(Files { cert, key, acceptor: RwLock::new(acceptor) }))))
    }

    /// Reads both files anew.
    ///
    /// # Errors
    /// When they cannot be used together; then what was there before stays.
    pub(super) fn reload(&self) -> Result<(), Failed> {
        let new = acceptor(&self.0.cert, &self.0.key).map_err(|unusable| Failed::Usage(unusable.fault))?;
        *self.0.acceptor.write() = new;
        Ok(())
    }

    /// The file of the certificate.
    pub(super) fn cert(&self) -> &Path {
        &self.0.cert
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.0.acceptor.read().clone()
    }
}

/// A file that cannot be used: the setting that named it, and what is wrong, with the file's path.
struct Unusable {
    setting: &'static str,
    fault: String,
}

fn acceptor(cert: &Path, key: &Path) -> Result<TlsAcceptor, Unusable> {
    let wrong = |setting, path: &Path, error: &dyn std::fmt::Display| Unusable {
        setting,
        fault: format!("{}: {error}", path.display()),
    };
    let wrong_cert = |error: &dyn std::fmt::Display| wrong(CERT, cert, error);
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong_cert(&error))?;
    if chain.is_empty() {
        return Err(wrong_cert(&"there is no certificate in it"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(KEY, key, &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong_cert(&error))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| wrong_cert(&error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::ServeOptions;
    use std::fs;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    fn stored(file: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(file)
    }

    /// Whether a client that trusts this certificate alone is content.
    async fn shows(tls: &Tls, name: &str) -> bool {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(stored(&format!("{name}.pem"))).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let (client, server) = tokio::io::duplex(1 << 16);
        let host = format!("{name}.example.test").try_into().unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let (connected, _) = tokio::join!(connector.connect(host, client), tls.acceptor().accept(server));
        connected.is_ok()
    }

    #[tokio::test]
    async fn a_new_certificate_is_taken_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        let put = |name: &str| {
            fs::copy(stored(&format!("{name}.pem")), &cert).unwrap();
            fs::copy(stored(&format!("{name}.key")), &key).unwrap();
        };
        put("first");
        let options =
            ServeOptions { tls_cert: Some(cert.clone()), tls_key: Some(key.clone()), ..ServeOptions::default() };
        let settings = Settings::resolve(&options).unwrap();
        let tls = Tls::read(&settings).unwrap().unwrap();
        assert!(shows(&tls, "first").await && !shows(&tls, "second").await);
        for (cert_now, key_now) in [("first.pem", "second.key"), ("first.key", "first.key"), ("first.pem", "first.pem")]
        {
            fs::copy(stored(cert_now), &cert).unwrap();
            fs::copy(stored(key_now), &key).unwrap();
            match Tls::read(&settings) {
                Err(Failed::Usage(fault)) => {
                    assert!(fault.starts_with("`tls_") && fault.ends_with("(from command line)"), "{fault}");
                }
                _ => panic!("{cert_now} with {key_now}"),
            }
            assert!(tls.reload().is_err(), "{cert_now} with {key_now}");
            assert!(shows(&tls, "first").await);
        }
        put("second");
        tls.reload().unwrap();
        assert!(shows(&tls, "second").await && !shows(&tls, "first").await);
    }
}
