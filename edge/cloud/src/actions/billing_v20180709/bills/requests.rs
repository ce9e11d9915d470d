//! What requests for bills say: which month, which lines, and whether their number is wanted. What is wrong with a request alone is
//! refused here.

use crate::actions::errors::{bad_value, of};
use crate::actions::membership::{Slice, malformed};
use crate::error::{CloudError, quoted};
use credere_app::bills::{Bill, LineMatch, LineQuery, LineView};
use credere_app::{App, Caller, Failure};
use credere_core::channel::{ActionType, PayMode};
use credere_core::ledger::Month;

/// Months back that are told, besides the current one.
const MONTHS_BACK: u32 = 18;

/// The month that is asked for, by itself or by two times in it.
///
/// # Errors
/// `InvalidParameter` where none is said, or half of it; `InvalidParameterValue` for what is no month, lies ahead or more than 18
/// months back, and for times of two months.
pub(super) async fn period(
    app: &App,
    month: Option<&str>,
    begin: Option<&str>,
    end: Option<&str>,
) -> Result<Month, CloudError> {
    let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    match (given(month), given(begin), given(end)) {
        (_, Some(begin), Some(end)) => {
            let calendar = app.calendar();
            let at = |parameter: &str, text: &str| {
                let wrong =
                    || bad_value(parameter, &format!("must be a time like `2026-10-31 00:00:00`: {}", quoted(text)));
                app.of_local_time(text).ok_or_else(wrong)
            };
            let (begin, end) = (at("BeginTime", &begin)?, at("EndTime", &end)?);
            let of = calendar.month(begin);
            if begin > end || of != calendar.month(end) {
                return Err(bad_value("EndTime", "must not lie before `BeginTime`, nor in another month"));
            }
            told(app, "BeginTime", of).await
        }
        (_, Some(_), None) => Err(malformed("EndTime", "must be there with `BeginTime`")),
        (_, None, Some(_)) => Err(malformed("BeginTime", "must be there with `EndTime`")),
        (Some(month), None, None) => self::month(app, &month).await,
        (None, None, None) => Err(malformed("Month", "must be there, or both `BeginTime` and `EndTime`")),
    }
}

/// A month of the form `2026-10`.
///
/// # Errors
/// `InvalidParameterValue` for what is no month, lies ahead or more than 18 months back.
pub(super) async fn month(app: &App, text: &str) -> Result<Month, CloudError> {
    let wrong = |_| bad_value("Month", &format!("must be a month like `2026-10`: {}", quoted(text)));
    told(app, "Month", text.parse().map_err(wrong)?).await
}

async fn told(app: &App, parameter: &str, month: Month) -> Result<Month, CloudError> {
    let now = app.calendar().month(app.now().await.map_err(of(&[]))?);
    if month > now {
        return Err(bad_value(parameter, "lies ahead"));
    }
    if now.number() - month.number() > MONTHS_BACK {
        return Err(bad_value(parameter, "lies more than 18 months back"));
    }
    Ok(month)
}

/// Whether the number of all entries is wanted; it is unless the request says that it is not.
///
/// # Errors
/// `InvalidParameterValue` for other numbers than 0 and 1.
pub(super) fn needs_number(number: Option<i64>) -> Result<bool, CloudError> {
    match number {
        None | Some(1) => Ok(true),
        Some(0) => Ok(false),
        Some(_) => Err(bad_value("NeedRecordNum", "must be 0 or 1")),
    }
}

/// Whether bills are told by the time of use or of payment: they are the same here.
///
/// # Errors
/// `InvalidParameterValue` for other words.
pub(super) fn period_type(text: Option<&str>) -> Result<(), CloudError> {
    match text {
        None | Some("" | "byUsedTime" | "byPayTime") => Ok(()),
        Some(_) => Err(bad_value("PeriodType", "must be `byUsedTime` or `byPayTime`")),
    }
}

/// What narrows lines down.
#[derive(Default)]
pub(super) struct Narrowed<'r> {
    pub(super) pay_mode: Option<&'r str>,
    pub(super) action: Option<&'r str>,
    pub(super) resource: Option<&'r str>,
    /// The codes of a product and of a product's part, which are one here.
    pub(super) products: [Option<&'r str>; 2],
    pub(super) project: Option<i64>,
    pub(super) tag: (Option<&'r str>, Option<&'r str>),
}

impl Narrowed<'_> {
    /// Which lines that means; `None` where none can be meant.
    ///
    /// # Errors
    /// `InvalidParameterValue`
    pub(super) fn read(self) -> Result<Option<(LineQuery, LineMatch)>, CloudError> {
        let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let mode = |text: String| {
            PayMode::from_name(&text).ok_or_else(|| bad_value("PayMode", "must be `prePay` or `postPay`"))
        };
        let pay_mode = given(self.pay_mode).map(mode).transpose()?;
        let action = match given(self.action) {
            None => None,
            Some(text) => match action_named(&text)? {
                Some(action) => Some(action),
                None => return Ok(None),
            },
        };
        let [one, other] = self.products.map(given);
        if one.is_some() && other.is_some() && one != other {
            return Ok(None);
        }
        // Projects have names here, and the number of the default one is 0.
        let project = self.project.map(|number| if number == 0 { String::new() } else { number.to_string() });
        let tag = given(self.tag.0).map(|key| (key, given(self.tag.1).unwrap_or_default()));
        let filter = LineQuery { pay_mode, action, ..LineQuery::default() };
        Ok(Some((filter, LineMatch { product: one.or(other), resource: given(self.resource), project, tag })))
    }
}

/// The lines of a bill that are meant, and how many there are in all.
///
/// # Errors
/// [`Failure`]
pub(super) async fn lines(
    app: &App,
    caller: Caller,
    bill: Bill,
    wanted: Option<(LineQuery, LineMatch)>,
    slice: Slice,
) -> Result<(Vec<LineView>, u64), Failure> {
    match wanted {
        Some(wanted) => app.bill_lines_matching(caller, bill, wanted, slice.skip, slice.limit).await,
        None => Ok((Vec::new(), 0)),
    }
}

/// The names under which these actions ask for types of lines, beside their codes.
const NAMES: &[(&str, ActionType)] = &[
    ("Yearly/monthly subscription purchase", ActionType::PrepayPurchase),
    ("New yearly/monthly subscription", ActionType::PrepayPurchase),
    ("Yearly/monthly subscription renewal", ActionType::PrepayRenew),
    ("Yearly/monthly subscription upgrade/downgrade", ActionType::PrepayModify),
    ("Yearly/monthly subscription specification adjustment", ActionType::PrepayModify),
    ("Yearly/monthly subscription refund", ActionType::PrepayReturn),
    ("Pay-as-you-go deduction", ActionType::PostpayDeduct),
    ("Hourly pay-as-you-go", ActionType::PostpayDeductH),
    ("Hourly settlement", ActionType::PostpayDeductH),
    ("Daily pay-as-you-go", ActionType::PostpayDeductD),
    ("Daily settlement", ActionType::PostpayDeductD),
    ("Monthly pay-as-you-go", ActionType::PostpayDeductM),
    ("Hourly spot instance", ActionType::PostpayDeductS),
    ("Spot", ActionType::PostpayDeductS),
    ("Offline project deduction", ActionType::OfflineDeduct),
    ("Offline product deduction", ActionType::OnlineDeduct),
    ("Adjustment deduction", ActionType::ReconDeduct),
    ("Adjustment - deduction", ActionType::ReconDeduct),
    ("Adjustment compensation", ActionType::ReconIncrease),
    ("Adjustment - refund", ActionType::ReconIncrease),
    ("Minimum spend deduction", ActionType::ReconGuarantee),
    ("One-off RI Fee", ActionType::RipayPurchase),
    ("Hourly RI fee", ActionType::RiHourPay),
    ("Hourly savings plan fee", ActionType::SvpHourPay),
    ("Hourly Savings Plan fee", ActionType::SvpHourPay),
];

/// Names that are published for types that no line here has.
const NEVER: &[&str] = &[
    "Yearly/monthly subscription",
    "Offline project adjustment compensation",
    "Offline product adjustment compensation",
    "Offer deduction",
    "Offer compensation",
    "Pay-as-you-go resource migration in",
    "Pay-as-you-go resource migration out",
    "Yearly/monthly subscription resource migration in",
    "Yearly/monthly subscription resource migration out",
    "Prepaid",
    "Hourly",
    "RI refund",
    "Pay-as-you-go reversal",
    "Yearly/monthly subscription to pay-as-you-go",
];

/// A type of lines by one of its published names or its code; `None` for one that no line has.
///
/// # Errors
/// `InvalidParameterValue` for any other text.
fn action_named(text: &str) -> Result<Option<ActionType>, CloudError> {
    let named = NAMES.iter().find(|(name, _)| *name == text).map(|(_, action)| *action);
    match named.or_else(|| ActionType::from_name(text)) {
        Some(action) => Ok(Some(action)),
        None if NEVER.contains(&text) => Ok(None),
        None => Err(bad_value("ActionType", &format!("is not a type of bill lines: {}", quoted(text)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn types_are_known_by_their_names_and_codes() {
        assert_eq!(action_named("Hourly pay-as-you-go").unwrap(), Some(ActionType::PostpayDeductH));
        assert_eq!(action_named("prepay_renew").unwrap(), Some(ActionType::PrepayRenew));
        assert_eq!(action_named("RI refund").unwrap(), None);
        assert_eq!(action_named("hourly").unwrap_err().code(), ErrorCode::InvalidParameterValue);
    }

    #[test]
    fn two_codes_that_differ_are_nobodys() {
        let narrowed = |products| Narrowed { products, ..Narrowed::default() }.read().unwrap();
        assert!(narrowed([Some("cvm"), Some("cdn")]).is_none());
        let (_, found) = narrowed([None, Some("cvm")]).unwrap();
        assert_eq!(found, LineMatch { product: Some("cvm".into()), ..LineMatch::default() });
    }

    #[test]
    fn the_number_of_entries_is_wanted_or_not() {
        assert!(needs_number(None).unwrap() && needs_number(Some(1)).unwrap() && !needs_number(Some(0)).unwrap());
        assert_eq!(needs_number(Some(2)).unwrap_err().code(), ErrorCode::InvalidParameterValue);
        assert!(period_type(Some("byPayTime")).is_ok() && period_type(Some("byTime")).is_err());
    }
}
