//! Who paid for whom, and when.

use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::organization::PayerInterval;

/// Which intervals are asked for; what is absent does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IntervalQuery {
    /// Who was paid for.
    pub member: Option<Uin>,
    /// Who paid.
    pub payer: Option<Uin>,
    /// The moment at which they were in force.
    pub at: Option<Moment>,
}

impl App {
    /// When accounts were paid for by others: of one member all of them, oldest first; of several by the member's number.
    /// Behind an interval of a member's by its place among them, at most `limit`; each with its place.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn payer_intervals(
        &self,
        caller: Caller,
        query: IntervalQuery,
        after: Option<(Uin, usize)>,
        limit: usize,
    ) -> Result<Vec<(Uin, usize, PayerInterval)>, Failure> {
        let IntervalQuery { member, payer, at } = query;
        let matches = move |(uin, place, one): &(Uin, usize, PayerInterval)| {
            payer.is_none_or(|payer| one.payer == payer)
                && at.is_none_or(|at| one.in_force(at))
                && after.is_none_or(|last| (*uin, *place) > last)
        };
        self.read_as(caller, Action::ReadPayers, member, |book| {
            Ok(match member {
                Some(member) => {
                    let theirs = book.payer_intervals(member).iter().enumerate();
                    let theirs = theirs.map(|(place, one)| (member, place, *one));
                    theirs.filter(matches).take(limit).collect()
                }
                None => book.all_payer_intervals(after.map(|(last, _)| last)).filter(matches).take(limit).collect(),
            })
        })
        .await
    }
}
