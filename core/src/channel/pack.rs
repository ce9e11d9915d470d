//! Packs: units of a product that were bought ahead. What they cover of an account's usage costs nothing any more (O82).

use super::{PackId, Uin};
use crate::ledger::Moment;
use crate::money::{Amount, Factor, Overflow, part_up_to_cents};
use credere_numbered::Named;
use serde::{Deserialize, Serialize};

/// A pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    /// Its number.
    pub id: PackId,
    /// Whose usage it covers: its owner's, and nobody else's, whoever pays (O82).
    pub account: Uin,
    /// Of which product, by its number.
    pub product: u32,
    /// How many units it was bought with.
    pub units: Factor,
    /// How many are left.
    pub remaining: Factor,
    /// When it was added.
    pub created_at: Moment,
    /// From when on it covers nothing.
    pub expires_at: Moment,
}

/// Whether a pack can still cover something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Named)]
pub enum PackState {
    /// Units are left.
    Active,
    /// All units are used.
    Used,
    /// Its time is over, and units were left.
    Expired,
}

impl Pack {
    /// Whether it can cover something at this moment.
    pub fn state(&self, now: Moment) -> PackState {
        if !self.remaining.is_positive() {
            PackState::Used
        } else if now < self.expires_at {
            PackState::Active
        } else {
            PackState::Expired
        }
    }
}

/// What packs covered of a usage record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// How many units were used.
    pub units: Factor,
    /// What they cost at list price; what is charged is the part that was not covered.
    pub list: Amount,
    /// Which packs covered how many of them, in the order in which they did; none where no pack fits.
    pub packs: Vec<PackUse>,
}

/// What one pack covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackUse {
    /// Which.
    pub pack: PackId,
    /// How many units.
    pub units: Factor,
    /// How many it has left.
    pub remaining_after: Factor,
}

impl Covered {
    /// What these packs cover of the usage, one after the other; they fit, and come in the order in which they cover.
    pub fn by<'a>(packs: impl Iterator<Item = &'a Pack>, units: Factor, list: Amount) -> Covered {
        let (mut uses, mut open) = (Vec::new(), units);
        for pack in packs {
            let covers = open.min(pack.remaining);
            open = open.less(covers);
            uses.push(PackUse { pack: pack.id, units: covers, remaining_after: pack.remaining.less(covers) });
            if !open.is_positive() {
                break;
            }
        }
        Covered { units, list, packs: uses }
    }

    /// How many units no pack covers.
    pub fn open(&self) -> Factor {
        self.packs.iter().fold(self.units, |open, one| open.less(one.units))
    }

    /// How many units packs cover.
    pub fn covered(&self) -> Factor {
        self.units.less(self.open())
    }

    /// What is left to pay at list price: the part that is not covered, rounded up to whole cents where anything is, and
    /// never more than all of it.
    ///
    /// # Errors
    /// [`Overflow`] cannot happen for an amount that is not negative.
    pub fn left(&self) -> Result<Amount, Overflow> {
        let open = self.open();
        if open == self.units { Ok(self.list) } else { part_up_to_cents(self.list, open, self.units) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(text: &str) -> Factor {
        text.parse().unwrap()
    }

    fn pack(id: u64, remaining: &str) -> Pack {
        Pack {
            id: PackId(id),
            account: Uin::LOWEST,
            product: 0,
            units: factor("100"),
            remaining: factor(remaining),
            created_at: Moment::from_micros(0),
            expires_at: Moment::from_micros(10),
        }
    }

    fn left(packs: &[&str], units: &str, list: &str) -> (String, Vec<(u64, String, String)>) {
        let packs: Vec<Pack> = (1..).zip(packs).map(|(id, remaining)| pack(id, remaining)).collect();
        let covered = Covered::by(packs.iter(), factor(units), list.parse().unwrap());
        let uses = covered.packs.iter().map(|one| (one.pack.0, one.units.to_string(), one.remaining_after.to_string()));
        (covered.left().unwrap().to_string(), uses.collect())
    }

    #[test]
    fn packs_cover_what_they_can_one_after_the_other() {
        let used = |id, units: &str, after: &str| (id, units.to_owned(), after.to_owned());
        assert_eq!(left(&["100"], "30", "3.00"), ("0.00".to_owned(), vec![used(1, "30.00", "70.00")]));
        let both = vec![used(1, "10.00", "0.00"), used(2, "5.50", "0.00")];
        assert_eq!(left(&["10", "5.5"], "31", "31.00"), ("15.50".to_owned(), both));
        assert_eq!(left(&["10", "5"], "10", "1.00"), ("0.00".to_owned(), vec![used(1, "10.00", "0.00")]));
    }

    #[test]
    fn what_is_left_to_pay_is_rounded_up_to_cents_and_is_never_more_than_all() {
        assert_eq!(left(&["1"], "3", "1.00").0, "0.67");
        assert_eq!(left(&["2"], "3", "1.00").0, "0.34");
        assert_eq!(left(&["0.00000001"], "3", "0.004").0, "0.004");
        assert_eq!(left(&["999999999.99999999"], "1000000000", "92000000000").0, "0.01");
        // What nothing covers stays as it is.
        assert_eq!(left(&[], "3", "0.00000007").0, "0.00000007");
        assert_eq!(left(&["1"], "3", "0").0, "0.00");
    }

    #[test]
    fn a_pack_ends_with_its_time_or_its_units() {
        let at = |micros| Moment::from_micros(micros);
        assert_eq!((pack(1, "5").state(at(9)), pack(1, "5").state(at(10))), (PackState::Active, PackState::Expired));
        assert_eq!(pack(1, "0").state(at(9)), PackState::Used);
    }
}
