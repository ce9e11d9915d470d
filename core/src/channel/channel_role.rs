//! An account's place in the channel (O2). It follows from what exists, and is kept nowhere.

use super::{PartnerKind, Uin};
use credere_numbered::Named;
use std::fmt;

/// An account's place in the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Named)]
pub enum ChannelRole {
    /// The platform's own customer.
    Direct,
    /// Refers customers, who pay the platform themselves.
    Agent,
    /// Referred by an agent.
    AgentCustomer {
        /// By which.
        agent: Uin,
    },
    /// Sells straight to its customers.
    Reseller,
    /// Has second-level resellers.
    Distributor,
    /// Is under a distributor.
    SecondLevelReseller,
    /// Has its credit from a partner.
    SubCustomer {
        /// Which manages it.
        partner: Uin,
        /// 1 under a reseller or distributor, 2 under a second-level reseller.
        level: u8,
    },
}

impl ChannelRole {
    /// What a partner of this kind is.
    pub const fn of_partner(kind: PartnerKind) -> ChannelRole {
        match kind {
            PartnerKind::Reseller => ChannelRole::Reseller,
            PartnerKind::Distributor => ChannelRole::Distributor,
            PartnerKind::SecondLevelReseller => ChannelRole::SecondLevelReseller,
            PartnerKind::Agent => ChannelRole::Agent,
        }
    }

    /// What a customer of a partner of this kind is.
    pub const fn of_customer(partner: Uin, kind: PartnerKind) -> ChannelRole {
        match kind {
            PartnerKind::Reseller | PartnerKind::Distributor => ChannelRole::SubCustomer { partner, level: 1 },
            PartnerKind::SecondLevelReseller => ChannelRole::SubCustomer { partner, level: 2 },
            PartnerKind::Agent => ChannelRole::AgentCustomer { agent: partner },
        }
    }

    /// Whether its credit comes from a partner.
    pub const fn is_sub_customer(self) -> bool {
        matches!(self, ChannelRole::SubCustomer { .. })
    }

    /// Whether it pays with money of its own: it neither has its credit from a partner nor hands any down (O3).
    pub const fn pays_for_itself(self) -> bool {
        match self {
            ChannelRole::Direct | ChannelRole::Agent | ChannelRole::AgentCustomer { .. } => true,
            ChannelRole::Reseller
            | ChannelRole::Distributor
            | ChannelRole::SecondLevelReseller
            | ChannelRole::SubCustomer { .. } => false,
        }
    }

    /// 1 under a reseller or distributor, 2 under a second-level reseller; only a sub-customer has one.
    pub const fn level(self) -> Option<u8> {
        match self {
            ChannelRole::SubCustomer { level, .. } => Some(level),
            ChannelRole::Direct
            | ChannelRole::Agent
            | ChannelRole::AgentCustomer { .. }
            | ChannelRole::Reseller
            | ChannelRole::Distributor
            | ChannelRole::SecondLevelReseller => None,
        }
    }

    /// The partner that it is bound to.
    pub const fn partner(self) -> Option<Uin> {
        match self {
            ChannelRole::AgentCustomer { agent: partner } | ChannelRole::SubCustomer { partner, .. } => Some(partner),
            ChannelRole::Direct
            | ChannelRole::Agent
            | ChannelRole::Reseller
            | ChannelRole::Distributor
            | ChannelRole::SecondLevelReseller => None,
        }
    }
}

/// Its name, and of whom: `sub_customer of 100000000009, level 2`.
impl fmt::Display for ChannelRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            ChannelRole::SubCustomer { partner, level } => write!(f, " of {partner}, level {level}"),
            ChannelRole::AgentCustomer { agent } => write!(f, " of {agent}"),
            ChannelRole::Direct
            | ChannelRole::Agent
            | ChannelRole::Reseller
            | ChannelRole::Distributor
            | ChannelRole::SecondLevelReseller => Ok(()),
        }
    }
}
