//! What can become true, one fact for each command that went through.

use credere_core::channel::{
    ActionType, AllowlistItem, FreezeTerms, NoticeKind, OrderState, PartnerKind, ResourceState, Settlement,
    VoucherMode, VoucherStatus,
};
use credere_core::ledger::Month;

/// What one command that went through has made true.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it; amounts are in units of 10^-8, moments in microseconds")]
pub enum Fact {
    AccountOpened {
        uin: u64,
        verified: bool,
    },
    Verification {
        uin: u64,
        verified: bool,
    },
    PartnerMade {
        uin: u64,
        kind: PartnerKind,
        distributor: Option<u64>,
        quota: i128,
        spend: Option<i128>,
        vouchers: i128,
        features: Vec<AllowlistItem>,
    },
    LimitsSet {
        uin: u64,
        quota: Option<i128>,
        spend: Option<i128>,
        vouchers: Option<i128>,
        features: Option<Vec<AllowlistItem>>,
    },
    PoolFed {
        second_level: u64,
        amount: i128,
    },
    Bound {
        customer: u64,
        partner: u64,
    },
    Unbound {
        customer: u64,
    },
    Allocated {
        customer: u64,
        amount: i128,
    },
    /// A product as it is from now on; the first time it is a new one.
    ProductSet {
        code: String,
        terms: Terms,
    },
    DiscountMade {
        party: u64,
        for_partner: bool,
        /// The partner that it belongs to.
        by: u64,
        product: Option<String>,
        rate: i128,
        from: Option<i64>,
        until: Option<i64>,
    },
    DiscountEnded {
        position: u64,
    },
    /// An order in its first state.
    Ordered {
        hold: Hold,
        action: ActionType,
        capture: bool,
        state: OrderState,
        /// The prepaid resource that it is for.
        resource: Option<String>,
        uses: Uses,
        bill: Option<Bill>,
    },
    /// An order in another state. `uses` are told when it is paid.
    OrderMoved {
        position: u64,
        state: OrderState,
        uses: Option<Uses>,
        bill: Option<Bill>,
    },
    /// What was given back of an order, on both sides, and whether that leaves anything.
    Refunded {
        position: u64,
        back: (i128, i128),
        state: OrderState,
        bill: Bill,
    },
    Authorized {
        hold: Hold,
        expires_at: i64,
    },
    AuthorizationEnded {
        position: u64,
        bill: Option<Bill>,
    },
    Activated {
        name: String,
        account: u64,
        product: String,
        unit_price: i128,
        quantity: u64,
        frozen: (i128, i128),
    },
    Resized {
        position: u64,
        unit_price: i128,
        quantity: u64,
        frozen: (i128, i128),
    },
    /// Stopped or started.
    Stepped {
        position: u64,
        state: ResourceState,
    },
    /// Terminated or deleted.
    ResourceEnded {
        position: u64,
        bill: Option<Bill>,
    },
    Used {
        bill: Bill,
        /// The resource whose cycle this closed.
        cycle: Option<Cycle>,
    },
    /// The voucher has twice this position as its number, and the one that came with it one more.
    VoucherMade {
        kind: Kind,
        owner: u64,
        amount: i128,
        mode: VoucherMode,
        scope: Scope,
        from: i64,
        until: i64,
    },
    VoucherEnded {
        voucher: u64,
        status: VoucherStatus,
    },
    PlatformPaid {
        partner: u64,
        amount: i128,
    },
    /// The lines that flipped, by position.
    Confirmed {
        customer: u64,
        lines: Vec<u64>,
        returned: i128,
    },
    CustomerSet {
        customer: u64,
        settings: Settings,
    },
    Forced {
        customer: u64,
        on: bool,
    },
    Subscribed {
        uin: u64,
        channel_service: bool,
    },
    /// Who was told what about a customer on that day, and since when it is overdue.
    Reviewed {
        customer: u64,
        day: i64,
        overdue: Option<i64>,
        notices: Vec<(u64, NoticeKind, Option<u8>)>,
    },
    BillsIssued {
        month: Month,
    },
    WebhookAdded,
    WebhookRemoved {
        position: u64,
    },
    KeyMade {
        key: u32,
        full: bool,
    },
    KeyRevoked {
        key: u32,
    },
    /// A position that changes no figure: a note, a credential, a refusal that was written down.
    Nothing,
}

/// What an order or authorization is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Who buys.
    pub buyer: u64,
    /// Position of the buyer's binding; none for a partner that buys for itself.
    pub bound_at: Option<u64>,
    /// Whose spend line it is on.
    pub payer: u64,
    /// Of which product.
    pub product: String,
    /// At list price; negative for a downgrade.
    pub list: i128,
    /// The customer's rate, in 10^-8.
    pub customer_rate: i128,
    /// The payer's rate.
    pub partner_rate: i128,
}

/// What vouchers pay of a purchase, as pairs of voucher and amount.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uses {
    /// Of the customer's side.
    pub customer: Vec<(u64, i128)>,
    /// Of the paying partner's.
    pub partner: Vec<(u64, i128)>,
}

/// One bill line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// Whose.
    pub buyer: u64,
    /// Position of the binding that it is on; none for a partner's own use.
    pub bound_at: Option<u64>,
    /// Whose spend line it is on.
    pub payer: u64,
    /// What for.
    pub action: ActionType,
    /// Which month's bill it is on.
    pub month: Month,
    /// Before vouchers, on both sides.
    pub prices: (i128, i128),
    /// What vouchers paid.
    pub uses: Uses,
}

impl Uses {
    /// What they come to, on both sides.
    pub fn sums(&self) -> (i128, i128) {
        let sum = |uses: &[(u64, i128)]| uses.iter().map(|(_, amount)| amount).sum();
        (sum(&self.customer), sum(&self.partner))
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = (u64, i128)> {
        self.customer.iter().chain(&self.partner).copied()
    }
}

impl Bill {
    /// What is owed on both sides.
    pub fn owed(&self) -> (i128, i128) {
        let paid = self.uses.sums();
        (self.prices.0 - paid.0, self.prices.1 - paid.1)
    }
}

/// A cycle that usage closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycle {
    /// Position of the resource.
    pub position: u64,
    /// What it freezes from now on.
    pub frozen: (i128, i128),
    /// Until when the cycle went.
    pub ended: i64,
}

/// What a product is like.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the platform API")]
pub struct Terms {
    pub settlement: Settlement,
    /// Where somebody has set them.
    pub grace_hours: Option<u32>,
    pub retention_days: u32,
    pub freeze: FreezeTerms,
}

/// Whose cost a voucher pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "types I, II and III")]
pub enum Kind {
    All,
    Trial { customer: u64 },
    Customer { issuer: u64 },
}

/// Which products a voucher fits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Scope {
    All,
    Only(Vec<String>),
    Except(Vec<String>),
}

/// How a customer is suspended and warned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the platform API")]
pub struct Settings {
    pub prepaid_non_stop: bool,
    pub postpaid_non_stop: bool,
    pub special: bool,
    pub partner_level: Option<u8>,
    pub own_level: Option<u8>,
}

impl Fact {
    /// The bill line that it posted.
    pub fn bill(&self) -> Option<&Bill> {
        match self {
            Fact::Ordered { bill, .. }
            | Fact::OrderMoved { bill, .. }
            | Fact::AuthorizationEnded { bill, .. }
            | Fact::ResourceEnded { bill, .. } => bill.as_ref(),
            Fact::Refunded { bill, .. } | Fact::Used { bill, .. } => Some(bill),
            _ => None,
        }
    }
}
