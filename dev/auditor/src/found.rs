//! What a book says: each figure of an account, its vouchers, bills and resources, by name. Only looked up, and nothing is
//! reckoned here.

use super::facts::{self, Creation, Relation, State};
use super::figures::{
    FigureOwner, IntervalSeen, InvitationSeen, MemberSeen, OF_CREDIT, OF_OWN_MONEY, OrganizationSeen, Seen, account,
    bits, count, level, moment, month, place,
};
use super::{Units, units};
use credere_core::access::KeyAccess;
use credere_core::book::Book;
use credere_core::channel::{
    AllowlistItem, Customer, EntityId, Own, Partner, PartnerKind, ResourceName, ResourceState, Spender, Standing, Uin,
    Verification, VoucherId, VoucherStatus,
};
use credere_core::ledger::Moment;
use credere_core::organization::{Asked, CreationState, MemberKind, PayerInterval, RelationState};

const fn standing(standing: Standing) -> Units {
    match standing {
        Standing::Normal => 0,
        Standing::Overdue => 1,
        Standing::Forced => 2,
    }
}

fn state(state: &CreationState) -> State {
    match state {
        CreationState::Done => State::Done,
        CreationState::Waiting => State::Waiting,
        CreationState::Refused => State::Refused,
        CreationState::Failed(failed) => State::Failed(failed.clone()),
    }
}

impl Seen {
    /// What the book says of this account, at this moment.
    pub fn account(&mut self, book: &Book, uin: Uin, now: Moment) {
        let whose = FigureOwner::Account(uin);
        let Some(known) = book.account(uin) else { return };
        self.add(&whose, [("verified", Units::from(known.verification != Verification::None))]);
        let told = book.account_facts(uin);
        let entity = told.entity.as_ref().map(EntityId::as_str);
        self.told(&whose, entity, told.followed, told.cards.iter().map(|card| card.id.0));
        let good = told.has_card(book.calendar().month(now));
        self.add(&whose, [("has a card that is good", Units::from(good))]);
        self.add(&whose, [("was created", Units::from(told.created))]);
        self.sorted(&whose, known.class, known.verification, known.tier, told.site);
        self.membership(book, &whose, uin, now);
        self.transfers(book, uin);
        self.own(&whose, known.own());
        if let Some(customer) = &known.customer {
            self.customer(&whose, customer);
        }
        if let Some(partner) = book.partner(uin) {
            self.partner(book, &whose, partner);
        }
        // The book has them in no order within an account.
        let mut paid: Vec<_> = book.paid_resources().filter(|(what, _)| what.account == uin).collect();
        paid.sort_unstable_by(|(what, _), (other, _)| what.cmp(other));
        for (what, paid) in paid {
            self.add(
                &FigureOwner::Prepaid((uin, what.payer, what.binding_seq, what.resource.clone())),
                [
                    ("paid by the account", paid.customer),
                    ("paid by the partner", paid.partner),
                    ("paid of gifts", paid.granted),
                    ("paid on own credit", paid.credit),
                ],
            );
        }
        self.add(&whose, [("inherits from", account(book.inherits_offers_from(uin)))]);
        for pack in book.packs_of(uin) {
            self.add(
                &FigureOwner::Pack(pack.id.0),
                [
                    ("units", Units::from(pack.units.units())),
                    ("units left", Units::from(pack.remaining.units())),
                    ("of product", Units::from(pack.product)),
                ],
            );
        }
        self.add(&whose, [("voucher balance", book.voucher_balance(uin, now))]);
        for voucher in book.vouchers_of(uin) {
            let VoucherId(id) = voucher.id;
            self.add(
                &FigureOwner::Voucher(id),
                [
                    ("remaining", units(voucher.remaining)),
                    ("reserved", units(voucher.reserved)),
                    ("issued", Units::from(voucher.status == VoucherStatus::Issued)),
                    ("taken back", Units::from(voucher.status == VoucherStatus::Invalidated)),
                ],
            );
        }
        let parts = book.open_bills(uin).flat_map(|bill| bill.parts.iter().map(move |part| (bill, part)));
        let mut parts: Vec<_> = parts.map(|(bill, part)| (bill.binding.seq, bill.month, part)).collect();
        parts.sort_by_key(|(binding, month, part)| (*binding, *month, part.action));
        for (binding, month, part) in parts {
            let whose = FigureOwner::Bill(uin, binding, month, part.action);
            self.add(&whose, [("open lines", Units::from(part.lines)), ("open amount", units(part.amount))]);
        }
    }

    /// The organization that the account is the admin of, or what it is as a member, and who pays and has paid for it.
    fn membership(&mut self, book: &Book, whose: &FigureOwner, uin: Uin, now: Moment) {
        if let Some(organization) = book.organization_of_admin(uin) {
            self.organization(&OrganizationSeen {
                id: organization.id.0,
                admin: organization.admin,
                created_at: organization.created_at,
                features: &organization.settings.features,
                quotas: organization.settings.quotas,
                member_deletion: organization.settings.member_deletion,
                members: book.members_of(organization.id).map(|member| member.uin).collect(),
            });
            for creation in book.creations_of(organization.id) {
                self.creation(
                    creation.id.0,
                    &Creation {
                        organization: creation.organization.0,
                        uin: creation.uin,
                        relation: creation.relation.map(|relation| relation.0),
                        permissions: creation.permissions,
                        payer: creation.payer,
                        at: creation.at,
                        state: state(&creation.state),
                    },
                );
            }
            for relation in book.entity_relations_of(organization.id) {
                self.relation(
                    relation.id.0,
                    &Relation {
                        organization: relation.organization.0,
                        entity: relation.entity.as_str().to_owned(),
                        active: relation.state == RelationState::Active,
                        admin: relation.admin,
                    },
                );
            }
        }
        if let Some(member) = book.member(uin) {
            self.member(
                whose,
                &MemberSeen {
                    organization: member.organization.0,
                    created: member.kind == MemberKind::Created,
                    permissions: member.permissions,
                    asked: member.asked.map(|Asked { permissions, payer }| facts::Asked { permissions, payer }),
                    allow_quit: member.allow_quit,
                    joined_at: member.joined_at,
                },
            );
        }
        if let Some(invitation) = book.invitation_to(uin, now) {
            self.invitation(&InvitationSeen {
                id: invitation.id.0,
                organization: invitation.organization.0,
                member: invitation.member,
                permissions: invitation.permissions,
                payer: invitation.payer,
                allow_quit: invitation.allow_quit,
                sent_at: invitation.sent_at,
            });
        }
        for interval in book.payer_intervals(uin) {
            let PayerInterval { payer, organization, from, until, started_by } = *interval;
            self.interval(whose, &IntervalSeen { payer, organization: organization.0, from, until, started_by });
        }
        self.add(whose, [("payer now", account(book.payer_of(uin)))]);
        // The book has them in no order.
        let mut members: Vec<Uin> = book.paid_for_by(uin).collect();
        members.sort_unstable();
        self.add(whose, members.into_iter().map(|member| ("pays for", account(Some(member)))));
    }

    fn own(&mut self, whose: &FigureOwner, own: &Own) {
        let finance = &own.finance;
        self.add(
            whose,
            [
                ("cash", units(finance.cash())),
                ("granted", units(finance.granted())),
                ("own limit", units(finance.credit_limit())),
                ("owed on it", units(finance.credit_used())),
                ("own money held", units(finance.prepay_frozen())),
                ("own money frozen", units(finance.postpay_frozen())),
                ("own money set aside", units(finance.frozen())),
                ("own money available", units(finance.available())),
                ("overdue bills", units(own.overdue_amount)),
            ],
        );
        self.spending(whose, OF_OWN_MONEY, own.spender());
    }

    fn spending(&mut self, whose: &FigureOwner, names: [&'static str; 9], spender: Spender) {
        let spending = spender.spending;
        let figures = [
            standing(spender.standing()),
            standing(spending.notified),
            moment(spending.overdue_since),
            moment(spending.forced_since),
            Units::from(spending.processing_orders),
            Units::from(spending.parked_orders),
            Units::from(spending.open_authorizations),
            Units::from(spending.non_stop.prepaid),
            Units::from(spending.non_stop.postpaid),
        ];
        self.add(whose, names.into_iter().zip(figures));
    }

    fn customer(&mut self, whose: &FigureOwner, customer: &Customer) {
        let line = &customer.line;
        self.add(
            whose,
            [
                ("managing partner", Units::from(customer.partner.number())),
                ("binding", Units::from(customer.bound_seq)),
                ("lent to", Units::from(!customer.referred)),
                ("total", units(line.limit())),
                ("used", units(line.used())),
                ("prepay frozen", units(line.prepay_frozen())),
                ("postpay frozen", units(line.postpay_frozen())),
                ("frozen in all", units(line.frozen())),
                ("available", units(line.available())),
                ("special suspension", Units::from(customer.spending.special_suspension)),
                ("partner's level", level(customer.partner_warning)),
                ("own level", level(customer.own_warning)),
            ],
        );
        self.spending(whose, OF_CREDIT, customer.spender());
    }

    fn partner(&mut self, book: &Book, whose: &FigureOwner, partner: &Partner) {
        let spend = partner.spend.unwrap_or_default();
        self.add(
            whose,
            [
                ("kind", place(&PartnerKind::ALL, &partner.kind)),
                ("distributor", account(partner.distributor)),
                ("allowlist", bits(&AllowlistItem::ALL, &partner.allowlist)),
                ("allocation quota", units(partner.allocation_quota)),
                ("allocated", units(partner.allocated)),
                ("customers", count(book.customers_of(partner.uin).len())),
                ("customers' totals", units(partner.customers_total)),
                ("customers' available", partner.customers_available),
                ("spend line", units(spend.limit())),
                ("spend used", units(spend.used())),
                ("spend held", units(spend.prepay_frozen())),
                ("spend frozen", units(spend.postpay_frozen())),
                ("spend frozen in all", units(spend.frozen())),
                ("spend available", units(spend.available())),
                ("voucher quota", units(partner.voucher_quota)),
                ("vouchers issued", units(partner.vouchers_issued)),
                ("vouchers' number", Units::from(partner.vouchers_count)),
            ],
        );
        self.add(
            whose,
            book.customers_of(partner.uin).iter().map(|(_, customer)| ("customer", Units::from(customer.number()))),
        );
    }

    /// What the book says of this resource; nothing when it does not run.
    pub fn resource(&mut self, book: &Book, name: &ResourceName) {
        let Some(resource) = book.resource(name) else { return };
        let whose = FigureOwner::Resource(name.clone());
        // Where nothing is frozen it is whoever pays by then.
        if (resource.frozen.customer, resource.frozen.partner) != Default::default() {
            self.add(
                &whose,
                [
                    ("payer", account(Some(resource.paying.payer))),
                    ("paying partner", account(resource.paying.partner)),
                    ("payer's binding", resource.binding.map_or(0, |binding| Units::from(binding.seq))),
                ],
            );
        }
        self.add(
            &whose,
            [
                ("number", Units::from(resource.id.0)),
                ("account", Units::from(resource.account.number())),
                ("product", Units::from(resource.product)),
                ("frozen", units(resource.frozen.customer)),
                ("frozen for the partner", units(resource.frozen.partner)),
                ("unit price", units(resource.unit_price)),
                ("quantity", Units::from(resource.quantity.units())),
                ("stopped", Units::from(resource.state == ResourceState::Suspended)),
                ("since", moment(Some(resource.since))),
                ("activated at", moment(Some(resource.activated_at))),
                ("cycle ended at", moment(resource.cycle_ended_at)),
            ],
        );
    }

    /// What the book says of itself.
    pub fn book(&mut self, book: &Book) {
        let keys = |access| count(book.platform_keys().values().filter(|key| **key == access).count());
        self.add(
            &FigureOwner::Book,
            [
                ("open authorizations in all", count(book.open_authorizations())),
                ("running resources in all", count(book.resources().count())),
                ("last issued month", month(book.issued())),
                ("accounts", count(book.accounts_len())),
                ("full keys", keys(KeyAccess::Full)),
                ("keys for reading", keys(KeyAccess::Read)),
                ("webhooks", count(book.webhooks().count())),
            ],
        );
    }

    /// What time the book has come to.
    pub fn clock(&mut self, book: &Book) {
        self.add(&FigureOwner::Book, [("now", moment(Some(book.now())))]);
    }
}
