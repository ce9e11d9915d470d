//! The part of the book about what is paid in advance: open orders and authorizations, and what orders gave back.

use super::expiries::Expiries;
use crate::book::Book;
use crate::book::pages::{PageKey, Pages};
use crate::channel::{
    Authorization, AuthorizationId, Order, OrderId, Paid, PaidFor, PrepaidResource, Purse, Return, Share,
};
use crate::ledger::Parts;
use crate::money::{Amount, Overflow};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Open orders and authorizations, and what orders gave back.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) orders: Pages<OrderId, Order>,
    pub(in crate::book) authorizations: Pages<u64, Authorization>,
    pub(in crate::book) expiries: Expiries,
    /// What delivered orders have given back, on both sides, for ever. Those that gave nothing back are not here.
    pub(in crate::book) refunds: Pages<OrderId, Refunds>,
    /// What prepaid resources were paid with and have neither given back nor promised to, by payer and purse, in the order of
    /// their first payments. Only those that have given everything back are not here: nobody says when a prepaid resource ends,
    /// so each one that an order named stays, also under a binding that has ended, whose orders may still be given back.
    pub(in crate::book) paid: Pages<PrepaidResource, Vec<Purse>>,
    /// What is decided to go back to payers and is about to, in order. Nothing outside the commit that decided it.
    pub(in crate::book) returning: VecDeque<Return>,
}

impl Book {
    /// An order that is still open (to be paid or processing).
    pub fn open_order(&self, id: OrderId) -> Option<&Order> {
        self.buying.orders.get(&id)
    }

    /// An authorization that is still open.
    pub fn open_authorization(&self, id: AuthorizationId) -> Option<&Authorization> {
        self.buying.authorizations.get(&id.opened_seq).filter(|open| open.account == id.account)
    }

    /// How many authorizations are open.
    pub fn open_authorizations(&self) -> usize {
        self.buying.authorizations.len()
    }

    /// What a delivered order has given back so far; `None` for one that was never given back.
    pub fn refunds(&self, order: OrderId) -> Option<Refunds> {
        self.buying.refunds.get(&order).copied()
    }

    /// What was paid for a prepaid resource from one purse and is not given back.
    pub fn paid(&self, what: &PaidFor) -> Paid {
        let mut purses = self.purses(&what.prepaid()).iter();
        let purse = purses.find(|purse| (purse.paying.payer, purse.purse_number()) == (what.payer, what.binding_seq));
        purse.map(|purse| purse.paid).unwrap_or_default()
    }

    /// When something was last paid for it from that purse; 0 where nothing is left.
    pub(in crate::book) fn paid_last(&self, what: &PaidFor) -> u64 {
        let mut purses = self.purses(&what.prepaid()).iter();
        let purse = purses.find(|purse| (purse.paying.payer, purse.purse_number()) == (what.payer, what.binding_seq));
        purse.map_or(0, |purse| purse.paid_last)
    }

    /// What was paid for a prepaid resource and is not given back, by payer and purse.
    pub fn purses(&self, what: &PrepaidResource) -> &[Purse] {
        self.buying.paid.get(what).map_or(&[], Vec::as_slice)
    }

    /// Everything that was paid for prepaid resources and is not given back, by account, and within one in no order.
    pub fn paid_resources(&self) -> impl Iterator<Item = (PaidFor, &Paid)> {
        self.buying.paid.iter().flat_map(|(what, purses)| {
            purses.iter().map(|purse| {
                (PaidFor::by(what.account, purse.paying, purse.binding, what.resource.clone()), &purse.paid)
            })
        })
    }

    pub(in crate::book) fn index_authorization(&mut self, number: u64, open: Authorization) {
        self.buying.expiries.insert(open.expires_at, number);
        self.buying.authorizations.insert(number, open);
    }

    /// Finds anew when each open authorization expires.
    pub(in crate::book) fn index_authorizations(&mut self) {
        let opened = self.buying.authorizations.iter();
        self.buying.expiries = opened.map(|(number, open)| (open.expires_at, *number)).collect();
    }
}

impl PageKey for OrderId {
    fn number(&self) -> u64 {
        self.0
    }
}

impl PageKey for u64 {
    fn number(&self) -> u64 {
        *self
    }
}

/// How many pages what was paid for an account's resources is spread over, as a power of two.
const PAID_BITS: u32 = 11;

impl PageKey for PrepaidResource {
    fn number(&self) -> u64 {
        self.account.number()
    }

    /// An account may have any number of them, so they lie on pages by a hash of their names (FNV-1a), and not in order.
    fn page(&self) -> u64 {
        let mixed = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = self.resource.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, mixed);
        (self.account.number() << PAID_BITS) | ((hash ^ (hash >> 32)) & ((1 << PAID_BITS) - 1))
    }
}

/// What a delivered order has given back, or promised to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Refunds {
    /// To the customer.
    pub customer: Amount,
    /// To the paying partner.
    pub partner: Amount,
    /// To each part of the payer's own money.
    pub parts: Parts,
    /// How much of the customer's is only promised: its refund waits to be delivered.
    pub promised: Amount,
    /// How much of the paying partner's is.
    pub partner_promised: Amount,
    /// Whether a refund has left nothing: the order is refunded, and gives nothing back any more.
    pub ended: bool,
}

impl Refunds {
    /// With one more share, given or promised.
    pub(super) fn with(self, share: &Share) -> Result<Refunds, Overflow> {
        let (amount, partner, parts) = (share.amount()?, share.partner_amount()?, share.parts.unwrap_or_default());
        Ok(Refunds {
            customer: self.customer.plus(amount)?,
            partner: self.partner.plus(partner)?,
            parts: Parts {
                granted: self.parts.granted.minus(parts.granted)?,
                cash: self.parts.cash.minus(parts.cash)?,
                credit: self.parts.credit.minus(parts.credit)?,
            },
            ..self
        })
    }

    /// With what an order promises.
    pub(super) fn promised(self, order: &Order) -> Result<Refunds, Overflow> {
        order.shares.iter().try_fold(self, |refunds, share| {
            Ok(Refunds {
                promised: refunds.promised.plus(share.amount()?)?,
                partner_promised: refunds.partner_promised.plus(share.partner_amount()?)?,
                ..refunds.with(share)?
            })
        })
    }

    /// Once the order has kept what it promised.
    pub(super) fn kept(self, order: &Order) -> Result<Refunds, Overflow> {
        order.shares.iter().try_fold(self, |refunds, share| {
            Ok(Refunds {
                promised: refunds.promised.minus(share.amount()?)?,
                partner_promised: refunds.partner_promised.minus(share.partner_amount()?)?,
                ..refunds
            })
        })
    }

    /// Once the order is given up, so that what it promised is to be had again.
    pub(super) fn given_up(self, order: &Order) -> Result<Refunds, Overflow> {
        order.shares.iter().try_fold(self.kept(order)?, |refunds, share| {
            let parts = share.parts.unwrap_or_default();
            Ok(Refunds {
                customer: refunds.customer.minus(share.amount()?)?,
                partner: refunds.partner.minus(share.partner_amount()?)?,
                parts: Parts {
                    granted: refunds.parts.granted.plus(parts.granted)?,
                    cash: refunds.parts.cash.plus(parts.cash)?,
                    credit: refunds.parts.credit.plus(parts.credit)?,
                },
                ..refunds
            })
        })
    }
}
