//! Everything that can be asked of the book.

use crate::access::{Action, KeyAccess};
use crate::channel::{
    AccountClass, ActionType, AllowlistItem, AuthorizationId, DiscountId, DiscountScope, FreezeChange, FreezeTerms,
    LineId, NonStopChange, Order, OrderId, OrderKind, PartnerKind, PayMode, ProductCode, ResourceId, ResourceName,
    Settlement, Subscription, Tier, Uin, Verification, VoucherId, VoucherMode, VoucherUsage, WebhookId,
};
use crate::ledger::{Moment, Month};
use crate::money::{Amount, Factor, Rate};

/// One request for a change. A `Change…` carries what was sent and nothing else, and what is absent stays as it is when
/// the command is decided: two that change different things at once both hold.
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
        /// Grace in hours; where absent 2 while it settles hourly, else 24 (R105).
        grace_hours: Option<u32>,
        /// Days that a stopped resource's data is kept; 15 where absent.
        retention_days: Option<u32>,
        /// What is frozen while it runs.
        freeze: FreezeTerms,
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
        /// New retention.
        retention_days: Option<u32>,
        /// What changes of its freezing terms; what is frozen already stays (A18).
        freeze: FreezeChange,
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
    /// Gives back what was paid for a delivered order, whole or in part (R87-R88).
    RefundOrder {
        /// The order as it was delivered: a closed order is no longer in the book, but what it was charged never changes.
        order: Box<Order>,
        /// The customer's money, above zero.
        amount: Amount,
    },
    /// Activates a postpaid resource and freezes what its product asks for (R57).
    ActivateResource(Box<NewResource>),
    /// Changes a resource's size or price, and its freeze with it.
    ResizeResource {
        /// Which.
        name: ResourceName,
        /// New list price of a unit.
        unit_price: Option<Amount>,
        /// New number of units.
        quantity: Option<Factor>,
    },
    /// Ends a resource: the last settlement and the release of its freeze in one step (R71).
    TerminateResource {
        /// Which.
        name: ResourceName,
        /// List price of what was used since the last settlement; nothing where absent.
        final_amount: Option<Amount>,
    },
    /// Settles one usage record. Never refused for lack of credit (R62).
    SettleUsage(Box<UsageRecord>),
    /// Issues a voucher; a type II brings a type III with it (R111).
    IssueVoucher(Box<VoucherTerms>),
    /// Takes a voucher back.
    InvalidateVoucher {
        /// Which.
        id: VoucherId,
    },
    /// Records that a partner paid the platform; its spend ledger's `used` falls (R27).
    PayPlatform {
        /// Who paid.
        partner: Uin,
        /// How much, above zero.
        amount: Amount,
    },
    /// Confirms that a customer paid its partner: the confirmed amount is available again at once (R89-R95).
    ConfirmReceipt {
        /// Whose bill.
        customer: Uin,
        /// Which month's.
        month: Month,
        /// Which of its lines.
        lines: ReceiptLines,
    },
    /// Changes how a customer is suspended and warned.
    ChangeCustomer {
        /// Which.
        customer: Uin,
        /// What changes of its non-stop privileges (R106).
        non_stop: NonStopChange,
        /// The special suspension rule on or off (R107).
        special_suspension: Option<bool>,
        /// The partner's level in percent, or none (R100).
        partner_warning: Option<Option<u8>>,
        /// The customer's own level in percent, or none (R101).
        own_warning: Option<Option<u8>>,
    },
    /// Suspends a customer by force, or ends that (R108).
    ForceSuspension {
        /// Which.
        customer: Uin,
        /// On or off.
        forced: bool,
    },
    /// Says what an account wants to be told of, and where.
    Subscribe {
        /// Which.
        uin: Uin,
        /// What and where.
        subscription: Subscription,
    },
    /// Adds a webhook (its address and secret are in the directory).
    AddWebhook {
        /// Whose; the platform's own where absent.
        account: Option<Uin>,
        /// Which kinds of events; all where empty.
        kinds: Vec<String>,
    },
    /// Gives a webhook a new secret (which is in the directory).
    RotateWebhookSecret {
        /// Which.
        id: WebhookId,
    },
    /// Removes a webhook.
    RemoveWebhook {
        /// Which.
        id: WebhookId,
    },
    /// Tells a customer's recipients what they are due: warnings, suspension, resumption (R96-R104).
    ReviewCustomer {
        /// Whose credit.
        customer: Uin,
    },
    /// Starts a stopped resource again (R104).
    ResumeResource {
        /// Which.
        id: ResourceId,
    },
    /// Stops a resource for arrears (R103).
    SuspendResource {
        /// Which.
        id: ResourceId,
    },
    /// Deletes a resource that has been stopped for too long, which releases its freeze (R73, R107).
    DeleteResource {
        /// Which.
        id: ResourceId,
    },
    /// Ends a voucher whose time is over.
    ExpireVoucher {
        /// Which.
        id: VoucherId,
    },
    /// Notes that a month's bills are issued (R76).
    IssueBills {
        /// Which month's.
        month: Month,
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
    /// Says that what the machine's clock shows after a jump is the time.
    AcceptClock {
        /// What it would show if it had not jumped.
        expected: Moment,
        /// What it shows.
        found: Moment,
    },
    /// Makes a platform key with full access in place of one that was lost, for whoever has the data folder.
    ResetPlatformKey,
    /// Says that the journal goes on without records that are lost, for whoever has the data folder.
    AcceptLoss {
        /// The number of the first of them.
        from_seq: u64,
        /// The last of them that is known of; before `from_seq` where none is.
        upto_seq: u64,
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
    /// The prepaid resource that it is for; a downgrade names it.
    pub resource: Option<ResourceName>,
    /// A JSON object that the core does not read: region, tags, ...
    pub details: String,
}

/// A new postpaid resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewResource {
    /// Who runs it.
    pub account: Uin,
    /// The caller's name for it.
    pub name: ResourceName,
    /// Of which product.
    pub product: ProductCode,
    /// List price of one unit in one settlement period, not negative.
    pub unit_price: Amount,
    /// How many units, above zero.
    pub quantity: Factor,
    /// A JSON object that the core does not read: region, tags, ...
    pub details: String,
}

/// What was used of a product, or a correction of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRecord {
    /// Who used it.
    pub account: Uin,
    /// Of what.
    pub product: ProductCode,
    /// List price, not negative; what a compensation gives back.
    pub amount: Amount,
    /// From when.
    pub period_start: Moment,
    /// Until when; not before the start.
    pub period_end: Moment,
    /// By which resource. Need not be one that was activated here.
    pub resource: Option<ResourceName>,
    /// What for (R81); as its product settles where absent.
    pub action: Option<ActionType>,
    /// A JSON object that the core does not read: region, tags, components, ...
    pub details: String,
}

/// The terms of a new voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherTerms {
    /// Type I, II or III, with whom it names besides the owner.
    pub kind: NewVoucherKind,
    /// Who gets it.
    pub owner: Uin,
    /// Above zero, at most 1,000,000 (R120).
    pub amount: Amount,
    /// What for.
    pub usage: VoucherUsage,
    /// Which way of paying.
    pub mode: VoucherMode,
    /// Which products.
    pub products: NewVoucherProducts,
    /// From when it pays.
    pub effective_at: Moment,
    /// From when it no longer pays.
    pub expires_at: Moment,
}

/// What a new voucher is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewVoucherKind {
    /// Type I.
    PartnerAll,
    /// Type II, for a trial of this customer's.
    PartnerCustomer(Uin),
    /// Type III, issued by this partner; by the managing one where absent.
    Customer(Option<Uin>),
}

/// Which products a new voucher fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewVoucherProducts {
    /// Every one.
    All,
    /// These.
    Only(Vec<ProductCode>),
    /// Every one but these.
    Except(Vec<ProductCode>),
}

/// Which lines of a bill a receipt is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptLines {
    /// All, or those of one pay mode or type.
    All {
        /// Only those paid this way.
        pay_mode: Option<PayMode>,
        /// Only those of this type.
        action: Option<ActionType>,
    },
    /// These. What a line says never changes, so whoever asks looks it up.
    Named(Vec<NamedLine>),
}

/// A bill line that a receipt names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedLine {
    /// Which.
    pub id: LineId,
    /// Journal position of the binding that it was charged under.
    pub binding_seq: u64,
    /// What for.
    pub action: ActionType,
    /// What the customer owes for it.
    pub amount: Amount,
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
            Command::RefundOrder { order, .. } => (Action::RefundOrder, Some(order.account)),
            Command::ActivateResource(new) => (Action::ActivateResource, Some(new.account)),
            Command::ResizeResource { .. } => (Action::ResizeResource, None),
            Command::TerminateResource { .. } => (Action::TerminateResource, None),
            Command::SettleUsage(record) => (Action::SettleUsage, Some(record.account)),
            Command::IssueVoucher(terms) => (Action::IssueVoucher, Some(terms.owner)),
            Command::InvalidateVoucher { .. } => (Action::InvalidateVoucher, None),
            Command::PayPlatform { partner, .. } => (Action::PayPlatform, Some(*partner)),
            Command::ConfirmReceipt { customer, .. } => (Action::ConfirmReceipt, Some(*customer)),
            Command::ChangeCustomer { customer, .. } => (Action::ChangeCustomer, Some(*customer)),
            Command::ForceSuspension { customer, .. } => (Action::ForceSuspension, Some(*customer)),
            Command::Subscribe { uin, .. } => (Action::Subscribe, Some(*uin)),
            Command::AddWebhook { account, .. } => (Action::AddWebhook, *account),
            Command::RotateWebhookSecret { .. } => (Action::RotateWebhookSecret, None),
            Command::RemoveWebhook { .. } => (Action::RemoveWebhook, None),
            Command::ReviewCustomer { customer } => (Action::ReviewCustomer, Some(*customer)),
            Command::ResumeResource { .. } => (Action::ResumeResource, None),
            Command::SuspendResource { .. } => (Action::SuspendResource, None),
            Command::DeleteResource { .. } => (Action::DeleteResource, None),
            Command::ExpireVoucher { .. } => (Action::ExpireVoucher, None),
            Command::IssueBills { .. } => (Action::IssueBills, None),
            Command::IssueCredential { uin, .. } => (Action::IssueCredential, Some(*uin)),
            Command::RevokeCredential { uin, .. } => (Action::RevokeCredential, Some(*uin)),
            Command::IssuePlatformKey { .. } => (Action::IssuePlatformKey, None),
            Command::RevokePlatformKey { .. } => (Action::RevokePlatformKey, None),
            Command::AdvanceClock { .. } => (Action::AdvanceClock, None),
            Command::AcceptClock { .. } => (Action::AcceptClock, None),
            Command::ResetPlatformKey => (Action::ResetPlatformKey, None),
            Command::AcceptLoss { .. } => (Action::AcceptLoss, None),
        }
    }
}
