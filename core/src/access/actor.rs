//! The caller: who it is, by what it acts, its role, and how it stands to what it acts on. Which role and which relation
//! are found by whoever has the book.

use crate::channel::{ParseIdError, PartnerKind, Uin};
use arrayvec::ArrayString;
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a platform key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
pub enum KeyAccess {
    /// Everything.
    Full = 1,
    /// Reading only.
    Read = 2,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
pub enum Actor {
    /// The cloud vendor's own systems, by the number of their key.
    Platform {
        /// Number of the platform key.
        key: u32,
        /// What that key may do.
        access: KeyAccess,
    } = 1,
    /// A partner, customer or other account.
    Account {
        /// The account.
        uin: Uin,
        /// By whom it acts. What it may do does not depend on it.
        by: By,
    } = 2,
    /// Credere itself: due expiries and the like.
    System = 3,
}

/// By whom an account acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
pub enum By {
    /// Whoever has this API credential.
    Credential(SecretId) = 1,
    /// Somebody with one of its credentials: version 2 did not record which.
    NotRecorded = 2,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            By::Credential(id) => write!(f, "credential:{id}"),
            By::NotRecorded => f.write_str("credential"),
        }
    }
}

/// The public half of an API credential: 1 to 64 visible ASCII characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "ArrayString<{ SecretId::LONGEST }>")]
pub struct SecretId(ArrayString<{ SecretId::LONGEST }>);

impl SecretId {
    /// How many characters it has at most.
    pub const LONGEST: usize = 64;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<ArrayString<{ SecretId::LONGEST }>> for SecretId {
    type Error = ParseIdError;

    fn try_from(text: ArrayString<{ SecretId::LONGEST }>) -> Result<SecretId, ParseIdError> {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if plain { Ok(SecretId(text)) } else { Err(ParseIdError) }
    }
}

impl FromStr for SecretId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<SecretId, ParseIdError> {
        ArrayString::from(text).map_err(|_| ParseIdError)?.try_into()
    }
}

impl fmt::Display for SecretId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whose share of the server a request is counted on: all credentials of an account share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asker {
    /// A platform key, by its number.
    Key(u32),
    /// An account.
    Account(Uin),
    /// Credere itself.
    System,
}

impl Actor {
    /// An account, acting by one of its API credentials.
    pub const fn signed(uin: Uin, secret_id: SecretId) -> Actor {
        Actor::Account { uin, by: By::Credential(secret_id) }
    }

    /// The account that asks, for what only an account can ask of itself.
    ///
    /// # Errors
    /// [`Denial::WrongRole`] of anybody else.
    pub const fn account(self) -> Result<Uin, Denial> {
        match self {
            Actor::Account { uin, .. } => Ok(uin),
            Actor::Platform { .. } | Actor::System => Err(Denial::WrongRole),
        }
    }

    /// By whom the account acts that asks; of anybody else the actor itself says it.
    pub const fn by(self) -> Option<By> {
        match self {
            Actor::Account { by, .. } => Some(by),
            Actor::Platform { .. } | Actor::System => None,
        }
    }

    /// Whose share of the server it asks for.
    pub const fn asker(self) -> Asker {
        match self {
            Actor::Platform { key, .. } => Asker::Key(key),
            Actor::Account { uin, .. } => Asker::Account(uin),
            Actor::System => Asker::System,
        }
    }
}

impl fmt::Display for Actor {
    /// As the audit tells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Platform { key, .. } => write!(f, "platform:key_{key}"),
            Actor::Account { uin, .. } => write!(f, "account:{uin}"),
            Actor::System => f.write_str("system"),
        }
    }
}

/// Where a request came in, by its name in the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum Face {
    /// The platform API.
    Platform = 1,
    /// The Cloud API.
    Cloud = 2,
    /// No request: a job.
    System = 3,
    /// The console, where people work.
    Console = 4,
    /// SCIM, by which an identity provider keeps its people here.
    Scim = 5,
    /// Single sign-on.
    Sso = 6,
}

/// What an actor is to the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A platform key with full access.
    Platform,
    /// A platform key that may only read.
    PlatformRead,
    /// Credere itself.
    System,
    /// A partner of this kind.
    Partner(PartnerKind),
    /// An account bound to a partner.
    Customer,
    /// An account that is bound to no partner any more, and is none itself: it reads what was its own then (R141). One
    /// that is bound again or has become a partner may do the same besides what its role may.
    FormerCustomer,
    /// An account that is none of these.
    Unaffiliated,
}

impl Role {
    /// Every role, in the order of the printed matrix.
    pub const ALL: [Role; 10] = [
        Role::Platform,
        Role::PlatformRead,
        Role::System,
        Role::Partner(PartnerKind::Reseller),
        Role::Partner(PartnerKind::Distributor),
        Role::Partner(PartnerKind::SecondLevelReseller),
        Role::Partner(PartnerKind::Agent),
        Role::Customer,
        Role::FormerCustomer,
        Role::Unaffiliated,
    ];

    /// The name used in the printed matrix and in refusals.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Platform => "platform",
            Role::PlatformRead => "platform_read",
            Role::System => "system",
            Role::Partner(kind) => kind.name(),
            Role::Customer => "customer",
            Role::FormerCustomer => "former_customer",
            Role::Unaffiliated => "unaffiliated",
        }
    }
}

/// How the acting account stands to the account that it acts on, by its name in the printed matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Named)]
pub enum Relation {
    /// The same account.
    Own,
    /// A customer bound to the actor itself (R5).
    #[named("direct customers")]
    DirectCustomer,
    /// A customer of one of the actor's second-level resellers (R5).
    #[named("indirect customers")]
    IndirectCustomer,
    /// Once a customer bound to the actor, with lines on its bills that are not confirmed (R141).
    #[named("former customers with bills")]
    FormerCustomer,
    /// One of the actor's second-level resellers.
    #[named("second levels")]
    SecondLevel,
    /// The actor's managing partner, or its distributor.
    #[named("the partner above")]
    Parent,
    /// Another customer or second-level reseller of the actor's own partner.
    #[named("siblings")]
    Sibling,
    /// Anything else, and what does not exist.
    #[named("strangers")]
    Stranger,
}

/// Why an actor may not, by the code of the refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Numbered, Named)]
#[repr(u8)]
pub enum Denial {
    /// A platform key that may only read was used to write.
    ReadOnlyKey = 1,
    /// The actor's role has no part in this action.
    WrongRole = 2,
    /// The role may do this, but not to this account (which may not even exist: the two look the same from outside).
    NotYours = 3,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credentials_of_an_account_share_one_share() {
        let signed = |id: &str| Actor::signed(Uin::LOWEST, id.parse().unwrap());
        assert_ne!(signed("AKIDone"), signed("AKIDother"));
        assert_eq!(signed("AKIDone").asker(), signed("AKIDother").asker());
        assert_eq!(signed("AKIDone").by().unwrap().to_string(), "credential:AKIDone");
    }

    #[test]
    fn a_secret_id_is_short_and_visible() {
        let longest = "x".repeat(SecretId::LONGEST);
        assert_eq!(longest.parse::<SecretId>().unwrap().as_str(), longest);
        for wrong in ["", "a b", "\u{e9}", "a\n", &format!("{longest}x")] {
            assert!(wrong.parse::<SecretId>().is_err(), "{wrong:?}");
        }
    }
}
