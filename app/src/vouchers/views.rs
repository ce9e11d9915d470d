//! Vouchers as they are shown, with what they paid, and which of them are asked for.

use crate::rows::number_at;
use credere_core::channel::{
    ActionType, LineId, OrderId, Uin, VoucherId, VoucherKind, VoucherMode, VoucherProducts, VoucherStatus, VoucherUsage,
};
use credere_core::ledger::{Moment, Month};
use credere_core::money::{Amount, Overflow};
use credere_store::contract::{ShardId, StoreError, VoucherFilter, VoucherRow, VoucherUseRow};

/// How often a voucher paid in one month, and how much.
pub use credere_store::contract::VoucherMonthRow as VoucherMonthView;

/// Which products a voucher fits: its products are what this says of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductScope {
    /// Every one.
    All,
    /// Those named.
    Only,
    /// Every one but those named.
    Except,
}

impl ProductScope {
    /// Its name, as for [`VoucherProducts`].
    pub const fn name(self) -> &'static str {
        match self {
            ProductScope::All => "all",
            ProductScope::Only => "only",
            ProductScope::Except => "except",
        }
    }

    pub(super) fn of(products: &VoucherProducts) -> ProductScope {
        match products {
            VoucherProducts::All => ProductScope::All,
            VoucherProducts::Only(_) => ProductScope::Only,
            VoucherProducts::Except(_) => ProductScope::Except,
        }
    }
}

/// A voucher as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherView {
    /// Its number.
    pub id: VoucherId,
    /// Whose cost it pays, and where that is not its owner's matter alone, who else is in it.
    pub kind: VoucherKind,
    /// Who has it.
    pub owner: Uin,
    /// What it was issued over.
    pub amount: Amount,
    /// What is left.
    pub remaining: Amount,
    /// How it stands.
    pub status: VoucherStatus,
    /// What it is for.
    pub usage: VoucherUsage,
    /// Which way of paying it fits.
    pub mode: VoucherMode,
    /// Which products it fits.
    pub scope: ProductScope,
    /// The codes of the products named.
    pub products: Vec<String>,
    /// From when it pays.
    pub effective_at: Moment,
    /// From when it no longer pays.
    pub expires_at: Moment,
    /// When it was issued.
    pub issued_at: Moment,
}

impl VoucherView {
    /// A voucher as history has it.
    ///
    /// # Errors
    /// [`StoreError`] when the row is damaged.
    pub(super) fn of_row(shard: ShardId, row: VoucherRow) -> Result<VoucherView, StoreError> {
        let damaged = |what: &str| StoreError::corrupt(format!("the {what} of voucher {}", row.id));
        let kinds = [VoucherKind::PartnerAll, VoucherKind::Customer { issuer: row.issuer }];
        let kind = row.customer.map(VoucherKind::PartnerCustomer).into_iter().chain(kinds);
        let kind = kind.into_iter().find(|kind| kind.name() == row.kind).ok_or_else(|| damaged("kind"))?;
        let statuses = [VoucherStatus::Issued, VoucherStatus::Used, VoucherStatus::Expired, VoucherStatus::Invalidated];
        let usages = [VoucherUsage::CustomerOffer, VoucherUsage::ProductTrial];
        let modes = [VoucherMode::All, VoucherMode::Prepaid, VoucherMode::Postpaid];
        let scopes = [ProductScope::All, ProductScope::Only, ProductScope::Except];
        Ok(VoucherView {
            id: VoucherId(number_at(shard, row.id)?),
            kind,
            owner: row.owner,
            amount: row.amount,
            remaining: row.remaining,
            status: statuses.into_iter().find(|one| one.name() == row.status).ok_or_else(|| damaged("status"))?,
            usage: usages.into_iter().find(|one| one.name() == row.usage).ok_or_else(|| damaged("usage"))?,
            mode: modes.into_iter().find(|one| one.name() == row.payment_mode).ok_or_else(|| damaged("mode"))?,
            scope: scopes.into_iter().find(|one| one.name() == row.products_mode).ok_or_else(|| damaged("scope"))?,
            products: row.products,
            effective_at: row.effective_at,
            expires_at: row.expires_at,
            issued_at: row.issued_at,
        })
    }
}

/// One payment by a voucher (R122).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherUseView {
    /// The bill line that it paid a part of.
    pub line: LineId,
    /// Which voucher.
    pub voucher: VoucherId,
    /// The customer whose charge it was.
    pub account: Uin,
    /// The order, where there was one.
    pub order: Option<OrderId>,
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

impl VoucherUseView {
    /// A payment as history has it.
    ///
    /// # Errors
    /// [`StoreError`] when the row is damaged.
    pub(super) fn of_row(shard: ShardId, row: VoucherUseRow) -> Result<VoucherUseView, StoreError> {
        Ok(VoucherUseView {
            line: LineId(number_at(shard, row.line_seq)?),
            voucher: VoucherId(number_at(shard, row.voucher)?),
            account: row.account,
            order: row.order_seq.map(|seq| number_at(shard, seq)).transpose()?.map(OrderId),
            product: row.product,
            action: row.action,
            amount: row.amount,
            month: row.month,
            at: row.at,
        })
    }
}

/// Which vouchers. Everything may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are those of `VoucherView`")]
pub struct VoucherQuery {
    pub id: Option<u64>,
    pub owner: Option<Uin>,
    /// Of those of type III.
    pub issuer: Option<Uin>,
    pub status: Option<VoucherStatus>,
    pub usage: Option<VoucherUsage>,
    pub mode: Option<VoucherMode>,
    pub scope: Option<ProductScope>,
}

impl VoucherQuery {
    /// What it means in a shard; `None` where that is a voucher of another one.
    pub(super) fn filter(self, shard: ShardId) -> Option<VoucherFilter> {
        let id = match self.id {
            Some(number) => Some(shard.position_of(number)?),
            None => None,
        };
        Some(VoucherFilter {
            id,
            owner: self.owner,
            issuer: self.issuer,
            status: self.status.map(|status| status.name().to_owned()),
            usage: self.usage.map(|usage| usage.name().to_owned()),
            payment_mode: self.mode.map(|mode| mode.name().to_owned()),
            products_mode: self.scope.map(|scope| scope.name().to_owned()),
            ..VoucherFilter::default()
        })
    }
}

/// A page of what a voucher paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherUses {
    /// The voucher.
    pub voucher: VoucherView,
    /// The payments of this page, newest first.
    pub uses: Vec<VoucherUseView>,
    /// How often it paid and how much, by month, newest first.
    pub months: Vec<VoucherMonthView>,
}

/// The vouchers that one customer was issued by the calling partner, but for those that were taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerVouchers {
    /// Who has them.
    pub owner: Uin,
    /// How many there are.
    pub count: u64,
    /// The newest of them, newest first.
    pub newest: Vec<VoucherView>,
    /// What they were issued over.
    pub amount: Amount,
    /// What is left on those that may still pay (R20).
    pub remaining: Amount,
}

impl CustomerVouchers {
    pub(super) fn add(&mut self, voucher: VoucherView, now: Moment, limit: usize) -> Result<(), Overflow> {
        self.count += 1;
        self.amount = self.amount.plus(voucher.amount)?;
        if voucher.status.usable_until(voucher.expires_at, now) {
            self.remaining = self.remaining.plus(voucher.remaining)?;
        }
        if self.newest.len() < limit {
            self.newest.push(voucher);
        }
        Ok(())
    }
}
