//! The clock: everything that falls due on the way happens at its own moment and in that order (R19, R76, R96-R109).

use super::facts::VoucherState;
use super::standing::Due;
use super::{Auditor, Judged, refuse, zone};
use credere_core::channel::{ResourceName, Uin};
use credere_core::ledger::Moment;

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

    fn next_duty(&self) -> Option<(Moment, Duty)> {
        let mut duties: Vec<(Moment, Duty)> = Vec::with_capacity(5);
        duties.extend(self.expiries.first().map(|(at, seq)| (*at, Duty::Authorization(*seq))));
        duties.extend(self.voucher_ends.first().map(|(at, id)| (*at, Duty::Voucher(*id))));
        duties.push((zone::issued_at(self.last_issued.next()), Duty::Bills));
        duties.push((self.midnight, Duty::Day));
        duties.extend(self.first_due().map(|(at, account, name, due)| (at, Duty::Resource(account, name, due))));
        duties.into_iter().min_by_key(|(at, _)| *at)
    }

    fn carry_out(&mut self, duty: Duty) {
        match duty {
            Duty::Authorization(seq) => self.expire(seq),
            Duty::Voucher(id) => self.end_voucher(id, VoucherState::Expired),
            Duty::Bills => self.last_issued = self.last_issued.next(),
            Duty::Day => {
                // A new day has new slots, and whoever is low still is told again (R99).
                self.slots.clear();
                self.midnight = zone::next_midnight(self.now);
                let customers: Vec<Uin> =
                    self.accounts.iter().filter(|(_, account)| account.bound.is_some()).map(|(uin, _)| *uin).collect();
                for customer in customers {
                    self.review(customer);
                }
            }
            Duty::Resource(account, name, due) => {
                self.take(&name, due);
                self.follow(account);
            }
        }
    }
}
