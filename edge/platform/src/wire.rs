//! The texts and numbers that bodies and queries are made of, read strictly: each type takes one JSON type, says in its
//! error what it expects, and describes itself for the OpenAPI document. What a number means to the channel is not
//! judged here.

use credere_app::notices::{EMAIL_MAX, EmailAddress};
use credere_core::channel::{ProductCode, Uin, is_plain};
use credere_core::ledger::Moment;
use credere_core::money::{self, Amount, ParseDecimalError, Rate};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Tags that one order may carry.
const TAGS_MAX: usize = 50;
/// Characters of a tag's key, as the cloud's own tags have them.
const TAG_KEY_MAX: usize = 127;
/// Characters of a tag's value.
const TAG_VALUE_MAX: usize = 255;

/// An account's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccountNumber(pub(crate) Uin);

impl<'de> Deserialize<'de> for AccountNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AccountNumber, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = AccountNumber;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an account number, an integer from 1 to {}", Uin::MAX)
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<AccountNumber, E> {
                let uin = Uin::new(number);
                uin.map(AccountNumber).map_err(|_| E::custom(format!("`{number}` is not from 1 to {}", Uin::MAX)))
            }
        }
        deserializer.deserialize_u64(Number)
    }
}

impl Serialize for AccountNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0.number())
    }
}

impl ToSchema for AccountNumber {}
impl PartialSchema for AccountNumber {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(1_u64))
            .maximum(Some(Uin::MAX))
            .description(Some("An account's number (UIN). New ones are given out from 100000000001 upward."))
            .examples([serde_json::json!(100_000_000_001_u64)])
            .into()
    }
}

/// A whole number of percent, from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Percent(pub(crate) u8);

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Percent, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Percent;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a percentage, an integer from 0 to 100")
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Percent, E> {
                let percent = u8::try_from(number).ok().filter(|percent| *percent <= 100);
                percent.map(Percent).ok_or_else(|| E::custom(format!("`{number}` is not from 0 to 100 (R100)")))
            }
        }
        deserializer.deserialize_u64(Number)
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Money(pub(crate) Amount);

impl Money {
    /// Nothing.
    pub(crate) const ZERO: Money = Money(Amount::ZERO);
}

/// Takes a text and reads it with `read`, without a copy.
struct Reading<T> {
    expects: &'static str,
    read: fn(&str) -> Result<T, String>,
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

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        deserializer.deserialize_str(Reading {
            expects: "an amount as a decimal string such as \"12.50\"",
            read: |text| match text.parse() {
                Ok(amount) => Ok(Money(amount)),
                Err(ParseDecimalError::OutOfRange) => Err(format!("{} is beyond ±92,000,000,000", quoted(text))),
                Err(error) => Err(format!("{} {error}", quoted(text))),
            },
        })
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl ToSchema for Money {}
impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(concat!(
                "^-?0*([0-9]{1,10}|[1-8][0-9]{10}|9[01][0-9]{9})(\\.[0-9]{1,8})?$",
                "|^-?0*92000000000(\\.0{1,8})?$"
            )))
            .description(Some(
                "Money in the deployment's currency: a decimal string with up to 8 places, within ±92,000,000,000. \
                 Answers have at least two places.",
            ))
            .examples([serde_json::json!("12.50")])
            .into()
    }
}

/// What a list price is multiplied with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Multiplier(pub(crate) Rate);

impl<'de> Deserialize<'de> for Multiplier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Multiplier, D::Error> {
        deserializer.deserialize_str(Reading {
            expects: "a rate as a decimal string such as \"0.90\"",
            read: |text| match text.parse() {
                Ok(rate) => Ok(Multiplier(rate)),
                Err(ParseDecimalError::OutOfRange) => {
                    Err(format!("{} is not above 0 and at most 10 (R147)", quoted(text)))
                }
                Err(error) => Err(format!("{} {error}", quoted(text))),
            },
        })
    }
}

impl Serialize for Multiplier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl ToSchema for Multiplier {}
impl PartialSchema for Multiplier {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^0*([0-9](\\.[0-9]{1,8})?|10(\\.0{1,8})?)$"))
            .description(Some("A part of the list price: a decimal string above 0 and at most 10, up to 8 places."))
            .examples([serde_json::json!("0.90")])
            .into()
    }
}

/// How many of something, or a coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Factor(pub(crate) money::Factor);

impl<'de> Deserialize<'de> for Factor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Factor, D::Error> {
        deserializer.deserialize_str(Reading {
            expects: "a number as a decimal string such as \"2.5\"",
            read: |text| match text.parse() {
                Ok(factor) => Ok(Factor(factor)),
                Err(ParseDecimalError::OutOfRange) => Err(format!("{} is not from 0 to 1,000,000,000", quoted(text))),
                Err(error) => Err(format!("{} {error}", quoted(text))),
            },
        })
    }
}

impl Serialize for Factor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl ToSchema for Factor {}
impl PartialSchema for Factor {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^0*([0-9]{1,9}(\\.[0-9]{1,8})?|1000000000(\\.0{1,8})?)$"))
            .description(Some("A number: a decimal string from 0 to 1,000,000,000, up to 8 places."))
            .examples([serde_json::json!("2.5")])
            .into()
    }
}

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Moment);

/// Reads RFC 3339 with an offset.
pub(crate) fn read_time(text: &str) -> Result<Time, String> {
    let wrong =
        || format!("{} is not a time with an offset such as `2026-01-31T08:00:00+08:00` (RFC 3339)", quoted(text));
    let bytes = text.as_bytes();
    let digits_at =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let sign_at = |at: usize, signs: &[u8]| bytes.get(at).is_some_and(|sign| signs.contains(sign));
    let date_and_time = digits_at(0..4)
        && sign_at(4, b"-")
        && digits_at(5..7)
        && sign_at(7, b"-")
        && digits_at(8..10)
        && sign_at(10, b"Tt")
        && digits_at(11..13)
        && sign_at(13, b":")
        && digits_at(14..16)
        && sign_at(16, b":")
        && digits_at(17..19);
    let zone_from = bytes.len().saturating_sub(6);
    let zone = sign_at(bytes.len().saturating_sub(1), b"Zz")
        || (sign_at(zone_from, b"+-") && digits_at(zone_from + 1..zone_from + 3) && sign_at(zone_from + 3, b":"));
    if !date_and_time || !zone {
        return Err(wrong());
    }
    let timestamp: jiff::Timestamp = text.parse().map_err(|_| wrong())?;
    Ok(Time(Moment::from_micros(timestamp.as_microsecond())))
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        deserializer.deserialize_str(Reading { expects: "a time as an RFC 3339 string", read: read_time })
    }
}

impl ToSchema for Time {}
impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A point in time, RFC 3339 with an offset. Answers use the deployment's zone."))
            .examples([serde_json::json!("2026-01-31T08:00:00+08:00")])
            .into()
    }
}

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

impl ToSchema for EmailText {}
impl PartialSchema for EmailText {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("idn-email".to_owned())))
            .min_length(Some(3))
            .max_length(Some(EMAIL_MAX))
            .into()
    }
}

/// The code of a product that is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewCode(pub(crate) ProductCode);

impl<'de> Deserialize<'de> for NewCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NewCode, D::Error> {
        deserializer.deserialize_str(Reading {
            expects: "a string",
            read: |text| match text.parse() {
                Ok(code) => Ok(NewCode(code)),
                Err(_) => Err(format!("{} is not 1 to 64 of `a-z A-Z 0-9 _ . -`", quoted(text))),
            },
        })
    }
}

/// Tags of an order: at most 50, each key once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Tags(pub(crate) BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tags, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Tags;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of strings")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tags, A::Error> {
                let mut tags = BTreeMap::new();
                while let Some(key) = map.next_key::<Text<1, TAG_KEY_MAX>>()? {
                    let value = map.next_value::<Text<0, TAG_VALUE_MAX>>()?;
                    if tags.contains_key(&key.0) {
                        return Err(A::Error::custom(format!("duplicate field `{}`", key.0)));
                    }
                    tags.insert(key.0, value.0);
                    if tags.len() > TAGS_MAX {
                        return Err(A::Error::custom(format!("there are more than {TAGS_MAX} tags")));
                    }
                }
                Ok(Tags(tags))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

impl ToSchema for Tags {}
impl PartialSchema for Tags {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .property_names(Some(Text::<1, TAG_KEY_MAX>::schema()))
            .additional_properties(Some(Text::<0, TAG_VALUE_MAX>::schema()))
            .max_properties(Some(TAGS_MAX))
            .into()
    }
}

/// A JSON object and nothing else: a derived struct would take an array as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        struct Fields<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

/// For a field that may be left out but not be `null` (or, as an `Option` in an `Option`, tells the two apart).
///
/// # Errors
/// What reading the value gives.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Lets an enum with `#[serde(remote = "Self")]` be read from the names of its variants and from nothing else: what is
/// derived alone would take an object as well.
macro_rules! by_name {
    ($kind:ident) => {
        impl<'de> serde::Deserialize<'de> for $kind {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$kind, D::Error> {
                struct Name;
                impl serde::de::Visitor<'_> for Name {
                    type Value = $kind;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a string")
                    }
                    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<$kind, E> {
                        $kind::deserialize(serde::de::value::StrDeserializer::new(name))
                    }
                }
                deserializer.deserialize_str(Name)
            }
        }
    };
    ($kind:ident, both ways) => {
        by_name!($kind);
        impl serde::Serialize for $kind {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $kind::serialize(self, serializer)
            }
        }
    };
}
pub(crate) use by_name;

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn money_is_a_decimal_string() {
        assert_eq!(read::<Money>("\"12.50\"").unwrap().0.to_string(), "12.50");
        for wrong in ["12.5", "12", "\"1e3\"", "\"NaN\"", "\"0.123456789\"", "\"92000000000.01\"", "null", "\"\""] {
            assert!(read::<Money>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_factor_is_a_decimal_string_that_is_not_negative() {
        assert_eq!(read::<Factor>("\"2.50\"").unwrap().0.to_string(), "2.50");
        for wrong in ["2.5", "1", "\"-1\"", "\"1000000000.1\"", "\"0.123456789\"", "\"1e1\"", "null", "\"\""] {
            assert!(read::<Factor>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_account_number_is_an_integer_that_every_reader_holds() {
        assert_eq!(read::<AccountNumber>("9007199254740991").unwrap().0.number(), Uin::MAX);
        for wrong in ["0", "-1", "1.0", "1e3", "9007199254740992", "\"7\"", "null"] {
            assert!(read::<AccountNumber>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_percentage_is_an_integer_from_0_to_100() {
        assert_eq!(read::<Percent>("0"), Ok(Percent(0)));
        assert_eq!(read::<Percent>("100"), Ok(Percent(100)));
        for wrong in ["101", "300", "-1", "25.0", "\"25\"", "true", "null"] {
            assert!(read::<Percent>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_has_an_offset() {
        let noon = read_time("2026-01-31T12:00:00Z").unwrap();
        assert_eq!(read_time("2026-01-31T20:00:00+08:00"), Ok(noon));
        assert_eq!(read_time("2026-01-31T12:00:00.000000Z"), Ok(noon));
        for wrong in ["2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z", "2026-02-30T12:00:00Z", "", "Z", "é"]
        {
            assert!(read_time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_array_is_no_object() {
        #[derive(Debug, Deserialize)]
        struct One {
            #[expect(dead_code, reason = "only whether it reads is asked")]
            a: u8,
        }
        assert!(read::<Object<One>>("{\"a\":1}").is_ok());
        assert!(read::<Object<One>>("[1]").is_err());
    }

    #[test]
    fn a_name_is_a_string_and_one_of_those_there_are() {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(remote = "Self", rename_all = "snake_case")]
        enum Size {
            VerySmall,
        }
        by_name!(Size, both ways);
        assert_eq!(read::<Size>("\"very_small\""), Ok(Size::VerySmall));
        assert_eq!(serde_json::to_string(&Size::VerySmall).unwrap(), "\"very_small\"");
        for wrong in ["{\"very_small\":null}", "[\"very_small\"]", "null", "0", "\"large\""] {
            assert!(read::<Size>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn tags_are_few_short_and_named_once() {
        assert_eq!(read::<Tags>("{\"a\":\"1\",\"b\":\"\"}").unwrap().0.len(), 2);
        let many: Vec<String> = (0..51).map(|n| format!("\"{n}\":\"\"")).collect();
        for wrong in ["{\"a\":\"1\",\"a\":\"1\"}", "{\"a\":1}", "{\"\":\"1\"}", &format!("{{{}}}", many.join(","))] {
            assert!(read::<Tags>(wrong).is_err(), "{wrong}");
        }
    }
}
