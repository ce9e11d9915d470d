//! Vouchers: of one customer, of its partner for all and for this one; as many that fit nothing that is bought here.

use super::grown::{DAY, Grown, RESELLER, RICH, VOUCHED, code, customer, nth, uin};
use super::shape::{Asked, Shape, by_itself, platform};
use anyhow::bail;
use credere_core::book::{Event, vouchers};
use credere_core::channel::{Uin, VoucherId, VoucherMode, VoucherUsage};
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use vouchers::{NewVoucherKind, NewVoucherProducts};

fn issue(now: Moment, kind: NewVoucherKind, owner: Uin) -> vouchers::IssueVoucher {
    vouchers::IssueVoucher {
        kind,
        owner,
        amount: Amount::whole(1),
        usage: VoucherUsage::CustomerOffer,
        mode: VoucherMode::All,
        products: NewVoucherProducts::Only(vec![code(VOUCHED)]),
        effective_at: now,
        expires_at: now.plus_seconds(365 * DAY),
    }
}

/// One of the customer's own, and its number.
fn issued(grown: &mut Grown, days: i64) -> anyhow::Result<VoucherId> {
    let expires_at = grown.now.plus_seconds(days * DAY);
    let own = issue(grown.now, NewVoucherKind::Customer(None), uin(RICH));
    let event = grown.obey(vouchers::IssueVoucher { expires_at, ..own })?;
    let Event::Vouchers(vouchers::Event::VoucherIssued(vouchers::VoucherIssued { voucher, .. })) = event else {
        bail!("a voucher came to something else");
    };
    Ok(voucher.id)
}

pub(super) fn grow(grown: &mut Grown) -> anyhow::Result<()> {
    for place in 0..grown.size {
        let id = issued(grown, 365)?;
        let (customer, partner) = (uin(RICH), uin(RESELLER));
        grown.obey(issue(grown.now, NewVoucherKind::PartnerAll, partner))?;
        grown.obey(issue(grown.now, NewVoucherKind::PartnerCustomer(customer), partner))?;
        // Its time has not begun, though it would fit everything.
        let own = issue(grown.now, NewVoucherKind::Customer(None), customer);
        grown.obey(vouchers::IssueVoucher {
            effective_at: grown.vouchers_begin,
            products: NewVoucherProducts::All,
            ..own
        })?;
        if grown.keeps(place) {
            grown.vouchers.push(id);
        }
    }
    Ok(())
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("issue a voucher", |grown, _| platform(issue(grown.now, NewVoucherKind::Customer(None), uin(RICH)))),
        Shape::of("issue a voucher for a trial", |grown, round| {
            platform(issue(grown.now, NewVoucherKind::PartnerCustomer(customer(round)), uin(RESELLER)))
        }),
        Shape::of("take a voucher back", |grown, round| {
            platform(vouchers::InvalidateVoucher { voucher: nth(&grown.vouchers, round)?.into() })
        }),
    ]
}

/// Behind the moment at which as many begin.
pub(super) fn begun() -> Vec<Shape> {
    vec![Shape::of("settle usage as many vouchers begin", |grown, _| {
        grown.now = grown.now.max(grown.vouchers_begin);
        platform(super::metering::usage(grown.now, uin(RICH), Amount::whole(3)))
    })]
}

/// One whose time is over in a day, and then is.
pub(super) fn expire(grown: &mut Grown, _: u64) -> anyhow::Result<Asked> {
    let id = issued(grown, 1)?;
    grown.now = grown.now.plus_seconds(DAY);
    by_itself(vouchers::ExpireVoucher { id })
}
