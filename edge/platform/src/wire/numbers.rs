//! Whole numbers: of accounts, and of percent.

use super::shape::described;
use credere_core::channel::Uin;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

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

described!(
    AccountNumber,
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(1_u64))
        .maximum(Some(Uin::MAX))
        .description(Some("An account's number (UIN). New ones are given out from 100000000001 upward."))
        .examples([serde_json::json!(100_000_000_001_u64)])
);

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::read_json as read;

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
}
