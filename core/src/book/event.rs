//! What has happened. An event is a fact with the figures after it; it never asks anything of the book that applies it
//! but that the book stands where it stood when the event was decided. Stored: a change of shape needs a new record
//! version and a golden file.

use crate::access::KeyAccess;
use crate::channel::{
    AccountClass, ActionType, AllowlistItem, Authorization, AuthorizationId, Binding, Charge, DiscountId,
    DiscountScope, FreezeTerms, Frozen, LineId, NonStop, Notice, Order, PartnerKind, PayMode, Price, ProductCode,
    Resource, Settlement, Standing, Subscription, Tier, Uin, Verification, Voucher, WebhookId,
};
use crate::ledger::{Day, Line, Moment, Month};
use crate::money::{Amount, Rate};
use serde::{Deserialize, Serialize};

/// One fact. `…_after` is the figure once the fact holds. Things that get a number get the event's own journal position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]
pub enum Event {
    AccountOpened {
        uin: Uin,
        class: AccountClass,
        verification: Verification,
        tier: Tier,
    },
    AccountChanged {
        uin: Uin,
        class: AccountClass,
        verification: Verification,
        tier: Tier,
    },
    PartnerRegistered {
        uin: Uin,
        kind: PartnerKind,
        distributor: Option<Uin>,
        allocation_quota: Amount,
        spend_line: Option<Amount>,
        voucher_quota: Amount,
        allowlist: Vec<AllowlistItem>,
        /// For a second-level reseller, whose pool comes out of the distributor's quota.
        distributor_allocated_after: Option<Amount>,
    },
    PartnerChanged {
        uin: Uin,
        allocation_quota: Amount,
        spend_line: Option<Amount>,
        voucher_quota: Amount,
        allowlist: Vec<AllowlistItem>,
        distributor_allocated_after: Option<Amount>,
    },
    PoolAllocated {
        second_level: Uin,
        distributor: Uin,
        amount: Amount,
        total_after: Amount,
        remaining_after: Amount,
        distributor_allocated_after: Amount,
        remark: Option<String>,
    },
    CustomerBound {
        customer: Uin,
        partner: Uin,
    },
    CustomerUnbound {
        customer: Uin,
        partner: Uin,
        /// The total that went back to the partner; its allocation record is minus this (R141).
        returned: Amount,
        partner_allocated_after: Amount,
        /// The customer's unused vouchers, which end with the binding (R141).
        vouchers_after: Vec<Voucher>,
    },
    CreditAllocated {
        customer: Uin,
        partner: Uin,
        amount: Amount,
        total_after: Amount,
        available_after: Amount,
        partner_allocated_after: Amount,
        remark: Option<String>,
    },
    CustomerNoted {
        customer: Uin,
    },
    ProductAdded {
        number: u32,
        code: ProductCode,
        name: String,
        settlement: Settlement,
        /// Where somebody has set them.
        grace_hours: Option<u32>,
        retention_days: u32,
        freeze: FreezeTerms,
    },
    ProductChanged {
        number: u32,
        code: ProductCode,
        name: String,
        settlement: Settlement,
        grace_hours: Option<u32>,
        retention_days: u32,
        freeze: FreezeTerms,
    },
    DiscountSet {
        scope: DiscountScope,
        partner: Uin,
        product: Option<u32>,
        rate: Rate,
        starts_at: Option<Moment>,
        ends_at: Option<Moment>,
    },
    DiscountEnded {
        id: DiscountId,
    },
    /// An order was placed or changed; the order as it stands from now on, and both lines after it.
    OrderChanged {
        change: OrderChange,
        order: Box<Order>,
        /// Where it was charged with this.
        charge: Option<Box<Charge>>,
        /// The vouchers that it changed.
        vouchers_after: Vec<Voucher>,
        customer_after: Option<Line>,
        partner_after: Line,
    },
    /// A part of a delivered order, or all of it, was given back. The order as it stands from now on, and the charge with
    /// what came back, below zero. Nothing comes back to a customer that is no longer bound as it was then: its line is
    /// on the old binding's bill.
    OrderRefunded {
        order: Box<Order>,
        charge: Box<Charge>,
        customer_after: Option<Line>,
        partner_after: Line,
    },
    AuthorizationOpened {
        account: Uin,
        paying_partner: Uin,
        binding: Option<Binding>,
        product: u32,
        price: Price,
        expires_at: Moment,
        /// The customer's `prepay_frozen`; absent when a partner holds for itself.
        customer_frozen_after: Option<Amount>,
        /// The paying partner's.
        partner_frozen_after: Amount,
    },
    /// An authorization was charged, in whole or in part. Like the two below it says what was open, so that its record
    /// stands by itself.
    AuthorizationCaptured {
        id: AuthorizationId,
        open: Box<Authorization>,
        /// What was captured, at the authorization's rates.
        charge: Box<Charge>,
        /// The vouchers that paid a part.
        vouchers_after: Vec<Voucher>,
        customer_after: Option<Line>,
        partner_after: Line,
    },
    AuthorizationReleased {
        id: AuthorizationId,
        open: Box<Authorization>,
        customer_after: Option<Line>,
        partner_after: Line,
    },
    AuthorizationExpired {
        id: AuthorizationId,
        open: Box<Authorization>,
        customer_after: Option<Line>,
        partner_after: Line,
    },
    /// A resource was activated; it has this event's journal position.
    ResourceActivated {
        resource: Box<Resource>,
        customer_after: Option<Line>,
        paying_partner: Uin,
        partner_after: Line,
    },
    /// The resource as it stands from now on.
    ResourceResized {
        resource: Box<Resource>,
        customer_after: Option<Line>,
        paying_partner: Uin,
        partner_after: Line,
    },
    /// The resource as it ended, its freeze released.
    ResourceTerminated {
        resource: Box<Resource>,
        /// What had been frozen for it.
        released: Frozen,
        charge: Option<Box<Charge>>,
        vouchers_after: Vec<Voucher>,
        customer_after: Option<Line>,
        paying_partner: Uin,
        partner_after: Line,
    },
    ResourceSuspended {
        resource: Box<Resource>,
    },
    ResourceResumed {
        resource: Box<Resource>,
    },
    ResourceDeleted {
        resource: Box<Resource>,
        /// What had been frozen for it.
        released: Frozen,
        customer_after: Option<Line>,
        paying_partner: Uin,
        partner_after: Line,
    },
    UsageSettled {
        charge: Box<Charge>,
        /// The resource as the record names it, whether or not it was activated here.
        resource_name: Option<String>,
        details: String,
        /// The activated resource whose cycle this closed, as it stands from now on.
        resource: Option<Box<Resource>>,
        vouchers_after: Vec<Voucher>,
        customer_after: Option<Line>,
        partner_after: Line,
    },
    VoucherIssued {
        voucher: Box<Voucher>,
        /// The customer's voucher that comes with a type II.
        linked: Option<Box<Voucher>>,
    },
    /// The voucher as it ended.
    VoucherInvalidated {
        voucher: Box<Voucher>,
    },
    VoucherExpired {
        voucher: Box<Voucher>,
    },
    PlatformPaid {
        partner: Uin,
        amount: Amount,
        partner_after: Line,
    },
    ReceiptConfirmed {
        customer: Uin,
        month: Month,
        /// The partner that was paid.
        partner: Uin,
        /// What was asked for.
        pay_mode: Option<PayMode>,
        action: Option<ActionType>,
        /// What flipped, by binding and type.
        parts: Vec<ReceiptPart>,
        /// The lines that were named, where lines were.
        named: Option<Vec<LineId>>,
        lines: u32,
        returned: Amount,
        /// Absent when the customer is no longer bound to that partner.
        customer_after: Option<Line>,
    },
    CustomerChanged {
        customer: Uin,
        non_stop: NonStop,
        special_suspension: bool,
        partner_warning: Option<u8>,
        own_warning: Option<u8>,
    },
    SuspensionForced {
        customer: Uin,
    },
    SuspensionLifted {
        customer: Uin,
    },
    Subscribed {
        uin: Uin,
        subscription: Subscription,
    },
    WebhookAdded {
        account: Option<Uin>,
        kinds: Vec<String>,
    },
    WebhookSecretRotated {
        id: WebhookId,
    },
    WebhookRemoved {
        id: WebhookId,
    },
    /// A customer's recipients were told what they were due. Follows the change that made it due in the same commit, or
    /// comes with the day's sweep.
    CustomerReviewed {
        customer: Uin,
        partner: Uin,
        day: Day,
        /// Since when it is overdue, as of now.
        overdue_since: Option<Moment>,
        available: Amount,
        total: Amount,
        notices: Vec<Notice>,
        /// How it stands as to what runs, which its recipients know from now on.
        suspension: Standing,
    },
    BillsIssued {
        month: Month,
    },
    CredentialIssued {
        uin: Uin,
        secret_id: String,
    },
    CredentialRevoked {
        uin: Uin,
        secret_id: String,
    },
    PlatformKeyIssued {
        key: u32,
        access: KeyAccess,
    },
    PlatformKeyRevoked {
        key: u32,
    },
    ClockAdvanced {
        to: Moment,
    },
    ClockAccepted {
        expected: Moment,
        found: Moment,
    },
    /// Records with these numbers were lost, and their numbers are given out again, from this very record on.
    LossAccepted {
        from_seq: u64,
        upto_seq: u64,
    },
}

/// What a receipt confirmed under one binding for one type of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptPart {
    /// Journal position of the binding.
    pub binding_seq: u64,
    /// What for.
    pub action: ActionType,
    /// How many lines.
    pub lines: u32,
    /// What they come to.
    pub amount: Amount,
}

/// What happened to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OrderChange {
    /// Placed: as delivered, processing or to be paid.
    Placed,
    /// Paid after it was parked.
    Paid,
    /// Delivered after it was processing.
    Delivered,
    /// Given up.
    Canceled,
}

impl Event {
    /// The charge that it posted: its bill line has the event's journal position.
    pub fn charge(&self) -> Option<&Charge> {
        match self {
            Event::OrderChanged { charge, .. } | Event::ResourceTerminated { charge, .. } => charge.as_deref(),
            Event::OrderRefunded { charge, .. }
            | Event::AuthorizationCaptured { charge, .. }
            | Event::UsageSettled { charge, .. } => Some(charge),
            _ => None,
        }
    }

    /// The account whose credit line, standing or resources it may have changed: what may follow is looked up there.
    pub fn touches(&self) -> Option<Uin> {
        match self {
            Event::CreditAllocated { customer, .. }
            | Event::ReceiptConfirmed { customer, .. }
            | Event::CustomerChanged { customer, .. }
            | Event::SuspensionForced { customer }
            | Event::SuspensionLifted { customer }
            | Event::CustomerReviewed { customer, .. } => Some(*customer),
            Event::OrderChanged { order, .. } | Event::OrderRefunded { order, .. } => Some(order.account),
            Event::AuthorizationOpened { account, .. } => Some(*account),
            Event::AuthorizationCaptured { id, .. }
            | Event::AuthorizationReleased { id, .. }
            | Event::AuthorizationExpired { id, .. } => Some(id.account),
            Event::ResourceActivated { resource, .. }
            | Event::ResourceResized { resource, .. }
            | Event::ResourceTerminated { resource, .. }
            | Event::ResourceSuspended { resource }
            | Event::ResourceResumed { resource }
            | Event::ResourceDeleted { resource, .. } => Some(resource.account),
            Event::UsageSettled { charge, .. } => Some(charge.account),
            _ => None,
        }
    }

    /// The event's name in logs and explanations.
    pub const fn name(&self) -> &'static str {
        match self {
            Event::AccountOpened { .. } => "account_opened",
            Event::AccountChanged { .. } => "account_changed",
            Event::PartnerRegistered { .. } => "partner_registered",
            Event::PartnerChanged { .. } => "partner_changed",
            Event::PoolAllocated { .. } => "pool_allocated",
            Event::CustomerBound { .. } => "customer_bound",
            Event::CustomerUnbound { .. } => "customer_unbound",
            Event::CreditAllocated { .. } => "credit_allocated",
            Event::CustomerNoted { .. } => "customer_noted",
            Event::ProductAdded { .. } => "product_added",
            Event::ProductChanged { .. } => "product_changed",
            Event::DiscountSet { .. } => "discount_set",
            Event::DiscountEnded { .. } => "discount_ended",
            Event::OrderChanged { change, .. } => match change {
                OrderChange::Placed => "order_placed",
                OrderChange::Paid => "order_paid",
                OrderChange::Delivered => "order_delivered",
                OrderChange::Canceled => "order_canceled",
            },
            Event::AuthorizationOpened { .. } => "authorization_opened",
            Event::AuthorizationCaptured { .. } => "authorization_captured",
            Event::AuthorizationReleased { .. } => "authorization_released",
            Event::AuthorizationExpired { .. } => "authorization_expired",
            Event::OrderRefunded { .. } => "order_refunded",
            Event::ResourceActivated { .. } => "resource_activated",
            Event::ResourceResized { .. } => "resource_resized",
            Event::ResourceTerminated { .. } => "resource_terminated",
            Event::ResourceSuspended { .. } => "resource_suspended",
            Event::ResourceResumed { .. } => "resource_resumed",
            Event::ResourceDeleted { .. } => "resource_deleted",
            Event::UsageSettled { .. } => "usage_settled",
            Event::VoucherIssued { .. } => "voucher_issued",
            Event::VoucherInvalidated { .. } => "voucher_invalidated",
            Event::VoucherExpired { .. } => "voucher_expired",
            Event::PlatformPaid { .. } => "platform_paid",
            Event::ReceiptConfirmed { .. } => "receipt_confirmed",
            Event::CustomerChanged { .. } => "customer_changed",
            Event::SuspensionForced { .. } => "suspension_forced",
            Event::SuspensionLifted { .. } => "suspension_lifted",
            Event::Subscribed { .. } => "subscribed",
            Event::WebhookAdded { .. } => "webhook_added",
            Event::WebhookSecretRotated { .. } => "webhook_secret_rotated",
            Event::WebhookRemoved { .. } => "webhook_removed",
            Event::CustomerReviewed { .. } => "customer_reviewed",
            Event::BillsIssued { .. } => "bills_issued",
            Event::CredentialIssued { .. } => "credential_issued",
            Event::CredentialRevoked { .. } => "credential_revoked",
            Event::PlatformKeyIssued { .. } => "platform_key_issued",
            Event::PlatformKeyRevoked { .. } => "platform_key_revoked",
            Event::ClockAdvanced { .. } => "clock_advanced",
            Event::ClockAccepted { .. } => "clock_accepted",
            Event::LossAccepted { .. } => "loss_accepted",
        }
    }
}
