//! Refusals of version 2, in the order in which they stood, and the reason that each is today. Where today's says more, it
//! comes from what was asked and from the book; what neither knows is told as not known, see [`Rejection::upgraded`].

use super::Asked;
use crate::access::{Action, Denial};
use crate::book::parties::Party;
use crate::book::state::Book;
use crate::book::{self, bills, buying, catalogue, deployment, metering, notices, parties, standing, vouchers};
use crate::channel::{AllowlistItem, OrderState, PartnerKind, Purchase, ResourceState, Side, Uin, VoucherStatus};
use crate::ledger::{Moment, Month};
use crate::money::Amount;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) enum Rejection {
    KeyReused,
    NotPermitted(Denial),
    PartyNotFound(Party, Uin),
    ProductNotFound,
    DiscountNotFound,
    OrderNotFound,
    AuthorizationNotFound,
    PlatformKeyNotFound,
    CredentialNotFound,
    ResourceNotFound,
    VoucherNotFound,
    LineNotFound,
    WebhookNotFound,
    DecisionNotFound,
    AccountExists(Uin),
    AlreadyPartner(Uin),
    AlreadyBound(Uin),
    ProductExists,
    ResourceExists,
    WrongPartnerKind(PartnerKind),
    DistributorRequired,
    NotManaged { customer: Uin, partner: Uin },
    NotYourResource,
    NotAllowlisted(AllowlistItem),
    ProductTrialNotYours,
    NoCredit(Uin),
    Unverified(Uin),
    AccountSuspended(Uin),
    NonStopOn(Uin),
    HasOpenHolds(Uin),
    OrderNot { state: OrderState, needed: OrderState },
    ResourceNotActive(ResourceState),
    VoucherNotIssued(VoucherStatus),
    AuthorizationNotOpen,
    AuthorizationNotDue,
    NothingDue,
    LastFullKey,
    ClockGoesBack { now: Moment },
    DowngradeIsImmediate,
    EmptyPeriod,
    PeriodTooOld,
    PeriodTooEarly,
    MonthNotIssued { month: Month, _issued_at: Moment },
    ActionTypeNotMetered,
    LevelOutOfRange,
    ExpiryOutOfRange { latest: Moment },
    AmountZero,
    AmountNotPositive,
    AmountNegative,
    QuotaNegative,
    PoolAmountOutOfRange { limit: Amount },
    VoucherAmountOutOfRange { limit: Amount },
    QuantityNotPositive,
    ExceedsAllocatable { partner: Uin, requested: Amount, allocatable: Amount },
    ExceedsAvailable { customer: Uin, requested: Amount, available: Amount },
    ExceedsPool { second_level: Uin, requested: Amount, remaining: Amount },
    BelowAllocated { requested: Amount, allocated: Amount },
    BelowIssued { requested: Amount, issued: Amount },
    ExceedsVoucherQuota { issuer: Uin, requested: Amount, remaining: Amount },
    Overdue { customer: Uin, available: Amount },
    InsufficientCredit { side: Side, account: Uin, required: Amount, available: Amount },
    ExceedsAuthorization { requested: Amount, open: Amount },
    ExceedsRefundable { requested: Amount, refundable: Amount },
    AmountOverflow,
}

impl Rejection {
    /// The reason that it is today. Whose figures they are is whom it was asked of; where a batch was for several accounts
    /// and the refusal named none, that is not known, and the lowest number stands for nobody. Of a refund only what was
    /// left was told: it is told as all that was paid. Of both sides of a purchase only the one that fell short was.
    pub(super) fn upgraded(self, book: &Book, asked: Asked) -> book::Rejection {
        let account = asked.target.unwrap_or(Uin::LOWEST);
        match self {
            Rejection::KeyReused => book::Rejection::KeyReused,
            Rejection::NotPermitted(denial) => book::Rejection::NotPermitted(denial),
            Rejection::PartyNotFound(party, uin) => parties::Reason::PartyNotFound(party, uin).into(),
            Rejection::ProductNotFound => catalogue::Reason::ProductNotFound.into(),
            Rejection::DiscountNotFound => catalogue::Reason::DiscountNotFound.into(),
            Rejection::OrderNotFound => buying::Reason::OrderNotFound.into(),
            Rejection::AuthorizationNotFound => buying::Reason::AuthorizationNotFound.into(),
            Rejection::PlatformKeyNotFound => deployment::Reason::PlatformKeyNotFound.into(),
            Rejection::CredentialNotFound => parties::Reason::CredentialNotFound.into(),
            Rejection::ResourceNotFound => metering::Reason::ResourceNotFound.into(),
            Rejection::VoucherNotFound => vouchers::Reason::VoucherNotFound.into(),
            Rejection::LineNotFound => bills::Reason::LineNotFound.into(),
            Rejection::WebhookNotFound => notices::Reason::WebhookNotFound.into(),
            Rejection::DecisionNotFound => deployment::Reason::DecisionNotFound.into(),
            Rejection::AccountExists(uin) => parties::Reason::AccountExists(uin).into(),
            Rejection::AlreadyPartner(uin) => parties::Reason::AlreadyPartner(uin).into(),
            Rejection::AlreadyBound(uin) => parties::Reason::AlreadyBound(uin).into(),
            Rejection::ProductExists => catalogue::Reason::ProductExists.into(),
            Rejection::ResourceExists => metering::Reason::ResourceExists.into(),
            Rejection::WrongPartnerKind(kind) => parties::Reason::WrongPartnerKind(kind).into(),
            Rejection::DistributorRequired => parties::Reason::DistributorRequired.into(),
            Rejection::NotManaged { customer, partner } => catalogue::Reason::NotManaged { customer, partner }.into(),
            Rejection::NotYourResource => metering::Reason::NotYourResource.into(),
            // Only a partner that asked for itself was refused for this.
            Rejection::NotAllowlisted(feature) => {
                let partner = asked.actor.account().unwrap_or(account);
                standing::Reason::NotAllowlisted { partner, feature }.into()
            }
            Rejection::ProductTrialNotYours => vouchers::Reason::ProductTrialNotYours.into(),
            Rejection::NoCredit(uin) => buying::Reason::NoCredit(uin).into(),
            Rejection::Unverified(uin) => buying::Reason::Unverified(uin).into(),
            Rejection::AccountSuspended(uin) => buying::Reason::AccountSuspended(uin).into(),
            Rejection::NonStopOn(uin) => parties::Reason::NonStopOn(uin).into(),
            Rejection::HasOpenHolds(uin) => parties::Reason::HasOpenHolds(uin).into(),
            Rejection::OrderNot { state, needed } => buying::Reason::OrderNot { state, needed }.into(),
            Rejection::ResourceNotActive(state) => metering::Reason::ResourceNotActive(state).into(),
            Rejection::VoucherNotIssued(status) => vouchers::Reason::VoucherNotIssued(status).into(),
            Rejection::AuthorizationNotOpen => buying::Reason::AuthorizationNotOpen.into(),
            Rejection::AuthorizationNotDue => buying::Reason::AuthorizationNotDue.into(),
            Rejection::NothingDue => book::Rejection::NothingDue,
            Rejection::LastFullKey => deployment::Reason::LastFullKey.into(),
            Rejection::ClockGoesBack { now } => deployment::Reason::ClockGoesBack { now }.into(),
            Rejection::DowngradeIsImmediate => buying::Reason::DowngradeIsImmediate.into(),
            Rejection::EmptyPeriod => book::Rejection::EmptyPeriod,
            Rejection::PeriodTooOld => metering::Reason::PeriodTooOld.into(),
            Rejection::PeriodTooEarly => metering::Reason::PeriodTooEarly.into(),
            // When it is issued is in the calendar, and what was owed on it in the book.
            Rejection::MonthNotIssued { month, .. } => {
                book.not_issued(account, book.paid_partner(asked.actor, account), month)
            }
            Rejection::ActionTypeNotMetered => metering::Reason::ActionTypeNotMetered.into(),
            Rejection::LevelOutOfRange => standing::Reason::LevelOutOfRange.into(),
            Rejection::ExpiryOutOfRange { latest } => buying::Reason::ExpiryOutOfRange { latest }.into(),
            Rejection::AmountZero => book::Rejection::AmountZero,
            Rejection::AmountNotPositive => book::Rejection::AmountNotPositive,
            Rejection::AmountNegative => book::Rejection::AmountNegative,
            Rejection::QuotaNegative => parties::Reason::QuotaNegative.into(),
            Rejection::PoolAmountOutOfRange { limit } => parties::Reason::PoolAmountOutOfRange { limit }.into(),
            Rejection::VoucherAmountOutOfRange { limit } => vouchers::Reason::VoucherAmountOutOfRange { limit }.into(),
            Rejection::QuantityNotPositive => metering::Reason::QuantityNotPositive.into(),
            Rejection::ExceedsAllocatable { partner, requested, allocatable } => {
                parties::Reason::ExceedsAllocatable { partner, requested, allocatable }.into()
            }
            Rejection::ExceedsAvailable { customer, requested, available } => {
                parties::Reason::ExceedsAvailable { customer, requested, available }.into()
            }
            Rejection::ExceedsPool { second_level, requested, remaining } => {
                parties::Reason::ExceedsPool { second_level, requested, remaining }.into()
            }
            Rejection::BelowAllocated { requested, allocated } => {
                parties::Reason::BelowAllocated { partner: account, requested, allocated }.into()
            }
            Rejection::BelowIssued { requested, issued } => {
                parties::Reason::BelowIssued { partner: account, requested, issued }.into()
            }
            Rejection::ExceedsVoucherQuota { issuer, requested, remaining } => {
                vouchers::Reason::ExceedsVoucherQuota { issuer, requested, remaining }.into()
            }
            Rejection::Overdue { customer, available } => parties::Reason::Overdue { customer, available }.into(),
            Rejection::InsufficientCredit { side, account, required, available } => {
                let kind = match asked.action {
                    Action::ActivateResource | Action::ResizeResource => Purchase::Freeze,
                    _ => Purchase::Order,
                };
                buying::Reason::InsufficientCredit { side, account, required, available, other: None, kind }.into()
            }
            Rejection::ExceedsAuthorization { requested, open } => {
                buying::Reason::ExceedsAuthorization { account, requested, open }.into()
            }
            Rejection::ExceedsRefundable { requested, refundable } => {
                let (paid, given_back) = (refundable, Amount::ZERO);
                buying::Reason::ExceedsRefundable { account, requested, refundable, paid, given_back }.into()
            }
            Rejection::AmountOverflow => book::Rejection::AmountOverflow,
        }
    }
}
