//! What the voucher actions share: the published names of states, pay modes and product scopes, the vouchers of several
//! customers, and what a voucher paid. Who sees which vouchers is judged by the application.

use super::bills;
use super::errors::{bad_value, of};
use super::reading::{self, Page};
use crate::envelope::Figure;
use crate::error::{CloudError, ErrorCode};
use crate::published::intlpartnersmgt_v20220928::UsageDetail;
use credere_app::commands::Caller;
use credere_app::queries::CustomerVouchers;
use credere_app::{App, Failure};
use credere_core::access::Action;
use credere_core::book::Rejection;
use credere_core::channel::{PayMode, Uin, VoucherId};
use credere_core::ledger::Month;
use credere_store::contract::{VoucherRow, VoucherUseRow};
use std::collections::BTreeMap;

/// The codes of the two older voucher actions for a customer that is not the caller's. They also publish one for a
/// second-level reseller, which neither can name.
const OF_CUSTOMERS: &[ErrorCode] = &[ErrorCode::ServiceBusy, ErrorCode::UinNoAuth];

/// The published states beside the store's (R116).
pub(super) const STATES: [(&str, &str); 4] =
    [("Issued", "issued"), ("Used", "used"), ("Expired", "expired"), ("Invalidated", "invalidated")];
/// The published pay modes beside the store's (R114).
pub(super) const MODES: [(&str, &str); 3] = [("AllPayment", "all"), ("Prepaid", "prepaid"), ("Postpaid", "postpaid")];
/// The published product scopes beside the store's (R114).
pub(super) const SCOPES: [(&str, &str); 3] =
    [("AllProducts", "all"), ("SpecifyProducts", "only"), ("SpecifyProductsBlacklist", "except")];

/// The store's word for a published one; an empty text is like none.
///
/// # Errors
/// `InvalidParameterValue` for a text that is not published.
pub(super) fn chosen(
    parameter: &str,
    text: Option<&str>,
    known: &[(&str, &'static str)],
) -> Result<Option<&'static str>, CloudError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let found = known.iter().find(|(published, _)| *published == text).map(|(_, stored)| *stored);
    let names = || known.iter().map(|(published, _)| *published).collect::<Vec<_>>().join(", ");
    found.map(Some).ok_or_else(|| bad_value(parameter, &format!("must be one of {}", names())))
}

/// The published word for one of the store's.
pub(super) fn published_name(stored: &str, known: &[(&str, &str)]) -> String {
    known.iter().find(|(_, word)| *word == stored).map_or(stored, |(published, _)| *published).to_owned()
}

/// The voucher with this number; one that no voucher can have is that of none.
pub(super) fn number(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A month of payments; an empty text is like none.
///
/// # Errors
/// `InvalidParameterValue` for what is no month.
pub(super) fn month(text: Option<&str>) -> Result<Option<Month>, CloudError> {
    let read = |text: &str| text.parse().map_err(|_| bad_value("Month", "must be a month like `2026-10`"));
    text.filter(|text| !text.is_empty()).map(read).transpose()
}

/// The vouchers that the caller issued to these customers.
///
/// # Errors
/// `UinNoAuth` for a wrong role or a customer that is not its own.
pub(super) async fn of_customers(
    app: &App,
    caller: Caller,
    numbers: Vec<u64>,
    status: Option<&'static str>,
    limit: usize,
) -> Result<Vec<CustomerVouchers>, CloudError> {
    let owners = reading::accounts(app, caller, Action::ReadVouchers, numbers, OF_CUSTOMERS).await?;
    app.customers_vouchers(caller, owners, status, limit).await.map_err(of(OF_CUSTOMERS))
}

/// What a voucher paid, as both actions send it.
pub(super) struct Uses {
    /// The voucher.
    pub(super) voucher: VoucherRow,
    /// The payments on the page.
    pub(super) data: Vec<UsageDetail>,
    /// How many payments there are.
    pub(super) total: i64,
    /// How many there are in the month that was named; all where none was.
    pub(super) selected: i64,
}

/// What a voucher of `owner` paid, as the caller sees it by doing `access`.
///
/// # Errors
/// Among `listed`, for a voucher that the caller may not see or that is another's.
pub(super) async fn uses(
    app: &App,
    (caller, access): (Caller, Action),
    owner: Uin,
    id: i64,
    month: Option<Month>,
    page: Page,
    listed: &'static [ErrorCode],
) -> Result<Uses, CloudError> {
    let refused = of(listed);
    let found = app.voucher_uses(caller, access, VoucherId(number(id)), month, page.skip, page.limit);
    let found = found.await.map_err(&refused)?;
    if found.voucher.owner != owner {
        return Err(refused(Failure::refused(Rejection::VoucherNotFound)));
    }
    let count = |wanted: Option<Month>| {
        let months = found.months.iter().filter(|row| wanted.is_none_or(|month| row.month == month));
        i64::try_from(months.map(|row| row.uses).sum::<u64>()).map_err(CloudError::internal)
    };
    let (total, selected) = (count(None)?, count(month)?);
    let names = bills::product_names(app, found.uses.iter().map(|row| &row.product), listed).await?;
    let data = found.uses.iter().map(|row| detail(app, &names, row)).collect();
    Ok(Uses { voucher: found.voucher, data, total, selected })
}

fn detail(app: &App, names: &BTreeMap<String, String>, row: &VoucherUseRow) -> UsageDetail {
    let name = names.get(&row.product).unwrap_or(&row.product);
    UsageDetail {
        // A voucher pays a line once, so that the line's number is also the payment's.
        id: row.line_seq.cast_signed(),
        voucher_id: row.voucher.to_string(),
        // Published ids are digits.
        deal_name: row.order_seq.map(|seq| seq.to_string()).unwrap_or_default(),
        bill_id: row.line_seq.to_string(),
        amount: Figure(row.amount),
        pay_mode: pay_mode(row.action.pay_mode()).to_owned(),
        product_code: row.product.clone(),
        sub_product_code: row.product.clone(),
        product_code_name: name.clone(),
        sub_product_code_name: name.clone(),
        pay_time: app.local_time(row.at),
        completion_time: app.local_time(row.at),
        owner_uin: row.account.number().cast_signed(),
    }
}

/// How a payment says what it paid; the same words as a voucher's own pay mode.
fn pay_mode(mode: PayMode) -> &'static str {
    match mode {
        PayMode::PrePay => "Prepaid",
        PayMode::PostPay => "Postpaid",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_words_go_both_ways() {
        for (published, stored) in STATES.iter().chain(&MODES).chain(&SCOPES) {
            let known = [(*published, *stored)];
            assert_eq!(chosen("X", Some(published), &known).unwrap(), Some(*stored));
            assert_eq!(published_name(stored, &known), *published);
        }
        assert_eq!(chosen("X", None, &STATES).unwrap(), None);
        assert_eq!(chosen("X", Some(""), &STATES).unwrap(), None);
        let refused = chosen("VoucherStatus", Some("issued"), &STATES).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidParameterValue);
        assert!(refused.message().contains("Issued, Used, Expired, Invalidated"));
    }

    #[test]
    fn the_words_are_those_that_are_published() {
        use crate::published::intlpartnersmgt_v20220928::DescribeCustomerVoucherListRequest as Request;
        let published = |known: &[(&'static str, &str)]| known.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        assert_eq!(published(&STATES), Request::VOUCHER_STATUS_VALUES);
        assert_eq!(published(&MODES), Request::PAYMENT_MODE_VALUES);
        assert_eq!(published(&SCOPES), Request::PRODUCT_SCOPE_VALUES);
    }

    #[test]
    fn a_payment_has_the_words_of_a_voucher() {
        for mode in [PayMode::PrePay, PayMode::PostPay] {
            assert!(MODES.iter().any(|(published, _)| *published == pay_mode(mode)));
        }
    }

    #[test]
    fn a_month_is_read_or_refused() {
        assert_eq!(month(Some("2026-10")).unwrap().map(|month| month.to_string()), Some("2026-10".to_owned()));
        assert_eq!(month(Some("")).unwrap(), None);
        assert_eq!(month(Some("2026-1")).unwrap_err().code(), ErrorCode::InvalidParameterValue);
    }
}
