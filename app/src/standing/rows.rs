//! The notices that a review of how a customer stands gave.

use credere_core::book::standing::{CustomerReviewed, Event};
use credere_core::channel::{Notice, NoticeKind};
use credere_core::ledger::Moment;
use credere_core::money::Amount;
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
        available: told_available(fact, notice.kind),
        total: fact.total,
        channels: notice.channels,
        at,
    };
    fold.notices.extend((0..).zip(&fact.notices).map(row));
}

/// What a notice tells as available: of a member that is stopped or starts again what its payer has, and otherwise its own.
pub(crate) fn told_available(reviewed: &CustomerReviewed, kind: NoticeKind) -> Amount {
    let stands = matches!(kind, NoticeKind::Suspended | NoticeKind::Resumed);
    reviewed.payer.filter(|_| stands).map_or(reviewed.available, |payer| payer.available)
}
