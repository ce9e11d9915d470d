//! Putting calls together: paths, queries and bodies from what was typed. What is not said is not sent.

use super::http::Call;
use clap::Args;
use serde_json::Value;

#[derive(Debug, Args)]
pub(crate) struct Page {
    /// How many at most, 1 to 200.
    #[arg(long, default_value_t = 50)]
    pub(super) limit: u32,
    /// Where a list before ended (its `next_cursor`).
    #[arg(long)]
    pub(super) cursor: Option<String>,
}

/// Which lines of an account's bill.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct BillView {
    /// self: what it owns and pays; payer: what it pays on behalf of members; member: what it owns and somebody else pays.
    #[arg(long, value_name = "VIEW")]
    view: Option<String>,
    /// With payer: only what this member owns.
    #[arg(long, value_name = "UIN")]
    owner: Option<u64>,
}

impl BillView {
    /// As parameters of a request.
    pub(super) fn parameters(self) -> [(&'static str, Option<String>); 2] {
        [("view", self.view), ("owner_uin", self.owner.map(text))]
    }
}

pub(super) fn text(uin: u64) -> String {
    uin.to_string()
}

pub(super) fn get(path: String) -> Call {
    Call { method: "GET", path, body: None }
}

pub(super) fn post(path: String, body: Value) -> Call {
    Call { method: "POST", path, body: Some(body) }
}

pub(super) fn put(path: String, body: Value) -> Call {
    Call { method: "PUT", path, body: Some(body) }
}

pub(super) fn delete(path: String) -> Call {
    Call { method: "DELETE", path, body: None }
}

pub(super) fn patch(path: String, body: Value) -> Call {
    Call { method: "PATCH", path, body: Some(body) }
}

pub(super) fn list<const N: usize>(path: &str, page: Page, filters: [(&str, Option<String>); N]) -> Call {
    let mut query = format!("{path}?limit={}", page.limit);
    for (name, value) in filters.into_iter().chain([("cursor", page.cursor)]) {
        if let Some(value) = value {
            query.push_str(&format!("&{name}={}", encode(&value)));
        }
    }
    get(query)
}

/// A path with those parameters that were said.
pub(super) fn with<const N: usize>(mut path: String, parameters: [(&str, Option<String>); N]) -> String {
    let mut before = '?';
    for (name, value) in parameters {
        if let Some(value) = value {
            path.push_str(&format!("{before}{name}={}", encode(&value)));
            before = '&';
        }
    }
    path
}

/// An object without the fields that were not said, which are `null`.
pub(super) fn said(mut body: Value) -> Value {
    if let Value::Object(fields) = &mut body {
        fields.retain(|_, value| !value.is_null());
    }
    body
}

/// Percent-encodes everything but what is plain in a path or query.
pub(super) fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_encoded() {
        let page = Page { limit: 3, cursor: Some("a b&c".into()) };
        assert_eq!(list("/v1/audit", page, [("action", None)]).path, "/v1/audit?limit=3&cursor=a%20b%26c");
        let said = [("view", None), ("owner_uin", Some("7".into())), ("x", Some("&".into()))];
        assert_eq!(with("/v1/bills".into(), said), "/v1/bills?owner_uin=7&x=%26");
        assert_eq!(with("/v1/bills".into(), [("view", None)]), "/v1/bills");
    }
}
