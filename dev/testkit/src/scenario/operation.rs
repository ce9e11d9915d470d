//! What can be done in a scenario: operations know names, amounts and the channel's own words, and nothing of any
//! interface.

use super::moments::{Name, Span, Time};
use super::organization::Organizing;
use super::voucher::NewVoucher;
use credere_core::book::buying::PayBy;
use credere_core::channel::{
    AccountClass, ActionType, AllowlistItem, FreezeTerms, OfferLevel, OrderKind, PartnerKind, PayMode, RefundScope,
    Settlement, Site, Tier, Verification,
};
use credere_core::ledger::{Moment, Month};
use credere_core::money::{Amount, Factor, Rate};

/// Who does something that more than one may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The cloud vendor's own systems.
    Platform,
    /// This account, by its own door.
    Account(Name),
}

/// What is told of an account besides its number; what is absent is left to the default, or as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the words of the format")]
pub struct Profile {
    pub verification: Option<Verification>,
    pub entity: Option<String>,
    pub class: Option<AccountClass>,
    pub tier: Option<Tier>,
    pub followed: Option<bool>,
    pub site: Option<Site>,
}

/// Whose price a discount changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiscountFor {
    /// A partner's own.
    Partner(Name),
    /// A customer's, set for this partner.
    Customer {
        /// The customer.
        customer: Name,
        /// The partner that it belongs to.
        partner: Name,
    },
    /// An offer of an account's that pays for itself.
    Account {
        /// The account.
        account: Name,
        /// Whether it passes on.
        level: OfferLevel,
    },
}

/// An operation in the words of a scenario. Amounts are signed where the operation is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the words of the format above")]
pub enum Operation {
    OpenAccount {
        account: Name,
        profile: Profile,
        number: Option<u64>,
    },
    /// Sets what is told of an account.
    ChangeAccount {
        account: Name,
        profile: Profile,
    },
    /// A card that is good until the end of a month.
    AddCard {
        account: Name,
        until: Month,
    },
    /// Pays money in, or gives some.
    TopUp {
        account: Name,
        amount: Amount,
        granted: bool,
    },
    /// Sets how much an account may owe.
    ChangeCreditLimit {
        account: Name,
        limit: Amount,
    },
    /// Sets the sum of an account's overdue bills.
    ChangeOverdue {
        account: Name,
        amount: Amount,
    },
    RegisterPartner {
        account: Name,
        kind: PartnerKind,
        distributor: Option<Name>,
        quota: Amount,
        spend: Option<Amount>,
    },
    ChangeQuota {
        partner: Name,
        quota: Amount,
    },
    ChangeSpendLine {
        partner: Name,
        line: Amount,
    },
    /// A grant, or a pull when negative.
    AllocatePool {
        by: By,
        second_level: Name,
        amount: Amount,
    },
    Bind {
        account: Name,
        partner: Name,
    },
    Unbind {
        customer: Name,
    },
    /// An allocation, or a reclaim when negative.
    Allocate {
        by: By,
        customer: Name,
        amount: Amount,
        remark: Option<String>,
    },
    AddProduct {
        code: String,
        terms: ProductTerms,
    },
    ChangeProduct {
        code: String,
        terms: ProductTerms,
    },
    /// The spans count from now.
    SetDiscount {
        name: Option<Name>,
        whose: DiscountFor,
        product: Option<String>,
        rate: Rate,
        from: Option<Span>,
        until: Option<Span>,
    },
    EndDiscount {
        discount: Name,
    },
    /// An account has another one's offers, or its own again.
    InheritOffers {
        account: Name,
        from: Option<Name>,
    },
    /// A pack, over a year from now unless it says otherwise.
    AddPack {
        name: Option<Name>,
        account: Name,
        product: String,
        units: Factor,
        until: Option<Time>,
    },
    PlaceOrder(PlaceOrder),
    /// Asks whoever pays on behalf of its account to pay an order.
    RequestPayment {
        order: Name,
    },
    PayOrder {
        order: Name,
        by: PayBy,
    },
    DeliverOrder {
        order: Name,
    },
    CancelOrder {
        order: Name,
    },
    /// `until` counts from now.
    Authorize {
        name: Option<Name>,
        account: Name,
        product: String,
        amount: Amount,
        until: Option<Span>,
    },
    Capture {
        authorization: Name,
        amount: Option<Amount>,
    },
    Release {
        authorization: Name,
    },
    /// Gives back a part of what a delivered order came to, or of what its resource was paid with. `promised` is the name of
    /// the order that promises it, where it is not given back at once.
    RefundOrder {
        name: Option<Name>,
        order: Name,
        amount: Amount,
        scope: RefundScope,
        promised: Option<Name>,
    },
    ChangeVoucherQuota {
        partner: Name,
        quota: Amount,
    },
    /// Grants a partner this feature and no others.
    Allow {
        partner: Name,
        feature: AllowlistItem,
    },
    /// The resource's name is also what the vendor's systems call it.
    ActivateResource {
        name: Name,
        account: Name,
        product: String,
        unit_price: Amount,
        quantity: Factor,
    },
    ResizeResource {
        resource: Name,
        unit_price: Option<Amount>,
        quantity: Option<Factor>,
    },
    TerminateResource {
        resource: Name,
        final_amount: Option<Amount>,
    },
    SettleUsage(UsageRecord),
    IssueVoucher(NewVoucher),
    InvalidateVoucher {
        voucher: Name,
    },
    /// A partner pays the platform.
    PayPlatform {
        partner: Name,
        amount: Amount,
    },
    ConfirmReceipt {
        by: By,
        customer: Name,
        month: Month,
        part: ReceiptPart,
    },
    /// Sets a warning level of a customer's credit, its partner's or its own.
    SetWarning {
        customer: Name,
        partners: bool,
        level: Option<u8>,
    },
    SetNonStop {
        customer: Name,
        prepaid: bool,
        postpaid: bool,
    },
    SetSpecialSuspension {
        customer: Name,
        on: bool,
    },
    ForceSuspension {
        by: By,
        customer: Name,
        forced: bool,
    },
    /// Turns the channel-service notices of an account on or off.
    Subscribe {
        account: Name,
        on: bool,
    },
    /// Something happens in an organization.
    Organize(Organizing),
    /// Business time passes, and everything that falls due happens.
    Advance {
        by: Span,
    },
    /// The same up to this moment.
    AdvanceTo {
        to: Moment,
    },
}

/// What a product is like; what is absent is left to the default, or as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the words of the format above")]
pub struct ProductTerms {
    pub settlement: Option<Settlement>,
    pub grace_hours: Option<u32>,
    pub retention_days: Option<u32>,
    pub freeze: Option<FreezeTerms>,
    pub inheritable: Option<bool>,
}

/// What was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRecord {
    /// What to call its bill line afterwards.
    pub name: Option<Name>,
    /// Who used it.
    pub account: Name,
    /// Of what.
    pub product: String,
    /// List price.
    pub amount: Amount,
    /// How many units of it.
    pub units: Option<Factor>,
    /// By which resource.
    pub resource: Option<Name>,
    /// Of which type; as the product settles where absent.
    pub action: Option<ActionType>,
    /// When; the hour that ends now where absent.
    pub period: Option<(Time, Time)>,
}

/// Which part of a bill a receipt is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptPart {
    /// All of it, or what was paid this way, or what is of this type.
    Of {
        /// Only what was paid this way.
        pay_mode: Option<PayMode>,
        /// Only what is of this type.
        action: Option<ActionType>,
    },
    /// These lines.
    Lines(Vec<Name>),
}

impl Operation {
    /// What the bill line that it posts is called.
    pub fn line(&self) -> Option<&Name> {
        match self {
            Operation::PlaceOrder(order) => order.name.as_ref(),
            Operation::PayOrder { order, .. } | Operation::DeliverOrder { order } => Some(order),
            Operation::Capture { authorization, .. } => Some(authorization),
            Operation::TerminateResource { resource, .. } => Some(resource),
            Operation::RefundOrder { name, .. } => name.as_ref(),
            Operation::SettleUsage(record) => record.name.as_ref(),
            _ => None,
        }
    }

    /// Adds a product with all defaults, as every world begins with one.
    pub fn product(code: &str) -> Operation {
        Operation::AddProduct { code: code.to_owned(), terms: ProductTerms::default() }
    }
}

/// A new order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    /// What to call it afterwards.
    pub name: Option<Name>,
    /// Who buys.
    pub account: Name,
    /// What.
    pub product: String,
    /// What for.
    pub kind: OrderKind,
    /// List price, also of a downgrade.
    pub amount: Amount,
    /// The prepaid resource that it is for.
    pub resource: Option<Name>,
    /// Charged at once, or frozen until delivered.
    pub capture: bool,
    /// Kept as to be paid when funds do not suffice.
    pub park: bool,
    /// Only asked, not done.
    pub preview: bool,
}
