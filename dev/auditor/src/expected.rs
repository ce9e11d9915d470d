//! What a book must say: the same figures under the same names as in `found`, from the auditor's own account.

use super::facts::{Bound, Partner, Suspension};
use super::figures::{FigureOwner, Seen, account, bits, count, level, moment, month, place};
use super::{Auditor, Units};
use credere_core::access::KeyAccess;
use credere_core::channel::{AllowlistItem, PartnerKind, ResourceName, Uin, VoucherStatus};
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
        let own = &known.own;
        seen.add(
            &whose,
            [
                ("cash", own.cash),
                ("granted", own.granted),
                ("own limit", own.limit),
                // Nothing is spent of it yet.
                ("owed on it", 0),
                ("own money frozen", 0),
                ("own money available", own.available()),
                ("overdue bills", own.overdue),
            ],
        );
        if let Some(bound) = &known.bound {
            expect_customer(seen, &whose, bound);
        }
        if let Some(partner) = self.partners.get(&uin) {
            self.expect_partner(seen, uin, partner);
        }
        let theirs = self.paid.iter().filter(|((account, ..), _)| *account == uin);
        for ((_, binding, resource), (customer, partner)) in theirs {
            let whose = FigureOwner::Prepaid(uin, *binding, resource.clone());
            seen.add(&whose, [("paid by the account", *customer), ("paid by the partner", *partner)]);
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
            let part = parts.entry((line.binding(), line.month, line.action)).or_default();
            *part = (part.0 + 1, part.1 + line.amount());
        }
        for ((binding, month, action), (lines, amount)) in parts {
            seen.add(&FigureOwner::Bill(uin, binding, month, action), [("open lines", lines), ("open amount", amount)]);
        }
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
        seen.add(
            &FigureOwner::Resource(name.clone()),
            [
                ("number", Units::from(resource.id)),
                ("account", Units::from(resource.account.number())),
                ("payer", Units::from(buyer.payer.number())),
                ("paying partner", Units::from(buyer.partner.number())),
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

fn expect_customer(seen: &mut Seen, whose: &FigureOwner, bound: &Bound) {
    let standing = match (bound.forced_since, bound.available() < 0) {
        (Some(_), _) => 2,
        (None, overdue) => Units::from(overdue),
    };
    let notified = match bound.notified {
        Suspension::None => 0,
        Suspension::Arrears => 1,
        Suspension::Force => 2,
    };
    seen.add(
        whose,
        [
            ("managing partner", Units::from(bound.partner.number())),
            ("binding", Units::from(bound.seq)),
            ("total", bound.total),
            ("used", bound.used),
            ("prepay frozen", bound.held),
            ("postpay frozen", bound.frozen),
            ("frozen in all", bound.held + bound.frozen),
            ("available", bound.total - bound.used - bound.held - bound.frozen),
            ("standing", standing),
            ("told suspension", notified),
            ("overdue since", moment(bound.overdue_since)),
            ("forced since", moment(bound.forced_since)),
            ("orders that are processing", Units::from(bound.processing)),
            ("parked orders", Units::from(bound.parked)),
            ("open authorizations", Units::from(bound.authorizations)),
            ("non-stop for prepaid", Units::from(bound.non_stop.0)),
            ("non-stop for postpaid", Units::from(bound.non_stop.1)),
            ("special suspension", Units::from(bound.special)),
            ("partner's level", level(bound.partner_level)),
            ("own level", level(bound.own_level)),
        ],
    );
}
