//! What the auditor keeps: the parties, what was agreed with them, and every single thing that was charged, held, frozen
//! or issued. The figures beside them are kept step by step; `recount` makes each of them anew from the single things.

#![expect(missing_docs, reason = "fields and states have the glossary's names; money is in units of 10^-8")]

use super::arithmetic::Units;
pub use super::finance::{Own, Parts};
pub use super::membership::{Asked, Creation, Interval, Invitation, Member, Organization, Relation, State};
pub use super::offers::{Discount, Heritage, Pack, PriceOf};
pub use super::paid::{Paid, Share};
pub use super::vouchers::total;
use credere_core::channel::{
    ActionType, AllowlistItem, FreezeModel, NoticeKind, OrderKind, OrderState, PartnerKind, ProductCode, RefundScope,
    ResourceName, Settlement, Uin, VoucherStatus,
};
use credere_core::ledger::{Moment, Month};

/// One binding: to whom, and its journal position.
pub type Tie = (Uin, u64);

/// A prepaid resource: whose, who paid for it and with what ([`Buyer::purse`]), and what it is called.
pub type PrepaidResource = (Uin, Uin, u64, ResourceName);

/// The purse of an account's own money, which no binding's position is.
const OWN_PURSE: u64 = u64::MAX;

/// What pays for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// Credit that a partner handed down, under this binding.
    Credit(Tie),
    /// The account's own money (O3).
    Money,
    /// The spend line of a partner that buys for itself, and nothing else.
    SpendLine,
}

/// Who buys, what pays for it, and which partner owes the platform for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buyer {
    pub account: Uin,
    /// The account's own binding, whose discounts it has; an event does not tell it.
    pub own: Option<Tie>,
    /// Whose credit, money and vouchers pay: its own, or its organization's admin's (O74).
    pub payer: Uin,
    pub means: Means,
    /// Nobody where it pays the platform itself.
    pub partner: Option<Uin>,
}

impl Buyer {
    /// Whether somebody else pays.
    pub fn is_paid_for(&self) -> bool {
        self.payer != self.account
    }

    /// As an event tells it.
    pub fn told(self) -> Buyer {
        Buyer { own: None, ..self }
    }

    /// Under which of the payer's bindings, where credit pays.
    pub fn tie(&self) -> Option<Tie> {
        match self.means {
            Means::Credit(tie) => Some(tie),
            Means::Money | Means::SpendLine => None,
        }
    }

    /// The position of that binding; 0 without one.
    pub fn binding(&self) -> u64 {
        self.tie().map_or(0, |(_, seq)| seq)
    }

    /// What pays, as a number: what one purse has paid never goes back to another of the same account (R82). The position of
    /// the binding, 0 for a spend line, and one of its own for the account's money.
    pub fn purse(&self) -> u64 {
        match self.means {
            Means::Credit((_, seq)) => seq,
            Means::SpendLine => 0,
            Means::Money => OWN_PURSE,
        }
    }
}

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

impl Account {
    /// Its binding, where credit is handed down under it: an agent only refers its customers (O2).
    pub fn lent(&self) -> Option<&Bound> {
        self.bound.as_ref().filter(|bound| bound.on_credit)
    }

    /// What it may still spend, of its credit or of its own money; below zero when overdue.
    pub fn available(&self) -> Units {
        self.lent().map_or_else(|| self.own.available(), Bound::available)
    }

    /// What is set aside of that.
    pub fn set_aside(&self) -> Units {
        self.lent().map_or(self.own.held + self.own.frozen, |bound| bound.held + bound.frozen)
    }

    /// What it has open, and how it stands.
    pub fn spending(&self) -> &Spending {
        self.lent().map_or(&self.own.spending, |bound| &bound.spending)
    }

    /// The same, to be changed.
    pub fn spending_mut(&mut self) -> &mut Spending {
        match &mut self.bound {
            Some(bound) if bound.on_credit => &mut bound.spending,
            Some(_) | None => &mut self.own.spending,
        }
    }
}

/// What whoever spends has open, and how it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spending {
    pub processing: u32,
    pub parked: u32,
    pub authorizations: u32,
    pub overdue_since: Option<Moment>,
    /// What its recipients were last told of it.
    pub notified: Suspension,
    pub forced_since: Option<Moment>,
    pub non_stop: (bool, bool),
    pub special: bool,
}

/// A customer's place and figures (R12-R14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    pub partner: Uin,
    pub seq: u64,
    pub since: Moment,
    /// Whether the partner lends to it; whom an agent refers pays for itself, and nothing but the binding counts here.
    pub on_credit: bool,
    pub total: Units,
    pub used: Units,
    pub held: Units,
    pub frozen: Units,
    pub spending: Spending,
    pub partner_level: Option<u8>,
    pub own_level: Option<u8>,
}

impl Bound {
    /// One that begins: nothing handed out and nothing owed.
    pub fn new((partner, seq): Tie, since: Moment, on_credit: bool) -> Bound {
        Bound {
            partner,
            seq,
            since,
            on_credit,
            total: 0,
            used: 0,
            held: 0,
            frozen: 0,
            spending: Spending::default(),
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Suspension {
    #[default]
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
    /// Whether who inherits offers has them for it, too (O84).
    pub inheritable: bool,
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
    /// The partner whose quota it counts against; nobody where the platform or a partner that pays with it has issued it.
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
    pub buyer: Buyer,
    pub product: u32,
    pub kind: OrderKind,
    pub capture: bool,
    pub state: OrderState,
    pub price: Price,
    pub uses: Uses,
    pub refunded: Units,
    pub partner_refunded: Units,
    /// Of both, what is only promised: a refund of the order waits to be delivered.
    pub promised: Units,
    pub partner_promised: Units,
    /// What each part of the account's own money paid, once it is delivered, and what has gone back to each, or is promised.
    pub parts: Option<Parts>,
    pub returned: Parts,
    pub resource: Option<ResourceName>,
    /// What it gives back to whom, those that paid first before the others.
    pub shares: Vec<Share>,
    /// What it is a refund of, and whether of that order alone.
    pub refund: Option<(u64, RefundScope)>,
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
        Some((self.buyer.account, self.buyer.payer, self.buyer.purse(), self.resource.clone()?))
    }
}

/// An authorization that is open.
#[derive(Debug, Clone)]
pub struct Authorization {
    pub buyer: Buyer,
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
    pub buyer: Buyer,
    /// Whether the binding that it is on had ended when it was charged.
    pub late: bool,
    pub month: Month,
    pub action: ActionType,
    pub product: u32,
    pub price: Price,
    pub uses: Uses,
    /// What each part of the account's own money paid of it, or below zero which payments it gives back.
    pub parts: Option<Parts>,
    pub confirmed: bool,
    /// The moment by which it was told who pays (O80); nothing of what goes back to whoever had paid.
    pub paid_as_at: Option<Moment>,
}

impl BillLine {
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
