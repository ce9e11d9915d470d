//! The commands about accounts, partners and customers.

use crate::access::Action;
use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::{AccountClass, AllowlistItem, PartnerKind, Tier, Uin, Verification};
use crate::money::Amount;

/// One request for a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Opens an account, with this number or the next free one.
    OpenAccount(OpenAccount),
    /// Changes an account; also when only its profile (which the book does not hold) changes.
    ChangeAccount(ChangeAccount),
    /// Records a new API credential (its secret is in the directory).
    IssueCredential(IssueCredential),
    /// Records that an API credential was taken back.
    RevokeCredential(RevokeCredential),
    /// Makes an account a partner (R2).
    RegisterPartner(RegisterPartner),
    /// Changes a partner's limits or features.
    ChangePartner(ChangePartner),
    /// Grants to a second-level reseller's pool, or pulls from it when negative (R45-R49).
    AllocatePool(AllocatePool),
    /// Binds an account to a partner as its customer (R10).
    BindCustomer(BindCustomer),
    /// Ends a binding (R140-R141).
    UnbindCustomer(UnbindCustomer),
    /// Hands credit to a customer, or takes it back when negative (R30-R44).
    AllocateCredit(AllocateCredit),
    /// Records that the managing partner changed its note on an account (the note itself is in the directory).
    NoteCustomer(NoteCustomer),
}

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

commands!(Parties: OpenAccount, ChangeAccount, IssueCredential, RevokeCredential, RegisterPartner, ChangePartner, AllocatePool, BindCustomer, UnbindCustomer, AllocateCredit, NoteCustomer);

impl Command {
    /// What this is in the access matrix, and the account that it is done to.
    pub fn action(&self) -> (Action, Option<Uin>) {
        match self {
            Command::OpenAccount(asked) => (Action::OpenAccount, asked.uin),
            Command::ChangeAccount(asked) => (Action::ChangeAccount, Some(asked.uin)),
            Command::IssueCredential(asked) => (Action::IssueCredential, Some(asked.uin)),
            Command::RevokeCredential(asked) => (Action::RevokeCredential, Some(asked.uin)),
            Command::RegisterPartner(asked) => (Action::RegisterPartner, Some(asked.uin)),
            Command::ChangePartner(asked) => (Action::ChangePartner, Some(asked.uin)),
            Command::AllocatePool(asked) => (Action::AllocatePool, Some(asked.second_level)),
            Command::BindCustomer(asked) => (Action::BindCustomer, Some(asked.customer)),
            Command::UnbindCustomer(asked) => (Action::UnbindCustomer, Some(asked.customer)),
            Command::AllocateCredit(asked) => (Action::AllocateCredit, Some(asked.customer)),
            Command::NoteCustomer(asked) => (Action::NoteCustomer, Some(asked.customer)),
        }
    }

    /// Where it is decided.
    pub fn home(&self) -> Home {
        match self {
            Command::OpenAccount(_) => Home::Deployment,
            Command::ChangeAccount(ChangeAccount { uin, .. })
            | Command::IssueCredential(IssueCredential { uin, .. })
            | Command::RevokeCredential(RevokeCredential { uin, .. })
            | Command::RegisterPartner(RegisterPartner { uin, .. })
            | Command::ChangePartner(ChangePartner { uin, .. }) => Home::Account(*uin),
            Command::AllocatePool(asked) => Home::Account(asked.second_level),
            Command::BindCustomer(BindCustomer { customer, .. })
            | Command::UnbindCustomer(UnbindCustomer { customer })
            | Command::AllocateCredit(AllocateCredit { customer, .. })
            | Command::NoteCustomer(NoteCustomer { customer }) => Home::Account(*customer),
        }
    }
}
