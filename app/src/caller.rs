//! Who asks, and as which request.

use crate::random;
use credere_core::access::{Actor, Face};
use credere_core::book::RequestInfo;
use uuid::Uuid;

/// Who asks, and as which request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The request's identifier.
    pub request_id: Uuid,
    /// Who.
    pub actor: Actor,
    /// Through which face.
    pub face: Face,
}

impl Caller {
    /// Credere itself, in a request of its own.
    pub(crate) fn system() -> Caller {
        Caller { request_id: random::id(), actor: Actor::System, face: Face::System }
    }

    pub(crate) fn info(self) -> RequestInfo {
        RequestInfo { id: *self.request_id.as_bytes(), actor: self.actor, face: self.face }
    }
}
