//! Handing credit down: from a distributor to a pool, from a managing partner to a customer, and back (R30-R50).

use super::super::because::{Because, Figure, Finding, Rule};
use super::super::event::Event;
use super::super::rejection::{Party, Rejection};
use super::super::state::Book;
use super::{Context, Decision, binding, partners};
use crate::channel::{PartnerKind, Uin};
use crate::money::Amount;

/// The largest single grant to a pool, or pull from one (R49).
const POOL_AMOUNT_MAX: Amount = Amount::whole(1_000_000);

/// Allocates to a customer, or reclaims when `amount` is negative (R30-R36). Permitted also when it is overdue (R40).
pub(super) fn credit(
    book: &Book,
    customer: Uin,
    amount: Amount,
    remark: &Option<String>,
) -> Result<Decision, Rejection> {
    let bound = binding::existing(book, customer)?;
    let partner = partners::existing(book, bound.partner, Party::Partner)?;
    if !partner.kind.manages_credit() {
        return Err(Rejection::WrongPartnerKind(partner.kind));
    }
    if amount == Amount::ZERO {
        return Err(Rejection::AmountZero);
    }
    let finding = if amount.is_positive() {
        Finding {
            rule: Rule::R32,
            account: partner.uin,
            figure: Figure::Allocatable,
            required: amount,
            found: partner.allocatable()?,
        }
    } else {
        // The total may not fall below zero either (R16), which is the tighter bound after a refund.
        let reclaimable = bound.line.available().min(bound.line.limit());
        let finding = Finding {
            rule: Rule::R33,
            account: customer,
            figure: Figure::CustomerAvailable,
            required: amount.negated()?,
            found: reclaimable,
        };
        if !finding.passed() {
            return Err(Rejection::ExceedsAvailable {
                customer,
                requested: finding.required,
                available: finding.found,
            });
        }
        finding
    };
    let partner_allocated_after = partners::hand_down(partner, amount)?;
    let after = bound.line.raised(amount)?;
    Ok(Decision {
        event: Event::CreditAllocated {
            customer,
            partner: partner.uin,
            amount,
            total_after: after.limit(),
            available_after: after.available(),
            partner_allocated_after,
            remark: remark.clone(),
        },
        because: Because::from_iter([finding]),
    })
}

/// Grants to a second-level reseller's pool, or pulls from it when `amount` is negative (R45-R49).
pub(super) fn pool(
    book: &Book,
    context: &Context<'_>,
    second_level: Uin,
    amount: Amount,
    remark: &Option<String>,
) -> Result<Decision, Rejection> {
    let below = partners::existing(book, second_level, Party::SecondLevel)?;
    let distributor = match (below.kind, below.distributor) {
        (PartnerKind::SecondLevelReseller, Some(above)) => partners::existing(book, above, Party::Distributor)?,
        _ => return Err(Rejection::WrongPartnerKind(below.kind)),
    };
    if amount == Amount::ZERO {
        return Err(Rejection::AmountZero);
    }
    let within = amount <= POOL_AMOUNT_MAX && amount >= POOL_AMOUNT_MAX.negated()?;
    if !within || (amount.is_negative() && !context.rules.pool_allow_negative) {
        return Err(Rejection::PoolAmountOutOfRange { limit: POOL_AMOUNT_MAX });
    }
    let remaining = below.allocatable()?;
    let finding = if amount.is_positive() {
        Finding {
            rule: Rule::R47,
            account: distributor.uin,
            figure: Figure::Allocatable,
            required: amount,
            found: distributor.allocatable()?,
        }
    } else {
        let required = amount.negated()?;
        if required > remaining {
            return Err(Rejection::ExceedsPool { second_level, requested: required, remaining });
        }
        Finding { rule: Rule::R48, account: second_level, figure: Figure::PoolRemaining, required, found: remaining }
    };
    Ok(Decision {
        event: Event::PoolAllocated {
            second_level,
            distributor: distributor.uin,
            amount,
            total_after: below.allocation_quota.plus(amount)?,
            remaining_after: remaining.plus(amount)?,
            distributor_allocated_after: partners::hand_down(distributor, amount)?,
            remark: remark.clone(),
        },
        because: Because::from_iter([finding]),
    })
}
