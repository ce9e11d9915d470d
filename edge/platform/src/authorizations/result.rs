//! The results of a batch, written straight into the body: at this rate a value tree in between would be what costs
//! most. The text is ours but for keys and identifiers that were sent, which are escaped.

use credere_app::buying::OperationStatus;
use credere_core::book::{Rejection, buying};
use std::io::Write;

/// The body of an answer in the making.
pub(super) struct Results {
    body: Vec<u8>,
    first: bool,
}

/// What came of one operation.
pub(super) enum Outcome<'a> {
    /// What the engine said, and whether it repeats itself.
    Decided(&'a OperationStatus, bool),
    /// Declined before the engine saw it.
    Declined(&'static str),
}

impl Results {
    /// Room for this many results.
    pub(super) fn with_room(operations: usize) -> Results {
        let mut body = Vec::with_capacity(32 + operations * 112);
        body.extend(b"{\"results\":[");
        Results { body, first: true }
    }

    /// Adds one. `asked` is the authorization that the operation named. Gives the outcome's name for the metrics.
    pub(super) fn add(&mut self, key: &str, asked: Option<&str>, outcome: Outcome<'_>) -> &'static str {
        if !std::mem::take(&mut self.first) {
            self.body.push(b',');
        }
        self.body.extend(b"{\"key\":");
        self.text(key);
        let outcome = match outcome {
            Outcome::Decided(OperationStatus::Approved(id), replayed) => {
                self.accepted("approved", id, replayed);
                "approved"
            }
            Outcome::Decided(OperationStatus::Captured(id), replayed) => {
                self.accepted("captured", id, replayed);
                "captured"
            }
            Outcome::Decided(OperationStatus::Released(id), replayed) => {
                self.accepted("released", id, replayed);
                "released"
            }
            Outcome::Decided(OperationStatus::Declined(rejection), replayed) => {
                let side = match rejection {
                    Rejection::Buying(buying::Reason::InsufficientCredit { side, .. }) => Some(side.name()),
                    _ => None,
                };
                self.declined(asked, rejection.code(), side, replayed);
                rejection.code()
            }
            Outcome::Declined(code) => {
                self.declined(asked, code, None, false);
                code
            }
        };
        self.body.push(b'}');
        outcome
    }

    fn accepted(&mut self, status: &str, id: &credere_core::channel::AuthorizationId, replayed: bool) {
        // Writing into memory does not fail.
        let _ = write!(self.body, ",\"status\":\"{status}\",\"authorization_id\":\"{id}\"");
        self.replayed(replayed);
    }

    fn declined(&mut self, asked: Option<&str>, code: &str, side: Option<&str>, replayed: bool) {
        self.body.extend(b",\"status\":\"declined\"");
        if let Some(asked) = asked {
            self.body.extend(b",\"authorization_id\":");
            self.text(asked);
        }
        let _ = write!(self.body, ",\"code\":\"{code}\"");
        if let Some(side) = side {
            let _ = write!(self.body, ",\"side\":\"{side}\"");
        }
        self.replayed(replayed);
    }

    fn replayed(&mut self, replayed: bool) {
        if replayed {
            self.body.extend(b",\"replayed\":true");
        }
    }

    fn text(&mut self, text: &str) {
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

    /// The finished body.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.body.extend(b"]}");
        self.body
    }
}
