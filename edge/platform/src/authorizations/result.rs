//! The results of a batch of operations, as they stand in the answer.

use crate::batch::Results;
use credere_app::buying::OperationStatus;
use credere_core::book::{Rejection, buying};
use credere_core::channel::AuthorizationId;
use std::io::Write;

impl Results {
    /// Adds what the engine said of an operation, and whether it repeats itself. `asked` is the authorization that the
    /// operation named.
    pub(super) fn operated(&mut self, key: &str, asked: Option<&str>, status: &OperationStatus, replayed: bool) {
        match status {
            OperationStatus::Approved(id) => self.accepted(key, "approved", id, replayed),
            OperationStatus::Captured(id) => self.accepted(key, "captured", id, replayed),
            OperationStatus::Released(id) => self.accepted(key, "released", id, replayed),
            OperationStatus::Declined(rejection) => {
                let side = match rejection {
                    Rejection::Buying(buying::Reason::InsufficientCredit { side, .. }) => Some(side.name()),
                    _ => None,
                };
                self.declined(key, asked, rejection.code(), side, replayed);
            }
        }
    }

    fn accepted(&mut self, key: &str, status: &'static str, id: &AuthorizationId, replayed: bool) {
        self.begin(key);
        // Writing into memory does not fail.
        let _ = write!(self.body, ",\"status\":\"{status}\",\"authorization_id\":\"{id}\"");
        self.end(status, replayed);
    }

    /// Adds an operation that was declined.
    pub(super) fn declined(
        &mut self,
        key: &str,
        asked: Option<&str>,
        code: &'static str,
        side: Option<&str>,
        replayed: bool,
    ) {
        self.begin(key);
        self.body.extend(b",\"status\":\"declined\"");
        if let Some(asked) = asked {
            self.body.extend(b",\"authorization_id\":");
            self.text(asked);
        }
        let _ = write!(self.body, ",\"code\":\"{code}\"");
        if let Some(side) = side {
            let _ = write!(self.body, ",\"side\":\"{side}\"");
        }
        self.end(code, replayed);
    }
}
