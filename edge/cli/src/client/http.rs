//! One call of the platform API, and what its failure means to the shell.

use crate::exit::Failed;
use serde_json::Value;
use std::time::Duration;

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
    pub(crate) fn new(server: &str, key: &str) -> Client {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(60)))
            .http_status_as_error(false)
            .build();
        Client { server: server.trim_end_matches('/').to_owned(), key: key.to_owned(), agent: config.into() }
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
        Err(refused(status, &serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// Makes the call. Every POST carries a key of its own, so that a repeat by a proxy does nothing twice.
    pub(crate) fn call(&self, call: &Call) -> Result<Value, Failed> {
        let unreachable = |error: ureq::Error| Failed::Unreachable(format!("{}: {error}", self.server));
        let mut request = ureq::http::Request::builder()
            .method(call.method)
            .uri(format!("{}{}", self.server, call.path))
            .header("authorization", format!("Bearer {}", self.key));
        if call.method == "POST" {
            request = request.header("idempotency-key", uuid::Uuid::new_v4().to_string());
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
            _ => Err(refused(status, &answer)),
        }
    }
}

fn refused(status: u16, answer: &Value) -> Failed {
    let message = problem(status, answer);
    if status == 503 { Failed::Unreachable(message) } else { Failed::Refused(message) }
}

/// A problem document in one or two lines: the detail, the figures behind it, and the request that it belongs to.
fn problem(status: u16, answer: &Value) -> String {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut message = match (text("code"), text("detail")) {
        ("", _) => format!("the server answered {status}"),
        (code, "") => code.to_owned(),
        (code, detail) => format!("{detail} ({code})"),
    };
    for because in answer.get("because").and_then(Value::as_array).into_iter().flatten() {
        let part = |name: &str| because.get(name).map(show_plain).unwrap_or_default();
        message.push_str(&format!(
            "\n  because {}: {} of {} is {}, needed {}",
            part("rule"),
            part("figure"),
            part("account_uin"),
            part("found"),
            part("required")
        ));
    }
    if !text("request_id").is_empty() {
        message.push_str(&format!("\n  request {}", text("request_id")));
    }
    message
}

pub(super) fn show_plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}
