//! What is paid in and limited, and for whom there is nothing.

use super::*;
use crate::access::{Actor, KeyAccess};
use crate::book::finance::Reason;
use crate::book::{Command, Context, Rules, decide, parties};
use crate::channel::{AccountClass, PartnerKind, Tier, Uin, Verification};
use crate::ledger::Moment;
use crate::money::Amount;

const ACCOUNT: u64 = 1;
const AGENT: u64 = 2;
const RESELLER: u64 = 3;

struct World(Book);

impl World {
    /// An account beside an agent and a reseller.
    fn new() -> World {
        let mut world = World(Book::new());
        for number in [ACCOUNT, AGENT, RESELLER] {
            let (class, verification, tier) = (AccountClass::External, Verification::None, Tier::None);
            world.obey(parties::OpenAccount {
                uin: Some(uin(number)),
                class,
                verification,
                tier,
                site: None,
                entity: None,
                followed: false,
            });
        }
        for (number, kind) in [(AGENT, PartnerKind::Agent), (RESELLER, PartnerKind::Reseller)] {
            world.obey(parties::RegisterPartner {
                uin: uin(number),
                kind,
                distributor: None,
                allocation_quota: Amount::ZERO,
                spend_line: None,
                voucher_quota: Amount::ZERO,
                allowlist: Vec::new(),
            });
        }
        world
    }

    fn ask(&self, command: impl Into<Command>) -> Result<Decision, Rejection> {
        let actor = Actor::Platform { key: 1, access: KeyAccess::Full };
        decide(&self.0, &command.into(), &Context { now: Moment::default(), actor, rules: &Rules::default() })
    }

    #[track_caller]
    fn obey(&mut self, command: impl Into<Command>) {
        let command = command.into();
        let event = self.ask(command.clone()).unwrap().event;
        let before = self.0.clone();
        self.0.evolve(before.seq() + 1, Moment::default(), &event).unwrap();
        crate::book::check_laws(&self.0).unwrap();
        if matches!(command, Command::Finance(_)) {
            assert_eq!(event.asked(&before), Some(command));
        }
    }

    fn bind(&mut self, partner: u64) {
        self.obey(parties::BindCustomer { customer: uin(ACCOUNT), partner: uin(partner) });
    }

    fn finance(&self) -> [i64; 4] {
        let finance = self.0.account(uin(ACCOUNT)).unwrap().own().finance;
        [finance.cash(), finance.granted(), finance.credit_limit(), finance.available()]
            .map(|amount| amount.units() / Amount::whole(1).units())
    }
}

fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

fn top_up(account: u64, amount: i64, kind: TopUpKind) -> TopUp {
    TopUp { account: uin(account), amount: Amount::whole(amount), kind }
}

fn limit(account: u64, limit: i64) -> ChangeFinance {
    ChangeFinance { account: uin(account), credit_limit: Some(Amount::whole(limit)), overdue_amount: None }
}

#[test]
fn what_is_paid_in_is_there_at_once() {
    let mut world = World::new();
    assert_eq!(world.finance(), [0, 0, 0, 0]);
    world.obey(top_up(ACCOUNT, 70, TopUpKind::Cash));
    world.obey(top_up(ACCOUNT, 20, TopUpKind::Granted));
    world.obey(limit(ACCOUNT, 10));
    assert_eq!(world.finance(), [70, 20, 10, 100]);
    world.obey(ChangeFinance { account: uin(ACCOUNT), credit_limit: None, overdue_amount: Some(Amount::whole(5)) });
    assert_eq!(world.finance(), [70, 20, 10, 100]);
    assert_eq!(world.0.own(uin(ACCOUNT)).unwrap().overdue_amount, Amount::whole(5));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let world = World::new();
    for amount in [0, -1] {
        for kind in [TopUpKind::Cash, TopUpKind::Granted] {
            assert_eq!(world.ask(top_up(ACCOUNT, amount, kind)), Err(Rejection::AmountNotPositive));
        }
    }
    assert_eq!(world.ask(limit(ACCOUNT, -1)), Err(Rejection::AmountNegative));
    let owed = Some(Amount::whole(-1));
    let negative = ChangeFinance { account: uin(ACCOUNT), credit_limit: None, overdue_amount: owed };
    assert_eq!(world.ask(negative), Err(Rejection::AmountNegative));
    let nobody = Rejection::from(parties::Reason::PartyNotFound(parties::Party::Account, uin(9)));
    assert_eq!(world.ask(top_up(9, 1, TopUpKind::Cash)), Err(nobody));
}

/// O3: money of its own belongs to whoever has no credit from a partner, and is set aside while it has.
#[test]
fn only_who_pays_for_itself_has_money_of_its_own() {
    let mut world = World::new();
    let refused = |number| Err(Rejection::from(Reason::NoFinance(uin(number))));
    assert_eq!(world.ask(top_up(RESELLER, 1, TopUpKind::Cash)), refused(RESELLER));
    assert_eq!(world.ask(limit(RESELLER, 1)), refused(RESELLER));
    world.obey(top_up(AGENT, 1, TopUpKind::Cash));
    world.obey(top_up(ACCOUNT, 70, TopUpKind::Cash));
    world.bind(RESELLER);
    assert_eq!(world.ask(top_up(ACCOUNT, 1, TopUpKind::Cash)), refused(ACCOUNT));
    assert!(world.0.own(uin(ACCOUNT)).is_none());
    world.obey(parties::UnbindCustomer { customer: uin(ACCOUNT) });
    assert_eq!(world.finance(), [70, 0, 0, 70]);
    // An agent's customer pays for itself.
    world.bind(AGENT);
    world.obey(top_up(ACCOUNT, 5, TopUpKind::Granted));
    assert_eq!(world.finance(), [70, 5, 0, 75]);
}
