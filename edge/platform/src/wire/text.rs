//! Texts of a bounded length without control characters, and texts that name something; and how any text is read and
//! shown again in an error.

use super::shape::described;
use credere_app::notices::{EMAIL_MAX, EmailAddress};
use credere_core::channel::{ProductCode, is_plain};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Reads a type from JSON strings and nothing else: what is expected, and how a text is read or why it is not.
macro_rules! from_text {
    ($kind:ty, $expects:expr, $read:expr) => {
        impl<'de> serde::Deserialize<'de> for $kind {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$kind, D::Error> {
                deserializer.deserialize_str(crate::wire::Reading { expects: $expects, read: $read })
            }
        }
    };
}
pub(crate) use from_text;

/// As a pattern of JSON Schema: what no text holds.
pub(crate) const NO_CONTROL_CHARACTER: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";

/// A text of `MIN` to `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text<const MIN: usize, const MAX: usize>(pub(crate) String);

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text<MIN, MAX>, D::Error> {
        deserializer.deserialize_str(Reading {
            expects: "a string",
            read: |text| {
                let count = text.chars().count();
                if count < MIN || count > MAX {
                    return Err(format!("a text of {count} characters is not within {MIN} to {MAX}"));
                }
                if !is_plain(text) {
                    return Err("the text holds a control character".to_owned());
                }
                Ok(Text(text.to_owned()))
            },
        })
    }
}

impl<const MIN: usize, const MAX: usize> ToSchema for Text<MIN, MAX> {}
impl<const MIN: usize, const MAX: usize> PartialSchema for Text<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length((MIN > 0).then_some(MIN))
            .max_length(Some(MAX))
            .pattern(Some(NO_CONTROL_CHARACTER))
            .into()
    }
}

/// The address of a mailbox, kept as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EmailText(pub(crate) String);

impl<'de> Deserialize<'de> for EmailText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<EmailText, D::Error> {
        let Text(text) = Text::<0, EMAIL_MAX>::deserialize(deserializer)?;
        match EmailAddress::read(&text) {
            Ok(_) => Ok(EmailText(text)),
            Err(fault) => Err(D::Error::custom(format!("{} {fault}", quoted(&text)))),
        }
    }
}

described!(
    EmailText,
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("idn-email".to_owned())))
        .min_length(Some(3))
        .max_length(Some(EMAIL_MAX))
);

/// The code of a product that is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewCode(pub(crate) ProductCode);

from_text!(NewCode, "a string", |text| {
    text.parse().map(NewCode).map_err(|_| format!("{} is not 1 to 64 of `a-z A-Z 0-9 _ . -`", quoted(text)))
});

/// Takes a text and reads it with `read`, without a copy.
pub(crate) struct Reading<T> {
    pub(crate) expects: &'static str,
    pub(crate) read: fn(&str) -> Result<T, String>,
}

impl<T> Visitor<'_> for Reading<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expects)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).map_err(E::custom)
    }
}

/// User input for an error message, cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("`{}...`", &text[..end]),
        None => format!("`{text}`"),
    }
}
