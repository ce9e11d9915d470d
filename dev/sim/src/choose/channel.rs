//! Credit handed down and taken back, bindings, suspension by force, warning levels, and who wants to be told.

use super::Chooser;
use crate::act::{Act, Asked, PLATFORM, signer};
use credere_auditor::facts::Bound;
use credere_auditor::{Auditor, ONE, Step, Units, amount};
use credere_core::book::{Command, finance, notices, parties, standing};
use credere_core::channel::{NonStopChange, PartnerKind, Subscription, TopUpKind, Uin, Verification};

impl Chooser {
    /// An allocation, a reclaim, or a grant to a pool.
    pub(super) fn credit(&mut self, world: &Auditor) -> Act {
        if self.dice.chance(1, 8) {
            return self.pool(world);
        }
        let customer = self.customer();
        let available = self.available(world, customer);
        let manager = self.manager_of(world, customer).and_then(|partner| world.partners.get(&partner));
        let allocatable = manager.map_or(0, |partner| partner.quota - partner.allocated);
        let given = match self.dice.weighted(&[8, 5, 1]) {
            0 => match self.dice.weighted(&[6, 1, 1, 3]) {
                0 => Units::from(self.dice.between(1, 60_000)) * (ONE / 100),
                1 => allocatable,
                2 => allocatable + 1,
                _ => -available.min(0) + Units::from(self.dice.between(0, 1)),
            },
            1 => match self.dice.weighted(&[4, 2, 2]) {
                0 => -(available * Units::from(self.dice.between(1, 500)) / 1_000).max(1),
                1 => -available.max(1),
                _ => -available.max(0) - 1,
            },
            _ => 0,
        };
        let actor = self.seller_for(world, customer);
        let key = (actor == PLATFORM && self.dice.chance(1, 4)).then(|| self.key());
        let command = Command::from(parties::AllocateCredit { customer, amount: amount(given), remark: None });
        Act { actor, asked: Asked::One(key, Step::Command(command)) }
    }

    fn pool(&mut self, world: &Auditor) -> Act {
        let pools: Vec<_> = self
            .partners
            .iter()
            .copied()
            .filter(|partner| self.kind_of(world, *partner) == Some(PartnerKind::SecondLevelReseller))
            .collect();
        let wrong = self.dice.chance(1, 15);
        let second_level =
            if wrong { self.partner() } else { self.dice.pick(&pools).copied().unwrap_or(super::uin(9_999)) };
        let pool = world.partners.get(&second_level);
        let remaining = pool.map_or(0, |pool| pool.quota - pool.allocated);
        let above = pool.and_then(|pool| pool.above);
        let given = match self.dice.weighted(&[6, 4, 1, 1, 1]) {
            0 => Units::from(self.dice.between(1, 3_000)) * ONE,
            1 => -(remaining * Units::from(self.dice.between(1, 400)) / 1_000).max(1),
            2 => -remaining - 1,
            3 => 1_000_000 * ONE + 1,
            _ => 0,
        };
        let actor = match (self.dice.weighted(&[6, 3, 1]), above) {
            (1, Some(above)) => signer(above),
            (2, _) => signer(self.partner()),
            _ => PLATFORM,
        };
        let command = Command::from(parties::AllocatePool { second_level, amount: amount(given), remark: None });
        Act { actor, asked: Asked::One(None, Step::Command(command)) }
    }

    /// Ends a binding, or makes one anew.
    pub(super) fn binding(&mut self, world: &Auditor) -> Act {
        let free = |account: &&_| world.accounts.get(*account).is_some_and(|account| account.bound.is_none());
        let alone = |account: &&_| world.organization_of(**account).is_none();
        let unbound: Vec<_> = self.customers.iter().filter(free).filter(alone).copied().collect();
        if let Some(customer) = self.dice.pick(&unbound).copied()
            && self.dice.chance(3, 5)
        {
            let partner = if self.dice.chance(1, 3) { self.agent() } else { self.partner() };
            return self.asks(Command::from(parties::BindCustomer { customer, partner }));
        }
        // Mostly somebody who can be unbound.
        let ready = |account: &&_| {
            let bound = world.accounts.get(*account).and_then(|account| account.bound.as_ref());
            let closed = |bound: &Bound| {
                let Bound { on_credit, frozen, ref spending, .. } = *bound;
                let open = spending.processing + spending.parked + spending.authorizations;
                let runs = || world.resources.values().any(|resource| resource.account == **account);
                // What an agent refers takes along whatever is open.
                !on_credit || (open == 0 && frozen == 0 && !runs())
            };
            bound.is_some_and(closed)
        };
        let ready: Vec<_> = self.customers.iter().filter(ready).filter(alone).copied().collect();
        let likely = self.dice.chance(2, 3);
        let customer = if likely { self.dice.pick(&ready).copied() } else { None };
        let customer = customer.unwrap_or_else(|| self.customer());
        Act {
            actor: PLATFORM,
            asked: Asked::One(None, Step::Command(Command::from(parties::UnbindCustomer { customer }))),
        }
    }

    /// Levels, privileges, the special rule, suspension by force, verification, a note.
    pub(super) fn standing(&mut self, world: &Auditor) -> Act {
        let forced: Vec<_> = world
            .accounts
            .iter()
            .filter(|(_, account)| account.bound.as_ref().is_some_and(|bound| bound.spending.forced_since.is_some()))
            .map(|(uin, _)| *uin)
            .collect();
        if let Some(customer) = self.dice.pick(&forced).copied()
            && self.dice.chance(1, 2)
        {
            let actor = self.seller_for(world, customer);
            let command = Command::from(standing::ForceSuspension { customer, forced: self.dice.chance(1, 10) });
            return Act { actor, asked: Asked::One(None, Step::Command(command)) };
        }
        let customer = self.customer();
        let (actor, command) = match self.dice.weighted(&[10, 4, 7, 1]) {
            0 => (PLATFORM, self.levels(customer)),
            1 => {
                (self.seller_for(world, customer), Command::from(standing::ForceSuspension { customer, forced: true }))
            }
            2 => (PLATFORM, self.verification(world, customer)),
            _ => (self.seller_for(world, customer), Command::from(parties::NoteCustomer { customer })),
        };
        Act { actor, asked: Asked::One(None, Step::Command(command)) }
    }

    /// Verifies somebody who is not, and now and then takes a verification back.
    fn verification(&mut self, world: &Auditor, customer: Uin) -> Command {
        let unverified = |account: &&_| world.accounts.get(*account).is_some_and(|account| !account.verified);
        let unverified: Vec<Uin> = self.customers.iter().filter(unverified).copied().collect();
        let (uin, verification) = match self.dice.pick(&unverified) {
            Some(one) if self.dice.chance(3, 4) => (*one, Some(Verification::Enterprise)),
            Some(one) if self.dice.chance(1, 2) => (*one, Some(Verification::Personal)),
            _ => (customer, self.dice.chance(1, 5).then_some(Verification::None)),
        };
        // Who is verified is mostly so as what most are.
        let entity = verification.map(|level| {
            let name = self.entity(uin).filter(|_| level != Verification::None);
            name.and_then(|name| name.parse().ok())
        });
        let (class, tier, followed) = (None, None, self.dice.chance(1, 4).then(|| self.dice.chance(2, 3)));
        Command::from(parties::ChangeAccount { uin, class, verification, tier, entity, followed })
    }

    fn levels(&mut self, customer: Uin) -> Command {
        // Now and then one of the two alone, now and then both.
        let prepaid = self.dice.chance(1, 4).then(|| self.dice.chance(1, 6));
        let postpaid = self.dice.chance(1, 4).then(|| self.dice.chance(1, 3));
        let non_stop = NonStopChange { prepaid, postpaid };
        let special_suspension = self.dice.chance(1, 4).then(|| self.dice.chance(1, 2));
        let mut level = || {
            self.dice.chance(1, 2).then(|| match self.dice.weighted(&[6, 12, 8, 3]) {
                0 => None,
                1 => u8::try_from(self.dice.below(101)).ok(),
                2 => Some([25, 10, 0, 50][usize::try_from(self.dice.below(4)).unwrap_or(0)]),
                _ => Some(101),
            })
        };
        let (partner_warning, own_warning) = (level(), level());
        Command::from(standing::ChangeCustomer { customer, non_stop, special_suspension, partner_warning, own_warning })
    }

    /// Money that somebody pays in or is given, or how much it may owe; also of whoever has none of its own. Who is overdue
    /// mostly pays in what is missing.
    pub(super) fn own_money(&mut self, world: &Auditor) -> Act {
        let payers = self.pay_for_themselves(world);
        let account = match self.dice.weighted(&[12, 1, 1]) {
            0 => self.dice.pick(&payers).copied().unwrap_or(super::uin(9_999)),
            1 => self.partner(),
            _ => self.customer(),
        };
        let has = world.accounts.get(&account).map_or(0, |known| known.own.available());
        let amount = if has < 0 && self.dice.chance(2, 3) {
            amount(-has + Units::from(self.dice.between(-1, 1)))
        } else {
            // Bounded, so that what somebody has does not grow by what it has.
            self.some_amount(4 * has.clamp(100 * ONE, 2_500 * ONE))
        };
        let command = match self.dice.weighted(&[2, 1, 2, 4]) {
            0 => Command::from(finance::ChangeFinance { account, credit_limit: Some(amount), overdue_amount: None }),
            1 => Command::from(finance::ChangeFinance { account, credit_limit: None, overdue_amount: Some(amount) }),
            2 => Command::from(finance::TopUp { account, amount, kind: TopUpKind::Granted }),
            _ => Command::from(finance::TopUp { account, amount, kind: TopUpKind::Cash }),
        };
        self.asks(command)
    }

    pub(super) fn subscription(&mut self) -> Act {
        let uin = if self.dice.chance(1, 3) { self.partner() } else { self.customer() };
        let channel_service = self.dice.chance(3, 4);
        let subscription = Subscription { channel_service, email: self.dice.chance(1, 2), ..Subscription::default() };
        self.asks(Command::from(notices::Subscribe { uin, subscription }))
    }
}
