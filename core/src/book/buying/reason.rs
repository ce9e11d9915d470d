//! The reasons for which a command about orders and authorizations is refused.

use crate::book::{Because, Figure, Finding, Meaning, Retry, Rule, Status};
use crate::channel::{Check, OrderState, Purchase, Side, Uin};
use crate::ledger::Moment;
use crate::money::Amount;
use credere_numbered::Numbered;

/// The code of the refusal for lack of credit, which the check of both sides gives as well.
pub(in crate::book) const SHORT_OF_CREDIT: &str = "insufficient_credit";

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Reason {
    /// There is no such order.
    OrderNotFound = 1,
    /// There never was such an authorization.
    AuthorizationNotFound = 2,
    /// The account is neither a customer nor a partner with credit: it pays for itself, which comes with the finance
    /// part.
    NoCredit(Uin) = 3,
    /// The account's identity is not verified (R58).
    Unverified(Uin) = 4,
    /// The customer is suspended by force (R58, R108).
    AccountSuspended(Uin) = 5,
    /// The order is in a state that does not permit this.
    OrderNot {
        /// The state that it is in.
        state: OrderState,
        /// What it would have to be.
        needed: OrderState,
    } = 6,
    /// The authorization was captured, released or has expired.
    AuthorizationNotOpen = 7,
    /// The authorization is not due to expire yet.
    AuthorizationNotDue = 8,
    /// A downgrade names the resource that becomes smaller.
    ResourceRequired = 9,
    /// A downgrade takes effect at once and cannot wait for a delivery or for funds.
    DowngradeIsImmediate = 10,
    /// An authorization may stay open for at most 30 days, and must end in the future.
    ExpiryOutOfRange {
        /// The latest that would do.
        latest: Moment,
    } = 11,
    /// One side's credit does not suffice (R54). An overdue customer is refused in the same way (R58).
    InsufficientCredit {
        /// Whose credit it is.
        side: Side,
        /// The account of that side.
        account: Uin,
        /// What was needed.
        required: Amount,
        /// What there was.
        available: Amount,
        /// The other side, where there is one: it is judged as well, so that all that is short is told at once.
        other: Option<Check>,
        /// What for.
        kind: Purchase,
    } = 12,
    /// More is to be captured than is held.
    ExceedsAuthorization {
        /// Whose authorization.
        account: Uin,
        /// What was asked, at list price.
        requested: Amount,
        /// What is open, at list price.
        open: Amount,
    } = 13,
    /// More is to be given back than was paid and not yet given back (R87).
    ExceedsRefundable {
        /// Whose order.
        account: Uin,
        /// What was asked.
        requested: Amount,
        /// What was paid and not yet given back.
        refundable: Amount,
        /// What the account's credit paid for the order.
        paid: Amount,
        /// What refunds have given back of it.
        given_back: Amount,
    } = 14,
    /// A downgrade would give back more than the account has paid for that resource and not got back yet.
    ExceedsPaid {
        /// The account that asked.
        account: Uin,
        /// What was asked, at the price of now.
        requested: Amount,
        /// What is paid and not given back.
        paid: Amount,
    } = 15,
}

impl Reason {
    /// What it means to a program.
    pub(in crate::book) const fn meaning(&self) -> Meaning {
        match self {
            Reason::OrderNotFound => Meaning::of("order_not_found", Status::NotFound, Retry::Never),
            Reason::AuthorizationNotFound => Meaning::of("authorization_not_found", Status::NotFound, Retry::Never),
            Reason::NoCredit(_) => Meaning::of("no_credit", Status::Unprocessable, Retry::Later),
            Reason::Unverified(_) => Meaning::of("account_unverified", Status::Unprocessable, Retry::Later),
            Reason::AccountSuspended(_) => Meaning::of("account_suspended", Status::Conflict, Retry::Later),
            Reason::OrderNot { needed: OrderState::ToBePaid, .. } => {
                Meaning::of("order_not_payable", Status::Conflict, Retry::Later)
            }
            Reason::OrderNot { needed: OrderState::Processing, .. } => {
                Meaning::of("order_not_processing", Status::Conflict, Retry::Later)
            }
            Reason::OrderNot { needed: OrderState::Delivered, .. } => {
                Meaning::of("order_not_delivered", Status::Conflict, Retry::Later)
            }
            Reason::OrderNot { needed: OrderState::Canceled | OrderState::Refunded, .. } => {
                Meaning::of("order_not_open", Status::Conflict, Retry::Later)
            }
            Reason::AuthorizationNotOpen => Meaning::of("authorization_not_open", Status::Conflict, Retry::Never),
            Reason::AuthorizationNotDue => Meaning::of("authorization_not_due", Status::Conflict, Retry::Later),
            Reason::ResourceRequired => Meaning::of("resource_required", Status::Unprocessable, Retry::Never),
            Reason::DowngradeIsImmediate => Meaning::of("downgrade_is_immediate", Status::Unprocessable, Retry::Never),
            Reason::ExpiryOutOfRange { .. } => Meaning::of("expiry_out_of_range", Status::Unprocessable, Retry::Never),
            Reason::InsufficientCredit { .. } => Meaning::of(SHORT_OF_CREDIT, Status::PaymentRequired, Retry::Later),
            Reason::ExceedsAuthorization { .. } => {
                Meaning::of("exceeds_authorization", Status::Unprocessable, Retry::Never)
            }
            Reason::ExceedsRefundable { .. } => Meaning::of("exceeds_refundable", Status::Unprocessable, Retry::Later),
            Reason::ExceedsPaid { .. } => Meaning::of("exceeds_paid", Status::Unprocessable, Retry::Later),
        }
    }

    /// What was looked at, for the refusals that are about a figure.
    pub(in crate::book) fn because(&self) -> Because {
        let code = self.meaning().code;
        match *self {
            Reason::InsufficientCredit { side, account, required, available, other, kind } => {
                let failed = Check { side, account, required, available };
                // Who pays is judged first, whichever failed.
                let (before, after) = side.of((None, other), (other, None));
                let checks = before.into_iter().chain([failed]).chain(after);
                checks.map(|check| kind.finding(&check)).collect()
            }
            Reason::Unverified(uin) => {
                Because::from_iter([Finding::must_be(Rule::R58, (uin, Figure::Verified), true, false, code)])
            }
            Reason::AccountSuspended(uin) => {
                Because::from_iter([Finding::must_be(Rule::R108, (uin, Figure::Forced), false, true, code)])
            }
            Reason::ExceedsAuthorization { account, requested, open } => {
                let of = (account, Figure::Authorized);
                Because::from_iter([Finding::at_least(Rule::R61, of, requested, open, code)])
            }
            Reason::ExceedsRefundable { account, requested, refundable, paid, given_back } => Because::from_iter([
                Finding::at_least(Rule::R87, (account, Figure::Refundable), requested, refundable, code),
                Finding::noted(Rule::R87, (account, Figure::OrderPaid), paid),
                Finding::noted(Rule::R87, (account, Figure::GivenBack), given_back),
            ]),
            Reason::ExceedsPaid { account, requested, paid } => {
                Because::from_iter([Finding::at_least(Rule::R82, (account, Figure::Paid), requested, paid, code)])
            }
            Reason::OrderNotFound
            | Reason::AuthorizationNotFound
            | Reason::NoCredit(_)
            | Reason::OrderNot { .. }
            | Reason::AuthorizationNotOpen
            | Reason::AuthorizationNotDue
            | Reason::ResourceRequired
            | Reason::DowngradeIsImmediate
            | Reason::ExpiryOutOfRange { .. } => Because::new(),
        }
    }
}
