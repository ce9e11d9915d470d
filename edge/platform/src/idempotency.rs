//! The `Idempotency-Key` header: checked, read together with what is asked under it, and held while its first request
//! runs. What a key's first use came to is remembered by the engine, not here.

use crate::problem::{Own, Problem};
use axum::http::{HeaderName, HeaderValue};
use credere_app::idempotency::KeyMaker;
use credere_core::book::{KeyHash, KeyUse};
use parking_lot::Mutex;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashSet;

/// The header.
pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest key, in characters.
const KEY_MAX: usize = 255;

/// The header's text.
///
/// # Errors
/// `idempotency_key_invalid` for a key that is not 1 to 255 visible ASCII characters.
pub(crate) fn checked(header: &HeaderValue) -> Result<&[u8], Problem> {
    let text = header.as_bytes();
    if text.is_empty() || text.len() > KEY_MAX || !text.iter().all(u8::is_ascii_graphic) {
        let detail = format!("an idempotency key is 1 to {KEY_MAX} visible ASCII characters");
        return Err(Problem::own(Own::KeyInvalid, detail));
    }
    Ok(text)
}

/// What the journal keeps of a request under a key. The path counts however it is spelled; the content is the JSON value, so
/// that spaces and the order of fields do not count. An empty body is an empty object.
///
/// # Errors
/// `idempotency_key_invalid` for a key that is not 1 to 255 visible ASCII characters.
pub(crate) fn key_use(header: &HeaderValue, method: &str, path: &str, body: &[u8]) -> Result<KeyUse, Problem> {
    let text = checked(header)?;
    // Segment by segment, since a decoded slash does not separate.
    let segments: Vec<Cow<'_, [u8]>> = path.split('/').map(|segment| percent_decode_str(segment).into()).collect();
    let value = match body {
        [] => Value::Object(serde_json::Map::new()),
        // The body has been read before, strictly.
        body => serde_json::from_slice(body).map_err(|_| Problem::internal())?,
    };
    let mut content = Vec::new();
    canonical(&value, &mut content);
    Ok(KeyMaker::default().of_request(text, method, &segments, &content))
}

/// Writes a JSON value in one spelling: objects by key, every text with its length, a letter for the type.
fn canonical(value: &Value, to: &mut Vec<u8>) {
    let text = |letter: u8, text: &str, to: &mut Vec<u8>| {
        to.push(letter);
        to.extend((text.len() as u64).to_le_bytes());
        to.extend(text.as_bytes());
    };
    match value {
        Value::Null => to.push(b'z'),
        Value::Bool(true) => to.push(b't'),
        Value::Bool(false) => to.push(b'f'),
        // Bodies that were read hold whole numbers only, and those have one text.
        Value::Number(number) => text(b'n', &number.to_string(), to),
        Value::String(string) => text(b's', string, to),
        Value::Array(items) => {
            to.push(b'a');
            to.extend((items.len() as u64).to_le_bytes());
            items.iter().for_each(|item| canonical(item, to));
        }
        Value::Object(fields) => {
            to.push(b'o');
            to.extend((fields.len() as u64).to_le_bytes());
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            for (name, item) in fields {
                text(b'k', name, to);
                canonical(item, to);
            }
        }
    }
}

/// The keys whose first request runs at this moment. As long as the requests in flight, which are bounded.
#[derive(Debug, Default)]
pub(crate) struct InUse(Mutex<HashSet<KeyHash>>);

impl InUse {
    /// Holds a key until the answer is there.
    ///
    /// # Errors
    /// `idempotency_key_in_use` when another request holds it.
    pub(crate) fn claim(&self, key: Option<KeyUse>) -> Result<Claim<'_>, Problem> {
        if let Some(KeyUse { key, .. }) = key
            && !self.0.lock().insert(key)
        {
            let detail = "the first request with this idempotency key is still running; repeat it when that is done";
            return Err(Problem::own(Own::KeyInUse, detail));
        }
        Ok(Claim { all: self, key })
    }
}

/// A held key, or none.
#[derive(Debug)]
pub(crate) struct Claim<'a> {
    all: &'a InUse,
    /// What goes to the engine.
    pub(crate) key: Option<KeyUse>,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if let Some(KeyUse { key, .. }) = self.key {
            self.all.0.lock().remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(header: &'static str, path: &str, body: &str) -> KeyUse {
        key_use(&HeaderValue::from_static(header), "POST", path, body.as_bytes()).unwrap()
    }

    #[test]
    fn the_content_is_the_value_and_not_its_spelling() {
        let first = used("k", "/v1/a", r#"{"a": 1, "b": [true, null, "x"]}"#);
        assert_eq!(used("k", "/v1/a", r#"{"b":[true,null,"\u0078"],"a":1}"#), first);
        for other in [r#"{"a":1,"b":[true,null]}"#, r#"{"a":"1","b":[true,null,"x"]}"#, r#"{"a":1}"#, "{}"] {
            assert_ne!(used("k", "/v1/a", other).content, first.content, "{other}");
        }
        assert_eq!(used("k", "/v1/a", "").content, used("k", "/v1/a", "{}").content);
    }

    #[test]
    fn the_key_is_scoped() {
        let first = used("k", "/v1/a", "{}").key;
        assert_ne!(used("k", "/v1/b", "{}").key, first);
        assert_ne!(used("l", "/v1/a", "{}").key, first);
        let other = key_use(&HeaderValue::from_static("k"), "DELETE", "/v1/a", b"{}").unwrap();
        assert_ne!(other.key, first);
    }

    #[test]
    fn a_path_is_what_it_names_and_not_its_spelling() {
        let first = used("k", "/v1/orders/ord_1/refund", "{}").key;
        for same in ["/v1/orders/%6Frd_1/refund", "/v1/orders/%6frd%5f1/refund"] {
            assert_eq!(used("k", same, "{}").key, first, "{same}");
        }
        let two = used("k", "/v1/resources/a/b", "{}").key;
        assert_ne!(used("k", "/v1/resources/a%2Fb", "{}").key, two);
        assert_ne!(used("k", "/v1/resources/a%252Fb", "{}").key, used("k", "/v1/resources/a%2Fb", "{}").key);
    }

    #[test]
    fn a_key_is_visible_ascii_of_a_bounded_length() {
        let long = "x".repeat(256);
        for wrong in ["", "a b", "é", "a\tb", &long] {
            let header = HeaderValue::from_bytes(wrong.as_bytes()).unwrap();
            let problem = key_use(&header, "POST", "/", b"{}").unwrap_err();
            assert_eq!(problem.code(), "idempotency_key_invalid", "{wrong:?}");
        }
        assert!(key_use(&HeaderValue::from_str(&long[..255]).unwrap(), "POST", "/", b"{}").is_ok());
    }

    #[test]
    fn a_key_is_held_until_its_answer_is_there() {
        let in_use = InUse::default();
        let key = Some(KeyUse { key: [1; 16], content: [2; 16] });
        let held = in_use.claim(key).unwrap();
        assert_eq!(in_use.claim(key).unwrap_err().code(), "idempotency_key_in_use");
        assert!(in_use.claim(None).is_ok());
        drop(held);
        assert!(in_use.claim(key).is_ok());
    }
}
