//! What has happened. An event is a fact with the figures after it; it never asks anything of the book that applies it
//! but that the book stands where it stood when the event was decided. Stored: a change of shape needs a new record
//! version and a golden file.

use crate::access::KeyAccess;
use crate::channel::{
    AccountClass, AllowlistItem, Authorization, AuthorizationId, DiscountId, DiscountScope, Order, PartnerKind, Price,
    ProductCode, Settlement, Tier, Uin, Verification,
};
use crate::ledger::{Line, Moment};
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
        grace_hours: u32,
    },
    ProductChanged {
        number: u32,
        code: ProductCode,
        name: String,
        settlement: Settlement,
        grace_hours: u32,
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
        customer_after: Option<Line>,
        partner_after: Line,
    },
    AuthorizationOpened {
        account: Uin,
        paying_partner: Uin,
        own_use: bool,
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
        price: Price,
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
            Event::CredentialIssued { .. } => "credential_issued",
            Event::CredentialRevoked { .. } => "credential_revoked",
            Event::PlatformKeyIssued { .. } => "platform_key_issued",
            Event::PlatformKeyRevoked { .. } => "platform_key_revoked",
            Event::ClockAdvanced { .. } => "clock_advanced",
        }
    }
}
