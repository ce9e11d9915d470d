//! What became of parties by a command that went through, as it is shown to whoever asked for it.

use super::views::{AllocatedView, BoundView, FinanceView, UnboundView};
use crate::command::{Done, unexpected};
use crate::failure::Failure;
use credere_core::book::{Event, finance, parties};
use credere_core::channel::{Account, Card, CardId, Customer, Partner, Site, Subscription, Verification};
use credere_core::ledger::Line;
use credere_core::money::Amount;

impl Done {
    /// The account that was opened.
    ///
    /// # Errors
    /// [`Failure::Internal`] when none was, as with all of these.
    pub fn opened(&self) -> Result<Account, Failure> {
        let Event::Parties(parties::Event::AccountOpened(fact)) = &*self.event else { return Err(unexpected()) };
        Ok(Account {
            uin: fact.uin,
            opened_at: self.at,
            class: fact.class,
            verification: fact.verification,
            tier: fact.tier,
            subscription: Subscription::default(),
            customer: None,
            verified_at: (fact.verification != Verification::None).then_some(self.at),
            own: None,
        })
    }

    /// On which site an account is that was opened.
    ///
    /// # Errors
    /// As [`Done::opened`].
    pub fn site(&self) -> Result<Site, Failure> {
        let Event::Parties(parties::Event::AccountOpened(fact)) = &*self.event else { return Err(unexpected()) };
        Ok(fact.site)
    }

    /// The partner that was registered.
    ///
    /// # Errors
    /// As [`Done::opened`].
    pub fn registered(&self) -> Result<Partner, Failure> {
        let Event::Parties(parties::Event::PartnerRegistered(fact)) = &*self.event else { return Err(unexpected()) };
        Ok(Partner {
            uin: fact.uin,
            kind: fact.kind,
            distributor: fact.distributor,
            registered_at: self.at,
            registered_seq: self.seq,
            allocation_quota: fact.allocation_quota,
            allocated: Amount::ZERO,
            spend: fact.spend_line.map(Line::with_limit),
            voucher_quota: fact.voucher_quota,
            vouchers_issued: Amount::ZERO,
            vouchers_count: 0,
            allowlist: fact.allowlist.clone(),
            second_levels: Vec::new(),
            customers_available: 0,
            customers_total: Amount::ZERO,
        })
    }

    /// The customer that was bound.
    ///
    /// # Errors
    /// As [`Done::opened`].
    pub fn bound(&self) -> Result<BoundView, Failure> {
        let Event::Parties(parties::Event::CustomerBound(fact)) = &*self.event else { return Err(unexpected()) };
        Ok(BoundView { uin: fact.customer, customer: Customer::bound(fact.partner, fact.referred, self.at, self.seq) })
    }

    /// The customer whose binding ended.
    ///
    /// # Errors
    /// As [`Done::opened`].
    pub fn unbound(&self) -> Result<UnboundView, Failure> {
        let Event::Parties(parties::Event::CustomerUnbound(fact)) = &*self.event else { return Err(unexpected()) };
        Ok(UnboundView { customer: fact.customer, partner: fact.partner, returned: fact.returned })
    }

    /// What an account has of its own after it was topped up or limited anew.
    ///
    /// # Errors
    /// As [`Done::opened`].
    pub fn finance(&self) -> Result<FinanceView, Failure> {
        match &*self.event {
            Event::Finance(finance::Event::ToppedUp(fact)) => Ok(FinanceView {
                finance: fact.finance_after,
                overdue_amount: fact.overdue_amount,
                inherits_from: fact.inherits_from,
            }),
            Event::Finance(finance::Event::FinanceChanged(fact)) => Ok(FinanceView {
                finance: fact.finance_after,
                overdue_amount: fact.overdue_amount,
                inherits_from: fact.inherits_from,
            }),
            _ => Err(unexpected()),
        }
    }

    /// The card that was added.
    ///
    /// # Errors
    /// As [`Done::opened`].
    pub fn card(&self) -> Result<Card, Failure> {
        let Event::Finance(finance::Event::CardAdded(fact)) = &*self.event else { return Err(unexpected()) };
        Ok(Card { id: CardId(self.number()?), last4: fact.last4, expires: fact.expires })
    }

    /// The credit of a customer, or the pool of a second-level reseller, after an allocation.
    ///
    /// # Errors
    /// As [`Done::opened`].
    pub fn allocated(&self) -> Result<AllocatedView, Failure> {
        match &*self.event {
            Event::Parties(parties::Event::CreditAllocated(fact)) => Ok(AllocatedView {
                account: fact.customer,
                amount: fact.amount,
                total: fact.total_after,
                available: fact.available_after,
            }),
            Event::Parties(parties::Event::PoolAllocated(fact)) => Ok(AllocatedView {
                account: fact.second_level,
                amount: fact.amount,
                total: fact.total_after,
                available: fact.remaining_after,
            }),
            _ => Err(unexpected()),
        }
    }
}
