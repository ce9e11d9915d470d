//! What is told of accounts besides their class: who they are verified as, whether somebody follows them, and their cards
//! (O1, O69).

use super::arithmetic::Units;
use super::figures::{FigureOwner, Seen};
use super::{Auditor, Judged, refuse, zone};
use credere_core::channel::{EntityId, Uin};
use credere_core::ledger::Month;
use std::collections::BTreeMap;

/// What is told of one account.
#[derive(Debug, Clone, Default)]
pub struct Told {
    entity: Option<String>,
    followed: bool,
    /// The last month of each card, by its number.
    cards: BTreeMap<u64, Month>,
}

/// As many cards as an account may have.
const CARDS: usize = 50;

impl Auditor {
    pub(super) fn tell(&mut self, uin: Uin, entity: Option<&Option<EntityId>>, followed: Option<bool>) {
        let told = self.told.entry(uin).or_default();
        if let Some(entity) = entity {
            told.entity = entity.as_ref().map(|entity| entity.as_str().to_owned());
        }
        told.followed = followed.unwrap_or(told.followed);
    }

    pub(super) fn add_card(&mut self, seq: u64, uin: Uin, expires: Month) -> Judged {
        self.known(uin)?;
        if zone::month(self.now) > expires {
            return refuse("card_expired");
        }
        let cards = &mut self.told.entry(uin).or_default().cards;
        if cards.len() == CARDS {
            return refuse("too_many_cards");
        }
        cards.insert(seq, expires);
        self.touched.insert(uin);
        Ok(())
    }

    pub(super) fn remove_card(&mut self, uin: Uin, card: u64) -> Judged {
        self.known(uin)?;
        self.touched.insert(uin);
        match self.told.get_mut(&uin).and_then(|told| told.cards.remove(&card)) {
            Some(_) => Ok(()),
            None => refuse("card_not_found"),
        }
    }

    pub(super) fn expect_told(&self, seen: &mut Seen, whose: &FigureOwner, uin: Uin) {
        let told = self.told.get(&uin).cloned().unwrap_or_default();
        let this_month = zone::month(self.now);
        let good = told.cards.values().filter(|last| **last >= this_month).count();
        seen.told(whose, told.entity.as_deref(), told.followed, told.cards.keys().copied());
        seen.add(whose, [("has a card that is good", Units::from(good > 0))]);
    }
}
