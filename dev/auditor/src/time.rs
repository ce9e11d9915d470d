//! The clock: everything that falls due on the way happens at its own moment and in that order (R19, R76, R96-R109).

use super::facts::Bound;
use super::standing::Due;
use super::{Auditor, Judged, refuse, zone};
use credere_core::channel::{ResourceName, Uin, VoucherStatus};
use credere_core::ledger::{Moment, Month};

/// What falls due by itself. Of several at one moment: what ends first, then bills, then the day, then resources.
#[derive(Debug, Clone)]
enum Duty {
    Authorization(u64),
    Voucher(u64),
    Bills,
    Day,
    Resource(Uin, ResourceName, Due),
}

impl Auditor {
    pub(super) fn advance(&mut self, to: Moment) -> Judged {
        if to < self.now {
            return refuse("clock_goes_back");
        }
        while let Some((at, duty)) = self.next_duty().filter(|(at, _)| *at <= to) {
            self.now = self.now.max(at);
            self.carry_out(duty);
        }
        self.now = to;
        Ok(())
    }

    /// When something falls due next that anybody notices: a day that finds nobody low passes unnoticed. Not later than
    /// now when something is due already.
    pub fn next_due(&self) -> Option<Moment> {
        let low = || self.accounts.values().any(|account| account.lent().is_some_and(Bound::is_low));
        let noticed = |duty: &Duty| !matches!(duty, Duty::Day) || low();
        self.duties().filter(|(_, duty)| noticed(duty)).map(|(at, _)| at).min()
    }

    fn next_duty(&self) -> Option<(Moment, Duty)> {
        self.duties().min_by_key(|(at, _)| *at)
    }

    /// The first of each kind.
    fn duties(&self) -> impl Iterator<Item = (Moment, Duty)> {
        let authorization = self.expiries.first().map(|(at, seq)| (*at, Duty::Authorization(*seq)));
        let voucher = self.voucher_ends.first().map(|(at, id)| (*at, Duty::Voucher(*id)));
        let bills = Some((zone::issued_at(self.last_issued.next()), Duty::Bills));
        let day = Some((self.midnight, Duty::Day));
        let resource = self.first_due().map(|(at, account, name, due)| (at, Duty::Resource(account, name, due)));
        [authorization, voucher, bills, day, resource].into_iter().flatten()
    }

    fn carry_out(&mut self, duty: Duty) {
        match duty {
            Duty::Authorization(seq) => self.expire(seq),
            Duty::Voucher(id) => self.end_voucher(id, VoucherStatus::Expired),
            Duty::Bills => self.last_issued = self.last_issued.next(),
            Duty::Day => {
                // A new day has new slots, and whoever is low still is told again (R99).
                self.slots.clear();
                self.midnight = zone::next_midnight(self.now);
                let customers: Vec<Uin> =
                    self.accounts.iter().filter(|(_, account)| account.lent().is_some()).map(|(uin, _)| *uin).collect();
                for customer in customers {
                    self.review(customer);
                }
            }
            Duty::Resource(account, name, due) => {
                self.take(&name, due);
                self.note_change(account);
                self.note_payer(account);
            }
        }
        self.follow();
    }

    /// Each month once, in order, and not before its time (R76).
    pub(super) fn issue_bills_now(&mut self, month: Month) -> Judged {
        if month != self.last_issued.next() || !zone::is_issued(month, self.now) {
            return refuse("nothing_due");
        }
        self.last_issued = month;
        Ok(())
    }
}
