//! The laws of vouchers: what is set aside is what open orders hold, and one that pays nothing any more has left.

use crate::book::Book;
use crate::book::law::{Laws, units};
use crate::channel::{OrderState, PartnerKind, Uin, VoucherId, VoucherStatus};
use crate::money::Amount;
use std::collections::BTreeMap;

/// Checks them.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    let mut reserved: BTreeMap<VoucherId, i128> = BTreeMap::new();
    let processing = book.buying.orders.values().filter(|order| order.state == OrderState::Processing);
    for one in processing.flat_map(|order| order.vouchers.iter().chain(&order.partner_vouchers)) {
        *reserved.entry(one.voucher).or_default() += units(one.amount);
    }
    for voucher in book.vouchers.all.values() {
        let (owner, kept) = (voucher.owner, units(voucher.reserved));
        let held = reserved.remove(&voucher.id).unwrap_or_default();
        laws.expect(owner, "what is set aside of a voucher is what open orders hold", kept, held);
        let left = units(voucher.remaining) + kept;
        let within = voucher.remaining >= Amount::ZERO && left <= units(voucher.amount);
        laws.must(owner, "a voucher pays at most what it was issued over", within);
        let issued = voucher.status == VoucherStatus::Issued;
        laws.must(owner, "a voucher that pays nothing any more has left", issued && left > 0 || kept > 0);
        let scheduled = book.vouchers.expiries.contains(&(voucher.expires_at, voucher.id));
        laws.expect(owner, "an issued voucher's end is scheduled", i128::from(scheduled), i128::from(issued));
    }
    // Of no account.
    laws.expect(Uin::LOWEST, "what open orders set aside is in the book", 0, reserved.values().sum());
    for partner in book.parties.partners.iter().filter(|one| one.kind == PartnerKind::SecondLevelReseller) {
        let over = (units(partner.vouchers_issued) - units(partner.voucher_quota)).max(0);
        laws.expect(partner.uin, "vouchers are within the quota", over, 0);
    }
}
