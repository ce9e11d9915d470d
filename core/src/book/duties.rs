//! What Credere has to do by itself, derived from the book alone: what follows from a change at once, and what falls due
//! with time. Whoever drives the book asks for the next duty, decides and applies it like any other command, and asks
//! again; so a duty may be done late, twice asked for, or after a crash, and still happens once.

use crate::book::{Book, Command, bills, buying, metering, standing, vouchers};
use crate::channel::{
    Account, Customer, DEFAULT_LEVELS, Notice, NoticeKind, ResourceId, ResourceStep, Standing, Subscription, Uin,
    below, due, looked_at,
};
use crate::ledger::{Line, Moment, Month};

/// As many low customers are asked whether a day has to be stopped at; where there are more it is, and nobody is asked.
const ASKED_BEFORE_A_STOP: usize = 1_000;

impl Book {
    /// What must follow at once from the last change to this account: notices that are due, and resources that stop or
    /// start without delay. `None` for most changes.
    pub fn consequence(&self, account: Uin, now: Moment) -> Option<Command> {
        if self.buying.returning.front().is_some_and(|back| back.charge.account == account) {
            return Some(buying::ReturnShare { account }.into());
        }
        let found = self.account(account)?;
        let review = |customer| standing::ReviewCustomer { customer }.into();
        if self.stands_unnoticed(found) || self.warning_due(found, now) {
            return Some(review(account));
        }
        if let Some((_, id, step)) = self.step_of_account(account, now).filter(|(at, ..)| *at <= now) {
            return Some(resource_command(id, step));
        }
        self.member_to_review(account).map(review)
    }

    /// The next duty that is due at `now`, the earliest first.
    pub fn duty(&self, now: Moment) -> Option<Command> {
        let (at, duty) = self.first_duty(now)?;
        (at <= now).then_some(duty)
    }

    /// When the next duty falls due.
    pub fn next_due(&self) -> Option<Moment> {
        self.first_duty(self.now).map(|(at, _)| at)
    }

    /// When time has to stop next on its way, so that what falls due is done at its moment. Months in which nothing can have
    /// been charged, and days on which nobody is told of anything, pass without a stop: what is due for them is done at the
    /// next one.
    pub fn next_stop(&self) -> Option<Moment> {
        let [back, member, authorization, voucher, bills, sweep, resource] = self.first_duties(self.now);
        let bills = bills.filter(|_| self.bills.issued.map(Month::next) <= self.bills.charged_upto);
        let sweep = sweep.filter(|(at, _)| self.somebody_is_told(*at));
        let stops = [back, member, authorization, voucher, bills, sweep, resource].into_iter().flatten();
        stops.map(|(at, _)| at).min()
    }

    /// Whether the sweep at this moment tells anybody of anything, or may: where there are many nobody is asked.
    fn somebody_is_told(&self, at: Moment) -> bool {
        let low = &self.standing.low;
        let mut told = low.iter().map(|(_, uin)| {
            looked_at();
            self.account(*uin).is_some_and(|account| !self.notices_due(account, at).is_empty())
        });
        low.len() > ASKED_BEFORE_A_STOP || told.any(|told| told)
    }

    /// The earliest duty. Of several at one moment: what is about to go back to payers, members that stand as their payer does now, expiries, bills, the sweep,
    /// resources.
    fn first_duty(&self, now: Moment) -> Option<(Moment, Command)> {
        self.first_duties(now).into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    /// The earliest duty of each kind, in the order in which they are done at one moment.
    fn first_duties(&self, now: Moment) -> [Option<(Moment, Command)>; 7] {
        let back = self.buying.returning.front().map(|back| back.charge.account);
        let back = back.map(|account| (Moment::default(), buying::ReturnShare { account }.into()));
        let member = self.next_member_to_review();
        let member = member.map(|customer| (Moment::default(), standing::ReviewCustomer { customer }.into()));
        let authorization = self.buying.expiries.first().and_then(|(at, opened_seq)| {
            let account = self.buying.authorizations.get(&opened_seq)?.account;
            let authorization = crate::channel::AuthorizationId { account, opened_seq };
            Some((at, buying::Expire { authorization }.into()))
        });
        let voucher = self.vouchers.expiries.first().map(|&(at, id)| (at, vouchers::ExpireVoucher { id }.into()));
        let bills = self.bills.issued.map(|issued| {
            let month = issued.next();
            (self.deployment.calendar.issued_at(month), bills::IssueBills { month }.into())
        });
        // What was looked at on an earlier day is due as soon as this day has begun.
        let sweep = self.standing.low.first().map(|&(day, customer)| {
            let at = self.deployment.calendar.start_of(crate::ledger::Day(day.0.saturating_add(1)));
            (at, standing::ReviewCustomer { customer }.into())
        });
        let resource = self.first_step(now).map(|(at, id, step)| (at, resource_command(id, step)));
        [back, member, authorization, voucher, bills, sweep, resource]
    }

    /// The notices that an account's recipients are due at this moment: warnings whose slot is free, and what has become of its
    /// suspension. A managing partner is told first; who pays for itself has none, and no levels to be warned at.
    pub(super) fn notices_due(&self, account: &Account, now: Moment) -> Vec<Notice> {
        let mut notices = Vec::new();
        let Some(spender) = self.stands(account) else { return notices };
        let changed = (spender.suspension() != spender.spending.notified).then(|| match spender.suspension() {
            Standing::Overdue | Standing::Forced => NoticeKind::Suspended,
            Standing::Normal => NoticeKind::Resumed,
        });
        let customer = account.on_credit();
        let low = customer.filter(|customer| is_low(customer)).map(|customer| &customer.line);
        if changed.is_none() && low.is_none() {
            return notices;
        }
        let day = self.deployment.calendar.day(now);
        let sent = self.standing.warned(account.uin).filter(|warned| warned.day == day);
        let sent = sent.map_or(&[] as &[_], |warned| warned.sent.as_slice());
        let partner = customer.map(|customer| (customer.partner, customer.partner_warning));
        let itself = (account.uin, customer.and_then(|customer| customer.own_warning));
        for (recipient, level) in partner.into_iter().chain([itself]) {
            let channels = self.subscription(recipient);
            // Who is cut off is told so, subscribed or not (R102b, R103).
            if let Some(kind) = changed {
                notices.push(Notice { recipient, kind, level: None, channels });
            }
            if let Some(line) = low {
                notices.extend(due(line, recipient, level, channels, sent));
            }
        }
        notices
    }

    fn warning_due(&self, account: &Account, now: Moment) -> bool {
        account.on_credit().is_some_and(is_low) && !self.notices_due(account, now).is_empty()
    }

    pub(super) fn subscription(&self, uin: Uin) -> Subscription {
        self.account(uin).map(|account| account.subscription).unwrap_or_default()
    }
}

fn resource_command(id: ResourceId, step: ResourceStep) -> Command {
    match step {
        ResourceStep::Resume => metering::ResumeResource { id }.into(),
        ResourceStep::Suspend => metering::SuspendResource { id }.into(),
        ResourceStep::Delete => metering::DeleteResource { id }.into(),
    }
}

/// Whether a customer is below any level that somebody may have to be warned at.
pub(super) fn is_low(customer: &Customer) -> bool {
    let own = customer.partner_warning.into_iter().chain(customer.own_warning);
    let highest = own.fold(DEFAULT_LEVELS[0], u8::max);
    reaches(&customer.line, highest)
}

/// Below `highest`, or below zero, which is the one level that an empty total has.
fn reaches(line: &Line, highest: u8) -> bool {
    below(line, highest) || below(line, 0)
}
