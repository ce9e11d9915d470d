//! Applying the events about accounts, partners and customers.

use super::event::{
    AccountChanged, AccountOpened, CreditAllocated, CustomerBound, CustomerUnbound, Event, PartnerChanged,
    PartnerRegistered, PoolAllocated,
};
use crate::book::Book;
use crate::book::fit::{Fit, Misfit};
use crate::channel::{
    Account, AccountFacts, Customer, DiscountId, DiscountScope, FormerBinding, Partner, Subscription, Uin, Verification,
};
use crate::ledger::{Line, Moment};
use crate::money::Amount;

/// Applies an event at journal position `seq`, decided at `at`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, at: Moment, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::AccountOpened(AccountOpened { uin, class, verification, tier, site, entity, followed }) => {
            let mut account = Account {
                uin: *uin,
                opened_at: at,
                class: *class,
                verification: Verification::None,
                tier: *tier,
                subscription: Subscription::default(),
                customer: None,
                verified_at: None,
                own: None,
            };
            account.verify(*verification, at);
            book.parties.accounts.add(account).ok_or("the account is there already")?;
            book.take_number(*uin);
            let (site, entity, followed) = (*site, entity.clone(), *followed);
            book.tell(*uin, AccountFacts { site, entity, followed, ..AccountFacts::NOTHING });
        }
        Event::AccountChanged(AccountChanged { uin, class, verification, tier, entity, followed }) => {
            let account = book.parties.accounts.get_mut(*uin).ok_or("no such account")?;
            (account.class, account.tier) = (*class, *tier);
            account.verify(*verification, at);
            let facts = book.account_facts(*uin).clone();
            book.tell(*uin, AccountFacts { entity: entity.clone(), followed: *followed, ..facts });
        }
        Event::PartnerRegistered(PartnerRegistered {
            uin,
            kind,
            distributor,
            allocation_quota,
            spend_line,
            voucher_quota,
            allowlist,
            distributor_allocated_after,
        }) => {
            if let (Some(above), Some(after)) = (distributor, distributor_allocated_after) {
                let above = book.partner_mut(*above)?;
                above.allocated = *after;
                above.second_levels.push(*uin);
            }
            let partner = Partner {
                uin: *uin,
                kind: *kind,
                distributor: *distributor,
                registered_at: at,
                registered_seq: seq,
                allocation_quota: *allocation_quota,
                allocated: Amount::ZERO,
                spend: spend_line.map(Line::with_limit),
                voucher_quota: *voucher_quota,
                vouchers_issued: Amount::ZERO,
                vouchers_count: 0,
                allowlist: allowlist.clone(),
                second_levels: Vec::new(),
                customers_available: 0,
                customers_total: Amount::ZERO,
            };
            book.parties.partners.add(partner).ok_or("the partner is there already")?;
        }
        Event::PartnerChanged(PartnerChanged {
            uin,
            allocation_quota,
            spend_line,
            voucher_quota,
            allowlist,
            distributor_allocated_after,
        }) => {
            let partner = book.partner_mut(*uin)?;
            partner.allocation_quota = *allocation_quota;
            partner.voucher_quota = *voucher_quota;
            partner.allowlist.clone_from(allowlist);
            if let (Some(line), Some(limit)) = (&mut partner.spend, spend_line) {
                *line = line.raised(limit.minus(line.limit())?)?;
            }
            if let (Some(above), Some(after)) = (partner.distributor, distributor_allocated_after) {
                book.partner_mut(above)?.allocated = *after;
            }
        }
        Event::PoolAllocated(PoolAllocated {
            second_level,
            distributor,
            total_after,
            distributor_allocated_after,
            ..
        }) => {
            book.partner_mut(*second_level)?.allocation_quota = *total_after;
            book.partner_mut(*distributor)?.allocated = *distributor_allocated_after;
        }
        Event::CustomerBound(CustomerBound { customer, partner, referred }) => {
            book.partner_mut(*partner)?;
            book.parties.customers.entry(*partner).or_default().push(seq, *customer);
            let account = book.parties.accounts.get_mut(*customer).ok_or("no such account")?;
            account.customer = Some(Customer::bound(*partner, *referred, at, seq));
            book.reschedule(*customer);
        }
        Event::CustomerUnbound(CustomerUnbound {
            customer, partner, partner_allocated_after, vouchers_after, ..
        }) => {
            book.unbind(*customer, *partner, *partner_allocated_after, at)?;
            book.set_vouchers(vouchers_after)?;
            book.reschedule(*customer);
        }
        Event::CreditAllocated(CreditAllocated { customer, partner, total_after, partner_allocated_after, .. }) => {
            book.change_customer_line(*customer, |line| Ok(line.raised(total_after.minus(line.limit())?)?))?;
            book.partner_mut(*partner)?.allocated = *partner_allocated_after;
        }
        Event::CustomerNoted(_) | Event::CredentialIssued(_) | Event::CredentialRevoked(_) => {}
    }
    Ok(())
}

impl Book {
    /// Ends a binding: its credit and the customer's discounts go, bills that are not confirmed stay (R141).
    fn unbind(&mut self, uin: Uin, partner: Uin, partner_allocated_after: Amount, at: Moment) -> Fit<()> {
        let account = self.parties.accounts.get_mut(uin).ok_or("no such account")?;
        let customer = account.customer.take().ok_or("no such customer")?;
        if let Some(day) = customer.low_since {
            self.standing.low.remove(&(day, uin));
        }
        let former = FormerBinding { binding: customer.binding(), from: customer.bound_at, until: at };
        self.index_former(uin, former);
        self.shift_sums(partner, Some(&customer.line), None)?;
        let managing = self.partner_mut(partner)?;
        managing.allocated = partner_allocated_after;
        let theirs = self.parties.customers.get_mut(&partner);
        theirs.and_then(|theirs| theirs.remove(customer.bound_seq)).ok_or("the partner does not have the customer")?;
        let theirs = |id: &DiscountId| {
            self.catalogue.discounts.get(id).is_some_and(|discount| discount.scope == DiscountScope::Customer(uin))
        };
        let ends: Vec<DiscountId> = self.discounts_of(uin).filter(theirs).collect();
        ends.into_iter().try_for_each(|id| self.end_discount(id))
    }
}
