//! What a voucher paid, for the partner that issued it and for the customer that owns it. Who sees which vouchers is judged
//! by the application.

use super::words;
use crate::actions::errors::of;
use crate::actions::products;
use crate::actions::reading::Page;
use crate::envelope::Figure;
use crate::error::{CloudError, ErrorCode};
use crate::published::intlpartnersmgt_v20220928::UsageDetail;
use credere_app::Caller;
use credere_app::vouchers::{VoucherUseView, VoucherView};
use credere_app::{App, Failure};
use credere_core::access::Action;
use credere_core::book::{Rejection, vouchers};
use credere_core::channel::{PayMode, Uin, VoucherId};
use credere_core::ledger::Month;
use std::collections::BTreeMap;

/// What a voucher paid, as both actions send it.
pub(super) struct Uses {
    /// The voucher.
    pub(super) voucher: VoucherView,
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
    let found = app.voucher_uses(caller, access, VoucherId(words::number(id)), month, page.skip, page.limit);
    let found = found.await.map_err(&refused)?;
    if found.voucher.owner != owner {
        return Err(refused(Failure::refused(Rejection::Vouchers(vouchers::Reason::VoucherNotFound))));
    }
    let count = |wanted: Option<Month>| {
        let months = found.months.iter().filter(|row| wanted.is_none_or(|month| row.month == month));
        i64::try_from(months.map(|row| row.uses).sum::<u64>()).map_err(CloudError::internal)
    };
    let (total, selected) = (count(None)?, count(month)?);
    let names = products::names(app, found.uses.iter().map(|row| &row.product), listed).await?;
    let data = found.uses.iter().map(|row| detail(app, &names, row)).collect();
    Ok(Uses { voucher: found.voucher, data, total, selected })
}

fn detail(app: &App, names: &BTreeMap<String, String>, row: &VoucherUseView) -> UsageDetail {
    let name = names.get(&row.product).unwrap_or(&row.product);
    UsageDetail {
        // A voucher pays a line once, so that the line's number is also the payment's.
        id: row.line.0.cast_signed(),
        voucher_id: row.voucher.to_string(),
        // Published ids are digits.
        deal_name: row.order.map(|order| order.0.to_string()).unwrap_or_default(),
        bill_id: row.line.0.to_string(),
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
    fn a_payment_has_the_words_of_a_voucher() {
        for mode in [PayMode::PrePay, PayMode::PostPay] {
            assert!(words::MODES.iter().any(|(published, _)| *published == pay_mode(mode)));
        }
    }
}
