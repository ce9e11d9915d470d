//! Postpaid resources and metering.

use super::{Chooser, DAY, HOUR};
use crate::act::{Act, Asked, PLATFORM};
use credere_auditor::{Auditor, ONE, Step, Units, amount};
use credere_core::book::{Command, metering};
use credere_core::channel::{ActionType, ResourceName, Uin};
use credere_core::ledger::Moment;
use credere_core::money::Factor;

const METERED: [ActionType; 9] = [
    ActionType::PostpayDeduct,
    ActionType::PostpayDeductS,
    ActionType::OfflineDeduct,
    ActionType::OnlineDeduct,
    ActionType::ReconDeduct,
    ActionType::ReconIncrease,
    ActionType::ReconGuarantee,
    ActionType::RipayPurchase,
    ActionType::SvpHourPay,
];

impl Chooser {
    fn running(&mut self, world: &Auditor) -> Option<ResourceName> {
        let at = usize::try_from(self.dice.below(world.resources.len() as u64)).unwrap_or(0);
        world.resources.keys().nth(at).cloned()
    }

    fn unit_price(&mut self) -> Units {
        match self.dice.weighted(&[20, 1, 1]) {
            0 => Units::from(self.dice.between(1, 3_000_000_000)),
            1 => 0,
            _ => -1,
        }
    }

    fn quantity(&mut self) -> Factor {
        let units = match self.dice.weighted(&[8, 4, 1]) {
            0 => self.dice.between(1, 10).unsigned_abs() * 100_000_000,
            1 => self.dice.between(1, 1_000_000_000).unsigned_abs(),
            _ => 0,
        };
        Factor::from_units(units).unwrap_or(Factor::ONE)
    }

    /// Activates, resizes or terminates a resource.
    pub(super) fn on_resource(&mut self, world: &Auditor) -> Act {
        let many = world.resources.len() as u64;
        let wanted = u64::from(self.size.customers);
        let running = self.running(world);
        let ended = self.dice.chance(1, 20).then(|| world.ended_names.iter().next_back().cloned()).flatten();
        let unheard = self.dice.chance(1, 40).then(|| "res-unheard-of".parse().ok()).flatten();
        let which = self.dice.weighted(&[if many < wanted { 6 } else { 1 }, 2, 2]);
        let (Some(name), 1 | 2) = (ended.or(unheard).or(running), which) else { return self.activation() };
        let step = if which == 1 {
            let unit_price = self.dice.chance(1, 2).then(|| amount(self.unit_price()));
            Step::Resize { name, unit_price, quantity: self.dice.chance(2, 3).then(|| self.quantity()) }
        } else {
            let last = self.dice.chance(2, 3).then(|| amount(Units::from(self.dice.between(-1, 5_000)) * (ONE / 100)));
            Step::Terminate { name, final_amount: last }
        };
        self.asks(step)
    }

    fn activation(&mut self) -> Act {
        let account = self.account();
        let Some(name) = self.resource_name(account) else {
            return Act { actor: PLATFORM, asked: Asked::Batch(Vec::new()) };
        };
        let new = metering::ActivateResource {
            account,
            name,
            product: self.product(),
            unit_price: amount(self.unit_price()),
            quantity: self.quantity(),
            details: self.details(),
        };
        self.asks(Command::from(new))
    }

    /// A batch of usage records; some may be late, a correction, or not acceptable.
    pub(super) fn usage(&mut self, world: &Auditor) -> Act {
        let many = 1 + self.dice.weighted(&[6, 2, 1, 1]);
        let steps = (0..many).map(|_| {
            let record = self.record(world);
            (self.key(), Step::Command(Command::from(record)))
        });
        let steps = steps.collect();
        Act { actor: PLATFORM, asked: Asked::Batch(steps) }
    }

    /// Somebody that was bound before to whom it is not now, or paid for by whom it is or was.
    fn moved(&mut self, world: &Auditor) -> Option<Uin> {
        let moved: Vec<Uin> = world.former.keys().chain(world.intervals.keys()).copied().collect();
        self.dice.pick(&moved).copied()
    }

    /// From when until when an account was bound to somebody, or paid for.
    fn turn(&mut self, world: &Auditor, account: Uin) -> Option<[Moment; 2]> {
        let bound = world.former.get(&account).into_iter().flatten().map(|former| [former.since, former.until]);
        let paid_for = world.intervals.get(&account).into_iter().flatten();
        let paid_for = paid_for.map(|it| [it.from, it.until.map_or(world.now, |(until, _)| until)]);
        let turns: Vec<[Moment; 2]> = bound.chain(paid_for).collect();
        self.dice.pick(&turns).copied()
    }

    fn record(&mut self, world: &Auditor) -> metering::SettleUsage {
        let moved = self.dice.chance(1, 8).then(|| self.moved(world)).flatten();
        let with_resource = moved.is_none() && self.dice.chance(2, 3);
        let running = if with_resource { self.running(world) } else { None };
        let resource = running.as_ref().and_then(|name| world.resources.get(name));
        let foreign = self.dice.chance(1, 50);
        let account = resource.filter(|_| !foreign).map(|resource| resource.account);
        let account = moved.or(account).unwrap_or_else(|| self.account());
        let product = resource.map(|resource| world.products[resource.product as usize].code.clone());
        let product = product.unwrap_or_else(|| self.product());
        let period_start = world.now.plus_seconds(match self.dice.weighted(&[12, 5, 2, 1]) {
            0 => -self.dice.between(0, DAY),
            1 => -self.dice.between(0, 45 * DAY),
            2 => self.dice.between(0, 32 * DAY),
            _ => -self.dice.between(500 * DAY, 600 * DAY),
        });
        let period_end =
            period_start.plus_seconds(if self.dice.chance(1, 40) { -1 } else { self.dice.between(0, 24) * HOUR });
        // Who has been unbound or moved sends what it used before, up to the moments at which bindings begin and end.
        let edge = self.turn(world, account);
        let (period_start, period_end) = match edge.filter(|_| self.dice.chance(1, 2)) {
            Some([since, until]) => {
                let end = if self.dice.chance(1, 4) { since } else { until };
                let end = match self.dice.weighted(&[3, 3, 6]) {
                    0 => end,
                    1 => Moment::from_micros(end.micros() - 1),
                    _ => end.plus_seconds(-self.dice.between(0, 20 * DAY)),
                };
                (end.plus_seconds(-self.dice.between(0, DAY)), end)
            }
            None => (period_start, period_end),
        };
        // What has taken a name, and when, decides whose the usage under it is.
        let activated = resource.map(|resource| resource.activated_at).filter(|_| self.dice.chance(1, 8));
        let (period_start, period_end) = match activated {
            Some(edge) => match self.dice.weighted(&[1, 1, 1, 1]) {
                0 => (edge.plus_seconds(-HOUR), edge),
                1 => (edge.plus_seconds(-HOUR), edge.plus_seconds(HOUR)),
                2 => (edge, edge.plus_seconds(HOUR)),
                _ => (edge, edge),
            },
            None => (period_start, period_end),
        };
        let action = match self.dice.weighted(&[30, 6, 1]) {
            0 => None,
            1 => self.dice.pick(&METERED).copied(),
            _ => Some(ActionType::PrepayPurchase),
        };
        let payer = world.payer_of(account).unwrap_or(account);
        let total = world.accounts.get(&payer).map_or(0, |known| match known.lent() {
            Some(bound) => bound.total,
            None => (known.own.cash + known.own.granted + known.own.limit).max(0),
        });
        let limit = if self.dice.chance(1, 12) { total / 2 } else { total / 40 };
        metering::SettleUsage {
            account,
            product,
            amount: self.some_amount(limit),
            units: self.dice.chance(1, 3).then(|| self.units()),
            period_start,
            period_end,
            resource: running,
            action,
            details: self.details(),
        }
    }
}
