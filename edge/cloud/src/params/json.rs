//! A JSON body as a parameter tree. serde_json finds the extent of each value and checks the grammar; numbers are taken
//! over as their text and never converted. Stricter than JSON itself in three points: a name may appear once, nesting is
//! bounded, and so is the number of values.

use super::{MAX_DEPTH, MAX_VALUES, Value};
use crate::error::{CloudError, ErrorCode, quoted};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::{cell::Cell, collections::BTreeMap, fmt};

/// Reads a request body. A member that is `null` counts as absent.
///
/// # Errors
/// `InvalidParameter` when the body is not one JSON object, repeats a name, has `null` in a list, nests deeper than
/// [`MAX_DEPTH`] or holds more than [`MAX_VALUES`] values.
pub fn read_json(body: &[u8]) -> Result<BTreeMap<String, Value>, CloudError> {
    let raw: &RawValue = serde_json::from_slice(body).map_err(|error| not_json(&error))?;
    if !raw.get().starts_with('{') {
        return Err(CloudError::new(ErrorCode::InvalidParameter, "the request body must be a JSON object"));
    }
    let left = Cell::new(MAX_VALUES);
    match read_value(raw, 0, &left)? {
        Some(Value::Object(members)) => Ok(members),
        _ => Err(CloudError::new(ErrorCode::InvalidParameter, "the request body must be a JSON object")),
    }
}

fn not_json(error: &serde_json::Error) -> CloudError {
    CloudError::new(ErrorCode::InvalidParameter, format!("the request body cannot be read: {error}"))
}

/// Reads one value; `None` stands for `null`. `left` is how many more values the request may hold.
fn read_value(raw: &RawValue, depth: usize, left: &Cell<usize>) -> Result<Option<Value>, CloudError> {
    if depth > MAX_DEPTH {
        let message = format!("the request body nests deeper than {MAX_DEPTH} levels");
        return Err(CloudError::new(ErrorCode::InvalidParameter, message));
    }
    let text = raw.get();
    let value = match text.as_bytes().first() {
        Some(b'{') => {
            let mut members = BTreeMap::new();
            for (name, raw) in scan(raw, Members(left))? {
                if members.contains_key(&name) {
                    let message = format!("the request body gives {} twice", quoted(&name));
                    return Err(CloudError::new(ErrorCode::InvalidParameter, message));
                }
                let value = read_value(raw, depth + 1, left)?;
                members.insert(name, value);
            }
            Value::Object(members.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
        }
        Some(b'[') => {
            let items = scan(raw, Items(left))?;
            let mut list = Vec::with_capacity(items.len());
            for raw in items {
                let item = read_value(raw, depth + 1, left)?;
                let null = || CloudError::new(ErrorCode::InvalidParameter, "a list in the request body holds null");
                list.push(item.ok_or_else(null)?);
            }
            Value::List(list)
        }
        Some(b'"') => Value::Text(String::deserialize(raw).map_err(|error| not_json(&error))?),
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') => return Ok(None),
        _ => Value::Number(text.to_owned()),
    };
    Ok(Some(value))
}

fn scan<'a, S: DeserializeSeed<'a>>(raw: &'a RawValue, seed: S) -> Result<S::Value, CloudError> {
    seed.deserialize(raw).map_err(|error| not_json(&error))
}

fn take<E: serde::de::Error>(left: &Cell<usize>) -> Result<(), E> {
    let rest = left.get().checked_sub(1).ok_or_else(|| E::custom(format_args!("more than {MAX_VALUES} values")))?;
    left.set(rest);
    Ok(())
}

/// The members of an object, in the order sent, repetitions included.
struct Members<'c>(&'c Cell<usize>);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Vec<(String, &'de RawValue)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            take(self.0)?;
            members.push(member);
        }
        Ok(members)
    }
}

/// The items of a list.
struct Items<'c>(&'c Cell<usize>);

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = Vec<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            take(self.0)?;
            items.push(item);
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refusal(body: &str) -> String {
        let error = read_json(body.as_bytes()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidParameter, "{body:.80}");
        error.message().to_owned()
    }

    #[test]
    fn numbers_keep_their_text() {
        let tree = read_json(br#" {"A": 1e-08, "B": 9007199254740993, "C": [1.10, -0], "D": 1e999999999} "#).unwrap();
        assert_eq!(tree["A"], Value::Number("1e-08".into()));
        assert_eq!(tree["B"], Value::Number("9007199254740993".into()));
        assert_eq!(tree["C"], Value::List(vec![Value::Number("1.10".into()), Value::Number("-0".into())]));
        assert_eq!(tree["D"], Value::Number("1e999999999".into()));
    }

    #[test]
    fn null_members_are_absent() {
        let tree = read_json(br#"{"A": null, "B": {"C": null, "D": true}, "E": []}"#).unwrap();
        assert_eq!(tree.keys().collect::<Vec<_>>(), ["B", "E"]);
        assert_eq!(tree["B"], Value::Object([("D".to_owned(), Value::Bool(true))].into()));
    }

    #[test]
    fn escapes_are_resolved_in_names_and_texts() {
        let tree = read_json(br#"{"\u0041": "h\u00e9\ud83d\ude00"}"#).unwrap();
        assert_eq!(tree["A"], Value::Text("h\u{e9}\u{1f600}".into()));
    }

    #[test]
    fn refuses_what_is_not_one_object() {
        for body in [
            "",
            "[]",
            "1",
            "\"x\"",
            "null",
            "{",
            "{}{}",
            "{\"A\":NaN}",
            "{\"A\":01}",
            "{\"A\":+1}",
            "{A:1}",
            "{\"A\":1,}",
            "{\"A\":\"\\ud800\"}",
        ] {
            refusal(body);
        }
        assert_eq!(read_json(b"{\"A\":\"\xff\"}").unwrap_err().code(), ErrorCode::InvalidParameter);
    }

    #[test]
    fn refuses_a_name_given_twice_at_any_depth_and_in_any_spelling() {
        assert!(refusal(r#"{"A":1,"A":1}"#).contains("`A` twice"));
        assert!(refusal(r#"{"A":null,"A":1}"#).contains("`A` twice"));
        assert!(refusal(r#"{"L":[{"A":1,"\u0041":2}]}"#).contains("`A` twice"));
    }

    #[test]
    fn refuses_null_in_a_list() {
        assert!(refusal(r#"{"A":[1,null]}"#).contains("null"));
    }

    #[test]
    fn depth_and_number_of_values_are_bounded() {
        let nested = |levels: usize| format!("{{\"A\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(read_json(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(refusal(&nested(MAX_DEPTH + 1)).contains("deeper"));
        assert!(refusal(&nested(200_000)).contains("deeper"));
        let many = |values: usize| format!("{{\"A\":[{}]}}", vec!["0"; values].join(","));
        assert!(read_json(many(MAX_VALUES - 1).as_bytes()).is_ok());
        assert!(refusal(&many(MAX_VALUES)).contains("more than"));
        let pairs: Vec<_> = (0..=MAX_VALUES).map(|n| format!("\"P{n}\":0")).collect();
        assert!(refusal(&format!("{{{}}}", pairs.join(","))).contains("more than"));
    }

    proptest! {
        #[test]
        fn no_body_panics(body in proptest::collection::vec(proptest::sample::select(br#"{}[]",:\u0129.e-+tfn "#.to_vec()), 0..60)) {
            let _ = read_json(&body);
        }
    }
}
