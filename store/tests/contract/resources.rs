//! Resources as they stand, and notices.

use crate::history::are_filtered_and_paged;
use crate::{Behind, Subject, at, uin};
use credere_core::channel::{NoticeKind, OrderId, Subscription};
use credere_core::money::Amount;
use credere_store::contract::{
    HistoryFold, MeteringHistory, NoticeFilter, NoticeKey, NoticeRow, ResourceRow, StandingHistory,
};

pub(crate) fn resource(seq: u64, name: &str, state: &str) -> ResourceRow {
    ResourceRow {
        seq,
        name: name.into(),
        account: uin(1 + seq % 4),
        payer: uin(50),
        partner: (!seq.is_multiple_of(3)).then(|| uin(60)),
        product: "cvm".into(),
        unit_price: Amount::from_units(5),
        quantity: 250_000_000,
        frozen: Amount::from_units(6),
        partner_frozen: Amount::from_units(7),
        state: state.into(),
        since: at(seq as i64),
        activated_at: at(-(seq as i64)),
        details: "{\"zone\":1}".into(),
    }
}

pub(crate) fn notice(seq: u64, place: u32) -> NoticeRow {
    let flag = |bit: u64| (seq + u64::from(place)) >> bit & 1 == 1;
    NoticeRow {
        key: NoticeKey { seq, place },
        recipient: uin(1 + (seq + u64::from(place)) % 4),
        customer: uin(1 + seq % 3),
        kind: NoticeKind::ALL[(seq as usize / 2) % NoticeKind::ALL.len()],
        level: seq.is_multiple_of(3).then_some((seq % 101) as u8),
        available: Amount::from_units(-(seq as i64)),
        total: Amount::from_units(seq as i64),
        channels: Subscription { channel_service: flag(0), message_center: flag(1), email: flag(2), webhook: flag(3) },
        order: seq.is_multiple_of(5).then_some(OrderId(seq)),
        at: at(seq as i64),
    }
}

pub(crate) fn the_newest_resource_of_a_name_is_found<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    assert_eq!(store.resource("ins-1").unwrap(), None);
    let resources = vec![
        resource(3, "ins-1", "active"),
        resource(4, "ins-2", "active"),
        resource(3, "ins-1", "terminated"),
        // The same name again, in the same segment.
        resource(5, "ins-1", "active"),
    ];
    store.fold_on(HistoryFold { upto_seq: 5, resources, ..HistoryFold::default() }).unwrap();
    assert_eq!(store.resource("ins-1").unwrap(), Some(resource(5, "ins-1", "active")));
    let resources = vec![resource(5, "ins-1", "deleted"), resource(40, "ins-3", "active")];
    store.fold_on(HistoryFold { upto_seq: 50, resources, ..HistoryFold::default() }).unwrap();
    assert_eq!(store.resource("ins-1").unwrap(), Some(resource(5, "ins-1", "deleted")));
    // And again, segments later.
    let resources = vec![resource(60, "ins-1", "suspended")];
    store.fold_on(HistoryFold { upto_seq: 60, resources, ..HistoryFold::default() }).unwrap();
    for _ in 0..60 {
        crate::commit(store, &[]);
    }
    subject.restart();
    let store = subject.store();
    assert_eq!(store.resource("ins-1").unwrap(), Some(resource(60, "ins-1", "suspended")));
    assert_eq!(store.resource("ins-2").unwrap(), Some(resource(4, "ins-2", "active")));
    assert_eq!(store.resource("ins-3").unwrap(), Some(resource(40, "ins-3", "active")));
    assert_eq!(store.resource("INS-1").unwrap(), None);
    assert_eq!(store.resource("").unwrap(), None);
}

pub(crate) fn resources_are_filtered_and_paged<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let states = ["active", "suspended", "terminated"];
    let mut rows: Vec<_> =
        (1..=50).map(|seq| resource(seq, &format!("ins-{seq}"), states[(seq as usize / 4) % 3])).collect();
    store.fold_on(HistoryFold { upto_seq: 50, resources: rows.clone(), ..HistoryFold::default() }).unwrap();
    rows.reverse();
    are_filtered_and_paged(
        &rows,
        ["active", "suspended", "deleted"],
        |row| (row.account, row.state.as_str(), row.seq),
        |account, state, before, limit| store.resources(account, state, before, limit).unwrap(),
    );
}

pub(crate) fn notices_are_filtered_and_paged<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let mut rows: Vec<_> = (1..=40).flat_map(|seq| (0..seq as u32 % 4).map(move |place| notice(seq, place))).collect();
    for (upto_seq, part) in [(11, 0..=11), (11, 9..=11), (40, 12..=40_u64)] {
        let notices = rows.iter().filter(|row| part.contains(&row.key.seq)).rev().cloned().collect();
        store.fold_on(HistoryFold { upto_seq, notices, ..HistoryFold::default() }).unwrap();
    }
    rows.reverse();
    let mut told = 0;
    for recipient in [None, Some(uin(1)), Some(uin(4)), Some(uin(9))] {
        for customer in [None, Some(uin(1)), Some(uin(3)), Some(uin(9))] {
            for kind in [None, Some(NoticeKind::CreditBelow0), Some(NoticeKind::Resumed)] {
                let filter = NoticeFilter { recipient, customer, kind };
                for before in [None, Some((1, 0)), Some((17, 0)), Some((23, 2)), Some((24, 0)), Some((40, 9))] {
                    let before = before.map(|(seq, place)| NoticeKey { seq, place });
                    for limit in [0, 1, 3, 100] {
                        let matching = rows.iter().filter(|row| {
                            recipient.is_none_or(|recipient| row.recipient == recipient)
                                && customer.is_none_or(|customer| row.customer == customer)
                                && kind.is_none_or(|kind| row.kind == kind)
                                && before.is_none_or(|before| row.key < before)
                        });
                        let expected: Vec<_> = matching.take(limit).cloned().collect();
                        let found = store.notices(&filter, before, limit).unwrap();
                        assert_eq!(found, expected, "{filter:?} before {before:?} limit {limit}");
                        told += found.len();
                    }
                }
            }
        }
    }
    assert!(told > 300, "{told}");
}
