//! What falls due by itself, in millions at a time.

use super::grown::{DAY, customer};
use super::shape::{Asked, Shape, by_itself};
use super::{buying, vouchers};
use credere_core::book::standing;

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("a voucher expires", vouchers::expire),
        Shape::of("an authorization expires", |grown, round| {
            if round == 0 {
                grown.now = grown.now.plus_seconds(31 * DAY);
            }
            buying::expire(grown, round)
        }),
        Shape::of("the sweep looks at a low customer", |_, round| {
            by_itself(standing::ReviewCustomer { customer: customer(20 + round) })
        }),
        Shape::of("what is due, whatever it is", |_, _| Ok(Asked::Duty)),
    ]
}
