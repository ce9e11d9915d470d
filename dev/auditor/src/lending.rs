//! Partners, bindings and credit handed down (R10, R22-R27, R30-R50, R139-R141).

use super::arithmetic::Units;
use super::facts::{Bound, Discount, Former, Partner, PriceOf, Spend};
use super::refusal::refuse_for;
use super::{Auditor, Judged, Refusal, refuse, units};
use credere_core::book::parties;
use credere_core::channel::{PartnerKind, Uin, VoucherStatus};

/// The largest grant to a pool, or pull from one (R49).
const POOL_LIMIT: Units = 1_000_000 * super::ONE;

impl Auditor {
    pub(super) fn register_partner(&mut self, new: &parties::RegisterPartner) -> Judged {
        let parties::RegisterPartner { uin, kind, distributor, allocation_quota, spend_line, voucher_quota, allowlist } =
            new;
        let Some(account) = self.accounts.get(uin) else { return refuse("account_not_found") };
        if let Some(above) = distributor
            && self.partners.get(above).is_none_or(|partner| partner.kind != PartnerKind::Distributor)
        {
            return refuse("distributor_not_found");
        }
        if self.partners.contains_key(uin) {
            return refuse("already_partner");
        }
        if account.bound.is_some() {
            return refuse("already_bound");
        }
        self.in_no_organization(*uin)?;
        // An agent goes on paying for itself.
        if *kind != PartnerKind::Agent {
            self.may_be_taken_over(*uin)?;
        }
        let owes = matches!(kind, PartnerKind::Reseller | PartnerKind::Distributor);
        match (*kind == PartnerKind::SecondLevelReseller, distributor) {
            (true, None) => return refuse("distributor_required"),
            (false, Some(_)) => return refuse("wrong_partner_kind"),
            (true, Some(_)) | (false, None) => {}
        }
        if spend_line.is_some() && !owes {
            return refuse("wrong_partner_kind");
        }
        let quota = units(*allocation_quota);
        let line = spend_line.map_or(quota, units);
        if quota < 0 || line < 0 || units(*voucher_quota) < 0 {
            return refuse("quota_negative");
        }
        if let Some(above) = distributor {
            self.hand_down(*above, quota)?;
        }
        let partner = Partner {
            kind: *kind,
            above: *distributor,
            quota,
            allocated: 0,
            spend: owes.then_some(Spend { line, ..Spend::default() }),
            voucher_quota: units(*voucher_quota),
            vouchers_issued: 0,
            vouchers_count: 0,
            allowlist: allowlist.clone(),
        };
        self.touched.insert(*uin);
        self.partners.insert(*uin, partner);
        Ok(())
    }

    pub(super) fn change_partner(&mut self, asked: &parties::ChangePartner) -> Judged {
        let parties::ChangePartner { uin, allocation_quota, spend_line, voucher_quota, allowlist } = asked;
        let Some(partner) = self.partners.get(uin).cloned() else { return refuse("partner_not_found") };
        if spend_line.is_some() && partner.spend.is_none() {
            return refuse("wrong_partner_kind");
        }
        if [allocation_quota, spend_line, voucher_quota].into_iter().flatten().any(|quota| units(*quota) < 0) {
            return refuse("quota_negative");
        }
        let quota = allocation_quota.map_or(partner.quota, units);
        if quota < partner.allocated {
            let figures = [("requested", quota), ("allocated", partner.allocated)];
            return refuse_for("below_allocated", None, figures);
        }
        let vouchers = voucher_quota.map_or(partner.voucher_quota, units);
        let bound_by_quota = partner.kind == PartnerKind::SecondLevelReseller && voucher_quota.is_some();
        if bound_by_quota && vouchers < partner.vouchers_issued {
            let figures = [("requested", vouchers), ("issued", partner.vouchers_issued)];
            return refuse_for("below_issued", None, figures);
        }
        if let Some(above) = partner.above {
            self.hand_down(above, quota - partner.quota)?;
        }
        self.touched.insert(*uin);
        let Some(partner) = self.partners.get_mut(uin) else { return Ok(()) };
        (partner.quota, partner.voucher_quota) = (quota, vouchers);
        if let (Some(spend), Some(line)) = (&mut partner.spend, spend_line) {
            spend.line = units(*line);
        }
        if let Some(items) = allowlist {
            partner.allowlist.clone_from(items);
        }
        Ok(())
    }

    /// Hands `by` down from a partner's quota (back, when negative): never more than is left (R32, R47).
    fn hand_down(&mut self, partner: Uin, by: Units) -> Judged {
        let Some(above) = self.partners.get_mut(&partner) else { return refuse("partner_not_found") };
        let allocatable = above.quota - above.allocated;
        if by > 0 && by > allocatable {
            let figures = [("requested", by), ("allocatable", allocatable)];
            return refuse_for("exceeds_allocatable", Some(partner), figures);
        }
        above.allocated += by;
        self.touched.insert(partner);
        Ok(())
    }

    pub(super) fn allocate_pool(&mut self, second_level: Uin, amount: Units) -> Judged {
        let Some(pool) = self.partners.get(&second_level) else { return refuse("second_level_reseller_not_found") };
        let Some(above) = pool.above else { return refuse("wrong_partner_kind") };
        if amount == 0 {
            return refuse("amount_zero");
        }
        if amount.abs() > POOL_LIMIT || (amount < 0 && !self.choices.pool_allow_negative) {
            return refuse_for("pool_amount_out_of_range", None, [("limit", POOL_LIMIT)]);
        }
        let remaining = pool.quota - pool.allocated;
        if amount < 0 && -amount > remaining {
            let figures = [("requested", -amount), ("remaining", remaining)];
            return refuse_for("exceeds_pool", Some(second_level), figures);
        }
        self.hand_down(above, amount)?;
        self.touched.insert(second_level);
        if let Some(pool) = self.partners.get_mut(&second_level) {
            pool.quota += amount;
        }
        Ok(())
    }

    /// The binding of an account, whoever it is to.
    pub(super) fn binding_of(&self, account: Uin) -> Option<&Bound> {
        self.accounts.get(&account)?.bound.as_ref()
    }

    pub(super) fn bound(&self, customer: Uin) -> Result<&Bound, Refusal> {
        self.binding_of(customer).map_or_else(|| refuse("customer_not_found"), Ok)
    }

    /// Where an account stands in the channel does not change while it is in an organization (R136), or pays for members of one.
    fn in_no_organization(&self, uin: Uin) -> Judged {
        if self.organization_of(uin).is_some() {
            return refuse("in_organization");
        }
        if self.paid_for_by(uin).is_empty() { Ok(()) } else { refuse("pays_for_others") }
    }

    /// A partner takes over only who has nothing held, frozen, running or to be paid, and owes nothing (O3).
    fn may_be_taken_over(&self, uin: Uin) -> Judged {
        if self.has_holds(uin) || self.accounts.get(&uin).is_some_and(|account| account.spending().parked > 0) {
            return refuse("has_open_holds");
        }
        self.owes_nothing(uin)
    }

    /// Whom a partner lends to is let go only when it owes nothing and has nothing held, frozen, running or to be paid (R140).
    fn may_be_let_go(&self, uin: Uin) -> Judged {
        self.owes_nothing(uin)?;
        if self.has_holds(uin) {
            return refuse("has_open_holds");
        }
        let parked = self.accounts.get(&uin).is_some_and(|account| account.spending().parked > 0);
        if parked { refuse("has_parked_orders") } else { Ok(()) }
    }

    fn owes_nothing(&self, uin: Uin) -> Judged {
        match self.accounts.get(&uin).map(super::facts::Account::available) {
            Some(available) if available < 0 => refuse_for("overdue", Some(uin), [("available", available)]),
            Some(_) | None => Ok(()),
        }
    }

    /// What still runs would be used on somebody else's bill, whether or not it freezes anything.
    fn has_holds(&self, uin: Uin) -> bool {
        let runs = self.resources.values().any(|resource| resource.account == uin);
        let open = self.accounts.get(&uin).is_some_and(|account| {
            let spending = account.spending();
            spending.processing > 0 || spending.authorizations > 0 || account.set_aside() != 0
        });
        runs || open
    }

    pub(super) fn allocate(&mut self, customer: Uin, amount: Units) -> Judged {
        let bound = self.bound(customer)?;
        let partner = bound.partner;
        if self.partners.get(&partner).is_some_and(|partner| partner.kind == PartnerKind::Agent) {
            return refuse("wrong_partner_kind");
        }
        if amount == 0 {
            return refuse("amount_zero");
        }
        // Neither what is available nor the total may be brought below zero (R33, R16).
        let reclaimable = bound.available().min(bound.total);
        if amount < 0 && -amount > reclaimable {
            let figures = [("requested", -amount), ("available", reclaimable)];
            return refuse_for("exceeds_available", Some(customer), figures);
        }
        self.hand_down(partner, amount)?;
        self.touched.insert(customer);
        if let Some(bound) = self.accounts.get_mut(&customer).and_then(|account| account.bound.as_mut()) {
            bound.total += amount;
        }
        self.note_change(customer);
        Ok(())
    }

    pub(super) fn bind(&mut self, seq: u64, customer: Uin, partner: Uin) -> Judged {
        let Some(account) = self.accounts.get(&customer) else { return refuse("account_not_found") };
        if !self.partners.contains_key(&partner) {
            return refuse("partner_not_found");
        }
        if self.partners.contains_key(&customer) {
            return refuse("already_partner");
        }
        if account.bound.is_some() {
            return refuse("already_bound");
        }
        self.in_no_organization(customer)?;
        // What it has of its own is set aside while somebody lends to it; whom an agent refers goes on spending it.
        let on_credit = self.lends(partner);
        if on_credit {
            self.may_be_taken_over(customer)?;
        }
        let bound = Bound::new((partner, seq), self.now, on_credit);
        if let Some(account) = self.accounts.get_mut(&customer) {
            account.bound = Some(bound);
        }
        self.touched.extend([customer, partner]);
        Ok(())
    }

    /// Nothing owed, frozen or privileged (R140), except by whom an agent refers, which takes all of it along; what was
    /// handed out goes back, unused vouchers of partners and the customer's discounts end (R141).
    pub(super) fn unbind(&mut self, customer: Uin) -> Judged {
        let bound = self.bound(customer)?.clone();
        self.in_no_organization(customer)?;
        if bound.on_credit {
            if bound.spending.forced_since.is_some() {
                return refuse("account_suspended");
            }
            if bound.spending.non_stop != (false, false) {
                return refuse("non_stop_on");
            }
            self.may_be_let_go(customer)?;
        }
        self.hand_down(bound.partner, -bound.total)?;
        for id in self.live_vouchers.get(&customer).cloned().unwrap_or_default() {
            if self.vouchers.get(&id).is_some_and(|voucher| voucher.issuer.is_some()) {
                self.end_voucher(id, VoucherStatus::Invalidated);
            }
        }
        let theirs = |discount: &Discount| discount.of == PriceOf::Customer && discount.party == customer;
        self.ended_discounts.extend(self.discounts.iter().filter(|(_, it)| theirs(it)).map(|(id, _)| *id));
        self.discounts.retain(|_, discount| !theirs(discount));
        let former = Former { tie: bound.tie(), since: bound.since, until: self.now };
        self.former.entry(customer).or_default().push(former);
        if let Some(account) = self.accounts.get_mut(&customer) {
            account.bound = None;
        }
        self.touched.insert(customer);
        Ok(())
    }
}
