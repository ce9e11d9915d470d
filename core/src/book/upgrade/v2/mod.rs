//! Records of version 2. Its types are here as they were wherever they have changed since; all the others are read as
//! they are today. A type that changes from now on gets its old shape here.

mod event;
mod rejection;
mod things;
mod vouchers;

use super::by_place::ByPlace;
use crate::access::{self, Action, By, Face, KeyAccess};
use crate::book::record::{ActionName, Declined, DecodeError, KeyUse, Record, RequestInfo};
use crate::book::state::Book;
use crate::channel::Uin;
use crate::ledger::Moment;
use event::Event;
use rejection::Rejection;
use serde::Deserialize;

const VERSION: u8 = 2;

/// Who asked for something, from where.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Request {
    id: [u8; 16],
    actor: Actor,
    face: Face,
}

/// Who asked. By which credential an account did was not recorded.
#[derive(Debug, Clone, Copy, Deserialize)]
enum Actor {
    Platform { key: u32, access: KeyAccess },
    Account(Uin),
    System,
}

impl From<Actor> for access::Actor {
    fn from(actor: Actor) -> access::Actor {
        match actor {
            Actor::Platform { key, access } => access::Actor::Platform { key, access },
            Actor::Account(uin) => access::Actor::Account { uin, by: By::NotRecorded },
            Actor::System => access::Actor::System,
        }
    }
}

impl From<Request> for RequestInfo {
    fn from(Request { id, actor, face }: Request) -> RequestInfo {
        RequestInfo { id, actor: actor.into(), face }
    }
}

/// One line of a journal of version 2.
#[derive(Debug)]
pub struct RecordV2 {
    line: Line,
    /// Of one in a batch, what the batch asked: of several kinds the first one's, and of whom if it was one account.
    batch: Option<Asked>,
}

#[derive(Debug, Deserialize)]
enum Line {
    Decided {
        request: Request,
        key: Option<KeyUse>,
        action: ActionName,
        target: Option<Uin>,
        outcome: Result<Event, Rejection>,
    },
    /// Said neither what was asked nor of whom; a refusal says it today.
    Operated {
        key: Option<KeyUse>,
        outcome: Result<Event, Rejection>,
    },
    BatchClosed {
        request: Request,
        action: ActionName,
        target: Option<Uin>,
        done: u32,
        refused: u32,
        replayed: u32,
        records: u32,
    },
    Followed {
        event: Event,
    },
}

/// What was asked, by whom and of whom, for refusals that said less than today's do.
#[derive(Debug, Clone, Copy)]
struct Asked {
    actor: access::Actor,
    action: Action,
    target: Option<Uin>,
}

impl RecordV2 {
    /// Reads a payload, in order.
    ///
    /// # Errors
    /// [`DecodeError`]
    pub fn read_payload(payload: &[u8]) -> Result<Vec<RecordV2>, DecodeError> {
        let (version, mut rest) = payload.split_first().ok_or(DecodeError::Malformed("it is empty".to_owned()))?;
        if *version != VERSION {
            return Err(DecodeError::Version(*version));
        }
        let mut records = Vec::new();
        while !rest.is_empty() {
            let mut one = postcard::Deserializer::from_bytes(rest);
            let line = Line::deserialize(ByPlace(&mut one)).map_err(malformed)?;
            records.push(RecordV2 { line, batch: None });
            rest = one.finalize().map_err(malformed)?;
        }
        // A batch is closed behind its operations.
        let mut batch = None;
        for record in records.iter_mut().rev() {
            if let Line::BatchClosed { request, action, target, .. } = &record.line {
                batch = Some(Asked { actor: request.actor.into(), action: action.0, target: *target });
            }
            record.batch = batch;
        }
        Ok(records)
    }

    /// As it is recorded today. `book` stands right before it, and it was decided at `at`.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] for an operation that is in no batch.
    pub fn upgraded(self, book: &Book, at: Moment) -> Result<Record, DecodeError> {
        Ok(match self.line {
            Line::Decided { request, key, action, target, outcome } => {
                let asked = Asked { actor: request.actor.into(), action: action.0, target };
                let outcome = match outcome {
                    Ok(event) => Ok(event.upgraded(book, at)),
                    Err(rejection) => Err(rejection.upgraded(book, asked)),
                };
                Record::Decided { request: Box::new(request.into()), key, action, target, outcome }
            }
            Line::Operated { key, outcome: Ok(event) } => {
                Record::Operated { key, outcome: Ok(event.upgraded(book, at)) }
            }
            Line::Operated { key, outcome: Err(rejection) } => {
                let asked = self.batch.ok_or(DecodeError::Malformed("an operation is in no batch".to_owned()))?;
                let (action, account) = (ActionName(asked.action), asked.target);
                let declined = Declined { action, account, rejection: rejection.upgraded(book, asked) };
                Record::Operated { key, outcome: Err(declined) }
            }
            Line::BatchClosed { request, action, target, done, refused, replayed, records } => Record::BatchClosed {
                request: Box::new(request.into()),
                action,
                target,
                done,
                refused,
                replayed,
                records,
            },
            Line::Followed { event } => Record::Followed { event: event.upgraded(book, at) },
        })
    }
}

fn malformed(error: postcard::Error) -> DecodeError {
    DecodeError::Malformed(error.to_string())
}
