//! The published words of vouchers: states, pay modes and product scopes beside the store's, and how requests name vouchers
//! and months.

use crate::actions::errors::bad_value;
use crate::error::CloudError;
use credere_app::vouchers::ProductScope;
use credere_core::channel::{VoucherMode, VoucherStatus};
use credere_core::ledger::Month;

/// The published states beside the store's (R116).
pub(super) const STATES: [(&str, VoucherStatus); 4] = [
    ("Issued", VoucherStatus::Issued),
    ("Used", VoucherStatus::Used),
    ("Expired", VoucherStatus::Expired),
    ("Invalidated", VoucherStatus::Invalidated),
];
/// The published pay modes beside the store's (R114).
pub(super) const MODES: [(&str, VoucherMode); 3] =
    [("AllPayment", VoucherMode::All), ("Prepaid", VoucherMode::Prepaid), ("Postpaid", VoucherMode::Postpaid)];
/// The published product scopes beside the store's (R114).
pub(super) const SCOPES: [(&str, ProductScope); 3] = [
    ("AllProducts", ProductScope::All),
    ("SpecifyProducts", ProductScope::Only),
    ("SpecifyProductsBlacklist", ProductScope::Except),
];

/// The store's word for a published one; an empty text is like none.
///
/// # Errors
/// `InvalidParameterValue` for a text that is not published.
pub(super) fn chosen<T: Copy>(
    parameter: &str,
    text: Option<&str>,
    known: &[(&str, T)],
) -> Result<Option<T>, CloudError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let found = known.iter().find(|(published, _)| *published == text).map(|(_, value)| *value);
    let names = || known.iter().map(|(published, _)| *published).collect::<Vec<_>>().join(", ");
    found.map(Some).ok_or_else(|| bad_value(parameter, &format!("must be one of {}", names())))
}

/// The published word for one of the store's.
pub(super) fn published_name<T: PartialEq>(value: T, known: &[(&str, T)]) -> String {
    known.iter().find(|(_, known)| *known == value).map_or("", |(published, _)| *published).to_owned()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn published_words_go_both_ways() {
        fn both_ways<T: Copy + PartialEq + std::fmt::Debug>(known: &[(&str, T)]) {
            for (published, value) in known {
                assert_eq!(chosen("X", Some(published), known).unwrap(), Some(*value));
                assert_eq!(published_name(*value, known), *published);
            }
        }
        both_ways(&STATES);
        both_ways(&MODES);
        both_ways(&SCOPES);
        assert_eq!(chosen("X", None, &STATES).unwrap(), None);
        assert_eq!(chosen("X", Some(""), &STATES).unwrap(), None);
        let refused = chosen("VoucherStatus", Some("issued"), &STATES).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidParameterValue);
        assert!(refused.message().contains("Issued, Used, Expired, Invalidated"));
    }

    #[test]
    fn the_words_are_those_that_are_published() {
        use crate::published::intlpartnersmgt_v20220928::DescribeCustomerVoucherListRequest as Request;
        fn published<T>(known: &[(&'static str, T)]) -> Vec<&'static str> {
            known.iter().map(|(name, _)| *name).collect()
        }
        assert_eq!(published(&STATES), Request::VOUCHER_STATUS_VALUES);
        assert_eq!(published(&MODES), Request::PAYMENT_MODE_VALUES);
        assert_eq!(published(&SCOPES), Request::PRODUCT_SCOPE_VALUES);
    }

    #[test]
    fn a_month_is_read_or_refused() {
        assert_eq!(month(Some("2026-10")).unwrap().map(|month| month.to_string()), Some("2026-10".to_owned()));
        assert_eq!(month(Some("")).unwrap(), None);
        assert_eq!(month(Some("2026-1")).unwrap_err().code(), ErrorCode::InvalidParameterValue);
    }
}
