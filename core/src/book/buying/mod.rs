//! What is paid in advance: orders, their refunds, and authorizations at high rate (R54-R61, R87-R88, R121,
//! R128-R131).

mod asked;
mod authorizations;
mod command;
mod event;
mod evolve;
mod expiries;
mod laws;
mod orders;
mod reason;
mod refunds;
mod returns;
mod split;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use command::{
    Authorize, CancelOrder, Capture, Command, DeliverOrder, Expire, PayBy, PayOrder, PlaceOrder, RefundOrder, Release,
    ReturnShare,
};
pub use event::{
    AuthorizationCaptured, AuthorizationExpired, AuthorizationOpened, AuthorizationReleased, Event, OrderChange,
    OrderChanged, OrderRefunded, ShareReturned,
};
pub(super) use evolve::apply;
pub(super) use laws::check_laws;
pub use reason::Reason;
pub(super) use reason::SHORT_OF_CREDIT;
pub use state::Refunds;
pub(super) use state::State;

/// Judges a command about orders and authorizations.
pub(super) fn decide(book: &Book, context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::PlaceOrder(asked) => orders::place(book, context, asked),
        Command::PayOrder(asked) => orders::pay(book, context, asked),
        Command::DeliverOrder(asked) => orders::deliver(book, context, asked),
        Command::CancelOrder(asked) => orders::cancel(book, context, asked),
        Command::RefundOrder(asked) => refunds::refund(book, context, asked),
        Command::ReturnShare(asked) => returns::return_share(book, asked.account),
        Command::Authorize(asked) => authorizations::authorize(book, context, asked),
        Command::Capture(asked) => authorizations::capture(book, context, asked),
        Command::Release(asked) => authorizations::release(book, context, asked.authorization),
        Command::Expire(asked) => authorizations::expire(book, context, asked.authorization),
    }
}
