//! Prices on both sides, which vouchers pay how much, and the two-sided check (R17-R18, R28, R54-R60, R112-R114, R126).

use super::arithmetic::{ONE, Units, at_rate};
use super::facts::{
    Account, Bound, Buyer, Discount, Means, Price, PriceOf, Spend, Tie, Use, Uses, Voucher, VoucherFor,
};
use super::range::must_fit;
use super::{Auditor, Judged, Refusal, refuse};
use credere_core::channel::{PartnerKind, PayMode, ProductCode, Side, Uin, VoucherStatus};
use credere_core::ledger::Moment;

impl Auditor {
    /// All sides of a purchase by this account: with what is its own, or its organization's admin pays (R6-R7, O2, O74).
    pub fn buyer(&self, account: Uin) -> Result<Buyer, Refusal> {
        self.known(account)?;
        let payer = self.payer_of(account).unwrap_or(account);
        let own = self.line_of(account).map(Bound::tie);
        Ok(Buyer { account, own, ..self.paying_itself(payer)? })
    }

    /// All sides of what an account buys with what is its own, whoever pays for it.
    pub(super) fn paying_itself(&self, account: Uin) -> Result<Buyer, Refusal> {
        let Some(known) = self.accounts.get(&account) else { return refuse("account_not_found") };
        match known.lent() {
            Some(bound) => self.buyer_on_credit(account, bound.tie()),
            None if self.pays_for_itself(account) => {
                Ok(Buyer { account, own: None, payer: account, means: Means::Money, partner: None })
            }
            None => self.buyer_of_partner(account, Means::SpendLine, account),
        }
    }

    /// All sides of what was used until a moment, whose cycle was over at another: who pays then pays with what it has then
    /// (O80), and the account itself under the binding that was in force when it was used, whether or not it has ended.
    pub(super) fn user_at(&self, account: Uin, used: Moment, settled: Moment) -> Result<Buyer, Refusal> {
        let payer = self.payer_at(account, settled).unwrap_or(account);
        let current = self.line_of(account).filter(|bound| bound.since <= used).map(Bound::tie);
        let own = self.former_at(account, used).or(current);
        let paid_at = if payer == account { used } else { settled };
        Ok(Buyer { account, own, ..self.paying_at(payer, paid_at)? })
    }

    /// With what an account paid at a moment. Of who was bound to nobody then it is charged to its own money, but not while
    /// somebody else lends to it.
    fn paying_at(&self, account: Uin, moment: Moment) -> Result<Buyer, Refusal> {
        match (self.former_at(account, moment), self.line_of(account)) {
            (Some(tie), _) => self.buyer_on_credit(account, tie),
            (None, Some(bound)) if moment < bound.since => refuse("no_credit"),
            (None, _) => self.paying_itself(account),
        }
    }

    /// The binding of a partner that lends, which was in force then and has ended.
    fn former_at(&self, account: Uin, moment: Moment) -> Option<Tie> {
        let former = self.former.get(&account).into_iter().flatten();
        let mut then = former.filter(|it| it.since <= moment && moment < it.until).map(|it| it.tie);
        then.find(|(partner, _)| self.lends(*partner))
    }

    /// Whether a partner lends to its customers; an agent only refers them (R4).
    pub(super) fn lends(&self, partner: Uin) -> bool {
        self.partners.get(&partner).is_some_and(|partner| partner.kind != PartnerKind::Agent)
    }

    fn buyer_on_credit(&self, account: Uin, tie: Tie) -> Result<Buyer, Refusal> {
        self.buyer_of_partner(account, Means::Credit(tie), tie.0)
    }

    /// Of a second-level reseller's customers, and of itself, the distributor above owes it to the platform.
    fn buyer_of_partner(&self, account: Uin, means: Means, managing: Uin) -> Result<Buyer, Refusal> {
        let Some(manages) = self.partners.get(&managing) else { return refuse("no_credit") };
        let partner = manages.above.unwrap_or(managing);
        let own = match means {
            Means::Credit(tie) => Some(tie),
            Means::Money | Means::SpendLine => None,
        };
        match self.partners.get(&partner).and_then(|partner| partner.spend) {
            Some(_) => Ok(Buyer { account, own, payer: account, means, partner: Some(partner) }),
            None => refuse("no_credit"),
        }
    }

    /// Whether the payer's side is touched: a binding that has ended has none left, and a partner's own use never had one.
    pub(super) fn has_payers_side(&self, buyer: &Buyer) -> bool {
        match buyer.means {
            Means::Credit(tie) => self.line_of(buyer.payer).map(Bound::tie) == Some(tie),
            Means::Money => true,
            Means::SpendLine => false,
        }
    }

    /// New things are not sold to whoever is suspended by force, or whose payer is, or is not verified (R58, O91); a partner's
    /// own use is free.
    pub(super) fn must_be_free(&self, buyer: &Buyer) -> Judged {
        let Some(account) = self.accounts.get(&buyer.account) else { return Ok(()) };
        let forced = |uin: Uin| self.accounts.get(&uin).is_some_and(|it| it.spending().forced_since.is_some());
        match buyer.means {
            Means::SpendLine => Ok(()),
            Means::Credit(_) | Means::Money if forced(buyer.account) || forced(buyer.payer) => {
                refuse("account_suspended")
            }
            Means::Credit(_) | Means::Money if !account.verified => refuse("account_unverified"),
            Means::Credit(_) | Means::Money => Ok(()),
        }
    }

    pub(super) fn product(&self, code: &ProductCode) -> Result<u32, Refusal> {
        self.numbers.get(code).copied().map_or_else(|| refuse("product_not_found"), Ok)
    }

    /// The rate that counts: the most specific product first, then the latest made (R126).
    fn rate(&self, product: u32, fits: impl Fn(&Discount) -> bool) -> Units {
        let mut best: Option<(bool, u64, Units)> = None;
        for (id, discount) in self.discounts.iter().filter(|(_, discount)| fits(discount)) {
            let counts = discount.product.is_none_or(|only| only == product)
                && discount.starts_at.is_none_or(|start| start <= self.now)
                && discount.ends_at.is_none_or(|end| self.now < end);
            let rank = (discount.product.is_some(), *id, discount.rate);
            if counts && best.is_none_or(|(specific, id, _)| (specific, id) < (rank.0, rank.1)) {
                best = Some(rank);
            }
        }
        best.map_or(ONE, |(_, _, rate)| rate)
    }

    /// The account's rate and its paying partner's, which is nothing where nobody stands between it and the platform. It has the
    /// discounts or offers of the one that it inherits from, where that one is sold to as it is, but for what everybody
    /// has its own of (O84, O101).
    pub(super) fn rates(&self, buyer: &Buyer, product: u32, heir_of: Option<Uin>) -> (Units, Units) {
        let heir_of = heir_of.filter(|_| self.products[product as usize].inheritable);
        let Some(paying) = buyer.partner else {
            // Who pays the platform itself has its offers; those of another account only as far as they pass on (O100).
            let heir_of = heir_of.filter(|from| self.pays_for_itself(*from));
            let whose = heir_of.unwrap_or(buyer.account);
            let offers = |discount: &Discount| match discount.of {
                PriceOf::Account { alone } => discount.party == whose && !(alone && heir_of.is_some()),
                PriceOf::Partner | PriceOf::Customer => false,
            };
            return (self.rate(product, offers), 0);
        };
        let of_partner =
            |discount: &Discount| (discount.of, discount.party, discount.by) == (PriceOf::Partner, paying, paying);
        let partner = self.rate(product, of_partner);
        // A discount is between a customer and the partner that gave it: another's does not count.
        let customer = buyer.own.map_or(partner, |(managing, _)| {
            let alike = |from: &Uin| self.line_of(*from).is_some_and(|line| line.partner == managing);
            let whose = heir_of.filter(alike).unwrap_or(buyer.account);
            self.rate(product, |discount| {
                let by = discount.by == managing || discount.by == paying;
                discount.of == PriceOf::Customer && discount.party == whose && by
            })
        });
        (customer, partner)
    }

    /// The price of what is bought now.
    pub(super) fn price(&self, buyer: &Buyer, product: u32, list: Units) -> Result<Price, Refusal> {
        self.price_where(buyer, product, list, self.heir_now(buyer.account))
    }

    /// The price of what was used in a cycle that began at this moment (O85).
    pub(super) fn price_of_usage(
        &self,
        buyer: &Buyer,
        product: u32,
        list: Units,
        begun: Moment,
    ) -> Result<Price, Refusal> {
        self.price_where(buyer, product, list, self.heir_of(buyer.account, begun))
    }

    fn price_where(&self, buyer: &Buyer, product: u32, list: Units, heir_of: Option<Uin>) -> Result<Price, Refusal> {
        let price = priced(list, self.rates(buyer, product, heir_of));
        must_fit([price.customer, price.partner])?;
        Ok(price)
    }

    /// Vouchers first, on each side by itself (R112, R56); a partner's own use has none. What a partner has issued pays
    /// where that partner lends, and what the platform has, where nobody does.
    pub(super) fn uses(&self, buyer: &Buyer, price: &Price, mode: PayMode, product: u32) -> Uses {
        let own = |voucher: &Voucher| voucher.pays_for == VoucherFor::Owner;
        let (Some((managing, _)), Some(paying)) = (buyer.tie(), buyer.partner) else {
            let of_platform = |voucher: &Voucher| own(voucher) && voucher.issuer.is_none();
            return match buyer.means {
                Means::Money => {
                    let customer = self.drawn(buyer.payer, of_platform, price.customer, mode, product);
                    Uses { customer, partner: Vec::new() }
                }
                Means::Credit(_) | Means::SpendLine => Uses::default(),
            };
        };
        // Nor does what another partner has issued pay.
        let of_partner = |voucher: &Voucher| {
            own(voucher) && voucher.issuer.is_some_and(|issuer| issuer == managing || issuer == paying)
        };
        let theirs = |voucher: &Voucher| match voucher.pays_for {
            VoucherFor::EveryCustomer => true,
            // Whose credit pays is whose cost it is to the partner (R111, O81).
            VoucherFor::OneCustomer(customer) => customer == buyer.payer,
            VoucherFor::Owner => false,
        };
        Uses {
            customer: self.drawn(buyer.payer, of_partner, price.customer, mode, product),
            partner: self.drawn(paying, theirs, price.partner, mode, product),
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

    /// What was handed down to an account, where somebody lends to it.
    pub(super) fn line_of(&self, account: Uin) -> Option<&Bound> {
        self.accounts.get(&account)?.lent()
    }

    pub(super) fn spend_of(&self, partner: Uin) -> Spend {
        self.partners.get(&partner).and_then(|partner| partner.spend).unwrap_or_default()
    }

    /// Who pays first, then the paying partner, where there is one; equality passes (R54-R57, R60). A partner that pays on
    /// behalf of its customer may push that below zero (A5); who has none has nobody that could.
    pub(super) fn check(&self, buyer: &Buyer, customer: Units, partner: Units, skip_customer: bool) -> Judged {
        let short = |side, account, needed, available| {
            Err(Refusal {
                code: "insufficient_credit",
                side: Some(side),
                account: Some(account),
                figures: vec![("required", needed), ("available", available)],
            })
        };
        let payers = match buyer.means {
            Means::Credit(_) if buyer.is_paid_for() => Some(Side::Payer),
            Means::Credit(_) => Some(Side::Customer).filter(|_| !skip_customer),
            Means::Money => Some(Side::Payer),
            Means::SpendLine => None,
        };
        if let Some(side) = payers.filter(|_| self.has_payers_side(buyer))
            && let Some(available) = self.accounts.get(&buyer.payer).map(Account::available)
            && customer > available
        {
            return short(side, buyer.payer, customer, available);
        }
        if let Some(paying) = buyer.partner
            && let available = self.spend_of(paying).available()
            && partner > available
        {
            return short(Side::Partner, paying, partner, available);
        }
        Ok(())
    }

    /// Adds to what is held and what is frozen, on both sides.
    pub(super) fn set_aside(&mut self, buyer: &Buyer, payers: [Units; 2], partners: [Units; 2]) {
        self.touched.extend([buyer.account, buyer.payer]);
        self.touched.extend(buyer.partner);
        let touched = self.has_payers_side(buyer);
        if let Some(payer) = self.accounts.get_mut(&buyer.payer).filter(|_| touched) {
            let (held, frozen) = match (&mut payer.bound, buyer.means) {
                (Some(bound), Means::Credit(_)) => (&mut bound.held, &mut bound.frozen),
                (Some(_) | None, _) => (&mut payer.own.held, &mut payer.own.frozen),
            };
            *held += payers[0];
            *frozen += payers[1];
        }
        let partner = buyer.partner.and_then(|partner| self.partners.get_mut(&partner));
        if let Some(spend) = partner.and_then(|partner| partner.spend.as_mut()) {
            spend.held += partners[0];
            spend.frozen += partners[1];
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
