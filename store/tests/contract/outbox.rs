//! Deliveries: queued once, taken in order, settled, remembered and forgotten; and webhooks in the directory, which they
//! go to.

use crate::{Subject, at, commit, next, uin};
use credere_core::channel::WebhookId;
use credere_core::ledger::Moment;
use credere_store::contract::{
    DeploymentStore, Directory, DirectoryWrite, History, Keys, NoticeKey, ShardStore, WebhookRow,
};
use credere_store::outbox::{ATTEMPTS_KEPT, AttemptRow, DeliveryKey, DeliveryRow, DeliveryState, Lane, Outbox};

fn key(lane: Lane, seq: u64, place: u32) -> DeliveryKey {
    DeliveryKey { lane, notice: NoticeKey { seq, place } }
}

fn row(lane: Lane, seq: u64, place: u32, state: DeliveryState) -> DeliveryRow {
    DeliveryRow {
        key: key(lane, seq, place),
        recipient: Some(uin(10)),
        kind: "credit_below_25".into(),
        message: format!("{{\"seq\":{seq}}}"),
        at: at(5),
        state,
        reason: None,
        attempts: 0,
        retries: 0,
        changed_at: at(7),
    }
}

fn waiting(lane: Lane, seq: u64, due: i64) -> DeliveryRow {
    row(lane, seq, 0, DeliveryState::Waiting(at(due)))
}

fn attempt(number: u32) -> AttemptRow {
    AttemptRow {
        number,
        at: at(9),
        took_ms: 12,
        status: Some(503),
        error: Some("the receiver answered 503".into()),
        answer: Some("later".into()),
    }
}

fn due(store: &impl Outbox, lane: Lane, now: i64) -> Vec<u64> {
    store.due_deliveries(lane, at(now), 10).unwrap().iter().map(|row| row.key.notice.seq).collect()
}

/// A store whose journal has `frames` events.
fn grown<S: Subject>(frames: u64) -> S {
    let subject = S::fresh();
    (0..frames).for_each(|_| drop(commit(subject.store(), &[])));
    subject
}

const ONE: Lane = Lane::webhook(1);
const TWO: Lane = Lane::webhook(2);

pub(crate) fn deliveries_are_queued_once_with_their_position<S: Subject>() {
    let mut subject = grown::<S>(9);
    let store = subject.store();
    assert_eq!(store.outbox_seq().unwrap(), 0);
    store.queue_deliveries(3, vec![waiting(ONE, 2, 20), waiting(Lane::EMAIL, 2, 20)]).unwrap();
    assert_eq!(store.outbox_seq().unwrap(), 3);
    // The same stretch told again, with more after it.
    store.queue_deliveries(5, vec![waiting(ONE, 2, 20), waiting(TWO, 3, 20), waiting(ONE, 4, 20)]).unwrap();
    // An older one leaves the position.
    store.queue_deliveries(4, vec![waiting(TWO, 4, 20)]).unwrap();
    subject.restart();
    let store = subject.store();
    assert_eq!(store.outbox_seq().unwrap(), 5);
    assert_eq!(store.waiting_deliveries().unwrap(), 3);
    assert_eq!((due(store, ONE, 20), due(store, TWO, 20)), (vec![2, 4], vec![]));
    assert_eq!(store.delivery(&key(ONE, 2, 0)).unwrap(), Some(waiting(ONE, 2, 20)));
    assert_eq!(store.delivery(&key(TWO, 3, 0)).unwrap(), None);
}

pub(crate) fn two_deliveries_of_one_name_are_refused<S: Subject>() {
    let subject = grown::<S>(9);
    let store = subject.store();
    store.queue_deliveries(3, vec![waiting(ONE, 2, 20)]).unwrap();
    // All or nothing.
    let twice = vec![waiting(TWO, 5, 20), waiting(ONE, 4, 20), waiting(ONE, 4, 20)];
    assert!(store.queue_deliveries(5, twice).is_err());
    assert_eq!((store.outbox_seq().unwrap(), store.waiting_deliveries().unwrap()), (3, 1));
    store.queue_deliveries(5, vec![waiting(ONE, 4, 20)]).unwrap();
    assert_eq!((store.outbox_seq().unwrap(), store.waiting_deliveries().unwrap()), (5, 2));
}

pub(crate) fn a_lane_gives_what_is_due_the_longest_due_first<S: Subject>() {
    let subject = grown::<S>(9);
    let store = subject.store();
    let rows = vec![waiting(ONE, 1, 30), waiting(ONE, 2, 10), waiting(ONE, 3, 10), waiting(TWO, 3, 5)];
    store.queue_deliveries(9, rows).unwrap();
    assert_eq!(due(store, ONE, 9), [0; 0]);
    assert_eq!(due(store, ONE, 10), [2, 3]);
    assert_eq!(due(store, ONE, 99), [2, 3, 1]);
    assert_eq!(store.due_deliveries(ONE, at(99), 1).unwrap().len(), 1);
    assert_eq!(store.next_due(ONE).unwrap(), Some(at(10)));
    assert_eq!(store.next_due(Lane::EMAIL).unwrap(), None);
    assert_eq!(store.waiting_lanes().unwrap(), [(ONE, at(10)), (TWO, at(5))]);
}

pub(crate) fn a_settled_delivery_waits_no_more_and_remembers_its_attempts<S: Subject>() {
    let mut subject = grown::<S>(9);
    let store = subject.store();
    store.queue_deliveries(9, vec![waiting(ONE, 2, 10), waiting(ONE, 3, 10)]).unwrap();
    let again = DeliveryRow { attempts: 1, retries: 1, ..waiting(ONE, 2, 50) };
    store.settle_delivery(&again, Some(&attempt(1))).unwrap();
    assert_eq!(store.next_due(ONE).unwrap(), Some(at(10)));
    let silent = AttemptRow { status: None, error: None, answer: None, ..attempt(2) };
    let given_up = DeliveryRow {
        state: DeliveryState::Failed,
        reason: Some("the receiver answered 503".into()),
        attempts: 2,
        changed_at: at(60),
        ..again
    };
    store.settle_delivery(&given_up, Some(&silent)).unwrap();
    subject.restart();
    let store = subject.store();
    assert_eq!(store.delivery(&given_up.key).unwrap(), Some(given_up.clone()));
    assert_eq!(store.attempts(&given_up.key).unwrap(), [attempt(1), silent]);
    assert_eq!(store.attempts(&key(ONE, 3, 0)).unwrap(), []);
    assert_eq!((store.waiting_deliveries().unwrap(), due(store, ONE, 99)), (1, vec![3]));
    // What is not there is not made.
    store.settle_delivery(&waiting(TWO, 2, 10), Some(&attempt(1))).unwrap();
    assert_eq!(store.delivery(&key(TWO, 2, 0)).unwrap(), None);
    assert_eq!(store.attempts(&key(TWO, 2, 0)).unwrap(), []);
}

pub(crate) fn only_the_newest_attempts_are_kept<S: Subject>() {
    let subject = grown::<S>(9);
    let store = subject.store();
    let row = waiting(ONE, 2, 10);
    store.queue_deliveries(9, vec![row.clone(), waiting(ONE, 3, 10)]).unwrap();
    store.settle_delivery(&waiting(ONE, 3, 10), Some(&attempt(1))).unwrap();
    for number in 1..=ATTEMPTS_KEPT + 5 {
        store.settle_delivery(&row, Some(&attempt(number))).unwrap();
    }
    let numbers: Vec<u32> = store.attempts(&row.key).unwrap().iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, (6..=ATTEMPTS_KEPT + 5).collect::<Vec<_>>());
    assert_eq!(store.attempts(&key(ONE, 3, 0)).unwrap().len(), 1);
}

pub(crate) fn deliveries_are_listed_by_lane_and_by_occurrence<S: Subject>() {
    let subject = grown::<S>(9);
    let store = subject.store();
    let rows = vec![
        row(ONE, 2, 0, DeliveryState::Waiting(at(1))),
        row(ONE, 2, 1, DeliveryState::Skipped),
        row(ONE, 4, 0, DeliveryState::Waiting(at(1))),
        row(TWO, 2, 1, DeliveryState::Waiting(at(1))),
        row(Lane::EMAIL, 2, 1, DeliveryState::Waiting(at(1))),
    ];
    store.queue_deliveries(9, rows).unwrap();
    let listed = |before: Option<(u64, u32)>, limit| {
        let before = before.map(|(seq, place)| NoticeKey { seq, place });
        let rows = store.deliveries(ONE, before, limit).unwrap();
        rows.iter().map(|row| (row.key.notice.seq, row.key.notice.place)).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, 10), [(4, 0), (2, 1), (2, 0)]);
    assert_eq!(listed(None, 2), [(4, 0), (2, 1)]);
    assert_eq!(listed(Some((2, 1)), 10), [(2, 0)]);
    let of = store.deliveries_of(&[NoticeKey { seq: 4, place: 0 }, NoticeKey { seq: 2, place: 1 }]).unwrap();
    let of: Vec<_> = of.iter().map(|row| (row.key.notice.seq, row.key.lane)).collect();
    assert_eq!(of, [(2, Lane::EMAIL), (2, ONE), (2, TWO), (4, ONE)]);
}

pub(crate) fn a_lane_is_ended_and_switched_off<S: Subject>() {
    let mut subject = grown::<S>(9);
    let store = subject.store();
    let delivered = row(ONE, 1, 0, DeliveryState::Delivered);
    store.queue_deliveries(9, vec![delivered.clone(), waiting(ONE, 2, 10), waiting(TWO, 2, 10)]).unwrap();
    store.end_lane(ONE, &DeliveryState::Skipped, "gone", at(80)).unwrap();
    store.switch_lane(ONE, Some(at(80))).unwrap();
    // It stays off since the first time.
    store.switch_lane(ONE, Some(at(90))).unwrap();
    subject.restart();
    let store = subject.store();
    let ended = store.delivery(&key(ONE, 2, 0)).unwrap().unwrap();
    assert_eq!(
        (ended.state, ended.reason.as_deref(), ended.changed_at),
        (DeliveryState::Skipped, Some("gone"), at(80))
    );
    assert_eq!(store.delivery(&delivered.key).unwrap(), Some(delivered));
    assert_eq!(store.waiting_lanes().unwrap(), [(TWO, at(10))]);
    assert_eq!(store.lanes_off().unwrap(), [(ONE, at(80))]);
    store.switch_lane(ONE, None).unwrap();
    assert_eq!(store.lanes_off().unwrap(), []);
}

pub(crate) fn only_old_settled_deliveries_are_forgotten<S: Subject>() {
    let subject = grown::<S>(9);
    let store = subject.store();
    let settled =
        |seq, changed: i64| DeliveryRow { changed_at: at(changed), ..row(ONE, seq, 0, DeliveryState::Failed) };
    let rows = vec![settled(1, 10), settled(2, 20), settled(3, 30), waiting(ONE, 4, 1)];
    store.queue_deliveries(9, rows).unwrap();
    store.settle_delivery(&settled(1, 10), Some(&attempt(1))).unwrap();
    assert_eq!(store.forget_deliveries(at(30), 1).unwrap(), 1);
    assert_eq!(store.forget_deliveries(at(30), 9).unwrap(), 1);
    assert_eq!(store.forget_deliveries(at(30), 9).unwrap(), 0);
    let left: Vec<u64> = store.deliveries(ONE, None, 9).unwrap().iter().map(|row| row.key.notice.seq).collect();
    assert_eq!(left, [4, 3]);
    assert_eq!(store.attempts(&key(ONE, 1, 0)).unwrap(), []);
    // What is forgotten is not queued again.
    store.queue_deliveries(9, vec![waiting(ONE, 1, 1)]).unwrap();
    assert_eq!(store.delivery(&key(ONE, 1, 0)).unwrap(), None);
}

pub(crate) fn telling_history_anew_sends_nothing_again<S: Subject>() {
    let subject = grown::<S>(9);
    let store = subject.store();
    store.queue_deliveries(9, vec![waiting(ONE, 4, 1)]).unwrap();
    store.clear_history().unwrap();
    store.clear_keys().unwrap();
    store.reopen().unwrap();
    assert_eq!((store.outbox_seq().unwrap(), store.waiting_deliveries().unwrap()), (9, 1));
}

pub(crate) fn webhook(id: u64, account: Option<u64>, sealed: &[u8]) -> WebhookRow {
    WebhookRow {
        id: WebhookId(id),
        account: account.map(uin),
        kinds: vec!["suspended".into(), "resource.deleted".into()],
        sealed: sealed.to_vec(),
        created_at: Moment::from_micros(3),
    }
}

pub(crate) fn webhooks_come_change_and_go<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    let plain = WebhookRow { kinds: Vec::new(), ..webhook(2, None, b"b") };
    let both = [DirectoryWrite::Webhook(webhook(1, Some(7), b"a")), DirectoryWrite::Webhook(plain.clone())];
    commit(store, &both);
    assert_eq!(store.webhooks().unwrap(), [webhook(1, Some(7), b"a")]);
    assert_eq!(store.platform_webhooks().unwrap(), std::slice::from_ref(&plain));
    assert_eq!(store.webhook(WebhookId(2)).unwrap(), None, "it is no account's");
    commit(store, &[DirectoryWrite::Webhook(webhook(1, Some(7), b"new"))]);
    assert_eq!(store.webhook(WebhookId(1)).unwrap(), Some(webhook(1, Some(7), b"new")));
    subject.restart();
    let store = subject.store();
    assert_eq!(store.webhooks().unwrap(), [webhook(1, Some(7), b"new")]);
    commit(store, &[DirectoryWrite::WebhookRemoved { id: WebhookId(1) }]);
    // Removing what is not there changes nothing.
    commit(store, &[DirectoryWrite::WebhookRemoved { id: WebhookId(9) }]);
    assert_eq!((store.webhook(WebhookId(1)).unwrap(), store.webhooks().unwrap()), (None, Vec::new()));
    subject.restart();
    assert_eq!(subject.store().platform_webhooks().unwrap(), [plain]);
}

pub(crate) fn a_lost_frame_leaves_no_webhook<S: Subject>() {
    let mut subject = S::fresh();
    commit(subject.store(), &[DirectoryWrite::Webhook(webhook(1, None, b"a"))]);
    commit(subject.store(), &[DirectoryWrite::Webhook(webhook(2, Some(7), b"b"))]);
    let lost = next(subject.store(), 1, b"lost");
    let writes = [
        DirectoryWrite::Webhook(webhook(1, None, b"changed")),
        DirectoryWrite::WebhookRemoved { id: WebhookId(2) },
        DirectoryWrite::Webhook(webhook(3, None, b"c")),
    ];
    subject.append_and_lose(&lost, &writes);
    assert_eq!(subject.store().platform_webhooks().unwrap(), [webhook(1, None, b"a")]);
    assert_eq!(subject.store().webhooks().unwrap(), [webhook(2, Some(7), b"b")]);
}

mod in_files {
    //! What can only be asked of the file.

    use super::*;
    use crate::{Sqlite, small};
    use credere_store::contract::{Journal, StoreError};
    use credere_store::sqlite::{OpenOptions, SqliteStore, backup, restore};
    use std::fs;
    use std::path::Path;

    fn opened(folder: &Path) -> SqliteStore {
        SqliteStore::open(folder, OpenOptions { create: false, ..small() }).unwrap()
    }

    /// A closed store with nine events and one delivery that waits.
    fn closed() -> tempfile::TempDir {
        let Sqlite { folder, store } = grown::<Sqlite>(9);
        store.unwrap().queue_deliveries(9, vec![waiting(ONE, 4, 1)]).unwrap();
        folder
    }

    #[test]
    fn an_outbox_beside_an_older_journal_tells_nothing_of_what_was_before() {
        let folder = closed();
        fs::remove_file(folder.path().join("outbox.db")).unwrap();
        let store = opened(folder.path());
        assert_eq!((store.outbox_seq().unwrap(), store.waiting_deliveries().unwrap()), (9, 0));
    }

    #[test]
    fn a_damaged_outbox_is_set_aside_and_the_store_opens() {
        let folder = closed();
        let file = folder.path().join("outbox.db");
        let damaged = vec![7; 8192];
        fs::write(&file, &damaged).unwrap();
        let store = opened(folder.path());
        assert_eq!((store.outbox_seq().unwrap(), store.waiting_deliveries().unwrap()), (9, 0));
        assert!(fs::read(folder.path().join("outbox.db.damaged")).unwrap().starts_with(&damaged[..1024]));
    }

    #[test]
    fn changed_bytes_in_a_delivery_are_noticed() {
        let folder = closed();
        let connection = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
        connection.execute("UPDATE delivery SET recipient = 11", []).unwrap();
        drop(connection);
        let store = opened(folder.path());
        assert!(matches!(store.due_deliveries(ONE, at(9), 1), Err(StoreError::Corrupt(_))));
    }

    #[test]
    fn a_backup_has_the_outbox() {
        let folder = closed();
        let copies = tempfile::tempdir().unwrap();
        let (copy, restored) = (copies.path().join("copy"), copies.path().join("restored"));
        backup(folder.path(), &copy, &mut |_, _| {}).unwrap();
        restore(&copy, &restored, &mut |_, _| {}).unwrap();
        let store = opened(&restored);
        assert_eq!(store.last().unwrap().seq, 9);
        assert_eq!((store.outbox_seq().unwrap(), store.waiting_deliveries().unwrap()), (9, 1));
        assert_eq!(store.delivery(&key(ONE, 4, 0)).unwrap(), Some(waiting(ONE, 4, 1)));
        drop(store);
        // It says that it has one, so without it it is not whole.
        fs::remove_file(copy.join("outbox.db")).unwrap();
        let refused = restore(&copy, copies.path().join("other"), &mut |_, _| {}).unwrap_err();
        assert!(matches!(&refused, StoreError::Io(fault) if fault.text().contains("outbox.db")), "{refused}");
    }
}
