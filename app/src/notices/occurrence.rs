//! What may have to be told, as the journal has it: a notice to one recipient, or something that befell a resource. Here
//! it gets its number and its text for machines; who is told in which way is decided in [`super::routes`].

use crate::rows::number_at;
use crate::standing::rows::told_payer;
use credere_core::book::{Event, Record, metering, notices, standing};
use credere_core::channel::{Notice, NoticeKind, ParseIdError, Resource, Standing, Uin};
use credere_core::ledger::{Moment, Shard};
use credere_core::money::Amount;
use credere_store::contract::{NoticeKey, ShardId, StoreError};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The kinds of messages that are about a resource; only webhooks are told of these.
pub const RESOURCE_KINDS: [&str; 3] = ["resource.suspended", "resource.resumed", "resource.deleted"];

/// Every kind of message that a webhook can be told of.
pub fn message_kinds() -> impl Iterator<Item = &'static str> {
    NoticeKind::ALL.into_iter().map(NoticeKind::name).chain(RESOURCE_KINDS)
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Where it is.
    pub key: NoticeKey,
    /// Business time of it.
    pub at: Moment,
    /// What has happened, and to whom.
    pub subject: Subject,
}

/// What happened to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A recipient is told of a customer's credit.
    Notice {
        /// What, to whom, where.
        notice: Notice,
        /// Whose credit.
        customer: Uin,
        /// Its available credit at that moment.
        available: Amount,
        /// Its total at that moment.
        total: Amount,
        /// How it stood as to what runs.
        suspension: Standing,
        /// Who pays for it, where somebody else does: then the available credit is that one's.
        payer: Option<Uin>,
    },
    /// A resource stopped, started again or went.
    Resource {
        /// One of [`RESOURCE_KINDS`].
        kind: &'static str,
        /// The resource as it stands since then.
        resource: Box<Resource>,
    },
}

impl Occurrence {
    /// The kind of its message.
    pub fn kind(&self) -> &'static str {
        match &self.subject {
            Subject::Notice { notice, .. } => notice.kind.name(),
            Subject::Resource { kind, .. } => kind,
        }
    }
}

/// Adds what the records of one commit may have to be told of. The first of them is at journal position `first_seq`, all
/// were decided at `at`.
pub fn occurrences(first_seq: u64, at: Moment, records: &[Record], found: &mut Vec<Occurrence>) {
    for (seq, record) in (first_seq..).zip(records) {
        let Some(event) = record.event() else { continue };
        let mut add = |place, subject| found.push(Occurrence { key: NoticeKey { seq, place }, at, subject });
        match event {
            Event::Standing(standing::Event::CustomerReviewed(reviewed)) => {
                for (place, notice) in (0..).zip(&reviewed.notices) {
                    let payer = told_payer(reviewed, notice.kind);
                    let available = payer.map_or(reviewed.available, |payer| payer.available);
                    let (notice, customer) = (*notice, reviewed.customer);
                    let (total, suspension) = (reviewed.total, reviewed.suspension);
                    let payer = payer.map(|payer| payer.payer);
                    add(place, Subject::Notice { notice, customer, available, total, suspension, payer });
                }
            }
            Event::Metering(metering::Event::ResourceSuspended(metering::ResourceSuspended { resource })) => {
                add(0, Subject::Resource { kind: RESOURCE_KINDS[0], resource: resource.clone() });
            }
            Event::Metering(metering::Event::ResourceResumed(metering::ResourceResumed { resource })) => {
                add(0, Subject::Resource { kind: RESOURCE_KINDS[1], resource: resource.clone() });
            }
            Event::Metering(metering::Event::ResourceDeleted(metering::ResourceDeleted { resource, .. })) => {
                add(0, Subject::Resource { kind: RESOURCE_KINDS[2], resource: resource.clone() });
            }
            _ => {}
        }
    }
}

/// Whether the records change which webhooks there are.
pub(super) fn changes_webhooks(records: &[Record]) -> bool {
    let changes = |event: &Event| {
        matches!(
            event,
            Event::Notices(notices::Event::WebhookAdded(_)) | Event::Notices(notices::Event::WebhookRemoved(_))
        )
    };
    records.iter().filter_map(Record::event).any(changes)
}

/// A notice's number, also that of a message to a webhook: its record's, and its place in that. Written `ntc_42_0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeId {
    /// The number of the record that it is in.
    pub number: u64,
    /// Its place in that.
    pub place: u32,
}

impl NoticeId {
    /// The number of what a shard has under this key.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a position that has no number.
    pub(crate) fn of(shard: ShardId, key: NoticeKey) -> Result<NoticeId, StoreError> {
        Ok(NoticeId { number: number_at(shard, key.seq)?, place: key.place })
    }

    /// Under which key its shard has it.
    pub fn key(self) -> NoticeKey {
        NoticeKey { seq: Shard::within(self.number), place: self.place }
    }

    /// The same, for what is of this shard.
    pub(super) fn key_in(self, shard: ShardId) -> Option<NoticeKey> {
        shard.position_of(self.number).map(|_| self.key())
    }
}

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ntc_{}_{}", self.number, self.place)
    }
}

impl FromStr for NoticeId {
    type Err = ParseIdError;

    /// Reads the one spelling that there is.
    ///
    /// # Errors
    /// [`ParseIdError`] for anything else.
    fn from_str(text: &str) -> Result<NoticeId, ParseIdError> {
        let (number, place) = text.strip_prefix("ntc_").and_then(|rest| rest.split_once('_')).ok_or(ParseIdError)?;
        let (number, place) = (number.parse().map_err(|_| ParseIdError)?, place.parse().map_err(|_| ParseIdError)?);
        let id = NoticeId { number, place };
        if id.to_string() == text { Ok(id) } else { Err(ParseIdError) }
    }
}

/// What a webhook is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// Business time of the occurrence, as RFC 3339.
    pub timestamp: String,
    /// What happened.
    pub data: MessageData,
}

/// The part of a message that depends on its kind. A public shape: fields may be added, and none changed or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MessageData {
    /// A notice.
    Notice {
        /// Its number.
        id: String,
        /// Who is told.
        recipient_uin: u64,
        /// Whose credit.
        customer_uin: u64,
        /// The level in percent, for warnings.
        level: Option<u8>,
        /// Available credit at that moment.
        available: String,
        /// Total at that moment.
        total: String,
        /// Whether what runs is suspended, and why: `normal`, `overdue`, `forced`. Absent in what was queued by versions that
        /// did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<String>,
        /// Who pays for it, where its organization's admin does (O92): then `available` is the payer's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payer_uin: Option<u64>,
    },
    /// A resource.
    Resource {
        /// The message's number.
        id: String,
        /// The caller's name for the resource.
        resource_id: String,
        /// Who runs it.
        account_uin: u64,
        /// Of which product.
        product_code: String,
        /// `active`, `suspended`, `deleted`.
        state: String,
        /// Since when, as RFC 3339.
        since: String,
    },
}

impl Message {
    /// The message of an occurrence. `id` is its number, `product` is the code of the resource's product, `time` writes a moment.
    pub(super) fn of(id: NoticeId, occurrence: &Occurrence, product: &str, time: impl Fn(Moment) -> String) -> Message {
        let id = id.to_string();
        let data = match &occurrence.subject {
            Subject::Notice { notice, customer, available, total, suspension, payer } => MessageData::Notice {
                id,
                recipient_uin: notice.recipient.number(),
                customer_uin: customer.number(),
                level: notice.level,
                available: available.to_string(),
                total: total.to_string(),
                state: Some(suspension.name().to_owned()),
                payer_uin: payer.map(Uin::number),
            },
            Subject::Resource { resource, .. } => MessageData::Resource {
                id,
                resource_id: resource.name.as_str().to_owned(),
                account_uin: resource.account.number(),
                product_code: product.to_owned(),
                state: resource.state.name().to_owned(),
                since: time(resource.since),
            },
        };
        Message { kind: occurrence.kind().to_owned(), timestamp: time(occurrence.at), data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notices_number_has_one_spelling() {
        let id = NoticeId { number: 42, place: 3 };
        assert_eq!(id.to_string(), "ntc_42_3");
        assert_eq!("ntc_42_3".parse(), Ok(id));
        for wrong in ["ntc_42", "ntc_042_3", "ntc_42_03", "ntc_+42_3", "ntc_42_4294967296", "whk_42_3", ""] {
            assert_eq!(wrong.parse::<NoticeId>(), Err(ParseIdError), "{wrong}");
        }
    }

    #[test]
    fn a_notice_of_another_shard_is_none_here() {
        let (here, key) = (ShardId::LAST, NoticeKey { seq: 42, place: 3 });
        let id = NoticeId::of(here, key).unwrap();
        assert_eq!((id.key_in(here), id.key_in(ShardId::FIRST)), (Some(key), None));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn kinds_are_told_apart() {
        let mut kinds: Vec<&str> = message_kinds().collect();
        assert_eq!(kinds.len(), NoticeKind::ALL.len() + 3);
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), NoticeKind::ALL.len() + 3);
    }
}
