//! What a scenario can be run on. A world carries out operations in the scenario's words and shows everything there is
//! in one [`View`]; how it does either is its own business. Worlds live with what they drive; only the core's is here.

use crate::scenario::{Name, Operation};
use credere_core::channel::ActionType;
use credere_core::ledger::Month;
use credere_core::money::{Amount, Factor};
use std::collections::BTreeMap;
use thiserror::Error;

/// Something on which scenarios run. One world serves one scenario and begins with one product, `cvm`, and no parties.
///
/// A name that no step has given to anything stands for something that does not exist: the world uses a number that was
/// never given out, so that scenarios can ask what the system says then.
pub trait World {
    /// Whether it remembers idempotency keys. Scenarios that need them are skipped where it does not.
    fn has_keys(&self) -> bool;

    /// Carries one operation out, under an idempotency key where there is one. A refusal is an [`Outcome`] as well.
    ///
    /// A world whose door always needs a key makes a fresh one when it is given none.
    ///
    /// # Errors
    /// [`Failure`] when there was no answer of the expected kind at all.
    fn perform(&mut self, operation: &Operation, key: Option<&str>) -> Result<Outcome, Failure>;

    /// Everything there is, as far as this world can see it.
    ///
    /// # Errors
    /// [`Failure`]
    fn view(&mut self) -> Result<View, Failure>;

    /// Checks what only this world can: the core's laws, the journal's chain. Called at the end of each scenario.
    ///
    /// # Errors
    /// [`Failure`] says what does not hold.
    fn check_laws(&mut self) -> Result<(), Failure>;
}

/// A world could not do its work. Not a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Failure(pub String);

impl Failure {
    /// A failure with this message.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure(message.into())
    }

    /// A name that no earlier step gave to anything.
    pub fn unknown(name: &str) -> Failure {
        Failure(format!("nothing is called `{name}`"))
    }
}

/// What came of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it went through.
    pub accepted: bool,
    /// An order's state (also for a refund), `approved`, `captured`, `released`, or `done` for everything else that went
    /// through (a preview answers with the state that the order would have); the code of a refusal.
    pub word: String,
    /// Other codes that this door answers in the same way, so that it cannot be told which one it was.
    pub or: Vec<String>,
    /// Whose credit did not suffice: `customer` or `partner`.
    pub side: Option<String>,
    /// Whose figure it was.
    pub account: Option<Name>,
    /// The answer's figures by name. An allocation answers `total` and `available`, a pool grant `total` and
    /// `remaining`, a settled usage record `amount` and `voucher_amount`, a receipt `returned` and `available`, an
    /// activation or resize `frozen`, a termination `released` and `amount`; a refusal about figures tells `required` and
    /// `available` (purchases), `requested` and `available`, `allocatable`, `remaining`, `refundable`, `paid`,
    /// `allocated`, `issued` or `open` (whichever it broke), or `limit`.
    pub figures: Figures,
    /// Whether this is the answer to an earlier call under the same key.
    pub replayed: bool,
}

/// Figures that come with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figures {
    /// These and no others.
    Known(BTreeMap<String, Amount>),
    /// This door does not tell figures (or accounts) here: what a scenario expects of them is not compared.
    Unknown,
}

impl Outcome {
    /// Something went through.
    pub fn done(word: impl Into<String>) -> Outcome {
        Outcome {
            accepted: true,
            word: word.into(),
            or: Vec::new(),
            side: None,
            account: None,
            figures: Figures::Known(BTreeMap::new()),
            replayed: false,
        }
    }

    /// Something was refused.
    pub fn refused(code: impl Into<String>) -> Outcome {
        Outcome { accepted: false, ..Outcome::done(code) }
    }

    /// The outcome with one more figure.
    #[must_use]
    pub fn with(mut self, name: &str, amount: Amount) -> Outcome {
        match &mut self.figures {
            Figures::Known(told) => {
                told.insert(name.to_owned(), amount);
            }
            Figures::Unknown => self.figures = Figures::Known(BTreeMap::from([(name.to_owned(), amount)])),
        }
        self
    }
}

/// Everything that a world shows. Compared whole before and after each refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Every party that was named, by name.
    pub parties: BTreeMap<Name, PartyView>,
    /// Every order that was named.
    pub orders: BTreeMap<Name, OrderView>,
    /// Every authorization that was named.
    pub authorizations: BTreeMap<Name, AuthorizationView>,
    /// Every resource that was named.
    pub resources: BTreeMap<Name, ResourceView>,
    /// Every voucher that was named.
    pub vouchers: BTreeMap<Name, VoucherView>,
    /// All bill lines of named customers; `None` where this world does not show them.
    pub lines: Option<Vec<LineView>>,
    /// All notices about named customers; `None` where this world does not show them.
    pub notices: Option<Vec<NoticeView>>,
}

/// One party.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartyView {
    /// Whether its identity is verified.
    pub verified: bool,
    /// The partner that it is bound to.
    pub bound_to: Option<Name>,
    /// Its credit, when it is a customer.
    pub credit: Option<CreditView>,
    /// Its own money, when it pays for itself.
    pub finance: Option<FinanceView>,
    /// What it is as a partner.
    pub partner: Option<PartnerView>,
    /// Its allocation records, oldest first; `None` where this world does not show them.
    pub allocations: Option<Vec<AllocationView>>,
}

/// The money of an account that pays for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the platform API")]
pub struct FinanceView {
    pub cash: Amount,
    pub granted: Amount,
    pub credit_limit: Amount,
    pub credit_used: Amount,
    pub frozen: Amount,
    pub available: Amount,
    pub state: String,
}

/// A customer's credit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the platform API")]
pub struct CreditView {
    pub total: Amount,
    pub used: Amount,
    pub prepay_frozen: Amount,
    pub postpay_frozen: Amount,
    pub available: Amount,
    pub remaining_voucher: Amount,
    pub state: String,
}

/// A partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerView {
    /// The platform API's name for what it is.
    pub kind: String,
    /// The distributor above.
    pub distributor: Option<Name>,
    /// What it may hand out.
    pub quota: Amount,
    /// What it has handed out.
    pub allocated: Amount,
    /// What it may still hand out.
    pub allocatable: Amount,
    /// Its spend ledger, if it has one.
    pub spend: Option<SpendView>,
    /// A second-level reseller's pool as its distributor sees it.
    pub pool: Option<PoolView>,
    /// The sums over its direct customers; `None` where this world does not show them.
    pub customers: Option<CustomerSums>,
    /// What it may issue in vouchers; `None` where this world does not show it.
    pub vouchers: Option<VoucherSums>,
}

/// What a partner may issue in vouchers (R119-R120).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the platform API")]
pub struct VoucherSums {
    pub quota: Amount,
    pub issued: Amount,
    pub remaining: Amount,
}

/// A second-level reseller's pool.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the published actions")]
pub struct PoolView {
    pub total: Amount,
    pub remaining: Amount,
}

/// A partner's spend ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the platform API")]
pub struct SpendView {
    pub line: Amount,
    pub used: Amount,
    pub frozen: Amount,
    pub available: Amount,
}

/// Sums over direct customers (R24).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the figures")]
pub struct CustomerSums {
    pub total: Amount,
    pub available: Amount,
}

/// One allocation record (R41).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the figures")]
pub struct AllocationView {
    pub amount: Amount,
    pub total_after: Amount,
    pub available_after: Amount,
    pub remark: Option<String>,
}

/// Who pays for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pays {
    /// Whose credit and vouchers.
    pub payer: Name,
    /// Which partner owes it to the platform.
    pub paying_partner: Option<Name>,
}

/// One order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderView {
    /// Who buys.
    pub customer: Name,
    /// Who pays.
    pub pays: Pays,
    /// How far it has come.
    pub state: String,
    /// At list price; negative for a downgrade.
    pub list: Amount,
    /// At the customer's price.
    pub amount: Amount,
    /// At the partner's price.
    pub partner_amount: Amount,
    /// What the customer's vouchers pay of it; `None` where this world does not show it.
    pub voucher_amount: Option<Amount>,
    /// What was given back; `None` where this world does not show it.
    pub refunded: Option<Amount>,
}

/// One postpaid resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceView {
    /// Who runs it.
    pub account: Name,
    /// On whose lines its freeze is.
    pub pays: Pays,
    /// `active`, `suspended`, `terminated` or `deleted`.
    pub state: String,
    /// List price of a unit.
    pub unit_price: Amount,
    /// How many units.
    pub quantity: Factor,
    /// What is frozen for it on the customer's credit.
    pub frozen: Amount,
    /// On the paying partner's spend line; `None` where this world does not show it.
    pub partner_frozen: Option<Amount>,
}

/// One voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherView {
    /// Whose it is.
    pub owner: Name,
    /// What it was issued over.
    pub amount: Amount,
    /// What is left.
    pub remaining: Amount,
    /// `issued`, `used`, `expired` or `invalidated`.
    pub status: String,
}

/// One bill line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineView {
    /// What a step called it.
    pub name: Option<Name>,
    /// Whose bill it is on.
    pub account: Name,
    /// Who pays.
    pub pays: Pays,
    /// Which month's.
    pub month: Month,
    /// What for, by its published name.
    pub action: ActionType,
    /// The product's code.
    pub product: String,
    /// Before discounts.
    pub list: Amount,
    /// What vouchers paid.
    pub voucher_amount: Amount,
    /// What the customer owes.
    pub amount: Amount,
    /// What the paying partner owes; `None` where this world does not show it.
    pub partner_amount: Option<Amount>,
    /// Whether it was confirmed.
    pub confirmed: bool,
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoticeView {
    /// Whose credit it is about.
    pub customer: Name,
    /// On which day it was sent, as `2031-10-03`.
    pub day: String,
    /// Who was told.
    pub recipient: Name,
    /// A preset level, `custom`, `suspended` or `resumed`.
    pub what: String,
}

/// One authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationView {
    /// `open`, `captured`, `released` or `expired`.
    pub state: String,
    /// On whose lines it is held.
    pub pays: Option<Pays>,
    /// What was authorized, at list price; `None` where this world does not show it.
    pub list: Option<Amount>,
    /// At the customer's price.
    pub amount: Option<Amount>,
    /// At the partner's price.
    pub partner_amount: Option<Amount>,
}

impl PartyView {
    /// The figures of the party under the names that a check uses. A value is absent when it is not shown here.
    pub(crate) fn figures(&self) -> BTreeMap<String, Option<String>> {
        let mut all = BTreeMap::new();
        let mut put = |name: &str, value: Option<String>| all.insert(name.to_owned(), value);
        put("bound to", Some(self.bound_to.clone().unwrap_or("nobody".to_owned())));
        put("credit", Some(if self.credit.is_some() { "some" } else { "none" }.to_owned()));
        if let Some(credit) = &self.credit {
            put("total", Some(credit.total.to_string()));
            put("used", Some(credit.used.to_string()));
            put("prepay_frozen", Some(credit.prepay_frozen.to_string()));
            put("postpay_frozen", Some(credit.postpay_frozen.to_string()));
            put("available", Some(credit.available.to_string()));
            put("remaining_voucher", Some(credit.remaining_voucher.to_string()));
            put("state", Some(credit.state.clone()));
        }
        put("finance", Some(if self.finance.is_some() { "some" } else { "none" }.to_owned()));
        if let Some(finance) = &self.finance {
            put("finance cash", Some(finance.cash.to_string()));
            put("finance granted", Some(finance.granted.to_string()));
            put("finance credit_limit", Some(finance.credit_limit.to_string()));
            put("finance credit_used", Some(finance.credit_used.to_string()));
            put("finance frozen", Some(finance.frozen.to_string()));
            put("finance available", Some(finance.available.to_string()));
            put("finance state", Some(finance.state.clone()));
        }
        if let Some(partner) = &self.partner {
            put("kind", Some(partner.kind.clone()));
            put("under", Some(partner.distributor.clone().unwrap_or("nobody".to_owned())));
            put("quota", Some(partner.quota.to_string()));
            put("allocated", Some(partner.allocated.to_string()));
            put("allocatable", Some(partner.allocatable.to_string()));
            if let Some(spend) = &partner.spend {
                put("spend line", Some(spend.line.to_string()));
                put("spend used", Some(spend.used.to_string()));
                put("spend frozen", Some(spend.frozen.to_string()));
                put("spend available", Some(spend.available.to_string()));
            }
            if let Some(pool) = &partner.pool {
                put("pool total", Some(pool.total.to_string()));
                put("pool remaining", Some(pool.remaining.to_string()));
            }
            let sums = partner.customers.as_ref();
            put("customers total", sums.map(|sums| sums.total.to_string()));
            put("customers available", sums.map(|sums| sums.available.to_string()));
            let vouchers = partner.vouchers.as_ref();
            put("vouchers quota", vouchers.map(|vouchers| vouchers.quota.to_string()));
            put("vouchers issued", vouchers.map(|vouchers| vouchers.issued.to_string()));
            put("vouchers remaining", vouchers.map(|vouchers| vouchers.remaining.to_string()));
        }
        all
    }
}

impl Pays {
    fn fields(&self) -> [(String, Option<String>); 2] {
        [
            ("payer".to_owned(), Some(self.payer.clone())),
            ("paying_partner".to_owned(), Some(self.paying_partner.clone().unwrap_or_else(|| "nobody".to_owned()))),
        ]
    }
}

impl OrderView {
    pub(crate) fn fields(&self) -> BTreeMap<String, Option<String>> {
        let fields = BTreeMap::from([
            ("customer".to_owned(), Some(self.customer.clone())),
            ("state".to_owned(), Some(self.state.clone())),
            ("list".to_owned(), Some(self.list.to_string())),
            ("amount".to_owned(), Some(self.amount.to_string())),
            ("partner_amount".to_owned(), Some(self.partner_amount.to_string())),
            ("voucher_amount".to_owned(), self.voucher_amount.map(|amount| amount.to_string())),
            ("refunded".to_owned(), self.refunded.map(|amount| amount.to_string())),
        ]);
        fields.into_iter().chain(self.pays.fields()).collect()
    }
}

impl ResourceView {
    pub(crate) fn fields(&self) -> BTreeMap<String, Option<String>> {
        let fields = BTreeMap::from([
            ("account".to_owned(), Some(self.account.clone())),
            ("state".to_owned(), Some(self.state.clone())),
            ("unit_price".to_owned(), Some(self.unit_price.to_string())),
            ("quantity".to_owned(), Some(self.quantity.to_string())),
            ("frozen".to_owned(), Some(self.frozen.to_string())),
            ("partner_frozen".to_owned(), self.partner_frozen.map(|amount| amount.to_string())),
        ]);
        fields.into_iter().chain(self.pays.fields()).collect()
    }
}

impl VoucherView {
    pub(crate) fn fields(&self) -> BTreeMap<String, Option<String>> {
        BTreeMap::from([
            ("owner".to_owned(), Some(self.owner.clone())),
            ("amount".to_owned(), Some(self.amount.to_string())),
            ("remaining".to_owned(), Some(self.remaining.to_string())),
            ("status".to_owned(), Some(self.status.clone())),
        ])
    }
}

impl LineView {
    pub(crate) fn fields(&self) -> BTreeMap<String, Option<String>> {
        let fields = BTreeMap::from([
            ("account".to_owned(), Some(self.account.clone())),
            ("month".to_owned(), Some(self.month.to_string())),
            ("type".to_owned(), Some(self.action.name().to_owned())),
            ("product".to_owned(), Some(self.product.clone())),
            ("list".to_owned(), Some(self.list.to_string())),
            ("voucher_amount".to_owned(), Some(self.voucher_amount.to_string())),
            ("amount".to_owned(), Some(self.amount.to_string())),
            ("partner_amount".to_owned(), self.partner_amount.map(|amount| amount.to_string())),
            ("confirmed".to_owned(), Some(if self.confirmed { "yes" } else { "no" }.to_owned())),
        ]);
        fields.into_iter().chain(self.pays.fields()).collect()
    }
}

impl AuthorizationView {
    pub(crate) fn fields(&self) -> BTreeMap<String, Option<String>> {
        let shown = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
        let fields = BTreeMap::from([
            ("state".to_owned(), Some(self.state.clone())),
            ("list".to_owned(), shown(self.list)),
            ("amount".to_owned(), shown(self.amount)),
            ("partner_amount".to_owned(), shown(self.partner_amount)),
        ]);
        fields.into_iter().chain(self.pays.iter().flat_map(Pays::fields)).collect()
    }
}
