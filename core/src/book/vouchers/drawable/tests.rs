//! The order in which vouchers pay, as tables, and against the same written plainly: look at all of them each time.

use super::*;
use crate::channel::sample_voucher as voucher;
use crate::channel::{PayMode, looks_of};
use proptest::prelude::*;

const CASE: VoucherCase = VoucherCase { mode: PayMode::PrePay, product: 3, now: Moment::from_micros(10) };

fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

fn own() -> Pays {
    Pays::Own { customer: uin(1), issuer: Some(uin(1)) }
}

/// Whether it may pay a part of such a charge (R114).
fn fits(voucher: &Voucher, case: &VoucherCase) -> bool {
    voucher.status == VoucherStatus::Issued
        && voucher.remaining.is_positive()
        && voucher.effective_at <= case.now
        && case.now < voucher.expires_at
        && voucher.mode.fits(case.mode)
        && match &voucher.products {
            VoucherProducts::All => true,
            VoucherProducts::Only(listed) => listed.contains(&case.product),
            VoucherProducts::Except(listed) => !listed.contains(&case.product),
        }
}

/// The rule as it stands (R113), however long it takes.
fn plainly(vouchers: &[Voucher], due: Amount) -> Vec<VoucherUse> {
    let (mut due, mut uses) = (due, Vec::new());
    let mut left: Vec<&Voucher> = vouchers.iter().filter(|voucher| fits(voucher, &CASE)).collect();
    while due.is_positive() {
        let first = left.iter().enumerate().min_by_key(|(_, voucher)| {
            (voucher.expires_at, Reverse(voucher.remaining.min(due)), voucher.remaining, voucher.id)
        });
        let Some((at, voucher)) = first else { break };
        let amount = voucher.remaining.min(due);
        uses.push(VoucherUse { voucher: voucher.id, amount });
        due = due.minus(amount).unwrap();
        left.swap_remove(at);
    }
    uses
}

fn piled(vouchers: &[Voucher]) -> Drawable {
    let mut drawable = Drawable::default();
    vouchers.iter().for_each(|voucher| drawable.add(voucher));
    drawable
}

#[track_caller]
fn drawn(vouchers: &[Voucher], due: i64) -> Vec<(u64, i64)> {
    let due = Amount::whole(due);
    let uses = piled(vouchers).draw([own()], &CASE, due).unwrap();
    assert_eq!(uses, plainly(vouchers, due));
    uses.iter().map(|one| (one.voucher.0, one.amount.units() / Amount::whole(1).units())).collect()
}

#[test]
fn the_earliest_expiry_pays_first_then_whichever_pays_more_then_the_smaller() {
    let all = [voucher(1, 50, 30), voucher(2, 20, 20), voucher(3, 40, 20), voucher(4, 30, 20)];
    assert_eq!(drawn(&all, 100), [(3, 40), (4, 30), (2, 20), (1, 10)]);
    // Both pay all that is left, so the smaller balance goes first.
    assert_eq!(drawn(&all, 25), [(4, 25)]);
    // Of equal ones the older, also when one of them has paid already.
    let equal = [voucher(1, 40, 20), voucher(2, 40, 20), voucher(3, 40, 20)];
    assert_eq!(drawn(&equal, 50), [(1, 40), (2, 10)]);
}

#[test]
fn what_does_not_fit_pays_nothing() {
    let fitting = voucher(1, 10, 20);
    let cases = [
        Voucher { effective_at: Moment::from_micros(11), ..fitting.clone() },
        Voucher { expires_at: CASE.now, ..fitting.clone() },
        Voucher { mode: VoucherMode::Postpaid, ..fitting.clone() },
        Voucher { products: VoucherProducts::Only(vec![1, 2]), ..fitting.clone() },
        Voucher { products: VoucherProducts::Except(vec![1, 3]), ..fitting.clone() },
        Voucher { status: VoucherStatus::Invalidated, ..fitting.clone() },
        Voucher { remaining: Amount::ZERO, ..fitting.clone() },
    ];
    assert_eq!(drawn(&cases, 5), []);
    let fits = [
        Voucher { products: VoucherProducts::Only(vec![1, 3]), ..fitting.clone() },
        Voucher { products: VoucherProducts::Except(vec![4]), mode: VoucherMode::Prepaid, ..voucher(2, 10, 21) },
    ];
    assert_eq!(drawn(&fits, 15), [(1, 10), (2, 5)]);
}

#[test]
fn each_comes_from_where_it_pays() {
    let kinds = [
        VoucherKind::PartnerAll,
        VoucherKind::PartnerCustomer(uin(2)),
        VoucherKind::PartnerCustomer(uin(3)),
        VoucherKind::Customer { issuer: Some(uin(4)) },
        VoucherKind::Customer { issuer: Some(uin(5)) },
    ];
    let all: Vec<Voucher> = (1..).zip(kinds).map(|(id, kind)| Voucher { kind, ..voucher(id, 10, 20) }).collect();
    let drawable = piled(&all);
    let pays = |whose| {
        let uses = drawable.draw(whose, &CASE, Amount::whole(50)).unwrap();
        uses.iter().map(|one| one.voucher.0).collect::<Vec<_>>()
    };
    let partner = uin(1);
    assert_eq!(pays(vec![Pays::General(partner), Pays::Trial { partner, customer: uin(3) }]), [1, 3]);
    assert_eq!(pays(vec![Pays::Own { customer: partner, issuer: Some(uin(5)) }]), [5]);
    assert!(pays(vec![Pays::General(uin(9))]).is_empty());
}

fn any_voucher() -> impl Strategy<Value = Voucher> {
    let products = prop_oneof![
        Just(VoucherProducts::All),
        Just(VoucherProducts::Only(vec![2, 3])),
        Just(VoucherProducts::Only(vec![4])),
        Just(VoucherProducts::Except(vec![3])),
        Just(VoucherProducts::Except(vec![4])),
    ];
    let mode = prop_oneof![Just(VoucherMode::All), Just(VoucherMode::Prepaid), Just(VoucherMode::Postpaid)];
    (0..8_i64, 8..14_i64, 8..13_i64, products, mode).prop_map(
        |(remaining, expires_at, effective_at, products, mode)| {
            let effective_at = Moment::from_micros(effective_at);
            Voucher { products, mode, effective_at, ..voucher(0, remaining, expires_at) }
        },
    )
}

proptest! {
    #[test]
    fn they_pay_as_the_rule_says(
        mut vouchers in proptest::collection::vec(any_voucher(), 0..24),
        due in 0..60_i64,
        gone in proptest::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        (1..).zip(&mut vouchers).for_each(|(id, voucher)| voucher.id = VoucherId(id));
        let mut drawable = piled(&vouchers);
        for at in gone {
            if !vouchers.is_empty() {
                drawable.remove(&vouchers.swap_remove(at.index(vouchers.len())));
            }
        }
        let due = Amount::whole(due);
        prop_assert_eq!(drawable.draw([own()], &CASE, due).unwrap(), plainly(&vouchers, due));
        vouchers.iter().for_each(|voucher| drawable.remove(voucher));
        prop_assert!(drawable.piles.is_empty(), "nothing is left behind");
    }
}

/// As many steps as a search among them takes at most: the height of the tree, which chance gives.
const STEPS: u64 = 60;

/// Bad shape: an order that 39,000 vouchers pay looked at 39,000 of them for each.
#[test]
fn as_many_vouchers_are_looked_at_as_pay() {
    for count in [100, 10_000] {
        // Of one expiry and of many, of a class that fits and of others.
        let vouchers: Vec<Voucher> = (0..count)
            .flat_map(|at| {
                let id = 5 * u64::try_from(at).unwrap();
                [
                    voucher(id, 1 + at % 7, 100),
                    voucher(id + 1, 1, 101 + at),
                    Voucher { products: VoucherProducts::Only(vec![4]), ..voucher(id + 2, 1, 50) },
                    Voucher { mode: VoucherMode::Postpaid, ..voucher(id + 3, 1, 50) },
                    Voucher { effective_at: Moment::from_micros(11), ..voucher(id + 4, 1, 50) },
                ]
            })
            .collect();
        let drawable = piled(&vouchers);
        for due in [1, 50] {
            let (uses, looks) = looks_of(|| drawable.draw([own()], &CASE, Amount::whole(due)).unwrap());
            let most = (uses.len() as u64 + 3) * STEPS;
            assert!(looks <= most, "{looks} looks for {} of {count} that pay", uses.len());
        }
        let all = Amount::whole(vouchers.len() as i64 * 7);
        let (uses, looks) = looks_of(|| drawable.draw([own()], &CASE, all).unwrap());
        assert_eq!(uses.len(), 2 * count as usize);
        assert!(looks <= (uses.len() as u64 + 3) * STEPS, "{looks} looks for {} that pay", uses.len());
    }
}

/// Bad shape: what begins at one moment, or has not begun yet, was moved or walked over first.
#[test]
fn those_that_have_not_begun_are_not_looked_at() {
    for count in [100, 10_000] {
        // Ten begin now, among as many as there are that will, which would all pay before them.
        let later = (0..count).map(|id| Voucher { effective_at: Moment::from_micros(11), ..voucher(id, 1, 50) });
        let begin = (count..count + 10).map(|id| Voucher { effective_at: CASE.now, ..voucher(id, 1, 60) });
        let vouchers: Vec<Voucher> = later.chain(begin).collect();
        let drawable = piled(&vouchers);
        let due = Amount::whole(10);
        let (uses, looks) = looks_of(|| drawable.draw([own()], &CASE, due).unwrap());
        assert_eq!(uses, plainly(&vouchers, due));
        assert!(looks <= 13 * STEPS, "{looks}");
    }
}
