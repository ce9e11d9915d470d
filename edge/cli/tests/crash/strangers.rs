//! Clients that would hold up others, against the whole server: many, slow, and with much to say. And what an operator
//! does to a running one: SIGHUP, and few file descriptors. Everything here is bounded in requests and bytes.

use crate::http::Request;
use crate::server::{Server, Setup, until};
use crate::world::{self, PLATFORM_KEY};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde_json::json;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore};

/// A connection that has sent this.
fn sent(server: &Server, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(&server.address).expect("the server accepts");
    stream.set_read_timeout(Some(crate::server::DEADLINE)).expect("a time can be set");
    stream.write_all(text.as_bytes()).expect("the server reads");
    stream
}

/// The beginning of the answer, as much as comes at once.
fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = [0; 4_096];
    let length = stream.read(&mut bytes).expect("an answer comes");
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

/// Whether the server has nothing said yet and has not closed either.
fn waits(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).expect("a socket can be asked");
    let read = (&mut &*stream).read(&mut [0; 1]);
    stream.set_nonblocking(false).expect("a socket can be asked");
    matches!(read, Err(error) if error.kind() == ErrorKind::WouldBlock)
}

fn head(key: &str, length: &str) -> String {
    format!(
        "POST /v1/usage HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n{length}\r\n\r\n"
    )
}

#[test]
fn slow_large_and_forbidden_bodies_hold_up_nobody() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let server = Setup::on(dir.path().join("data")).start();
    let mut client = server.client();
    world::make(&mut client);

    let cloud = |body: &str| {
        let head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n";
        sent(&server, &format!("{head}{body}"))
    };
    let trickling: Vec<TcpStream> = (0..300).map(|_| cloud("{")).collect();
    let mut honest = cloud(&"x".repeat(1_000));
    assert!(answer(&mut honest).contains("AuthFailure.InvalidAuthorization"));
    assert!(trickling.last().is_some_and(waits) && waits(&trickling[255]), "nobody had to end for that");
    drop(trickling);

    let reader = client.ask(&Request::post("/v1/keys", json!({ "name": "reader", "access": "read" })));
    let reader = reader.body["key"].as_str().expect("a key is shown").to_owned();
    let mut announced: Vec<TcpStream> =
        (0..33).map(|_| sent(&server, &head(&reader, "content-length: 8388608"))).collect();
    for stream in &mut announced {
        assert!(answer(stream).starts_with("HTTP/1.1 403"), "without a byte of the body");
    }
    // The same by a key that may write: nothing has come yet, so nothing is counted.
    let announced: Vec<TcpStream> =
        (0..33).map(|_| sent(&server, &head(PLATFORM_KEY, "content-length: 8388608"))).collect();
    let made = client.ask(&Request::post("/v1/accounts", json!({ "name": "A" })));
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(announced.iter().all(waits));
    drop(announced);

    let mut chunked: Vec<TcpStream> = (0..48)
        .map(|_| sent(&server, &(head(PLATFORM_KEY, "transfer-encoding: chunked") + "b\r\n{\"records\":\r\n")))
        .collect();
    let now = client.get("/v1/clock")["now"].clone();
    for (number, stream) in chunked.iter_mut().enumerate() {
        let record = json!([{ "key": format!("chunked-{number}"), "account_uin": 1_001, "product_code": world::PRODUCT,
            "amount": "1", "period_start": now, "period_end": now }]);
        let rest = format!("{record}}}");
        stream.write_all(format!("{:x}\r\n{rest}\r\n0\r\n\r\n", rest.len()).as_bytes()).expect("it is read");
    }
    for stream in &mut chunked {
        let answer = answer(stream);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("settled"), "{answer}");
    }
    server.stop();
}

#[test]
fn a_hangup_reads_the_log_filter_anew_and_ends_nothing() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let config = dir.path().join("credere.toml");
    let put = |text: &str| std::fs::write(&config, text).expect("the file can be written");
    put("[log]\nlevel = \"error\"\n");
    let variables = [("CREDERE_CONFIG", config.to_str().expect("it is text")), ("CREDERE_LOG_LEVEL", "")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let setup = Setup { variables, ..Setup::on(dir.path().join("data")) };
    let server = setup.start();
    assert_eq!(setup.log(), "", "nothing is logged at this level");
    put("[log]\nlevel = \"info\"\n");
    server.hang_up();
    until("the new level holds", || setup.log().contains("the log filter was read anew").then_some(()));
    for (text, wrong) in [("[log]\nlevel = \"warning\"\n", "log.level"), ("nonsense", "settings file")] {
        put(text);
        server.hang_up();
        until("it is told", || {
            setup.log().lines().any(|line| line.contains("ERROR") && line.contains(wrong)).then_some(())
        });
    }
    assert!(server.ready());
    server.stop();
}

/// A file of the certificates for tests.
fn stored(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(file)
}

/// Whether a new connection is shown this certificate, by a client that trusts no other.
fn shows(server: &Server, name: &str) -> bool {
    let mut roots = RootCertStore::empty();
    let trusted = CertificateDer::from_pem_file(stored(&format!("{name}.pem"))).expect("a certificate is stored");
    roots.add(trusted).expect("a certificate can be trusted");
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("there are versions that the provider knows")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = format!("{name}.example.test").try_into().expect("it is a name");
    let mut client = ClientConnection::new(Arc::new(config), host).expect("a client can be made");
    let mut stream = sent(server, "");
    while client.is_handshaking() {
        if client.complete_io(&mut stream).is_err() {
            return false;
        }
    }
    true
}

#[test]
fn a_hangup_reads_a_renewed_certificate_whatever_is_wrong_with_the_settings() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let [config, cert, key] = ["credere.toml", "cert.pem", "key.pem"].map(|name| dir.path().join(name));
    let put = |name: &str, level: &str| {
        for (ending, place) in [("pem", &cert), ("key", &key)] {
            fs::copy(stored(&format!("{name}.{ending}")), place).expect("the file can be copied");
        }
        fs::write(&config, format!("[log]\nlevel = \"{level}\"\n")).expect("the file can be written");
    };
    put("first", "info");
    let named = [("CREDERE_CONFIG", &config), ("CREDERE_TLS_CERT", &cert), ("CREDERE_TLS_KEY", &key)];
    let named = named.map(|(name, path)| (name.to_owned(), path.to_str().expect("it is text").to_owned()));
    let variables = [named.to_vec(), vec![("CREDERE_LOG_LEVEL".to_owned(), String::new())]].concat();
    let setup = Setup { variables, ..Setup::on(dir.path().join("data")) };
    let server = setup.try_start().expect("the server starts");
    assert!(shows(&server, "first") && !shows(&server, "second"));
    put("second", "warning");
    server.hang_up();
    until("the new certificate is shown", || shows(&server, "second").then_some(()));
    until("each part is told", || {
        let told = |what: &str| setup.log().lines().any(|line| line.contains("SIGHUP") && line.contains(what));
        (told("cert.pem was read anew") && told("the log filter stays as it was")).then_some(())
    });
    server.stop();
}

#[test]
fn with_few_descriptors_there_are_fewer_places_and_the_log_says_so() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let setup = Setup { descriptors: Some(400), ..Setup::on(dir.path().join("data")) };
    let server = setup.start();
    assert!(setup.log().contains("too few file descriptors"), "{}", setup.log());
    assert!(setup.log().contains("possible=200"), "{}", setup.log());
    // More than there are places, and more than there are descriptors: the oldest go.
    let idle: Vec<TcpStream> = (0..450).map(|_| sent(&server, "")).collect();
    assert!(server.ready());
    drop(idle);
    server.stop();
}
