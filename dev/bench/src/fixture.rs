//! The channel of the benchmarks as a bare book, made from events without any store: for what is measured in memory,
//! and for the bytes that the yardstick writes.

use crate::load::authorization;
use crate::usage::Metering;
use crate::world::{CREDIT, World};
use anyhow::anyhow;
use credere_app::buying::OperationRequest;
use credere_app::metering::UsageRequest;
use credere_core::access::Action;
use credere_core::book::{
    ActionName, Book, Command, Context, Event, KeyUse, Record, RequestInfo, Rules, catalogue, decide, parties,
};
use credere_core::channel::{AccountClass, FreezeTerms, PartnerKind, Settlement, Site, Tier, Verification};
use credere_core::ledger::Moment;
use credere_core::money::Amount;

/// When everything happens.
const NOW: Moment = Moment::from_micros(1_800_000_000_000_000);

/// A book with one distributor and its customers.
///
/// # Errors
/// When an event does not fit, which does not happen.
pub fn book_of(customers: u64) -> anyhow::Result<Book> {
    let mut book = Book::new();
    let mut apply = |event: &Event| book.evolve(book.seq() + 1, NOW, event);
    let distributor = World::distributor();
    let credit = Amount::whole(CREDIT);
    let quota = Amount::from_units(credit.units() * i64::try_from(customers)?);
    let opened = |uin| {
        Event::from(parties::AccountOpened {
            uin,
            class: AccountClass::External,
            verification: Verification::Enterprise,
            tier: Tier::None,
            site: Site::Intl,
            entity: None,
            followed: false,
        })
    };
    apply(&Event::from(catalogue::ProductAdded {
        number: 0,
        code: World::product(),
        name: "Machines".to_owned(),
        settlement: Settlement::Monthly,
        grace_hours: Some(24),
        retention_days: 15,
        freeze: FreezeTerms::default(),
        inheritable: true,
    }))?;
    apply(&opened(distributor))?;
    apply(&Event::from(parties::PartnerRegistered {
        uin: distributor,
        kind: PartnerKind::Distributor,
        distributor: None,
        allocation_quota: quota,
        spend_line: Some(quota),
        voucher_quota: Amount::ZERO,
        allowlist: Vec::new(),
        distributor_allocated_after: None,
    }))?;
    let mut allocated = Amount::ZERO;
    for place in 0..customers {
        let customer = World::customer(place);
        allocated = allocated.plus(credit)?;
        apply(&opened(customer))?;
        apply(&Event::from(parties::CustomerBound { customer, partner: distributor, referred: false }))?;
        apply(&Event::from(parties::CreditAllocated {
            customer,
            partner: distributor,
            amount: credit,
            total_after: credit,
            available_after: credit,
            partner_allocated_after: allocated,
            remark: None,
        }))?;
    }
    Ok(book)
}

/// So many authorizations, spread over the customers.
pub fn operations(customers: u64, count: u64) -> Vec<OperationRequest> {
    let product = World::product();
    (0..count).map(|at| authorization(World { customers }, &product, 0, at)).collect()
}

/// Decides authorizations on a book and applies them; answers what happened.
///
/// # Errors
/// When one is refused: the credit is ample.
pub fn authorize_all(book: &mut Book, operations: &[OperationRequest]) -> anyhow::Result<Vec<Event>> {
    let rules = Rules::default();
    let context = Context { now: NOW, actor: World::caller(0).actor, rules: &rules };
    let mut events = Vec::with_capacity(operations.len());
    for operation in operations {
        let decision = decide(book, &operation.command, &context);
        let event = decision.map_err(|rejection| anyhow!("refused: {rejection:?}"))?.event;
        book.evolve(book.seq() + 1, NOW, &event)?;
        events.push(event);
    }
    Ok(events)
}

/// What the journal gets for one request of `batch` authorizations.
///
/// # Errors
/// When one is refused or does not encode, which does not happen.
pub fn payload(batch: u64) -> anyhow::Result<Vec<u8>> {
    let operations = operations(100, batch);
    let events = authorize_all(&mut book_of(100)?, &operations)?;
    encode(Action::Authorize, operations.iter().map(|operation| operation.key).zip(events))
}

/// What the journal gets for one request of `batch` usage records.
///
/// # Errors
/// As [`payload`].
pub fn usage_payload(batch: u64) -> anyhow::Result<Vec<u8>> {
    let (world, products) = (World { customers: 100 }, World::products());
    let metering = Metering { only: None, from: NOW };
    let mut book = book_of(world.customers)?;
    let rules = Rules::default();
    let context = Context { now: NOW, actor: World::caller(0).actor, rules: &rules };
    let settle = |at| {
        let UsageRequest { key, record } = metering.record(world, &products[..1], 0, at);
        let decision = decide(&book, &Command::from(record), &context);
        let event = decision.map_err(|rejection| anyhow!("refused: {rejection:?}"))?.event;
        book.evolve(book.seq() + 1, NOW, &event)?;
        anyhow::Ok((key, event))
    };
    let settled: Vec<(KeyUse, Event)> = (0..batch).map(settle).collect::<anyhow::Result<_>>()?;
    encode(Action::SettleUsage, settled)
}

fn encode(action: Action, operations: impl IntoIterator<Item = (KeyUse, Event)>) -> anyhow::Result<Vec<u8>> {
    let caller = World::caller(0);
    let operated = |(key, event)| Record::Operated { key: Some(key), outcome: Ok(event) };
    let mut records: Vec<Record> = operations.into_iter().map(operated).collect();
    let done = u32::try_from(records.len())?;
    let request = Box::new(RequestInfo { id: [7; 16], actor: caller.actor, face: caller.face });
    let action = ActionName(action);
    let closed = Record::BatchClosed { request, action, target: None, done, refused: 0, replayed: 0, records: done };
    records.push(closed);
    Ok(Record::payload(&records)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_core::book::{buying, metering};

    #[test]
    fn a_payload_has_a_record_for_each_operation_and_one_for_the_request() {
        let records = Record::read_payload(&payload(10).unwrap()).unwrap();
        assert_eq!(records.len(), 11);
        assert!(
            records[..10]
                .iter()
                .all(|record| matches!(record.event(), Some(Event::Buying(buying::Event::AuthorizationOpened(_)))))
        );
    }

    #[test]
    fn a_payload_of_usage_has_them_settled() {
        let records = Record::read_payload(&usage_payload(10).unwrap()).unwrap();
        assert_eq!(records.len(), 11);
        assert!(
            records[..10]
                .iter()
                .all(|record| matches!(record.event(), Some(Event::Metering(metering::Event::UsageSettled(_)))))
        );
    }

    #[test]
    fn the_book_keeps_its_laws() {
        let mut book = book_of(50).unwrap();
        authorize_all(&mut book, &operations(50, 200)).unwrap();
        assert_eq!(book.open_authorizations(), 200);
        credere_core::book::check_laws(&book).unwrap();
    }
}
