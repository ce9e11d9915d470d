//! What damage may do to history and the directory: a row goes, a bit turns. Whatever is asked then is answered as
//! before, or not at all; and the comparison with what the journal says finds it.

use crate::bills::{bill, line, month};
use crate::folders::copied;
use crate::history::{allocation, audit, order};
use crate::invitations::invitation;
use crate::resources::{notice, resource};
use crate::search::{bound, named_like};
use crate::sqlite_only::{closed, reopened};
use crate::vouchers::{payment, voucher};
use crate::{at, commit, named, noted_by_its_admin, uin};
use credere_core::channel::{ActionType, Uin, WebhookId};
use credere_core::money::Amount;
use credere_core::organization::{InvitationEnd, InvitationId, OrganizationId};
use credere_store::contract::{
    AuditFilter, AuditHistory, AuthorizationRow, BillsHistory, BuyingHistory, CredentialRow, DeploymentStore,
    Directory, DirectoryEntry, DirectoryWrite, History, HistoryFold, KeptAnswer, LineFilter, MembersHistory,
    MeteringHistory, NoticeFilter, OrderFilter, PartiesHistory, PlatformKeyRow, ReceiptPartRow, ReceiptRow,
    StandingHistory, StoreError, VoucherFilter, VouchersHistory, WebhookRow,
};
use credere_store::sqlite::SqliteStore;
use rusqlite::Connection;
use std::fmt::Debug;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const POSITIONS: u64 = 40;

fn receipt(seq: u64) -> ReceiptRow {
    let of = bill(2, 10);
    ReceiptRow {
        seq,
        account: of.account,
        month: of.month,
        operator: uin(7),
        parts: vec![ReceiptPartRow { binding_seq: 5, action: ActionType::PostpayDeduct }],
        line_seqs: vec![1, seq],
        lines: 1,
        returned: Amount::from_units(seq as i64),
        available_after: None,
        at: at(1),
    }
}

fn authorization(opened_seq: u64) -> AuthorizationRow {
    AuthorizationRow {
        opened_seq,
        account: uin(1 + opened_seq % 3),
        payer: uin(50),
        partner: Some(uin(60)),
        product: "cvm".into(),
        state: "captured".into(),
        list_amount: Amount::from_units(9),
        amount: Amount::from_units(8),
        partner_amount: Amount::from_units(7),
        captured_list_amount: Amount::from_units(6),
        captured_amount: Amount::from_units(5),
        captured_partner_amount: Amount::from_units(4),
        opened_at: at(1),
        expires_at: at(3),
        closed_at: at(2),
    }
}

/// Something of everything at each position.
fn fold(first: u64, last: u64) -> HistoryFold {
    let states = ["delivered", "processing", "failed"];
    let actions = ["allocate_credit", "place_order"];
    let mut fold = HistoryFold { upto_seq: last, ..HistoryFold::default() };
    for seq in first..=last {
        fold.allocations.push(allocation(seq, 1 + seq % 2));
        if seq % 2 == 0 {
            fold.authorizations.push(authorization(seq));
        }
        fold.orders.push(order(seq, 1 + seq % 3, states[(seq % 3) as usize]));
        if seq > 3 {
            // An older order changes.
            fold.orders.push(order(seq - 3, 1 + seq % 3, states[(seq % 2) as usize]));
        }
        fold.audit.push(audit(seq, (seq / 4) as i64, actions[(seq % 2) as usize], Some(1 + seq % 3)));
        fold.lines.push(line(seq));
        if seq % 9 == 0 {
            fold.receipts.push(receipt(seq));
        }
        // With gaps between the numbers.
        fold.vouchers.push(voucher(2 * seq));
        fold.voucher_uses.push(payment(seq, 2 + seq % 2, 8 + (seq / 20) as u8));
        fold.resources.push(resource(seq, &format!("ins-{}", seq % 7), states[(seq % 3) as usize]));
        fold.notices.push(notice(seq, 0));
        fold.invitations.push(invitation(seq, None));
        if seq > 3 && seq % 2 == 0 {
            fold.invitations.push(invitation(seq - 3, Some(InvitationEnd::Denied)));
        }
    }
    fold
}

pub(crate) fn filled() -> TempDir {
    closed(|store| {
        (0..POSITIONS).for_each(|_| drop(commit(store, &[])));
        store.fold(fold(1, 17)).unwrap();
        store.fold(fold(18, POSITIONS)).unwrap();
    })
}

/// What every question is answered with.
#[derive(Default)]
pub(crate) struct Answers(Vec<(String, Option<String>)>);

impl Answers {
    pub(crate) fn note<T: Debug>(&mut self, question: String, answer: Result<T, StoreError>) {
        self.0.push((question, answer.ok().map(|answer| format!("{answer:?}"))));
    }

    /// There was an answer to every question.
    pub(crate) fn are_whole(&self) -> bool {
        self.0.iter().all(|(_, answer)| answer.is_some())
    }

    /// None of these is another answer than before; answers how many there were none to.
    pub(crate) fn never_differ(&self, before: &Answers, damage: &str) -> usize {
        for ((question, now), (_, before)) in self.0.iter().zip(&before.0) {
            assert!(now.is_none() || now == before, "{damage}: {question}: {now:?} and not {before:?}");
        }
        self.0.iter().filter(|(_, now)| now.is_none()).count()
    }
}

pub(crate) fn ask_history(store: &SqliteStore) -> Answers {
    let mut told = Answers::default();
    let all = LineFilter::default();
    for account in [1, 2, 3, 4] {
        let whose = uin(account);
        for (skip, limit) in [(0, 100), (3, 2)] {
            told.note(format!("allocations {account} {skip}"), store.allocations(whose, 0..u64::MAX, skip, limit));
        }
        told.note(format!("allocation count {account}"), store.allocation_count(whose, 5..30));
        told.note(format!("months {account}"), store.bill_months(whose));
        for before in [None, Some(22)] {
            told.note(format!("orders {account} {before:?}"), store.orders(of(Some(whose), None), before, 100));
            let failed = store.orders(of(Some(whose), Some("failed")), before, 4);
            told.note(format!("failed orders {account} {before:?}"), failed);
            told.note(format!("resources {account} {before:?}"), store.resources(Some(whose), None, before, 100));
            let filter = AuditFilter { account: Some(whose), ..AuditFilter::default() };
            told.note(format!("audit {account} {before:?}"), store.audit(&filter, before, 100));
        }
        for number in [9, 10] {
            let of = bill(account, number);
            told.note(format!("totals {account} {number}"), store.bill_totals(of));
            told.note(format!("lines {account} {number}"), store.lines(of, &all, None, 0, 100));
            told.note(format!("some lines {account} {number}"), store.lines(of, &all, Some(12), 2, 3));
            let on_a_day = LineFilter { day: Some(5), ..LineFilter::default() };
            told.note(format!("a day {account} {number}"), store.lines(of, &on_a_day, None, 0, 100));
            told.note(format!("line count {account} {number}"), store.line_count(of, &all));
            let unpaid = LineFilter { confirmed: Some(false), ..LineFilter::default() };
            told.note(format!("unpaid {account} {number}"), store.line_count(of, &unpaid));
            told.note(format!("by number {account} {number}"), store.lines_by_seq(of, &[1, 2, 3, 19, 20, 21]));
            told.note(format!("a day's sums {account} {number}"), store.day_totals(of, 5));
            let managing = Some(&[uin(45)][..]);
            for (partner, managing) in [("", None), ("of a partner", managing)] {
                let resources = store.resource_totals(of, managing, None, 100);
                told.note(format!("resources {account} {number} {partner}"), resources);
                for tag in ["team", "none"] {
                    let values = store.tag_totals(of, managing, tag, None, 100);
                    told.note(format!("values of {tag} {account} {number} {partner}"), values);
                }
            }
            told.note(format!("more resources {account} {number}"), store.resource_totals(of, None, Some("ins-1"), 1));
            told.note(format!("receipts {account} {number}"), store.receipts(of));
        }
        let owned = VoucherFilter { owner: Some(whose), ..VoucherFilter::default() };
        told.note(format!("vouchers {account}"), store.vouchers(&owned, None, 0, 100));
        told.note(format!("voucher count {account}"), store.voucher_count(&owned));
        let to = NoticeFilter { recipient: Some(whose), ..NoticeFilter::default() };
        told.note(format!("notices {account}"), store.notices(&to, None, 100));
        for (skip, limit) in [(0, 100), (3, 2)] {
            let organization = OrganizationId(account);
            told.note(format!("invitations of {account} {skip}"), store.invitations_of(organization, skip, limit));
            told.note(format!("invitations to {account} {skip}"), store.invitations_to(whose, skip, limit));
        }
    }
    for seq in 0..=POSITIONS + 1 {
        told.note(format!("order {seq}"), store.order(seq));
        told.note(format!("authorization {seq}"), store.closed_authorization(seq));
        told.note(format!("voucher {seq}"), store.voucher(seq));
        told.note(format!("invitation {seq}"), store.invitation(InvitationId(seq)));
        told.note(format!("request {seq}"), store.audit_of_request(&format!("request-{seq}")));
    }
    for voucher in [2, 3] {
        told.note(format!("uses {voucher}"), store.voucher_uses(voucher, None, 0, 100));
        told.note(format!("uses in a month {voucher}"), store.voucher_uses(voucher, Some(month(9)), 0, 100));
        told.note(format!("months of {voucher}"), store.voucher_use_months(voucher));
    }
    for name in 0..8 {
        told.note(format!("resource {name}"), store.resource(&format!("ins-{name}")));
    }
    for state in [None, Some("delivered"), Some("failed"), Some("processing")] {
        for (before, limit) in [(None, 100), (Some(30), 5)] {
            told.note(format!("all orders {state:?} {limit}"), store.orders(of(None, state), before, limit));
            told.note(format!("all resources {state:?} {limit}"), store.resources(None, state, before, limit));
        }
    }
    for action in [None, Some("place_order".to_owned()), Some("allocate_credit".to_owned())] {
        for from in [None, Some(at(5))] {
            let filter = AuditFilter { action: action.clone(), from, ..AuditFilter::default() };
            told.note(format!("all audit {action:?} {from:?}"), store.audit(&filter, None, 100));
        }
    }
    told.note("all vouchers".into(), store.vouchers(&VoucherFilter::default(), None, 0, 100));
    told.note("count of vouchers".into(), store.voucher_count(&VoucherFilter::default()));
    told.note("all notices".into(), store.notices(&NoticeFilter::default(), None, 100));
    told
}

/// Fills a second history in one go, and compares.
fn comparison(store: &SqliteStore) -> Result<u64, StoreError> {
    let scratch = tempfile::tempdir().unwrap();
    let second = store.compare_history(scratch.path())?.unwrap();
    second.fold(fold(1, POSITIONS))?;
    let mut told = (0, 0);
    let rows = second.finish(&mut |done, of| told = (done, of))?;
    assert_eq!(told, (rows, rows));
    Ok(rows)
}

/// The tables of a file and the columns of their keys.
pub(crate) fn tables(file: &Path) -> Vec<(String, String)> {
    let connection = Connection::open(file).unwrap();
    let mut statement = connection
        .prepare(
            "SELECT t.name, group_concat(c.name ORDER BY c.pk) FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
            WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND c.pk > 0 GROUP BY t.name",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Deletes a row of a table: the first, one in the middle, or the last. Answers whether there was one.
pub(crate) fn delete(file: &Path, table: &str, key: &str, which: i64) -> bool {
    let connection = Connection::open(file).unwrap();
    let count: i64 = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
    let offset = (count * which / 2).min(count - 1);
    let sql = format!(
        "DELETE FROM {table} WHERE ({key}) = (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {offset})"
    );
    connection.execute(&sql, []).unwrap() == 1
}

#[test]
fn history_filled_in_parts_is_the_one_filled_at_once() {
    let folder = filled();
    assert!(comparison(&reopened(folder.path()).unwrap()).unwrap() > 500);
}

#[test]
fn a_row_of_history_that_is_gone_is_never_a_shorter_answer() {
    let folder = filled();
    let before = ask_history(&reopened(folder.path()).unwrap());
    assert!(before.are_whole());
    for (table, key) in tables(&folder.path().join("history.db")) {
        for which in [0, 1, 2] {
            let copied = copied(folder.path(), |_| true);
            if !delete(&copied.path().join("history.db"), &table, &key, which) {
                continue;
            }
            let store = reopened(copied.path()).unwrap();
            if store.history_seq().unwrap() == 0 {
                // It showed when the file was opened, and it is made anew.
                continue;
            }
            let damage = format!("row {which} of {table}");
            let silent = ask_history(&store).never_differ(&before, &damage);
            // An older resource of a name is not looked for once there is a newer one.
            assert!(silent > 0 || table == "resource_name", "{damage} is asked for");
            assert!(matches!(comparison(&store), Err(StoreError::Corrupt(_))), "{damage}");
        }
    }
}

/// Copies a folder and turns one bit in a file of it, somewhere where something is written; answers what was turned.
fn with_a_bit_turned(folder: &Path, file: &str, state: &mut u64) -> (TempDir, String) {
    let copied = copied(folder, |_| true);
    let mut bytes = fs::read(folder.join(file)).unwrap();
    loop {
        // Any well spread sequence does.
        *state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let (at, bit) = ((*state >> 16) as usize % bytes.len(), *state >> 60 & 7);
        if bytes[at] != 0 {
            bytes[at] ^= 1 << bit;
            fs::write(copied.path().join(file), bytes).unwrap();
            return (copied, format!("bit {bit} of byte {at}"));
        }
    }
}

#[test]
fn a_bit_of_history_that_turns_is_never_another_answer() {
    let folder = filled();
    let before = ask_history(&reopened(folder.path()).unwrap());
    let (mut noticed, mut state) = (0, 0x9e37_79b9_7f4a_7c15_u64);
    for _ in 0..100 {
        let (copied, damage) = with_a_bit_turned(folder.path(), "history.db", &mut state);
        let store = reopened(copied.path()).unwrap();
        if store.history_seq().unwrap() == 0 {
            continue;
        }
        if ask_history(&store).never_differ(&before, &damage) > 0 {
            noticed += 1;
            assert!(comparison(&store).is_err(), "{damage}");
        }
    }
    assert!(noticed > 20, "{noticed}");
}

fn credential(id: &str, owner: u64) -> CredentialRow {
    CredentialRow { secret_id: id.into(), uin: uin(owner), sealed_key: vec![7; 40], created_at: at(9) }
}

fn webhook(id: u64) -> WebhookRow {
    let kinds = vec!["suspended".to_owned()];
    WebhookRow { id: WebhookId(id), account: Some(uin(1)), kinds, sealed: vec![8; 40], created_at: at(9) }
}

pub(crate) fn with_names() -> TempDir {
    closed(|store| {
        for number in 1..=6 {
            let id = format!("AKID{number}-and-so-on");
            let key = PlatformKeyRow {
                id: format!("key_{number}"),
                name: "metering".into(),
                access: "full".into(),
                digest: [number as u8; 32],
                created_at: at(9),
            };
            commit(
                store,
                &[
                    named(number, "a name"),
                    noted_by_its_admin(number, "of Berlin", "asks much"),
                    bound(number, 50, number),
                    DirectoryWrite::Credential(credential(&id, 1 + number % 2)),
                    DirectoryWrite::PlatformKey(key),
                    DirectoryWrite::Webhook(webhook(number)),
                ],
            );
        }
        for number in 1..=6 {
            let answer =
                KeptAnswer { key: [number as u8; 16], account: None, body: vec![9; 20], at: at(number as i64) };
            commit(store, &[named(number, "a newer name"), DirectoryWrite::Answer(answer)]);
        }
        commit(
            store,
            &[
                DirectoryWrite::CredentialRevoked { secret_id: "AKID2-and-so-on".into() },
                DirectoryWrite::PlatformKeyRevoked { id: "key_2".into() },
                DirectoryWrite::WebhookRemoved { id: WebhookId(2) },
            ],
        );
        store.erase_profile(uin(3)).unwrap();
        commit(store, &[named(5, "the newest name")]);
    })
}

fn entries(store: &SqliteStore) -> Result<Vec<DirectoryEntry>, StoreError> {
    let mut found = Vec::new();
    let mut visit = |entry| {
        found.push(entry);
        Ok(())
    };
    store.directory_entries(&mut visit)?;
    store.deployment_entries(&mut visit)?;
    Ok(found)
}

pub(crate) fn ask_directory(store: &SqliteStore) -> Answers {
    let mut told = Answers::default();
    for number in 1..=6 {
        told.note(format!("profile {number}"), store.profile(uin(number)));
        told.note(format!("credential {number}"), store.credential(&format!("AKID{number}-and-so-on")));
        told.note(format!("credentials of {number}"), store.credentials_of(uin(number)));
        told.note(format!("webhook {number}"), store.webhook(WebhookId(number)));
        // It is asked for where the key is known to be used: that it is not there is no answer.
        let gone = || StoreError::corrupt("a kept answer is gone");
        let answer = store.kept_answer(&[number as u8; 16]).and_then(|found| found.ok_or_else(gone));
        told.note(format!("answer {number}"), answer);
    }
    told.note("nobody".into(), store.credential("AKID7-and-so-on"));
    told.note("search".into(), store.search_customers(&named_like(50, "name")));
    told.note("search for few".into(), store.search_customers(&named_like(50, "newest")));
    told.note("platform keys".into(), store.platform_keys());
    told.note("webhooks".into(), store.webhooks());
    told.note("the platform's webhooks".into(), store.platform_webhooks());
    told
}

#[test]
fn a_row_of_the_directory_that_is_gone_is_not_somebody_unknown() {
    let folder = with_names();
    let before = ask_directory(&reopened(folder.path()).unwrap());
    assert!(before.are_whole());
    let found_by = ["sheet", "sheet_keys", "loose", "binding"];
    for table in ["profile", "credential", "platform_key", "webhook", "counted"].into_iter().chain(found_by) {
        let (_, key) =
            tables(&folder.path().join("directory.db")).into_iter().find(|(name, _)| name == table).unwrap_or(
                // Without a key of their own: in the order in which they were made.
                (table.to_owned(), "rowid".to_owned()),
            );
        for which in [0, 1, 2] {
            let copied = copied(folder.path(), |_| true);
            assert!(delete(&copied.path().join("directory.db"), table, &key, which));
            let store = reopened(copied.path()).unwrap();
            let silent = ask_directory(&store).never_differ(&before, &format!("row {which} of {table}"));
            // That a count has gone shows only when something like it is not found, and a binding when its customer changes.
            assert!(silent > 0 || ["counted", "binding"].contains(&table), "row {which} of {table}");
            let proven = entries(&store).is_ok();
            assert!(!proven || !found_by.contains(&table) || table == "binding", "row {which} of {table} is proven");
        }
    }
}

#[test]
fn an_identifier_that_many_begin_with_reads_no_credential() {
    let folder = with_names();
    // Whoever read a row would find that it is damaged.
    let connection = Connection::open(folder.path().join("directory.db")).unwrap();
    assert!(connection.execute("UPDATE credential SET created_at = created_at + 1", []).unwrap() > 0);
    drop(connection);
    let store = reopened(folder.path()).unwrap();
    for short in ["", "A", "AK", "AKI", "AKID", "AKID1", "AKID1-"] {
        assert_eq!(store.credential(short).unwrap(), None, "{short}");
    }
    // As long as what is counted together, only what begins in the same way is read.
    assert_eq!(store.credential("AKID9-a").unwrap(), None);
    assert!(matches!(store.credential("AKID1-a"), Err(StoreError::Corrupt(_))));
    assert!(matches!(store.credential("AKID1-another"), Err(StoreError::Corrupt(_))));
}

#[test]
fn what_was_taken_back_does_not_live_again() {
    let folder = with_names();
    for table in ["credential", "platform_key"] {
        for change in ["revoked_seq = NULL WHERE revoked_seq > 0", "revoked_seq = 7 WHERE revoked_seq IS NULL"] {
            let copied = copied(folder.path(), |_| true);
            let connection = Connection::open(copied.path().join("directory.db")).unwrap();
            assert!(connection.execute(&format!("UPDATE {table} SET {change}"), []).unwrap() > 0);
            drop(connection);
            let store = reopened(copied.path()).unwrap();
            let before = ask_directory(&reopened(folder.path()).unwrap());
            assert!(ask_directory(&store).never_differ(&before, &format!("{table} {change}")) > 0);
            assert!(matches!(entries(&store), Err(StoreError::Corrupt(_))), "{table} {change}");
        }
    }
}

#[test]
fn a_bit_of_the_directory_that_turns_is_never_another_answer() {
    let folder = with_names();
    let before = ask_directory(&reopened(folder.path()).unwrap());
    let (mut noticed, mut state) = (0, 0x2545_f491_4f6c_dd1d_u64);
    for _ in 0..100 {
        let (copied, damage) = with_a_bit_turned(folder.path(), "directory.db", &mut state);
        // A file whose damage shows at once is not opened.
        let Ok(store) = reopened(copied.path()) else { continue };
        noticed += usize::from(ask_directory(&store).never_differ(&before, &damage) > 0);
    }
    assert!(noticed > 20, "{noticed}");
}

fn of(account: Option<Uin>, state: Option<&str>) -> OrderFilter<'_> {
    OrderFilter { account, payer: None, state }
}
