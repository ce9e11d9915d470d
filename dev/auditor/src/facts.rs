//! What the auditor keeps: the parties, what was agreed with them, and every single thing that was charged, held, frozen
//! or issued. The figures beside them are kept step by step; `recount` makes each of them anew from the single things.

#![expect(missing_docs, reason = "fields and states have the glossary's names; money is in units of 10^-8")]

use super::arithmetic::Units;
pub use super::finance::Own;
use credere_core::channel::{
    ActionType, AllowlistItem, FreezeModel, NoticeKind, OrderKind, OrderState, PartnerKind, ProductCode, ResourceName,
    Settlement, Uin, VoucherStatus,
};
use credere_core::ledger::{Moment, Month};

/// One binding: to whom, and its journal position.
pub type Tie = (Uin, u64);

/// A prepaid resource: whose, the position of the binding (0 is a partner's own use), and what it is called.
pub type PrepaidResource = (Uin, u64, ResourceName);

/// An account, whatever it does.
#[derive(Debug, Clone)]
pub struct Account {
    pub verified: bool,
    /// Whether it is told of the preset levels and of suspension (R97).
    pub subscribed: bool,
    pub bound: Option<Bound>,
    /// What it has of its own; set aside while a partner hands credit down to it.
    pub own: Own,
}

/// A customer's place and figures (R12-R14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    pub partner: Uin,
    pub seq: u64,
    pub since: Moment,
    pub total: Units,
    pub used: Units,
    pub held: Units,
    pub frozen: Units,
    pub processing: u32,
    pub parked: u32,
    pub authorizations: u32,
    pub overdue_since: Option<Moment>,
    /// What its recipients were last told of it.
    pub notified: Suspension,
    pub forced_since: Option<Moment>,
    pub non_stop: (bool, bool),
    pub special: bool,
    pub partner_level: Option<u8>,
    pub own_level: Option<u8>,
}

impl Bound {
    /// One that begins: nothing handed out and nothing owed.
    pub fn new(partner: Uin, seq: u64, since: Moment) -> Bound {
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
            notified: Suspension::None,
            forced_since: None,
            non_stop: (false, false),
            special: false,
            partner_level: None,
            own_level: None,
        }
    }

    /// What may still be spent (R14).
    pub fn available(&self) -> Units {
        self.total - self.used - self.held - self.frozen
    }

    /// Which binding it is.
    pub fn tie(&self) -> Tie {
        (self.partner, self.seq)
    }

    /// What stops its resources now: by force everything stands, and what arrears stop the privilege may keep running
    /// (R106, R108).
    pub fn suspension(&self) -> Suspension {
        match (self.forced_since, self.available() < 0 && !self.non_stop.1) {
            (Some(_), _) => Suspension::Force,
            (None, true) => Suspension::Arrears,
            (None, false) => Suspension::None,
        }
    }

    /// Whether somebody might have to be warned: it is below a preset level or an own one (R96, R100).
    pub fn is_low(&self) -> bool {
        let own = [self.partner_level, self.own_level].into_iter().flatten();
        own.chain([25, 0]).any(|level| self.is_below(level))
    }

    /// Strictly below this share of the total, without dividing; of nothing, only below zero counts (R96).
    pub fn is_below(&self, level: u8) -> bool {
        if self.total == 0 {
            level == 0 && self.available() < 0
        } else {
            100 * self.available() < Units::from(level) * self.total
        }
    }
}

/// What stops an account's resources, if anything does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspension {
    None,
    Arrears,
    Force,
}

/// A binding that has ended, and from when until when it was in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Former {
    pub tie: Tie,
    pub since: Moment,
    pub until: Moment,
}

/// A partner and its two ledgers (R22).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    pub kind: PartnerKind,
    pub above: Option<Uin>,
    pub quota: Units,
    pub allocated: Units,
    pub spend: Option<Spend>,
    pub voucher_quota: Units,
    pub vouchers_issued: Units,
    pub vouchers_count: u64,
    pub allowlist: Vec<AllowlistItem>,
}

/// What a partner owes the platform and may owe it (R27).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spend {
    pub line: Units,
    pub used: Units,
    pub held: Units,
    pub frozen: Units,
}

impl Spend {
    /// What the partner may still owe.
    pub fn available(&self) -> Units {
        self.line - self.used - self.held - self.frozen
    }
}

/// What can be bought, and how it settles, stops and freezes.
#[derive(Debug, Clone)]
pub struct Product {
    pub code: ProductCode,
    pub settlement: Settlement,
    /// Where somebody has set them.
    pub grace_hours: Option<u32>,
    pub retention_days: u32,
    pub model: FreezeModel,
    pub coefficient: Units,
    pub amount: Units,
}

/// A rate for one party, from when until when.
#[derive(Debug, Clone)]
pub struct Discount {
    /// The partner or the customer whose price it changes.
    pub party: Uin,
    pub for_customer: bool,
    /// The partner that it belongs to.
    pub by: Uin,
    pub product: Option<u32>,
    pub rate: Units,
    pub starts_at: Option<Moment>,
    pub ends_at: Option<Moment>,
}

/// A list price on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    pub list: Units,
    pub customer_rate: Units,
    pub partner_rate: Units,
    pub customer: Units,
    pub partner: Units,
}

/// Whose side a voucher pays (R111).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoucherFor {
    EveryCustomer,
    OneCustomer(Uin),
    Owner,
}

/// A voucher, what is left of it and what open orders have set aside.
#[derive(Debug, Clone)]
pub struct Voucher {
    pub owner: Uin,
    /// The partner whose quota it counts against.
    pub issuer: Option<Uin>,
    pub pays_for: VoucherFor,
    pub amount: Units,
    pub remaining: Units,
    pub reserved: Units,
    pub prepaid: bool,
    pub postpaid: bool,
    /// The products that it names, and whether those are the ones that it fits or does not fit.
    pub named: Vec<u32>,
    pub only_named: bool,
    pub effective_at: Moment,
    pub expires_at: Moment,
    pub state: VoucherStatus,
}

/// What a voucher pays of something.
pub type Use = (u64, Units);

/// What vouchers pay on both sides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uses {
    pub customer: Vec<Use>,
    pub partner: Vec<Use>,
}

impl Uses {
    /// One side after the other.
    pub fn sides(&self) -> [&[Use]; 2] {
        [&self.customer, &self.partner]
    }
}

/// An order as it stands, also one that is closed.
#[derive(Debug, Clone)]
pub struct Order {
    pub account: Uin,
    pub payer: Uin,
    pub partner: Uin,
    pub tie: Option<Tie>,
    pub product: u32,
    pub kind: OrderKind,
    pub capture: bool,
    pub state: OrderState,
    pub price: Price,
    pub uses: Uses,
    pub refunded: Units,
    pub partner_refunded: Units,
    pub resource: Option<ResourceName>,
}

impl Order {
    /// What the customer pays: its price less vouchers.
    pub fn paid(&self) -> Units {
        self.price.customer - total(&self.uses.customer)
    }

    /// What the paying partner pays.
    pub fn partner_paid(&self) -> Units {
        self.price.partner - total(&self.uses.partner)
    }

    /// What it is for, where that is named.
    pub fn prepaid(&self) -> Option<PrepaidResource> {
        Some((self.account, self.tie.map_or(0, |(_, seq)| seq), self.resource.clone()?))
    }
}

/// An authorization that is open.
#[derive(Debug, Clone)]
pub struct Authorization {
    pub account: Uin,
    pub partner: Uin,
    pub bound: bool,
    pub product: u32,
    pub price: Price,
    pub expires_at: Moment,
}

/// A resource that runs or is stopped.
#[derive(Debug, Clone)]
pub struct Resource {
    pub id: u64,
    pub account: Uin,
    pub product: u32,
    pub unit_price: Units,
    pub quantity: Units,
    pub frozen: Units,
    pub partner_frozen: Units,
    pub stopped: bool,
    pub since: Moment,
    pub activated_at: Moment,
    /// Until when the last cycle went that usage has closed.
    pub cycle_ended_at: Option<Moment>,
}

/// One line of a bill.
#[derive(Debug, Clone)]
pub struct BillLine {
    pub seq: u64,
    pub account: Uin,
    pub tie: Option<Tie>,
    /// Whether that binding had ended when it was charged.
    pub late: bool,
    pub payer: Uin,
    pub partner: Uin,
    pub month: Month,
    pub action: ActionType,
    pub product: u32,
    pub price: Price,
    pub uses: Uses,
    pub confirmed: bool,
}

impl BillLine {
    /// The position of the binding that it is on; 0 for a partner's own use.
    pub fn binding(&self) -> u64 {
        self.tie.map_or(0, |(_, seq)| seq)
    }

    /// What the customer owes of it: its price less vouchers.
    pub fn amount(&self) -> Units {
        self.price.customer - total(&self.uses.customer)
    }

    /// What the paying partner owes of it.
    pub fn partner_amount(&self) -> Units {
        self.price.partner - total(&self.uses.partner)
    }
}

/// One notice that somebody must have got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueNotice {
    pub recipient: Uin,
    pub customer: Uin,
    pub kind: NoticeKind,
    pub level: Option<u8>,
}

/// What several vouchers pay together.
pub fn total(uses: &[Use]) -> Units {
    uses.iter().map(|(_, amount)| amount).sum()
}
