//! The notices that a review of how a customer stands gave.

use credere_core::book::standing::Event;
use credere_core::channel::Notice;
use credere_core::ledger::Moment;
use credere_store::contract::{HistoryFold, NoticeKey, NoticeRow};

/// Adds the rows of one event.
pub(crate) fn add(fold: &mut HistoryFold, seq: u64, at: Moment, event: &Event) {
    let Event::CustomerReviewed(fact) = event else { return };
    let row = |(place, notice): (u32, &Notice)| NoticeRow {
        key: NoticeKey { seq, place },
        recipient: notice.recipient,
        customer: fact.customer,
        kind: notice.kind,
        level: notice.level,
        available: fact.available,
        total: fact.total,
        channels: notice.channels,
        at,
    };
    fold.notices.extend((0..).zip(&fact.notices).map(row));
}
