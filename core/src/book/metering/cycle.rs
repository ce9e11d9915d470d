//! The cycles in which usage is settled.

use crate::channel::Settlement;
use crate::ledger::{Calendar, Day, Moment};

const HOUR: i64 = 3_600 * 1_000_000;

/// The first moment of the cycle in which usage until `at` is settled: by the state then it is priced (O85).
pub(super) fn first_of_cycle(calendar: Calendar, settlement: Settlement, at: Moment) -> Moment {
    let within = Moment::from_micros(at.micros().saturating_sub(1));
    match settlement {
        Settlement::Hourly => {
            let offset = i64::from(calendar.offset_seconds()) * 1_000_000;
            let begun = within.micros().saturating_add(offset).div_euclid(HOUR);
            Moment::from_micros(begun.saturating_mul(HOUR).saturating_sub(offset))
        }
        Settlement::Daily => calendar.start_of(calendar.day(within)),
        Settlement::Monthly => calendar.start_of_month(calendar.month(within)),
    }
}

/// The last moment of the cycle in which usage until `at` is settled; what ends on a boundary belongs to the cycle before it
/// (O80).
pub(super) fn last_of_cycle(calendar: Calendar, settlement: Settlement, at: Moment) -> Moment {
    let within = Moment::from_micros(at.micros().saturating_sub(1));
    let end = match settlement {
        Settlement::Hourly => {
            let offset = i64::from(calendar.offset_seconds()) * 1_000_000;
            let begun = within.micros().saturating_add(offset).div_euclid(HOUR);
            Moment::from_micros(begun.saturating_add(1).saturating_mul(HOUR).saturating_sub(offset))
        }
        Settlement::Daily => calendar.start_of(Day(calendar.day(within).0.saturating_add(1))),
        Settlement::Monthly => calendar.start_of_month(calendar.month(within).next()),
    };
    // Who begins to pay with the next cycle did not pay in this one.
    Moment::from_micros(end.micros().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_on_a_boundary_belongs_to_the_cycle_before() {
        // Half past an hour in UTC is a full hour there.
        let calendar = Calendar::with_offset(5 * 3_600 + 1_800);
        let at = |micros: i64| Moment::from_micros(micros);
        let hour = HOUR / 2;
        for (settlement, starts) in [
            (Settlement::Hourly, [at(hour), at(hour + HOUR)]),
            (Settlement::Daily, [calendar.start_of(Day(19_000)), calendar.start_of(Day(19_001))]),
            (Settlement::Monthly, {
                let month = calendar.month(at(0));
                [month, month.next()].map(|month| calendar.start_of_month(month))
            }),
        ] {
            let [start, end] = starts;
            let just_after = |moment: Moment| at(moment.micros() + 1);
            let end_of = |moment| just_after(last_of_cycle(calendar, settlement, moment));
            assert_eq!([end_of(start), end_of(just_after(start)), end_of(end)], [start, end, end], "{settlement:?}");
            assert!(end_of(just_after(end)) > end);
            let start_of = |moment| first_of_cycle(calendar, settlement, moment);
            assert_eq!([start_of(just_after(start)), start_of(end), start_of(just_after(end))], [start, start, end]);
        }
    }
}
