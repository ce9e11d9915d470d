//! Who pays for an account at a moment, and whose lines that touches: the one place that finds it out. Everything else
//! keeps what it was told here, and what follows later is told from what was kept. A freeze stays with whoever paid when it
//! was made, also when its resource is resized or ends: moving it when a payer changes (O78, O79), and suspending by the
//! payer's standing (O89), come with the organization.

use crate::book::buyer::{Buyer, BuyerSide};
use crate::book::parties::Party;
use crate::book::{Book, Rejection, buying};
use crate::channel::{Account, Binding, Customer, Frozen, Partner, Paying, Resource, Side, Uin};
use crate::ledger::Moment;
use arrayvec::ArrayVec;

/// Under which binding an account was a customer at a moment, and its credit where that binding has not ended since.
type Bound<'a> = (Binding, Option<&'a Customer>);

impl Book {
    /// Who pays for an account at a moment: it itself, or whoever pays on its behalf then.
    fn payer(&self, account: Uin, at: Moment) -> Uin {
        self.payer_at(account, at).unwrap_or(account)
    }

    /// The binding of an account that was in force at a moment. What was used while one was is charged under it, also when
    /// it has ended since (R141).
    fn bound<'a>(&'a self, account: &'a Account, at: Moment) -> Option<Bound<'a>> {
        if let Some(customer) = account.customer.as_ref().filter(|customer| customer.bound_at <= at) {
            return Some((customer.binding(), Some(customer)));
        }
        self.former_binding_at(account.uin, at).map(|former| (former.binding, None))
    }
}

impl<'a> Buyer<'a> {
    /// Who pays for what an account buys, or has used, at a moment. A partner's own use is always its own.
    pub(super) fn at(book: &'a Book, uin: Uin, at: Moment) -> Result<Buyer<'a>, Rejection> {
        let account = book.existing_account(uin)?;
        let no_credit = |uin| Rejection::from(buying::Reason::NoCredit(uin));
        let own = book.bound(account, at);
        let payer = if own.is_some() { book.payer(uin, at) } else { uin };
        let bound = if payer == uin {
            own
        } else {
            Some(book.bound(book.existing_account(payer)?, at).ok_or(no_credit(payer))?)
        };
        let managing = match bound {
            Some((binding, _)) => book.existing_partner(binding.partner, Party::Partner)?,
            None => book.partner(uin).ok_or(no_credit(uin))?,
        };
        let own = own.map(|(binding, _)| binding);
        let (binding, customer) = bound.map_or((None, None), |(binding, customer)| (Some(binding), customer));
        Buyer::with(account, own, payer, binding, customer, book.paying_partner(managing))
    }

    /// Who pays for what goes on from what was kept: it goes back where it came from.
    pub(super) fn kept(
        book: &'a Book,
        account: Uin,
        paying: Paying,
        binding: Option<Binding>,
    ) -> Result<Buyer<'a>, Rejection> {
        let account = book.existing_account(account)?;
        let payer = if paying.payer == account.uin { Some(account) } else { book.account(paying.payer) };
        let payer = payer.and_then(|payer| payer.customer.as_ref());
        // Only the binding that it was charged under has it on its line; a later one never had it.
        let customer = payer.filter(|now| Some(now.binding()) == binding);
        let own = account.customer.as_ref().map(Customer::binding);
        let partner = paying.partner.and_then(|partner| book.partner(partner));
        Buyer::with(account, own, paying.payer, binding, customer, partner)
    }

    /// Who pays for what goes on from a resource: what is frozen for it is on the lines of whoever paid then; where nothing
    /// is, it is who pays now.
    pub(super) fn of_resource(book: &'a Book, resource: &Resource, now: Moment) -> Result<Buyer<'a>, Rejection> {
        if resource.frozen == Frozen::default() {
            return Buyer::at(book, resource.account, now);
        }
        Buyer::kept(book, resource.account, resource.paying, resource.binding)
    }

    fn with(
        account: &'a Account,
        own: Option<Binding>,
        payer: Uin,
        binding: Option<Binding>,
        customer: Option<&'a Customer>,
        partner: Option<&'a Partner>,
    ) -> Result<Buyer<'a>, Rejection> {
        let Some((partner, spend)) = partner.and_then(|partner| Some((partner.uin, partner.spend.as_ref()?))) else {
            return Err(buying::Reason::NoCredit(account.uin).into());
        };
        let side = if payer == account.uin { Side::Customer } else { Side::Payer };
        let credit = customer.map(|customer| BuyerSide { side, account: payer, line: customer.line });
        let spend = BuyerSide { side: Side::Partner, account: partner, line: *spend };
        let sides: ArrayVec<_, _> = credit.into_iter().chain([spend]).collect();
        Ok(Buyer { account, payer, binding, own, partner, sides })
    }
}

#[cfg(test)]
mod tests;
