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
//! choices for this scenario (`pool_api_allow_negative` or `pay_on_behalf_skips_customer_check`, `on` or `off`). Every
//! world begins with one product, `cvm`. Parties, orders and authorizations have names that begin with a capital letter,
//! products are lower case. Accounts are verified unless they are `unverified`.
//!
//! `given` and `when` take the same operations. Both must succeed unless an outcome follows the arrow: a word for a
//! success (`done`, `delivered`, `processing`, `to_be_paid`, `canceled`, `approved`, `captured`, `released`) or the code
//! of a refusal, then optionally `side customer|partner`, `account NAME`, figures by name, and `replayed`.
//!
//! ```text
//! reseller R quota AMOUNT [spend AMOUNT]            | distributor D ... | second-level S under D pool AMOUNT | agent A
//! X becomes reseller quota AMOUNT [spend AMOUNT]    | distributor ... | second-level [under D] pool AMOUNT | agent
//! account X [unverified] [numbered UIN]             | customer C of P [credit AMOUNT] [unverified]
//! verify X | unverify X | bind X to P | unbind C    | change P quota AMOUNT | change P spend AMOUNT
//! product CODE [hourly|daily|monthly]
//! discount RATE for partner P [on CODE] [from SPAN] [until SPAN] [as NAME]
//! discount RATE for customer C by P [on CODE] [from SPAN] [until SPAN] [as NAME]
//! end discount NAME
//! P allocates AMOUNT to C [remark "TEXT"]           | P reclaims AMOUNT from C [remark "TEXT"]
//! D grants AMOUNT to pool S                         | D pulls AMOUNT from pool S
//! C buys|renews|upgrades|downgrades CODE AMOUNT [parked] [as NAME]      in one step
//! C orders CODE AMOUNT [parked] [as NAME]                               in two: frozen until it is delivered
//! C previews CODE AMOUNT                                                would it go through?
//! deliver O | cancel O | pay O by customer|partner
//! C authorizes CODE AMOUNT [until SPAN] [as NAME]   | capture A [AMOUNT] | release A
//! advance SPAN
//! ```
//!
//! `platform` may stand where a partner acts on credit (`platform allocates ...`). A span is `7d`, `2h30m1s`; in a
//! discount or an authorization it counts from now and may be negative. Each operation may end with `key "TEXT"`, an
//! idempotency key: such scenarios are skipped by worlds that have no memory for keys.
//!
//! Checks follow `then`, several with semicolons between them; only the figures named are compared:
//!
//! ```text
//! C total A used A prepay_frozen A postpay_frozen A available A state normal|overdue
//! P quota A allocated A allocatable A     | P spend line A used A frozen A available A | S pool total A remaining A
//! P customers total A available A         | P kind WORD | P under D
//! C history empty                         | C history +A TOTAL_AFTER AVAILABLE_AFTER ["REMARK"], -A ... (oldest first)
//! X bound to P | X bound to nobody
//! order O state WORD list A amount A partner_amount A payer X paying_partner P customer C
//! authorization A state WORD list A amount A partner_amount A
//! ```

mod parse;
mod words;

pub use parse::{parse, read_folder};
pub use words::ParseError;

use credere_core::book::Rules;
use credere_core::money::{Amount, Rate};

/// What a scenario calls a party, an order, an authorization or a discount.
pub type Name = String;

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
    /// Figures of the answer.
    pub figures: Vec<(String, Amount)>,
    /// Whether the answer is that of an earlier call under the same key.
    pub replayed: bool,
}

/// Who does something that more than one may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The cloud vendor's own systems.
    Platform,
    /// This account, by its own door.
    Account(Name),
}

/// A span of business time, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub i64);

/// What a party becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PartnerWord {
    Reseller,
    Distributor,
    SecondLevel,
    Agent,
}

/// How often a product settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum SettlementWord {
    Hourly,
    Daily,
    Monthly,
}

/// What an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum OrderWord {
    Purchase,
    Renew,
    Upgrade,
    Downgrade,
}

/// Whose price a discount changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiscountFor {
    /// A partner's own.
    Partner(Name),
    /// A customer's, set for this partner.
    Customer {
        /// Whose.
        customer: Name,
        /// The partner that it belongs to.
        partner: Name,
    },
}

/// An operation in the words of a scenario. Amounts are signed where the operation is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the words of the format above")]
pub enum Operation {
    OpenAccount {
        account: Name,
        verified: bool,
        number: Option<u64>,
    },
    /// Sets whether an account's identity is verified.
    SetVerified {
        account: Name,
        verified: bool,
    },
    RegisterPartner {
        account: Name,
        kind: PartnerWord,
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
        settlement: SettlementWord,
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
    PlaceOrder(PlaceOrder),
    PayOrder {
        order: Name,
        by_partner: bool,
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
    /// Business time passes, and everything that falls due happens.
    Advance {
        by: Span,
    },
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
    pub kind: OrderWord,
    /// List price, also of a downgrade.
    pub amount: Amount,
    /// Charged at once, or frozen until delivered.
    pub capture: bool,
    /// Kept as to be paid when funds do not suffice.
    pub park: bool,
    /// Only asked, not done.
    pub preview: bool,
}

/// Something to look at. Values are compared as text; amounts are written in one way.
#[derive(Debug, Clone)]
pub enum Check {
    /// Figures of a party by name.
    Figures {
        /// Whose.
        party: Name,
        /// Name and value.
        figures: Vec<(String, String)>,
    },
    /// The allocation records of a customer, oldest first.
    History {
        /// Whose.
        customer: Name,
        /// All of them.
        records: Vec<ExpectedAllocation>,
    },
    /// Fields of an order.
    Order {
        /// Which.
        order: Name,
        /// Name and value.
        fields: Vec<(String, String)>,
    },
    /// Fields of an authorization.
    Authorization {
        /// Which.
        authorization: Name,
        /// Name and value.
        fields: Vec<(String, String)>,
    },
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
