//! Everything that can be asked of the book.

use crate::access::{Action, KeyAccess};
use crate::channel::{
    AccountClass, AllowlistItem, AuthorizationId, DiscountId, DiscountScope, OrderId, OrderKind, PartnerKind,
    ProductCode, Settlement, Tier, Uin, Verification,
};
use crate::ledger::Moment;
use crate::money::{Amount, Rate};

/// One request for a change. Options in a `Change…` leave a field alone when absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Opens an account, with this number or the next free one.
    OpenAccount {
        /// The number, where the caller names one.
        uin: Option<Uin>,
        /// Whose it is.
        class: AccountClass,
        /// How far its identity is verified.
        verification: Verification,
        /// Its tier.
        tier: Tier,
    },
    /// Changes an account; also when only its profile (which the book does not hold) changes.
    ChangeAccount {
        /// Which.
        uin: Uin,
        /// New class.
        class: Option<AccountClass>,
        /// New verification.
        verification: Option<Verification>,
        /// New tier.
        tier: Option<Tier>,
    },
    /// Makes an account a partner (R2).
    RegisterPartner {
        /// The account.
        uin: Uin,
        /// What it becomes.
        kind: PartnerKind,
        /// The distributor above, for a second-level reseller and only for one.
        distributor: Option<Uin>,
        /// What it may hand out; a second-level reseller's pool, which comes out of the distributor's quota.
        allocation_quota: Amount,
        /// What it may owe the platform; the allocation quota where absent (A2).
        spend_line: Option<Amount>,
        /// What it may issue in vouchers.
        voucher_quota: Amount,
        /// Features granted.
        allowlist: Vec<AllowlistItem>,
    },
    /// Changes a partner's limits or features.
    ChangePartner {
        /// Which.
        uin: Uin,
        /// New allocation quota.
        allocation_quota: Option<Amount>,
        /// New spend line.
        spend_line: Option<Amount>,
        /// New voucher quota.
        voucher_quota: Option<Amount>,
        /// New features, all of them.
        allowlist: Option<Vec<AllowlistItem>>,
    },
    /// Grants to a second-level reseller's pool, or pulls from it when negative (R45-R49).
    AllocatePool {
        /// Whose pool.
        second_level: Uin,
        /// Signed increment.
        amount: Amount,
        /// A note.
        remark: Option<String>,
    },
    /// Binds an account to a partner as its customer (R10).
    BindCustomer {
        /// The account.
        customer: Uin,
        /// The managing partner to be.
        partner: Uin,
    },
    /// Ends a binding (R140-R141).
    UnbindCustomer {
        /// Which customer's.
        customer: Uin,
    },
    /// Hands credit to a customer, or takes it back when negative (R30-R44).
    AllocateCredit {
        /// To whom.
        customer: Uin,
        /// Signed increment.
        amount: Amount,
        /// A note.
        remark: Option<String>,
    },
    /// Records that the managing partner changed its note on an account (the note itself is in the directory).
    NoteCustomer {
        /// On whom.
        customer: Uin,
    },
    /// Adds a product.
    AddProduct {
        /// Its code.
        code: ProductCode,
        /// What people call it.
        name: String,
        /// How it settles.
        settlement: Settlement,
        /// Grace in hours; 2 for hourly, 24 for daily and monthly settlement where absent (R105).
        grace_hours: Option<u32>,
    },
    /// Changes a product.
    ChangeProduct {
        /// Which.
        code: ProductCode,
        /// New name.
        name: Option<String>,
        /// New settlement.
        settlement: Option<Settlement>,
        /// New grace.
        grace_hours: Option<u32>,
    },
    /// Gives a party a part of the list price (R123-R126).
    SetDiscount(DiscountTerms),
    /// Ends a discount.
    EndDiscount {
        /// Which.
        id: DiscountId,
    },
    /// Places a prepaid order.
    PlaceOrder(Box<NewOrder>),
    /// Pays an order that is to be paid.
    PayOrder {
        /// Which.
        order: OrderId,
        /// Who pays; the check is the same (A5).
        by: PayBy,
    },
    /// Delivers an order that is processing: its hold becomes a charge.
    DeliverOrder {
        /// Which.
        order: OrderId,
    },
    /// Gives an open order up; a hold it has is released (R131).
    CancelOrder {
        /// Which.
        order: OrderId,
    },
    /// Holds an amount on both sides.
    Authorize {
        /// Whose purchase.
        account: Uin,
        /// Of what.
        product: ProductCode,
        /// List price.
        amount: Amount,
        /// From when it can no longer be captured; 7 days from now where absent, at most 30.
        expires_at: Option<Moment>,
    },
    /// Charges an authorization, whole or in part, once.
    Capture {
        /// Which.
        authorization: AuthorizationId,
        /// List price; all of it where absent.
        amount: Option<Amount>,
    },
    /// Gives an authorization up.
    Release {
        /// Which.
        authorization: AuthorizationId,
    },
    /// Ends an authorization whose time is over.
    Expire {
        /// Which.
        authorization: AuthorizationId,
    },
    /// Records a new API credential (its secret is in the directory).
    IssueCredential {
        /// For whom.
        uin: Uin,
        /// Its public half.
        secret_id: String,
    },
    /// Records that an API credential was taken back.
    RevokeCredential {
        /// Whose.
        uin: Uin,
        /// Which.
        secret_id: String,
    },
    /// Makes a platform key (its hash is in the directory).
    IssuePlatformKey {
        /// What it may do.
        access: KeyAccess,
    },
    /// Takes a platform key back.
    RevokePlatformKey {
        /// Which.
        key: u32,
    },
    /// Moves the test clock.
    AdvanceClock {
        /// To when.
        to: Moment,
    },
}

/// The terms of a new discount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscountTerms {
    /// Whose price.
    pub scope: DiscountScope,
    /// The partner that it belongs to: that partner itself, or one above the customer.
    pub partner: Uin,
    /// One product, or all.
    pub product: Option<ProductCode>,
    /// What the list price is multiplied with.
    pub rate: Rate,
    /// From when.
    pub starts_at: Option<Moment>,
    /// Until when.
    pub ends_at: Option<Moment>,
}

/// A new order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// Who buys.
    pub account: Uin,
    /// What.
    pub product: ProductCode,
    /// What for.
    pub kind: OrderKind,
    /// List price; what a downgrade gives back.
    pub amount: Amount,
    /// Charged at once, or held until it is delivered.
    pub capture: bool,
    /// Whether to keep it as to be paid when funds do not suffice.
    pub park: bool,
    /// A JSON object that the core does not read: resource, region, tags, ...
    pub details: String,
}

/// Who pays an order that is to be paid. The consumption is the customer's either way (R130).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayBy {
    /// The customer itself.
    Customer,
    /// Its partner on its behalf.
    Partner,
}

impl Command {
    /// What this is in the access matrix, and the account that it is done to.
    pub fn action(&self) -> (Action, Option<Uin>) {
        match self {
            Command::OpenAccount { uin, .. } => (Action::OpenAccount, *uin),
            Command::ChangeAccount { uin, .. } => (Action::ChangeAccount, Some(*uin)),
            Command::RegisterPartner { uin, .. } => (Action::RegisterPartner, Some(*uin)),
            Command::ChangePartner { uin, .. } => (Action::ChangePartner, Some(*uin)),
            Command::AllocatePool { second_level, .. } => (Action::AllocatePool, Some(*second_level)),
            Command::BindCustomer { customer, .. } => (Action::BindCustomer, Some(*customer)),
            Command::UnbindCustomer { customer } => (Action::UnbindCustomer, Some(*customer)),
            Command::AllocateCredit { customer, .. } => (Action::AllocateCredit, Some(*customer)),
            Command::NoteCustomer { customer } => (Action::NoteCustomer, Some(*customer)),
            Command::AddProduct { .. } => (Action::AddProduct, None),
            Command::ChangeProduct { .. } => (Action::ChangeProduct, None),
            Command::SetDiscount(terms) => (
                Action::SetDiscount,
                Some(match terms.scope {
                    DiscountScope::Partner(uin) | DiscountScope::Customer(uin) => uin,
                }),
            ),
            Command::EndDiscount { .. } => (Action::EndDiscount, None),
            Command::PlaceOrder(order) => (Action::PlaceOrder, Some(order.account)),
            Command::PayOrder { .. } => (Action::PayOrder, None),
            Command::DeliverOrder { .. } => (Action::DeliverOrder, None),
            Command::CancelOrder { .. } => (Action::CancelOrder, None),
            Command::Authorize { account, .. } => (Action::Authorize, Some(*account)),
            Command::Capture { authorization, .. } => (Action::Capture, Some(authorization.account)),
            Command::Release { authorization } => (Action::Release, Some(authorization.account)),
            Command::Expire { authorization } => (Action::Expire, Some(authorization.account)),
            Command::IssueCredential { uin, .. } => (Action::IssueCredential, Some(*uin)),
            Command::RevokeCredential { uin, .. } => (Action::RevokeCredential, Some(*uin)),
            Command::IssuePlatformKey { .. } => (Action::IssuePlatformKey, None),
            Command::RevokePlatformKey { .. } => (Action::RevokePlatformKey, None),
            Command::AdvanceClock { .. } => (Action::AdvanceClock, None),
        }
    }
}
