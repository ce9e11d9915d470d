//! How answers about bills put things: sums as text, and the published names of pay modes and types of lines.

use crate::envelope::shortest;
use credere_app::bills::BillSum;
use credere_core::channel::{ActionType, PayMode};
use credere_core::money::{Amount, Rate};

/// Where a line belongs that was told no region or project.
pub(in crate::actions) const DEFAULT: &str = "default";
/// Tags in one call at most. Nothing is published; each tag has its sums in memory.
pub(in crate::actions) const TAG_KEYS_MAX: usize = 20;

/// The three sums of a bill's part as they are sent: at list price, by vouchers, and what remains, with all eight places
/// (R85).
pub(in crate::actions) struct Costs {
    /// At list price.
    pub(in crate::actions) original: String,
    /// What vouchers paid.
    pub(in crate::actions) voucher: String,
    /// What is owed.
    pub(in crate::actions) total: String,
}

impl From<&BillSum> for Costs {
    fn from(sum: &BillSum) -> Costs {
        Costs {
            original: eight_places(sum.list_amount),
            voucher: eight_places(sum.voucher_amount),
            total: eight_places(sum.amount),
        }
    }
}

/// An amount with all eight places: `100.00000000`.
pub(in crate::actions) fn eight_places(amount: Amount) -> String {
    const PLACES: usize = 8;
    let text = amount.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}.{fraction:0<PLACES$}")
}

/// An amount with no digit more than it needs: `10`.
pub(in crate::actions) fn short(amount: Amount) -> String {
    shortest(amount.to_string())
}

/// A rate with no digit more than it needs: `0.9`.
pub(in crate::actions) fn short_rate(rate: Rate) -> String {
    shortest(rate.to_string())
}

/// A region or project as it is grouped by.
pub(in crate::actions) fn or_default(text: &str) -> String {
    if text.is_empty() { DEFAULT } else { text }.to_owned()
}

/// The published name of a pay mode.
pub(in crate::actions) const fn pay_mode_name(mode: PayMode) -> &'static str {
    match mode {
        PayMode::PrePay => "yearly/monthly subscription",
        PayMode::PostPay => "Pay-As-You-Go resources",
    }
}

/// The published name of a type of lines.
pub(in crate::actions) const fn action_name(action: ActionType) -> &'static str {
    match action {
        ActionType::PrepayPurchase => "Purchase",
        ActionType::PrepayRenew => "Renewal",
        ActionType::PrepayModify => "Upgrade/Downgrade",
        ActionType::PrepayReturn => "yearly/monthly subscription refund",
        ActionType::PostpayDeduct => "Pay-as-you-go",
        ActionType::PostpayDeductH => "Hourly settlement",
        ActionType::PostpayDeductD => "Daily settlement",
        ActionType::PostpayDeductM => "Monthly settlement",
        ActionType::PostpayDeductS => "Spot",
        ActionType::OfflineDeduct => "Offline project deduction",
        ActionType::OnlineDeduct => "Offline product deduction",
        ActionType::ReconDeduct => "Adjustment - deduction",
        ActionType::ReconIncrease => "Adjustment - compensation",
        ActionType::ReconGuarantee => "Minimum spend deduction",
        ActionType::RipayPurchase => "One-off RI Fee",
        ActionType::RiHourPay => "Hourly RI fee",
        ActionType::SvpHourPay => "Hourly Savings Plan fee",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_have_eight_places_and_lines_as_many_as_they_need() {
        for (text, long, brief) in [
            ("0", "0.00000000", "0"),
            ("100", "100.00000000", "100"),
            ("-0.5", "-0.50000000", "-0.5"),
            ("123.12312312", "123.12312312", "123.12312312"),
        ] {
            let amount: Amount = text.parse().unwrap();
            assert_eq!((eight_places(amount), short(amount)), (long.to_owned(), brief.to_owned()));
        }
        assert_eq!(short_rate(Rate::ONE), "1");
    }
}
