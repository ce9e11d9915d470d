//! Handing credit down: from a distributor to a pool, from a managing partner to a customer, and back (R30-R50).

use super::command::{AllocateCredit, AllocatePool};
use super::event::{CreditAllocated, PoolAllocated};
use super::partners::{allocatable, allocated_after};
use super::reason::{Party, Reason};
use crate::book::{Book, Context, Decision, Rejection};
use crate::channel::PartnerKind;
use crate::money::Amount;

/// The largest single grant to a pool, or pull from one (R49).
const POOL_AMOUNT_MAX: Amount = Amount::whole(1_000_000);

/// Allocates to a customer, or reclaims when `amount` is negative (R30-R36). Permitted also when it is overdue (R40).
pub(super) fn credit(book: &Book, asked: &AllocateCredit) -> Result<Decision, Rejection> {
    let AllocateCredit { customer, amount, .. } = *asked;
    let bound = book.existing_customer(customer)?;
    let partner = book.existing_partner(bound.partner, Party::Partner)?;
    if !partner.kind.manages_credit() {
        return Err(Reason::WrongPartnerKind(partner.kind).into());
    }
    if amount == Amount::ZERO {
        return Err(Rejection::AmountZero);
    }
    let because = if amount.is_positive() {
        allocatable(partner, amount)?
    } else {
        // The total may not fall below zero either (R16), which is the tighter bound after a refund.
        let (requested, available) = (amount.negated()?, bound.line.available().min(bound.line.limit()));
        Rejection::from(Reason::ExceedsAvailable { customer, requested, available }).unless_met()?
    };
    let partner_allocated_after = allocated_after(partner, amount)?;
    let after = bound.line.raised(amount)?;
    Ok(Decision {
        event: CreditAllocated {
            customer,
            partner: partner.uin,
            amount,
            total_after: after.limit(),
            available_after: after.available(),
            partner_allocated_after,
            remark: asked.remark.clone(),
        }
        .into(),
        because,
    })
}

/// Grants to a second-level reseller's pool, or pulls from it when `amount` is negative (R45-R49).
pub(super) fn pool(book: &Book, context: &Context<'_>, asked: &AllocatePool) -> Result<Decision, Rejection> {
    let AllocatePool { second_level, amount, .. } = *asked;
    let below = book.existing_partner(second_level, Party::SecondLevel)?;
    let distributor = match (below.kind, below.distributor) {
        (PartnerKind::SecondLevelReseller, Some(above)) => book.existing_partner(above, Party::Distributor)?,
        _ => return Err(Reason::WrongPartnerKind(below.kind).into()),
    };
    if amount == Amount::ZERO {
        return Err(Rejection::AmountZero);
    }
    let within = amount <= POOL_AMOUNT_MAX && amount >= POOL_AMOUNT_MAX.negated()?;
    if !within || (amount.is_negative() && !context.rules.pool_allow_negative) {
        return Err(Reason::PoolAmountOutOfRange { limit: POOL_AMOUNT_MAX }.into());
    }
    let remaining = below.allocatable()?;
    let because = if amount.is_positive() {
        allocatable(distributor, amount)?
    } else {
        let requested = amount.negated()?;
        Rejection::from(Reason::ExceedsPool { second_level, requested, remaining }).unless_met()?
    };
    Ok(Decision {
        event: PoolAllocated {
            second_level,
            distributor: distributor.uin,
            amount,
            total_after: below.allocation_quota.plus(amount)?,
            remaining_after: remaining.plus(amount)?,
            distributor_allocated_after: allocated_after(distributor, amount)?,
            remark: asked.remark.clone(),
        }
        .into(),
        because,
    })
}
