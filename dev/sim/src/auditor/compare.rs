//! Holding the book against the auditor's account: each figure of an account, its vouchers and its resources, one by one
//! by name. What the book says can be falsified on request, which is how it is proved that the auditor sees.

use super::arithmetic::Units;
use super::facts::VoucherState;
use super::{Auditor, units};
use crate::failure::Difference;
use crate::tamper::{Falsified, Tamper};
use credere_core::book::Book;
use credere_core::channel::{ResourceName, ResourceState, Standing, Uin, VoucherId, VoucherStatus};
use credere_core::ledger::Moment;

/// What the book is asked for at once: whose figures, and which resources'.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    figures: Vec<(Whose, &'static str, Units)>,
}

/// Whose a figure is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Whose {
    Account(Uin),
    Voucher(u64),
    Resource(ResourceName),
    Prepaid(Uin, u64, ResourceName),
    Book,
}

impl std::fmt::Display for Whose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Whose::Account(uin) => write!(f, "account {uin}"),
            Whose::Voucher(id) => write!(f, "voucher {id}"),
            Whose::Resource(name) => write!(f, "resource {name}"),
            Whose::Prepaid(uin, binding, name) => write!(f, "prepaid resource {name} of {uin} (binding {binding})"),
            Whose::Book => f.write_str("the book"),
        }
    }
}

/// Absent, among figures.
const NONE: Units = -1;

fn moment(at: Option<Moment>) -> Units {
    at.map_or(NONE, |at| Units::from(at.micros()))
}

fn count(number: usize) -> Units {
    Units::try_from(number).unwrap_or(NONE)
}

fn level(level: Option<u8>) -> Units {
    level.map_or(NONE, Units::from)
}

const fn state_of(status: VoucherStatus) -> VoucherState {
    match status {
        VoucherStatus::Issued => VoucherState::Issued,
        VoucherStatus::Used => VoucherState::Used,
        VoucherStatus::Expired => VoucherState::Expired,
        VoucherStatus::Invalidated => VoucherState::Invalidated,
    }
}

impl Seen {
    fn add(&mut self, whose: &Whose, figures: impl IntoIterator<Item = (&'static str, Units)>) {
        self.figures.extend(figures.into_iter().map(|(name, value)| (whose.clone(), name, value)));
    }

    /// What the book says of this account.
    pub(crate) fn account(&mut self, book: &Book, uin: Uin, now: Moment) {
        let whose = Whose::Account(uin);
        if let Some(customer) = book.customer(uin) {
            let line = &customer.line;
            let standing = match customer.standing() {
                Standing::Normal => 0,
                Standing::Overdue => 1,
                Standing::Forced => 2,
            };
            self.add(
                &whose,
                [
                    ("managing partner", Units::from(customer.partner.number())),
                    ("binding", Units::from(customer.bound_seq)),
                    ("total", units(line.limit())),
                    ("used", units(line.used())),
                    ("prepay frozen", units(line.prepay_frozen())),
                    ("postpay frozen", units(line.postpay_frozen())),
                    ("available", units(line.available())),
                    ("standing", standing),
                    ("overdue since", moment(customer.overdue_since)),
                    ("forced since", moment(customer.forced_since)),
                    ("orders that are processing", Units::from(customer.processing_orders)),
                    ("parked orders", Units::from(customer.parked_orders)),
                    ("open authorizations", Units::from(customer.open_authorizations)),
                    ("non-stop for prepaid", Units::from(customer.non_stop.prepaid)),
                    ("non-stop for postpaid", Units::from(customer.non_stop.postpaid)),
                    ("special suspension", Units::from(customer.special_suspension)),
                    ("partner's level", level(customer.partner_warning)),
                    ("own level", level(customer.own_warning)),
                ],
            );
        }
        if let Some(partner) = book.partner(uin) {
            let spend = partner.spend.unwrap_or_default();
            self.add(
                &whose,
                [
                    ("allocation quota", units(partner.allocation_quota)),
                    ("allocated", units(partner.allocated)),
                    ("customers", count(partner.customers.len())),
                    ("customers' totals", units(partner.customers_total)),
                    ("customers' available", partner.customers_available),
                    ("spend line", units(spend.limit())),
                    ("spend used", units(spend.used())),
                    ("spend held", units(spend.prepay_frozen())),
                    ("spend frozen", units(spend.postpay_frozen())),
                    ("spend available", units(spend.available())),
                    ("voucher quota", units(partner.voucher_quota)),
                    ("vouchers issued", units(partner.vouchers_issued)),
                    ("vouchers' number", Units::from(partner.vouchers_count)),
                ],
            );
        }
        for (what, paid) in book.paid_resources().filter(|(what, _)| what.account == uin) {
            let whose = Whose::Prepaid(uin, what.binding_seq, what.resource.clone());
            self.add(&whose, [("paid by the account", paid.customer), ("paid by the partner", paid.partner)]);
        }
        self.add(&whose, [("voucher balance", book.voucher_balance(uin, now))]);
        for voucher in book.vouchers_of(uin) {
            let VoucherId(id) = voucher.id;
            self.add(
                &Whose::Voucher(id),
                [
                    ("remaining", units(voucher.remaining)),
                    ("reserved", units(voucher.reserved)),
                    ("issued", Units::from(state_of(voucher.status) == VoucherState::Issued)),
                ],
            );
        }
    }

    /// What the book says of this resource; nothing when it does not run.
    pub(crate) fn resource(&mut self, book: &Book, name: &ResourceName) {
        let Some(resource) = book.resource(name) else { return };
        self.add(
            &Whose::Resource(name.clone()),
            [
                ("account", Units::from(resource.account.number())),
                ("frozen", units(resource.frozen.customer)),
                ("frozen for the partner", units(resource.frozen.partner)),
                ("unit price", units(resource.unit_price)),
                ("quantity", Units::from(resource.quantity.units())),
                ("stopped", Units::from(resource.state == ResourceState::Suspended)),
                ("since", moment(Some(resource.since))),
            ],
        );
    }

    /// What the book says of itself.
    pub(crate) fn book(&mut self, book: &Book) {
        self.add(
            &Whose::Book,
            [
                ("now", moment(Some(book.now()))),
                ("open authorizations in all", count(book.open_authorizations())),
                ("running resources in all", count(book.resources().count())),
                ("last issued month", book.issued().map_or(NONE, |month| Units::from(month.number()))),
                ("accounts", count(book.accounts().len())),
            ],
        );
    }

    /// Says something that is not so.
    pub(crate) fn falsify(&mut self, tamper: &Tamper, world: &Auditor) {
        let figure = self.figures.iter_mut().find(|(_, name, _)| tamper.is_about(name));
        if let Some((_, _, value)) = figure {
            *value += 1;
        }
        if tamper.what == Falsified::LateUsage {
            self.charge_the_present_binding(world);
        }
    }

    /// Moves the last usage that came late to whoever its account is bound to now.
    fn charge_the_present_binding(&mut self, world: &Auditor) {
        let late = world.lines.iter().rfind(|line| line.late && line.action.metered());
        let Some((late, now)) = late.and_then(|line| Some((line, world.buyer(line.account).ok()?))) else { return };
        let more = [
            (late.paying, "spend used", -late.partner_amount),
            (now.paying, "spend used", late.partner_amount),
            (late.account, "used", late.amount),
        ];
        for (uin, figure, more) in more {
            let found =
                self.figures.iter_mut().find(|(whose, name, _)| *whose == Whose::Account(uin) && *name == figure);
            if let Some((_, _, value)) = found {
                *value += more;
            }
        }
    }
}

impl Auditor {
    /// The figures that the book must say of these accounts and resources.
    pub(crate) fn expected(&self, accounts: &[Uin], resources: &[ResourceName]) -> Seen {
        let mut seen = Seen::default();
        for uin in accounts {
            self.expect_account(&mut seen, *uin);
        }
        for name in resources {
            if let Some(resource) = self.resources.get(name) {
                seen.add(
                    &Whose::Resource(name.clone()),
                    [
                        ("account", Units::from(resource.account.number())),
                        ("frozen", resource.frozen),
                        ("frozen for the partner", resource.partner_frozen),
                        ("unit price", resource.unit_price),
                        ("quantity", resource.quantity),
                        ("stopped", Units::from(resource.stopped)),
                        ("since", moment(Some(resource.since))),
                    ],
                );
            }
        }
        seen
    }

    fn expect_account(&self, seen: &mut Seen, uin: Uin) {
        let whose = Whose::Account(uin);
        if let Some(bound) = self.line_of(uin) {
            let standing = match (bound.forced_since, bound.available() < 0) {
                (Some(_), _) => 2,
                (None, overdue) => Units::from(overdue),
            };
            seen.add(
                &whose,
                [
                    ("managing partner", Units::from(bound.partner.number())),
                    ("binding", Units::from(bound.seq)),
                    ("total", bound.total),
                    ("used", bound.used),
                    ("prepay frozen", bound.held),
                    ("postpay frozen", bound.frozen),
                    ("available", bound.total - bound.used - bound.held - bound.frozen),
                    ("standing", standing),
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
        if let Some(partner) = self.partners.get(&uin) {
            let lines = self.accounts.values().filter_map(|account| account.bound.as_ref());
            let (mut customers, mut total, mut available) = (0, 0, 0);
            for line in lines.filter(|line| line.partner == uin) {
                (customers, total, available) = (customers + 1, total + line.total, available + line.available());
            }
            let spend = partner.spend.unwrap_or_default();
            seen.add(
                &whose,
                [
                    ("allocation quota", partner.quota),
                    ("allocated", partner.allocated),
                    ("customers", customers),
                    ("customers' totals", total),
                    ("customers' available", available),
                    ("spend line", spend.line),
                    ("spend used", spend.used),
                    ("spend held", spend.held),
                    ("spend frozen", spend.frozen),
                    ("spend available", spend.available()),
                    ("voucher quota", partner.voucher_quota),
                    ("vouchers issued", partner.vouchers_issued),
                    ("vouchers' number", Units::from(partner.vouchers_count)),
                ],
            );
        }
        let theirs = self.paid.iter().filter(|((account, ..), _)| *account == uin);
        for ((_, binding, resource), (customer, partner)) in theirs {
            let whose = Whose::Prepaid(uin, *binding, resource.clone());
            seen.add(&whose, [("paid by the account", *customer), ("paid by the partner", *partner)]);
        }
        let live =
            || self.live_vouchers.get(&uin).into_iter().flatten().filter_map(|id| self.vouchers.get_key_value(id));
        let usable = live().filter(|(_, voucher)| {
            voucher.state == VoucherState::Issued && voucher.remaining > 0 && self.now < voucher.expires_at
        });
        seen.add(&whose, [("voucher balance", usable.map(|(_, voucher)| voucher.remaining).sum())]);
        for (id, voucher) in live() {
            seen.add(
                &Whose::Voucher(*id),
                [
                    ("remaining", voucher.remaining),
                    ("reserved", voucher.reserved),
                    ("issued", Units::from(voucher.state == VoucherState::Issued)),
                ],
            );
        }
    }

    /// What the book must say of itself.
    pub(crate) fn expect_book(&self, seen: &mut Seen) {
        seen.add(
            &Whose::Book,
            [
                ("now", moment(Some(self.now))),
                ("open authorizations in all", count(self.authorizations.len())),
                ("running resources in all", count(self.resources.len())),
                ("last issued month", Units::from(self.last_issued.number())),
                ("accounts", count(self.accounts.len())),
            ],
        );
    }
}

/// Every figure that differs, also one that only one of the two has.
pub(crate) fn differences(expected: &Seen, found: &Seen) -> Vec<Difference> {
    if expected.figures == found.figures {
        return Vec::new();
    }
    let told = |value: Option<Units>| value.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
    let look = |seen: &Seen, whose: &Whose, name: &str| {
        seen.figures.iter().find(|(other, label, _)| other == whose && *label == name).map(|(_, _, value)| *value)
    };
    let mut all = Vec::new();
    for (whose, name, value) in &expected.figures {
        let other = look(found, whose, name);
        if other != Some(*value) {
            let what = format!("{whose}: {name}");
            all.push(Difference { what, expected: told(Some(*value)), found: told(other) });
        }
    }
    for (whose, name, value) in &found.figures {
        if look(expected, whose, name).is_none() {
            let what = format!("{whose}: {name}");
            all.push(Difference { what, expected: told(None), found: told(Some(*value)) });
        }
    }
    if all.is_empty() {
        let what = "the order of what the book lists".to_owned();
        all.push(Difference {
            what,
            expected: format!("{:?}", expected.figures),
            found: format!("{:?}", found.figures),
        });
    }
    all
}
