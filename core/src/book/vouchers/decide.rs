//! Issuing vouchers and taking them back (R111-R120).

use super::command::{IssueVoucher, NewVoucherKind, NewVoucherProducts};
use super::event::{VoucherExpired, VoucherInvalidated, VoucherIssued};
use super::reason::Reason;
use crate::book::parties::Party;
use crate::book::{Because, Book, Context, Decision, Figure, Finding, Named, Rejection, Rule, catalogue, parties};
use crate::channel::{
    Partner, PartnerKind, ProductCode, Uin, Voucher, VoucherId, VoucherKind, VoucherProducts, VoucherStatus,
    VoucherUsage,
};
use crate::money::Amount;

/// The largest voucher (R120).
const AMOUNT_MAX: Amount = Amount::whole(1_000_000);

pub(super) fn issue(book: &Book, context: &Context<'_>, terms: &IssueVoucher) -> Result<Decision, Rejection> {
    book.existing_account(terms.owner)?;
    let (kind, issuer, linked_owner) = match terms.kind {
        NewVoucherKind::PartnerAll => {
            paying(book, terms.owner)?;
            (VoucherKind::PartnerAll, None, None)
        }
        NewVoucherKind::PartnerCustomer(customer) => {
            let partner = paying(book, terms.owner)?;
            let managing = managing_of(book, customer)?;
            if book.paying_partner(managing).map(|paying| paying.uin) != Some(partner.uin) {
                return Err(catalogue::Reason::NotManaged { customer, partner: partner.uin }.into());
            }
            (VoucherKind::PartnerCustomer(customer), None, Some(customer))
        }
        // Who pays for itself has its own from the platform.
        NewVoucherKind::Customer(None) if book.own(terms.owner).is_some() => {
            (VoucherKind::Customer { issuer: None }, None, None)
        }
        NewVoucherKind::Customer(issuer) => {
            let managing = managing_of(book, terms.owner)?;
            let issuer = match issuer {
                Some(issuer) => book.existing_partner(issuer, Party::Partner)?,
                None => managing,
            };
            if issuer.uin != managing.uin && managing.distributor != Some(issuer.uin) {
                return Err(catalogue::Reason::NotManaged { customer: terms.owner, partner: issuer.uin }.into());
            }
            if !issuer.kind.manages_credit() {
                return Err(parties::Reason::WrongPartnerKind(issuer.kind).into());
            }
            (VoucherKind::Customer { issuer: Some(issuer.uin) }, Some(issuer), None)
        }
    };
    let products = match &terms.products {
        NewVoucherProducts::All => VoucherProducts::All,
        NewVoucherProducts::Only(codes) => VoucherProducts::Only(numbers(book, codes)?),
        NewVoucherProducts::Except(codes) => VoucherProducts::Except(numbers(book, codes)?),
    };
    let second_level = issuer.filter(|issuer| issuer.kind == PartnerKind::SecondLevelReseller);
    if second_level.is_some() && terms.usage == VoucherUsage::ProductTrial {
        return Err(Reason::ProductTrialNotYours.into());
    }
    if terms.expires_at <= terms.effective_at || terms.expires_at <= context.now {
        return Err(Rejection::EmptyPeriod);
    }
    if !terms.amount.is_positive() || terms.amount > AMOUNT_MAX {
        return Err(Reason::VoucherAmountOutOfRange { limit: AMOUNT_MAX }.into());
    }
    // What an issuer has issued must stay an amount, also where no quota binds it.
    let bearer = match kind {
        VoucherKind::Customer { .. } => issuer,
        VoucherKind::PartnerAll | VoucherKind::PartnerCustomer(_) => book.partner(terms.owner),
    };
    bearer.map(|bearer| bearer.vouchers_issued.plus(terms.amount)).transpose()?;
    let quota = match (second_level, bearer) {
        (Some(issuer), _) => within_quota(issuer, terms.amount)?,
        // For all others the quota is only told.
        (None, Some(bearer)) => {
            let of = (bearer.uin, Figure::VoucherQuotaRemaining);
            Because::from_iter([Finding::waived(Rule::R119, of, terms.amount, bearer.vouchers_remaining()?)])
        }
        (None, None) => Because::new(),
    };
    let whose = match kind {
        VoucherKind::PartnerAll | VoucherKind::Customer { issuer: None } => None,
        VoucherKind::PartnerCustomer(customer) => Some(customer),
        VoucherKind::Customer { issuer: Some(_) } => Some(terms.owner),
    };
    let because = quota.into_iter().chain(whose.map(|customer| catalogue::managed(customer, true))).collect();
    let voucher = Voucher {
        id: VoucherId::issued_at(book.shard(), book.seq() + 1)?,
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
        let kind = VoucherKind::Customer { issuer: Some(terms.owner) };
        Box::new(Voucher { id: voucher.id.linked(), kind, owner: customer, ..voucher.clone() })
    });
    Ok(Decision { event: VoucherIssued { voucher: Box::new(voucher), linked }.into(), because })
}

pub(super) fn invalidate(book: &Book, voucher: &Named<VoucherId, VoucherStatus>) -> Result<Decision, Rejection> {
    let voucher = book.existing_voucher(voucher)?;
    if voucher.status != VoucherStatus::Issued {
        return Err(Reason::VoucherNotIssued(voucher.status).into());
    }
    let because = ends(voucher);
    let voucher = Box::new(Voucher { status: VoucherStatus::Invalidated, ..voucher.clone() });
    Ok(Decision { event: VoucherInvalidated { voucher }.into(), because })
}

pub(super) fn expire(book: &Book, context: &Context<'_>, id: VoucherId) -> Result<Decision, Rejection> {
    let voucher = book.existing_voucher(&id.into())?;
    if voucher.status != VoucherStatus::Issued || context.now < voucher.expires_at {
        return Err(Rejection::NothingDue);
    }
    let because = ends(voucher);
    let voucher = Box::new(Voucher { status: VoucherStatus::Expired, ..voucher.clone() });
    Ok(Decision { event: VoucherExpired { voucher }.into(), because })
}

/// What is left on a voucher that ends.
fn ends(voucher: &Voucher) -> Because {
    Because::from_iter([Finding::noted(Rule::R116, (voucher.owner, Figure::VoucherRemaining), voucher.remaining)])
}

/// A customer's vouchers that end when it is unbound, as they are from then on (R141): those that partners issued to it.
pub(in crate::book) fn unused(book: &Book, customer: Uin) -> Vec<Voucher> {
    let of_partner = |voucher: &&Voucher| !matches!(voucher.kind, VoucherKind::Customer { issuer: None });
    let issued = book.vouchers_of(customer).filter(|voucher| voucher.status == VoucherStatus::Issued);
    issued.filter(of_partner).map(|voucher| Voucher { status: VoucherStatus::Invalidated, ..voucher.clone() }).collect()
}

/// A partner that owes the platform something, so that a voucher can pay a part of it.
fn paying(book: &Book, owner: Uin) -> Result<&Partner, Rejection> {
    let partner = book.existing_partner(owner, Party::Partner)?;
    if partner.spend.is_some() { Ok(partner) } else { Err(parties::Reason::WrongPartnerKind(partner.kind).into()) }
}

fn managing_of(book: &Book, customer: Uin) -> Result<&Partner, Rejection> {
    book.existing_partner(book.existing_customer(customer)?.partner, Party::Partner)
}

fn numbers(book: &Book, codes: &[ProductCode]) -> Result<Vec<u32>, Rejection> {
    let found: Result<Vec<u32>, Rejection> =
        codes.iter().map(|code| book.existing_product(code).map(|(number, _)| number)).collect();
    let mut numbers = found?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

fn within_quota(issuer: &Partner, requested: Amount) -> Result<Because, Rejection> {
    let remaining = issuer.vouchers_remaining()?;
    Rejection::from(Reason::ExceedsVoucherQuota { issuer: issuer.uin, requested, remaining }).unless_met()
}
