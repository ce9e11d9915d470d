//! The published words of vouchers: states, pay modes and product scopes beside the store's, and how requests name vouchers
//! and months.

use crate::actions::errors::bad_value;
use crate::error::CloudError;
use credere_core::ledger::Month;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

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
    fn a_month_is_read_or_refused() {
        assert_eq!(month(Some("2026-10")).unwrap().map(|month| month.to_string()), Some("2026-10".to_owned()));
        assert_eq!(month(Some("")).unwrap(), None);
        assert_eq!(month(Some("2026-1")).unwrap_err().code(), ErrorCode::InvalidParameterValue);
    }
}
