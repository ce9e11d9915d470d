//! A small HTTP/1.1 client that keeps sending and receiving apart, so that a test can act between the two, and that tells
//! a whole answer from one that was cut off. One connection, one request at a time.

use crate::world::PLATFORM_KEY;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// An answer that takes longer is a fault of the server.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// A request to the platform API.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) key: Option<String>,
    pub(crate) body: Value,
}

impl Request {
    pub(crate) fn get(path: impl Into<String>) -> Request {
        Request { method: "GET", path: path.into(), key: None, body: Value::Null }
    }

    pub(crate) fn post(path: impl Into<String>, body: Value) -> Request {
        Request { method: "POST", path: path.into(), key: None, body }
    }

    pub(crate) fn patch(path: impl Into<String>, body: Value) -> Request {
        Request { method: "PATCH", path: path.into(), key: None, body }
    }

    pub(crate) fn delete(path: impl Into<String>, body: Value) -> Request {
        Request { method: "DELETE", path: path.into(), key: None, body }
    }

    pub(crate) fn under(self, key: impl Into<String>) -> Request {
        Request { key: Some(key.into()), ..self }
    }

    fn body_text(&self) -> String {
        if self.body.is_null() { String::new() } else { self.body.to_string() }
    }

    fn head(&self, platform_key: &str, further: &str) -> String {
        let key = self.key.as_ref().map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
        format!(
            "{} {} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {platform_key}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n{key}{further}\r\n",
            self.method,
            self.path,
            self.body_text().len()
        )
    }
}

/// A complete answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) retry_after: bool,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// Whether it says that it repeats an earlier answer; of a batch, every operation's but those whose key was another's.
    pub(crate) fn is_repeat(&self) -> bool {
        let repeats = |result: &Value| result["replayed"] == true || result["code"] == "idempotency_key_reused";
        match self.body["results"].as_array() {
            Some(results) => results.iter().all(repeats),
            None => self.replayed,
        }
    }

    /// What must be the same whenever the request is repeated: not the request's own number, not that it is a repeat.
    pub(crate) fn lasting(&self) -> (u16, Value) {
        let mut body = self.body.clone();
        strip(&mut body);
        (self.status, body)
    }
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| name != "request_id" && name != "replayed");
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// The server broke off, or is not there.
#[derive(Debug)]
pub(crate) struct BrokenOff;

/// A connection, opened when it is first needed and again after it broke.
pub(crate) struct Client {
    address: String,
    platform_key: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    pub(crate) fn new(address: &str) -> Client {
        Client::with_key(address, PLATFORM_KEY)
    }

    /// With another key than the one that every server here is given.
    pub(crate) fn with_key(address: &str, platform_key: &str) -> Client {
        Client { address: address.to_owned(), platform_key: platform_key.to_owned(), stream: None }
    }

    /// Sends a request and reads its answer.
    pub(crate) fn call(&mut self, request: &Request) -> Result<Answer, BrokenOff> {
        self.send(request)?;
        self.receive()
    }

    /// The same where the server must be there.
    pub(crate) fn ask(&mut self, request: &Request) -> Answer {
        // A connection of before a restart is found broken only by using it.
        let answer = self.call(request).or_else(|BrokenOff| self.call(request));
        answer.unwrap_or_else(|BrokenOff| panic!("the server broke off at {request:?}"))
    }

    /// The body of a GET that must succeed.
    pub(crate) fn get(&mut self, path: &str) -> Value {
        let answer = self.ask(&Request::get(path));
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.body);
        answer.body
    }

    /// All things of a list.
    pub(crate) fn list(&mut self, path: &str) -> Vec<Value> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        let first = if path.contains('?') { '&' } else { '?' };
        loop {
            let page = self.get(&format!("{path}{first}limit=200{cursor}"));
            all.extend(page["data"].as_array().expect("a list has data").iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    pub(crate) fn send(&mut self, request: &Request) -> Result<(), BrokenOff> {
        let text = request.head(&self.platform_key, "") + &request.body_text();
        self.write(text.as_bytes())
    }

    /// Sends all but the body and waits until the server asks for it: from then on the request is in flight.
    pub(crate) fn announce(&mut self, request: &Request) -> Result<(), BrokenOff> {
        self.write(request.head(&self.platform_key, "expect: 100-continue\r\n").as_bytes())?;
        let (status, ..) = self.read_head().map_err(|_| BrokenOff)?;
        assert_eq!(status, 100, "the server asks for the body");
        Ok(())
    }

    /// Sends the body of an announced request.
    pub(crate) fn send_body(&mut self, request: &Request) -> Result<(), BrokenOff> {
        self.write(request.body_text().as_bytes())
    }

    pub(crate) fn receive(&mut self) -> Result<Answer, BrokenOff> {
        let answer = self.read_answer();
        if answer.is_err() {
            self.stream = None;
        }
        answer.map_err(|error| {
            assert!(error.kind() != std::io::ErrorKind::WouldBlock, "no answer within {ANSWER_WITHIN:?}");
            BrokenOff
        })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), BrokenOff> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(&self.address).map_err(|_| BrokenOff)?;
            stream
                .set_nodelay(true)
                .and_then(|()| stream.set_read_timeout(Some(ANSWER_WITHIN)))
                .map_err(|_| BrokenOff)?;
            self.stream = Some(BufReader::new(stream));
        }
        let stream = self.stream.as_mut().ok_or(BrokenOff)?;
        let written = stream.get_mut().write_all(bytes);
        if written.is_err() {
            self.stream = None;
        }
        written.map_err(|_| BrokenOff)
    }

    /// Status, length, whether replayed, whether it says when to come again.
    fn read_head(&mut self) -> std::io::Result<(u16, usize, bool, bool)> {
        let cut = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let stream = self.stream.as_mut().ok_or_else(cut)?;
        let (mut status, mut length, mut replayed, mut retry_after) = (None, 0, false, false);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 || !line.ends_with('\n') {
                return Err(cut());
            }
            let line = line.trim_end();
            if line.is_empty() {
                return Ok((status.ok_or_else(cut)?, length, replayed, retry_after));
            }
            if status.is_none() {
                status = Some(line.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(cut)?);
            } else if let Some((name, value)) = line.split_once(':') {
                match name.to_ascii_lowercase().as_str() {
                    "content-length" => length = value.trim().parse().map_err(|_| cut())?,
                    "idempotency-replayed" => replayed = value.trim() == "true",
                    "retry-after" => retry_after = true,
                    _ => {}
                }
            }
        }
    }

    fn read_answer(&mut self) -> std::io::Result<Answer> {
        let (status, length, replayed, retry_after) = self.read_head()?;
        let mut bytes = vec![0; length];
        if let Some(stream) = self.stream.as_mut() {
            stream.read_exact(&mut bytes)?;
        }
        // What is no JSON is a text, such as the figures for monitoring.
        let text = |bytes: &[u8]| Value::String(String::from_utf8_lossy(bytes).into_owned());
        let body = match bytes.as_slice() {
            [] => Value::Null,
            bytes => serde_json::from_slice(bytes).unwrap_or_else(|_| text(bytes)),
        };
        Ok(Answer { status, replayed, retry_after, body })
    }
}
