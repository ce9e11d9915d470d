//! Vouchers: issued, taken back, expired (R20, R111-R120, R122). Which are hidden is in `channel::voucher` (R121).

mod asked;
mod command;
mod decide;
mod drawable;
mod event;
mod evolve;
mod laws;
mod reason;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use command::{Command, ExpireVoucher, InvalidateVoucher, IssueVoucher, NewVoucherKind, NewVoucherProducts};
pub use event::{Event, VoucherExpired, VoucherInvalidated, VoucherIssued};
pub use reason::Reason;

pub(super) use decide::unused;
pub(super) use drawable::Pays;
pub(super) use evolve::apply;
pub(super) use laws::check_laws;
pub(super) use state::State;

/// Judges a command about vouchers.
pub(super) fn decide(book: &Book, context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::IssueVoucher(asked) => decide::issue(book, context, asked),
        Command::InvalidateVoucher(asked) => decide::invalidate(book, &asked.voucher),
        Command::ExpireVoucher(asked) => decide::expire(book, context, asked.id),
    }
}
