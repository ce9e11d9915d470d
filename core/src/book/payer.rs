//! Who pays for an account at a moment, and whose lines that touches: the one place that finds it out. Everything else
//! keeps what it was told here, and what follows later is told from what was kept. A freeze stays with whoever paid when it
//! was made, also when its resource is resized or ends; when somebody begins or ceases to pay it moves (`payers`).

use crate::book::buyer::Buyer;
use crate::book::parties::Party;
use crate::book::{Book, Rejection, buying};
use crate::channel::{Account, Binding, Customer, Frozen, Own, Partner, Paying, Resource, Uin};
use crate::ledger::{Funds, Moment};

/// What something is paid with, and under which binding that was handed down.
enum Means<'a> {
    /// Credit under a binding, as it is where that has not ended since.
    Credit(Binding, Option<&'a Customer>),
    /// Money of the payer's own.
    Money(&'a Own),
    /// A partner's spend line alone: its own use.
    Spend(&'a Partner),
}

impl Book {
    /// Who pays for an account at a moment: it itself, or whoever pays on its behalf then.
    fn payer(&self, account: Uin, at: Moment) -> Uin {
        self.payer_at(account, at).unwrap_or(account)
    }

    /// The binding of an account that was in force at a moment and handed credit down, with that credit where it has not ended
    /// since. What was used while one was is charged under it, also when it has ended since (R141).
    fn bound<'a>(&'a self, account: &'a Account, at: Moment) -> Option<(Binding, Option<&'a Customer>)> {
        if let Some(customer) = account.on_credit().filter(|customer| customer.bound_at <= at) {
            return Some((customer.binding(), Some(customer)));
        }
        let former = self.former_binding_at(account.uin, at)?;
        let managing = self.partner(former.binding.partner)?;
        managing.kind.manages_credit().then_some((former.binding, None))
    }

    /// What an account that pays had to pay with at a moment.
    fn means<'a>(&'a self, payer: &'a Account, at: Moment) -> Result<Means<'a>, Rejection> {
        if let Some((binding, customer)) = self.bound(payer, at) {
            return Ok(Means::Credit(binding, customer));
        }
        if let Some(own) = self.own(payer.uin) {
            return Ok(Means::Money(own));
        }
        let partner = self.partner(payer.uin).ok_or(buying::Reason::NoCredit(payer.uin))?;
        Ok(Means::Spend(partner))
    }
}

impl<'a> Buyer<'a> {
    /// An account that pays for itself now, whoever did until now.
    pub(super) fn itself(book: &'a Book, uin: Uin, now: Moment) -> Result<Buyer<'a>, Rejection> {
        Buyer::paid_by(book, uin, uin, (now, now))
    }

    /// Who pays for what an account has used until `at`: its own binding is the one of then, and who pays is who does at
    /// `settled`, when the cycle ends (O80), with what it has then.
    pub(super) fn of_usage(book: &'a Book, uin: Uin, at: Moment, settled: Moment) -> Result<Buyer<'a>, Rejection> {
        Buyer::paid_by(book, uin, book.payer(uin, settled), (at, settled))
    }

    /// Who pays for what an account buys, or has used, at a moment. A partner's own use is always its own.
    pub(super) fn at(book: &'a Book, uin: Uin, at: Moment) -> Result<Buyer<'a>, Rejection> {
        Buyer::paid_by(book, uin, book.payer(uin, at), (at, at))
    }

    /// What the account itself has is that of the first moment, and what somebody else pays with that of the second.
    fn paid_by(book: &'a Book, uin: Uin, payer: Uin, (at, settled): (Moment, Moment)) -> Result<Buyer<'a>, Rejection> {
        let account = book.existing_account(uin)?;
        let payer = if payer == uin { account } else { book.existing_account(payer)? };
        let means = book.means(payer, if payer.uin == uin { at } else { settled })?;
        let partner = match means {
            Means::Credit(binding, _) => Some(book.existing_partner(binding.partner, Party::Partner)?),
            Means::Spend(partner) => Some(partner),
            Means::Money(_) => None,
        };
        let partner = partner.map(|managing| book.paying_partner(managing).ok_or(buying::Reason::NoCredit(payer.uin)));
        let own = if payer.uin == uin { means.binding() } else { book.bound(account, at).map(|(binding, _)| binding) };
        Buyer::with(account, own, payer.uin, means, partner.transpose()?)
    }

    /// Who pays for what goes on from what was kept: it goes back where it came from.
    pub(super) fn kept(
        book: &'a Book,
        account: Uin,
        paying: Paying,
        binding: Option<Binding>,
    ) -> Result<Buyer<'a>, Rejection> {
        let account = book.existing_account(account)?;
        let payer = if paying.payer == account.uin { account } else { book.existing_account(paying.payer)? };
        let partner = paying.partner.and_then(|partner| book.partner(partner));
        let means = match (binding, partner) {
            // Only the binding that it was charged under has it on its line; a later one never had it.
            (Some(binding), _) => {
                let now = payer.customer.as_ref().filter(|now| now.binding() == binding);
                Means::Credit(binding, now)
            }
            (None, Some(partner)) => Means::Spend(partner),
            (None, None) => Means::Money(payer.own()),
        };
        let own = account.on_credit().map(Customer::binding);
        Buyer::with(account, own, paying.payer, means, partner)
    }

    /// Who pays for what goes on from a resource: what is frozen for it is with whoever paid then; where nothing is, it is who
    /// pays now.
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
        means: Means<'a>,
        partner: Option<&'a Partner>,
    ) -> Result<Buyer<'a>, Rejection> {
        let funds = match means {
            Means::Credit(_, customer) => customer.map(|customer| Funds::Credit(customer.line)),
            Means::Money(own) => Some(Funds::Money(own.finance)),
            Means::Spend(_) => None,
        };
        let spend = |partner: &Partner| {
            let line = partner.spend.ok_or(buying::Reason::NoCredit(account.uin))?;
            Ok::<_, Rejection>((partner.uin, line))
        };
        let partner = partner.map(spend).transpose()?;
        Ok(Buyer { account, payer, binding: means.binding(), own, funds, partner })
    }
}

impl Means<'_> {
    fn binding(&self) -> Option<Binding> {
        match self {
            Means::Credit(binding, _) => Some(*binding),
            Means::Money(_) | Means::Spend(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
