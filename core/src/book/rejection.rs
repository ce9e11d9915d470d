//! The one closed list of reasons why a command is refused, in order of precedence: keys, who asks, what exists, the
//! state it is in, and the numbers last. Each has a stable code, its figures, and whether it may succeed later. The
//! reference page is generated from this list.

use super::because::{Because, Figure, Finding, Rule};
use crate::access::Denial;
use crate::channel::{AllowlistItem, OrderState, PartnerKind, ResourceState, Side, Uin, VoucherStatus};
use crate::ledger::{Moment, Month};
use crate::money::{Amount, Overflow};
use serde::{Deserialize, Serialize};

/// What kind of thing was not found, or is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Party {
    /// An account.
    Account,
    /// A partner.
    Partner,
    /// A bound customer.
    Customer,
    /// A distributor.
    Distributor,
    /// A second-level reseller.
    SecondLevel,
}

/// Why nothing was done. A rejection changes nothing (I9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rejection {
    /// The idempotency key was used before for something else.
    KeyReused,
    /// The caller may not do this.
    NotPermitted(Denial),
    /// There is no such account, partner, ...
    PartyNotFound(Party, Uin),
    /// There is no such product.
    ProductNotFound,
    /// There is no such discount.
    DiscountNotFound,
    /// There is no such order.
    OrderNotFound,
    /// There never was such an authorization.
    AuthorizationNotFound,
    /// There is no such platform key.
    PlatformKeyNotFound,
    /// There is no such API credential.
    CredentialNotFound,
    /// There is no such resource that runs or is stopped.
    ResourceNotFound,
    /// There is no such voucher.
    VoucherNotFound,
    /// There is no such line on that bill.
    LineNotFound,
    /// There is no such webhook.
    WebhookNotFound,
    /// There is no such request, or it has no such operation.
    DecisionNotFound,
    /// The number is taken by an account.
    AccountExists(Uin),
    /// The account is a partner already.
    AlreadyPartner(Uin),
    /// The account is bound to a partner already (R10).
    AlreadyBound(Uin),
    /// The code is taken by a product.
    ProductExists,
    /// A resource with this name runs or is stopped already.
    ResourceExists,
    /// A partner of this kind cannot have what was asked: an agent has no customers, only a second-level reseller has
    /// a distributor, a second-level reseller has no spend line.
    WrongPartnerKind(PartnerKind),
    /// A second-level reseller needs the distributor that it is under.
    DistributorRequired,
    /// The customer is not managed by that partner or its second-level resellers.
    NotManaged {
        /// Whom the discount was for.
        customer: Uin,
        /// Who does not manage it.
        partner: Uin,
    },
    /// The resource, which ran when the period ended, belongs to another account.
    NotYourResource,
    /// The partner has not been granted this.
    NotAllowlisted(AllowlistItem),
    /// A second-level reseller issues offers only; trials come through its distributor (R115).
    ProductTrialNotYours,
    /// The account is neither a customer nor a partner with credit: it pays for itself, which comes with the finance
    /// part.
    NoCredit(Uin),
    /// The account's identity is not verified (R58).
    Unverified(Uin),
    /// The customer is suspended by force (R58, R108).
    AccountSuspended(Uin),
    /// The customer has a non-stop privilege, which must be off before it is unbound (R106).
    NonStopOn(Uin),
    /// The customer has credit frozen, open orders, or resources that run or are stopped (R140).
    HasOpenHolds(Uin),
    /// The order is in a state that does not permit this.
    OrderNot {
        /// What it is.
        state: OrderState,
        /// What it would have to be.
        needed: OrderState,
    },
    /// The resource does not run.
    ResourceNotActive(ResourceState),
    /// The voucher is used up, expired or taken back.
    VoucherNotIssued(VoucherStatus),
    /// The authorization was captured, released or has expired.
    AuthorizationNotOpen,
    /// The authorization is not due to expire yet.
    AuthorizationNotDue,
    /// Nothing is due for it.
    NothingDue,
    /// The last platform key with full access cannot be taken back.
    LastFullKey,
    /// The clock does not go back.
    ClockGoesBack {
        /// Where it stands.
        now: Moment,
    },
    /// A downgrade takes effect at once and cannot wait for a delivery or for funds.
    DowngradeIsImmediate,
    /// The end lies before the start, or the moment is over.
    EmptyPeriod,
    /// The period began more than 18 months ago.
    PeriodTooOld,
    /// The period begins more than 31 days from now.
    PeriodTooEarly,
    /// The month's bill is not issued yet (R94).
    MonthNotIssued {
        /// Which month.
        month: Month,
        /// When its bill will be issued.
        issued_at: Moment,
    },
    /// A usage record cannot be of this type: orders and their refunds post it.
    ActionTypeNotMetered,
    /// A warning level is a percentage from 0 to 100 (R100).
    LevelOutOfRange,
    /// An authorization may stay open for at most 30 days, and must end in the future.
    ExpiryOutOfRange {
        /// The latest that would do.
        latest: Moment,
    },
    /// Nothing to do: the amount is zero.
    AmountZero,
    /// The amount must be above zero.
    AmountNotPositive,
    /// The amount must not be below zero.
    AmountNegative,
    /// The quota must not be below zero.
    QuotaNegative,
    /// Grants to and pulls from a pool are bounded to 1,000,000 each (R49).
    PoolAmountOutOfRange {
        /// The largest that is permitted, either way.
        limit: Amount,
    },
    /// A voucher is issued over more than 0 and at most 1,000,000 (R120).
    VoucherAmountOutOfRange {
        /// The largest that is permitted.
        limit: Amount,
    },
    /// The quantity must be above zero.
    QuantityNotPositive,
    /// More than the partner may still hand out (R32, R47).
    ExceedsAllocatable {
        /// Whose quota.
        partner: Uin,
        /// What was asked.
        requested: Amount,
        /// What is left to hand out.
        allocatable: Amount,
    },
    /// More is to be taken back than is available (R33).
    ExceedsAvailable {
        /// Whose credit.
        customer: Uin,
        /// What was asked.
        requested: Amount,
        /// What is available.
        available: Amount,
    },
    /// More is to be pulled than remains in the pool (R48).
    ExceedsPool {
        /// Whose pool.
        second_level: Uin,
        /// What was asked.
        requested: Amount,
        /// What remains.
        remaining: Amount,
    },
    /// The quota would fall below what is handed out.
    BelowAllocated {
        /// What was asked.
        requested: Amount,
        /// What is handed out.
        allocated: Amount,
    },
    /// The voucher quota of a second-level reseller would fall below what it has issued (R119).
    BelowIssued {
        /// What was asked.
        requested: Amount,
        /// What is issued.
        issued: Amount,
    },
    /// More than a second-level reseller may still issue in vouchers (R119).
    ExceedsVoucherQuota {
        /// Who issues.
        issuer: Uin,
        /// What was asked.
        requested: Amount,
        /// What is left of the quota.
        remaining: Amount,
    },
    /// Something is owed, so that the customer cannot be unbound (R140).
    Overdue {
        /// Who.
        customer: Uin,
        /// Its available credit, below zero.
        available: Amount,
    },
    /// One side's credit does not suffice (R54). An overdue customer is refused in the same way (R58).
    InsufficientCredit {
        /// Whose.
        side: Side,
        /// The account of that side.
        account: Uin,
        /// What was needed.
        required: Amount,
        /// What there was.
        available: Amount,
    },
    /// More is to be captured than is held.
    ExceedsAuthorization {
        /// What was asked, at list price.
        requested: Amount,
        /// What is open, at list price.
        open: Amount,
    },
    /// More is to be given back than was paid and not yet given back (R87).
    ExceedsRefundable {
        /// What was asked.
        requested: Amount,
        /// What was paid and not yet given back.
        refundable: Amount,
    },
    /// A figure would leave the range of an amount.
    AmountOverflow,
    /// Nothing was sent to that webhook under this number.
    DeliveryNotFound,
    /// Nothing else stands in the way of unbinding, but the customer has orders that are to be paid.
    HasParkedOrders(Uin),
    /// The discount was ended, or ended with its customer's binding.
    DiscountEnded,
    /// The webhook was removed.
    WebhookRemoved,
    /// A downgrade names the resource that becomes smaller.
    ResourceRequired,
    /// A downgrade would give back more than the account has paid for that resource and not got back yet.
    ExceedsPaid {
        /// Whose.
        account: Uin,
        /// What was asked, at the price of now.
        requested: Amount,
        /// What is paid and not given back.
        paid: Amount,
    },
    /// The machine's clock has not jumped, so that there is nothing to accept.
    ClockIsRight,
}

/// What a refusal means to a program, apart from its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// The caller may not (403).
    Forbidden,
    /// What was named does not exist (404).
    NotFound,
    /// The state does not permit it (409).
    Conflict,
    /// Credit does not suffice (402).
    PaymentRequired,
    /// Well-formed, but against a rule (422).
    Unprocessable,
}

/// Whether the same request may succeed another time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// Not before it is changed.
    Never,
    /// Once the state or a figure has changed.
    Later,
}

impl From<Overflow> for Rejection {
    fn from(Overflow: Overflow) -> Rejection {
        Rejection::AmountOverflow
    }
}

impl Rejection {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Rejection::KeyReused => "idempotency_key_reused",
            Rejection::NotPermitted(Denial::ReadOnlyKey) => "read_only_key",
            Rejection::NotPermitted(Denial::WrongRole) => "wrong_role",
            Rejection::NotPermitted(Denial::NotYours) => "not_yours",
            Rejection::PartyNotFound(Party::Account, _) => "account_not_found",
            Rejection::PartyNotFound(Party::Partner, _) => "partner_not_found",
            Rejection::PartyNotFound(Party::Customer, _) => "customer_not_found",
            Rejection::PartyNotFound(Party::Distributor, _) => "distributor_not_found",
            Rejection::PartyNotFound(Party::SecondLevel, _) => "second_level_reseller_not_found",
            Rejection::ProductNotFound => "product_not_found",
            Rejection::DiscountNotFound => "discount_not_found",
            Rejection::OrderNotFound => "order_not_found",
            Rejection::AuthorizationNotFound => "authorization_not_found",
            Rejection::PlatformKeyNotFound => "key_not_found",
            Rejection::CredentialNotFound => "credential_not_found",
            Rejection::AccountExists(_) => "account_exists",
            Rejection::AlreadyPartner(_) => "already_partner",
            Rejection::AlreadyBound(_) => "already_bound",
            Rejection::ProductExists => "product_exists",
            Rejection::WrongPartnerKind(_) => "wrong_partner_kind",
            Rejection::DistributorRequired => "distributor_required",
            Rejection::NotManaged { .. } => "not_managed",
            Rejection::NoCredit(_) => "no_credit",
            Rejection::Unverified(_) => "account_unverified",
            Rejection::HasOpenHolds(_) => "has_open_holds",
            Rejection::OrderNot { needed: OrderState::ToBePaid, .. } => "order_not_payable",
            Rejection::OrderNot { needed: OrderState::Processing, .. } => "order_not_processing",
            Rejection::OrderNot { needed: OrderState::Delivered, .. } => "order_not_delivered",
            Rejection::OrderNot { needed: OrderState::Canceled | OrderState::Refunded, .. } => "order_not_open",
            Rejection::AuthorizationNotOpen => "authorization_not_open",
            Rejection::AuthorizationNotDue => "authorization_not_due",
            Rejection::LastFullKey => "last_full_key",
            Rejection::ClockGoesBack { .. } => "clock_goes_back",
            Rejection::DowngradeIsImmediate => "downgrade_is_immediate",
            Rejection::EmptyPeriod => "empty_period",
            Rejection::ExpiryOutOfRange { .. } => "expiry_out_of_range",
            Rejection::AmountZero => "amount_zero",
            Rejection::AmountNotPositive => "amount_not_positive",
            Rejection::QuotaNegative => "quota_negative",
            Rejection::PoolAmountOutOfRange { .. } => "pool_amount_out_of_range",
            Rejection::ExceedsAllocatable { .. } => "exceeds_allocatable",
            Rejection::ExceedsAvailable { .. } => "exceeds_available",
            Rejection::ExceedsPool { .. } => "exceeds_pool",
            Rejection::BelowAllocated { .. } => "below_allocated",
            Rejection::Overdue { .. } => "overdue",
            Rejection::InsufficientCredit { .. } => "insufficient_credit",
            Rejection::ExceedsAuthorization { .. } => "exceeds_authorization",
            Rejection::ResourceNotFound => "resource_not_found",
            Rejection::VoucherNotFound => "voucher_not_found",
            Rejection::LineNotFound => "line_not_found",
            Rejection::WebhookNotFound => "webhook_not_found",
            Rejection::DeliveryNotFound => "delivery_not_found",
            Rejection::DecisionNotFound => "decision_not_found",
            Rejection::ResourceExists => "resource_exists",
            Rejection::NotYourResource => "resource_of_other_account",
            Rejection::NotAllowlisted(_) => "not_allowlisted",
            Rejection::ProductTrialNotYours => "product_trial_not_permitted",
            Rejection::AccountSuspended(_) => "account_suspended",
            Rejection::NonStopOn(_) => "non_stop_on",
            Rejection::ResourceNotActive(_) => "resource_not_active",
            Rejection::VoucherNotIssued(_) => "voucher_not_issued",
            Rejection::NothingDue => "nothing_due",
            Rejection::PeriodTooOld => "period_too_old",
            Rejection::PeriodTooEarly => "period_too_early",
            Rejection::MonthNotIssued { .. } => "month_not_issued",
            Rejection::ActionTypeNotMetered => "action_type_not_metered",
            Rejection::LevelOutOfRange => "level_out_of_range",
            Rejection::AmountNegative => "amount_negative",
            Rejection::VoucherAmountOutOfRange { .. } => "voucher_amount_out_of_range",
            Rejection::QuantityNotPositive => "quantity_not_positive",
            Rejection::BelowIssued { .. } => "below_issued",
            Rejection::ExceedsVoucherQuota { .. } => "voucher_quota_exceeded",
            Rejection::ExceedsRefundable { .. } => "exceeds_refundable",
            Rejection::AmountOverflow => "amount_overflow",
            Rejection::HasParkedOrders(_) => "has_parked_orders",
            Rejection::DiscountEnded => "discount_ended",
            Rejection::WebhookRemoved => "webhook_removed",
            Rejection::ResourceRequired => "resource_required",
            Rejection::ExceedsPaid { .. } => "exceeds_paid",
            Rejection::ClockIsRight => "clock_is_right",
        }
    }

    /// What it means to a program.
    pub const fn status(&self) -> Status {
        match self {
            Rejection::NotPermitted(_) | Rejection::NotAllowlisted(_) => Status::Forbidden,
            Rejection::PartyNotFound(..)
            | Rejection::ProductNotFound
            | Rejection::DiscountNotFound
            | Rejection::OrderNotFound
            | Rejection::AuthorizationNotFound
            | Rejection::PlatformKeyNotFound
            | Rejection::CredentialNotFound
            | Rejection::ResourceNotFound
            | Rejection::VoucherNotFound
            | Rejection::LineNotFound
            | Rejection::WebhookNotFound
            | Rejection::DeliveryNotFound
            | Rejection::DecisionNotFound => Status::NotFound,
            Rejection::AccountExists(_)
            | Rejection::AlreadyPartner(_)
            | Rejection::AlreadyBound(_)
            | Rejection::ProductExists
            | Rejection::HasOpenHolds(_)
            | Rejection::OrderNot { .. }
            | Rejection::AuthorizationNotOpen
            | Rejection::AuthorizationNotDue
            | Rejection::LastFullKey
            | Rejection::Overdue { .. }
            | Rejection::ResourceExists
            | Rejection::AccountSuspended(_)
            | Rejection::NonStopOn(_)
            | Rejection::ResourceNotActive(_)
            | Rejection::VoucherNotIssued(_)
            | Rejection::NothingDue
            | Rejection::HasParkedOrders(_)
            | Rejection::DiscountEnded
            | Rejection::WebhookRemoved
            | Rejection::ClockIsRight => Status::Conflict,
            Rejection::InsufficientCredit { .. } => Status::PaymentRequired,
            Rejection::KeyReused
            | Rejection::WrongPartnerKind(_)
            | Rejection::DistributorRequired
            | Rejection::NotManaged { .. }
            | Rejection::NoCredit(_)
            | Rejection::Unverified(_)
            | Rejection::ClockGoesBack { .. }
            | Rejection::DowngradeIsImmediate
            | Rejection::EmptyPeriod
            | Rejection::ExpiryOutOfRange { .. }
            | Rejection::AmountZero
            | Rejection::AmountNotPositive
            | Rejection::QuotaNegative
            | Rejection::PoolAmountOutOfRange { .. }
            | Rejection::ExceedsAllocatable { .. }
            | Rejection::ExceedsAvailable { .. }
            | Rejection::ExceedsPool { .. }
            | Rejection::BelowAllocated { .. }
            | Rejection::ExceedsAuthorization { .. }
            | Rejection::AmountOverflow
            | Rejection::NotYourResource
            | Rejection::ProductTrialNotYours
            | Rejection::PeriodTooOld
            | Rejection::PeriodTooEarly
            | Rejection::MonthNotIssued { .. }
            | Rejection::ActionTypeNotMetered
            | Rejection::LevelOutOfRange
            | Rejection::AmountNegative
            | Rejection::VoucherAmountOutOfRange { .. }
            | Rejection::QuantityNotPositive
            | Rejection::BelowIssued { .. }
            | Rejection::ExceedsVoucherQuota { .. }
            | Rejection::ExceedsRefundable { .. }
            | Rejection::ResourceRequired
            | Rejection::ExceedsPaid { .. } => Status::Unprocessable,
        }
    }

    /// Whether the same request may succeed another time.
    pub const fn retry(&self) -> Retry {
        match self {
            Rejection::PartyNotFound(..)
            | Rejection::ProductNotFound
            | Rejection::AlreadyBound(_)
            | Rejection::NoCredit(_)
            | Rejection::Unverified(_)
            | Rejection::NotManaged { .. }
            | Rejection::HasOpenHolds(_)
            | Rejection::OrderNot { .. }
            | Rejection::AuthorizationNotDue
            | Rejection::LastFullKey
            | Rejection::ExceedsAllocatable { .. }
            | Rejection::ExceedsAvailable { .. }
            | Rejection::ExceedsPool { .. }
            | Rejection::BelowAllocated { .. }
            | Rejection::Overdue { .. }
            | Rejection::InsufficientCredit { .. }
            | Rejection::AmountOverflow
            | Rejection::ResourceNotFound
            | Rejection::ResourceExists
            | Rejection::NotAllowlisted(_)
            | Rejection::AccountSuspended(_)
            | Rejection::NonStopOn(_)
            | Rejection::ResourceNotActive(_)
            | Rejection::NothingDue
            | Rejection::PeriodTooEarly
            | Rejection::MonthNotIssued { .. }
            | Rejection::BelowIssued { .. }
            | Rejection::ExceedsVoucherQuota { .. }
            | Rejection::HasParkedOrders(_)
            | Rejection::ExceedsRefundable { .. }
            | Rejection::ExceedsPaid { .. }
            | Rejection::ClockIsRight => Retry::Later,
            Rejection::KeyReused
            | Rejection::NotPermitted(_)
            | Rejection::DiscountNotFound
            | Rejection::OrderNotFound
            | Rejection::AuthorizationNotFound
            | Rejection::PlatformKeyNotFound
            | Rejection::CredentialNotFound
            | Rejection::AccountExists(_)
            | Rejection::AlreadyPartner(_)
            | Rejection::ProductExists
            | Rejection::WrongPartnerKind(_)
            | Rejection::DistributorRequired
            | Rejection::AuthorizationNotOpen
            | Rejection::ClockGoesBack { .. }
            | Rejection::DowngradeIsImmediate
            | Rejection::EmptyPeriod
            | Rejection::ExpiryOutOfRange { .. }
            | Rejection::AmountZero
            | Rejection::AmountNotPositive
            | Rejection::QuotaNegative
            | Rejection::PoolAmountOutOfRange { .. }
            | Rejection::ExceedsAuthorization { .. }
            | Rejection::VoucherNotFound
            | Rejection::LineNotFound
            | Rejection::WebhookNotFound
            | Rejection::DeliveryNotFound
            | Rejection::DecisionNotFound
            | Rejection::NotYourResource
            | Rejection::ProductTrialNotYours
            | Rejection::VoucherNotIssued(_)
            | Rejection::PeriodTooOld
            | Rejection::ActionTypeNotMetered
            | Rejection::LevelOutOfRange
            | Rejection::AmountNegative
            | Rejection::VoucherAmountOutOfRange { .. }
            | Rejection::QuantityNotPositive
            | Rejection::DiscountEnded
            | Rejection::WebhookRemoved
            | Rejection::ResourceRequired => Retry::Never,
        }
    }

    /// The comparison that failed, for the refusals that are about a figure.
    pub fn because(&self) -> Because {
        let one = |rule, account, figure, required, found| {
            Because::from_iter([Finding { rule, account, figure, required, found }])
        };
        match *self {
            Rejection::ExceedsAllocatable { partner, requested, allocatable } => {
                one(Rule::R32, partner, Figure::Allocatable, requested, allocatable)
            }
            Rejection::ExceedsAvailable { customer, requested, available } => {
                one(Rule::R33, customer, Figure::CustomerAvailable, requested, available)
            }
            Rejection::ExceedsPool { second_level, requested, remaining } => {
                one(Rule::R48, second_level, Figure::PoolRemaining, requested, remaining)
            }
            Rejection::ExceedsVoucherQuota { issuer, requested, remaining } => {
                one(Rule::R119, issuer, Figure::VoucherQuotaRemaining, requested, remaining)
            }
            Rejection::ExceedsPaid { account, requested, paid } => {
                one(Rule::R82, account, Figure::Paid, requested, paid)
            }
            Rejection::Overdue { customer, available } => {
                one(Rule::R140, customer, Figure::CustomerAvailable, Amount::ZERO, available)
            }
            Rejection::InsufficientCredit { side: Side::Customer, account, required, available } => {
                one(Rule::R55, account, Figure::CustomerAvailable, required, available)
            }
            Rejection::InsufficientCredit { side: Side::Partner, account, required, available } => {
                one(Rule::R56, account, Figure::SpendAvailable, required, available)
            }
            _ => Because::new(),
        }
    }
}
