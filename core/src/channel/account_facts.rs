//! What is told of an account besides its class and tier, and decides about organizations: where it is, who it is
//! verified as, whether somebody follows it, and its cards (O1).

use super::{CardId, is_plain};
use crate::ledger::Month;
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// As many cards as an account has at most.
pub const CARDS_MAX: usize = 50;

/// On which of the vendor's sites an account is; it never moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Numbered, Named)]
#[repr(u8)]
pub enum Site {
    /// The international one.
    #[default]
    Intl = 1,
    /// The Chinese one.
    Cn = 2,
}

/// Who an account is verified as: the identifier of an enterprise or person, 1 to 64 characters without control characters.
/// Compared as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct EntityId(Box<str>);

/// A text is no entity's identifier, or no four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("it is too long, empty, or holds what it must not")]
pub struct ParseFactError;

impl EntityId {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EntityId {
    type Err = ParseFactError;

    fn from_str(text: &str) -> Result<EntityId, ParseFactError> {
        let fits = !text.is_empty() && text.chars().count() <= 64 && is_plain(text);
        if fits { Ok(EntityId(text.into())) } else { Err(ParseFactError) }
    }
}

impl TryFrom<String> for EntityId {
    type Error = ParseFactError;

    fn try_from(text: String) -> Result<EntityId, ParseFactError> {
        text.parse()
    }
}

/// The last four digits of a card, by which its holder knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16")]
pub struct Last4(u16);

impl FromStr for Last4 {
    type Err = ParseFactError;

    fn from_str(text: &str) -> Result<Last4, ParseFactError> {
        let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().map(Last4).map_err(|_| ParseFactError) } else { Err(ParseFactError) }
    }
}

impl TryFrom<u16> for Last4 {
    type Error = ParseFactError;

    fn try_from(number: u16) -> Result<Last4, ParseFactError> {
        if number < 10_000 { Ok(Last4(number)) } else { Err(ParseFactError) }
    }
}

impl fmt::Display for Last4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// A card that an account can be charged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its number.
    pub id: CardId,
    /// By which its holder knows it.
    pub last4: Last4,
    /// The last month in which it is good.
    pub expires: Month,
}

/// What is told of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFacts {
    /// Where it is.
    pub site: Site,
    /// Who it is verified as.
    pub entity: Option<EntityId>,
    /// Whether a channel manager follows it.
    pub followed: bool,
    /// Its cards, oldest first.
    pub cards: Vec<Card>,
    /// Whether it was opened for an organization; such an account makes none of its own (O9).
    pub created: bool,
}

impl AccountFacts {
    /// Nothing.
    pub const NOTHING: AccountFacts =
        AccountFacts { site: Site::Intl, entity: None, followed: false, cards: Vec::new(), created: false };

    /// Whether it has a card that is good in this month: a card counts to the end of its month (O69).
    pub fn has_card(&self, month: Month) -> bool {
        self.cards.iter().any(|card| month <= card.expires)
    }
}

impl Default for AccountFacts {
    fn default() -> AccountFacts {
        AccountFacts::NOTHING
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_has_a_text_of_its_own() {
        let longest = "é".repeat(64);
        for text in ["E1", "2019 12345A", longest.as_str()] {
            assert_eq!(text.parse::<EntityId>().unwrap().as_str(), text);
        }
        for text in ["", "a\tb", format!("{longest}x").as_str()] {
            assert_eq!(text.parse::<EntityId>(), Err(ParseFactError), "{text:?}");
        }
        // What comes from disk is input.
        let bytes = postcard::to_allocvec("").unwrap();
        assert!(postcard::from_bytes::<EntityId>(&bytes).is_err());
    }

    #[test]
    fn four_digits_keep_their_zeros() {
        assert_eq!("0042".parse::<Last4>().unwrap().to_string(), "0042");
        for text in ["", "42", "00042", "+042", "４２４２"] {
            assert_eq!(text.parse::<Last4>(), Err(ParseFactError), "{text:?}");
        }
        assert!(postcard::from_bytes::<Last4>(&postcard::to_allocvec(&10_000_u16).unwrap()).is_err());
    }

    #[test]
    fn a_card_counts_to_the_end_of_its_month() {
        let month = |text: &str| text.parse::<Month>().unwrap();
        let card = Card { id: CardId(1), last4: "4242".parse().unwrap(), expires: month("2031-10") };
        let facts = AccountFacts { cards: vec![card], ..AccountFacts::NOTHING };
        let found = ["2031-09", "2031-10", "2031-11"].map(|now| facts.has_card(month(now)));
        assert_eq!((found, AccountFacts::NOTHING.has_card(month("2031-10"))), ([true, true, false], false));
    }
}
