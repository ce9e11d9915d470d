//! Making an account a partner, and changing a partner's limits (R2, R22-R27).

use super::super::command::Command;
use super::super::event::Event;
use super::super::rejection::{Party, Rejection};
use super::super::state::Book;
use super::{Decision, accounts};
use crate::channel::{AllowlistItem, Partner, PartnerKind, Uin};
use crate::ledger::Line;
use crate::money::Amount;

pub(super) fn existing(book: &Book, uin: Uin, party: Party) -> Result<&Partner, Rejection> {
    book.partner(uin).ok_or(Rejection::PartyNotFound(party, uin))
}

pub(super) fn register(book: &Book, command: &Command) -> Result<Decision, Rejection> {
    let Command::RegisterPartner { uin, kind, distributor, allocation_quota, spend_line, voucher_quota, allowlist } =
        command
    else {
        unreachable!("only called for this command");
    };
    let account = accounts::existing(book, *uin)?;
    let above = match distributor {
        Some(above) => Some(distributor_of(book, *above)?),
        None => None,
    };
    if book.partner(*uin).is_some() {
        return Err(Rejection::AlreadyPartner(*uin));
    }
    if account.customer.is_some() {
        return Err(Rejection::AlreadyBound(*uin));
    }
    let owes_platform = match kind {
        PartnerKind::Reseller | PartnerKind::Distributor => true,
        PartnerKind::SecondLevelReseller | PartnerKind::Agent => false,
    };
    match (kind, above) {
        (PartnerKind::SecondLevelReseller, None) => return Err(Rejection::DistributorRequired),
        (PartnerKind::Reseller | PartnerKind::Distributor | PartnerKind::Agent, Some(_)) => {
            return Err(Rejection::WrongPartnerKind(*kind));
        }
        (PartnerKind::SecondLevelReseller, Some(_))
        | (PartnerKind::Reseller | PartnerKind::Distributor | PartnerKind::Agent, None) => {}
    }
    if spend_line.is_some() && !owes_platform {
        return Err(Rejection::WrongPartnerKind(*kind));
    }
    not_negative(&[Some(*allocation_quota), *spend_line, Some(*voucher_quota)])?;
    let distributor_allocated_after = above.map(|above| hand_down(above, *allocation_quota)).transpose()?;
    Ok(Event::PartnerRegistered {
        uin: *uin,
        kind: *kind,
        distributor: *distributor,
        allocation_quota: *allocation_quota,
        spend_line: owes_platform.then(|| spend_line.unwrap_or(*allocation_quota)),
        voucher_quota: *voucher_quota,
        allowlist: sorted(allowlist),
        distributor_allocated_after,
    }
    .into())
}

pub(super) fn change(book: &Book, command: &Command) -> Result<Decision, Rejection> {
    let Command::ChangePartner { uin, allocation_quota, spend_line, voucher_quota, allowlist } = command else {
        unreachable!("only called for this command");
    };
    let partner = existing(book, *uin, Party::Partner)?;
    if spend_line.is_some() && partner.spend.is_none() {
        return Err(Rejection::WrongPartnerKind(partner.kind));
    }
    not_negative(&[*allocation_quota, *spend_line, *voucher_quota])?;
    let quota = allocation_quota.unwrap_or(partner.allocation_quota);
    if quota < partner.allocated {
        return Err(Rejection::BelowAllocated { requested: quota, allocated: partner.allocated });
    }
    let second_level = partner.kind == PartnerKind::SecondLevelReseller;
    if let Some(requested) = *voucher_quota
        && second_level
        && requested < partner.vouchers_issued
    {
        return Err(Rejection::BelowIssued { requested, issued: partner.vouchers_issued });
    }
    let distributor_allocated_after = match partner.distributor {
        Some(above) => {
            let above = distributor_of(book, above)?;
            Some(hand_down(above, quota.minus(partner.allocation_quota)?)?)
        }
        None => None,
    };
    if let (Some(line), Some(limit)) = (partner.spend, spend_line) {
        line.raised(limit.minus(line.limit())?)?;
    }
    Ok(Event::PartnerChanged {
        uin: *uin,
        allocation_quota: quota,
        spend_line: spend_line.or(partner.spend.as_ref().map(Line::limit)),
        voucher_quota: voucher_quota.unwrap_or(partner.voucher_quota),
        allowlist: allowlist.as_ref().map_or_else(|| partner.allowlist.clone(), |items| sorted(items)),
        distributor_allocated_after,
    }
    .into())
}

/// What a partner will have handed out when `by` more goes to somebody (comes back, when negative) (R25).
///
/// # Errors
/// [`Rejection::ExceedsAllocatable`] when that is more than it may still hand out (R32, R47).
pub(super) fn hand_down(partner: &Partner, by: Amount) -> Result<Amount, Rejection> {
    let allocatable = partner.allocatable()?;
    if by.is_positive() && by > allocatable {
        return Err(Rejection::ExceedsAllocatable { partner: partner.uin, requested: by, allocatable });
    }
    Ok(partner.allocated.plus(by)?)
}

fn distributor_of(book: &Book, uin: Uin) -> Result<&Partner, Rejection> {
    let above = existing(book, uin, Party::Distributor)?;
    if above.kind == PartnerKind::Distributor {
        Ok(above)
    } else {
        Err(Rejection::PartyNotFound(Party::Distributor, uin))
    }
}

fn not_negative(quotas: &[Option<Amount>]) -> Result<(), Rejection> {
    if quotas.iter().flatten().any(|quota| quota.is_negative()) { Err(Rejection::QuotaNegative) } else { Ok(()) }
}

fn sorted(items: &[AllowlistItem]) -> Vec<AllowlistItem> {
    let mut items = items.to_vec();
    items.sort_unstable();
    items.dedup();
    items
}
