//! What the auditor keeps: the parties, what was agreed with them, and every single thing that was charged, held, frozen
//! or issued. The figures beside them are kept step by step; `recount` makes each of them anew from the single things.

use super::arithmetic::Units;
use credere_core::channel::{
    ActionType, FreezeModel, NoticeKind, OrderKind, PartnerKind, ProductCode, ResourceName, Settlement, Uin,
};
use credere_core::ledger::{Moment, Month};

/// One binding: to whom, and its journal position.
pub(crate) type Tie = (Uin, u64);

/// A prepaid resource: whose, the position of the binding (0 is a partner's own use), and what it is called.
pub(crate) type PrepaidResource = (Uin, u64, ResourceName);

/// An account, whatever it does.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) verified: bool,
    /// Whether it is told of the preset levels and of suspension (R97).
    pub(crate) told: bool,
    pub(crate) bound: Option<Bound>,
}

/// A customer's place and figures (R12-R14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) partner: Uin,
    pub(crate) seq: u64,
    pub(crate) since: Moment,
    pub(crate) total: Units,
    pub(crate) used: Units,
    pub(crate) held: Units,
    pub(crate) frozen: Units,
    pub(crate) processing: u32,
    pub(crate) parked: u32,
    pub(crate) authorizations: u32,
    pub(crate) overdue_since: Option<Moment>,
    /// What was last told of it: that force stops everything, and that arrears do.
    pub(crate) told_stopped: (bool, bool),
    pub(crate) forced_since: Option<Moment>,
    pub(crate) non_stop: (bool, bool),
    pub(crate) special: bool,
    pub(crate) partner_level: Option<u8>,
    pub(crate) own_level: Option<u8>,
}

impl Bound {
    pub(crate) fn new(partner: Uin, seq: u64, since: Moment) -> Bound {
        Bound {
            partner,
            seq,
            since,
            total: 0,
            used: 0,
            held: 0,
            frozen: 0,
            processing: 0,
            parked: 0,
            authorizations: 0,
            overdue_since: None,
            told_stopped: (false, false),
            forced_since: None,
            non_stop: (false, false),
            special: false,
            partner_level: None,
            own_level: None,
        }
    }

    /// R14.
    pub(crate) fn available(&self) -> Units {
        self.total - self.used - self.held - self.frozen
    }

    pub(crate) fn tie(&self) -> Tie {
        (self.partner, self.seq)
    }
}

/// A binding that has ended, and from when until when it was in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Former {
    pub(crate) tie: Tie,
    pub(crate) since: Moment,
    pub(crate) until: Moment,
}

/// A partner and its two ledgers (R22).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Partner {
    pub(crate) kind: PartnerKind,
    pub(crate) above: Option<Uin>,
    pub(crate) quota: Units,
    pub(crate) allocated: Units,
    pub(crate) spend: Option<Spend>,
    pub(crate) voucher_quota: Units,
    pub(crate) vouchers_issued: Units,
    pub(crate) vouchers_count: u64,
    pub(crate) may_force: bool,
    pub(crate) may_stop_specially: bool,
}

/// What a partner owes the platform and may owe it (R27).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spend {
    pub(crate) line: Units,
    pub(crate) used: Units,
    pub(crate) held: Units,
    pub(crate) frozen: Units,
}

impl Spend {
    pub(crate) fn available(&self) -> Units {
        self.line - self.used - self.held - self.frozen
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub(crate) code: ProductCode,
    pub(crate) settlement: Settlement,
    /// Where somebody has set them.
    pub(crate) grace_hours: Option<u32>,
    pub(crate) retention_days: u32,
    pub(crate) model: FreezeModel,
    pub(crate) coefficient: Units,
    pub(crate) amount: Units,
}

#[derive(Debug, Clone)]
pub(crate) struct Discount {
    /// The partner or the customer whose price it changes.
    pub(crate) party: Uin,
    pub(crate) for_customer: bool,
    /// The partner that it belongs to.
    pub(crate) by: Uin,
    pub(crate) product: Option<u32>,
    pub(crate) rate: Units,
    pub(crate) starts_at: Option<Moment>,
    pub(crate) ends_at: Option<Moment>,
}

/// A list price on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price {
    pub(crate) list: Units,
    pub(crate) customer_rate: Units,
    pub(crate) partner_rate: Units,
    pub(crate) customer: Units,
    pub(crate) partner: Units,
}

/// How far a voucher is (R116).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VoucherState {
    Issued,
    Used,
    Expired,
    Invalidated,
}

/// Whose side a voucher pays (R111).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VoucherFor {
    EveryCustomer,
    OneCustomer(Uin),
    Owner,
}

#[derive(Debug, Clone)]
pub(crate) struct Voucher {
    pub(crate) owner: Uin,
    /// The partner whose quota it counts against.
    pub(crate) issuer: Option<Uin>,
    pub(crate) pays_for: VoucherFor,
    pub(crate) amount: Units,
    pub(crate) remaining: Units,
    pub(crate) reserved: Units,
    pub(crate) prepaid: bool,
    pub(crate) postpaid: bool,
    /// The products that it names, and whether those are the ones that it fits or does not fit.
    pub(crate) named: Vec<u32>,
    pub(crate) only_named: bool,
    pub(crate) effective_at: Moment,
    pub(crate) expires_at: Moment,
    pub(crate) state: VoucherState,
}

/// What a voucher pays of something.
pub(crate) type Use = (u64, Units);

/// How far an order is (R132).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderState {
    ToBePaid,
    Processing,
    Delivered,
    Canceled,
    Refunded,
}

impl OrderState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            OrderState::ToBePaid => "to_be_paid",
            OrderState::Processing => "processing",
            OrderState::Delivered => "delivered",
            OrderState::Canceled => "canceled",
            OrderState::Refunded => "refunded",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) account: Uin,
    pub(crate) paying: Uin,
    pub(crate) tie: Option<Tie>,
    pub(crate) product: u32,
    pub(crate) kind: OrderKind,
    pub(crate) capture: bool,
    pub(crate) state: OrderState,
    pub(crate) price: Price,
    pub(crate) vouchers: Vec<Use>,
    pub(crate) partner_vouchers: Vec<Use>,
    pub(crate) refunded: Units,
    pub(crate) partner_refunded: Units,
    pub(crate) resource: Option<ResourceName>,
}

impl Order {
    /// What the customer pays: its price less vouchers.
    pub(crate) fn paid(&self) -> Units {
        self.price.customer - total(&self.vouchers)
    }

    pub(crate) fn partner_paid(&self) -> Units {
        self.price.partner - total(&self.partner_vouchers)
    }

    /// What it is for, where that is named.
    pub(crate) fn prepaid(&self) -> Option<PrepaidResource> {
        Some((self.account, self.tie.map_or(0, |(_, seq)| seq), self.resource.clone()?))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Authorization {
    pub(crate) account: Uin,
    pub(crate) paying: Uin,
    pub(crate) bound: bool,
    pub(crate) product: u32,
    pub(crate) price: Price,
    pub(crate) expires_at: Moment,
}

#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) id: u64,
    pub(crate) account: Uin,
    pub(crate) product: u32,
    pub(crate) unit_price: Units,
    pub(crate) quantity: Units,
    pub(crate) frozen: Units,
    pub(crate) partner_frozen: Units,
    pub(crate) stopped: bool,
    pub(crate) since: Moment,
    pub(crate) activated_at: Moment,
    /// Until when the last cycle went that usage has closed.
    pub(crate) cycle_ended_at: Option<Moment>,
}

/// One line of a bill.
#[derive(Debug, Clone)]
pub(crate) struct BillLine {
    pub(crate) seq: u64,
    pub(crate) account: Uin,
    pub(crate) tie: Option<Tie>,
    /// Whether that binding had ended when it was charged.
    pub(crate) late: bool,
    pub(crate) paying: Uin,
    pub(crate) month: Month,
    pub(crate) action: ActionType,
    pub(crate) product: u32,
    pub(crate) list: Units,
    pub(crate) vouchers: Units,
    pub(crate) amount: Units,
    pub(crate) partner_amount: Units,
    pub(crate) confirmed: bool,
}

/// One notice that somebody must have got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Told {
    pub(crate) recipient: Uin,
    pub(crate) customer: Uin,
    pub(crate) kind: NoticeKind,
    pub(crate) level: Option<u8>,
}

/// What several vouchers pay together.
pub(crate) fn total(uses: &[Use]) -> Units {
    uses.iter().map(|(_, amount)| amount).sum()
}
