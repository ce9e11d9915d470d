//! Making an account a partner, and changing a partner's limits (R2, R22-R27).

use super::command::{ChangePartner, RegisterPartner};
use super::event::{PartnerChanged, PartnerRegistered};
use super::reason::{Party, Reason};
use super::taking_over::{may_be_taken_over, not_in_organization};
use crate::book::{Because, Book, Decision, Figure, Finding, Rejection, Rule};
use crate::channel::{AllowlistItem, Partner, PartnerKind, Uin};
use crate::ledger::Line;
use crate::money::Amount;

pub(super) fn register(book: &Book, asked: &RegisterPartner) -> Result<Decision, Rejection> {
    let RegisterPartner { uin, kind, distributor, allocation_quota, spend_line, voucher_quota, allowlist } = asked;
    let account = book.existing_account(*uin)?;
    let above = match distributor {
        Some(above) => Some(distributor_of(book, *above)?),
        None => None,
    };
    if book.partner(*uin).is_some() {
        return Err(Reason::AlreadyPartner(*uin).into());
    }
    if account.customer.is_some() {
        return Err(Reason::AlreadyBound(*uin).into());
    }
    not_in_organization(book, *uin)?;
    let takes_over = match kind {
        // An agent goes on paying for itself.
        PartnerKind::Agent => Because::new(),
        PartnerKind::Reseller | PartnerKind::Distributor | PartnerKind::SecondLevelReseller => {
            may_be_taken_over(book, account)?
        }
    };
    let owes_platform = match kind {
        PartnerKind::Reseller | PartnerKind::Distributor => true,
        PartnerKind::SecondLevelReseller | PartnerKind::Agent => false,
    };
    match (kind, above) {
        (PartnerKind::SecondLevelReseller, None) => return Err(Reason::DistributorRequired.into()),
        (PartnerKind::Reseller | PartnerKind::Distributor | PartnerKind::Agent, Some(_)) => {
            return Err(Reason::WrongPartnerKind(*kind).into());
        }
        (PartnerKind::SecondLevelReseller, Some(_))
        | (PartnerKind::Reseller | PartnerKind::Distributor | PartnerKind::Agent, None) => {}
    }
    if spend_line.is_some() && !owes_platform {
        return Err(Reason::WrongPartnerKind(*kind).into());
    }
    not_negative(&[Some(*allocation_quota), *spend_line, Some(*voucher_quota)])?;
    let distributor_allocated_after = above.map(|above| allocated_after(above, *allocation_quota)).transpose()?;
    let mut because = takes_over;
    if let Some(above) = above {
        because.extend(allocatable(above, *allocation_quota)?);
    }
    because.push(Finding::becomes(Rule::R23, (*uin, Figure::AllocationQuota), Amount::ZERO, *allocation_quota));
    let event = PartnerRegistered {
        uin: *uin,
        kind: *kind,
        distributor: *distributor,
        allocation_quota: *allocation_quota,
        spend_line: owes_platform.then(|| spend_line.unwrap_or(*allocation_quota)),
        voucher_quota: *voucher_quota,
        allowlist: sorted(allowlist),
        distributor_allocated_after,
    };
    Ok(Decision { event: event.into(), because })
}

pub(super) fn change(book: &Book, asked: &ChangePartner) -> Result<Decision, Rejection> {
    let ChangePartner { uin, allocation_quota, spend_line, voucher_quota, allowlist } = asked;
    let partner = book.existing_partner(*uin, Party::Partner)?;
    if spend_line.is_some() && partner.spend.is_none() {
        return Err(Reason::WrongPartnerKind(partner.kind).into());
    }
    not_negative(&[*allocation_quota, *spend_line, *voucher_quota])?;
    let quota = allocation_quota.unwrap_or(partner.allocation_quota);
    let below = Reason::BelowAllocated { partner: *uin, requested: quota, allocated: partner.allocated };
    let above_allocated = Rejection::from(below).unless_met()?;
    let (voucher_quota_of, issued) = ((*uin, Figure::VoucherQuota), partner.vouchers_issued);
    let above_issued = voucher_quota.map(|requested| match partner.kind {
        PartnerKind::SecondLevelReseller => {
            Rejection::from(Reason::BelowIssued { partner: *uin, requested, issued }).unless_met()
        }
        // The quota binds second-level resellers only.
        PartnerKind::Reseller | PartnerKind::Distributor | PartnerKind::Agent => {
            Ok(Because::from_iter([Finding::waived(Rule::R119, voucher_quota_of, issued, requested)]))
        }
    });
    let above_issued = above_issued.transpose()?;
    let mut because = Because::new();
    if quota != partner.allocation_quota {
        because.extend(above_allocated);
        let of = (*uin, Figure::AllocationQuota);
        because.push(Finding::becomes(Rule::R23, of, partner.allocation_quota, quota));
    }
    if let Some(requested) = voucher_quota.filter(|requested| *requested != partner.voucher_quota) {
        because.extend(above_issued.into_iter().flatten());
        because.push(Finding::becomes(Rule::R119, voucher_quota_of, partner.voucher_quota, requested));
    }
    let distributor_allocated_after = match partner.distributor {
        Some(above) => {
            let (above, more) = (distributor_of(book, above)?, quota.minus(partner.allocation_quota)?);
            let after = allocated_after(above, more)?;
            if more.is_positive() {
                because.extend(allocatable(above, more)?);
            }
            Some(after)
        }
        None => None,
    };
    if let (Some(line), Some(limit)) = (partner.spend, spend_line.filter(|limit| Some(*limit) != spend_limit(partner)))
    {
        let after = line.raised(limit.minus(line.limit())?)?;
        let of = (*uin, Figure::SpendAvailable);
        because.push(Finding::becomes(Rule::R27, of, line.available(), after.available()));
    }
    let event = PartnerChanged {
        uin: *uin,
        allocation_quota: quota,
        spend_line: spend_line.or(spend_limit(partner)),
        voucher_quota: voucher_quota.unwrap_or(partner.voucher_quota),
        allowlist: allowlist.as_ref().map_or_else(|| partner.allowlist.clone(), |items| sorted(items)),
        distributor_allocated_after,
    };
    Ok(Decision { event: event.into(), because })
}

fn spend_limit(partner: &Partner) -> Option<Amount> {
    partner.spend.as_ref().map(Line::limit)
}

/// What a partner will have handed out when `by` more goes to somebody (comes back, when negative) (R25).
///
/// # Errors
/// [`Reason::ExceedsAllocatable`] when that is more than it may still hand out.
pub(in crate::book) fn allocated_after(partner: &Partner, by: Amount) -> Result<Amount, Rejection> {
    if by.is_positive() {
        allocatable(partner, by)?;
    }
    Ok(partner.allocated.plus(by)?)
}

/// What there was to hand down from, to a customer (R32) or to a pool (R47, which is R32 for distributors).
///
/// # Errors
/// [`Reason::ExceedsAllocatable`] when it does not suffice.
pub(super) fn allocatable(partner: &Partner, by: Amount) -> Result<Because, Rejection> {
    let allocatable = partner.allocatable()?;
    Rejection::from(Reason::ExceedsAllocatable { partner: partner.uin, requested: by, allocatable }).unless_met()
}

fn distributor_of(book: &Book, uin: Uin) -> Result<&Partner, Rejection> {
    let above = book.existing_partner(uin, Party::Distributor)?;
    if above.kind == PartnerKind::Distributor {
        Ok(above)
    } else {
        Err(Reason::PartyNotFound(Party::Distributor, uin).into())
    }
}

fn not_negative(quotas: &[Option<Amount>]) -> Result<(), Rejection> {
    if quotas.iter().flatten().any(|quota| quota.is_negative()) { Err(Reason::QuotaNegative.into()) } else { Ok(()) }
}

fn sorted(items: &[AllowlistItem]) -> Vec<AllowlistItem> {
    let mut items = items.to_vec();
    items.sort_unstable();
    items.dedup();
    items
}
