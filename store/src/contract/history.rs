//! The rows of history, and which of them are asked for. Everything a row says comes from the journal; names and types
//! are those of the core where it has them, and texts where a row only shows them.

use credere_core::channel::{ActionType, NoticeKind, PayMode, Subscription, Uin};
use credere_core::ledger::{Moment, Month};
use credere_core::money::{Amount, Rate};

/// Rows for one stretch of the journal. A store may sort them as its tables like it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryFold {
    /// The last event that the rows cover.
    pub upto_seq: u64,
    /// Allocation records.
    pub allocations: Vec<AllocationRow>,
    /// Orders as they stand now; the later of two rows of one order wins, also over what is stored.
    pub orders: Vec<OrderRow>,
    /// Authorizations that closed.
    pub authorizations: Vec<AuthorizationRow>,
    /// Audit entries.
    pub audit: Vec<AuditRow>,
    /// Bill lines.
    pub lines: Vec<LineRow>,
    /// Receipts.
    pub receipts: Vec<ReceiptRow>,
    /// Vouchers as they stand now; the later of two rows of one voucher wins, also over what is stored.
    pub vouchers: Vec<VoucherRow>,
    /// What vouchers paid.
    pub voucher_uses: Vec<VoucherUseRow>,
    /// Resources as they stand now; the later of two rows of one resource wins, also over what is stored.
    pub resources: Vec<ResourceRow>,
    /// Notices.
    pub notices: Vec<NoticeRow>,
}

/// One account's bill of one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bill {
    /// Whose.
    pub account: Uin,
    /// Which month.
    pub month: Month,
}

/// One line of a bill (R79).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRow {
    /// Journal position of the charge; the line's number.
    pub seq: u64,
    /// Whose bill.
    pub account: Uin,
    /// Which month's bill.
    pub month: Month,
    /// The day of that month on which it counts, 1 to 31: the day of its period's start, or of its posting where the
    /// period began in another month (R94).
    pub day: u8,
    /// The managing partner under whose binding it was charged; `None` for a partner's own use.
    pub managing: Option<Uin>,
    /// Journal position of that binding; 0 for a partner's own use.
    pub binding_seq: u64,
    /// The partner that owes it to the platform (R6).
    pub payer: Uin,
    /// The product's code.
    pub product: String,
    /// What for.
    pub action: ActionType,
    /// The region; empty where none was told.
    pub region: String,
    /// The project; empty where none was told.
    pub project: String,
    /// The resource; empty where none was told.
    pub resource: String,
    /// The order that it was charged for (or refunds).
    pub order_seq: Option<u64>,
    /// From when it was used.
    pub period_start: Moment,
    /// Until when.
    pub period_end: Moment,
    /// List price.
    pub list_amount: Amount,
    /// The customer's discount.
    pub discount_rate: Rate,
    /// What the customer's vouchers paid.
    pub voucher_amount: Amount,
    /// What the customer owes.
    pub amount: Amount,
    /// What the paying partner owes.
    pub partner_amount: Amount,
    /// When it was posted.
    pub posted_at: Moment,
    /// Whatever else was told (zone, tags, components, ...), as a JSON object.
    pub details: String,
    /// Whether its payment has been confirmed. Not stored with the line but told by the receipts; `false` in a fold.
    pub confirmed: bool,
}

/// Which lines of a bill. Everything may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineFilter {
    /// Paid before or after use.
    pub pay_mode: Option<PayMode>,
    /// What for.
    pub action: Option<ActionType>,
    /// Whether its payment has been confirmed.
    pub confirmed: Option<bool>,
    /// Charged under a binding to one of these partners.
    pub managing: Option<Vec<Uin>>,
    /// On this day of the month.
    pub day: Option<u8>,
}

/// A part of one bill, summed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `LineRow`")]
pub struct BillTotalRow {
    pub binding_seq: u64,
    pub managing: Option<Uin>,
    pub action: ActionType,
    pub product: String,
    pub region: String,
    pub project: String,
    /// How many lines.
    pub lines: u64,
    pub list_amount: Amount,
    pub voucher_amount: Amount,
    pub amount: Amount,
    pub partner_amount: Amount,
}

/// One resource's part of a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `LineRow`")]
pub struct ResourceTotalRow {
    pub resource: String,
    pub product: String,
    /// How many lines.
    pub lines: u64,
    pub list_amount: Amount,
    pub voucher_amount: Amount,
    pub amount: Amount,
    pub partner_amount: Amount,
}

/// One confirmation of payment (R92-R95).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Journal position.
    pub seq: u64,
    /// Whose bill.
    pub account: Uin,
    /// Which month's.
    pub month: Month,
    /// The partner that was paid.
    pub operator: Uin,
    /// What was confirmed as a whole: every line of these bindings and types that is on the bill.
    pub parts: Vec<ReceiptPartRow>,
    /// The lines that were confirmed one by one.
    pub line_seqs: Vec<u64>,
    /// How many lines that flipped.
    pub lines: u64,
    /// What they come to.
    pub returned: Amount,
    /// The customer's available credit after it; `None` when it is no longer bound to that partner.
    pub available_after: Option<Amount>,
    /// When.
    pub at: Moment,
}

/// A part of a bill that was confirmed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptPartRow {
    /// Under which binding.
    pub binding_seq: u64,
    /// What for.
    pub action: ActionType,
}

/// A voucher as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherRow {
    /// Its number.
    pub id: u64,
    /// `partner_all`, `partner_customer`, `customer`.
    pub kind: String,
    /// Who has it.
    pub owner: Uin,
    /// Whose trial a type II pays.
    pub customer: Option<Uin>,
    /// Who issued a type III.
    pub issuer: Option<Uin>,
    /// What it was issued over.
    pub amount: Amount,
    /// What is left.
    pub remaining: Amount,
    /// `issued`, `used`, `expired`, `invalidated`.
    pub status: String,
    /// `CustomerOffer`, `ProductTrial`.
    pub usage: String,
    /// `all`, `prepaid`, `postpaid`.
    pub payment_mode: String,
    /// `all`, `only`, `except`.
    pub products_mode: String,
    /// The codes of the products named.
    pub products: Vec<String>,
    /// From when it pays.
    pub effective_at: Moment,
    /// From when it no longer pays.
    pub expires_at: Moment,
    /// When it was issued.
    pub issued_at: Moment,
    /// When it last changed.
    pub changed_at: Moment,
}

/// Which vouchers. Everything may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are those of `VoucherRow`")]
pub struct VoucherFilter {
    pub id: Option<u64>,
    pub kind: Option<String>,
    pub owner: Option<Uin>,
    pub issuer: Option<Uin>,
    pub status: Option<String>,
    pub usage: Option<String>,
    pub payment_mode: Option<String>,
    pub products_mode: Option<String>,
    /// Not those that expired before this moment, nor those that were invalidated with nothing paid (R121).
    pub shown_since: Option<Moment>,
}

impl VoucherFilter {
    /// Whether it means this voucher.
    pub(crate) fn matches(&self, row: &VoucherRow) -> bool {
        let is = |wanted: &Option<String>, value: &String| wanted.as_ref().is_none_or(|wanted| wanted == value);
        self.id.is_none_or(|id| id == row.id)
            && is(&self.kind, &row.kind)
            && self.owner.is_none_or(|owner| owner == row.owner)
            && self.issuer.is_none_or(|issuer| row.issuer == Some(issuer))
            && is(&self.status, &row.status)
            && is(&self.usage, &row.usage)
            && is(&self.payment_mode, &row.payment_mode)
            && is(&self.products_mode, &row.products_mode)
            && self.shown_since.is_none_or(|since| {
                row.expires_at >= since && !(row.status == "invalidated" && row.remaining == row.amount)
            })
    }
}

/// One payment by a voucher (R122).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherUseRow {
    /// The bill line that it paid a part of.
    pub line_seq: u64,
    /// Which voucher.
    pub voucher: u64,
    /// The customer whose charge it was.
    pub account: Uin,
    /// The order, where there was one.
    pub order_seq: Option<u64>,
    /// The product's code.
    pub product: String,
    /// What for.
    pub action: ActionType,
    /// How much.
    pub amount: Amount,
    /// The month of the payment.
    pub month: Month,
    /// When.
    pub at: Moment,
}

/// What a voucher paid in one month.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct VoucherMonthRow {
    pub month: Month,
    pub uses: u64,
    pub amount: Amount,
}

/// A resource as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRow {
    /// Journal position of its activation.
    pub seq: u64,
    /// The caller's name for it.
    pub name: String,
    /// Who runs it.
    pub account: Uin,
    /// The product's code.
    pub product: String,
    /// List price of one unit in one settlement period.
    pub unit_price: Amount,
    /// How many units, in 10^-8.
    pub quantity: u64,
    /// What is set aside on the customer's side.
    pub frozen: Amount,
    /// What is set aside on the partner's side.
    pub partner_frozen: Amount,
    /// `active`, `suspended`, `terminated`, `deleted`.
    pub state: String,
    /// Since when.
    pub since: Moment,
    /// When it was activated.
    pub activated_at: Moment,
    /// Whatever else was told, as a JSON object.
    pub details: String,
}

/// A notice's number: the journal position that it was decided at, and its place among the notices of that position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeKey {
    /// Journal position.
    pub seq: u64,
    /// Place, from 0.
    pub place: u32,
}

/// One notice to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its number.
    pub key: NoticeKey,
    /// Who was told.
    pub recipient: Uin,
    /// About whom.
    pub customer: Uin,
    /// What.
    pub kind: NoticeKind,
    /// The level in percent, for warnings.
    pub level: Option<u8>,
    /// The customer's available credit at that moment.
    pub available: Amount,
    /// Its total at that moment.
    pub total: Amount,
    /// Where, as the recipient wanted it at that moment.
    pub channels: Subscription,
    /// When.
    pub at: Moment,
}

/// Which notices. Everything may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are those of `NoticeRow`")]
pub struct NoticeFilter {
    pub recipient: Option<Uin>,
    pub customer: Option<Uin>,
    pub kind: Option<NoticeKind>,
}

impl NoticeFilter {
    /// Whether it means this notice.
    pub(crate) fn matches(&self, row: &NoticeRow) -> bool {
        self.recipient.is_none_or(|recipient| row.recipient == recipient)
            && self.customer.is_none_or(|customer| row.customer == customer)
            && self.kind.is_none_or(|kind| row.kind == kind)
    }
}

/// One allocation or reclaim (R41), or one grant to or pull from a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocationRow {
    /// Journal position.
    pub seq: u64,
    /// Whose credit or pool.
    pub account: Uin,
    /// The partner that acted.
    pub operator: Uin,
    /// Signed increment.
    pub amount: Amount,
    /// The account's total after it.
    pub total_after: Amount,
    /// The account's available (a pool's remaining) after it.
    pub available_after: Amount,
    /// What the operator noted.
    pub remark: Option<String>,
    /// When.
    pub at: Moment,
}

/// An order as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// Journal position of its placing; the order's number.
    pub seq: u64,
    /// Whose order.
    pub account: Uin,
    /// Whose credit pays: the account itself. (The paying partner answers for it to the platform on its own spend line.)
    pub payer: Uin,
    /// The product's code.
    pub product: String,
    /// `purchase`, `renew`, `upgrade`, `downgrade`.
    pub kind: String,
    /// `to_be_paid`, `processing`, `delivered`, `canceled`, `failed`, `refunded`.
    pub state: String,
    /// List price.
    pub list_amount: Amount,
    /// The customer's discount.
    pub discount_rate: Rate,
    /// What vouchers covered.
    pub voucher_amount: Amount,
    /// What the customer is charged.
    pub amount: Amount,
    /// What the paying partner is charged.
    pub partner_amount: Amount,
    /// What has been given back of `amount`.
    pub refunded_amount: Amount,
    /// When it was placed.
    pub created_at: Moment,
    /// When its state last changed.
    pub updated_at: Moment,
    /// What it was placed with besides (region, tags, ...), as a JSON object.
    pub details: String,
    /// The order as the core knows it, encoded; opaque to the store. What a refund is decided on.
    pub facts: Vec<u8>,
}

/// A closed authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRow {
    /// Journal position of its opening; part of its identifier.
    pub opened_seq: u64,
    /// Whose credit it held.
    pub account: Uin,
    /// The product's code.
    pub product: String,
    /// `captured`, `released`, `expired`.
    pub state: String,
    /// What was authorized, at list price.
    pub list_amount: Amount,
    /// What was held on the customer's side.
    pub amount: Amount,
    /// What was held on the partner's side.
    pub partner_amount: Amount,
    /// What was captured, at list price.
    pub captured_list_amount: Amount,
    /// What the customer was charged.
    pub captured_amount: Amount,
    /// What the paying partner was charged.
    pub captured_partner_amount: Amount,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it would have expired.
    pub expires_at: Moment,
    /// When it closed.
    pub closed_at: Moment,
}

/// Who did what: one entry a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Journal position.
    pub seq: u64,
    /// When.
    pub at: Moment,
    /// The request's identifier, as shown to the caller.
    pub request_id: String,
    /// `platform:key_1`, `account:100000000001`, `system`.
    pub actor: String,
    /// `platform`, `cloud`, `system`.
    pub face: String,
    /// The command's name, `allocate_credit`.
    pub action: String,
    /// The account that it was done to, where it was one.
    pub account: Option<Uin>,
    /// `done`, `refused`, or for a batch `done` with counts in `detail`.
    pub outcome: String,
    /// The refusal's code, where there was one.
    pub code: Option<String>,
    /// Figures and further reasons, as a JSON object.
    pub detail: String,
}

/// Which audit entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Done to this account.
    pub account: Option<Uin>,
    /// This command.
    pub action: Option<String>,
    /// Not before.
    pub from: Option<Moment>,
    /// Not at or after.
    pub to: Option<Moment>,
}

impl AuditFilter {
    /// Whether it means this entry.
    pub(crate) fn matches(&self, row: &AuditRow) -> bool {
        self.account.is_none_or(|account| row.account == Some(account))
            && self.action.as_ref().is_none_or(|action| row.action == *action)
            && self.from.is_none_or(|from| row.at >= from)
            && self.to.is_none_or(|to| row.at < to)
    }
}
