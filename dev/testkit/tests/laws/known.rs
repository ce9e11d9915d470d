//! What has been made so far, and how the application looks it up for a command that names it.

use credere_auditor::{Auditor, Step as Asked};
use credere_core::book::{Command, Named, bills, buying, members, metering, notices, vouchers};
use credere_core::channel::{
    AuthorizationId, DiscountId, Order, OrderId, OrderState, ResourceId, ResourceName, ResourceState, Uin, VoucherId,
    VoucherStatus, WebhookId,
};
use credere_core::ledger::Month;
use credere_core::organization::{InvitationId, OrganizationId, RecordId, RelationId};
use std::collections::BTreeMap;

/// What symbols stand for: the things that were made so far, and the auditor to ask for figures.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) orders: Vec<OrderId>,
    pub(crate) authorizations: Vec<AuthorizationId>,
    pub(crate) discounts: Vec<DiscountId>,
    /// Orders as they stand, since who asks for something of one brings along how it ended.
    pub(crate) latest: BTreeMap<OrderId, Order>,
    pub(crate) resources: Vec<(ResourceId, ResourceName)>,
    /// How resources ended, likewise.
    pub(crate) ended: BTreeMap<ResourceId, ResourceState>,
    pub(crate) vouchers: Vec<VoucherId>,
    /// Bill lines with whose credit paid and their month, since who asks for a receipt looks them up.
    pub(crate) lines: Vec<(Uin, Month, bills::NamedLine)>,
    pub(crate) webhooks: Vec<WebhookId>,
    /// Orders that somebody was asked to pay.
    pub(crate) requested: Vec<OrderId>,
    pub(crate) organizations: Vec<OrganizationId>,
    pub(crate) invitations: Vec<InvitationId>,
    pub(crate) creations: Vec<RecordId>,
    pub(crate) relations: Vec<RelationId>,
}

impl Known {
    /// Puts what was made last where the prelude leaves open what it means.
    pub(crate) fn name_the_last(&self, command: &mut Command) {
        if let Command::Notices(notices::Command::RequestPayment(asked)) = command {
            let waits = |order: &&Order| order.state == OrderState::ToBePaid && order.paying.payer != order.account;
            asked.order = self.latest.values().find(waits).map_or(asked.order.id, |order| order.id).into();
        }
        let Command::Members(command) = command else { return };
        let organization = self.organizations.last().copied().unwrap_or(OrganizationId(0));
        let relation = self.relations.last().copied().unwrap_or(RelationId(0));
        match command {
            members::Command::AcceptInvitation(asked) => {
                asked.invitation = self.invitations.last().copied().unwrap_or(InvitationId(0));
            }
            members::Command::AssociateEntity(asked) => asked.organization = organization,
            members::Command::ChangeOrganization(asked) => asked.organization = organization,
            members::Command::EndEntity(asked) => (asked.organization, asked.relation) = (organization, relation),
            members::Command::CreateMember(asked) => asked.relation = asked.relation.map(|_| relation),
            members::Command::DecideCreation(asked) => {
                asked.organization = organization;
                asked.record = self.last_record();
            }
            _ => {}
        }
    }

    /// The record that was made last.
    fn last_record(&self) -> RecordId {
        self.creations.last().copied().unwrap_or(RecordId(0))
    }

    /// The same of a record alone.
    pub(crate) fn name_the_last_record(&self, command: &mut Command) {
        if let Command::Members(members::Command::DecideCreation(asked)) = command {
            asked.record = self.last_record();
        }
    }

    /// The command as the application puts it together: with how what it names has ended, which it looks up.
    pub(crate) fn looked_up(&self, asked: &Asked, world: &Auditor) -> Command {
        let resource = |wanted: &ResourceName| {
            let newest = self.resources.iter().rev().find(|(_, name)| name == wanted);
            newest.map(|(id, _)| Named { id: *id, ended: self.ended.get(id).copied() })
        };
        let mut command = match asked {
            Asked::Command(command) => command.clone(),
            Asked::Refund { order, amount, scope, capture } => {
                let order = Named { id: *order, ended: self.latest.get(order).cloned().map(Box::new) };
                buying::RefundOrder { order, amount: *amount, scope: *scope, capture: *capture }.into()
            }
            Asked::Resize { name, unit_price, quantity } => {
                let (resource, unit_price, quantity) = (resource(name), *unit_price, *quantity);
                metering::ResizeResource { resource, unit_price, quantity }.into()
            }
            Asked::Terminate { name, final_amount } => {
                metering::TerminateResource { resource: resource(name), final_amount: *final_amount }.into()
            }
            Asked::ConfirmLines { .. } => unreachable!("lines are drawn as they are in `lines`"),
        };
        match &mut command {
            Command::Buying(
                buying::Command::PayOrder(buying::PayOrder { order, .. })
                | buying::Command::DeliverOrder(buying::DeliverOrder { order })
                | buying::Command::CancelOrder(buying::CancelOrder { order }),
            )
            | Command::Notices(notices::Command::RequestPayment(notices::RequestPayment { order })) => {
                order.ended = self.latest.get(&order.id).map(|order| order.state).filter(|state| !state.open())
            }
            Command::Vouchers(vouchers::Command::InvalidateVoucher(vouchers::InvalidateVoucher { voucher })) => {
                let state = world.vouchers.get(&voucher.id.0).map(|voucher| voucher.state);
                voucher.ended = state.filter(|state| *state != VoucherStatus::Issued);
            }
            _ => {}
        }
        command
    }
}
