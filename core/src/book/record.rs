//! What the journal holds: one record a command or operation, with who asked, under which key, and what came of it,
//! refusals included. The encoding carries a version; a change of shape needs a new one, and a golden file guards it.

use super::event::Event;
use super::rejection::Rejection;
use crate::access::{Action, Actor, Face};
use crate::channel::Uin;
use credere_numbered::Numbered;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// 128 bits of a hash over a key's namespace and text.
pub type KeyHash = [u8; 16];
/// 128 bits of a hash over what was asked under a key.
pub type ContentHash = [u8; 16];

/// Version of the encoding, the first byte of each frame's payload. Earlier versions are not
/// read.
pub const RECORD_VERSION: u8 = 6;

/// A record takes about so many bytes.
const USUAL_BYTES: usize = 128;

/// An idempotency key's first use (the key itself stays outside; both are hashes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    /// Which key.
    pub key: KeyHash,
    /// For what.
    pub content: ContentHash,
}

/// Who asked for something, from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestInfo {
    /// The request's identifier: a UUID.
    pub id: [u8; 16],
    /// Who asked, and by what key or credential.
    pub actor: Actor,
    /// Through which face.
    pub face: Face,
}

/// One line of the journal. Each has its own position.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Record {
    /// A command that was a request of its own.
    Decided {
        /// Who asked.
        request: Box<RequestInfo>,
        /// Under which key.
        key: Option<KeyUse>,
        /// What it was, by name, and to whom; for refusals, which have no event to tell.
        action: ActionName,
        /// The account that it was to be done to, where there is one.
        target: Option<Uin>,
        /// What came of it.
        outcome: Result<Event, Rejection>,
    } = 1,
    /// One operation of a batch.
    Operated {
        /// Under which key; a job's operations have none.
        key: Option<KeyUse>,
        /// What came of it. An event tells what was asked, and to whom.
        outcome: Result<Event, Declined>,
    } = 2,
    /// The end of a batch: the operations right before it were one request.
    BatchClosed {
        /// Who asked.
        request: Box<RequestInfo>,
        /// What they were, by name: of several kinds, the first one's.
        action: ActionName,
        /// The account that all of them were for, if it was one.
        target: Option<Uin>,
        /// How many went through.
        done: u32,
        /// How many were refused.
        refused: u32,
        /// How many were repeats, which leave no record of their own.
        replayed: u32,
        /// How many records right before this one belong to it: operations and what followed from them.
        records: u32,
    } = 3,
    /// What followed at once from the change right before it, in the same commit: a notice, a resource that stopped.
    Followed {
        /// What happened.
        event: Event,
    } = 4,
    /// A request was answered without a decision, or with more than what was decided, and that answer is kept under its
    /// key. Changes nothing.
    Kept {
        /// Under which key.
        key: KeyUse,
        /// What it was refused for. Otherwise the answer is in the directory, or follows from the request alone.
        refused: Option<Rejection>,
    } = 5,
}

/// An operation of a batch that was refused. Who asked is told by the batch, and what by this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// What it was, by name.
    pub action: ActionName,
    /// To whom, where that is one account.
    pub account: Option<Uin>,
    /// Why nothing was done.
    pub rejection: Rejection,
}

/// An [`Action`] as it is stored: by name, so that the list may be reordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionName(pub Action);

impl Serialize for ActionName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

impl<'de> Deserialize<'de> for ActionName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<ActionName, D::Error> {
        let name = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let known = Action::ALL.into_iter().find(|action| action.name() == name);
        known.map(ActionName).ok_or_else(|| serde::de::Error::custom("unknown action"))
    }
}

/// A payload does not decode: damaged, or written by a newer build.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// Another version than this build knows.
    #[error("the records have version {0}, this build knows {RECORD_VERSION}")]
    Version(u8),
    /// Not what was encoded.
    #[error("the records do not decode: {0}")]
    Malformed(String),
}

impl Record {
    /// One operation of a batch, and what was asked of whom.
    pub fn operated(
        key: Option<KeyUse>,
        (action, account): (Action, Option<Uin>),
        outcome: Result<Event, Rejection>,
    ) -> Record {
        let declined = |rejection| Declined { action: ActionName(action), account, rejection };
        Record::Operated { key, outcome: outcome.map_err(declined) }
    }

    /// These records as a frame's payload, in their order.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] if one cannot be encoded, which none does.
    pub fn payload(records: &[Record]) -> Result<Vec<u8>, DecodeError> {
        let mut payload = Vec::with_capacity(1 + records.len() * USUAL_BYTES);
        payload.push(RECORD_VERSION);
        for record in records {
            payload =
                postcard::to_extend(record, payload).map_err(|error| DecodeError::Malformed(error.to_string()))?;
        }
        Ok(payload)
    }

    /// Reads a payload back, in order.
    ///
    /// # Errors
    /// [`DecodeError`]
    pub fn read_payload(payload: &[u8]) -> Result<Vec<Record>, DecodeError> {
        let (version, mut rest) = payload.split_first().ok_or(DecodeError::Malformed("it is empty".to_owned()))?;
        if *version != RECORD_VERSION {
            return Err(DecodeError::Version(*version));
        }
        let mut records = Vec::new();
        while !rest.is_empty() {
            let (record, left) =
                postcard::take_from_bytes(rest).map_err(|error| DecodeError::Malformed(error.to_string()))?;
            records.push(record);
            rest = left;
        }
        Ok(records)
    }

    /// What came of a command or an operation.
    pub fn outcome(&self) -> Option<Result<&Event, &Rejection>> {
        match self {
            Record::Decided { outcome, .. } => Some(outcome.as_ref()),
            Record::Operated { outcome, .. } => Some(outcome.as_ref().map_err(|declined| &declined.rejection)),
            Record::BatchClosed { .. } | Record::Followed { .. } | Record::Kept { .. } => None,
        }
    }

    /// The event, if there was one.
    pub fn event(&self) -> Option<&Event> {
        match self {
            Record::Decided { outcome: Ok(event), .. }
            | Record::Operated { outcome: Ok(event), .. }
            | Record::Followed { event } => Some(event),
            Record::Decided { outcome: Err(_), .. }
            | Record::Operated { outcome: Err(_), .. }
            | Record::BatchClosed { .. }
            | Record::Kept { .. } => None,
        }
    }
}
