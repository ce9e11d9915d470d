//! The page of refusals: every code that the core's list has, in its order, with what it means to a program. When each
//! comes is said here, in a match that knows every kind, so that a new one does not compile without its sentence.

use super::page::{Page, table};
use credere_core::access::Denial;
use credere_core::book::{
    Rejection, Retry, Status, bills, buying, catalogue, deployment, metering, notices, parties, standing, vouchers,
};
use credere_core::channel::{OrderState, Side};

pub(super) fn page() -> Page {
    let rows: Vec<Vec<String>> = Rejection::catalogue().iter().map(row).collect();
    let mut body = table(&["code", "HTTP", "may succeed later", "when", "explained by"], &rows);
    body.push_str(
        "\nA refusal changes nothing, gets a place in the journal and in the audit, and is remembered under its \
         idempotency key; not so those with 403, which are never remembered, and \
         `idempotency_key_reused`, which leaves no record. *Explained by* names the comparison in the answer's \
         `because`: the rule, and whose figure was looked at. What the Cloud API answers instead is on the page of its \
         [error codes](error-codes.md).\n",
    );
    Page {
        name: "rejections",
        title: "Refusals",
        about: "Every reason why the rules refuse a command, in order of precedence: the first that applies is the one \
                that is told. The code is stable.",
        body,
    }
}

fn row(rejection: &Rejection) -> Vec<String> {
    let status = match rejection.status() {
        Status::Forbidden => 403,
        Status::NotFound => 404,
        Status::Conflict => 409,
        Status::PaymentRequired => 402,
        Status::Unprocessable => 422,
    };
    let later = match rejection.retry() {
        Retry::Later => "yes",
        Retry::Never => "not unchanged",
    };
    let because = rejection.because();
    let explained: Vec<String> =
        because.iter().map(|finding| format!("{} `{}`", finding.rule, finding.figure.name())).collect();
    let code = format!("`{}`", rejection.code());
    vec![code, status.to_string(), later.to_owned(), when(rejection).to_owned(), explained.join(", ")]
}

fn when(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::KeyReused => "The idempotency key was used before with another content.",
        Rejection::NotPermitted(Denial::ReadOnlyKey) => "A platform key that may only read was used to write.",
        Rejection::NotPermitted(Denial::WrongRole) => "The caller's role has no part in this action.",
        Rejection::NotPermitted(Denial::NotYours) => "The role may do this, but not to this account.",
        Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Account, _)) => {
            "There is no account with this number."
        }
        Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Partner, _)) => {
            "There is no partner with this number."
        }
        Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Customer, _)) => {
            "The account is not bound to a partner."
        }
        Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Distributor, _)) => {
            "There is no distributor with this number."
        }
        Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::SecondLevel, _)) => {
            "There is no second-level reseller with this number."
        }
        Rejection::Catalogue(catalogue::Reason::ProductNotFound) => "No product has this code.",
        Rejection::Catalogue(catalogue::Reason::DiscountNotFound) => "There never was such a discount.",
        Rejection::Buying(buying::Reason::OrderNotFound) => "There never was such an order.",
        Rejection::Buying(buying::Reason::AuthorizationNotFound) => "There never was such an authorization.",
        Rejection::Deployment(deployment::Reason::PlatformKeyNotFound) => {
            "There is no such platform key, or it was taken back."
        }
        Rejection::Parties(parties::Reason::CredentialNotFound) => {
            "The account has no such API credential, or it was taken back."
        }
        Rejection::Metering(metering::Reason::ResourceNotFound) => {
            "No resource of this name runs or is stopped, and none ever did."
        }
        Rejection::Vouchers(vouchers::Reason::VoucherNotFound) => "There never was such a voucher.",
        Rejection::Bills(bills::Reason::LineNotFound) => "A line that was named is not on that bill.",
        Rejection::Notices(notices::Reason::WebhookNotFound) => "There never was such a webhook.",
        Rejection::Notices(notices::Reason::DeliveryNotFound) => "Nothing was sent to that webhook under this number.",
        Rejection::Deployment(deployment::Reason::DecisionNotFound) => {
            "There is no such request, or its batch has no operation with this key."
        }
        Rejection::Parties(parties::Reason::AccountExists(_)) => "The number is taken by another account.",
        Rejection::Parties(parties::Reason::AlreadyPartner(_)) => "The account is a partner already.",
        Rejection::Parties(parties::Reason::AlreadyBound(_)) => "The account is bound to a partner already (R10).",
        Rejection::Catalogue(catalogue::Reason::ProductExists) => "The code is taken by another product.",
        Rejection::Metering(metering::Reason::ResourceExists) => "A resource of this name runs or is stopped already.",
        Rejection::Parties(parties::Reason::WrongPartnerKind(_)) => {
            "A partner of this kind cannot have what was asked (R2, R4)."
        }
        Rejection::Parties(parties::Reason::DistributorRequired) => {
            "A second-level reseller needs the distributor that it is under (R2)."
        }
        Rejection::Catalogue(catalogue::Reason::NotManaged { .. }) => {
            "The customer is managed neither by that partner nor below it."
        }
        Rejection::Metering(metering::Reason::NotYourResource) => {
            "The resource belongs to another account than the record says."
        }
        Rejection::Standing(standing::Reason::NotAllowlisted { .. }) => {
            "The partner has not been granted this (R107, R108, R124)."
        }
        Rejection::Vouchers(vouchers::Reason::ProductTrialNotYours) => {
            "A second-level reseller issues offers only (R115)."
        }
        Rejection::Buying(buying::Reason::NoCredit(_)) => {
            "The account is neither a customer nor a partner that has credit, or was neither then."
        }
        Rejection::Buying(buying::Reason::Unverified(_)) => {
            "The customer's identity is not verified, so it buys nothing new (R58)."
        }
        Rejection::Buying(buying::Reason::AccountSuspended(_)) => "The customer is suspended by force (R58, R108).",
        Rejection::Parties(parties::Reason::NonStopOn(_)) => {
            "The customer has a non-stop privilege, which must be off before (R106, R140)."
        }
        Rejection::Parties(parties::Reason::HasOpenHolds(_)) => {
            "The customer has frozen credit, open orders, or resources (R140)."
        }
        Rejection::Parties(parties::Reason::HasParkedOrders(_)) => {
            "The customer has orders that are to be paid, and nothing else is open (R140)."
        }
        Rejection::Catalogue(catalogue::Reason::DiscountEnded) => {
            "The discount was ended, by itself or with its customer's binding (R141)."
        }
        Rejection::Notices(notices::Reason::WebhookRemoved) => "The webhook was removed.",
        Rejection::Buying(buying::Reason::ResourceRequired) => "A downgrade names the resource that becomes smaller.",
        Rejection::Buying(buying::Reason::ExceedsPaid { .. }) => {
            "More is to be given back than was paid for that resource and is left (R82)."
        }
        Rejection::Buying(buying::Reason::OrderNot { needed: OrderState::ToBePaid, .. }) => {
            "The order is not to be paid any more."
        }
        Rejection::Buying(buying::Reason::OrderNot { needed: OrderState::Processing, .. }) => {
            "The order is not waiting to be delivered."
        }
        Rejection::Buying(buying::Reason::OrderNot { needed: OrderState::Delivered, .. }) => {
            "The order was never delivered, so nothing was paid."
        }
        Rejection::Buying(buying::Reason::OrderNot { needed: OrderState::Canceled | OrderState::Refunded, .. }) => {
            "The order is closed."
        }
        Rejection::Metering(metering::Reason::ResourceNotActive(_)) => "The resource is stopped, or it has ended.",
        Rejection::Vouchers(vouchers::Reason::VoucherNotIssued(_)) => "The voucher is used up, expired or taken back.",
        Rejection::Buying(buying::Reason::AuthorizationNotOpen) => {
            "The authorization was captured or released, or its time is over."
        }
        Rejection::Buying(buying::Reason::AuthorizationNotDue) => {
            "The authorization has not expired yet; only Credere itself can meet this."
        }
        Rejection::NothingDue => "Nothing is due for it; only Credere itself can meet this.",
        Rejection::Deployment(deployment::Reason::ClockIsRight) => {
            "The machine's clock has not jumped, so that there is nothing to accept."
        }
        Rejection::Deployment(deployment::Reason::LastFullKey) => {
            "The last platform key with full access cannot be taken back."
        }
        Rejection::Deployment(deployment::Reason::ClockGoesBack { .. }) => {
            "The test clock stands later than that already."
        }
        Rejection::Buying(buying::Reason::DowngradeIsImmediate) => {
            "A downgrade can neither wait for its delivery nor be parked."
        }
        Rejection::EmptyPeriod => "The end lies before the start, or the time is over already.",
        Rejection::Metering(metering::Reason::PeriodTooOld) => "The period began more than 18 months ago.",
        Rejection::Metering(metering::Reason::PeriodTooEarly) => "The period begins more than 31 days from now.",
        Rejection::Bills(bills::Reason::MonthNotIssued { .. }) => {
            "The month's bill is not issued yet: on the 5th of the next month (R76, R94)."
        }
        Rejection::Metering(metering::Reason::ActionTypeNotMetered) => {
            "Orders and their refunds post lines of this type, usage does not (R81)."
        }
        Rejection::Standing(standing::Reason::LevelOutOfRange) => {
            "A warning level is a percentage from 0 to 100 (R100)."
        }
        Rejection::Buying(buying::Reason::ExpiryOutOfRange { .. }) => {
            "An authorization must end in the future, and within 30 days."
        }
        Rejection::AmountZero => "An amount of zero would change nothing (R39).",
        Rejection::AmountNotPositive => "The amount must be above zero.",
        Rejection::AmountNegative => "The amount must not be below zero.",
        Rejection::Parties(parties::Reason::QuotaNegative) => "A quota or line must not be below zero.",
        Rejection::Parties(parties::Reason::PoolAmountOutOfRange { .. }) => {
            "The amount is too large for a pool, or pulling is switched off (R49, A7)."
        }
        Rejection::Vouchers(vouchers::Reason::VoucherAmountOutOfRange { .. }) => {
            "A voucher is issued over at most 1,000,000 (R120)."
        }
        Rejection::Metering(metering::Reason::QuantityNotPositive) => "The quantity must be above zero.",
        Rejection::Parties(parties::Reason::ExceedsAllocatable { .. }) => {
            "More than the partner may still hand out (R32, R47)."
        }
        Rejection::Parties(parties::Reason::ExceedsAvailable { .. }) => {
            "More is to be taken back than is available (R33)."
        }
        Rejection::Parties(parties::Reason::ExceedsPool { .. }) => {
            "More is to be pulled than remains in the pool (R48)."
        }
        Rejection::Parties(parties::Reason::BelowAllocated { .. }) => "The quota would fall below what is handed out.",
        Rejection::Parties(parties::Reason::BelowIssued { .. }) => {
            "The voucher quota would fall below what is issued (R119)."
        }
        Rejection::Vouchers(vouchers::Reason::ExceedsVoucherQuota { .. }) => {
            "More than a second-level reseller may still issue (R119)."
        }
        Rejection::Parties(parties::Reason::Overdue { .. }) => {
            "Something is owed, so the customer cannot be unbound (R140)."
        }
        Rejection::Buying(buying::Reason::InsufficientCredit { side: Side::Customer, .. }) => {
            "The customer's available credit does not suffice, or is below zero (R55, R58); `side` is `customer`."
        }
        Rejection::Buying(buying::Reason::InsufficientCredit { side: Side::Partner, .. }) => {
            "The paying partner's available spend line does not suffice (R56); `side` is `partner`."
        }
        Rejection::Buying(buying::Reason::ExceedsAuthorization { .. }) => "More is to be captured than is held.",
        Rejection::Buying(buying::Reason::ExceedsRefundable { .. }) => {
            "More than was paid and not yet given back (R87)."
        }
        Rejection::AmountOverflow => "A figure would leave the range of an amount.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_row() {
        let text = page().text();
        for rejection in Rejection::catalogue() {
            assert!(text.contains(&format!("| `{}` |", rejection.code())), "{}", rejection.code());
        }
        assert!(text.contains("| `insufficient_credit` | 402 | yes |"));
        assert!(text.contains("R32 `allocatable`"));
    }
}
