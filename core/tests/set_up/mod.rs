//! The first commands of every book that a test makes by hand: accounts, partners, a product; and how a command is obeyed.
//! What a single test adds to that is in its own file.

use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{Book, Command, Context, Decision, Rules, catalogue, decide, parties};
use credere_core::channel::{FreezeTerms, PartnerKind, Uin, Verification};
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use credere_testkit::commands;

pub(crate) const PLATFORM: Actor = Actor::Platform { key: 1, access: KeyAccess::Full };

pub(crate) fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

pub(crate) fn whole(amount: i64) -> Amount {
    Amount::whole(amount)
}

pub(crate) fn moment(second: i64) -> Moment {
    Moment::from_micros(0).plus_seconds(second)
}

/// Decides a command that must go through, and applies what comes of it.
#[track_caller]
pub(crate) fn obey(book: &mut Book, now: Moment, actor: Actor, command: &Command) -> Decision {
    let decision = decide(book, command, &Context { now, actor, rules: &Rules::default() });
    let decision = decision.unwrap_or_else(|rejection| panic!("{command:?}: {rejection:?}"));
    book.evolve(book.seq() + 1, now, &decision.event).unwrap();
    decision
}

/// Opens an account that is verified as a person's.
pub(crate) fn open(number: u64) -> Command {
    parties::OpenAccount { verification: Verification::Personal, ..commands::open(uin(number)) }.into()
}

/// Registers a partner with this quota, and as much of a spend line where its kind has one.
pub(crate) fn register(number: u64, kind: PartnerKind, distributor: Option<u64>, quota: i64) -> Command {
    let plain = commands::register(uin(number), kind, whole(quota));
    parties::RegisterPartner { distributor: distributor.map(uin), ..plain }.into()
}

/// Adds the product `cvm`, settled by the hour.
pub(crate) fn add_cvm(freeze: FreezeTerms) -> Command {
    catalogue::AddProduct { freeze, ..commands::add_product("cvm") }.into()
}
