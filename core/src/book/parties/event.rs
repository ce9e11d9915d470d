//! The events about accounts, partners and customers. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{AccountClass, AllowlistItem, EntityId, PartnerKind, Site, Tier, Uin, Verification, Voucher};
use crate::money::Amount;
use serde::{Deserialize, Serialize};

events!(Parties {
    AccountOpened = 1,
    AccountChanged = 2,
    CredentialIssued = 3,
    CredentialRevoked = 4,
    PartnerRegistered = 5,
    PartnerChanged = 6,
    PoolAllocated = 7,
    CustomerBound = 8,
    CustomerUnbound = 9,
    CreditAllocated = 10,
    CustomerNoted = 11,
});

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountOpened {
    pub uin: Uin,
    pub class: AccountClass,
    pub verification: Verification,
    pub tier: Tier,
    pub site: Site,
    pub entity: Option<EntityId>,
    pub followed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountChanged {
    pub uin: Uin,
    pub class: AccountClass,
    pub verification: Verification,
    pub tier: Tier,
    pub entity: Option<EntityId>,
    pub followed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialIssued {
    pub uin: Uin,
    pub secret_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialRevoked {
    pub uin: Uin,
    pub secret_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerRegistered {
    pub uin: Uin,
    pub kind: PartnerKind,
    pub distributor: Option<Uin>,
    pub allocation_quota: Amount,
    pub spend_line: Option<Amount>,
    pub voucher_quota: Amount,
    pub allowlist: Vec<AllowlistItem>,
    /// For a second-level reseller, whose pool comes out of the distributor's quota.
    pub distributor_allocated_after: Option<Amount>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerChanged {
    pub uin: Uin,
    pub allocation_quota: Amount,
    pub spend_line: Option<Amount>,
    pub voucher_quota: Amount,
    pub allowlist: Vec<AllowlistItem>,
    pub distributor_allocated_after: Option<Amount>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolAllocated {
    pub second_level: Uin,
    pub distributor: Uin,
    pub amount: Amount,
    pub total_after: Amount,
    pub remaining_after: Amount,
    pub distributor_allocated_after: Amount,
    pub remark: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerBound {
    pub customer: Uin,
    pub partner: Uin,
    /// Whether the partner is an agent, so that the customer goes on paying for itself (O2).
    pub referred: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerUnbound {
    pub customer: Uin,
    pub partner: Uin,
    /// The total that went back to the partner; its allocation record is minus this (R141).
    pub returned: Amount,
    pub partner_allocated_after: Amount,
    /// The customer's unused vouchers, which end with the binding (R141).
    pub vouchers_after: Vec<Voucher>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditAllocated {
    pub customer: Uin,
    pub partner: Uin,
    pub amount: Amount,
    pub total_after: Amount,
    pub available_after: Amount,
    pub partner_allocated_after: Amount,
    pub remark: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerNoted {
    pub customer: Uin,
}

impl Event {
    /// Whose credit it changed.
    pub(in crate::book) fn touches(&self) -> Option<Uin> {
        match self {
            Event::CreditAllocated(allocated) => Some(allocated.customer),
            Event::AccountOpened(_)
            | Event::AccountChanged(_)
            | Event::CredentialIssued(_)
            | Event::CredentialRevoked(_)
            | Event::PartnerRegistered(_)
            | Event::PartnerChanged(_)
            | Event::PoolAllocated(_)
            | Event::CustomerBound(_)
            | Event::CustomerUnbound(_)
            | Event::CustomerNoted(_) => None,
        }
    }
}
