//! Finding a partner's customers by a part of what they are called: always what looking at everybody would find.

use crate::{Sqlite, Subject, commit, named, next, opened, small, uin};
use credere_core::channel::{Binding, Uin};
use credere_store::contract::{
    CustomerSearch, CustomersFound, Directory, DirectoryEntry, DirectoryWrite, Journal, ProfileField, ProfilePatch,
    SearchTerm, StoreError,
};
use credere_store::sqlite::SqliteStore;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;

pub(crate) fn bound(customer: u64, partner: u64, seq: u64) -> DirectoryWrite {
    DirectoryWrite::Bound { customer: uin(customer), binding: Binding { partner: uin(partner), seq } }
}

/// Binds a customer with the next event.
fn bind(store: &impl Journal, customer: u64, partner: u64) -> u64 {
    let seq = store.last().unwrap().seq + 1;
    commit(store, &[bound(customer, partner, seq)]);
    seq
}

fn bind_all(store: &impl Journal, customers: RangeInclusive<u64>) {
    for customer in customers {
        bind(store, customer, 50);
    }
}

fn unbound(customer: u64) -> DirectoryWrite {
    DirectoryWrite::Unbound { customer: uin(customer) }
}

/// All of a partner's customers whose name holds this, the oldest binding first.
pub(crate) fn named_like(partner: u64, part: &str) -> CustomerSearch {
    CustomerSearch {
        partner: uin(partner),
        field: ProfileField::Name,
        term: SearchTerm::Contains(part.into()),
        newest_first: false,
        skip: 0,
        limit: usize::MAX,
    }
}

fn found(store: &impl Directory, partner: u64, part: &str) -> Vec<u64> {
    let CustomersFound { page, total } = store.search_customers(&named_like(partner, part)).unwrap();
    assert_eq!(page.len(), total);
    assert!(page.is_sorted());
    page.into_iter().map(|(_, uin)| uin.number()).collect()
}

pub(crate) fn customers_are_found_in_the_order_of_their_bindings<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    // Bound in another order than numbered, and enough for many sheets.
    let order: Vec<u64> = (0..30).map(|place| 1 + place * 7 % 30).collect();
    let writes: Vec<_> = (1..=30).map(|number| named(number, &format!("Customer {number} Ltd"))).collect();
    commit(store, &writes);
    let seqs: Vec<u64> = order.iter().map(|&number| bind(store, number, 50)).collect();
    subject.restart();
    let store = subject.store();
    assert_eq!(found(store, 50, "customer"), order);
    assert_eq!(
        found(store, 50, "1"),
        order.iter().copied().filter(|n| n.to_string().contains('1')).collect::<Vec<_>>()
    );
    assert_eq!(found(store, 50, "LTD"), order);
    assert_eq!(found(store, 50, "7 l"), order.iter().copied().filter(|n| n % 10 == 7).collect::<Vec<_>>());
    assert_eq!(found(store, 50, "nobody"), []);
    let all: Vec<(u64, Uin)> = seqs.iter().copied().zip(order.iter().map(|&number| uin(number))).collect();
    for newest_first in [false, true] {
        let mut all = all.clone();
        if newest_first {
            all.reverse();
        }
        for (skip, limit) in [(0, 4), (3, 5), (28, 9), (30, 2), (0, 0), (40, 1), (usize::MAX, usize::MAX)] {
            let search = CustomerSearch { newest_first, skip, limit, ..named_like(50, "customer") };
            let page: Vec<_> = all.iter().copied().skip(skip).take(limit).collect();
            assert_eq!(store.search_customers(&search).unwrap(), CustomersFound { page, total: 30 }, "{search:?}");
        }
    }
}

pub(crate) fn what_changes_is_found_as_it_is_now<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    let writes: Vec<_> = (1..=9).map(|number| named(number, &format!("old {number}"))).collect();
    commit(store, &writes);
    bind_all(store, 1..=9);
    for number in [4, 9, 1] {
        commit(store, &[named(number, &format!("new {number}"))]);
        assert_eq!(found(subject.store(), 50, &format!("new {number}")), [number]);
        assert_eq!(found(subject.store(), 50, &format!("old {number}")), []);
    }
    let store = subject.store();
    commit(store, &[unbound(2)]);
    commit(store, &[unbound(9), named(9, "unbound")]);
    assert_eq!(found(store, 50, "old"), [3, 5, 6, 7, 8]);
    assert_eq!(found(store, 50, "new"), [1, 4]);
    // Bound once more it is the newest; and whoever has no name is nowhere.
    bind(store, 2, 50);
    let nameless = ProfilePatch { name: Some(None), ..ProfilePatch::default() };
    commit(store, &[DirectoryWrite::Profile { uin: uin(5), patch: nameless }, named(6, "")]);
    assert_eq!(found(store, 50, ""), [1, 3, 4, 6, 7, 8, 2]);
    subject.restart();
    assert_eq!(found(subject.store(), 50, ""), [1, 3, 4, 6, 7, 8, 2]);
    assert_eq!(found(subject.store(), 50, "old"), [3, 7, 8, 2]);
}

pub(crate) fn a_lost_frame_leaves_nothing_that_is_found<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    let writes: Vec<_> = (1..=9).map(|number| named(number, &format!("kept {number}"))).collect();
    commit(store, &writes);
    bind_all(store, 1..=7);
    let lost = next(store, 2, b"lost");
    let writes = [
        named(1, "lost"),
        named(7, "lost"),
        unbound(2),
        unbound(6),
        bound(6, 51, lost.last_seq),
        bound(8, 50, lost.last_seq - 1),
        named(8, "lost"),
    ];
    subject.append_and_lose(&lost, &writes);
    assert_eq!(found(subject.store(), 50, "kept"), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(found(subject.store(), 50, "lost"), []);
    assert_eq!(found(subject.store(), 51, ""), []);
    // The numbers of the lost frame are given out again.
    let store = subject.store();
    bind(store, 9, 50);
    commit(store, &[named(2, "changed")]);
    subject.restart();
    assert_eq!(found(subject.store(), 50, "kept"), [1, 3, 4, 5, 6, 7, 9]);
    assert_eq!(found(subject.store(), 50, "changed"), [2]);
}

pub(crate) fn nobody_finds_anothers_customers<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    for number in 1..=12 {
        commit(store, &[named(number, "the same name")]);
        bind(store, number, 50 + number % 3);
    }
    commit(store, &[named(13, "the same name")]);
    assert_eq!(found(store, 50, "same"), [3, 6, 9, 12]);
    assert_eq!(found(store, 51, "same"), [1, 4, 7, 10]);
    assert_eq!(found(store, 53, "same"), []);
    // From one partner to another.
    commit(store, &[unbound(3)]);
    bind(store, 3, 51);
    assert_eq!(found(store, 50, "same"), [6, 9, 12]);
    assert_eq!(found(store, 51, "same"), [1, 4, 7, 10, 3]);
}

pub(crate) fn an_erased_name_is_found_no_more<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    for number in 1..=8 {
        commit(store, &[named(number, &format!("somebody {number}"))]);
        bind(store, number, 50);
    }
    commit(store, &[named(4, "somebody else")]);
    // One on a sheet, one that has changed since, one that was never on any.
    for number in [2, 4, 8] {
        store.erase_profile(uin(number)).unwrap();
    }
    assert_eq!(found(store, 50, "somebody"), [1, 3, 5, 6, 7]);
    commit(store, &[named(2, "again")]);
    bind_all(store, 9..=14);
    subject.restart();
    assert_eq!(found(subject.store(), 50, "somebody"), [1, 3, 5, 6, 7]);
    assert_eq!(found(subject.store(), 50, "again"), [2]);
}

pub(crate) fn customers_are_made_searchable_anew<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    assert!(store.is_searchable().unwrap());
    for number in 1..=20 {
        commit(store, &[named(number, &format!("customer {number}"))]);
        bind(store, number, 50 + number % 2);
    }
    let mut bindings = Vec::new();
    for partner in [51, 50] {
        let all = store.search_customers(&named_like(partner, "")).unwrap();
        let of = |(seq, customer)| (customer, Binding { partner: uin(partner), seq });
        // One of them was never bound, as far as we are told now.
        bindings.extend(all.page.into_iter().filter(|(_, customer)| customer.number() != 6).map(of));
    }
    store.make_searchable(&mut bindings.clone().into_iter()).unwrap();
    assert!(store.is_searchable().unwrap());
    let even: Vec<u64> = (1..=10).map(|half| half * 2).filter(|number| *number != 6).collect();
    assert_eq!(found(store, 50, "customer"), even);
    assert_eq!(found(store, 51, "customer 1"), [1, 11, 13, 15, 17, 19]);
    assert_eq!(told(store), bindings.len());
    // And changes are followed from there.
    commit(store, &[named(4, "other"), unbound(8)]);
    bind(store, 6, 50);
    assert_eq!(found(store, 50, "customer"), [2, 10, 12, 14, 16, 18, 20, 6]);
}

/// How many bindings the directory tells of; it proves what it has on the way.
fn told(store: &impl Directory) -> usize {
    let mut count = 0;
    let mut visit = |entry| {
        count += usize::from(matches!(entry, DirectoryEntry::Bound { .. }));
        Ok(())
    };
    store.directory_entries(&mut visit).unwrap();
    count
}

/// Any well spread sequence does.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 33) % limit
    }

    fn one<'t, T: ?Sized>(&mut self, of: &[&'t T]) -> &'t T {
        of[self.below(of.len() as u64) as usize]
    }

    /// Letters that meet often: of several scripts, in both cases, that fold to more than one, of four bytes and joined.
    fn text(&mut self, most: u64) -> String {
        let letters = [
            "a",
            "A",
            "b",
            "B",
            "n",
            "N",
            "ß",
            "İ",
            "i",
            "I",
            "ı",
            "Σ",
            "σ",
            "ς",
            "张",
            "伟",
            "店",
            "👩",
            "👩\u{200d}💻",
            "e",
            "e\u{301}",
            "é",
            "É",
            "%",
            "_",
            " ",
            "\\",
            "\u{10ffff}",
            "\0",
        ];
        (0..self.below(most + 1)).map(|_| self.one(&letters)).collect()
    }
}

/// What should be found, by looking at everybody.
#[derive(Default)]
struct Everybody {
    /// Names and notes.
    texts: BTreeMap<u64, [Option<String>; 2]>,
    bindings: BTreeMap<u64, (u64, u64)>,
}

impl Everybody {
    fn found(&self, search: &CustomerSearch) -> CustomersFound {
        let folded = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
        let field = usize::from(search.field == ProfileField::Remark);
        let matches = |text: &str| match &search.term {
            SearchTerm::Exact(whole) => text == whole,
            SearchTerm::Contains(part) => folded(text).contains(&folded(part)),
        };
        let own = self.bindings.iter().filter(|(_, (partner, _))| uin(*partner) == search.partner);
        let texts = |number: &u64| self.texts.get(number).and_then(|texts| texts[field].as_deref());
        let matching = own.filter(|(number, _)| texts(number).is_some_and(matches));
        let mut all: Vec<(u64, Uin)> = matching.map(|(number, (_, seq))| (*seq, uin(*number))).collect();
        all.sort_unstable();
        if search.newest_first {
            all.reverse();
        }
        let total = all.len();
        CustomersFound { page: all.into_iter().skip(search.skip).take(search.limit).collect(), total }
    }

    /// Changes something at random; answers what the directory is told.
    fn change(&mut self, random: &mut Random, seq: u64) -> Vec<DirectoryWrite> {
        let number = 1 + random.below(40);
        let field = random.below(2) as usize;
        match random.below(8) {
            0..4 => {
                let text = (random.below(8) > 0).then(|| random.text(6));
                self.texts.entry(number).or_default()[field].clone_from(&text);
                let mut patch = ProfilePatch::default();
                if field == 0 {
                    patch.name = Some(text)
                } else {
                    patch.remark = Some(text)
                }
                vec![DirectoryWrite::Profile { uin: uin(number), patch }]
            }
            4..7 if !self.bindings.contains_key(&number) => {
                let partner = 50 + random.below(3) * random.below(2);
                self.bindings.insert(number, (partner, seq));
                vec![bound(number, partner, seq)]
            }
            7 if self.bindings.remove(&number).is_some() => vec![unbound(number)],
            _ => Vec::new(),
        }
    }

    fn search(random: &mut Random) -> CustomerSearch {
        let text = random.text(3);
        CustomerSearch {
            partner: uin(50 + random.below(4)),
            field: *random.one(&[&ProfileField::Name, &ProfileField::Remark]),
            term: if random.below(4) == 0 { SearchTerm::Exact(text) } else { SearchTerm::Contains(text) },
            newest_first: random.below(2) == 0,
            skip: random.below(6) as usize,
            limit: random.below(8) as usize,
        }
    }
}

pub(crate) fn what_is_found_is_what_looking_at_everybody_finds<S: Subject>() {
    for seed in 0..6 {
        let (mut random, mut everybody, mut subject) = (Random(seed), Everybody::default(), S::fresh());
        let mut matched = 0;
        for step in 0..120 {
            let frame = next(subject.store(), 4, b"events");
            let lost = random.below(20) == 0;
            let mut after = Everybody { texts: everybody.texts.clone(), bindings: everybody.bindings.clone() };
            let writes: Vec<_> =
                (frame.first_seq..=frame.last_seq).flat_map(|seq| after.change(&mut random, seq)).collect();
            if lost {
                subject.append_and_lose(&frame, &writes);
            } else {
                subject.store().append(&frame, &writes).unwrap();
                everybody = after;
            }
            match random.below(16) {
                0 => subject.restart(),
                1 => {
                    let number = 1 + random.below(40);
                    subject.store().erase_profile(uin(number)).unwrap();
                    everybody.texts.remove(&number);
                }
                2 => assert_eq!(told(subject.store()), everybody.bindings.len(), "seed {seed}, step {step}"),
                _ => {}
            }
            for _ in 0..4 {
                let search = Everybody::search(&mut random);
                let expected = everybody.found(&search);
                matched += expected.page.len();
                let found = subject.store().search_customers(&search).unwrap();
                assert_eq!(found, expected, "seed {seed}, step {step}: {search:?}");
            }
        }
        assert!(matched > 50, "{matched}");
    }
}

/// A folder with customers on sheets, and some that have changed since.
fn filled() -> Sqlite {
    let subject = Sqlite::fresh();
    let store = subject.store();
    for number in 1..=20 {
        commit(store, &[named(number, &format!("Customer {number}"))]);
        bind(store, number, 50);
    }
    commit(store, &[named(3, "renamed")]);
    subject
}

/// Changes the closed directory by hand.
fn by_hand(subject: &mut Sqlite, sql: &str) {
    subject.store = None;
    let connection = Connection::open(subject.folder.path().join("directory.db")).unwrap();
    connection.execute_batch(sql).unwrap();
}

fn reopen(subject: &mut Sqlite) -> &SqliteStore {
    subject.store = Some(opened(subject.folder.path(), &small()));
    subject.store()
}

fn is_damaged<T>(answer: Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Corrupt(_)))
}

#[test]
fn a_directory_of_an_older_build_is_searched_once_bindings_are_told() {
    let mut subject = filled();
    let mut bindings: Vec<_> = subject.store().search_customers(&named_like(50, "")).unwrap().page;
    by_hand(
        &mut subject,
        "DROP TABLE sheet; DROP TABLE sheet_keys; DROP TABLE loose; DROP TABLE binding;
        DELETE FROM counted WHERE what IN ('bindings', 'loose', 'sheets'); ALTER TABLE opening DROP COLUMN searchable",
    );
    let looked = SqliteStore::look(subject.folder.path(), small()).unwrap();
    assert!(!looked.is_searchable().unwrap());
    assert!(matches!(looked.search_customers(&named_like(50, "")), Err(StoreError::Io(_))));
    assert_eq!(told(&looked), 0);
    drop(looked);
    let store = reopen(&mut subject);
    assert!(!store.is_searchable().unwrap());
    // Commits go through meanwhile.
    commit(store, &[named(5, "early")]);
    bindings.retain(|(_, customer)| customer.number() != 1);
    let of = |(seq, customer)| (customer, Binding { partner: uin(50), seq });
    store.make_searchable(&mut bindings.into_iter().map(of)).unwrap();
    assert_eq!(found(store, 50, "customer").len(), 17);
    assert_eq!(found(store, 50, "early"), [5]);
    assert_eq!(told(store), 19);
    // And it stays so.
    assert!(reopen_again(&mut subject).is_searchable().unwrap());
}

fn reopen_again(subject: &mut Sqlite) -> &SqliteStore {
    subject.store = None;
    reopen(subject)
}

#[test]
fn what_an_older_build_has_opened_is_not_trusted() {
    let mut subject = filled();
    // It counts openings, and knows nothing of sheets.
    by_hand(&mut subject, "UPDATE opening SET number = number + 1");
    let store = reopen(&mut subject);
    assert!(!store.is_searchable().unwrap());
    assert_eq!(told(store), 0);
    // What it may have erased is nowhere.
    assert_eq!(rows(subject.folder.path(), "sheet"), 0);
}

fn rows(folder: &Path, table: &str) -> i64 {
    let connection = Connection::open(folder.join("directory.db")).unwrap();
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn what_was_erased_is_on_no_page_of_the_file() {
    let mut subject = filled();
    let store = subject.store();
    commit(store, &[named(7, "Erasable-One"), named(3, "Erasable-Two")]);
    bind_all(store, 21..=30);
    store.erase_profile(uin(7)).unwrap();
    store.erase_profile(uin(3)).unwrap();
    subject.store = None;
    let bytes = std::fs::read(subject.folder.path().join("directory.db")).unwrap();
    for text in ["erasable", "Erasable"] {
        assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
    }
}

#[test]
fn damage_ends_a_search_and_no_commit() {
    for damage in [
        "UPDATE sheet SET text = CAST(replace(CAST(text AS TEXT), '2', '3') AS BLOB)",
        "DELETE FROM sheet WHERE first_seq = (SELECT min(first_seq) FROM sheet)",
        "DELETE FROM loose",
        "UPDATE loose SET placed_seq = 4",
        "DELETE FROM counted WHERE what = 'sheets'",
        "UPDATE binding SET bound_seq = 2",
    ] {
        let mut subject = filled();
        let before = subject.store().search_customers(&named_like(50, "2")).unwrap();
        by_hand(&mut subject, damage);
        let store = reopen(&mut subject);
        let search = store.search_customers(&named_like(50, "2"));
        assert!(is_damaged(search), "{damage}");
        assert!(is_damaged(store.directory_entries(&mut |_| Ok(()))), "{damage}");
        // As many changes as bring sheets to be written anew.
        for number in 1..=20 {
            commit(store, &[named(number, &format!("Customer {number}")), named(number + 50, "nobody's")]);
        }
        store.erase_profile(uin(9)).unwrap();
        let customer = |(seq, customer)| (customer, Binding { partner: uin(50), seq });
        let mut bindings: Vec<_> = (1..=20).map(|number| (number * 2, uin(number))).map(customer).collect();
        store.make_searchable(&mut bindings.drain(..)).unwrap();
        assert_eq!(store.search_customers(&named_like(50, "2")).unwrap(), before, "{damage}");
        assert_eq!(told(store), 20);
    }
}

#[test]
fn what_lies_with_a_right_seal_is_found_by_comparing() {
    let mut subject = filled();
    // What is written anew with one more frame than has so many changes.
    let rename = |store: &SqliteStore, name: &str| {
        let writes: Vec<_> = (1..=4).map(|number| named(number, &format!("{name} {number}"))).collect();
        commit(store, &writes);
        commit(store, &[named(60, "nobody's customer")]);
    };
    rename(subject.store(), "first");
    subject.store = None;
    let former = subject.folder.path().join("former.db");
    std::fs::copy(subject.folder.path().join("directory.db"), &former).unwrap();
    rename(reopen(&mut subject), "later");
    let bindings = subject.store().search_customers(&named_like(50, "")).unwrap().page;
    by_hand(
        &mut subject,
        &format!(
            "ATTACH '{}' AS former; DELETE FROM sheet; INSERT INTO sheet SELECT * FROM former.sheet",
            former.display()
        ),
    );
    let store = reopen(&mut subject);
    assert_eq!(found(store, 50, "first"), [1, 2, 3, 4]);
    assert!(is_damaged(store.directory_entries(&mut |_| Ok(()))));
    let of = |(seq, customer)| (customer, Binding { partner: uin(50), seq });
    store.make_searchable(&mut bindings.into_iter().map(of)).unwrap();
    assert_eq!(found(store, 50, "first"), []);
    assert_eq!(found(store, 50, "later"), [1, 2, 3, 4]);
    assert_eq!(told(store), 20);
}
