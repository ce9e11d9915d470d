//! What a refusal by the rules says: status, title, a sentence with its figures, and the figures as members. The list
//! of reasons is the core's; here they are only put into words.

use super::Problem;
use axum::http::StatusCode;
use credere_core::access::Denial;
use credere_core::book::{
    Rejection, Status, bills, buying, catalogue, deployment, metering, notices, parties, standing, vouchers,
};
use credere_core::channel::{OrderState, Purchase, Side, Uin};
use credere_core::money::Amount;

fn status(rejection: &Rejection) -> StatusCode {
    match rejection.status() {
        Status::Forbidden => StatusCode::FORBIDDEN,
        Status::NotFound => StatusCode::NOT_FOUND,
        Status::Conflict => StatusCode::CONFLICT,
        Status::PaymentRequired => StatusCode::PAYMENT_REQUIRED,
        Status::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The problem that a refusal is.
pub(super) fn problem(rejection: &Rejection) -> Problem {
    let (title, detail) = words(rejection);
    let problem = Problem::new(status(rejection), rejection.code(), title, detail).because(&rejection.because());
    figures(problem, rejection)
}

/// The refusal that people read about first.
pub(super) fn short_of_credit() -> Rejection {
    let (required, available) = (Amount::from_units(10_001_000_000), Amount::whole(100));
    Rejection::Buying(buying::Reason::InsufficientCredit {
        side: Side::Customer,
        account: Uin::LOWEST,
        required,
        available,
        other: None,
        kind: Purchase::Order,
    })
}

/// Code and title where there is no such party.
pub(super) const fn no_party(party: parties::Party) -> (&'static str, &'static str) {
    match party {
        parties::Party::Account => ("account_not_found", "There is no such account"),
        parties::Party::Partner => ("partner_not_found", "There is no such partner"),
        parties::Party::Customer => ("customer_not_found", "There is no such customer"),
        parties::Party::Distributor => ("distributor_not_found", "There is no such distributor"),
        parties::Party::SecondLevel => ("second_level_reseller_not_found", "There is no such second-level reseller"),
    }
}

const fn party(party: parties::Party) -> &'static str {
    match party {
        parties::Party::Account => "account",
        parties::Party::Partner => "partner",
        parties::Party::Customer => "customer",
        parties::Party::Distributor => "distributor",
        parties::Party::SecondLevel => "second-level reseller",
    }
}

fn words(rejection: &Rejection) -> (&'static str, String) {
    match rejection {
        Rejection::KeyReused => (
            "The idempotency key was used for something else",
            "this idempotency key was used before with another content; a new request needs a new key".to_owned(),
        ),
        Rejection::NotPermitted(Denial::ReadOnlyKey) => {
            ("The key may only read", "this platform key has read access, and the request would write".to_owned())
        }
        Rejection::NotPermitted(Denial::WrongRole) => {
            ("Not for this caller", "the caller's role has no part in this".to_owned())
        }
        Rejection::NotPermitted(Denial::NotYours) => {
            ("Not for this caller", "the caller may not do this to that account".to_owned())
        }
        Rejection::Parties(parties::Reason::PartyNotFound(what, uin)) => {
            (no_party(*what).1, format!("there is no {} `{uin}`", party(*what)))
        }
        Rejection::Catalogue(catalogue::Reason::ProductNotFound) => {
            ("There is no such product", "no product has this code".to_owned())
        }
        Rejection::Catalogue(catalogue::Reason::DiscountNotFound) => {
            ("There is no such discount", "no discount has this id".to_owned())
        }
        Rejection::Buying(buying::Reason::OrderNotFound) => {
            ("There is no such order", "no order has this id".to_owned())
        }
        Rejection::Buying(buying::Reason::AuthorizationNotFound) => {
            ("There is no such authorization", "there never was an authorization with this id".to_owned())
        }
        Rejection::Deployment(deployment::Reason::PlatformKeyNotFound) => {
            ("There is no such key", "no platform key has this id, or it was taken back".to_owned())
        }
        Rejection::Parties(parties::Reason::CredentialNotFound) => {
            ("There is no such credential", "the account has no credential with this id".to_owned())
        }
        Rejection::Metering(metering::Reason::ResourceNotFound) => {
            ("There is no such resource", "no resource of this name runs or is stopped".to_owned())
        }
        Rejection::Vouchers(vouchers::Reason::VoucherNotFound) => {
            ("There is no such voucher", "no voucher has this id".to_owned())
        }
        Rejection::Bills(bills::Reason::LineNotFound) => (
            "There is no such bill line",
            "a line that is named is not on that customer's bill of that month".to_owned(),
        ),
        Rejection::Notices(notices::Reason::WebhookNotFound) => {
            ("There is no such webhook", "no webhook has this id, or it was removed".to_owned())
        }
        Rejection::Notices(notices::Reason::DeliveryNotFound) => {
            ("There is no such delivery", "nothing was sent to that webhook under this number".to_owned())
        }
        Rejection::Deployment(deployment::Reason::DecisionNotFound) => (
            "There is no such decision",
            "the journal has no decision under this request identifier and key; reading leaves none".to_owned(),
        ),
        Rejection::Parties(parties::Reason::AccountExists(uin)) => {
            ("The number is taken", format!("there is an account with the number `{uin}` already"))
        }
        Rejection::Parties(parties::Reason::AlreadyPartner(uin)) => {
            ("The account is a partner", format!("the account `{uin}` is a partner already"))
        }
        Rejection::Parties(parties::Reason::AlreadyBound(uin)) => {
            ("The account is a customer", format!("the account `{uin}` is bound to a partner already (R10)"))
        }
        Rejection::Catalogue(catalogue::Reason::ProductExists) => {
            ("The code is taken", "there is a product with this code already".to_owned())
        }
        Rejection::Metering(metering::Reason::ResourceExists) => {
            ("The resource is there", "a resource of this name runs or is stopped already".to_owned())
        }
        Rejection::Parties(parties::Reason::WrongPartnerKind(kind)) => {
            ("Not for a partner of this kind", format!("a partner of kind `{}` cannot have this", kind.name()))
        }
        Rejection::Parties(parties::Reason::DistributorRequired) => (
            "A distributor is required",
            "a second-level reseller needs the `distributor_uin` that it is under (R2)".to_owned(),
        ),
        Rejection::Catalogue(catalogue::Reason::NotManaged { customer, partner }) => (
            "Not that partner's customer",
            format!(
                "the customer `{customer}` is managed neither by `{partner}` nor by one of its second-level resellers"
            ),
        ),
        Rejection::Metering(metering::Reason::NotYourResource) => {
            ("The resource is another account's", "the resource that is named belongs to another account".to_owned())
        }
        Rejection::Standing(standing::Reason::NotAllowlisted { feature: item, .. }) => (
            "The partner is not granted this",
            format!("the platform has not granted `{}` to this partner", item.name()),
        ),
        Rejection::Vouchers(vouchers::Reason::ProductTrialNotYours) => (
            "Trials come through the distributor",
            "a second-level reseller issues vouchers of usage `CustomerOffer` only (R115)".to_owned(),
        ),
        Rejection::Buying(buying::Reason::NoCredit(uin)) => (
            "The account has no credit",
            format!("the account `{uin}` is neither a customer nor a partner that has credit, or was neither then"),
        ),
        Rejection::Buying(buying::Reason::Unverified(uin)) => (
            "The account is not verified",
            format!("the identity of the account `{uin}` is not verified, so it buys nothing new (R58)"),
        ),
        Rejection::Buying(buying::Reason::AccountSuspended(uin)) => (
            "The account is suspended",
            format!("the customer `{uin}` is suspended by force, which must end first (R58, R108)"),
        ),
        Rejection::Parties(parties::Reason::NonStopOn(uin)) => (
            "A non-stop privilege is on",
            format!("the customer `{uin}` has a non-stop privilege, which must be off before it is unbound (R106)"),
        ),
        Rejection::Parties(parties::Reason::HasOpenHolds(uin)) => {
            ("Something is still open", format!("the customer `{uin}` has frozen credit or open orders (R140)"))
        }
        Rejection::Parties(parties::Reason::HasParkedOrders(uin)) => (
            "Orders are still to be paid",
            format!("the customer `{uin}` has orders that are to be paid; pay or cancel them first (R140)"),
        ),
        Rejection::Catalogue(catalogue::Reason::DiscountEnded) => {
            ("The discount has ended", "the discount was ended, by itself or with its customer's binding".to_owned())
        }
        Rejection::Notices(notices::Reason::WebhookRemoved) => {
            ("The webhook is gone", "the webhook was removed".to_owned())
        }
        Rejection::Buying(buying::Reason::ResourceRequired) => {
            ("A resource is required", "a downgrade names the `resource_id` that becomes smaller".to_owned())
        }
        Rejection::Buying(buying::Reason::ExceedsPaid { requested, paid, .. }) => (
            "More than was paid for the resource",
            format!("{requested} was to be given back, and {paid} was paid for the resource and is not given back yet"),
        ),
        Rejection::Buying(buying::Reason::OrderNot { state, needed: OrderState::Canceled | OrderState::Refunded }) => {
            ("The order is in another state", format!("the order is `{}`, and would have to be open", state.name()))
        }
        Rejection::Buying(buying::Reason::OrderNot { state, needed }) => (
            "The order is in another state",
            format!("the order is `{}`, and would have to be `{}`", state.name(), needed.name()),
        ),
        Rejection::Metering(metering::Reason::ResourceNotActive(state)) => {
            ("The resource does not run", format!("the resource is `{}`, and would have to be `active`", state.name()))
        }
        Rejection::Vouchers(vouchers::Reason::VoucherNotIssued(status)) => {
            ("The voucher has ended", format!("the voucher is `{}`, and would have to be `issued`", status.name()))
        }
        Rejection::Buying(buying::Reason::AuthorizationNotOpen) => (
            "The authorization is not open",
            "the authorization was captured or released, or it has expired".to_owned(),
        ),
        Rejection::Buying(buying::Reason::AuthorizationNotDue) => {
            ("The authorization is not due", "the authorization has not expired yet".to_owned())
        }
        Rejection::NothingDue => ("Nothing is due", "there is nothing to do at this moment".to_owned()),
        Rejection::Deployment(deployment::Reason::ClockIsRight) => (
            "The clock has not jumped",
            "the clock has not jumped, or is right again: there is nothing to accept".to_owned(),
        ),
        Rejection::Deployment(deployment::Reason::LastFullKey) => (
            "The last full key stays",
            "this is the last platform key with full access; make another one first".to_owned(),
        ),
        Rejection::Deployment(deployment::Reason::ClockGoesBack { .. }) => {
            ("The clock does not go back", "the test clock stands later than that already".to_owned())
        }
        Rejection::Buying(buying::Reason::DowngradeIsImmediate) => (
            "A downgrade takes effect at once",
            "a downgrade gives its amount back at once, so that it has neither `capture: false` nor `park: true`"
                .to_owned(),
        ),
        Rejection::EmptyPeriod => {
            ("The period is empty", "the end lies before the start, or the period is over already".to_owned())
        }
        Rejection::Metering(metering::Reason::PeriodTooOld) => {
            ("The period is too old", "a usage period may have begun at most 18 months ago".to_owned())
        }
        Rejection::Metering(metering::Reason::PeriodTooEarly) => {
            ("The period is too early", "a usage period may begin at most 31 days from now".to_owned())
        }
        Rejection::Bills(bills::Reason::MonthNotIssued { month, .. }) => {
            ("The bill is not issued yet", format!("the bills of `{month}` are not issued yet (R76, R94)"))
        }
        Rejection::Metering(metering::Reason::ActionTypeNotMetered) => (
            "The action type is not metered",
            "orders and their refunds post lines of this action type, usage records do not (R81)".to_owned(),
        ),
        Rejection::Standing(standing::Reason::LevelOutOfRange) => {
            ("The level is out of range", "a warning level is a percentage from 0 to 100 (R100)".to_owned())
        }
        Rejection::Buying(buying::Reason::ExpiryOutOfRange { .. }) => (
            "The expiry is out of range",
            "an authorization ends in the future, and at most 30 days from now".to_owned(),
        ),
        Rejection::AmountZero => ("The amount is zero", "an amount of zero would change nothing (R39)".to_owned()),
        Rejection::AmountNotPositive => ("The amount is not positive", "the amount must be above zero".to_owned()),
        Rejection::AmountNegative => ("The amount is negative", "the amount must not be below zero".to_owned()),
        Rejection::Parties(parties::Reason::QuotaNegative) => {
            ("A limit is negative", "a quota or line must not be below zero".to_owned())
        }
        Rejection::Parties(parties::Reason::PoolAmountOutOfRange { limit }) => (
            "The amount is out of range",
            format!(
                "a pool takes at most {limit} at once, and may not be pulled from where that is switched off (R49)"
            ),
        ),
        Rejection::Vouchers(vouchers::Reason::VoucherAmountOutOfRange { limit }) => {
            ("The amount is out of range", format!("a voucher is over more than zero and at most {limit} (R120)"))
        }
        Rejection::Metering(metering::Reason::QuantityNotPositive) => {
            ("The quantity is not positive", "the quantity must be above zero".to_owned())
        }
        Rejection::Parties(parties::Reason::ExceedsAllocatable { partner, requested, allocatable }) => (
            "More than may be handed out",
            format!("{requested} was asked, and the partner `{partner}` may still hand out {allocatable} (R32, R47)"),
        ),
        Rejection::Parties(parties::Reason::ExceedsAvailable { requested, available, .. }) => (
            "More than can be taken back",
            format!("{requested} was to be taken back, and {available} is available (R33)"),
        ),
        Rejection::Parties(parties::Reason::ExceedsPool { requested, remaining, .. }) => (
            "More than remains in the pool",
            format!("{requested} was to be pulled, and {remaining} remains in the pool (R48)"),
        ),
        Rejection::Parties(parties::Reason::BelowAllocated { requested, allocated, .. }) => {
            ("Below what is handed out", format!("the quota would be {requested}, and {allocated} is handed out"))
        }
        Rejection::Parties(parties::Reason::BelowIssued { requested, issued, .. }) => (
            "Below what is issued",
            format!("the voucher quota would be {requested}, and {issued} is issued in vouchers (R119)"),
        ),
        Rejection::Vouchers(vouchers::Reason::ExceedsVoucherQuota { issuer, requested, remaining }) => (
            "More than may be issued",
            format!("{requested} was to be issued, and {remaining} remains of the voucher quota of `{issuer}` (R119)"),
        ),
        Rejection::Parties(parties::Reason::Overdue { customer, available }) => (
            "Something is owed",
            format!("the customer `{customer}` is overdue: its available credit is {available} (R140)"),
        ),
        Rejection::Buying(buying::Reason::InsufficientCredit { side, required, available, .. }) => (
            "Credit does not suffice",
            match side {
                Side::Customer => {
                    format!("{required} is needed of the customer's credit, and {available} is available (R55)")
                }
                Side::Partner => {
                    format!("{required} is needed of the partner's spend line, and {available} is available (R56)")
                }
            },
        ),
        Rejection::Buying(buying::Reason::ExceedsAuthorization { requested, open, .. }) => {
            ("More than is held", format!("{requested} was to be captured, and {open} is held"))
        }
        Rejection::Buying(buying::Reason::ExceedsRefundable { requested, refundable, .. }) => (
            "More than was paid",
            format!("{requested} was to be given back, and {refundable} was paid and is not given back yet (R87)"),
        ),
        Rejection::AmountOverflow => {
            ("A figure is out of range", "a sum or product would leave the range of an amount".to_owned())
        }
    }
}

fn figures(problem: Problem, rejection: &Rejection) -> Problem {
    match *rejection {
        Rejection::Buying(buying::Reason::InsufficientCredit { side, account, required, available, .. }) => problem
            .with("side", side.name())
            .with("account_uin", account.number())
            .with_money("required", required)
            .with_money("available", available),
        Rejection::Parties(parties::Reason::ExceedsAllocatable { partner, requested, allocatable }) => problem
            .with("account_uin", partner.number())
            .with_money("requested", requested)
            .with_money("allocatable", allocatable),
        Rejection::Parties(parties::Reason::ExceedsAvailable { customer, requested, available }) => problem
            .with("account_uin", customer.number())
            .with_money("requested", requested)
            .with_money("available", available),
        Rejection::Buying(buying::Reason::ExceedsPaid { account, requested, paid }) => {
            problem.with("account_uin", account.number()).with_money("requested", requested).with_money("paid", paid)
        }
        Rejection::Parties(parties::Reason::ExceedsPool { second_level, requested, remaining }) => problem
            .with("account_uin", second_level.number())
            .with_money("requested", requested)
            .with_money("remaining", remaining),
        Rejection::Parties(parties::Reason::BelowAllocated { partner, requested, allocated }) => problem
            .with("account_uin", partner.number())
            .with_money("requested", requested)
            .with_money("allocated", allocated),
        Rejection::Parties(parties::Reason::Overdue { customer, available }) => {
            problem.with("account_uin", customer.number()).with_money("available", available)
        }
        Rejection::Buying(buying::Reason::ExceedsAuthorization { account, requested, open }) => {
            problem.with("account_uin", account.number()).with_money("requested", requested).with_money("open", open)
        }
        Rejection::Parties(parties::Reason::BelowIssued { partner, requested, issued }) => problem
            .with("account_uin", partner.number())
            .with_money("requested", requested)
            .with_money("issued", issued),
        Rejection::Vouchers(vouchers::Reason::ExceedsVoucherQuota { issuer, requested, remaining }) => problem
            .with("account_uin", issuer.number())
            .with_money("requested", requested)
            .with_money("remaining", remaining),
        Rejection::Buying(buying::Reason::ExceedsRefundable { account, requested, refundable, .. }) => problem
            .with("account_uin", account.number())
            .with_money("requested", requested)
            .with_money("refundable", refundable),
        Rejection::Parties(parties::Reason::PoolAmountOutOfRange { limit })
        | Rejection::Vouchers(vouchers::Reason::VoucherAmountOutOfRange { limit }) => {
            problem.with_money("limit", limit)
        }
        Rejection::Bills(bills::Reason::MonthNotIssued { month, issued_at, customer, .. }) => {
            let problem = problem.with("account_uin", customer.number());
            problem.with("month", month.to_string()).with_time("issued_at", issued_at)
        }
        Rejection::Metering(metering::Reason::ResourceNotActive(state)) => problem.with("state", state.name()),
        Rejection::Vouchers(vouchers::Reason::VoucherNotIssued(status)) => {
            problem.with("voucher_status", status.name())
        }
        Rejection::Standing(standing::Reason::NotAllowlisted { partner, feature }) => {
            problem.with("account_uin", partner.number()).with("feature", feature.name())
        }
        Rejection::Buying(buying::Reason::OrderNot { state, needed: OrderState::Canceled | OrderState::Refunded }) => {
            problem.with("state", state.name())
        }
        Rejection::Buying(buying::Reason::OrderNot { state, needed }) => {
            problem.with("state", state.name()).with("needed", needed.name())
        }
        Rejection::Parties(parties::Reason::WrongPartnerKind(kind)) => problem.with("kind", kind.name()),
        Rejection::Parties(parties::Reason::PartyNotFound(_, uin))
        | Rejection::Parties(parties::Reason::AccountExists(uin))
        | Rejection::Parties(parties::Reason::AlreadyPartner(uin))
        | Rejection::Parties(parties::Reason::AlreadyBound(uin))
        | Rejection::Buying(buying::Reason::NoCredit(uin))
        | Rejection::Buying(buying::Reason::Unverified(uin))
        | Rejection::Buying(buying::Reason::AccountSuspended(uin))
        | Rejection::Parties(parties::Reason::NonStopOn(uin))
        | Rejection::Parties(parties::Reason::HasOpenHolds(uin))
        | Rejection::Parties(parties::Reason::HasParkedOrders(uin)) => problem.with("account_uin", uin.number()),
        Rejection::Catalogue(catalogue::Reason::NotManaged { customer, .. }) => {
            problem.with("account_uin", customer.number())
        }
        Rejection::Deployment(deployment::Reason::ClockGoesBack { now }) => problem.with_time("now", now),
        Rejection::Buying(buying::Reason::ExpiryOutOfRange { latest }) => problem.with_time("latest", latest),
        _ => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_core::book::Value;
    use std::collections::BTreeMap;

    #[test]
    fn every_refusal_is_told_in_a_sentence_without_its_full_stop() {
        let mut titles = BTreeMap::new();
        for rejection in Rejection::catalogue() {
            let (title, detail) = words(&rejection);
            assert!(!detail.starts_with(char::is_uppercase) && !detail.ends_with('.'), "{detail}");
            assert!(title.starts_with(char::is_uppercase) && !title.ends_with('.'), "{title}");
            // One code has one title, whatever it holds.
            assert_eq!(*titles.entry(rejection.code()).or_insert(title), title);
        }
    }

    #[test]
    fn what_a_refusal_compared_is_among_its_members() {
        for rejection in Rejection::catalogue() {
            let problem = problem(&rejection);
            for finding in rejection.because().iter().filter(|finding| !finding.passed()) {
                let told: Vec<String> = problem.0.figures.values().map(|figure| figure.to_string()).collect();
                let account = finding.account.number().to_string();
                let least = if matches!(finding.found, Value::Amount(_)) { 2 } else { 1 };
                assert!(told.contains(&account) && told.len() >= least, "{}: {told:?}", rejection.code());
            }
        }
    }
}
