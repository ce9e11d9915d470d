//! The notices that a review of how a customer stands gave.

use credere_core::book::standing::{CustomerReviewed, Event, ReviewedPayer};
use credere_core::channel::{Notice, NoticeKind, Standing};
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
        available: told_payer(fact, notice.kind).map_or(fact.available, |payer| payer.available),
        total: fact.total,
        channels: notice.channels,
        order: None,
        at,
    };
    fold.notices.extend((0..).zip(&fact.notices).map(row));
}

/// Whom a notice about a member is told of besides it: its payer, where that is why the member is stopped or starts again, and
/// not where its own force is. A warning is of its own credit, whoever pays.
pub(crate) fn told_payer(reviewed: &CustomerReviewed, kind: NoticeKind) -> Option<ReviewedPayer> {
    let stands = matches!(kind, NoticeKind::Suspended | NoticeKind::Resumed);
    let own_force =
        |payer: &ReviewedPayer| reviewed.suspension == Standing::Forced && payer.terms.forced_since.is_none();
    reviewed.payer.filter(|payer| stands && !own_force(payer))
}
