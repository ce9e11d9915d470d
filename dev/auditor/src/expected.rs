//! What a book must say: the same figures under the same names as in `found`, from the auditor's own account.

use super::facts::{Bound, Interval, Invitation, Member, Own, Partner, Spending, Suspension};
use super::figures::{
    FigureOwner, IntervalSeen, InvitationSeen, MemberSeen, OF_CREDIT, OF_OWN_MONEY, OrganizationSeen, Seen, account,
    bits, count, level, moment, month, place,
};
use super::{Auditor, Units};
use credere_core::access::KeyAccess;
use credere_core::channel::{AllowlistItem, PartnerKind, ResourceName, Uin, VoucherStatus};
use credere_core::organization::Feature;
use std::collections::BTreeMap;

impl Auditor {
    /// The figures that the book must say of these accounts and resources.
    pub fn expected(&self, accounts: &[Uin], resources: &[ResourceName]) -> Seen {
        let mut seen = Seen::default();
        for uin in accounts {
            self.expect_account(&mut seen, *uin);
        }
        for name in resources {
            self.expect_resource(&mut seen, name);
        }
        seen
    }

    fn expect_account(&self, seen: &mut Seen, uin: Uin) {
        let whose = FigureOwner::Account(uin);
        let Some(known) = self.accounts.get(&uin) else { return };
        seen.add(&whose, [("verified", Units::from(known.verified))]);
        self.expect_told(seen, &whose, uin);
        self.expect_membership(seen, &whose, uin);
        self.expect_transfers(seen, uin);
        expect_own(seen, &whose, &known.own);
        if let Some(bound) = &known.bound {
            expect_customer(seen, &whose, bound);
        }
        if let Some(partner) = self.partners.get(&uin) {
            self.expect_partner(seen, uin, partner);
        }
        let theirs = self.paid.iter().filter(|((account, ..), _)| *account == uin);
        for (what, paid) in theirs {
            seen.add(
                &FigureOwner::Prepaid(what.clone()),
                [
                    ("paid by the account", paid.customer),
                    ("paid by the partner", paid.partner),
                    ("paid of gifts", paid.parts.granted),
                    ("paid on own credit", paid.parts.credit),
                ],
            );
        }
        seen.add(&whose, [("inherits from", account(self.heir_now(uin)))]);
        for (id, pack) in self.packs.iter().filter(|(_, pack)| pack.account == uin) {
            seen.add(
                &FigureOwner::Pack(*id),
                [("units", pack.units), ("units left", pack.remaining), ("of product", Units::from(pack.product))],
            );
        }
        let live =
            || self.live_vouchers.get(&uin).into_iter().flatten().filter_map(|id| self.vouchers.get_key_value(id));
        let usable = live().filter(|(_, voucher)| {
            voucher.state == VoucherStatus::Issued && voucher.remaining > 0 && self.now < voucher.expires_at
        });
        seen.add(&whose, [("voucher balance", usable.map(|(_, voucher)| voucher.remaining).sum())]);
        for (id, voucher) in live() {
            seen.add(
                &FigureOwner::Voucher(*id),
                [
                    ("remaining", voucher.remaining),
                    ("reserved", voucher.reserved),
                    ("issued", Units::from(voucher.state == VoucherStatus::Issued)),
                    ("taken back", Units::from(voucher.state == VoucherStatus::Invalidated)),
                ],
            );
        }
        let mut parts: BTreeMap<_, (Units, Units)> = BTreeMap::new();
        let open = self.unpaid.get(&uin).into_iter().flatten().map(|at| &self.lines[*at]);
        for line in open {
            let part = parts.entry((line.buyer.binding(), line.month, line.action)).or_default();
            *part = (part.0 + 1, part.1 + line.amount());
        }
        for ((binding, month, action), (lines, amount)) in parts {
            seen.add(&FigureOwner::Bill(uin, binding, month, action), [("open lines", lines), ("open amount", amount)]);
        }
    }

    fn expect_membership(&self, seen: &mut Seen, whose: &FigureOwner, uin: Uin) {
        if let Some((id, organization)) = self.organization_of_admin(uin) {
            let mut members: Vec<(u64, Uin)> = self.members_of(id).map(|(uin, one)| (one.joined_seq, uin)).collect();
            members.sort_unstable();
            let granted = |one: &Feature| organization.features.contains(&(*one as u8));
            seen.organization(&OrganizationSeen {
                id,
                admin: organization.admin,
                created_at: organization.created_at,
                features: &Feature::ALL.into_iter().filter(granted).collect::<Vec<_>>(),
                quotas: organization.quotas,
                member_deletion: organization.member_deletion,
                members: members.into_iter().map(|(_, uin)| uin).collect(),
            });
            for (number, creation) in self.creations_of(id) {
                seen.creation(number, creation);
            }
            for (number, relation) in self.relations_of(id) {
                seen.relation(number, relation);
            }
        }
        if let Some(member) = self.members.get(&uin) {
            let Member { organization, created, permissions, asked, allow_quit, joined_at, .. } = *member;
            seen.member(whose, &MemberSeen { organization, created, permissions, asked, allow_quit, joined_at });
        }
        let open = self.invitations.iter().find(|(_, one)| one.member == uin && one.is_open(self.now));
        if let Some((id, Invitation { organization, member, permissions, payer, allow_quit, sent_at })) = open {
            seen.invitation(&InvitationSeen {
                id: *id,
                organization: *organization,
                member: *member,
                permissions: *permissions,
                payer: *payer,
                allow_quit: *allow_quit,
                sent_at: *sent_at,
            });
        }
        for interval in self.intervals.get(&uin).into_iter().flatten() {
            let Interval { payer, organization, from, until, started_by } = *interval;
            seen.interval(whose, &IntervalSeen { payer, organization, from, until, started_by });
        }
        seen.add(whose, [("payer now", account(self.payer_of(uin)))]);
        seen.add(whose, self.paid_for_by(uin).into_iter().map(|member| ("pays for", account(Some(member)))));
    }

    fn expect_partner(&self, seen: &mut Seen, uin: Uin, partner: &Partner) {
        let whose = FigureOwner::Account(uin);
        let bound = self.accounts.iter().filter_map(|(customer, account)| Some((*customer, account.bound.as_ref()?)));
        let mut theirs: Vec<(u64, Uin)> = Vec::new();
        let (mut total, mut available) = (0, 0);
        for (customer, line) in bound.filter(|(_, line)| line.partner == uin) {
            theirs.push((line.seq, customer));
            (total, available) = (total + line.total, available + line.available());
        }
        theirs.sort_unstable();
        let spend = partner.spend.unwrap_or_default();
        seen.add(
            &whose,
            [
                ("kind", place(&PartnerKind::ALL, &partner.kind)),
                ("distributor", account(partner.above)),
                ("allowlist", bits(&AllowlistItem::ALL, &partner.allowlist)),
                ("allocation quota", partner.quota),
                ("allocated", partner.allocated),
                ("customers", count(theirs.len())),
                ("customers' totals", total),
                ("customers' available", available),
                ("spend line", spend.line),
                ("spend used", spend.used),
                ("spend held", spend.held),
                ("spend frozen", spend.frozen),
                ("spend frozen in all", spend.held + spend.frozen),
                ("spend available", spend.available()),
                ("voucher quota", partner.voucher_quota),
                ("vouchers issued", partner.vouchers_issued),
                ("vouchers' number", Units::from(partner.vouchers_count)),
            ],
        );
        seen.add(&whose, theirs.into_iter().map(|(_, customer)| ("customer", Units::from(customer.number()))));
    }

    fn expect_resource(&self, seen: &mut Seen, name: &ResourceName) {
        let Some(resource) = self.resources.get(name) else { return };
        let Ok(buyer) = self.buyer(resource.account) else { return };
        let whose = FigureOwner::Resource(name.clone());
        if (resource.frozen, resource.partner_frozen) != (0, 0) {
            seen.add(
                &whose,
                [
                    ("payer", account(Some(buyer.payer))),
                    ("paying partner", account(buyer.partner)),
                    ("payer's binding", Units::from(buyer.binding())),
                ],
            );
        }
        seen.add(
            &whose,
            [
                ("number", Units::from(resource.id)),
                ("account", Units::from(resource.account.number())),
                ("product", Units::from(resource.product)),
                ("frozen", resource.frozen),
                ("frozen for the partner", resource.partner_frozen),
                ("unit price", resource.unit_price),
                ("quantity", resource.quantity),
                ("stopped", Units::from(resource.stopped)),
                ("since", moment(Some(resource.since))),
                ("activated at", moment(Some(resource.activated_at))),
                ("cycle ended at", moment(resource.cycle_ended_at)),
            ],
        );
    }

    /// What the book must say of itself.
    pub fn expect_book(&self, seen: &mut Seen) {
        let keys = |access| count(self.keys.values().filter(|key| **key == access).count());
        seen.add(
            &FigureOwner::Book,
            [
                ("open authorizations in all", count(self.authorizations.len())),
                ("running resources in all", count(self.resources.len())),
                ("last issued month", month(Some(self.last_issued))),
                ("accounts", count(self.accounts.len())),
                ("full keys", keys(KeyAccess::Full)),
                ("keys for reading", keys(KeyAccess::Read)),
                ("webhooks", count(self.webhooks.len())),
            ],
        );
    }

    /// What time it must have come to, where the clock moves by a command only.
    pub fn expect_clock(&self, seen: &mut Seen) {
        seen.add(&FigureOwner::Book, [("now", moment(Some(self.now)))]);
    }
}

fn expect_own(seen: &mut Seen, whose: &FigureOwner, own: &Own) {
    let Own { cash, granted, limit, owed, held, frozen, overdue, spending } = own;
    seen.add(
        whose,
        [
            ("cash", *cash),
            ("granted", *granted),
            ("own limit", *limit),
            ("owed on it", *owed),
            ("own money held", *held),
            ("own money frozen", *frozen),
            ("own money set aside", held + frozen),
            ("own money available", own.available()),
            ("overdue bills", *overdue),
        ],
    );
    expect_spending(seen, whose, OF_OWN_MONEY, spending, own.available());
}

fn expect_spending(
    seen: &mut Seen,
    whose: &FigureOwner,
    names: [&'static str; 9],
    spending: &Spending,
    available: Units,
) {
    let standing = match (spending.forced_since, available < 0) {
        (Some(_), _) => 2,
        (None, overdue) => Units::from(overdue),
    };
    let notified = match spending.notified {
        Suspension::None => 0,
        Suspension::Arrears => 1,
        Suspension::Force => 2,
    };
    let figures = [
        standing,
        notified,
        moment(spending.overdue_since),
        moment(spending.forced_since),
        Units::from(spending.processing),
        Units::from(spending.parked),
        Units::from(spending.authorizations),
        Units::from(spending.non_stop.0),
        Units::from(spending.non_stop.1),
    ];
    seen.add(whose, names.into_iter().zip(figures));
}

fn expect_customer(seen: &mut Seen, whose: &FigureOwner, bound: &Bound) {
    seen.add(
        whose,
        [
            ("managing partner", Units::from(bound.partner.number())),
            ("binding", Units::from(bound.seq)),
            ("lent to", Units::from(bound.on_credit)),
            ("total", bound.total),
            ("used", bound.used),
            ("prepay frozen", bound.held),
            ("postpay frozen", bound.frozen),
            ("frozen in all", bound.held + bound.frozen),
            ("available", bound.total - bound.used - bound.held - bound.frozen),
            ("special suspension", Units::from(bound.spending.special)),
            ("partner's level", level(bound.partner_level)),
            ("own level", level(bound.own_level)),
        ],
    );
    expect_spending(seen, whose, OF_CREDIT, &bound.spending, bound.available());
}
