//! Packs added, and what they cover of usage (O82).

use super::command::AddPack;
use super::event::PackAdded;
use super::reason::Reason;
use crate::book::{Book, Context, Decision, Rejection};
use crate::channel::{ActionType, Covered, Pack, PackId, Uin};
use crate::ledger::Moment;
use crate::money::{Amount, Factor};

pub(super) fn add(book: &Book, context: &Context<'_>, asked: &AddPack) -> Result<Decision, Rejection> {
    let AddPack { account, ref product, units, expires_at } = *asked;
    book.existing_account(account)?;
    let (product, _) = book.existing_product(product)?;
    if !units.is_positive() {
        return Err(Reason::UnitsNotPositive.into());
    }
    if expires_at <= context.now {
        return Err(Rejection::EmptyPeriod);
    }
    let id = PackId(book.next_number()?);
    let pack = Pack { id, account, product, units, remaining: units, created_at: context.now, expires_at };
    Ok(PackAdded { pack: Box::new(pack) }.into())
}

/// What an account's own packs cover of its usage, the earliest expiry first: as many units as there are on those that are
/// not over by now.
pub(in crate::book) fn cover(
    book: &Book,
    (account, product): (Uin, u32),
    (units, list): (Factor, Amount),
    action: ActionType,
    now: Moment,
) -> Result<Covered, Rejection> {
    if !units.is_positive() {
        return Err(Reason::UnitsNotPositive.into());
    }
    if action.lowers() {
        return Err(Reason::CompensationHasUnits.into());
    }
    Ok(Covered::by(book.packs_that_cover(account, product, now), units, list))
}
