//! What must come of vouchers (R111-R121): which pay, in which order, and who may issue them.

use super::facts::{Fact, Hold, Kind, Scope};
use super::judge::{Judged, refuse, units};
use super::things::Voucher;
use super::{Model, Refused};
use credere_core::book::vouchers;
use credere_core::channel::{PartnerKind, PayMode, ProductCode, Uin, VoucherMode, VoucherStatus, VoucherUsage};

/// The most that one voucher may be issued over (R120).
const MOST: i128 = 1_000_000 * 100_000_000;

impl Model {
    /// Which vouchers pay how much of `due`: always whichever comes first of those that are left (R113).
    pub(super) fn draw(&self, mut due: i128, hold: &Hold, mode: PayMode, now: i64, partners: bool) -> Vec<(u64, i128)> {
        let fits = |it: &Voucher<'_>| {
            let theirs = match it.kind {
                // What another partner issued has nothing to do with what was used under this binding.
                Kind::Customer { issuer } => {
                    let managing = hold.bound_at.and_then(|bound_at| self.bound_to(bound_at));
                    !partners && it.owner == hold.buyer && (Some(issuer) == managing || issuer == hold.payer)
                }
                Kind::All => partners && it.owner == hold.payer,
                Kind::Trial { customer } => partners && it.owner == hold.payer && customer == hold.buyer,
            };
            let mode = match it.mode {
                VoucherMode::All => true,
                VoucherMode::Prepaid => mode == PayMode::PrePay,
                VoucherMode::Postpaid => mode == PayMode::PostPay,
            };
            let scope = match it.scope {
                Scope::All => true,
                Scope::Only(codes) => codes.contains(&hold.product),
                Scope::Except(codes) => !codes.contains(&hold.product),
            };
            theirs && mode && scope && it.status == VoucherStatus::Issued && it.from <= now && now < it.until
        };
        let mut left: Vec<Voucher<'_>> =
            self.vouchers().into_iter().filter(|it| it.remaining > 0 && fits(it)).collect();
        let mut uses = Vec::new();
        while due > 0 && !left.is_empty() {
            left.sort_by_key(|it| (it.until, -it.remaining.min(due), it.remaining, it.id));
            let first = left.remove(0);
            let amount = first.remaining.min(due);
            due -= amount;
            uses.push((first.id, amount));
        }
        uses
    }

    pub(super) fn issue(&self, terms: &vouchers::IssueVoucher, now: i64) -> Judged {
        self.must_exist(terms.owner)?;
        let owner = terms.owner.number();
        let kind = match terms.kind {
            vouchers::NewVoucherKind::PartnerAll => {
                self.owes_platform(owner)?;
                Kind::All
            }
            vouchers::NewVoucherKind::PartnerCustomer(customer) => {
                self.owes_platform(owner)?;
                let customer = customer.number();
                let (_, managing) = self.binding(customer).ok_or(Refused::plain("customer_not_found"))?;
                let above = self.kind(managing).and_then(|(_, above)| above);
                if above.unwrap_or(managing) != owner {
                    return refuse("not_managed");
                }
                Kind::Trial { customer }
            }
            vouchers::NewVoucherKind::Customer(issuer) => {
                let (_, managing) = self.binding(owner).ok_or(Refused::plain("customer_not_found"))?;
                let issuer = issuer.map_or(managing, Uin::number);
                let partner = self.partner_or(issuer, "partner_not_found")?;
                let above = self.kind(managing).and_then(|(_, above)| above);
                if issuer != managing && Some(issuer) != above {
                    return refuse("not_managed");
                }
                if partner.kind == PartnerKind::Agent {
                    return refuse("wrong_partner_kind");
                }
                Kind::Customer { issuer }
            }
        };
        let scope = match &terms.products {
            vouchers::NewVoucherProducts::All => Scope::All,
            vouchers::NewVoucherProducts::Only(codes) => Scope::Only(self.codes(codes)?),
            vouchers::NewVoucherProducts::Except(codes) => Scope::Except(self.codes(codes)?),
        };
        let quota = match kind {
            Kind::Customer { issuer } => self
                .partner_of(issuer)
                .filter(|partner| partner.kind == PartnerKind::SecondLevelReseller)
                .map(|partner| (issuer, partner.vouchers_quota - partner.vouchers_issued)),
            Kind::All | Kind::Trial { .. } => None,
        };
        if quota.is_some() && terms.usage == VoucherUsage::ProductTrial {
            return refuse("product_trial_not_permitted");
        }
        let (from, until) = (terms.effective_at.micros(), terms.expires_at.micros());
        if until <= from || until <= now {
            return refuse("empty_period");
        }
        let amount = units(terms.amount);
        if amount <= 0 || amount > MOST {
            return Err(Refused { figures: [("limit", MOST)].into(), ..Refused::plain("voucher_amount_out_of_range") });
        }
        if let Some((issuer, remaining)) = quota.filter(|(_, remaining)| amount > *remaining) {
            let figures = [("requested", amount), ("remaining", remaining)];
            return Err(Refused::about("voucher_quota_exceeded", issuer, figures));
        }
        Ok(Fact::VoucherMade { kind, owner, amount, mode: terms.mode, scope, from, until })
    }

    fn owes_platform(&self, owner: u64) -> Result<(), Refused> {
        match self.partner_or(owner, "partner_not_found")?.spend {
            Some(_) => Ok(()),
            None => refuse("wrong_partner_kind"),
        }
    }

    fn codes(&self, codes: &[ProductCode]) -> Result<Vec<String>, Refused> {
        if codes.iter().all(|code| self.has_product(code.as_str())) {
            Ok(codes.iter().map(|code| code.as_str().to_owned()).collect())
        } else {
            refuse("product_not_found")
        }
    }

    /// A voucher that may still pay, or of which an open order has a part set aside.
    fn voucher(&self, id: u64) -> Result<Voucher<'_>, Refused> {
        let alive = |it: &Voucher<'_>| it.id == id && (it.status == VoucherStatus::Issued || it.reserved > 0);
        self.vouchers().into_iter().find(alive).ok_or(Refused::plain("voucher_not_found"))
    }

    pub(super) fn invalidate(&self, id: u64) -> Judged {
        match self.voucher(id)?.status {
            VoucherStatus::Issued => Ok(Fact::VoucherEnded { voucher: id, status: VoucherStatus::Invalidated }),
            VoucherStatus::Used | VoucherStatus::Expired | VoucherStatus::Invalidated => refuse("voucher_not_issued"),
        }
    }

    pub(super) fn end_voucher(&self, id: u64, now: i64) -> Judged {
        let voucher = self.voucher(id)?;
        if voucher.status != VoucherStatus::Issued || now < voucher.until {
            return refuse("nothing_due");
        }
        Ok(Fact::VoucherEnded { voucher: id, status: VoucherStatus::Expired })
    }
}
