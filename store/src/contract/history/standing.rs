//! How customers stand, in history: the notices that were given of it. Whether they arrived is in the outbox.

use super::super::StoreError;
use credere_core::channel::{NoticeKind, OrderId, Subscription, Uin};
use credere_core::ledger::Moment;
use credere_core::money::Amount;

/// What history says of how customers stand: the notices that were given of it.
pub trait StandingHistory {
    /// Notices, newest first, before this one, that match, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn notices(
        &self,
        filter: &NoticeFilter,
        before: Option<NoticeKey>,
        limit: usize,
    ) -> Result<Vec<NoticeRow>, StoreError>;
}

/// A notice's number: the journal position that it was decided at, and its place among the notices of that position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeKey {
    /// Journal position.
    pub seq: u64,
    /// Place, from 0.
    pub place: u32,
}

/// One notice to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its number.
    pub key: NoticeKey,
    /// Who was told.
    pub recipient: Uin,
    /// The customer that it is about.
    pub customer: Uin,
    /// What was told.
    pub kind: NoticeKind,
    /// The level in percent, for warnings.
    pub level: Option<u8>,
    /// The customer's available credit at that moment.
    pub available: Amount,
    /// Its total at that moment.
    pub total: Amount,
    /// Where, as the recipient wanted it at that moment.
    pub channels: Subscription,
    /// The order that it is about, where it is about one.
    pub order: Option<OrderId>,
    /// When it was told.
    pub at: Moment,
}

/// Which notices. Everything may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are those of `NoticeRow`")]
pub struct NoticeFilter {
    pub recipient: Option<Uin>,
    pub customer: Option<Uin>,
    pub kind: Option<NoticeKind>,
}

impl NoticeFilter {
    /// Whether it means this notice.
    pub(crate) fn matches(&self, row: &NoticeRow) -> bool {
        self.recipient.is_none_or(|recipient| row.recipient == recipient)
            && self.customer.is_none_or(|customer| row.customer == customer)
            && self.kind.is_none_or(|kind| row.kind == kind)
    }
}
