//! Who pays for whom: whether an account may pay on behalf of another, and what is in the way.

mod intervals;

pub use intervals::IntervalQuery;

use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::Pair;
use credere_core::channel::Uin;
use credere_core::organization::{Permissions, Verdict};

/// Which conditions are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Those for entering, where the admin is to have these permissions and this account to pay.
    Joining(Permissions, Option<Uin>),
    /// Those for leaving.
    Leaving,
}

impl App {
    /// What every condition comes to for two accounts as they stand, whether or not there is an organization. Changes
    /// nothing.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such account.
    pub async fn check_pay_on_behalf(&self, caller: Caller, pair: Pair, asked: Asked) -> Result<Verdict, Failure> {
        let (rules, clock) = (self.engine.rules(), self.engine.clock());
        self.read_as(caller, Action::CheckPayOnBehalf, None, |book| {
            let now = clock.now(book.now());
            match asked {
                Asked::Joining(permissions, payer) => book.check_joining(rules, now, pair, permissions, payer),
                Asked::Leaving => book.check_leaving(rules, now, pair),
            }
        })
        .await
    }
}
