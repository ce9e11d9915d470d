//! What batches of operations and of usage records share: their results, written straight into the answer (at this rate a
//! value tree in between would be what costs most), and the counts of what they came to. The text is ours but for what was
//! sent, which is escaped.

use crate::call::{Answer, Call};
use crate::problem::Problem;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;

/// Refuses a batch of nothing, or of too much.
///
/// # Errors
/// A 400 about `field`.
pub(crate) fn sized(field: &str, count: usize, most: usize) -> Result<(), Problem> {
    if (1..=most).contains(&count) {
        return Ok(());
    }
    Err(Problem::invalid(field, format!("there are {count} {field}; a request has 1 to {most}")))
}

/// The body of an answer in the making, and how often each outcome came about.
pub(crate) struct Results {
    pub(crate) body: Vec<u8>,
    first: bool,
    counted: Vec<(&'static str, u64)>,
}

impl Results {
    /// Room for this many results of so many bytes.
    pub(crate) fn with_room(count: usize, bytes_each: usize) -> Results {
        let mut body = Vec::with_capacity(32 + count * bytes_each);
        body.extend(b"{\"results\":[");
        Results { body, first: true, counted: Vec::new() }
    }

    /// Begins a result.
    pub(crate) fn begin(&mut self, key: &str) {
        if !std::mem::take(&mut self.first) {
            self.body.push(b',');
        }
        self.body.extend(b"{\"key\":");
        self.text(key);
    }

    /// Adds a text.
    pub(crate) fn text(&mut self, text: &str) {
        let plain = text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\');
        if plain {
            self.body.push(b'"');
            self.body.extend(text.as_bytes());
            self.body.push(b'"');
        } else {
            // A text always has a JSON form, and memory takes it.
            let _ = serde_json::to_writer(&mut self.body, text);
        }
    }

    /// Ends a result, and counts it.
    pub(crate) fn end(&mut self, outcome: &'static str, replayed: bool) {
        if replayed {
            self.body.extend(b",\"replayed\":true");
        }
        self.body.push(b'}');
        match self.counted.iter_mut().find(|(name, _)| *name == outcome) {
            Some((_, so_far)) => *so_far += 1,
            None => self.counted.push((outcome, 1)),
        }
    }

    /// The finished answer; the metrics have its counts.
    pub(crate) fn answer(mut self, call: &Call) -> Answer {
        for (outcome, count) in self.counted {
            call.decided().count(outcome, count);
        }
        self.body.extend(b"]}");
        let kind = HeaderValue::from_static("application/json");
        Ok((StatusCode::OK, [(header::CONTENT_TYPE, kind)], self.body).into_response())
    }
}
