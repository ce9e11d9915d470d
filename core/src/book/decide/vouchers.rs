//! Issuing vouchers and taking them back (R111-R121).

use super::super::because::{Because, Figure, Finding, Rule};
use super::super::command::{NewVoucherKind, NewVoucherProducts, VoucherTerms};
use super::super::event::Event;
use super::super::rejection::{Party, Rejection};
use super::super::state::Book;
use super::{Context, Decision, accounts, binding, catalogue, partners};
use crate::channel::{
    Partner, PartnerKind, ProductCode, Uin, Voucher, VoucherId, VoucherKind, VoucherProducts, VoucherStatus,
    VoucherUsage,
};
use crate::money::Amount;

/// The largest voucher (R120).
const AMOUNT_MAX: Amount = Amount::whole(1_000_000);

pub(super) fn issue(book: &Book, context: &Context<'_>, terms: &VoucherTerms) -> Result<Decision, Rejection> {
    accounts::existing(book, terms.owner)?;
    let (kind, issuer, linked_owner) = match terms.kind {
        NewVoucherKind::PartnerAll => {
            paying(book, terms.owner)?;
            (VoucherKind::PartnerAll, None, None)
        }
        NewVoucherKind::PartnerCustomer(customer) => {
            let partner = paying(book, terms.owner)?;
            let managing = managing_of(book, customer)?;
            if book.paying_partner(managing).map(|paying| paying.uin) != Some(partner.uin) {
                return Err(Rejection::NotManaged { customer, partner: partner.uin });
            }
            (VoucherKind::PartnerCustomer(customer), None, Some(customer))
        }
        NewVoucherKind::Customer(issuer) => {
            let managing = managing_of(book, terms.owner)?;
            let issuer = match issuer {
                Some(issuer) => partners::existing(book, issuer, Party::Partner)?,
                None => managing,
            };
            if issuer.uin != managing.uin && managing.distributor != Some(issuer.uin) {
                return Err(Rejection::NotManaged { customer: terms.owner, partner: issuer.uin });
            }
            if !issuer.kind.manages_credit() {
                return Err(Rejection::WrongPartnerKind(issuer.kind));
            }
            (VoucherKind::Customer { issuer: issuer.uin }, Some(issuer), None)
        }
    };
    let products = match &terms.products {
        NewVoucherProducts::All => VoucherProducts::All,
        NewVoucherProducts::Only(codes) => VoucherProducts::Only(numbers(book, codes)?),
        NewVoucherProducts::Except(codes) => VoucherProducts::Except(numbers(book, codes)?),
    };
    let second_level = issuer.filter(|issuer| issuer.kind == PartnerKind::SecondLevelReseller);
    if second_level.is_some() && terms.usage == VoucherUsage::ProductTrial {
        return Err(Rejection::ProductTrialNotYours);
    }
    if terms.expires_at <= terms.effective_at || terms.expires_at <= context.now {
        return Err(Rejection::EmptyPeriod);
    }
    if !terms.amount.is_positive() || terms.amount > AMOUNT_MAX {
        return Err(Rejection::VoucherAmountOutOfRange { limit: AMOUNT_MAX });
    }
    // What an issuer has issued must stay an amount, also where no quota binds it.
    let bearer = issuer.or(book.partner(terms.owner));
    bearer.map(|bearer| bearer.vouchers_issued.plus(terms.amount)).transpose()?;
    let because = match second_level {
        Some(issuer) => within_quota(issuer, terms.amount)?,
        None => Because::new(),
    };
    let voucher = Voucher {
        id: VoucherId::issued_at(book.seq() + 1),
        kind,
        owner: terms.owner,
        amount: terms.amount,
        remaining: terms.amount,
        reserved: Amount::ZERO,
        usage: terms.usage,
        mode: terms.mode,
        products,
        effective_at: terms.effective_at,
        expires_at: terms.expires_at,
        issued_at: context.now,
        status: VoucherStatus::Issued,
    };
    let linked = linked_owner.map(|customer| {
        let kind = VoucherKind::Customer { issuer: terms.owner };
        Box::new(Voucher { id: voucher.id.linked(), kind, owner: customer, ..voucher.clone() })
    });
    Ok(Decision { event: Event::VoucherIssued { voucher: Box::new(voucher), linked }, because })
}

pub(super) fn invalidate(book: &Book, id: VoucherId) -> Result<Decision, Rejection> {
    let voucher = existing(book, id)?;
    if voucher.status != VoucherStatus::Issued {
        return Err(Rejection::VoucherNotIssued(voucher.status));
    }
    let voucher = Box::new(Voucher { status: VoucherStatus::Invalidated, ..voucher.clone() });
    Ok(Event::VoucherInvalidated { voucher }.into())
}

pub(super) fn expire(book: &Book, context: &Context<'_>, id: VoucherId) -> Result<Decision, Rejection> {
    let voucher = existing(book, id)?;
    if voucher.status != VoucherStatus::Issued || context.now < voucher.expires_at {
        return Err(Rejection::NothingDue);
    }
    let voucher = Box::new(Voucher { status: VoucherStatus::Expired, ..voucher.clone() });
    Ok(Event::VoucherExpired { voucher }.into())
}

/// A customer's vouchers that end when it is unbound, as they are from then on (R141).
pub(super) fn unused(book: &Book, customer: Uin) -> Vec<Voucher> {
    let issued = book.vouchers_of(customer).filter(|voucher| voucher.status == VoucherStatus::Issued);
    issued.map(|voucher| Voucher { status: VoucherStatus::Invalidated, ..voucher.clone() }).collect()
}

fn existing(book: &Book, id: VoucherId) -> Result<&Voucher, Rejection> {
    book.voucher(id).ok_or(Rejection::VoucherNotFound)
}

/// A partner that owes the platform something, so that a voucher can pay a part of it.
fn paying(book: &Book, owner: Uin) -> Result<&Partner, Rejection> {
    let partner = partners::existing(book, owner, Party::Partner)?;
    if partner.spend.is_some() { Ok(partner) } else { Err(Rejection::WrongPartnerKind(partner.kind)) }
}

fn managing_of(book: &Book, customer: Uin) -> Result<&Partner, Rejection> {
    partners::existing(book, binding::existing(book, customer)?.partner, Party::Partner)
}

fn numbers(book: &Book, codes: &[ProductCode]) -> Result<Vec<u32>, Rejection> {
    let found: Result<Vec<u32>, Rejection> =
        codes.iter().map(|code| catalogue::existing(book, code).map(|(number, _)| number)).collect();
    let mut numbers = found?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

fn within_quota(issuer: &Partner, amount: Amount) -> Result<Because, Rejection> {
    let remaining = issuer.vouchers_remaining()?;
    if amount > remaining {
        return Err(Rejection::ExceedsVoucherQuota { issuer: issuer.uin, requested: amount, remaining });
    }
    Ok(Because::from_iter([Finding {
        rule: Rule::R119,
        account: issuer.uin,
        figure: Figure::VoucherQuotaRemaining,
        required: amount,
        found: remaining,
    }]))
}
