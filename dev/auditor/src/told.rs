//! What is told of accounts: of which class and tier they are and where, how far and as whom they are verified, whether
//! somebody follows them, and their cards (O1, O69).

use super::arithmetic::Units;
use super::figures::{FigureOwner, Seen};
use super::{Auditor, Judged, refuse, zone};
use credere_core::book::parties::{ChangeAccount, OpenAccount};
use credere_core::channel::{AccountClass, EntityId, Site, Tier, Uin, Verification};
use credere_core::ledger::Month;
use std::collections::BTreeMap;

/// What is told of one account.
#[derive(Debug, Clone)]
pub struct Told {
    pub(super) class: AccountClass,
    pub(super) verification: Verification,
    pub(super) tier: Tier,
    pub(super) site: Site,
    pub(super) entity: Option<String>,
    pub(super) followed: bool,
    /// Whether it was opened for an organization.
    pub(super) created: bool,
    /// The last month of each card, by its number.
    cards: BTreeMap<u64, Month>,
}

/// As many cards as an account may have.
const CARDS: usize = 50;

impl Auditor {
    /// What is told of a new account.
    pub(super) fn tell_first(&mut self, uin: Uin, new: &OpenAccount) {
        let told = Told {
            class: new.class,
            verification: new.verification,
            tier: new.tier,
            site: new.site.unwrap_or(self.choices.site),
            entity: new.entity.as_ref().map(name_of),
            followed: new.followed,
            created: false,
            cards: BTreeMap::new(),
        };
        self.told.insert(uin, told);
    }

    /// What is told of an account that is opened for an admin's organization: it is like its admin, and verified as its entity or the
    /// other one that is named (O34).
    pub(super) fn told_of_created(&self, admin: Uin, other: Option<String>) -> Option<Told> {
        let told = self.told.get(&admin)?;
        Some(Told {
            class: told.class,
            verification: Verification::Enterprise,
            tier: Tier::None,
            site: told.site,
            entity: other.or_else(|| told.entity.clone()),
            followed: false,
            created: true,
            cards: BTreeMap::new(),
        })
    }

    /// What is told otherwise from now on.
    pub(super) fn tell(&mut self, asked: &ChangeAccount) {
        let Some(told) = self.told.get_mut(&asked.uin) else { return };
        told.class = asked.class.unwrap_or(told.class);
        told.verification = asked.verification.unwrap_or(told.verification);
        told.tier = asked.tier.unwrap_or(told.tier);
        told.followed = asked.followed.unwrap_or(told.followed);
        if let Some(entity) = &asked.entity {
            told.entity = entity.as_ref().map(name_of);
        }
    }

    /// The site that an account is on.
    pub fn site_of(&self, uin: Uin) -> Option<Site> {
        self.told.get(&uin).map(|told| told.site)
    }

    /// The entity that an account is verified as.
    pub fn entity_of(&self, uin: Uin) -> Option<&str> {
        self.told.get(&uin)?.entity.as_deref()
    }

    /// Whether an account has a card that is good to the end of this month or longer.
    pub(super) fn has_card(&self, told: &Told) -> bool {
        told.cards.values().any(|last| *last >= zone::month(self.now))
    }

    pub(super) fn add_card(&mut self, seq: u64, uin: Uin, expires: Month) -> Judged {
        self.known(uin)?;
        if zone::month(self.now) > expires {
            return refuse("card_expired");
        }
        let Some(Told { cards, .. }) = self.told.get_mut(&uin) else { return Ok(()) };
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
        let Some(told) = self.told.get(&uin) else { return };
        seen.told(whose, told.entity.as_deref(), told.followed, told.cards.keys().copied());
        seen.add(whose, [("has a card that is good", Units::from(self.has_card(told)))]);
        seen.add(whose, [("was created", Units::from(told.created))]);
        seen.sorted(whose, told.class, told.verification, told.tier, told.site);
    }
}

/// An entity's name.
pub(super) fn name_of(entity: &EntityId) -> String {
    entity.as_str().to_owned()
}
