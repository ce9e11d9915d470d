//! Typed identifiers: two kinds never meet by accident. Those that the server gives out carry the shard and the journal
//! position at which the thing was made, so that the identifier itself says where its record is.

use super::is_plain;
use crate::ledger::{NumbersExhausted, Shard};
use serde::{Deserialize, Serialize};
use std::{fmt, num::NonZeroU64, str::FromStr, sync::Arc};
use thiserror::Error;

/// A text is not an identifier of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("is not a valid identifier")]
pub struct ParseIdError;

/// An account's number: 1 to 2^53-1 (R1). New ones are given out from [`Uin::FIRST_GIVEN`] upward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Uin(NonZeroU64);

impl Uin {
    /// The largest number: what every JSON reader holds exactly.
    pub const MAX: u64 = (1 << 53) - 1;
    /// The lowest number there is.
    pub const LOWEST: Uin = Uin(NonZeroU64::MIN);
    /// The highest one.
    pub const HIGHEST: Uin = Uin(NonZeroU64::MIN.saturating_add(Uin::MAX - 1));
    /// The first number that the server gives out by itself.
    pub const FIRST_GIVEN: u64 = 100_000_000_001;

    /// The account with this number.
    ///
    /// # Errors
    /// [`ParseIdError`] for 0 and for what is beyond [`Uin::MAX`].
    pub const fn new(number: u64) -> Result<Uin, ParseIdError> {
        match NonZeroU64::new(number) {
            Some(number) if number.get() <= Uin::MAX => Ok(Uin(number)),
            Some(_) | None => Err(ParseIdError),
        }
    }

    /// The number itself.
    pub const fn number(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for Uin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Uin {
    type Err = ParseIdError;

    /// Reads plain decimal digits without leading zeros.
    ///
    /// # Errors
    /// [`ParseIdError`] for anything else.
    fn from_str(text: &str) -> Result<Uin, ParseIdError> {
        Uin::new(read_number(text)?)
    }
}

/// A product's code: 1 to 64 of `a-z A-Z 0-9 _ . -`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProductCode(Arc<str>);

impl ProductCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProductCode {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<ProductCode, ParseIdError> {
        let permitted = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
        if text.is_empty() || text.len() > 64 || !text.bytes().all(permitted) {
            return Err(ParseIdError);
        }
        Ok(ProductCode(text.into()))
    }
}

impl fmt::Display for ProductCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An order: the shard and position at which it was placed. Shown as `ord_42`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OrderId(pub u64);

/// A discount: the shard and position at which it was made. Shown as `dis_42`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DiscountId(pub u64);

/// An authorization: the account that it was opened for, and the shard and position of its opening. Shown as
/// `auth_100000000001_42`; the account is part of it because operation keys live in the account's namespace, also after
/// the authorization is closed and gone from memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AuthorizationId {
    /// Whose credit it holds.
    pub account: Uin,
    /// The number of its opening: shard and position.
    pub opened_seq: u64,
}

/// A voucher: the shard, and twice the position at which it was issued, one more for the one that was issued along with
/// it (R111). Shown as decimal digits, since the published actions have it as an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VoucherId(pub u64);

/// A bill line: the shard and position of its charge. Shown as `line_42`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineId(pub u64);

/// A postpaid resource inside the book: the shard and position of its activation. Callers know it by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceId(pub u64);

/// A webhook: the shard and position at which it was added. Shown as `whk_42`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WebhookId(pub u64);

/// A card: the shard and position at which it was added. Shown as `card_42`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CardId(pub u64);

/// A pack: the shard and position at which it was added. Shown as `pack_42`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PackId(pub u64);

/// Money that an organization's admin handed to a member: the shard and position at which it did. Shown as `trf_42`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TransferId(pub u64);

/// The caller's name for a postpaid resource: 1 to 256 characters without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceName(Arc<str>);

impl ResourceName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceName {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<ResourceName, ParseIdError> {
        if text.is_empty() || text.chars().count() > 256 || !is_plain(text) {
            return Err(ParseIdError);
        }
        Ok(ResourceName(text.into()))
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the record of a thing is that the server numbered.
macro_rules! placed {
    ($($name:ident)*) => {$(
        impl $name {
            /// At which position of its shard it was made.
            pub const fn position(self) -> u64 {
                Shard::within(self.0)
            }
        }
    )*};
}

/// Identifiers that are written as a number behind these letters.
macro_rules! written {
    ($($name:ident $letters:literal)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letters, "{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<$name, ParseIdError> {
                read_number(text.strip_prefix($letters).ok_or(ParseIdError)?).map($name)
            }
        }
    )*};
}

placed! { OrderId LineId ResourceId }
written! { OrderId "ord_" DiscountId "dis_" LineId "line_" WebhookId "whk_" CardId "card_" PackId "pack_" TransferId "trf_" VoucherId "" }

impl VoucherId {
    /// The voucher that was issued at this position.
    ///
    /// # Errors
    /// [`NumbersExhausted`] for a position of 2^42 and beyond.
    pub fn issued_at(shard: Shard, position: u64) -> Result<VoucherId, NumbersExhausted> {
        shard.number_at(position.checked_mul(2).ok_or(NumbersExhausted)?).map(VoucherId)
    }

    /// The one that was issued along with it.
    pub const fn linked(self) -> VoucherId {
        VoucherId(self.0 + 1)
    }
}

impl AuthorizationId {
    /// At which position of its shard it was opened.
    pub const fn position(self) -> u64 {
        Shard::within(self.opened_seq)
    }
}

impl fmt::Display for AuthorizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "auth_{}_{}", self.account, self.opened_seq)
    }
}

impl FromStr for AuthorizationId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<AuthorizationId, ParseIdError> {
        let (account, number) = text.strip_prefix("auth_").and_then(|rest| rest.split_once('_')).ok_or(ParseIdError)?;
        Ok(AuthorizationId { account: account.parse()?, opened_seq: read_number(number)? })
    }
}

/// Reads a number as this server writes it: one spelling only, so that an identifier has one text; and below 2^53.
fn read_number(text: &str) -> Result<u64, ParseIdError> {
    if text.is_empty() || text.starts_with('0') || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ParseIdError);
    }
    text.parse().ok().filter(|number| *number <= Uin::MAX).ok_or(ParseIdError)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn identifiers_have_one_spelling() {
        let id = AuthorizationId { account: Uin::new(7).unwrap(), opened_seq: 42 };
        assert_eq!(id.to_string(), "auth_7_42");
        assert_eq!("auth_7_42".parse(), Ok(id));
        assert_eq!("ord_9".parse(), Ok(OrderId(9)));
        assert_eq!("dis_9".parse(), Ok(DiscountId(9)));
        for beyond in ["ord_9007199254740992", "ord_18446744073709551616", "ord_-1"] {
            assert_eq!(beyond.parse::<OrderId>(), Err(ParseIdError), "{beyond}");
        }
        for wrong in ["auth_7", "auth_07_1", "auth_7_01", "auth_7_0", "auth_+7_1", "auth__1", "ord_9"] {
            assert_eq!(wrong.parse::<AuthorizationId>(), Err(ParseIdError), "{wrong}");
        }
    }

    #[test]
    fn a_uin_ends_at_two_to_the_53() {
        assert_eq!(Uin::new(0), Err(ParseIdError));
        assert_eq!(Uin::new(Uin::MAX + 1), Err(ParseIdError));
        assert_eq!("9007199254740991".parse::<Uin>().map(Uin::number), Ok(Uin::MAX));
        assert_eq!("-1".parse::<Uin>(), Err(ParseIdError));
    }

    #[test]
    fn product_codes_are_short_and_plain() {
        assert!("cvm.s5-large_1".parse::<ProductCode>().is_ok());
        for wrong in ["", "a b", "é", &"x".repeat(65)] {
            assert!(wrong.parse::<ProductCode>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn ids_say_where_they_were_made_and_never_meet(
            one in (0..=Shard::LAST.number(), 1..1_u64 << 43),
            other in (0..=Shard::LAST.number(), 1..1_u64 << 43),
        ) {
            let at = |(shard, position)| (Shard::new(shard).unwrap(), position);
            let number = |place| { let (shard, position) = at(place); shard.number_at(position).unwrap() };
            prop_assert_eq!(number(one) == number(other), one == other);
            prop_assert!(number(one) <= Uin::MAX);
            let ((shard, position), order) = (at(one), OrderId(number(one)));
            prop_assert_eq!((Shard::of(order.0), order.position()), (Some(shard), position));
            prop_assert_eq!(at(other).0.position_of(order.0), (one.0 == other.0).then_some(position));
            prop_assert_eq!(order.to_string().parse(), Ok(order));
            let open = AuthorizationId { account: Uin::LOWEST, opened_seq: order.0 };
            prop_assert_eq!(open.position(), position);
            prop_assert_eq!(open.to_string().parse(), Ok(open));
            match VoucherId::issued_at(shard, position) {
                Ok(voucher) => for voucher in [voucher, voucher.linked()] {
                    prop_assert_eq!((Shard::of(voucher.0), Shard::within(voucher.0) / 2), (Some(shard), position));
                    prop_assert_eq!(voucher.to_string().parse(), Ok(voucher));
                },
                Err(NumbersExhausted) => prop_assert!(position >= 1 << 42),
            }
        }
    }

    #[test]
    fn numbers_end_with_the_positions_of_a_shard() {
        assert_eq!(Shard::LAST.number_at((1 << 43) - 1), Ok(Uin::MAX));
        assert_eq!(Shard::FIRST.number_at(1 << 43), Err(NumbersExhausted));
        assert_eq!(VoucherId::issued_at(Shard::FIRST, 1 << 63), Err(NumbersExhausted));
        assert_eq!((Shard::new(1_024), Shard::of(Uin::MAX + 1), Shard::of(u64::MAX)), (None, None, None));
    }
}
