//! Discounts, the terms of products and partners, and what the deployment has chosen.

use super::{Chooser, DAY};
use crate::act::Act;
use crate::dice::Dice;
use credere_auditor::{Auditor, ONE, Units, amount};
use credere_core::book::{Command, Rules, catalogue, parties};
use credere_core::channel::{AllowlistItem, DiscountId, DiscountScope, FreezeChange, FreezeModel, Settlement};
use credere_core::money::Rate;
use credere_core::organization::CheckRules;

impl Chooser {
    pub(super) fn discount(&mut self, world: &Auditor) -> Act {
        // Now and then one that has ended.
        let ended = self.dice.chance(1, 12);
        let made: Vec<u64> = if ended {
            world.ended_discounts.iter().copied().collect()
        } else {
            world.discounts.keys().copied().collect()
        };
        let many = made.len();
        if let Some(id) = self.dice.pick(&made).copied()
            && self.dice.chance(if many > 30 { 2 } else { 1 }, 3)
        {
            return self.asks(Command::from(catalogue::EndDiscount { id: DiscountId(id) }));
        }
        let customer = self.customer();
        let managing = self.manager_of(world, customer);
        let for_customer = self.dice.chance(2, 3);
        let partner = match managing {
            Some(managing) if for_customer && self.dice.chance(9, 10) => {
                let above = world.partners.get(&managing).and_then(|managing| managing.above);
                above.filter(|_| self.dice.chance(1, 2)).unwrap_or(managing)
            }
            _ => self.partner(),
        };
        let scope = if for_customer { DiscountScope::Customer(customer) } else { DiscountScope::Partner(partner) };
        let rate = match self.dice.weighted(&[6, 3, 1]) {
            0 => self.dice.between(50, 99) * 1_000_000,
            1 => self.dice.between(30_000_000, 120_000_000),
            _ => self.dice.between(1, 200_000_000),
        };
        let starts_at = self.dice.chance(1, 2).then(|| world.now.plus_seconds(self.dice.between(-5 * DAY, 5 * DAY)));
        let ends_at = self.dice.chance(1, 2).then(|| world.now.plus_seconds(self.dice.between(-2 * DAY, 60 * DAY)));
        let terms = catalogue::SetDiscount {
            scope,
            partner,
            product: self.dice.chance(1, 2).then(|| self.product()),
            rate: u32::try_from(rate).ok().and_then(Rate::from_units).unwrap_or(Rate::ONE),
            starts_at,
            ends_at,
        };
        self.asks(Command::from(terms))
    }

    /// Changes a partner's or a product's terms, or adds a product that is there.
    pub(super) fn terms(&mut self, world: &Auditor) -> Act {
        if self.dice.chance(1, 3) {
            return self.product_terms();
        }
        let uin = self.partner();
        let known = world.partners.get(&uin);
        let [quota, allocated, issued] = known.map_or([0; 3], |it| [it.quota, it.allocated, it.vouchers_issued]);
        let line = known.and_then(|it| it.spend).map_or(100 * ONE, |spend| spend.line);
        let about = |value: Units, dice: i64| amount(value * Units::from(dice) / 100);
        let allocation_quota = self.dice.chance(1, 2).then(|| match self.dice.weighted(&[5, 2, 1, 1]) {
            0 => about(quota, self.dice.between(90, 115)),
            1 => amount(allocated),
            2 => amount(allocated - 1),
            _ => amount(-1),
        });
        let spend_line = self.dice.chance(1, 3).then(|| about(line, self.dice.between(80, 130)));
        let voucher_quota = self.dice.chance(1, 3).then(|| match self.dice.weighted(&[5, 1, 1]) {
            0 => amount(issued + Units::from(self.dice.between(0, 500)) * ONE),
            1 => amount(issued),
            _ => amount(issued - 1),
        });
        let allowlist = self.dice.chance(1, 4).then(|| match self.dice.below(3) {
            0 => vec![AllowlistItem::ForceSuspension, AllowlistItem::SpecialSuspension],
            1 => vec![AllowlistItem::ForceSuspension],
            _ => Vec::new(),
        });
        self.asks(Command::from(parties::ChangePartner { uin, allocation_quota, spend_line, voucher_quota, allowlist }))
    }

    fn product_terms(&mut self) -> Act {
        let code = self.product();
        let settlement = self.dice.pick(&Settlement::ALL).copied();
        let models = [FreezeModel::Coefficient, FreezeModel::Fixed, FreezeModel::ReEstimate, FreezeModel::MinimumFee];
        let model = self.dice.pick(&models).copied().unwrap_or(FreezeModel::None);
        let freeze = self.freeze(model);
        if self.dice.chance(1, 6) {
            let (name, settlement, [grace_hours, retention_days]) = (code.to_string(), Settlement::Daily, [None; 2]);
            let inheritable = true;
            let again =
                catalogue::AddProduct { code, name, settlement, grace_hours, retention_days, freeze, inheritable };
            return self.asks(Command::from(again));
        }
        let grace_hours = self.dice.chance(1, 2).then(|| u32::try_from(self.dice.below(80)).unwrap_or(0));
        let retention_days = self.dice.chance(1, 2).then(|| u32::try_from(self.dice.below(30)).unwrap_or(0));
        let mut freeze = FreezeChange::from(freeze);
        // Any part of the terms, and none.
        freeze.model = freeze.model.filter(|_| self.dice.chance(1, 2));
        freeze.coefficient = freeze.coefficient.filter(|_| self.dice.chance(1, 2));
        freeze.amount = freeze.amount.filter(|_| self.dice.chance(1, 2));
        let settlement = settlement.filter(|_| self.dice.chance(1, 2));
        let (name, inheritable) = (None, self.dice.chance(1, 4).then(|| self.dice.chance(1, 2)));
        let change =
            catalogue::ChangeProduct { code, name, settlement, grace_hours, retention_days, freeze, inheritable };
        self.asks(Command::from(change))
    }
}

/// What a deployment has chosen where the specification leaves a choice.
pub(crate) fn deployment_rules(dice: &mut Dice) -> Rules {
    let check = CheckRules {
        strict_exit: dice.chance(1, 8),
        consistent_classes: dice.chance(1, 8),
        entity_admin_pays: dice.chance(1, 3),
        ..CheckRules::default()
    };
    Rules {
        pool_allow_negative: !dice.chance(1, 4),
        pay_on_behalf_skips_customer_check: dice.chance(1, 3),
        check,
        ..Rules::default()
    }
}
