//! The commands about accounts, partners and customers.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::{AccountClass, AllowlistItem, EntityId, PartnerKind, Site, Tier, Uin, Verification};
use crate::money::Amount;

commands!(Parties {
    OpenAccount(asked) => asked.uin, Home::Deployment;
    ChangeAccount(asked) => Some(asked.uin), Home::Account(asked.uin);
    IssueCredential(asked) => Some(asked.uin), Home::Account(asked.uin);
    RevokeCredential(asked) => Some(asked.uin), Home::Account(asked.uin);
    RegisterPartner(asked) => Some(asked.uin), Home::Account(asked.uin);
    ChangePartner(asked) => Some(asked.uin), Home::Account(asked.uin);
    AllocatePool(asked) => Some(asked.second_level), Home::Account(asked.second_level);
    BindCustomer(asked) => Some(asked.customer), Home::Account(asked.customer);
    UnbindCustomer(asked) => Some(asked.customer), Home::Account(asked.customer);
    AllocateCredit(asked) => Some(asked.customer), Home::Account(asked.customer);
    NoteCustomer(asked) => Some(asked.customer), Home::Account(asked.customer);
});

/// Opens an account, with this number or the next free one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAccount {
    /// The number, where the caller names one.
    pub uin: Option<Uin>,
    /// Whether it is anybody's or the platform's own.
    pub class: AccountClass,
    /// How far its identity is verified.
    pub verification: Verification,
    /// Its tier.
    pub tier: Tier,
    /// Where it is; on the deployment's site where absent.
    pub site: Option<Site>,
    /// Who it is verified as.
    pub entity: Option<EntityId>,
    /// Whether a channel manager follows it.
    pub followed: bool,
}

/// Changes an account; also when only its profile (which the book does not hold) changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeAccount {
    /// The account that changes.
    pub uin: Uin,
    /// New class.
    pub class: Option<AccountClass>,
    /// New verification.
    pub verification: Option<Verification>,
    /// New tier.
    pub tier: Option<Tier>,
    /// Who it is verified as from now on; `Some(None)` is nobody.
    pub entity: Option<Option<EntityId>>,
    /// Whether a channel manager follows it from now on.
    pub followed: Option<bool>,
}

/// Records a new API credential (its secret is in the directory).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueCredential {
    /// The account that it signs for.
    pub uin: Uin,
    /// Its public half.
    pub secret_id: String,
}

/// Records that an API credential was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeCredential {
    /// The account whose credential it is.
    pub uin: Uin,
    /// The public part of the credential.
    pub secret_id: String,
}

/// Makes an account a partner (R2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterPartner {
    /// The account.
    pub uin: Uin,
    /// What it becomes.
    pub kind: PartnerKind,
    /// The distributor above, for a second-level reseller and only for one.
    pub distributor: Option<Uin>,
    /// What it may hand out; a second-level reseller's pool, which comes out of the distributor's quota.
    pub allocation_quota: Amount,
    /// What it may owe the platform; the allocation quota where absent (A2).
    pub spend_line: Option<Amount>,
    /// What it may issue in vouchers.
    pub voucher_quota: Amount,
    /// Features granted.
    pub allowlist: Vec<AllowlistItem>,
}

/// Changes a partner's limits or features.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePartner {
    /// The partner that changes.
    pub uin: Uin,
    /// New allocation quota.
    pub allocation_quota: Option<Amount>,
    /// New spend line.
    pub spend_line: Option<Amount>,
    /// New voucher quota.
    pub voucher_quota: Option<Amount>,
    /// New features, all of them.
    pub allowlist: Option<Vec<AllowlistItem>>,
}

/// Grants to a second-level reseller's pool, or pulls from it when negative (R45-R49).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocatePool {
    /// Whose pool.
    pub second_level: Uin,
    /// Signed increment.
    pub amount: Amount,
    /// A note.
    pub remark: Option<String>,
}

/// Binds an account to a partner as its customer (R10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindCustomer {
    /// The account.
    pub customer: Uin,
    /// The managing partner to be.
    pub partner: Uin,
}

/// Ends a binding (R140-R141).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnbindCustomer {
    /// Which customer's.
    pub customer: Uin,
}

/// Hands credit to a customer, or takes it back when negative (R30-R44).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocateCredit {
    /// The customer that is given credit, or from which it is taken back.
    pub customer: Uin,
    /// Signed increment.
    pub amount: Amount,
    /// A note.
    pub remark: Option<String>,
}

/// Records that the managing partner changed its note on an account (the note itself is in the directory).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteCustomer {
    /// On whom.
    pub customer: Uin,
}
