//! Products, discounts, and vouchers: issued, taken back, expired (R111-R121, R123-R127).

use super::arithmetic::Units;
use super::facts::{Discount, PriceOf, Product, Use, Voucher, VoucherFor};
use super::refusal::refuse_for;
use super::{Auditor, Judged, Refusal, refuse, units};
use credere_core::book::{catalogue, vouchers};
use credere_core::channel::{
    DiscountScope, FreezeTerms, OfferLevel, PartnerKind, ProductCode, Uin, VoucherMode, VoucherStatus, VoucherUsage,
};

/// What several vouchers pay together.
pub fn total(uses: &[Use]) -> Units {
    uses.iter().map(|(_, amount)| amount).sum()
}

/// The largest voucher (R120).
const VOUCHER_LIMIT: Units = 1_000_000 * super::ONE;

impl Auditor {
    pub(super) fn add_product(&mut self, new: &catalogue::AddProduct) -> Judged {
        let catalogue::AddProduct { code, settlement, grace_hours, retention_days, freeze, inheritable, .. } = new;
        if self.numbers.contains_key(code) {
            return refuse("product_exists");
        }
        if units(freeze.amount) < 0 {
            return refuse("amount_negative");
        }
        let mut product = Product {
            code: code.clone(),
            settlement: *settlement,
            grace_hours: *grace_hours,
            retention_days: retention_days.unwrap_or(15),
            model: freeze.model,
            coefficient: 0,
            amount: 0,
            inheritable: *inheritable,
        };
        set_freeze(&mut product, freeze);
        let number = u32::try_from(self.products.len()).unwrap_or(u32::MAX);
        self.numbers.insert(code.clone(), number);
        self.products.push(product);
        Ok(())
    }

    pub(super) fn change_product(&mut self, asked: &catalogue::ChangeProduct) -> Judged {
        let catalogue::ChangeProduct { code, settlement, grace_hours, retention_days, freeze, inheritable, .. } = asked;
        let number = self.product(code)?;
        if freeze.amount.is_some_and(|amount| units(amount) < 0) {
            return refuse("amount_negative");
        }
        let product = &mut self.products[number as usize];
        product.settlement = settlement.unwrap_or(product.settlement);
        product.grace_hours = grace_hours.or(product.grace_hours);
        product.retention_days = retention_days.unwrap_or(product.retention_days);
        product.model = freeze.model.unwrap_or(product.model);
        if let Some(coefficient) = freeze.coefficient {
            product.coefficient = Units::from(coefficient.units());
        }
        product.amount = freeze.amount.map_or(product.amount, units);
        product.inheritable = inheritable.unwrap_or(product.inheritable);
        Ok(())
    }

    pub(super) fn set_discount(&mut self, seq: u64, terms: &catalogue::SetDiscount) -> Judged {
        let (party, of) = self.price_of(terms)?;
        let product = terms.product.as_ref().map(|code| self.product(code)).transpose()?;
        if terms.starts_at.zip(terms.ends_at).is_some_and(|(start, end)| end <= start) {
            return refuse("empty_period");
        }
        let (rate, starts_at, ends_at) = (Units::from(terms.rate.units()), terms.starts_at, terms.ends_at);
        let by = terms.partner;
        self.discounts.insert(seq, Discount { party, of, by, product, rate, starts_at, ends_at });
        Ok(())
    }

    /// Whose price these terms change, where they may.
    fn price_of(&self, terms: &catalogue::SetDiscount) -> Result<(Uin, PriceOf), Refusal> {
        if let DiscountScope::Account(account, level) = terms.scope {
            self.known(account)?;
            let of = PriceOf::Account { alone: level == OfferLevel::Account };
            return if self.pays_for_itself(account) { Ok((account, of)) } else { refuse("no_finance") };
        }
        let Some(partner) = self.partners.get(&terms.partner) else { return refuse("partner_not_found") };
        match terms.scope {
            DiscountScope::Partner(party) if party != terms.partner || partner.spend.is_none() => {
                refuse("wrong_partner_kind")
            }
            DiscountScope::Partner(party) | DiscountScope::Account(party, _) => Ok((party, PriceOf::Partner)),
            DiscountScope::Customer(customer) => {
                if !self.is_in_tree(customer, terms.partner)? {
                    return refuse("not_managed");
                }
                Ok((customer, PriceOf::Customer))
            }
        }
    }

    /// Whether a customer is managed by this partner, or by a second-level reseller under it.
    fn is_in_tree(&self, customer: Uin, partner: Uin) -> Result<bool, Refusal> {
        let managing = self.bound(customer)?.partner;
        let above = self.partners.get(&managing).and_then(|managing| managing.above);
        Ok(managing == partner || above == Some(partner))
    }

    pub(super) fn end_discount(&mut self, id: u64) -> Judged {
        if self.discounts.remove(&id).is_some() {
            self.ended_discounts.insert(id);
            return Ok(());
        }
        refuse(if self.ended_discounts.contains(&id) { "discount_ended" } else { "discount_not_found" })
    }

    pub(super) fn issue_voucher(&mut self, seq: u64, terms: &vouchers::IssueVoucher) -> Judged {
        if !self.accounts.contains_key(&terms.owner) {
            return refuse("account_not_found");
        }
        let pays_for = match terms.kind {
            vouchers::NewVoucherKind::PartnerAll => {
                self.owes_platform(terms.owner)?;
                VoucherFor::EveryCustomer
            }
            vouchers::NewVoucherKind::PartnerCustomer(customer) => {
                self.owes_platform(terms.owner)?;
                let managing = self.bound(customer)?.partner;
                let paying = self.partners.get(&managing).and_then(|partner| partner.above).unwrap_or(managing);
                if paying != terms.owner {
                    return refuse("not_managed");
                }
                VoucherFor::OneCustomer(customer)
            }
            vouchers::NewVoucherKind::Customer(_) => VoucherFor::Owner,
        };
        let issuer = match terms.kind {
            // Who pays for itself has its own from the platform.
            vouchers::NewVoucherKind::Customer(None) if self.pays_for_itself(terms.owner) => None,
            vouchers::NewVoucherKind::Customer(issuer) => {
                let managing = self.bound(terms.owner)?.partner;
                let issuer = issuer.unwrap_or(managing);
                let Some(partner) = self.partners.get(&issuer) else { return refuse("partner_not_found") };
                let kind = partner.kind;
                if !self.is_in_tree(terms.owner, issuer)? {
                    return refuse("not_managed");
                }
                if kind == PartnerKind::Agent {
                    return refuse("wrong_partner_kind");
                }
                Some(issuer)
            }
            // What comes along with a type II is borne by the partner that has it (R111).
            vouchers::NewVoucherKind::PartnerCustomer(_) | vouchers::NewVoucherKind::PartnerAll => None,
        };
        let (named, only_named) = match &terms.products {
            vouchers::NewVoucherProducts::All => (Vec::new(), false),
            vouchers::NewVoucherProducts::Only(codes) => (self.product_numbers(codes)?, true),
            vouchers::NewVoucherProducts::Except(codes) => (self.product_numbers(codes)?, false),
        };
        let limited = issuer
            .and_then(|issuer| self.partners.get(&issuer))
            .filter(|partner| partner.kind == PartnerKind::SecondLevelReseller);
        if limited.is_some() && terms.usage == VoucherUsage::ProductTrial {
            return refuse("product_trial_not_permitted");
        }
        if terms.expires_at <= terms.effective_at || terms.expires_at <= self.now {
            return refuse("empty_period");
        }
        let amount = units(terms.amount);
        if amount <= 0 || amount > VOUCHER_LIMIT {
            return refuse_for("voucher_amount_out_of_range", None, [("limit", VOUCHER_LIMIT)]);
        }
        let remaining = limited.map(|partner| partner.voucher_quota - partner.vouchers_issued);
        if let Some(remaining) = remaining.filter(|remaining| amount > *remaining) {
            let figures = [("requested", amount), ("remaining", remaining)];
            return refuse_for("voucher_quota_exceeded", issuer, figures);
        }
        let voucher = Voucher {
            owner: terms.owner,
            issuer,
            pays_for,
            amount,
            remaining: amount,
            reserved: 0,
            prepaid: terms.mode != VoucherMode::Postpaid,
            postpaid: terms.mode != VoucherMode::Prepaid,
            named,
            only_named,
            effective_at: terms.effective_at,
            expires_at: terms.expires_at,
            state: VoucherStatus::Issued,
        };
        let bearer = match pays_for {
            VoucherFor::EveryCustomer => None,
            VoucherFor::Owner => issuer,
            VoucherFor::OneCustomer(customer) => {
                let linked = Voucher {
                    owner: customer,
                    issuer: Some(terms.owner),
                    pays_for: VoucherFor::Owner,
                    ..voucher.clone()
                };
                self.keep_voucher(2 * seq + 1, linked);
                Some(terms.owner)
            }
        };
        self.keep_voucher(2 * seq, voucher);
        if let Some(bearer) = bearer {
            self.touched.insert(bearer);
            if let Some(partner) = self.partners.get_mut(&bearer) {
                partner.vouchers_issued += amount;
                partner.vouchers_count += 1;
            }
        }
        Ok(())
    }

    fn keep_voucher(&mut self, id: u64, voucher: Voucher) {
        self.touched.insert(voucher.owner);
        self.changed_vouchers.insert(id);
        self.live_vouchers.entry(voucher.owner).or_default().push(id);
        self.voucher_ends.insert((voucher.expires_at, id));
        self.vouchers.insert(id, voucher);
    }

    pub(super) fn invalidate_voucher(&mut self, id: u64) -> Judged {
        match self.vouchers.get(&id).map(|voucher| voucher.state) {
            None => refuse("voucher_not_found"),
            Some(VoucherStatus::Issued) => {
                self.end_voucher(id, VoucherStatus::Invalidated);
                Ok(())
            }
            Some(VoucherStatus::Used | VoucherStatus::Expired | VoucherStatus::Invalidated) => {
                refuse("voucher_not_issued")
            }
        }
    }

    /// A voucher that is to be ended because its time is over: that must be so.
    pub(super) fn expire_voucher_now(&mut self, id: u64) -> Judged {
        let live = |voucher: &&Voucher| voucher.state == VoucherStatus::Issued || voucher.reserved > 0;
        match self.vouchers.get(&id).filter(live) {
            None => refuse("voucher_not_found"),
            Some(voucher) if voucher.state == VoucherStatus::Issued && voucher.expires_at <= self.now => {
                self.end_voucher(id, VoucherStatus::Expired);
                Ok(())
            }
            Some(_) => refuse("nothing_due"),
        }
    }

    /// Ends a voucher; what open orders have set aside of it stays theirs.
    pub(super) fn end_voucher(&mut self, id: u64, state: VoucherStatus) {
        let Some(voucher) = self.vouchers.get_mut(&id) else { return };
        if voucher.state != VoucherStatus::Issued {
            return;
        }
        voucher.state = state;
        if state == VoucherStatus::Invalidated
            && let Some(issuer) = voucher.issuer
            && let Some(partner) = self.partners.get_mut(&issuer)
        {
            partner.vouchers_issued -= voucher.remaining;
            self.touched.insert(issuer);
        }
        self.touched.insert(voucher.owner);
        self.changed_vouchers.insert(id);
        self.retire_voucher(id);
    }

    /// Forgets that a voucher may still pay, once it cannot.
    pub(super) fn retire_voucher(&mut self, id: u64) {
        let Some(voucher) = self.vouchers.get(&id) else { return };
        if voucher.state != VoucherStatus::Issued {
            self.voucher_ends.remove(&(voucher.expires_at, id));
        }
        if (voucher.state != VoucherStatus::Issued || voucher.remaining == 0)
            && voucher.reserved == 0
            && let Some(ids) = self.live_vouchers.get_mut(&voucher.owner)
        {
            ids.retain(|kept| *kept != id);
        }
    }

    fn owes_platform(&self, owner: Uin) -> Judged {
        match self.partners.get(&owner) {
            None => refuse("partner_not_found"),
            Some(partner) if partner.spend.is_none() => refuse("wrong_partner_kind"),
            Some(_) => Ok(()),
        }
    }

    fn product_numbers(&self, codes: &[ProductCode]) -> Result<Vec<u32>, Refusal> {
        codes.iter().map(|code| self.product(code)).collect()
    }
}

fn set_freeze(product: &mut Product, freeze: &FreezeTerms) {
    product.model = freeze.model;
    product.coefficient = Units::from(freeze.coefficient.units());
    product.amount = units(freeze.amount);
}
