//! Vouchers in history: as they stand, those that can pay nothing any more included, and what each of them paid. Which of
//! them somebody may see is no question for a store: it applies the bounds that it is given.

use super::super::StoreError;
use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::{Moment, Month};
use credere_core::money::Amount;

/// What history says of vouchers, as they stand, and of what they paid.
pub trait VouchersHistory {
    /// One voucher.
    ///
    /// # Errors
    /// [`StoreError`]
    fn voucher(&self, id: u64) -> Result<Option<VoucherRow>, StoreError>;

    /// Vouchers that match, newest first, before `before_id` and after skipping `skip`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn vouchers(
        &self,
        filter: &VoucherFilter,
        before_id: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherRow>, StoreError>;

    /// How many vouchers match.
    ///
    /// # Errors
    /// [`StoreError`]
    fn voucher_count(&self, filter: &VoucherFilter) -> Result<u64, StoreError>;

    /// What a voucher paid, newest first, in one month (of the payment, in the deployment's calendar) where given, after
    /// skipping `skip`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn voucher_uses(
        &self,
        voucher: u64,
        month: Option<Month>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherUseRow>, StoreError>;

    /// How often a voucher paid and how much, by month of the payment, newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    fn voucher_use_months(&self, voucher: u64) -> Result<Vec<VoucherMonthRow>, StoreError>;
}

/// A voucher as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherRow {
    /// Its number within its shard.
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
    /// Not those that expired before this moment.
    pub expires_from: Option<Moment>,
    /// Not those of this status of which all is left.
    pub unless_whole: Option<String>,
}

impl VoucherFilter {
    /// Whether it means this voucher.
    pub fn matches(&self, row: &VoucherRow) -> bool {
        let is = |wanted: &Option<String>, value: &String| wanted.as_ref().is_none_or(|wanted| wanted == value);
        self.id.is_none_or(|id| id == row.id)
            && is(&self.kind, &row.kind)
            && self.owner.is_none_or(|owner| owner == row.owner)
            && self.issuer.is_none_or(|issuer| row.issuer == Some(issuer))
            && is(&self.status, &row.status)
            && is(&self.usage, &row.usage)
            && is(&self.payment_mode, &row.payment_mode)
            && is(&self.products_mode, &row.products_mode)
            && self.expires_from.is_none_or(|from| row.expires_at >= from)
            && !(row.remaining == row.amount && self.unless_whole.as_ref() == Some(&row.status))
    }
}

/// One payment by a voucher (R122).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherUseRow {
    /// Journal position of the bill line that it paid a part of.
    pub line_seq: u64,
    /// Which voucher, by its number within its shard.
    pub voucher: u64,
    /// The customer whose charge it was.
    pub account: Uin,
    /// Journal position of the order, where there was one.
    pub order_seq: Option<u64>,
    /// The product's code.
    pub product: String,
    /// What the voucher paid for.
    pub action: ActionType,
    /// How much it paid.
    pub amount: Amount,
    /// The month of the payment.
    pub month: Month,
    /// When it was paid.
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
