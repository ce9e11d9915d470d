//! Exact decimals, as texts: money, and what it is multiplied with. None of them is ever a JSON number with a point.

use super::text::{Reading, quoted};
use credere_core::money::{self, Amount, ParseDecimalError, Rate};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Money(pub(crate) Amount);

impl Money {
    /// Nothing.
    pub(crate) const ZERO: Money = Money(Amount::ZERO);
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

/// How many of something, or how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quantity(pub(crate) money::Factor);

impl Quantity {
    /// One.
    pub(crate) fn one() -> Quantity {
        Quantity(money::Factor::ONE)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Quantity, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Quantity;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a quantity as a decimal string such as \"2.5\"")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Quantity, E> {
                text.parse().map(Quantity).map_err(|error| match error {
                    ParseDecimalError::OutOfRange => E::custom(format!("{} is not from 0 to 10^9", quoted(text))),
                    error => E::custom(format!("{} {error}", quoted(text))),
                })
            }
            /// A quantity is no money: a whole one may come as the number that it is.
            fn visit_u64<E: Error>(self, number: u64) -> Result<Quantity, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_any(Number)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl ToSchema for Quantity {}
impl PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^0*([0-9]{1,9}(\\.[0-9]{1,8})?|1000000000(\\.0{1,8})?)$"))
            .description(Some(
                "How many of something: a decimal string from 0 to 1,000,000,000, up to 8 places. Whole numbers are \
                 also taken as JSON integers.",
            ))
            .examples([serde_json::json!("2.5")])
            .into()
    }
}

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
    fn a_quantity_is_a_decimal_string_or_a_whole_number() {
        let read = |json: &str| read::<Quantity>(json).map(|quantity| quantity.0.to_string());
        assert_eq!(read("\"2.5\"").unwrap(), "2.50");
        assert_eq!(read("3").unwrap(), "3.00");
        for wrong in ["-1", "\"-1\"", "2.5", "\"1e3\"", "\"0.000000001\"", "1000000001", "null", "true", "\"\""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
