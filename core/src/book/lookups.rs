//! Finding what a command names, or refusing it: one place for each kind of thing.

use crate::book::fit::{Fit, Misfit};
use crate::book::parties::Party;
use crate::book::{Book, Rejection, buying, catalogue, metering, parties, vouchers};
use crate::channel::{
    Account, Authorization, AuthorizationId, Customer, Order, OrderId, Partner, Product, ProductCode, Resource,
    ResourceName, Uin, Voucher, VoucherId,
};
use crate::ledger::Line;

impl Book {
    /// An account.
    pub(super) fn existing_account(&self, uin: Uin) -> Result<&Account, Rejection> {
        self.account(uin).ok_or(Rejection::from(parties::Reason::PartyNotFound(Party::Account, uin)))
    }

    /// A partner, told as what it was to be.
    pub(super) fn existing_partner(&self, uin: Uin, party: Party) -> Result<&Partner, Rejection> {
        self.partner(uin).ok_or(Rejection::from(parties::Reason::PartyNotFound(party, uin)))
    }

    /// A bound customer.
    pub(super) fn existing_customer(&self, uin: Uin) -> Result<&Customer, Rejection> {
        self.customer(uin).ok_or(Rejection::from(parties::Reason::PartyNotFound(Party::Customer, uin)))
    }

    /// A product and its number.
    pub(super) fn existing_product(&self, code: &ProductCode) -> Result<(u32, &Product), Rejection> {
        self.product(code).ok_or(Rejection::from(catalogue::Reason::ProductNotFound))
    }

    /// An order that is still open. A closed one is gone from the book.
    pub(super) fn existing_order(&self, id: OrderId) -> Result<&Order, Rejection> {
        self.open_order(id).ok_or(Rejection::from(buying::Reason::OrderNotFound))
    }

    /// An authorization that is still open. A closed one is gone from the book, but its number says that it was there: a
    /// number beyond the journal's end never was an authorization.
    pub(super) fn existing_authorization(&self, id: AuthorizationId) -> Result<&Authorization, Rejection> {
        let ended = id.opened_seq <= self.seq();
        let missing = if ended { buying::Reason::AuthorizationNotOpen } else { buying::Reason::AuthorizationNotFound };
        self.open_authorization(id).ok_or(Rejection::from(missing))
    }

    /// A resource that runs or is stopped.
    pub(super) fn existing_resource(&self, name: &ResourceName) -> Result<&Resource, Rejection> {
        self.resource(name).ok_or(Rejection::from(metering::Reason::ResourceNotFound))
    }

    /// A resource's product.
    pub(super) fn product_of(&self, resource: &Resource) -> Result<&Product, Rejection> {
        self.product_numbered(resource.product).ok_or(Rejection::from(catalogue::Reason::ProductNotFound))
    }

    /// A voucher that can still pay something, or of which an open order has a part set aside.
    pub(super) fn existing_voucher(&self, id: VoucherId) -> Result<&Voucher, Rejection> {
        self.voucher(id).ok_or(Rejection::from(vouchers::Reason::VoucherNotFound))
    }

    pub(super) fn partner_mut(&mut self, uin: Uin) -> Fit<&mut Partner> {
        self.parties.partners.get_mut(&uin).ok_or(Misfit("no such partner"))
    }

    pub(super) fn customer_mut(&mut self, uin: Uin) -> Fit<&mut Customer> {
        self.parties
            .accounts
            .get_mut(uin)
            .and_then(|account| account.customer.as_mut())
            .ok_or(Misfit("no such customer"))
    }

    pub(super) fn spend_mut(&mut self, uin: Uin) -> Fit<&mut Line> {
        self.partner_mut(uin)?.spend.as_mut().ok_or(Misfit("the partner has no spend line"))
    }
}
