//! Money of accounts that pay for themselves.

use super::grown::stranger;
use super::shape::{Shape, platform};
use credere_core::book::finance;
use credere_core::channel::TopUpKind;
use credere_core::money::Amount;

/// The first of those that nothing else binds.
const UNBOUND: u64 = 40;

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("top up", |_, round| {
            let (account, amount) = (stranger(UNBOUND + round), Amount::whole(1));
            platform(finance::TopUp { account, amount, kind: TopUpKind::Cash })
        }),
        Shape::of("change a credit limit", |_, round| {
            let (account, credit_limit) = (stranger(UNBOUND + round), Some(Amount::whole(1)));
            platform(finance::ChangeFinance { account, credit_limit, overdue_amount: None })
        }),
    ]
}
