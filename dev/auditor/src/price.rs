//! Prices on both sides, which vouchers pay how much, and the two-sided check (R17-R18, R28, R54-R60, R112-R114, R126).

use super::arithmetic::{ONE, Units, at_rate};
use super::facts::{Bound, Price, Spend, Tie, Use, Uses, Voucher, VoucherFor};
use super::range::must_fit;
use super::{Auditor, Judged, Refusal, refuse};
use credere_core::channel::{PayMode, ProductCode, Side, Uin, VoucherStatus};
use credere_core::ledger::Moment;

/// Who buys, who pays for it, and which partner owes the platform for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buyer {
    pub account: Uin,
    /// Under which binding; none for a partner that buys for itself, which has no customer's side.
    pub tie: Option<Tie>,
    /// Whether that is the binding of now, so that the customer's credit is touched.
    pub bound: bool,
    /// Whose credit and vouchers pay: its own.
    pub payer: Uin,
    pub partner: Uin,
}

impl Auditor {
    /// Both sides of a purchase by this account (R6-R7).
    pub fn buyer(&self, account: Uin) -> Result<Buyer, Refusal> {
        let Some(known) = self.accounts.get(&account) else { return refuse("account_not_found") };
        self.buyer_under(account, known.bound.as_ref().map(|bound| bound.tie()))
    }

    /// Both sides of what was used until a moment: under the binding that was in force then, whether or not it has ended.
    pub(super) fn user_at(&self, account: Uin, moment: Moment) -> Result<Buyer, Refusal> {
        let former = self.former.get(&account).into_iter().flatten();
        let then = former.filter(|it| it.since <= moment && moment < it.until).map(|it| it.tie).next();
        match (then, self.line_of(account)) {
            (Some(tie), _) => self.buyer_under(account, Some(tie)),
            (None, Some(bound)) if moment < bound.since => refuse("no_credit"),
            (None, _) => self.buyer(account),
        }
    }

    fn buyer_under(&self, account: Uin, tie: Option<Tie>) -> Result<Buyer, Refusal> {
        let managing = tie.map_or(account, |(partner, _)| partner);
        let Some(manages) = self.partners.get(&managing) else { return refuse("no_credit") };
        let partner = manages.above.unwrap_or(managing);
        let bound = tie.is_some() && self.line_of(account).map(Bound::tie) == tie;
        match self.partners.get(&partner).and_then(|partner| partner.spend) {
            Some(_) => Ok(Buyer { account, tie, bound, payer: account, partner }),
            None => refuse("no_credit"),
        }
    }

    /// New things are not sold to whoever is suspended by force or not verified (R58).
    pub(super) fn must_be_free(&self, buyer: &Buyer) -> Judged {
        let Some(account) = self.accounts.get(&buyer.account) else { return Ok(()) };
        match &account.bound {
            Some(bound) if bound.forced_since.is_some() => refuse("account_suspended"),
            Some(_) if !account.verified => refuse("account_unverified"),
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn product(&self, code: &ProductCode) -> Result<u32, Refusal> {
        self.numbers.get(code).copied().map_or_else(|| refuse("product_not_found"), Ok)
    }

    /// The rate that counts: the most specific product first, then the latest made (R126).
    fn rate(&self, party: Uin, for_customer: bool, sellers: [Uin; 2], product: u32) -> Units {
        let mut best: Option<(bool, u64, Units)> = None;
        for (id, discount) in &self.discounts {
            let fits = discount.party == party
                && discount.for_customer == for_customer
                && sellers.contains(&discount.by)
                && discount.product.is_none_or(|only| only == product)
                && discount.starts_at.is_none_or(|start| start <= self.now)
                && discount.ends_at.is_none_or(|end| self.now < end);
            let rank = (discount.product.is_some(), *id, discount.rate);
            if fits && best.is_none_or(|(specific, id, _)| (specific, id) < (rank.0, rank.1)) {
                best = Some(rank);
            }
        }
        best.map_or(ONE, |(_, _, rate)| rate)
    }

    pub(super) fn rates(&self, buyer: &Buyer, product: u32) -> (Units, Units) {
        let partner = self.rate(buyer.partner, false, [buyer.partner; 2], product);
        // A discount is between a customer and the partner that gave it: another's does not count.
        let customer = buyer
            .tie
            .map_or(partner, |(managing, _)| self.rate(buyer.account, true, [managing, buyer.partner], product));
        (customer, partner)
    }

    pub(super) fn price(&self, buyer: &Buyer, product: u32, list: Units) -> Result<Price, Refusal> {
        let price = priced(list, self.rates(buyer, product));
        must_fit([price.customer, price.partner])?;
        Ok(price)
    }

    /// Vouchers first, on each side by itself (R112, R56); a partner's own use has none.
    pub(super) fn uses(&self, buyer: &Buyer, price: &Price, mode: PayMode, product: u32) -> Uses {
        let Some((managing, _)) = buyer.tie else { return Uses::default() };
        // Nor does what another partner has issued pay.
        let own = |voucher: &Voucher| {
            let issuer = voucher.issuer.is_none_or(|issuer| issuer == managing || issuer == buyer.partner);
            voucher.pays_for == VoucherFor::Owner && issuer
        };
        let theirs = |voucher: &Voucher| match voucher.pays_for {
            VoucherFor::EveryCustomer => true,
            VoucherFor::OneCustomer(customer) => customer == buyer.account,
            VoucherFor::Owner => false,
        };
        Uses {
            customer: self.drawn(buyer.payer, own, price.customer, mode, product),
            partner: self.drawn(buyer.partner, theirs, price.partner, mode, product),
        }
    }

    /// The earliest expiry first, then whichever pays more, then the smaller balance (R113), then the older.
    fn drawn(&self, owner: Uin, kind: impl Fn(&Voucher) -> bool, due: Units, mode: PayMode, product: u32) -> Vec<Use> {
        let ids = self.live_vouchers.get(&owner).into_iter().flatten();
        let mut left: Vec<(u64, _)> = ids
            .filter_map(|id| Some((*id, self.vouchers.get(id)?)))
            .filter(|(_, voucher)| {
                kind(voucher)
                    && voucher.state == VoucherStatus::Issued
                    && voucher.remaining > 0
                    && voucher.effective_at <= self.now
                    && self.now < voucher.expires_at
                    && (if mode == PayMode::PrePay { voucher.prepaid } else { voucher.postpaid })
                    && voucher.named.contains(&product) == voucher.only_named
            })
            .collect();
        let (mut due, mut uses) = (due, Vec::new());
        while due > 0 && !left.is_empty() {
            left.sort_by_key(|(id, voucher)| (voucher.expires_at, -voucher.remaining.min(due), voucher.remaining, *id));
            let (id, voucher) = left.remove(0);
            let pays = voucher.remaining.min(due);
            uses.push((id, pays));
            due -= pays;
        }
        uses
    }

    pub(super) fn line_of(&self, account: Uin) -> Option<&Bound> {
        self.accounts.get(&account)?.bound.as_ref()
    }

    pub(super) fn spend_of(&self, partner: Uin) -> Spend {
        self.partners.get(&partner).and_then(|partner| partner.spend).unwrap_or_default()
    }

    /// The customer first, then the paying partner; equality passes (R54-R57, R60).
    pub(super) fn check(&self, buyer: &Buyer, customer: Units, partner: Units, skip_customer: bool) -> Judged {
        let short = |side, account, needed, available| {
            Err(Refusal {
                code: "insufficient_credit",
                side: Some(side),
                account: Some(account),
                figures: vec![("required", needed), ("available", available)],
            })
        };
        if let (true, false, Some(line)) = (buyer.bound, skip_customer, self.line_of(buyer.account)) {
            let available = line.available();
            if customer > available {
                return short(Side::Customer, buyer.account, customer, available);
            }
        }
        let available = self.spend_of(buyer.partner).available();
        if partner > available {
            return short(Side::Partner, buyer.partner, partner, available);
        }
        Ok(())
    }

    /// Adds to both sides' used, held and frozen.
    pub(super) fn shift(&mut self, buyer: &Buyer, customer: [Units; 3], partner: [Units; 3]) {
        self.shift_customer(buyer.account, buyer.bound, customer);
        self.shift_partner(buyer.partner, partner);
    }

    pub(super) fn shift_customer(&mut self, account: Uin, bound: bool, by: [Units; 3]) {
        self.touched.insert(account);
        let line = self.accounts.get_mut(&account).and_then(|account| account.bound.as_mut()).filter(|_| bound);
        if let Some(line) = line {
            line.used += by[0];
            line.held += by[1];
            line.frozen += by[2];
        }
    }

    pub(super) fn shift_partner(&mut self, partner: Uin, by: [Units; 3]) {
        self.touched.insert(partner);
        if let Some(spend) = self.partners.get_mut(&partner).and_then(|partner| partner.spend.as_mut()) {
            spend.used += by[0];
            spend.held += by[1];
            spend.frozen += by[2];
        }
    }
}

/// A list price at a customer's and a partner's rate.
pub(super) fn priced(list: Units, (customer_rate, partner_rate): (Units, Units)) -> Price {
    Price {
        list,
        customer_rate,
        partner_rate,
        customer: at_rate(list, customer_rate),
        partner: at_rate(list, partner_rate),
    }
}
