//! Finding what a command names, or refusing it: one place for each kind of thing.

use crate::book::fit::{Fit, Misfit};
use crate::book::parties::Party;
use crate::book::{Book, Named, Rejection, buying, catalogue, metering, parties, vouchers};
use crate::channel::{
    Account, Authorization, AuthorizationId, Customer, Order, OrderId, OrderState, Own, Partner, Product, ProductCode,
    Resource, ResourceId, ResourceState, Spending, Uin, Voucher, VoucherId, VoucherStatus,
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

    /// An order that is still open, for what only one that is `needed` permits.
    pub(super) fn existing_order(
        &self,
        order: &Named<OrderId, OrderState>,
        needed: OrderState,
    ) -> Result<&Order, Rejection> {
        let closed = |state: &OrderState| buying::Reason::OrderNot { state: *state, needed }.into();
        order.or_refused(self.open_order(order.id), closed, buying::Reason::OrderNotFound)
    }

    /// Whether the opening of an authorization that is not in the book may be in its journal: a number beyond the end, or of
    /// another shard, never was an authorization.
    pub fn may_have_opened(&self, id: AuthorizationId) -> bool {
        self.shard.position_of(id.opened_seq).is_some_and(|position| position <= self.seq)
    }

    /// An authorization that is still open. A closed one is gone from the book, but its number says that it was there.
    pub(super) fn existing_authorization(&self, id: AuthorizationId) -> Result<&Authorization, Rejection> {
        let missing = if self.may_have_opened(id) {
            buying::Reason::AuthorizationNotOpen
        } else {
            buying::Reason::AuthorizationNotFound
        };
        self.open_authorization(id).ok_or(Rejection::from(missing))
    }

    /// A resource that runs or is stopped; nothing is named by a name that none ever had.
    pub(super) fn existing_resource(
        &self,
        resource: Option<&Named<ResourceId, ResourceState>>,
    ) -> Result<&Resource, Rejection> {
        let ended = |state: &ResourceState| metering::Reason::ResourceNotActive(*state).into();
        let resource = resource.ok_or(metering::Reason::ResourceNotFound)?;
        resource.or_refused(self.resource_numbered(resource.id), ended, metering::Reason::ResourceNotFound)
    }

    /// A resource's product.
    pub(super) fn product_of(&self, resource: &Resource) -> Result<&Product, Rejection> {
        self.product_numbered(resource.product).ok_or(Rejection::from(catalogue::Reason::ProductNotFound))
    }

    /// A voucher that can still pay something, or of which an open order has a part set aside.
    pub(super) fn existing_voucher(&self, voucher: &Named<VoucherId, VoucherStatus>) -> Result<&Voucher, Rejection> {
        let ended = |status: &VoucherStatus| vouchers::Reason::VoucherNotIssued(*status).into();
        voucher.or_refused(self.voucher(voucher.id), ended, vouchers::Reason::VoucherNotFound)
    }

    pub(super) fn partner_mut(&mut self, uin: Uin) -> Fit<&mut Partner> {
        self.parties.partners.get_mut(uin).ok_or(Misfit("no such partner"))
    }

    pub(super) fn customer_mut(&mut self, uin: Uin) -> Fit<&mut Customer> {
        self.parties.customer_mut(uin)
    }

    /// What an account has open, and how it stands.
    pub(super) fn spending_mut(&mut self, uin: Uin) -> Fit<&mut Spending> {
        let account = self.parties.accounts.get_mut(uin).ok_or(Misfit("no such account"))?;
        Ok(account.spending_mut())
    }

    /// What an account has of its own.
    pub(super) fn own_mut(&mut self, uin: Uin) -> Fit<&mut Own> {
        let account = self.parties.accounts.get_mut(uin).ok_or(Misfit("no such account"))?;
        Ok(account.own_mut())
    }

    pub(super) fn spend_mut(&mut self, uin: Uin) -> Fit<&mut Line> {
        self.partner_mut(uin)?.spend.as_mut().ok_or(Misfit("the partner has no spend line"))
    }
}
