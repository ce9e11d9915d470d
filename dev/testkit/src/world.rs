//! What a scenario can be run on. A world carries out operations in the scenario's words and shows everything there is
//! in one [`View`]; how it does either is its own business. Worlds live with what they drive; only the core's is here.

use crate::scenario::{Name, Operation};
use credere_core::channel::ActionType;
use credere_core::ledger::Month;
use credere_core::money::{Amount, Factor};
use credere_core::organization::{EndedBy, StartedBy};
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
    /// Whose credit did not suffice: `customer`, `payer` or `partner`.
    pub side: Option<String>,
    /// Whose figure it was.
    pub account: Option<Name>,
    /// Which conditions were not met, by their rules, and what is wrong with each: all of them, in the order of the rules.
    /// A door that tells the first alone tells it without its rule.
    pub conditions: Vec<(String, String)>,
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
            conditions: Vec::new(),
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
    /// Every pack that was named.
    pub packs: BTreeMap<Name, PackView>,
    /// All bill lines of named customers; `None` where this world does not show them.
    pub lines: Option<Vec<LineView>>,
    /// All notices about named customers; `None` where this world does not show them.
    pub notices: Option<Vec<NoticeView>>,
    /// Who is in which organization, and who pays for whom; `None` where this world does not show it.
    pub organizations: Option<OrganizationsView>,
}

/// Who is in which organization, who is invited to one, and who pays for whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizationsView {
    /// The members of each organization, oldest first, by its admin.
    pub organizations: BTreeMap<Name, Vec<Name>>,
    /// Every account that is a member.
    pub members: BTreeMap<Name, MemberView>,
    /// Every invitation, by its name; `None` where this world does not show them.
    pub invitations: Option<BTreeMap<Name, InvitationView>>,
    /// The accounts that were created for organizations, by their names.
    pub creations: BTreeMap<Name, CreationView>,
    /// The entities that organizations trust, or are asked to, by the names of the relations.
    pub entities: BTreeMap<Name, EntityView>,
    /// Who paid for whom and when, oldest first.
    pub payers: BTreeMap<Name, Vec<PayerView>>,
}

/// One member of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberView {
    /// Whose organization it is.
    pub admin: Name,
    /// `invited` or `created`.
    pub kind: String,
    /// What the admin may do for it, as `1, 2, 7`.
    pub permissions: String,
    /// What the admin asks for instead.
    pub asked: Option<String>,
    /// Whether it may leave by itself.
    pub may_quit: bool,
    /// Who pays for it, where somebody else does.
    pub payer: Option<Name>,
}

/// One invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationView {
    /// Who sent it.
    pub admin: Name,
    /// Who is invited.
    pub member: Name,
    /// What the admin is to be allowed to do, as `1, 2, 7`.
    pub permissions: String,
    /// `open`, `expired`, or what ended it.
    pub state: String,
}

/// An account that was created for an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreationView {
    /// Whose organization it is.
    pub admin: Name,
    /// `done`, `waiting`, `refused` or `failed`.
    pub state: String,
    /// The first condition that was not met, by its code without what stands before the point.
    pub code: Option<String>,
    /// Under which relation to an entity.
    pub under: Option<Name>,
}

/// An entity that an organization trusts, or is asked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityView {
    /// Whose organization it is.
    pub of: Name,
    /// The entity.
    pub entity: String,
    /// `applied` or `active`.
    pub state: String,
    /// Who answers for it.
    pub admin: Option<Name>,
}

/// When somebody paid for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayerView {
    /// Who.
    pub payer: Name,
    /// From which day on, as `2031-10-03`.
    pub from: String,
    /// What made it begin.
    pub started_by: StartedBy,
    /// On which day it ended, and what made it; `None` while it lasts.
    pub until: Option<(String, EndedBy)>,
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
    pub overdue_amount: Amount,
    pub available: Amount,
    pub state: String,
    /// Whose offers it has instead of its own.
    pub inherits_offers_from: Option<Name>,
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

/// One pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackView {
    /// Whose usage it covers.
    pub account: Name,
    /// Of which product, by its code.
    pub product: String,
    /// How many units it was bought with.
    pub units: Factor,
    /// How many are left.
    pub remaining: Factor,
    /// `active`, `used` or `expired`.
    pub state: String,
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
