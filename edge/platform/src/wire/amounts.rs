//! Exact decimals, as texts: money, and what it is multiplied with. None of them is ever a JSON number with a point.

use super::shape::described;
use super::text::{from_text, quoted};
use credere_core::money::{self, Amount, ParseDecimalError, Rate};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// An exact decimal: how a text is read as one, also why not where it is `beyond`, how it is written, and what the document
/// says of it.
macro_rules! decimal {
    ($(#[$about:meta])* $name:ident($kind:ty), $beyond:literal, $pattern:expr, $described:literal, $example:literal) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) $kind);

        impl $name {
            fn read(text: &str) -> Result<$name, String> {
                text.parse().map($name).map_err(|error| match error {
                    ParseDecimalError::OutOfRange => format!("{} {}", quoted(text), $beyond),
                    error => format!("{} {error}", quoted(text)),
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        described!(
            $name,
            ObjectBuilder::new()
                .schema_type(Type::String)
                .pattern(Some($pattern))
                .description(Some($described))
                .examples([serde_json::json!($example)])
        );
    };
}

decimal!(
    /// An amount of money.
    Money(Amount),
    "is beyond ±92,000,000,000",
    concat!(
        "^-?0*([0-9]{1,10}|[1-8][0-9]{10}|9[01][0-9]{9})(\\.[0-9]{1,8})?$",
        "|^-?0*92000000000(\\.0{1,8})?$"
    ),
    "Money in the deployment's currency: a decimal string with up to 8 places, within ±92,000,000,000. \
     Answers have at least two places.",
    "12.50"
);
from_text!(Money, "an amount as a decimal string such as \"12.50\"", Money::read);

decimal!(
    /// What a list price is multiplied with.
    Multiplier(Rate),
    "is not above 0 and at most 10 (R147)",
    "^0*([0-9](\\.[0-9]{1,8})?|10(\\.0{1,8})?)$",
    "A part of the list price: a decimal string above 0 and at most 10, up to 8 places.",
    "0.90"
);
from_text!(Multiplier, "a rate as a decimal string such as \"0.90\"", Multiplier::read);

/// What factors and quantities look like.
const FACTOR: &str = "^0*([0-9]{1,9}(\\.[0-9]{1,8})?|1000000000(\\.0{1,8})?)$";

decimal!(
    /// How many of something, or a coefficient.
    Factor(money::Factor),
    "is not from 0 to 1,000,000,000",
    FACTOR,
    "A number: a decimal string from 0 to 1,000,000,000, up to 8 places.",
    "2.5"
);
from_text!(Factor, "a number as a decimal string such as \"2.5\"", Factor::read);

decimal!(
    /// How many of something, or how much.
    Quantity(money::Factor),
    "is not from 0 to 10^9",
    FACTOR,
    "How many of something: a decimal string from 0 to 1,000,000,000, up to 8 places. Whole numbers are \
     also taken as JSON integers.",
    "2.5"
);

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
                Quantity::read(text).map_err(E::custom)
            }
            /// A quantity is no money: a whole one may come as the number that it is.
            fn visit_u64<E: Error>(self, number: u64) -> Result<Quantity, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_any(Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::read_json as read;

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
