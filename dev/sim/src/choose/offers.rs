//! Offers of accounts that pay for themselves, whose offers accounts have, and packs. Mostly of those that are in
//! organizations, so that it matters whose they are; sometimes of anybody.

use super::{Chooser, DAY};
use crate::act::Act;
use credere_auditor::Auditor;
use credere_core::book::{Command, catalogue, finance, packs};
use credere_core::channel::{DiscountScope, OfferLevel, Uin};
use credere_core::money::{Factor, Rate};

impl Chooser {
    pub(super) fn offers(&mut self, world: &Auditor) -> Act {
        let command = match self.dice.weighted(&[5, 2, 1, 5]) {
            0 => self.offer(world),
            1 => self.inheritance(world),
            2 => {
                let heirs: Vec<Uin> =
                    world.heritage.keys().copied().filter(|uin| world.heir_now(*uin).is_some()).collect();
                Command::from(finance::EndInheritance { account: self.mostly_of(&heirs) })
            }
            _ => self.pack(world),
        };
        self.asks(command)
    }

    fn mostly_of(&mut self, some: &[Uin]) -> Uin {
        let any = self.dice.chance(1, 12);
        let picked = self.dice.pick(some).copied().filter(|_| !any);
        picked.unwrap_or_else(|| self.account())
    }

    fn offer(&mut self, world: &Auditor) -> Command {
        let admins: Vec<Uin> = world.organizations.values().map(|organization| organization.admin).collect();
        let whose = if self.dice.chance(1, 2) { admins } else { self.pay_for_themselves(world) };
        let account = self.mostly_of(&whose);
        // One of its account alone is in the way of inheriting, and so is rare and ends.
        let alone = self.dice.chance(1, 10);
        let level = if alone { OfferLevel::Account } else { OfferLevel::Billing };
        let rate = u32::try_from(self.dice.between(30, 110) * 1_000_000).ok().and_then(Rate::from_units);
        let (starts, ends) = (self.dice.chance(1, 3), alone || self.dice.chance(1, 2));
        Command::from(catalogue::SetDiscount {
            scope: DiscountScope::Account(account, level),
            partner: account,
            product: self.dice.chance(1, 2).then(|| self.product()),
            rate: rate.unwrap_or(Rate::ONE),
            starts_at: starts.then(|| world.now.plus_seconds(self.dice.between(-5 * DAY, 5 * DAY))),
            ends_at: ends.then(|| world.now.plus_seconds(self.dice.between(-2 * DAY, 30 * DAY))),
        })
    }

    fn inheritance(&mut self, world: &Auditor) -> Command {
        let members: Vec<Uin> = world.members.keys().copied().collect();
        let own = self.pay_for_themselves(world);
        let account = if self.dice.chance(1, 3) { self.mostly_of(&members) } else { self.mostly_of(&own) };
        let from = if self.dice.chance(1, 30) { account } else { self.mostly_of(&own) };
        Command::from(finance::InheritOffers { account, from })
    }

    fn pack(&mut self, world: &Auditor) -> Command {
        let members: Vec<Uin> = world.members.keys().copied().collect();
        let account = if self.dice.chance(1, 2) { self.mostly_of(&members) } else { self.account() };
        Command::from(packs::AddPack {
            account,
            product: self.product(),
            units: self.units(),
            expires_at: world.now.plus_seconds(self.dice.between(-DAY, 60 * DAY)),
        })
    }

    /// Whole units, thirds, and now and then none.
    pub(super) fn units(&mut self) -> Factor {
        let units = match self.dice.weighted(&[20, 10, 1]) {
            0 => self.dice.between(1, 200) * 100_000_000,
            1 => self.dice.between(1, 60) * 33_333_333,
            _ => 0,
        };
        u64::try_from(units).ok().and_then(Factor::from_units).unwrap_or(Factor::ONE)
    }
}
