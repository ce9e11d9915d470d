//! How actions read what several of them take: account numbers, pages, filters, an order by time, remarks. What is
//! wrong with a request alone is refused here, before its role is looked at.

use super::errors::{bad_value, foreign, of};
use crate::error::{CloudError, ErrorCode, quoted};
use credere_app::App;
use credere_app::Caller;
use credere_app::parties::PageOrder;
use credere_core::access::Action;
use credere_core::channel::{Uin, is_plain};
use std::ops::RangeInclusive;

/// Entries on a page when the caller does not say.
pub(super) const PAGE_SIZE_DEFAULT: u32 = 20;
/// Entries on a page at most where no bound is published: as many as the widest published one in this service.
pub(super) const PAGE_SIZE_MAX: u64 = 200;
/// Characters in a remark at most. Nothing is published; remarks are kept in the journal and shown in one line.
pub(super) const REMARK_MAX: usize = 256;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// Entries before it.
    pub(super) skip: u64,
    /// Entries on it at most.
    pub(super) limit: usize,
}

impl Page {
    /// Reads a page number, from 1, and a page size, from 1 to `max`.
    ///
    /// # Errors
    /// `code` when either is out of its range.
    pub(super) fn read(
        code: ErrorCode,
        page: impl TryInto<u64>,
        size: impl TryInto<u64>,
        max: u64,
    ) -> Result<Page, CloudError> {
        let wrong = |message: String| CloudError::new(code, message);
        let page = page.try_into().ok().filter(|page| *page >= 1);
        let page = page.ok_or_else(|| wrong("the parameter `Page` must be 1 or more".to_owned()))?;
        let size = size.try_into().ok().filter(|size| (1..=max).contains(size));
        let size = size.ok_or_else(|| wrong(format!("the parameter `PageSize` must be 1 to {max}")))?;
        // No list is so long that a page cut off here would show anything.
        let skip = (page - 1).saturating_mul(size).min(i64::MAX.unsigned_abs());
        let limit = usize::try_from(size).map_err(CloudError::internal)?;
        Ok(Page { skip, limit })
    }

    /// Reads a page number, from 1, and a page size in the range that is published.
    ///
    /// # Errors
    /// `InvalidParameterValue` when either is out of its range.
    pub(super) fn within(sizes: &RangeInclusive<i64>, page: i64, size: i64) -> Result<Page, CloudError> {
        Page::read(ErrorCode::InvalidParameterValue, page, size, sizes.end().unsigned_abs())
    }

    /// Entries before it, in a list that is in memory.
    pub(super) fn skip_in_memory(self) -> usize {
        usize::try_from(self.skip).unwrap_or(usize::MAX)
    }
}

/// The account that a number stands for, or `None` when no account can have it.
pub(super) fn uin(number: impl TryInto<u64>) -> Option<Uin> {
    number.try_into().ok().and_then(|number| Uin::new(number).ok())
}

/// The account that a text names.
///
/// # Errors
/// `code` when no account can have such a number.
pub(super) fn uin_text(code: ErrorCode, text: &str) -> Result<Uin, CloudError> {
    text.parse().map_err(|_| CloudError::new(code, format!("{} is not an account number", quoted(text))))
}

/// Accounts by the numbers that a request gives. A number that no account can have is answered like an account that does
/// not exist: after the role.
///
/// # Errors
/// `UinNoAuth` for a wrong role, else the code for a foreign account among `listed`.
pub(super) async fn accounts<N: TryInto<u64>>(
    app: &App,
    caller: Caller,
    access: Action,
    numbers: impl IntoIterator<Item = N>,
    listed: &'static [ErrorCode],
) -> Result<Vec<Uin>, CloudError> {
    let uins: Option<Vec<Uin>> = numbers.into_iter().map(uin).collect();
    match uins {
        Some(uins) => Ok(uins),
        None => {
            app.read_as(caller, access, None, |_| Ok(())).await.map_err(of(listed))?;
            Err(foreign(listed))
        }
    }
}

/// One account by the number that a request gives; see [`accounts`].
///
/// # Errors
/// As there.
pub(super) async fn account<N: TryInto<u64>>(
    app: &App,
    caller: Caller,
    access: Action,
    number: N,
    listed: &'static [ErrorCode],
) -> Result<Uin, CloudError> {
    let mut found = accounts(app, caller, access, [number], listed).await?;
    found.pop().ok_or_else(|| foreign(listed))
}

/// What to search in and for. An empty text to search for finds everything, so that it is no filter; a text without a
/// type is not understood.
///
/// # Errors
/// `InvalidParameterValue` when the type is not one of `known`.
pub(super) fn filter<'a>(
    kind: Option<&'a str>,
    text: Option<&'a str>,
    known: &[&str],
) -> Result<Option<(&'a str, &'a str)>, CloudError> {
    let text = text.filter(|text| !text.is_empty());
    match kind.filter(|kind| !kind.is_empty()) {
        Some(kind) if known.contains(&kind) => Ok(text.map(|text| (kind, text))),
        Some(_) => Err(bad_value("FilterType", &format!("must be one of {}", known.join(", ")))),
        None if text.is_some() => Err(bad_value("FilterType", "must say what `Filter` is to be found in")),
        None => Ok(None),
    }
}

/// An order by time: `desc` (also when nothing is said), or one of `ascending`.
///
/// # Errors
/// `InvalidParameterValue` for anything else.
pub(super) fn order(text: Option<&str>, ascending: &[&str]) -> Result<PageOrder, CloudError> {
    match text {
        None | Some("" | "desc") => Ok(PageOrder::NewestFirst),
        Some(text) if ascending.contains(&text) => Ok(PageOrder::OldestFirst),
        Some(_) => Err(bad_value("Order", "must be `desc` or `asc`")),
    }
}

/// A remark of a length that is kept, in one line.
///
/// # Errors
/// `InvalidParameterValue` when it is longer than [`REMARK_MAX`] characters, or holds a control character.
pub(super) fn remark(text: String) -> Result<String, CloudError> {
    if text.chars().nth(REMARK_MAX).is_some() {
        return Err(bad_value("Remark", &format!("must have at most {REMARK_MAX} characters")));
    }
    if is_plain(&text) { Ok(text) } else { Err(bad_value("Remark", "must not hold a control character")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ErrorCode::{InvalidPage, InvalidParameterValue, InvalidUin};

    fn code<T: std::fmt::Debug>(result: Result<T, CloudError>) -> ErrorCode {
        result.unwrap_err().code()
    }

    #[test]
    fn pages_count_from_one() {
        let read = |page: i64, size: i64| Page::read(InvalidPage, page, size, 100);
        assert_eq!(read(1, 20).unwrap(), Page { skip: 0, limit: 20 });
        assert_eq!(read(3, 100).unwrap(), Page { skip: 200, limit: 100 });
        assert_eq!(read(i64::MAX, 100).unwrap(), Page { skip: i64::MAX.unsigned_abs(), limit: 100 });
        for (page, size) in [(0, 20), (-1, 20), (1, 0), (1, -1), (1, 101), (i64::MIN, i64::MIN)] {
            assert_eq!(code(read(page, size)), InvalidPage, "{page} {size}");
        }
        assert_eq!(Page::read(InvalidPage, u64::MAX, 1_u64, 1).unwrap().skip, i64::MAX.unsigned_abs());
    }

    #[test]
    fn account_numbers_are_from_1_to_2_to_the_53() {
        assert_eq!(uin(0_u64), None);
        assert_eq!(uin(-1_i64), None);
        assert_eq!(uin(1_i64), Uin::new(1).ok());
        assert_eq!(uin(1_u64 << 53), None);
        for text in ["", "x", "-1", "0", "01", " 1", "1.0", "9007199254740992"] {
            assert_eq!(code(uin_text(InvalidUin, text)), InvalidUin, "{text}");
        }
    }

    #[test]
    fn a_filter_needs_a_known_type_and_a_text() {
        let known = ["Name", "Email"];
        let read = |kind, text| filter(kind, text, &known);
        assert_eq!(read(Some("Name"), Some("x")).unwrap(), Some(("Name", "x")));
        for (kind, text) in
            [(None, None), (Some("Name"), None), (Some("Name"), Some("")), (Some(""), None), (None, Some(""))]
        {
            assert_eq!(read(kind, text).unwrap(), None, "{kind:?} {text:?}");
        }
        for (kind, text) in [(Some("name"), Some("x")), (Some("Phone"), None), (None, Some("x")), (Some(""), Some("x"))]
        {
            assert_eq!(code(read(kind, text)), InvalidParameterValue, "{kind:?} {text:?}");
        }
    }

    #[test]
    fn the_newest_come_first_unless_asked_otherwise() {
        for text in [None, Some(""), Some("desc")] {
            assert_eq!(order(text, &["asc"]).unwrap(), PageOrder::NewestFirst);
        }
        assert_eq!(order(Some("acs"), &["asc", "acs"]).unwrap(), PageOrder::OldestFirst);
        assert_eq!(code(order(Some("acs"), &["asc"])), InvalidParameterValue);
        assert_eq!(code(order(Some("DESC"), &["asc"])), InvalidParameterValue);
    }

    #[test]
    fn a_remark_is_counted_in_characters() {
        assert!(remark("é".repeat(256)).is_ok());
        assert_eq!(code(remark("x".repeat(257))), InvalidParameterValue);
    }

    #[test]
    fn a_remark_stands_in_one_line_and_commands_nothing() {
        for text in ["\u{1b}[31mred", "a\0b", "a\rb", "a\nb", "a\tb", "a\u{9b}31mb", "a\u{85}b", "a\u{7f}b"] {
            assert_eq!(code(remark(text.to_owned())), InvalidParameterValue, "{text:?}");
        }
    }
}
