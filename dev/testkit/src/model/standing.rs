//! What must come of receipts and payments, of how a customer stands, and of time: who is told what, which resources
//! stop and start, and when something falls due next (R76, R89-R110).

use super::Model;
use super::calendar::{DAY, HOUR, day_of, issued_at, month_of, start_of_day};
use super::facts::{Bill, Fact};
use super::figures::{Credit, Resource, Suspension};
use super::judge::{Judged, refuse};
use super::things::running;
use credere_core::access::Actor;
use credere_core::book::{Command, bills, standing};
use credere_core::channel::{AllowlistItem, NoticeKind, ResourceState, Settlement, VoucherStatus};
use credere_core::ledger::Month;
use std::collections::BTreeSet;

/// What falls due for a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Resume,
    Suspend,
    Delete,
}

impl Model {
    /// A customer's bill lines that are not confirmed, by position.
    pub(super) fn unconfirmed(&self, customer: u64) -> impl Iterator<Item = (u64, &Bill)> {
        let confirmed = self.confirmed();
        self.facts().filter_map(move |(at, fact)| {
            let bill = fact.bill()?;
            let open = bill.buyer == customer && bill.bound_at.is_some() && !confirmed.contains(&at);
            open.then_some((at, bill))
        })
    }

    /// The lines that the receipt is for flip to paid, and their cost is available again (R92).
    pub(super) fn confirm(
        &self,
        actor: Actor,
        customer: u64,
        month: Month,
        asked: &bills::ReceiptLines,
        now: i64,
    ) -> Judged {
        let last = || {
            self.facts().rev().find_map(|(_, fact)| match fact {
                Fact::Bound { customer: whose, partner } if *whose == customer => Some(*partner),
                _ => None,
            })
        };
        let paid = match actor {
            Actor::Account(uin) => Some(uin.number()),
            Actor::Platform { .. } | Actor::System => match self.binding(customer) {
                Some((_, partner)) => Some(partner),
                None => last(),
            },
        };
        let Some(paid) = paid else { return refuse("customer_not_found") };
        if now < issued_at(month) {
            return refuse("month_not_issued");
        }
        let theirs = self.unconfirmed(customer).filter(|(at, bill)| {
            let wanted = match asked {
                bills::ReceiptLines::All { pay_mode, action } => {
                    action.is_none_or(|only| bill.action == only)
                        && pay_mode.is_none_or(|only| bill.action.pay_mode() == only)
                }
                bills::ReceiptLines::Named(named) => named.iter().any(|line| line.id.0 == *at),
            };
            wanted && bill.month == month && bill.bound_at.and_then(|bound_at| self.bound_to(bound_at)) == Some(paid)
        });
        let flipped: Vec<(u64, i128)> = theirs.map(|(at, bill)| (at, bill.owed().0)).collect();
        let returned: i128 = flipped.iter().map(|(_, amount)| amount).sum();
        if i64::try_from(returned).is_err() {
            return refuse("amount_overflow");
        }
        Ok(Fact::Confirmed { customer, lines: flipped.into_iter().map(|(at, _)| at).collect(), returned })
    }

    pub(super) fn pay_platform(&self, partner: u64, amount: i128) -> Judged {
        if self.partner_or(partner, "partner_not_found")?.spend.is_none() {
            return refuse("wrong_partner_kind");
        }
        if amount <= 0 { refuse("amount_not_positive") } else { Ok(Fact::PlatformPaid { partner, amount }) }
    }

    pub(super) fn change_customer(&self, command: &Command) -> Judged {
        let Command::Standing(standing::Command::ChangeCustomer(standing::ChangeCustomer {
            customer,
            non_stop,
            special_suspension,
            partner_warning,
            own_warning,
        })) = command
        else {
            return Ok(Fact::Nothing);
        };
        let customer = customer.number();
        let credit = self.customer(customer)?;
        let mut settings = credit.settings;
        // The rule has to be granted to the partner before it is turned on (R107).
        let turned_on = *special_suspension == Some(true) && !settings.special;
        let features = self.partner_or(credit.partner, "partner_not_found")?.features;
        if turned_on && !features.contains(&AllowlistItem::SpecialSuspension) {
            return refuse("not_allowlisted");
        }
        for level in [partner_warning, own_warning].into_iter().flatten().flatten() {
            if *level > 100 {
                return refuse("level_out_of_range");
            }
        }
        settings.prepaid_non_stop = non_stop.prepaid.unwrap_or(settings.prepaid_non_stop);
        settings.postpaid_non_stop = non_stop.postpaid.unwrap_or(settings.postpaid_non_stop);
        settings.special = special_suspension.unwrap_or(settings.special);
        settings.partner_level = partner_warning.unwrap_or(settings.partner_level);
        settings.own_level = own_warning.unwrap_or(settings.own_level);
        Ok(Fact::CustomerSet { customer, settings })
    }

    pub(super) fn force(&self, actor: Actor, customer: u64, on: bool) -> Judged {
        self.customer(customer)?;
        if let Actor::Account(partner) = actor {
            let features = self.partner_or(partner.number(), "partner_not_found")?.features;
            if !features.contains(&AllowlistItem::ForceSuspension) {
                return refuse("not_allowlisted");
            }
        }
        Ok(Fact::Forced { customer, on })
    }

    /// Customers that somebody might have to be warned of.
    pub(super) fn low_customers(&self) -> BTreeSet<u64> {
        self.credits().into_iter().filter(|(_, credit)| is_low(credit)).map(|(uin, _)| uin).collect()
    }

    fn subscribed(&self, account: u64) -> bool {
        let latest = self.facts().rev().find_map(|(_, fact)| match fact {
            Fact::Subscribed { uin, channel_service } if *uin == account => Some(*channel_service),
            _ => None,
        });
        latest.unwrap_or(true)
    }

    /// Whom to tell what about a customer now: each level once a day (R96-R104).
    fn notices(&self, customer: u64, credit: &Credit, now: i64) -> Vec<(u64, NoticeKind, Option<u8>)> {
        let told: Vec<(u64, u8)> = self
            .facts()
            .filter_map(|(_, fact)| match fact {
                Fact::Reviewed { customer: whose, day, notices, .. } if *whose == customer && *day == day_of(now) => {
                    Some(notices.iter().filter_map(|(who, _, level)| Some((*who, (*level)?))))
                }
                _ => None,
            })
            .flatten()
            .collect();
        let mut notices = Vec::new();
        for (who, own) in [(credit.partner, credit.settings.partner_level), (customer, credit.settings.own_level)] {
            let subscribed = self.subscribed(who);
            match credit.suspension() {
                now if now == credit.notified => {}
                Suspension::None => notices.push((who, NoticeKind::Resumed, None)),
                Suspension::Arrears | Suspension::Force => notices.push((who, NoticeKind::Suspended, None)),
            }
            for level in (0..=100).rev() {
                let preset = match level {
                    25 => Some(NoticeKind::CreditBelow25),
                    10 => Some(NoticeKind::CreditBelow10),
                    0 => Some(NoticeKind::CreditBelow0),
                    _ => None,
                };
                let custom = (own == Some(level)).then_some(NoticeKind::CreditBelowCustom);
                let kind = preset.filter(|_| subscribed).or(custom);
                if let Some(kind) = kind
                    && below(credit, level)
                    && !told.contains(&(who, level))
                {
                    notices.push((who, kind, Some(level)));
                }
            }
        }
        notices
    }

    pub(super) fn review(&self, customer: u64, now: i64) -> Judged {
        let credit = self.customer(customer)?;
        let notices = self.notices(customer, &credit, now);
        let overdue = credit.available < 0;
        let swept = self.low.get(&customer).is_none_or(|day| *day >= day_of(now));
        if notices.is_empty()
            && overdue == credit.overdue_since.is_some()
            && credit.suspension() == credit.notified
            && swept
        {
            return refuse("nothing_due");
        }
        let overdue = overdue.then(|| credit.overdue_since.unwrap_or(now));
        Ok(Fact::Reviewed { customer, day: day_of(now), overdue, notices })
    }

    pub(super) fn step(&self, position: u64, step: Step, now: i64) -> Judged {
        let found = self.resources().remove(&position).filter(running);
        let Some(resource) = found else { return refuse("resource_not_found") };
        match self.next_step(&resource, now) {
            Some((at, due)) if due == step && at <= now => {}
            _ => return refuse("nothing_due"),
        }
        Ok(match step {
            Step::Resume => Fact::Stepped { position, state: ResourceState::Active },
            Step::Suspend => Fact::Stepped { position, state: ResourceState::Suspended },
            Step::Delete => Fact::ResourceEnded { position, bill: None },
        })
    }

    /// What is next for a resource, and when; the moment 0 is at once (R105-R109).
    fn next_step(&self, resource: &Resource, now: i64) -> Option<(i64, Step)> {
        let (bound_at, _) = self.binding(resource.account)?;
        let (settings, forced, overdue) = self.standing(resource.account, bound_at);
        let terms = self.terms(&resource.product)?;
        // Two hours for what settles by the hour, else a day, unless somebody has set it (R105).
        let hours = terms.grace_hours.unwrap_or(if terms.settlement == Settlement::Hourly { 2 } else { 24 });
        let grace = if settings.special { 0 } else { i64::from(hours) * HOUR };
        let arrears = overdue.filter(|_| !settings.postpaid_non_stop).map(|at| at.max(resource.activated_at) + grace);
        let stops_at = [forced, arrears].into_iter().flatten().min();
        match (resource.state, stops_at) {
            (ResourceState::Active, Some(at)) => Some((at, Step::Suspend)),
            (ResourceState::Suspended, Some(at)) if at <= now => {
                let days = if settings.special { terms.retention_days.min(15) } else { terms.retention_days };
                Some((resource.since + i64::from(days) * DAY, Step::Delete))
            }
            (ResourceState::Suspended, _) => Some((0, Step::Resume)),
            _ => None,
        }
    }

    fn next_month(&self) -> Option<Month> {
        let noted = self.facts().rev().find_map(|(_, fact)| match fact {
            Fact::BillsIssued { month } => Some(*month),
            _ => None,
        });
        let first = || {
            let (began, _) = self.facts.first()?;
            let before = month_of(*began).0.previous();
            Some(if *began >= issued_at(before) { before } else { before.previous() })
        };
        noted.or_else(first).map(Month::next)
    }

    pub(super) fn issue_bills(&self, month: Month, now: i64) -> Judged {
        if self.next_month() != Some(month) || now < issued_at(month) {
            return refuse("nothing_due");
        }
        Ok(Fact::BillsIssued { month })
    }

    /// When something falls due next, in microseconds; not later than `now` when something is due already.
    pub fn next_due(&self, now: i64) -> Option<i64> {
        let expiries = self.authorizations().into_values().map(|(_, expires_at)| expires_at);
        let vouchers = self.vouchers().into_iter().filter(|it| it.status == VoucherStatus::Issued).map(|it| it.until);
        let sweeps = self.low.values().map(|day| start_of_day(day + 1));
        let resources = self.resources().into_values().filter(running);
        let steps: Vec<i64> = resources.filter_map(|it| self.next_step(&it, now)).map(|(at, _)| at).collect();
        let bills = self.next_month().map(issued_at);
        expiries.chain(vouchers).chain(sweeps).chain(steps).chain(bills).min()
    }

    /// The customers about whom somebody has to be told something at once.
    pub fn to_be_told(&self, now: i64) -> Vec<u64> {
        let due = self.credits().into_iter().filter(|(customer, credit)| {
            let crossed = (credit.available < 0) != credit.overdue_since.is_some();
            crossed
                || credit.suspension() != credit.notified
                || (is_low(credit) && !self.notices(*customer, credit, now).is_empty())
        });
        due.map(|(customer, _)| customer).collect()
    }
}

/// Available credit is below this percentage of the total, strictly; of nothing only below zero counts (R96).
fn below(credit: &Credit, level: u8) -> bool {
    if credit.total == 0 {
        level == 0 && credit.available < 0
    } else {
        100 * credit.available < i128::from(level) * credit.total
    }
}

fn is_low(credit: &Credit) -> bool {
    let own = [credit.settings.partner_level, credit.settings.own_level].into_iter().flatten();
    own.chain([25, 0]).any(|level| below(credit, level))
}
