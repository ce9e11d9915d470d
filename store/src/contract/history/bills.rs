//! Bills in history: the lines of each account and month, what they come to, and the receipts that confirm them. A bill
//! itself is no row: it is its lines.

use super::super::StoreError;
use credere_core::channel::{ActionType, PayMode, Uin};
use credere_core::ledger::{Moment, Month};
use credere_core::money::{Amount, Rate};

/// What history says of bills: their lines, what these come to, and the receipts for them.
pub trait BillsHistory {
    /// The lines of one bill that match, oldest first, after the line `after_seq` and after skipping `skip`, at most
    /// `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        after_seq: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<LineRow>, StoreError>;

    /// How many lines of one bill match.
    ///
    /// # Errors
    /// [`StoreError`]
    fn line_count(&self, bill: Bill, filter: &LineFilter) -> Result<u64, StoreError>;

    /// Visits the lines of one bill that match, oldest first, without holding them all.
    ///
    /// # Errors
    /// [`StoreError`], or the visitor's own, which ends the walk.
    fn visit_lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        visit: &mut dyn FnMut(LineRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Those of these lines that are on the bill, oldest first, each once.
    ///
    /// # Errors
    /// [`StoreError`]
    fn lines_by_seq(&self, bill: Bill, seqs: &[u64]) -> Result<Vec<LineRow>, StoreError>;

    /// One bill's sums by everything that it is grouped by, in that order. Kept while lines are filled, as all sums are, so
    /// that a bill of a million lines is told as fast as one of ten.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Io`] where a sum is larger than an amount can be.
    fn bill_totals(&self, bill: Bill) -> Result<Vec<BillTotalRow>, StoreError>;

    /// What one bill's lines of one day (1 to 31) come to, by binding and type, in that order.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Io`] where a sum is larger than an amount can be.
    fn day_totals(&self, bill: Bill, day: u8) -> Result<Vec<DayTotalRow>, StoreError>;

    /// One bill's sums by resource and product, in the order of the resources' names, for the first `limit` resources
    /// after `after` (exclusive): all of a resource's products, or none. Lines without a resource come under the empty
    /// name; where `managing` names partners only lines charged under a binding to one of them count.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Io`] where a sum is larger than an amount can be.
    fn resource_totals(
        &self,
        bill: Bill,
        managing: Option<&[Uin]>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<NamedTotalRow>, StoreError>;

    /// The same by the values of one tag, in their order. Lines without the tag come under the empty value.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Io`] where a sum is larger than an amount can be.
    fn tag_totals(
        &self,
        bill: Bill,
        managing: Option<&[Uin]>,
        tag: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<NamedTotalRow>, StoreError>;

    /// The months for which an account has lines that it pays or owns, newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    fn bill_months(&self, account: Uin) -> Result<Vec<Month>, StoreError>;

    /// The receipts for one bill, oldest first: for whatever its payer paid, whether or not that is in the bill's view.
    ///
    /// # Errors
    /// [`StoreError`]
    fn receipts(&self, bill: Bill) -> Result<Vec<ReceiptRow>, StoreError>;
}

/// One account's bill of one month, or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bill {
    /// The account that the bill is for.
    pub account: Uin,
    /// Which month.
    pub month: Month,
    /// Which part.
    pub view: View,
}

impl Bill {
    /// All that an account pays in a month.
    pub fn paid(account: Uin, month: Month) -> Bill {
        Bill { account, month, view: View::Paid }
    }

    /// The same bill by another view.
    #[must_use]
    pub fn viewed(self, view: View) -> Bill {
        Bill { view, ..self }
    }
}

/// Which lines are on an account's bill: lines have an owner, who has what they are for, and a payer, which is another
/// account where it pays on the owner's behalf (O86).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// All that the account pays, for itself and on behalf of others.
    Paid,
    /// What it owns and pays.
    Own,
    /// What it pays on behalf of others.
    OnBehalf,
    /// What it pays on behalf of this account.
    OnBehalfOf(Uin),
    /// What it owns and somebody else pays.
    PaidByOthers,
}

/// One line of a bill (R79).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRow {
    /// Journal position of the charge.
    pub seq: u64,
    /// Whose bill: who pays.
    pub account: Uin,
    /// Which month's bill.
    pub month: Month,
    /// The day of that month on which it counts, 1 to 31: the day of its period's start, or of its posting where the
    /// period began in another month (R94).
    pub day: u8,
    /// The managing partner under whose binding of the payer's it was charged; `None` for a partner's own use.
    pub managing: Option<Uin>,
    /// Journal position of that binding; 0 for a partner's own use.
    pub binding_seq: u64,
    /// Who has what it is for: the same, or a member of the organization that it pays for.
    pub owner: Uin,
    /// The partner that owes it to the platform; `None` without one.
    pub partner: Option<Uin>,
    /// The product's code.
    pub product: String,
    /// What the line is for.
    pub action: ActionType,
    /// The region; empty where none was told.
    pub region: String,
    /// The project; empty where none was told.
    pub project: String,
    /// The resource; empty where none was told.
    pub resource: String,
    /// Journal position of the order that it was charged for (or refunds).
    pub order_seq: Option<u64>,
    /// From when it was used.
    pub period_start: Moment,
    /// The moment until which it was used.
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
    /// What its lines are for.
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

/// What a bill's lines of one day come to under one binding and for one type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `LineRow`")]
pub struct DayTotalRow {
    pub binding_seq: u64,
    pub managing: Option<Uin>,
    pub action: ActionType,
    /// How many lines.
    pub lines: u64,
    pub list_amount: Amount,
    pub voucher_amount: Amount,
    pub amount: Amount,
    pub partner_amount: Amount,
}

/// What a bill's lines with one resource, or one value of a tag, come to for one product.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `LineRow`")]
pub struct NamedTotalRow {
    /// The resource, or the tag's value; empty for the lines without.
    pub name: String,
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
    /// Journal positions of the lines that were confirmed one by one.
    pub line_seqs: Vec<u64>,
    /// How many lines that flipped.
    pub lines: u64,
    /// What they come to.
    pub returned: Amount,
    /// The customer's available credit after it; `None` when it is no longer bound to that partner.
    pub available_after: Option<Amount>,
    /// When it was confirmed.
    pub at: Moment,
}

/// A part of a bill that was confirmed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptPartRow {
    /// Under which binding.
    pub binding_seq: u64,
    /// What the lines are for.
    pub action: ActionType,
}
