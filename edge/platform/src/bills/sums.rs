//! What some lines come to, as it is shown.

use crate::problem::Problem;
use crate::wire::Money;
use credere_app::bills::BillSum;
use credere_core::money::{Amount, Overflow};
use serde::Serialize;
use utoipa::ToSchema;

/// What some lines come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BillSums)]
pub(super) struct SumsBody {
    /// How many they are.
    lines: u64,
    /// Before discounts.
    list_amount: Money,
    /// What the customer's vouchers paid.
    voucher_amount: Money,
    /// What the customer owes its partner.
    amount: Money,
    /// What the paying partner owes the platform.
    partner_amount: Money,
}

impl From<BillSum> for SumsBody {
    fn from(sum: BillSum) -> SumsBody {
        SumsBody {
            lines: sum.lines,
            list_amount: Money(sum.list_amount),
            voucher_amount: Money(sum.voucher_amount),
            amount: Money(sum.amount),
            partner_amount: Money(sum.partner_amount),
        }
    }
}

/// One group of a bill's lines, and what they come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BillPart)]
pub(super) struct PartBody {
    /// What the group's lines have in common.
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) sums: SumsBody,
}

/// Both together.
///
/// # Errors
/// When a sum is larger than an amount can be.
pub(super) fn together(one: BillSum, two: BillSum) -> Result<BillSum, Problem> {
    let plus = |one: Amount, two: Amount| one.plus(two).map_err(|Overflow| Problem::internal());
    Ok(BillSum {
        lines: one.lines + two.lines,
        list_amount: plus(one.list_amount, two.list_amount)?,
        voucher_amount: plus(one.voucher_amount, two.voucher_amount)?,
        amount: plus(one.amount, two.amount)?,
        partner_amount: plus(one.partner_amount, two.partner_amount)?,
    })
}
