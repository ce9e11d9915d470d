//! When refusals about orders, refunds and authorizations come, told to whoever reads the reference.
//! The match names every kind, so that a new one does not compile without its sentence.

use credere_core::book::buying::Reason;
use credere_core::channel::{OrderState, Side};

/// When a reason comes, in a sentence.
pub(super) const fn when(reason: &Reason) -> &'static str {
    match reason {
        Reason::OrderNotFound => "There never was such an order.",
        Reason::AuthorizationNotFound => "There never was such an authorization.",
        Reason::NoCredit(_) => "The account is neither a customer nor a partner that has credit, or was neither then.",
        Reason::Unverified(_) => "The customer's identity is not verified, so it buys nothing new (R58).",
        Reason::AccountSuspended(_) => "The customer is suspended by force (R58, R108).",
        Reason::ResourceRequired => "A downgrade names the resource that becomes smaller.",
        Reason::ExceedsPaid { .. } => "More is to be given back than was paid for that resource and is left (R82).",
        Reason::OrderNot { needed: OrderState::ToBePaid, .. } => "The order is not to be paid any more.",
        Reason::OrderNot { needed: OrderState::Processing, .. } => "The order is not waiting to be delivered.",
        Reason::OrderNot { needed: OrderState::Delivered, .. } => "The order was never delivered, so nothing was paid.",
        Reason::OrderNot { needed: OrderState::Canceled | OrderState::Refunded, .. } => "The order is closed.",
        Reason::AuthorizationNotOpen => "The authorization was captured or released, or its time is over.",
        Reason::AuthorizationNotDue => "The authorization has not expired yet; only Credere itself can meet this.",
        Reason::DowngradeIsImmediate => "A downgrade can neither wait for its delivery nor be parked.",
        Reason::ExpiryOutOfRange { .. } => "An authorization must end in the future, and within 30 days.",
        Reason::InsufficientCredit { side: Side::Customer, .. } => {
            "The customer's available credit does not suffice, or is below zero (R55, R58); `side` is `customer`."
        }
        Reason::InsufficientCredit { side: Side::Payer, .. } => {
            "The available credit of who pays on the account's behalf does not suffice, or is below zero (R55, R58); `side` is `payer`."
        }
        Reason::InsufficientCredit { side: Side::Partner, .. } => {
            "The paying partner's available spend line does not suffice (R56); `side` is `partner`."
        }
        Reason::ExceedsAuthorization { .. } => "More is to be captured than is held.",
        Reason::ExceedsRefundable { .. } => "More than was paid and not yet given back (R87).",
    }
}
