//! How much one commit does by itself.

use super::*;
use crate::caller::Caller;
use credere_core::access::KeyAccess;
use credere_core::book::{parties, standing};
use credere_core::channel::{PartnerKind, ResourceState, Uin};
use credere_core::money::Amount;
use credere_testkit::commands;

const PLATFORM: Actor = Actor::Platform { key: 1, access: KeyAccess::Full };
const RESOURCES: usize = 3 * FOLLOW_MAX + 1_500;

fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

/// A reseller, and a customer that runs more resources than three commits stop.
fn book() -> Book {
    let mut book = Book::new();
    let mut obey = |command: Command| {
        let context = Context { now: book.now(), actor: PLATFORM, rules: &Rules::default() };
        let event = decide(&book, &command, &context).unwrap().event;
        book.evolve(book.seq() + 1, book.now(), &event).unwrap();
    };
    for number in [1, 2] {
        obey(commands::open(uin(number)).into());
    }
    obey(commands::register(uin(1), PartnerKind::Reseller, Amount::whole(1_000)).into());
    obey(parties::BindCustomer { customer: uin(2), partner: uin(1) }.into());
    obey(commands::add_product("cvm").into());
    for at in 0..RESOURCES {
        obey(commands::activate(uin(2), &format!("ins-{at}"), "cvm", Amount::whole(1)).into());
    }
    book
}

/// What one commit with these requests writes.
fn commit(book: &mut Book, work: Vec<Work>) -> usize {
    let (mut keys, found, rules) = (KeyMemory::since(0), Found::default(), Rules::default());
    let mut draft = Draft::at(book.now());
    let mut deciding = Deciding { draft: &mut draft, book, keys: &mut keys, found: &found, rules: &rules };
    for work in work {
        let actor = if let Work::Duties { .. } = work { Actor::System } else { PLATFORM };
        let info = RequestInfo { actor, ..Caller::system().info() };
        deciding.request(Request { info, work }).unwrap();
    }
    draft.records.len()
}

fn stopped(book: &Book) -> usize {
    book.resources().filter(|resource| resource.state == ResourceState::Suspended).count()
}

/// Bad shape: each duty of a commit was followed by as many again, so that one commit stopped all there were.
#[test]
fn what_somebody_runs_stops_in_bounded_commits() {
    let mut book = book();
    let force = Command::from(standing::ForceSuspension { customer: uin(2), forced: true });
    let forced = |command| Work::Command { key: None, command, directory: None, held: None };
    // Two that ask for the same are followed by no more than one.
    let records = commit(&mut book, vec![forced(force.clone()), forced(force)]);
    // Beside them the review.
    assert_eq!((stopped(&book), records), (FOLLOW_MAX, FOLLOW_MAX + 3));
    let limit = 1_000;
    let records = commit(&mut book, vec![Work::Duties { clock_to: None, limit }]);
    assert!(records <= FOLLOW_MAX + limit + 1, "{records} records");
    let mut commits = 1;
    while book.duty(book.now()).is_some() {
        assert!(commit(&mut book, vec![Work::Duties { clock_to: None, limit }]) <= FOLLOW_MAX + limit + 1);
        commits += 1;
    }
    // After the first one, each as large as it may be.
    assert_eq!((stopped(&book), commits), (RESOURCES, (RESOURCES - FOLLOW_MAX).div_ceil(FOLLOW_MAX + limit)));
}
