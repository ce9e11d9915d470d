//! Pages against plain collections, and what was taken of them against the pages themselves.

use super::{Collection, PageKey, Pages, Part, Register, SnapshotError};
use crate::channel::{Account, AccountClass, Subscription, Tier, Uin, Verification};
use crate::ledger::Moment;
use hashbrown::HashSet;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

const KIND: u8 = 9;

/// What is done to a collection.
#[derive(Debug, Clone, Copy)]
enum Step {
    Insert(u64, u8),
    Change(u64, u8),
    Ensure(u64, u8),
    Remove(u64),
    Take,
    TakeWhole,
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0..200_u64;
    prop_oneof![
        6 => (key(), any::<u8>()).prop_map(|(key, value)| Step::Insert(key, value)),
        3 => (key(), any::<u8>()).prop_map(|(key, value)| Step::Change(key, value)),
        2 => (key(), any::<u8>()).prop_map(|(key, value)| Step::Ensure(key, value)),
        4 => key().prop_map(Step::Remove),
        1 => Just(Step::Take),
        1 => Just(Step::TakeWhole),
    ]
}

fn pieces(mut part: Box<dyn Part>) -> Vec<Vec<u8>> {
    std::iter::from_fn(|| part.next_piece()).collect()
}

/// Reads images, the newest first, as a start does.
fn read<C: Collection + Default>(images: &[Vec<Vec<u8>>]) -> Result<C, SnapshotError> {
    let (mut read, mut seen) = (C::default(), HashSet::new());
    for piece in images.iter().rev().flatten() {
        assert_eq!(piece[1], KIND);
        read.put(&piece[2..], &mut |page| seen.insert(page))?;
    }
    read.settle()?;
    Ok(read)
}

proptest! {
    #[test]
    fn pages_are_a_sorted_map_and_a_chain_of_images_is_what_they_are(steps in vec(step(), 0..300)) {
        let (mut pages, mut plain) = (Pages::<u64, u8>::default(), BTreeMap::<u64, u8>::new());
        // A part that nobody has written yet holds the pages as they were when it was taken.
        let (mut images, mut waiting) = (vec![pieces(pages.whole(KIND))], None);
        for step in steps {
            match step {
                Step::Insert(key, value) => prop_assert_eq!(pages.insert(key, value), plain.insert(key, value)),
                Step::Change(key, value) => {
                    let (mine, theirs) = (pages.get_mut(&key), plain.get_mut(&key));
                    prop_assert_eq!(mine.is_some(), theirs.is_some());
                    mine.into_iter().chain(theirs).for_each(|it| *it = value);
                }
                Step::Ensure(key, value) => {
                    let theirs = *plain.entry(key).or_insert(value);
                    prop_assert_eq!(*pages.get_or_insert_with(&key, || value), theirs);
                }
                Step::Remove(key) => prop_assert_eq!(pages.remove(&key), plain.remove(&key)),
                Step::Take | Step::TakeWhole => {
                    images.extend(waiting.take().map(pieces));
                    if matches!(step, Step::TakeWhole) {
                        images.clear();
                        waiting = Some(pages.whole(KIND));
                        pages.forget_changes();
                    } else {
                        waiting = Some(pages.take_changed(KIND));
                    }
                }
            }
            prop_assert_eq!(pages.len(), plain.len());
        }
        images.extend(waiting.take().map(pieces));
        images.push(pieces(pages.take_changed(KIND)));
        let again: Pages<u64, u8> = read(&images).unwrap();
        for held in [&pages, &again] {
            prop_assert!(held.iter().eq(&plain));
            prop_assert!(held.iter().rev().eq(plain.iter().rev()));
            prop_assert_eq!(held.len(), plain.len());
            for key in 0..200 {
                prop_assert_eq!(held.get(&key), plain.get(&key));
                prop_assert!(held.after(&key).eq(plain.range(key + 1..)));
                prop_assert!(held.between(&key, &(key + 70)).eq(plain.range(key..=key + 70)));
                prop_assert_eq!(held.between(&(key + 1), &key).count(), 0);
            }
        }
        prop_assert_eq!(pieces(again.whole(KIND)), pieces(pages.whole(KIND)));
    }

    #[test]
    fn a_register_keeps_its_order_and_a_chain_of_images_is_what_it_is(
        steps in vec((1..150_u64, 0..4_u8, any::<bool>()), 0..300),
    ) {
        let (mut register, mut plain) = (Register::<Account>::default(), Vec::<Account>::new());
        let mut images = Vec::new();
        for (number, what, whole) in steps {
            let account = account(number);
            let known = plain.iter().position(|one| one.uin == account.uin);
            match what {
                0 | 1 => {
                    prop_assert_eq!(register.add(account.clone()).is_some(), known.is_none());
                    if known.is_none() {
                        plain.push(account);
                    }
                }
                2 => {
                    let mine = register.get_mut(account.uin);
                    prop_assert_eq!(mine.is_some(), known.is_some());
                    let theirs = known.map(|at| &mut plain[at]);
                    mine.into_iter().chain(theirs).for_each(|one| one.tier = Tier::Key);
                }
                _ if whole => {
                    images = vec![pieces(register.whole(KIND))];
                    register.forget_changes();
                }
                _ => images.push(pieces(register.take_changed(KIND))),
            }
        }
        images.push(pieces(register.take_changed(KIND)));
        let again: Register<Account> = read(&images).unwrap();
        for held in [&register, &again] {
            prop_assert!(held.iter().eq(&plain));
            prop_assert_eq!(held.len(), plain.len());
            for at in [0, 1, 31, 32, 33, plain.len(), 1_000] {
                prop_assert!(held.from(at).eq(plain.iter().skip(at)));
            }
            prop_assert!(plain.iter().all(|one| held.get(one.uin) == Some(one)));
        }
    }
}

fn account(number: u64) -> Account {
    Account {
        uin: Uin::new(number).unwrap(),
        opened_at: Moment::default(),
        class: AccountClass::External,
        verification: Verification::None,
        tier: Tier::None,
        subscription: Subscription::default(),
        customer: None,
        verified_at: None,
        own: None,
    }
}

/// A snapshot costs what changed: untouched pages are not taken.
#[test]
fn a_taking_holds_the_changed_pages_and_nothing_else() {
    let mut pages: Pages<u64, u8> = (0..10_000).map(|key| (key, 0)).collect();
    pages.forget_changes();
    assert!(pieces(pages.take_changed(KIND)).is_empty());
    (0..100).for_each(|value| *pages.get_mut(&5_000).unwrap() = value);
    let taken: Vec<(u64, Vec<(u64, u8)>)> = postcard::from_bytes(&pieces(pages.take_changed(KIND))[0][2..]).unwrap();
    assert_eq!(taken.iter().map(|(page, _)| *page).collect::<Vec<_>>(), [5_000_u64.page()]);
}

#[test]
fn pages_that_are_not_as_they_were_written_are_refused() {
    let malformed = |what: &str| Some(SnapshotError::Malformed(what.to_owned()));
    let put = |pages: Vec<(u64, Vec<(u64, u8)>)>| {
        Pages::<u64, u8>::default().put(&postcard::to_stdvec(&pages).unwrap(), &mut |_| true).err()
    };
    assert_eq!(put(vec![(0, vec![(1, 0), (2, 0)])]), None);
    assert_eq!(put(vec![(0, vec![(2, 0), (1, 0)])]), malformed("a page is not in order"));
    assert_eq!(put(vec![(0, vec![(1, 0), (1, 0)])]), malformed("a page is not in order"));
    assert_eq!(put(vec![(0, vec![(40, 0)])]), malformed("a page is not in order"));
    let register = |pages: Vec<(u64, Vec<Account>)>| {
        let mut register = Register::<Account>::default();
        let put = register.put(&postcard::to_stdvec(&pages).unwrap(), &mut |_| true);
        put.and_then(|()| register.settle()).err()
    };
    assert_eq!(register(vec![(0, vec![account(1), account(2)])]), None);
    assert_eq!(register(vec![(0, vec![account(1), account(1)])]), malformed("an account is there twice"));
    assert_eq!(register(vec![(1, vec![account(1)])]), malformed("a page is missing"));
    assert_eq!(register(vec![(0, vec![account(1)]), (1, vec![account(2)])]), malformed("a page is missing"));
    assert_eq!(register(vec![(0, Vec::new())]), malformed("a page has not the length of one"));
    assert_eq!(register(vec![(u64::MAX, vec![account(1)])]), malformed("a page is missing"));
}

#[test]
fn a_copy_of_the_pages_shares_them_until_they_change() {
    let mut pages: Pages<u64, u8> = (0..100).map(|key| (key, 0)).collect();
    let copy = pages.clone();
    *pages.get_mut(&0).unwrap() = 1;
    let both = pages.pages.values().zip(copy.pages.values());
    let shared: Vec<bool> = both.map(|(one, other)| Arc::ptr_eq(one, other)).collect();
    assert_eq!(shared, [false, true, true, true]);
    assert_eq!((pages.get(&0), copy.get(&0)), (Some(&1), Some(&0)));
}
