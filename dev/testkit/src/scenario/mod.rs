//! A scenario as data: who is there, what is done, what must come of it. The text format is read by [`parse`]; nothing
//! in here knows on what a scenario will run.
//!
//! # The format
//!
//! ```text
//! # A comment runs to the end of the line.
//! scenario: a purchase is checked on both sides
//! covers: R54 T6
//! given distributor D quota 10000.00 spend 10000.00
//! given second-level S under D pool 3000.00
//! given customer C of S credit 1000.00
//! when  C buys cvm 400.00                  -> delivered
//! then  C total 1000.00 used 400.00 available 600.00
//! then  D spend used 400.00;  S pool remaining 2000.00
//! when  C buys cvm 600.01                  -> insufficient_credit side customer available 600.00
//! ```
//!
//! A file holds several scenarios. `covers:` names rules and test vectors; `setting:` sets one of the deployment's
//! choices for this scenario (`pool_api_allow_negative`, `pay_on_behalf_skips_customer_check`, `strict_exit`,
//! `consistent_account_classes` or `entity_admin_pays`, `on` or `off`). Every world begins with one product, `cvm`. Parties, orders and
//! authorizations have names that begin with a capital letter, products are lower case. Accounts are verified unless they
//! are `unverified`.
//!
//! `given` and `when` take the same operations. Both must succeed unless an outcome follows the arrow: a word for a
//! success (`done`, `delivered`, `processing`, `to_be_paid`, `canceled`, `approved`, `captured`, `released`) or the code
//! of a refusal, then optionally `side customer|payer|partner`, `account NAME`, figures by name, and `replayed`. Behind
//! `conditions_not_met` stand all conditions that are not met, with what is wrong: `O57 MemberAccountArrears, O58 ...`.
//!
//! ```text
//! reseller R quota AMOUNT [spend AMOUNT]            | distributor D ... | second-level S under D pool AMOUNT | agent A
//! X becomes reseller quota AMOUNT [spend AMOUNT]    | distributor ... | second-level [under D] pool AMOUNT | agent
//! account X PROFILE [numbered UIN]                  | customer C of P [credit AMOUNT] PROFILE
//!     PROFILE: [unverified|personal|enterprise] [entity E] [external|internal TYPE] [tier none|key|mid|long_tail]
//!     [followed|unfollowed] [site intl|cn]; of a new account an enterprise, external, on the site `intl`
//! X is PROFILE | verify X | unverify X              | bind X to P | unbind C
//! change P quota AMOUNT | change P spend AMOUNT     | top up X AMOUNT [granted]
//! change X limit AMOUNT | change X overdue AMOUNT   | card for X [until MONTH]
//! product CODE TERMS | change product CODE TERMS
//!     TERMS: [hourly|daily|monthly] [freezes coefficient N|fixed A|re_estimate N|minimum_fee A|none] [grace Nh] [keeps Nd]
//!     [inheritable|own-offers]
//! discount RATE for partner P [on CODE] [from SPAN] [until SPAN] [as NAME]
//! discount RATE for customer C by P [on CODE] [from SPAN] [until SPAN] [as NAME]
//! discount RATE for account X [alone] [on CODE] [from SPAN] [until SPAN] [as NAME]      alone: it does not pass on
//! end discount NAME                                 | X inherits from Y | X inherits nothing
//! P allocates AMOUNT to C [remark "TEXT"]           | P reclaims AMOUNT from C [remark "TEXT"]
//! D grants AMOUNT to pool S                         | D pulls AMOUNT from pool S
//! C buys|renews|upgrades|downgrades CODE AMOUNT [for VM] [parked] [as NAME]      in one step
//! C orders CODE AMOUNT [for VM] [parked] [as NAME]                      in two: frozen until it is delivered
//! C previews CODE AMOUNT [for VM]                                       would it go through?
//! deliver O | cancel O | pay O by customer|partner|payer | C requests payment of O
//! C authorizes CODE AMOUNT [until SPAN] [as NAME]   | capture A [AMOUNT] | release A
//! refund O AMOUNT [of-resource] [promised ORDER] [as LINE]
//! C activates CODE PRICE [times N] as VM            | resize VM [to PRICE] [times N] | terminate VM [final AMOUNT]
//! C uses CODE AMOUNT [units N] [by VM] [type ACTION] [from TIME until TIME] [as LINE]
//! pack N of CODE for X [until TIME] [as NAME]
//! voucher AMOUNT for customer C [by P] | for partner P | for partner P and customer C, then
//!     [trial] [prepaid|postpaid] [only CODE, ...|except CODE, ...] [from TIME] [until TIME] [as NAME] [linked NAME]
//! invalidate V                                      | change P vouchers AMOUNT
//! P confirms C MONTH [prePay|postPay] [type ACTION] [lines LINE, ...]   | P pays AMOUNT
//! warn partner of C below N|never                   | warn C below N|never
//! subscribe X | unsubscribe X                       | allow P FEATURE
//! P suspends C | P restores C                       by force
//! non-stop C prepaid|postpaid|both|off              | special suspension C on|off
//! A makes organization | A ends organization
//! change organization of A [accounts N] [invitations N] [creations N] [features F, ...|none]
//! A invites M TERMS [applying R] [as I] | A cancels invitation I | M accepts|denies [invitation I]
//! M joins A TERMS          (it is invited, and accepts) | A changes M TERMS
//!     TERMS: [permissions N, ...] [payer P] [may-quit|may-not-quit]; of an invitation `permissions 1, 2, 7 payer A`
//! M agrees with A | M disagrees with A              | A removes M, ... | M quits A
//! A creates M TERMS [under R] | A retries M TERMS   | approve creation M of A | refuse creation M of A
//! associate E with A [admin B] [as R]               | change entity R of A admin B|none
//! approve entity R of A | refuse entity R of A      | end entity R of A
//! A transfers AMOUNT to M [as T]                    | A takes back AMOUNT of T
//! advance SPAN | at DATE HH:MM
//! ```
//!
//! `platform` may stand where a partner acts on credit (`platform allocates ...`). A span is `7d`, `2h30m1s`; in a
//! discount or an authorization it counts from now and may be negative. A TIME is a span, or a date and time such as
//! `2031-10-03 10:00` in the deployment's zone, UTC+8. `at` only goes forward, and some worlds begin today: dates lie in
//! 2031 or later. The bill line of an order, of a captured authorization and of a terminated resource has its name. Each
//! operation may end with `key "TEXT"`, an idempotency key: such scenarios are skipped by worlds that have no memory for
//! keys.
//!
//! An organization goes by its admin's name, an invitation without a name by the name of whoever is invited, a creation by that of
//! the account, an organization's relation to an entity by the entity's own where it is given none, and a transfer without a name by
//! that of the member.
//!
//! Checks follow `then`, several with semicolons between them; only the figures named are compared:
//!
//! ```text
//! C total A used A prepay_frozen A postpay_frozen A available A remaining_voucher A state normal|overdue|forced
//! P quota A allocated A allocatable A     | P spend line A used A frozen A available A | S pool total A remaining A
//! P customers total A available A         | P kind WORD | P under D
//! C history empty                         | C history +A TOTAL_AFTER AVAILABLE_AFTER ["REMARK"], -A ... (oldest first)
//! X bound to P | X bound to nobody         | X credit none
//! X finance cash A granted A credit_limit A credit_used A frozen A available A state normal|overdue
//!     inherits_offers_from Y|nobody | X finance none
//! order O state WORD list A amount A partner_amount A payer X paying_partner P customer C
//! authorization A state WORD list A amount A partner_amount A
//! order O voucher_amount A refunded A     | P vouchers quota A issued A remaining A
//! resource VM state WORD frozen A partner_frozen A unit_price A quantity N
//! voucher V amount A remaining A status WORD owner X
//! pack P units N remaining N state active|used|expired account X product CODE
//! line L amount A list A voucher_amount A partner_amount A month M type ACTION product CODE confirmed yes|no
//! member M of A|nobody kind invited|created permissions N, ... asked N, ...|none may_quit yes|no payer P|nobody
//! organization A members M, ...|none pays_for M, ...|none   (oldest first; who is paid for by name)
//! invitation I state open|accepted|denied|canceled|expired|void member M by A permissions N, ...
//! creation M state done|waiting|refused|failed|none by A under R|none code WORD|none
//! entity R state applied|active|none of A named E admin B|nobody
//! payers of M none | payers of M A from [DATE] create|accept|update [until [DATE] remove|quit|close|update], ...
//! C bill M lines N total A list A confirmed A unconfirmed A prePay A postPay A, or by ACTION or `product CODE`
//! C notices DATE none                     | C notices DATE X 25, X 10, X 0, X custom, X suspended, X resumed, X order_to_be_paid, X payment_requested
//! ```
//!
//! Authorizations, resources and lines show `payer X paying_partner P`, too. `notices` compares everything that was said about C's credit on that day, and to whom: exactly these, in any order.

mod acts;
mod entities;
mod looks;
mod moments;
mod operation;
mod organization;
mod organizing;
mod parse;
mod spending;
mod voucher;
mod words;

pub use moments::{Name, Span, Time};
pub use operation::{By, DiscountFor, Operation, PlaceOrder, ProductTerms, Profile, ReceiptPart, UsageRecord};
pub use organization::{MemberTerms, Organizing};
pub use parse::{parse, read_folder};
pub use voucher::{NewVoucher, VoucherFor, VoucherScope};
pub use words::ParseError;

use crate::world::LineView;
use credere_core::book::Rules;
use credere_core::ledger::Month;
use credere_core::money::Amount;
use credere_core::organization::{EndedBy, StartedBy};

/// One scenario of a file.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file that it stands in, without its ending.
    pub file: String,
    /// The line of its title.
    pub line: usize,
    /// What it is about.
    pub title: String,
    /// The rules and test vectors that it covers.
    pub covers: Vec<String>,
    /// The deployment's choices.
    pub rules: Rules,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

impl Scenario {
    /// Whether it uses idempotency keys, which live above the core.
    pub fn needs_keys(&self) -> bool {
        self.steps.iter().any(|step| matches!(&step.content, Content::Act(act) if act.key.is_some()))
    }
}

/// One thing to do or to check. A `given` line may stand for several.
#[derive(Debug, Clone)]
pub struct Step {
    /// Where it stands.
    pub line: usize,
    /// The line as it was written.
    pub text: String,
    /// What it is.
    pub content: Content,
}

/// What a step is.
#[derive(Debug, Clone)]
pub enum Content {
    /// Something is done.
    Act(Box<Act>),
    /// Something is looked at.
    Checks(Vec<Check>),
}

/// Something that is done, and what must come of it.
#[derive(Debug, Clone)]
pub struct Act {
    /// What is done.
    pub operation: Operation,
    /// Under which idempotency key.
    pub key: Option<String>,
    /// What must come of it; any success where absent.
    pub expected: Option<Expected>,
}

/// What must come of an operation. What is absent is not compared.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Whether `word` is a success.
    pub accepted: bool,
    /// The word of the success or the code of the refusal.
    pub word: String,
    /// Whose credit did not suffice.
    pub side: Option<String>,
    /// Whose figure it was.
    pub account: Option<Name>,
    /// Which conditions were not met, and what is wrong with each: all of them.
    pub conditions: Vec<(String, String)>,
    /// Figures of the answer.
    pub figures: Vec<(String, Amount)>,
    /// Whether the answer is that of an earlier call under the same key.
    pub replayed: bool,
}

/// Which lines of an account's bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BillLines {
    /// All that it owns, whoever pays.
    Owned,
    /// What it owns and pays.
    Own,
    /// What it pays on behalf of others.
    OnBehalf,
    /// What it pays on behalf of this one.
    OnBehalfOf(Name),
    /// What it owns and somebody else pays.
    PaidByOthers,
}

impl BillLines {
    /// Whether a line of the month is on an account's bill.
    pub fn has(&self, account: &Name, line: &LineView) -> bool {
        let (owns, pays) = (line.account == *account, line.pays.payer == *account);
        match self {
            BillLines::Owned => owns,
            BillLines::Own => owns && pays,
            BillLines::OnBehalf => pays && !owns,
            BillLines::OnBehalfOf(owner) => pays && line.account == *owner,
            BillLines::PaidByOthers => owns && !pays,
        }
    }
}

/// Something to look at. Values are compared as text; amounts are written in one way.
#[derive(Debug, Clone)]
pub enum Check {
    /// Figures of a party by name.
    Figures {
        /// The account.
        party: Name,
        /// Name and value.
        figures: Vec<(String, String)>,
    },
    /// The allocation records of a customer, oldest first.
    History {
        /// The customer.
        customer: Name,
        /// All of them.
        records: Vec<ExpectedAllocation>,
    },
    /// Fields of something that has a name.
    Fields {
        /// What it is.
        of: Thing,
        /// How it is called.
        name: Name,
        /// Name and value.
        fields: Vec<(String, String)>,
    },
    /// Sums over an account's bill.
    Bill {
        /// The account.
        customer: Name,
        /// Which month's.
        month: Month,
        /// Which lines.
        lines: BillLines,
        /// Name of the sum and its value.
        sums: Vec<(String, String)>,
    },
    /// Who paid for an account, and when.
    Payers {
        /// For whom.
        member: Name,
        /// All of them, oldest first.
        intervals: Vec<ExpectedInterval>,
    },
    /// Everything that was said about a customer's credit on one day.
    Notices {
        /// Whose credit.
        customer: Name,
        /// The day, as `2031-10-03`.
        day: String,
        /// To whom, and what: a level, `custom`, `suspended` or `resumed`.
        told: Vec<(Name, String)>,
    },
}

/// What a check finds by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Thing {
    Order,
    Authorization,
    Resource,
    Voucher,
    Pack,
    Line,
    Member,
    Organization,
    Invitation,
    Creation,
    Entity,
}

/// When somebody paid for an account, as a scenario expects it. Days that are absent are not compared.
#[derive(Debug, Clone)]
pub struct ExpectedInterval {
    /// Who paid.
    pub payer: Name,
    /// From which day on.
    pub from: Option<String>,
    /// What made it begin.
    pub started_by: StartedBy,
    /// On which day it ended, and what made it; absent while it lasts.
    pub until: Option<(Option<String>, EndedBy)>,
}

/// An allocation record as a scenario expects it.
#[derive(Debug, Clone)]
pub struct ExpectedAllocation {
    /// Signed increment.
    pub amount: Amount,
    /// The customer's total after it.
    pub total_after: Amount,
    /// The customer's available credit after it.
    pub available_after: Amount,
    /// The note; not compared where absent.
    pub remark: Option<String>,
}
