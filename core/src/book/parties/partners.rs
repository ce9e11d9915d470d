//! Making an account a partner, and changing a partner's limits (R2, R22-R27).

use super::command::{ChangePartner, RegisterPartner};
use super::event::{PartnerChanged, PartnerRegistered};
use super::reason::{Party, Reason};
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
    let mut because = Because::new();
    if let Some(above) = above {
        because.push(allocatable_finding(Rule::R47, above, *allocation_quota)?);
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
    if quota < partner.allocated {
        return Err(Reason::BelowAllocated { partner: *uin, requested: quota, allocated: partner.allocated }.into());
    }
    let second_level = partner.kind == PartnerKind::SecondLevelReseller;
    if let Some(requested) = *voucher_quota
        && second_level
        && requested < partner.vouchers_issued
    {
        return Err(Reason::BelowIssued { partner: *uin, requested, issued: partner.vouchers_issued }.into());
    }
    let mut because = Because::new();
    if quota != partner.allocation_quota {
        let code =
            Reason::BelowAllocated { partner: *uin, requested: quota, allocated: partner.allocated }.meaning().code;
        let of = (*uin, Figure::AllocationQuota);
        because.push(Finding::at_least(Rule::R25, of, partner.allocated, quota, code));
        because.push(Finding::becomes(Rule::R23, of, partner.allocation_quota, quota));
    }
    if let Some(requested) = voucher_quota.filter(|requested| *requested != partner.voucher_quota) {
        let (of, issued) = ((*uin, Figure::VoucherQuota), partner.vouchers_issued);
        // The quota binds second-level resellers only.
        because.push(if second_level {
            let code = Reason::BelowIssued { partner: *uin, requested, issued }.meaning().code;
            Finding::at_least(Rule::R119, of, issued, requested, code)
        } else {
            Finding::waived(Rule::R119, of, issued, requested)
        });
        because.push(Finding::becomes(Rule::R119, of, partner.voucher_quota, requested));
    }
    let distributor_allocated_after = match partner.distributor {
        Some(above) => {
            let (above, more) = (distributor_of(book, above)?, quota.minus(partner.allocation_quota)?);
            let after = allocated_after(above, more)?;
            if more.is_positive() {
                because.push(allocatable_finding(Rule::R47, above, more)?);
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
/// [`Rejection::ExceedsAllocatable`] when that is more than it may still hand out (R32, R47).
pub(in crate::book) fn allocated_after(partner: &Partner, by: Amount) -> Result<Amount, Rejection> {
    let allocatable = partner.allocatable()?;
    if by.is_positive() && by > allocatable {
        return Err(Reason::ExceedsAllocatable { partner: partner.uin, requested: by, allocatable }.into());
    }
    Ok(partner.allocated.plus(by)?)
}

/// What there was to hand down from.
///
/// # Errors
/// [`Rejection::AmountOverflow`] cannot happen while a quota is not below what is handed out of it.
pub(super) fn allocatable_finding(rule: Rule, partner: &Partner, by: Amount) -> Result<Finding, Rejection> {
    let allocatable = partner.allocatable()?;
    let refused = Reason::ExceedsAllocatable { partner: partner.uin, requested: by, allocatable };
    Ok(Finding::at_least(rule, (partner.uin, Figure::Allocatable), by, allocatable, refused.meaning().code))
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
