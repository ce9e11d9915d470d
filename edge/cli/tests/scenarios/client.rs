//! Calls to one server. A status that means that the server failed is a failure of the scenario; everything else is an
//! answer. What the two doors have in common is here: connections, reading figures out of JSON.

use crate::server::PLATFORM_KEY;
use credere_core::money::Amount;
use credere_testkit::Failure;
use serde_json::Value;
use std::fmt::Display;
use std::time::Duration;
use ureq::Agent;
use ureq::http::{Request, Response};

/// An answer that takes longer is a fault of the server.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// A client of one server.
pub(crate) struct Client {
    agent: Agent,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
}

/// An answer of the platform API.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Whether its header says that it repeats an earlier one.
    pub(crate) replayed: bool,
    pub(crate) body: Value,
}

impl Client {
    pub(crate) fn new(address: &str) -> Client {
        let config = Agent::config_builder().timeout_global(Some(ANSWER_WITHIN)).http_status_as_error(false).build();
        Client { agent: config.into(), address: address.to_owned() }
    }

    /// Sends a request and reads the whole answer.
    pub(crate) fn send(&self, request: Request<String>) -> Result<(Response<()>, String), Failure> {
        let what = format!("{} {}", request.method(), request.uri());
        let unanswered = |error: ureq::Error| Failure::new(format!("{what}: {error}"));
        let (head, mut body) = self.agent.run(request).map_err(unanswered)?.into_parts();
        let text = body.read_to_string().map_err(unanswered)?;
        if head.status.is_server_error() {
            return Err(Failure::new(format!("{what}: {} {text}", head.status)));
        }
        Ok((Response::from_parts(head, ()), text))
    }

    /// A call of the platform API under an idempotency key, where there is one.
    pub(crate) fn call(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Answer, Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("authorization", format!("Bearer {PLATFORM_KEY}"));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        let (head, text) = self.send(request.body(body).map_err(failure)?)?;
        let status = head.status().as_u16();
        let header = |name: &str| head.headers().get(name).and_then(|value| value.to_str().ok());
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).map_err(failure)? };
        let expected = if head.status().is_success() { "application/json" } else { "application/problem+json" };
        if !text.is_empty() && header("content-type") != Some(expected) {
            return Err(Failure::new(format!("{method} {path}: {status} as {:?}", header("content-type"))));
        }
        Ok(Answer { status, replayed: header("idempotency-replayed") == Some("true"), body })
    }

    /// Fails unless the server says that it is ready.
    pub(crate) fn ready(&self) -> Result<(), Failure> {
        let request = Request::get(format!("http://{}/readyz", self.address)).body(String::new()).map_err(failure)?;
        self.send(request).map(drop)
    }

    /// The body of a GET that must succeed.
    pub(crate) fn get(&self, path: &str) -> Result<Value, Failure> {
        let answer = self.call("GET", path, None, None)?;
        if answer.status == 200 {
            Ok(answer.body)
        } else {
            Err(Failure::new(format!("GET {path}: {} {}", answer.status, answer.body)))
        }
    }
}

/// A field that must be there as a text.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, Failure> {
    value[name].as_str().ok_or_else(|| Failure::new(format!("`{name}` is no text in {value}")))
}

/// A field that must be there as an amount of money.
pub(crate) fn amount(value: &Value, name: &str) -> Result<Amount, Failure> {
    text(value, name)?.parse().map_err(|error| Failure::new(format!("`{name}` in {value}: {error}")))
}

/// A field that must be there as an account's number.
pub(crate) fn number(value: &Value, name: &str) -> Result<u64, Failure> {
    value[name].as_u64().ok_or_else(|| Failure::new(format!("`{name}` is no number in {value}")))
}

pub(crate) fn failure(error: impl Display) -> Failure {
    Failure::new(error.to_string())
}
