//! One call of the platform API, and what its failure means to the shell.

use crate::exit::Failed;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// A call: method, path with query, body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

/// A server and the key to it.
#[derive(Clone)]
pub(crate) struct Client {
    server: String,
    key: String,
    agent: ureq::Agent,
}

impl Client {
    /// A client of this server. `authorities` is a file of certificates (PEM) that are trusted instead of the public ones.
    ///
    /// # Errors
    /// When they are needed and cannot be read.
    pub(crate) fn new(server: &str, key: &str, authorities: Option<&Path>) -> Result<Client, Failed> {
        let mut config =
            ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(60))).http_status_as_error(false);
        let encrypted = server.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
        if let Some(file) = authorities.filter(|_| encrypted) {
            let roots = RootCerts::Specific(Arc::new(self::authorities(file)?));
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        let agent = config.build().into();
        Ok(Client { server: server.trim_end_matches('/').to_owned(), key: key.to_owned(), agent })
    }

    /// The body of a GET as it comes, however long that takes.
    pub(super) fn stream(&self, path: &str) -> Result<impl std::io::Read, Failed> {
        let unreachable = |error: ureq::Error| Failed::Unreachable(format!("{}: {error}", self.server));
        let request = ureq::http::Request::get(format!("{}{path}", self.server))
            .header("authorization", format!("Bearer {}", self.key))
            .body(())
            .map_err(|error| Failed::Usage(format!("{}: {error}", self.server)))?;
        let request = self.agent.configure_request(request).timeout_global(None).build();
        let mut response = self.agent.run(request).map_err(unreachable)?;
        let status = response.status().as_u16();
        if status == 200 {
            return Ok(response.into_body().into_reader());
        }
        let text = response.body_mut().read_to_string().map_err(unreachable)?;
        Err(Failed::Problem(status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// Makes the call. Every POST carries a key of its own, so that a repeat by a proxy does nothing twice.
    pub(crate) fn call(&self, call: &Call) -> Result<Value, Failed> {
        let unreachable = |error: ureq::Error| Failed::Unreachable(format!("{}: {error}", self.server));
        let mut request = ureq::http::Request::builder()
            .method(call.method)
            .uri(format!("{}{}", self.server, call.path))
            .header("authorization", format!("Bearer {}", self.key));
        if call.method == "POST" {
            request = request.header("idempotency-key", credere_app::random::id().to_string());
        }
        let body = call.body.as_ref().map(Value::to_string).unwrap_or_default();
        if call.body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(body).map_err(|error| Failed::Usage(format!("{}: {error}", self.server)))?;
        let mut response = self.agent.run(request).map_err(unreachable)?;
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().map_err(unreachable)?;
        let answer: Value =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
        match status {
            200..=299 => Ok(answer),
            _ => Err(Failed::Problem(status, answer)),
        }
    }
}

/// The authorities in a file of PEM certificates.
fn authorities(file: &Path) -> Result<Vec<Certificate<'static>>, Failed> {
    let wrong = |what: String| Failed::Usage(format!("the authorities in {}: {what}", file.display()));
    let pem = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    let mut found = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| wrong(error.to_string()))? {
            found.push(certificate);
        }
    }
    if found.is_empty() { Err(wrong("there is no certificate".to_owned())) } else { Ok(found) }
}
