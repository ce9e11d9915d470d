//! Bills as they are shown: what they come to, by whatever their lines are grouped by.

use crate::rows::number_at;
use credere_core::channel::{ActionType, Details, LineId, OrderId, Uin};
use credere_core::ledger::{Line, Moment, Month};
use credere_core::money::{Amount, Overflow, Rate};
use credere_store::contract::{DayTotalRow, LineRow, ShardId, StoreError};
use std::collections::BTreeMap;

pub use credere_store::contract::Bill;
/// A part of one bill, summed. History tells nothing of it that is not shown.
pub use credere_store::contract::BillTotalRow as BillPartView;
/// Which lines of a bill.
pub use credere_store::contract::LineFilter as LineQuery;
/// A part of a bill by a name: of a resource, or a value of a tag. History tells nothing of it that is not shown.
pub use credere_store::contract::NamedTotalRow as NamedPartView;
/// Which lines are on an account's bill.
pub use credere_store::contract::View;

/// A bill's sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillView {
    /// Whose, which month's, and which part.
    pub bill: Bill,
    /// When it was issued; `None` while it still grows.
    pub issued_at: Option<Moment>,
    /// Its parts, by everything that lines are grouped by.
    pub parts: Vec<BillPartView>,
    /// The sum of its lines.
    pub total: BillSum,
    /// What has been confirmed of it.
    pub confirmed: Amount,
    /// The rest.
    pub unconfirmed: Amount,
    /// What the account itself paid of it in money, not in vouchers, and so may ask an invoice for: nothing of what another one
    /// paid (O87).
    pub invoiceable: Amount,
}

/// What some lines come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BillSum {
    /// How many they are.
    pub lines: u64,
    /// At list price.
    pub list_amount: Amount,
    /// What vouchers paid.
    pub voucher_amount: Amount,
    /// What the customer owes.
    pub amount: Amount,
    /// What the paying partner owes.
    pub partner_amount: Amount,
}

impl BillSum {
    /// With one more part.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn plus(self, part: &BillPartView) -> Result<BillSum, Overflow> {
        self.plus_sum(&BillSum::from(part))
    }

    /// Both together.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn plus_sum(self, other: &BillSum) -> Result<BillSum, Overflow> {
        Ok(BillSum {
            lines: self.lines + other.lines,
            list_amount: self.list_amount.plus(other.list_amount)?,
            voucher_amount: self.voucher_amount.plus(other.voucher_amount)?,
            amount: self.amount.plus(other.amount)?,
            partner_amount: self.partner_amount.plus(other.partner_amount)?,
        })
    }

    pub(super) fn plus_line(self, line: &LineRow) -> Result<BillSum, Overflow> {
        let LineRow { list_amount, voucher_amount, amount, partner_amount, .. } = *line;
        self.plus_sum(&BillSum { lines: 1, list_amount, voucher_amount, amount, partner_amount })
    }

    pub(super) fn minus_line(self, line: &LineRow) -> Result<BillSum, Overflow> {
        Ok(BillSum {
            lines: self.lines.saturating_sub(1),
            list_amount: self.list_amount.minus(line.list_amount)?,
            voucher_amount: self.voucher_amount.minus(line.voucher_amount)?,
            amount: self.amount.minus(line.amount)?,
            partner_amount: self.partner_amount.minus(line.partner_amount)?,
        })
    }
}

macro_rules! summed {
    ($($part:ident),*) => {
        $(impl From<&$part> for BillSum {
            fn from(part: &$part) -> BillSum {
                let $part { lines, list_amount, voucher_amount, amount, partner_amount, .. } = *part;
                BillSum { lines, list_amount, voucher_amount, amount, partner_amount }
            }
        })*
    };
}
summed!(BillPartView, DayTotalRow, NamedPartView);

impl BillView {
    /// Its sums by one of the things that lines are grouped by, in order of that.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn by<K: Ord>(&self, group: impl Fn(&BillPartView) -> K) -> Result<BTreeMap<K, BillSum>, Overflow> {
        let mut sums: BTreeMap<K, BillSum> = BTreeMap::new();
        for part in &self.parts {
            let sum = sums.entry(group(part)).or_default();
            *sum = sum.plus(part)?;
        }
        Ok(sums)
    }
}

/// A receipt, and what it gave back (R89).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptView {
    /// Whose bill was paid.
    pub customer: Uin,
    /// Which month's.
    pub month: Month,
    /// How many lines are confirmed with it.
    pub lines: u32,
    /// What came back to the customer's credit.
    pub returned: Amount,
    /// What is available to the customer after it; `None` when it is no longer bound to that partner.
    pub available: Option<Amount>,
}

/// A payment to the platform, and the spend line after it (R27).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentView {
    /// Who paid.
    pub partner: Uin,
    /// How much.
    pub amount: Amount,
    /// What it may owe, and owes now.
    pub spend: Line,
}

/// One line of a bill (R79).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineView {
    /// Its number.
    pub id: LineId,
    /// Whose bill.
    pub account: Uin,
    /// Which month's bill.
    pub month: Month,
    /// The managing partner under whose binding of the payer's it was charged; `None` for a partner's own use.
    pub managing: Option<Uin>,
    /// Journal position of that binding; 0 for a partner's own use.
    pub binding_seq: u64,
    /// Who has what it is for: the same, or a member of the organization that it pays for.
    pub owner: Uin,
    /// The partner that owes it to the platform (R6); `None` without one.
    pub partner: Option<Uin>,
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
    pub order: Option<OrderId>,
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
    /// Whatever else was told.
    pub details: Details,
    /// Whether its payment has been confirmed.
    pub confirmed: bool,
}

impl LineView {
    /// A line as history has it.
    ///
    /// # Errors
    /// [`StoreError`] when the row is damaged.
    pub(super) fn of_row(shard: ShardId, row: LineRow) -> Result<LineView, StoreError> {
        Ok(LineView {
            id: LineId(number_at(shard, row.seq)?),
            account: row.account,
            month: row.month,
            managing: row.managing,
            binding_seq: row.binding_seq,
            owner: row.owner,
            partner: row.partner,
            product: row.product,
            action: row.action,
            region: row.region,
            project: row.project,
            resource: row.resource,
            order: row.order_seq.map(|seq| number_at(shard, seq)).transpose()?.map(OrderId),
            period_start: row.period_start,
            period_end: row.period_end,
            list_amount: row.list_amount,
            discount_rate: row.discount_rate,
            voucher_amount: row.voucher_amount,
            amount: row.amount,
            partner_amount: row.partner_amount,
            posted_at: row.posted_at,
            details: Details::read(&row.details),
            confirmed: row.confirmed,
        })
    }
}
