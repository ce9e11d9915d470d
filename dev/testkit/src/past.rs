//! What the core forgets and its events still tell: allocation records, closed orders, bill lines, notices. For
//! [`crate::CoreWorld`]; other worlds have tables for it.

use crate::names::Names;
use crate::scenario::Name;
use crate::shown::{day_of, permission_list};
use crate::world::{AllocationView, Failure, InvitationView, LineView, NoticeView, ResourceView, VoucherView};
use credere_core::book::{Book, Event, bills, buying, members, metering, notices, parties, standing, vouchers};
use credere_core::channel::{
    AuthorizationId, Charge, LineId, NoticeKind, Order, OrderId, RefundScope, Resource, ResourceName, Uin, Voucher,
    VoucherId,
};
use credere_core::ledger::{Calendar, Moment, Month};
use credere_core::money::Amount;
use credere_core::organization::{Invitation, InvitationId};
use std::collections::{BTreeMap, BTreeSet};

/// Every event, in order: the first one has the journal position 1.
#[derive(Debug, Default)]
pub(crate) struct Past {
    events: Vec<Event>,
    /// When each of them happened.
    at: Vec<Moment>,
}

impl Past {
    pub(crate) fn add(&mut self, at: Moment, event: Event) {
        self.events.push(event);
        self.at.push(at);
    }

    /// A customer's allocation records, oldest first.
    pub(crate) fn allocations(&self, uin: Uin) -> Vec<AllocationView> {
        let record = |event: &Event| match event {
            Event::Parties(parties::Event::CreditAllocated(made)) if made.customer == uin => Some(AllocationView {
                amount: made.amount,
                total_after: made.total_after,
                available_after: made.available_after,
                remark: made.remark.clone(),
            }),
            Event::Parties(parties::Event::CustomerUnbound(unbound))
                if unbound.customer == uin && unbound.returned != Amount::ZERO =>
            {
                let amount = unbound.returned.negated().expect("a total is not the lowest number");
                let (total_after, available_after) = (Amount::ZERO, Amount::ZERO);
                Some(AllocationView { amount, total_after, available_after, remark: None })
            }
            _ => None,
        };
        self.events.iter().filter_map(record).collect()
    }

    /// An order as it stands.
    pub(crate) fn order(&self, id: OrderId) -> Option<&Order> {
        let mut orders = self.events.iter().rev().flat_map(|event| match event {
            // A promised refund says how the order stands once that has come back.
            Event::Buying(buying::Event::OrderChanged(changed)) => [Some(&*changed.order), refunded_by(changed)],
            Event::Buying(buying::Event::OrderRefunded(refunded)) => [Some(&*refunded.order), None],
            _ => [None, None],
        });
        orders.find_map(|order| order.filter(|order| order.id == id))
    }

    /// How an authorization was opened.
    pub(crate) fn opening(&self, id: AuthorizationId) -> Option<&buying::AuthorizationOpened> {
        let position = usize::try_from(id.opened_seq).ok()?.checked_sub(1)?;
        match self.events.get(position)? {
            Event::Buying(buying::Event::AuthorizationOpened(opened)) => Some(opened),
            _ => None,
        }
    }

    /// How an authorization ended.
    pub(crate) fn end_of(&self, id: AuthorizationId) -> Option<&'static str> {
        self.events.iter().find_map(|event| match event {
            Event::Buying(buying::Event::AuthorizationCaptured(end)) => (end.id == id).then_some("captured"),
            Event::Buying(buying::Event::AuthorizationReleased(end)) => (end.id == id).then_some("released"),
            Event::Buying(buying::Event::AuthorizationExpired(end)) => (end.id == id).then_some("expired"),
            _ => None,
        })
    }

    /// Every resource that was named, as it stands in the book, or ended.
    pub(crate) fn resources(&self, names: &Names, book: &Book) -> BTreeMap<Name, ResourceView> {
        let shown = |(name, id): (&Name, &ResourceName)| {
            let resource = book.resource(id).or_else(|| self.resource(id))?;
            let view = ResourceView {
                account: names.name(resource.account),
                pays: names.pays(resource.paying),
                state: resource.state.name().to_owned(),
                unit_price: resource.unit_price,
                quantity: resource.quantity,
                frozen: resource.frozen.customer,
                partner_frozen: Some(resource.frozen.partner),
            };
            Some((name.clone(), view))
        };
        names.resources().filter_map(shown).collect()
    }

    /// Every voucher that was named, as it stands.
    pub(crate) fn vouchers(&self, names: &Names) -> BTreeMap<Name, VoucherView> {
        let shown = |(name, id): (&Name, VoucherId)| {
            let voucher = self.voucher(id)?;
            let view = VoucherView {
                owner: names.name(voucher.owner),
                amount: voucher.amount,
                remaining: voucher.remaining,
                status: voucher.status.name().to_owned(),
            };
            Some((name.clone(), view))
        };
        names.vouchers().filter_map(shown).collect()
    }

    /// The newest resource of this name, as it stands or ended.
    pub(crate) fn resource(&self, name: &ResourceName) -> Option<&Resource> {
        self.events.iter().rev().find_map(|event| told_of_resource(event).filter(|resource| resource.name == *name))
    }

    /// A voucher as it stands or ended.
    pub(crate) fn voucher(&self, id: VoucherId) -> Option<&Voucher> {
        let latest = |event| told_of_vouchers(event).into_iter().find(|voucher| voucher.id == id);
        self.events.iter().rev().find_map(latest)
    }

    fn charges(&self) -> impl Iterator<Item = (LineId, &Charge)> {
        let numbered = self.events.iter().enumerate();
        numbered.filter_map(|(before, event)| Some((LineId(before as u64 + 1), event.charge()?)))
    }

    /// A line that a customer's credit paid in that month, as a receipt names it.
    pub(crate) fn named_line(&self, id: LineId, customer: Uin, month: Month) -> Option<bills::NamedLine> {
        let (_, charge) = self.charges().find(|(there, _)| *there == id)?;
        let theirs = charge.paying.payer == customer && charge.month == month;
        let binding_seq = charge.binding.filter(|_| theirs)?.seq;
        Some(bills::NamedLine { id, binding_seq, action: charge.action, amount: charge.amount().ok()? })
    }

    /// Every bill line.
    pub(crate) fn lines(&self, names: &Names, book: &Book) -> Result<Vec<LineView>, Failure> {
        let confirmed = self.confirmed();
        let mut lines = Vec::new();
        for (id, charge) in self.charges() {
            let figures = || Ok((charge.voucher_amount()?, charge.amount()?, charge.partner_amount()?));
            let (voucher_amount, amount, partner_amount) =
                figures().map_err(|error: credere_core::money::Overflow| Failure::new(error.to_string()))?;
            let product = book.product_numbered(charge.product);
            lines.push(LineView {
                name: names.name_of_line(id),
                account: names.name(charge.account),
                pays: names.pays(charge.paying),
                month: charge.month,
                action: charge.action,
                product: product.map(|product| product.code.to_string()).unwrap_or_default(),
                list: charge.price.list,
                voucher_amount,
                amount,
                partner_amount: Some(partner_amount),
                confirmed: confirmed.contains(&id),
            });
        }
        Ok(lines)
    }

    /// The lines that receipts have confirmed.
    fn confirmed(&self) -> BTreeSet<LineId> {
        let mut confirmed = BTreeSet::new();
        for (before, event) in self.events.iter().enumerate() {
            let Event::Bills(bills::Event::ReceiptConfirmed(receipt)) = event else { continue };
            match &receipt.named {
                Some(named) => confirmed.extend(named),
                None => {
                    let of = |charge: &Charge, part: &bills::ReceiptPart| {
                        charge.binding.is_some_and(|binding| binding.seq == part.binding_seq)
                            && charge.action == part.action
                    };
                    let flipped = self.charges().filter(|(id, charge)| {
                        id.0 <= before as u64
                            && charge.paying.payer == receipt.customer
                            && charge.month == receipt.month
                            && receipt.parts.iter().any(|part| of(charge, part))
                    });
                    confirmed.extend(flipped.map(|(id, _)| id));
                }
            }
        }
        confirmed
    }

    /// Every invitation that was named, and what has become of it.
    pub(crate) fn invitations(&self, names: &Names, now: Moment) -> BTreeMap<Name, InvitationView> {
        let shown = |(name, id): (&Name, InvitationId)| {
            let sent = self.events.iter().find_map(|event| match event {
                Event::Members(members::Event::InvitationSent(sent)) if sent.invitation.id == id => Some(sent),
                _ => None,
            })?;
            let view = InvitationView {
                admin: names.name(sent.admin),
                member: names.name(sent.invitation.member),
                permissions: permission_list(sent.invitation.permissions),
                state: self.state_of(&sent.invitation, now).to_owned(),
            };
            Some((name.clone(), view))
        };
        names.invitations().filter_map(shown).collect()
    }

    fn state_of(&self, sent: &Invitation, now: Moment) -> &'static str {
        let ended = self.events.iter().zip(&self.at).find_map(|(event, at)| match event {
            Event::Members(members::Event::InvitationEnded(ended)) => {
                (ended.invitation.id == sent.id).then(|| ended.end.name())
            }
            Event::Members(members::Event::MemberJoined(joined)) => {
                (joined.invitation.id == sent.id).then_some("accepted")
            }
            Event::Members(members::Event::OrganizationDeleted(gone)) => {
                // What was expired by then stays so.
                let open = sent.is_open(*at) && gone.invitations.iter().any(|one| one.id == sent.id);
                open.then_some("void")
            }
            _ => None,
        });
        ended.unwrap_or(if sent.is_open(now) { "open" } else { "expired" })
    }

    /// Every notice.
    pub(crate) fn notices(&self, names: &Names, calendar: Calendar) -> Vec<NoticeView> {
        let told = |(event, at): (&Event, &Moment)| {
            let day = day_of(calendar, *at);
            told_by(event).into_iter().map(move |(customer, recipient, kind)| NoticeView {
                customer: names.name(customer),
                day: day.clone(),
                recipient: names.name(recipient),
                what: kind.name().strip_prefix("credit_below_").unwrap_or(kind.name()).to_owned(),
            })
        };
        self.events.iter().zip(&self.at).flat_map(told).collect()
    }
}

/// About whom, whom, and what an event tells.
fn told_by(event: &Event) -> Vec<(Uin, Uin, NoticeKind)> {
    match event {
        Event::Standing(standing::Event::CustomerReviewed(review)) => {
            review.notices.iter().map(|notice| (review.customer, notice.recipient, notice.kind)).collect()
        }
        Event::Buying(buying::Event::OrderChanged(fact)) if fact.payer_told.is_some() => {
            vec![(fact.order.account, fact.order.paying.payer, NoticeKind::OrderToBePaid)]
        }
        Event::Notices(notices::Event::PaymentRequested(fact)) => {
            vec![(fact.order.account, fact.payer, NoticeKind::PaymentRequested)]
        }
        _ => Vec::new(),
    }
}

fn told_of_resource(event: &Event) -> Option<&Resource> {
    let Event::Metering(event) = event else { return None };
    Some(match event {
        metering::Event::ResourceActivated(fact) => &fact.resource,
        metering::Event::ResourceResized(fact) => &fact.resource,
        metering::Event::ResourceTerminated(fact) => &fact.resource,
        metering::Event::ResourceSuspended(fact) => &fact.resource,
        metering::Event::ResourceResumed(fact) => &fact.resource,
        metering::Event::ResourceDeleted(fact) => &fact.resource,
        metering::Event::UsageSettled(fact) => fact.resource.as_deref()?,
    })
}

fn told_of_vouchers(event: &Event) -> Vec<&Voucher> {
    let after = match event {
        Event::Vouchers(vouchers::Event::VoucherIssued(fact)) => {
            return std::iter::once(&fact.voucher).chain(&fact.linked).map(|it| &**it).collect();
        }
        Event::Vouchers(vouchers::Event::VoucherInvalidated(fact)) => return vec![&*fact.voucher],
        Event::Vouchers(vouchers::Event::VoucherExpired(fact)) => return vec![&*fact.voucher],
        Event::Buying(buying::Event::OrderChanged(fact)) => &fact.vouchers_after,
        Event::Buying(buying::Event::AuthorizationCaptured(fact)) => &fact.vouchers_after,
        Event::Metering(metering::Event::ResourceTerminated(fact)) => &fact.vouchers_after,
        Event::Metering(metering::Event::UsageSettled(fact)) => &fact.vouchers_after,
        Event::Parties(parties::Event::CustomerUnbound(fact)) => &fact.vouchers_after,
        _ => return Vec::new(),
    };
    after.iter().collect()
}

/// The order that this gave back, where it changed with that.
fn refunded_by(changed: &buying::OrderChanged) -> Option<&Order> {
    changed.charge.as_ref()?;
    let refund = changed.order.refund.as_deref().filter(|refund| refund.scope == RefundScope::Order)?;
    Some(&refund.of)
}
