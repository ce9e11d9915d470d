//! Lists in pages: a limit, and a cursor that says where the next page begins. A cursor names a thing's own position and
//! not a number of things to skip, so pages stay stable while things are added. What it holds is nobody's business: it
//! is opaque, and one list's cursor is not another's.

use crate::problem::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

/// Things on a page unless the request says otherwise.
const LIMIT_DEFAULT: usize = 50;
/// Things on a page at most.
const LIMIT_MAX: usize = 200;

/// What a request says of a list: what narrows it down, and which page of it is wanted.
macro_rules! list_query {
    ($(#[$about:meta])* pub(crate) struct $name:ident { $($field:tt)* }) => {
        $(#[$about])*
        #[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($field)*
            /// How many at most.
            #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
            pub(crate) limit: Option<String>,
            /// `next_cursor` of the page before; the first page where absent.
            pub(crate) cursor: Option<String>,
        }
    };
}
pub(crate) use list_query;

list_query! {
    /// Which page of a list.
    pub(crate) struct PageQuery {}
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The things on this page.
    pub(crate) data: Vec<T>,
    /// Leads to the next page; `null` on the last one.
    pub(crate) next_cursor: Option<String>,
}

/// One kind of list: its cursors hold this letter and a position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List(pub(crate) u8);

/// A read request for a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// How many at most.
    pub(crate) limit: usize,
    /// After (or before) which position.
    pub(crate) from: Option<u64>,
}

impl List {
    /// Reads what page is asked for.
    ///
    /// # Errors
    /// A 400 about `limit` or `cursor`.
    pub(crate) fn wanted(self, limit: Option<&str>, cursor: Option<&str>) -> Result<Wanted, Problem> {
        let limit = match limit {
            None => LIMIT_DEFAULT,
            Some(text) => match text.parse() {
                Ok(limit @ 1..=LIMIT_MAX) if text.bytes().all(|b| b.is_ascii_digit()) => limit,
                _ => return Err(Problem::invalid("limit", format!("a limit is a whole number from 1 to {LIMIT_MAX}"))),
            },
        };
        Ok(Wanted { limit, from: cursor.map(|text| self.position(text)).transpose()? })
    }

    fn position(self, text: &str) -> Result<u64, Problem> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        let position = bytes.as_deref().and_then(|bytes| match bytes {
            [letter, position @ ..] if *letter == self.0 => position.try_into().ok().map(u64::from_be_bytes),
            _ => None,
        });
        let detail = "the cursor is not one that this list gave out";
        position.ok_or_else(|| Problem::invalid("cursor", detail))
    }

    /// The cursor to a position.
    pub(crate) fn cursor(self, position: u64) -> String {
        let mut bytes = vec![self.0];
        bytes.extend(position.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A page from up to one thing more than it holds; the cursor is the position of its last thing.
    pub(crate) fn page<S, T>(
        self,
        wanted: Wanted,
        mut found: Vec<S>,
        position: impl Fn(&S) -> u64,
        view: impl FnMut(S) -> T,
    ) -> Page<T> {
        let more = found.len() > wanted.limit;
        found.truncate(wanted.limit);
        let last = found.last().filter(|_| more).map(position);
        Page { data: found.into_iter().map(view).collect(), next_cursor: last.map(|at| self.cursor(at)) }
    }
}

/// Lists in the order of their names: cursors hold a letter and the last name of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NamedList(pub(crate) u8);

impl NamedList {
    fn name(self, cursor: &str) -> Result<String, Problem> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let name = bytes.filter(|bytes| bytes.first() == Some(&self.0));
        let name = name.and_then(|bytes| String::from_utf8(bytes[1..].to_vec()).ok());
        name.ok_or_else(|| Problem::invalid("cursor", "the cursor is not one that this list gave out"))
    }

    /// The cursor to what comes after a name.
    pub(crate) fn cursor(self, name: &str) -> String {
        URL_SAFE_NO_PAD.encode([&[self.0], name.as_bytes()].concat())
    }

    /// Up to `limit` and one more thing, and after which name.
    ///
    /// # Errors
    /// A 400 about `limit` or `cursor`.
    pub(crate) fn wanted(self, limit: Option<&str>, cursor: Option<&str>) -> Result<(usize, Option<String>), Problem> {
        // The limit is every list's.
        let limit = List(self.0).wanted(limit, None)?.limit;
        Ok((limit, cursor.map(|text| self.name(text)).transpose()?))
    }
}

/// Reads a text as the cursor of a list with this letter, by position and by name, and writes each that it is again.
/// Only for the fuzz targets, which are a crate of their own.
#[doc(hidden)]
pub fn cursors_read_and_written(letter: u8, text: &str) -> [Option<String>; 2] {
    let position = List(letter).wanted(None, Some(text)).ok().and_then(|wanted| wanted.from);
    let name = NamedList(letter).wanted(None, Some(text)).ok().and_then(|(_, name)| name);
    [position.map(|at| List(letter).cursor(at)), name.map(|name| NamedList(letter).cursor(&name))]
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: List = List(b'x');

    #[test]
    fn a_cursor_leads_back_to_its_position_in_its_own_list() {
        let cursor = LIST.cursor(u64::MAX);
        assert_eq!(LIST.wanted(None, Some(&cursor)).unwrap(), Wanted { limit: 50, from: Some(u64::MAX) });
        assert!(List(b'y').wanted(None, Some(&cursor)).is_err());
        for wrong in ["", "!", "eA", &cursor[1..], &format!("{cursor}A")] {
            assert!(LIST.wanted(None, Some(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_limit_is_from_1_to_200() {
        assert_eq!(LIST.wanted(Some("200"), None).unwrap().limit, 200);
        for wrong in ["0", "201", "-1", "+1", "1.0", "", "x"] {
            assert!(LIST.wanted(Some(wrong), None).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_a_page_with_more_behind_it_has_a_cursor() {
        let wanted = Wanted { limit: 2, from: None };
        let page = |found: Vec<u64>| LIST.page(wanted, found, |n| *n, |n| n);
        assert_eq!(page(vec![1, 2]).next_cursor, None);
        let first = page(vec![1, 2, 3]);
        assert_eq!((first.data, first.next_cursor), (vec![1, 2], Some(LIST.cursor(2))));
    }
}
