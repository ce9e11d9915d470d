//! The reasons for which a command about orders and authorizations is refused.

use crate::book::{Because, Figure, Finding, Meaning, Retry, Rule, Status};
use crate::channel::{Check, OrderState, Purchase, Side, Uin};
use crate::ledger::Moment;
use crate::money::Amount;
use credere_numbered::{Named, Numbered, Refused};

/// The code of the refusal for lack of credit, which the check of both sides gives as well.
pub(in crate::book) const SHORT_OF_CREDIT: &str = "insufficient_credit";

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// There never was such an order.
    #[refused(NotFound, Never)]
    OrderNotFound = 1,
    /// There never was such an authorization.
    #[refused(NotFound, Never)]
    AuthorizationNotFound = 2,
    /// The account had no credit then, and its own money is set aside, since it has its credit from a partner by now, or hands
    /// some down.
    #[refused(Unprocessable, Later)]
    NoCredit(Uin) = 3,
    /// The account's identity is not verified, so it buys nothing new (R58).
    #[refused(Unprocessable, Later, "account_unverified")]
    Unverified(Uin) = 4,
    /// The account, or who pays for it, is suspended by force (R58, R108).
    #[refused(Conflict, Later)]
    AccountSuspended(Uin) = 5,
    /// The order is in a state that does not permit this.
    #[refused(order_not(*needed))]
    OrderNot {
        /// The state that it is in.
        state: OrderState,
        /// What it would have to be.
        needed: OrderState,
    } = 6,
    /// The authorization was captured or released, or its time is over.
    #[refused(Conflict, Never)]
    AuthorizationNotOpen = 7,
    /// The authorization has not expired yet; only Credere itself can meet this.
    #[refused(Conflict, Later)]
    AuthorizationNotDue = 8,
    /// A downgrade names the resource that becomes smaller, and only what is paid for a resource is given back of it.
    #[refused(Unprocessable, Never)]
    ResourceRequired = 9,
    /// A downgrade can neither wait for its delivery nor be parked.
    #[refused(Unprocessable, Never)]
    DowngradeIsImmediate = 10,
    /// An authorization must end in the future, and within 30 days.
    #[refused(Unprocessable, Never)]
    ExpiryOutOfRange {
        /// The latest that would do.
        latest: Moment,
    } = 11,
    /// One side's credit does not suffice (R54). An overdue customer is refused in the same way (R58).
    #[refused(short_of_credit(*side))]
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
    #[refused(Unprocessable, Never)]
    ExceedsAuthorization {
        /// Whose authorization.
        account: Uin,
        /// What was asked, at list price.
        requested: Amount,
        /// What is open, at list price.
        open: Amount,
    } = 13,
    /// More than was paid and not yet given back (R87).
    #[refused(Unprocessable, Later)]
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
    /// More is to be given back than was paid for that resource and is left (R82).
    #[refused(Unprocessable, Later)]
    ExceedsPaid {
        /// The account that asked.
        account: Uin,
        /// What was asked, at the price of now.
        requested: Amount,
        /// What is paid and not given back.
        paid: Amount,
    } = 15,
    /// Somebody else pays for the account: neither it nor its partner does (O74).
    #[refused(Conflict, Later)]
    PaidOnBehalf {
        /// Whose order.
        account: Uin,
        /// Who pays for it.
        payer: Uin,
    } = 16,
    /// More than was paid for that resource and is neither given back nor promised (O77).
    #[refused(Unprocessable, Later)]
    ExceedsUnrefunded {
        /// Whose resource.
        account: Uin,
        /// What was asked.
        requested: Amount,
        /// What is left of all that was paid for it.
        refundable: Amount,
    } = 17,
}

impl Reason {
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
            Reason::ExceedsUnrefunded { account, requested, refundable } => Because::from_iter([Finding::at_least(
                Rule::O77,
                (account, Figure::Refundable),
                requested,
                refundable,
                code,
            )]),
            Reason::OrderNotFound
            | Reason::AuthorizationNotFound
            | Reason::NoCredit(_)
            | Reason::PaidOnBehalf { .. }
            | Reason::OrderNot { .. }
            | Reason::AuthorizationNotOpen
            | Reason::AuthorizationNotDue
            | Reason::ResourceRequired
            | Reason::DowngradeIsImmediate
            | Reason::ExpiryOutOfRange { .. } => Because::new(),
        }
    }
}

const fn order_not(needed: OrderState) -> Meaning {
    let (code, when) = match needed {
        OrderState::ToBePaid => ("order_not_payable", "The order is not to be paid any more."),
        OrderState::Processing => ("order_not_processing", "The order is not waiting to be delivered."),
        OrderState::Delivered => ("order_not_delivered", "The order was never delivered, so nothing was paid."),
        OrderState::Canceled | OrderState::Refunded => ("order_not_open", "The order is closed."),
    };
    Meaning::of(code, Status::Conflict, Retry::Later, when)
}

const fn short_of_credit(side: Side) -> Meaning {
    let when = match side {
        Side::Customer => {
            "The customer's available credit does not suffice, or is below zero (R55, R58); `side` is `customer`."
        }
        Side::Payer => {
            "The available credit of who pays on the account's behalf does not suffice, or is below zero (R55, R58); \
             `side` is `payer`."
        }
        Side::Partner => "The paying partner's available spend line does not suffice (R56); `side` is `partner`.",
    };
    Meaning::of(SHORT_OF_CREDIT, Status::PaymentRequired, Retry::Later, when)
}
