//! What may have to be told, as the journal has it: a notice to one recipient, or something that befell a resource. Here
//! it gets its number and its text for machines; who is told in which way is decided in [`super::routes`].

use super::organizations::{ORGANIZATION_KINDS, OrganizationNews, news};
use crate::rows::number_at;
use crate::standing::rows::told_payer;
use credere_core::book::{Event, Record, buying, metering, notices, standing};
use credere_core::channel::{Notice, NoticeKind, Order, ParseIdError, PayerTold, Resource, Standing, Uin};
use credere_core::ledger::{Moment, Shard};
use credere_core::money::Amount;
use credere_core::organization::Permission;
use credere_store::contract::{NoticeKey, ShardId, StoreError};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The kinds of messages that are about a resource; only webhooks are told of these.
pub const RESOURCE_KINDS: [&str; 3] = ["resource.suspended", "resource.resumed", "resource.deleted"];

/// Every kind of message that a webhook can be told of.
pub fn message_kinds() -> impl Iterator<Item = &'static str> {
    NoticeKind::ALL.into_iter().map(NoticeKind::name).chain(RESOURCE_KINDS).chain(ORGANIZATION_KINDS)
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
    /// Whoever pays on behalf of a member is told of an order that waits for it.
    Order {
        /// What, to whom, where.
        notice: Notice,
        /// The order as it stands.
        order: Box<Order>,
        /// What the payer had available.
        available: Amount,
    },
    /// Something happened in an organization.
    Organization(OrganizationNews),
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
            Subject::Notice { notice, .. } | Subject::Order { notice, .. } => notice.kind.name(),
            Subject::Organization(news) => news.kind,
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
            Event::Buying(buying::Event::OrderChanged(changed)) => {
                if let Some(told) = changed.payer_told {
                    let payer = changed.order.paying.payer;
                    add(0, waits(NoticeKind::OrderToBePaid, payer, told, &changed.order));
                }
            }
            Event::Notices(notices::Event::PaymentRequested(requested)) => {
                add(0, waits(NoticeKind::PaymentRequested, requested.payer, requested.told, &requested.order));
            }
            Event::Members(_) => {
                for (place, news) in (0..).zip(news(event)) {
                    add(place, Subject::Organization(news));
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

/// A payer is told of an order that waits for it.
fn waits(kind: NoticeKind, recipient: Uin, told: PayerTold, order: &Order) -> Subject {
    let notice = Notice { recipient, kind, level: None, channels: told.channels };
    Subject::Order { notice, order: Box::new(order.clone()), available: told.available }
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

/// What the book knows of what an occurrence is about.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// The code of the product that it names.
    pub(super) product: String,
    /// Whether the account that a notice is about pays with money of its own.
    pub(super) pays_for_itself: bool,
    /// Whose organization it is.
    pub(super) admin: Option<Uin>,
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
        /// Whether it pays with money of its own, so that there is no credit that was handed down to it: then `total` is how much it
        /// may owe. Absent where it is not so.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pays_for_itself: bool,
    },
    /// A notice of an order that waits for whoever pays on behalf of its account.
    Order {
        /// Its number.
        id: String,
        /// Who is told: the payer.
        recipient_uin: u64,
        /// The order.
        order_id: String,
        /// Whose order.
        account_uin: u64,
        /// Of which product.
        product_code: String,
        /// What there is to pay.
        amount: String,
        /// What the payer had available.
        available: String,
    },
    /// Something that happened in an organization.
    Organization {
        /// The message's number.
        id: String,
        /// Which organization.
        org_id: u64,
        /// Whose it is; absent once it is no more, where only that says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        admin_uin: Option<u64>,
        /// Who is invited, a member, or was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member_uin: Option<u64>,
        /// What its admin may do for it, or is to be allowed to do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        permission_ids: Option<Vec<u8>>,
        /// What has become of an invitation (`accepted`, `denied`, `canceled`, `void`), whether a member agreed to a change
        /// (`accepted`, `declined`), or how it left (`removed`, `quit`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
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
    /// The message of an occurrence. `number` is its own, `known` is what the book knows besides, `time` writes a moment.
    pub(super) fn of(
        number: NoticeId,
        occurrence: &Occurrence,
        known: &Known,
        time: impl Fn(Moment) -> String,
    ) -> Message {
        let (id, product) = (number.to_string(), known.product.clone());
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
                pays_for_itself: known.pays_for_itself,
            },
            Subject::Order { notice, order, available } => MessageData::Order {
                id,
                recipient_uin: notice.recipient.number(),
                order_id: order.id.to_string(),
                account_uin: order.account.number(),
                product_code: product,
                // A parked order keeps its price, and vouchers pay when it is paid.
                amount: order.price.customer.to_string(),
                available: available.to_string(),
            },
            Subject::Organization(news) => MessageData::Organization {
                id,
                // An organization has the number of the record that made it.
                org_id: news.organization.map_or(number.number, |organization| organization.0),
                admin_uin: news.admin.or(known.admin).map(Uin::number),
                member_uin: news.member.map(Uin::number),
                permission_ids: news.permissions.map(|all| all.iter().map(Permission::id).collect()),
                outcome: news.outcome.map(str::to_owned),
            },
            Subject::Resource { resource, .. } => MessageData::Resource {
                id,
                resource_id: resource.name.as_str().to_owned(),
                account_uin: resource.account.number(),
                product_code: product,
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
        assert_eq!(kinds.len(), NoticeKind::ALL.len() + 3 + ORGANIZATION_KINDS.len());
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), NoticeKind::ALL.len() + 3 + ORGANIZATION_KINDS.len());
    }
}
