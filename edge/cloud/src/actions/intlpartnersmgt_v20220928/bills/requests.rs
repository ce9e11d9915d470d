//! What requests for bills say: months and days as they are published, filters, and whose bill it is. Whether a caller may
//! see a bill is judged by the application.

use crate::actions::errors::{bad_value, of};
use crate::actions::reading;
use crate::error::{CloudError, ErrorCode, quoted};
use credere_app::App;
use credere_app::Caller;
use credere_app::bills::{Bill, LineQuery};
use credere_core::access::{Action, Actor, Denial};
use credere_core::book::Rejection;
use credere_core::channel::{ActionType, PayMode, Uin};
use credere_core::ledger::{Calendar, Moment, Month};

/// The first month whose bills are told (R78): 2022-06.
const FIRST_MONTH: Option<Month> = Month::new(2022, 6);
/// The first day whose sum is told (R78): 2025-06-01, which is also the first of its month.
const FIRST_DAY_IN: Option<Month> = Month::new(2025, 6);

/// A month of the form `2026-10` that has a bill: not before 2022-06, and begun.
///
/// # Errors
/// `InvalidMonth` for anything else; `ServiceBusy` when the time cannot be told.
pub(in crate::actions) async fn month(app: &App, parameter: &str, text: &str) -> Result<Month, CloudError> {
    let (calendar, now) = calendar(app).await?;
    let wrong = |why: &str| {
        CloudError::new(ErrorCode::InvalidMonth, format!("the parameter {} {why}: {}", quoted(parameter), quoted(text)))
    };
    let month: Month = text.parse().map_err(|_| wrong("must be a month like `2026-10`"))?;
    match () {
        () if FIRST_MONTH.is_some_and(|first| month < first) => Err(wrong("lies before the first month that is told")),
        () if month > calendar.month(now) => Err(wrong("lies ahead")),
        () => Ok(month),
    }
}

/// A day of the form `2026-10-31`, as its month and its number in it: not before 2025-06-01, and begun.
///
/// # Errors
/// `InvalidParameterValue` for what is no day, `InvalidMonth` for one that is not told; `ServiceBusy` when the time
/// cannot be told.
pub(super) async fn day(app: &App, parameter: &str, text: &str) -> Result<(Month, u8), CloudError> {
    let (calendar, now) = calendar(app).await?;
    let wrong = |why: &str| {
        CloudError::new(ErrorCode::InvalidMonth, format!("the parameter {} {why}: {}", quoted(parameter), quoted(text)))
    };
    let (month, day) = read_day(calendar, text)
        .ok_or_else(|| bad_value(parameter, &format!("must be a day like `2026-10-31`: {}", quoted(text))))?;
    match () {
        () if FIRST_DAY_IN.is_some_and(|first| month < first) => Err(wrong("lies before the first day that is told")),
        () if (month, day) > (calendar.month(now), calendar.day_of_month(now)) => Err(wrong("lies ahead")),
        () => Ok((month, day)),
    }
}

fn read_day(calendar: Calendar, text: &str) -> Option<(Month, u8)> {
    let (month, day) = text.rsplit_once('-')?;
    let month: Month = month.parse().ok()?;
    let digits = day.len() == 2 && day.bytes().all(|digit| digit.is_ascii_digit());
    let day: u8 = day.parse().ok().filter(|day| digits && *day >= 1)?;
    // The day before the next month begins is this month's last.
    let last = calendar.day_of_month(calendar.start_of_month(month.next()).plus_seconds(-1));
    (day <= last).then_some((month, day))
}

async fn calendar(app: &App) -> Result<(Calendar, Moment), CloudError> {
    let now = app.now().await.map_err(of(&[]))?;
    let calendar = app.read(|book| book.calendar()).await.map_err(of(&[]))?;
    Ok((calendar, now))
}

/// A pay mode by its published name; an empty text is like none.
///
/// # Errors
/// `InvalidParameterValue` for any other text.
pub(in crate::actions) fn pay_mode(text: Option<&str>) -> Result<Option<PayMode>, CloudError> {
    let read = |text| PayMode::from_name(text).ok_or_else(|| bad_value("PayMode", "must be `prePay` or `postPay`"));
    text.filter(|text| !text.is_empty()).map(read).transpose()
}

/// A type of lines by its published name or an alias (R81), whichever of the bill actions asks; an empty text is like
/// none.
///
/// # Errors
/// `InvalidParameterValue` for any other text.
pub(in crate::actions) fn action_type(text: Option<&str>) -> Result<Option<ActionType>, CloudError> {
    let wrong = |text| bad_value("ActionType", &format!("is not a type of bill lines: {}", quoted(text)));
    let read = |text| ActionType::from_name(text).ok_or_else(|| wrong(text));
    text.filter(|text| !text.is_empty()).map(read).transpose()
}

/// Whether a line must be paid: `0` for either, `1` paid, `2` unpaid (R91).
fn confirmed(text: Option<&str>) -> Result<Option<bool>, CloudError> {
    match text {
        None | Some("" | "0") => Ok(None),
        Some("1") => Ok(Some(true)),
        Some("2") => Ok(Some(false)),
        Some(_) => Err(bad_value("IsConfirmed", "must be `0` for either, `1` for paid or `2` for unpaid")),
    }
}

/// Which lines of a bill are asked for.
///
/// # Errors
/// `InvalidParameterValue`
pub(super) fn filter(
    mode: Option<&str>,
    action: Option<&str>,
    is_confirmed: Option<&str>,
) -> Result<LineQuery, CloudError> {
    Ok(LineQuery {
        pay_mode: pay_mode(mode)?,
        action: action_type(action)?,
        confirmed: confirmed(is_confirmed)?,
        ..LineQuery::default()
    })
}

/// A customer's bill that the calling partner may see.
///
/// # Errors
/// `UinNoAuth` for a wrong role, else the code for a foreign account among `listed`.
pub(super) async fn of_customer(
    app: &App,
    caller: Caller,
    number: impl TryInto<u64>,
    month: Month,
    listed: &'static [ErrorCode],
) -> Result<Bill, CloudError> {
    let account = reading::account(app, caller, Action::ReadBills, number, listed).await?;
    app.read_as(caller, Action::ReadBills, Some(account), |_| Ok(())).await.map_err(of(listed))?;
    Ok(Bill::paid(account, month))
}

/// The calling customer's own bill.
///
/// # Errors
/// `UinNoAuth` when the caller is no customer.
pub(super) async fn own(
    app: &App,
    caller: Caller,
    month: Month,
    listed: &'static [ErrorCode],
) -> Result<Bill, CloudError> {
    let account = own_account(caller).map_err(of(listed))?;
    app.read_as(caller, Action::ReadOwnBills, Some(account), |_| Ok(())).await.map_err(of(listed))?;
    Ok(Bill::paid(account, month))
}

fn own_account(caller: Caller) -> Result<Uin, credere_app::Failure> {
    match caller.actor {
        Actor::Account { uin, .. } => Ok(uin),
        Actor::Platform { .. } | Actor::System => {
            Err(credere_app::Failure::refused(Rejection::NotPermitted(Denial::WrongRole)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_that_the_calendar_has() {
        let read = |text| read_day(Calendar::default(), text).map(|(month, day)| (month.to_string(), day));
        assert_eq!(read("2028-02-29"), Some(("2028-02".to_owned(), 29)));
        assert_eq!(read("2026-12-31"), Some(("2026-12".to_owned(), 31)));
        for wrong in ["", "2026-10", "2026-02-29", "2026-04-31", "2026-10-00", "2026-10-1", "2026-10-+1", "2026-13-01"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn filters_are_published_values_or_nothing() {
        let none = filter(None, Some(""), Some("0")).unwrap();
        assert_eq!(none, LineQuery::default());
        let all = filter(Some("postPay"), Some("preUpgrade"), Some("2")).unwrap();
        let expected = LineQuery {
            pay_mode: Some(PayMode::PostPay),
            action: Some(ActionType::PrepayModify),
            confirmed: Some(false),
            ..LineQuery::default()
        };
        assert_eq!(all, expected);
        for wrong in [(Some("prepay"), None, None), (None, Some("purchase"), None), (None, None, Some("3"))] {
            let refused = filter(wrong.0, wrong.1, wrong.2).unwrap_err();
            assert_eq!(refused.code(), ErrorCode::InvalidParameterValue, "{wrong:?}");
        }
    }

    #[test]
    fn every_published_type_is_understood() {
        use crate::published::intlpartnersmgt_v20220928::DescribeCustomerBillDetailRequest as Request;
        for name in Request::ACTION_TYPE_VALUES {
            assert!(action_type(Some(name)).unwrap().is_some(), "{name}");
        }
        assert!(Request::PAY_MODE_VALUES.iter().all(|name| PayMode::from_name(name).is_some()));
    }
}
