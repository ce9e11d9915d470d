//! Money that an admin hands to a member that pays for itself, and how much of it can come back (O95, O96). Only cash moves: what
//! somebody was given, or may owe, stays where it is.

use super::ids::OrganizationId;
use crate::channel::{TransferId, Uin};
use crate::ledger::{Finance, Moment};
use crate::money::{Amount, Overflow};
use serde::{Deserialize, Serialize};

/// Money that an admin handed to a member. Kept for ever: what is left of it can come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Transfer {
    /// Its number.
    pub id: TransferId,
    /// In which organization.
    pub organization: OrganizationId,
    /// Whose money it was.
    pub admin: Uin,
    /// Whose it is.
    pub member: Uin,
    /// How much; above zero.
    pub amount: Amount,
    /// How much of that has come back; at most all of it.
    pub returned: Amount,
    /// When it was handed over.
    pub made_at: Moment,
}

impl Transfer {
    /// What has not come back yet; the member may have spent it.
    ///
    /// # Errors
    /// [`Overflow`] cannot happen for a transfer of which at most all has come back.
    pub fn left(&self) -> Result<Amount, Overflow> {
        self.amount.minus(self.returned)
    }

    /// What can come back now: what is left of it, and no more than the member has in cash (O96). Nothing where it has none.
    ///
    /// # Errors
    /// [`Overflow`], as [`Transfer::left`].
    pub fn returnable(&self, member: &Finance) -> Result<Amount, Overflow> {
        Ok(self.left()?.min(member.cash()).max(Amount::ZERO))
    }

    /// The transfer once so much more has come back.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn after_return(self, amount: Amount) -> Result<Transfer, Overflow> {
        Ok(Transfer { returned: self.returned.plus(amount)?, ..self })
    }
}

/// What an account can hand over now: cash that nothing is set aside of, and that it does not owe besides (O96). Nothing where
/// it has none.
pub fn transferable(from: &Finance) -> Amount {
    from.cash().min(from.available()).max(Amount::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Movement;

    fn has(cash: i64) -> Finance {
        Finance::NOTHING.topped_up(Amount::whole(cash)).unwrap()
    }

    #[test]
    fn gifts_and_credit_are_not_handed_over() {
        let given = has(30).given(Amount::whole(50)).unwrap().limited(Amount::whole(100)).unwrap();
        assert_eq!(transferable(&given), Amount::whole(30));
    }

    #[test]
    fn what_is_set_aside_is_not_handed_over() {
        let held = has(30).moved(Movement::held(Amount::whole(20))).unwrap();
        assert_eq!(transferable(&held), Amount::whole(10));
        let overdue = has(30).moved(Movement::frozen(Amount::whole(31))).unwrap();
        assert_eq!(transferable(&overdue), Amount::ZERO);
    }

    #[test]
    fn what_was_spent_does_not_come_back() {
        let (number, uin) = (1, Uin::LOWEST);
        let transfer = Transfer {
            id: TransferId(number),
            organization: OrganizationId(number),
            admin: uin,
            member: uin,
            amount: Amount::whole(100),
            returned: Amount::ZERO,
            made_at: Moment::default(),
        };
        assert_eq!(transfer.returnable(&has(40)).unwrap(), Amount::whole(40));
        assert_eq!(transfer.returnable(&has(400)).unwrap(), Amount::whole(100));
        let transfer = transfer.after_return(Amount::whole(70)).unwrap();
        assert_eq!(transfer.returnable(&has(40)).unwrap(), Amount::whole(30));
        let below = Finance::NOTHING;
        let below = below.moved(Movement::charged(Amount::whole(1), Some(below.parts(Amount::whole(1)).unwrap())));
        assert_eq!(transfer.returnable(&below.unwrap()).unwrap(), Amount::ZERO);
    }
}
