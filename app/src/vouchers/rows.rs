//! Vouchers as they stand, whatever changed them.

use crate::rows::Basis;
use credere_core::book::vouchers::Event;
use credere_core::channel::{Uin, Voucher, VoucherKind};
use credere_core::ledger::{Moment, Shard};
use credere_store::contract::{HistoryFold, StoreError, VoucherRow};

/// Adds the rows of one event.
pub(crate) fn add(fold: &mut HistoryFold, basis: &Basis<'_>, at: Moment, event: &Event) -> Result<(), StoreError> {
    match event {
        Event::VoucherIssued(fact) => {
            changed(fold, basis, at, std::iter::once(&*fact.voucher).chain(fact.linked.as_deref()))
        }
        Event::VoucherInvalidated(fact) => changed(fold, basis, at, [&*fact.voucher]),
        Event::VoucherExpired(fact) => changed(fold, basis, at, [&*fact.voucher]),
    }
}

/// Adds the rows of vouchers that something changed.
pub(crate) fn changed<'a>(
    fold: &mut HistoryFold,
    basis: &Basis<'_>,
    at: Moment,
    vouchers: impl IntoIterator<Item = &'a Voucher>,
) -> Result<(), StoreError> {
    for voucher in vouchers {
        fold.vouchers.push(voucher_row(voucher, basis, at)?);
    }
    Ok(())
}

/// A voucher as history shows it.
fn voucher_row(voucher: &Voucher, basis: &Basis<'_>, at: Moment) -> Result<VoucherRow, StoreError> {
    let (customer, issuer): (Option<Uin>, Option<Uin>) = match voucher.kind {
        VoucherKind::PartnerAll => (None, None),
        VoucherKind::PartnerCustomer(customer) => (Some(customer), None),
        VoucherKind::Customer { issuer } => (None, issuer),
    };
    let products = voucher.products.listed().iter().map(|number| basis.code_of(*number)).collect::<Result<_, _>>()?;
    Ok(VoucherRow {
        id: Shard::within(voucher.id.0),
        kind: voucher.kind.name().to_owned(),
        owner: voucher.owner,
        customer,
        issuer,
        amount: voucher.amount,
        remaining: voucher.remaining,
        status: voucher.status.name().to_owned(),
        usage: voucher.usage.name().to_owned(),
        payment_mode: voucher.mode.name().to_owned(),
        products_mode: voucher.products.name().to_owned(),
        products,
        effective_at: voucher.effective_at,
        expires_at: voucher.expires_at,
        issued_at: voucher.issued_at,
        changed_at: at,
    })
}
