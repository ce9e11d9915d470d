//! Invitations to organizations, as they stand and as they ended.

use crate::{Behind, Subject, at, commit, uin};
use credere_core::organization::{InvitationEnd, InvitationId, OrganizationId, Permission};
use credere_store::contract::{History, HistoryFold, InvitationRow, MembersHistory, StoreError};

pub(crate) fn invitation(seq: u64, end: Option<InvitationEnd>) -> InvitationRow {
    let given = Permission::ALL.into_iter().filter(|one| (seq >> (one.id() % 4)) & 1 == 1);
    InvitationRow {
        id: InvitationId(seq),
        organization: OrganizationId(1 + seq % 3),
        admin: uin(71 + seq % 3),
        member: uin(1 + seq % 4),
        permissions: given.collect(),
        allow_quit: seq.is_multiple_of(2),
        sent_at: at(seq as i64),
        end,
        ended_at: end.map(|_| at(100 + seq as i64)),
    }
}

fn sent(seq: u64) -> InvitationRow {
    invitation(seq, None)
}

fn fold(upto_seq: u64, invitations: Vec<InvitationRow>) -> HistoryFold {
    HistoryFold { upto_seq, invitations, ..HistoryFold::default() }
}

pub(crate) fn an_invitation_is_replaced_by_its_newer_row<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    assert_eq!(store.invitation(InvitationId(4)).unwrap(), None);
    let denied = invitation(4, Some(InvitationEnd::Denied));
    store.fold_on(fold(5, vec![sent(5), sent(4), sent(2), denied.clone()])).unwrap();
    assert_eq!(store.invitation(InvitationId(4)).unwrap(), Some(denied.clone()));
    // Segments later, and once more, as after a failure that was none.
    let accepted = invitation(2, Some(InvitationEnd::Accepted));
    for _ in 0..2 {
        store.fold_on(fold(30, vec![accepted.clone(), sent(29)])).unwrap();
    }
    subject.restart();
    let store = subject.store();
    let all = [sent(29), sent(5), denied, accepted];
    for row in &all {
        assert_eq!(store.invitation(row.id).unwrap().as_ref(), Some(row));
        let (rows, total) = store.invitations_of(row.organization, 0, 9).unwrap();
        let of: Vec<_> = all.iter().filter(|other| other.organization == row.organization).cloned().collect();
        assert_eq!((rows, total), (of.clone(), of.len() as u64));
    }
    for unknown in [0, 1, 3, 28, 30, 1 << 43, u64::MAX] {
        assert_eq!(store.invitation(InvitationId(unknown)).unwrap(), None, "{unknown}");
    }
}

pub(crate) fn every_end_of_an_invitation_comes_back<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let ends = std::iter::once(None).chain(InvitationEnd::ALL.map(Some));
    let rows: Vec<_> = (1..).zip(ends).map(|(seq, end)| invitation(seq, end)).collect();
    store.fold_on(fold(9, rows.clone())).unwrap();
    for row in rows {
        assert_eq!(store.invitation(row.id).unwrap(), Some(row));
    }
}

pub(crate) fn invitations_are_paged_and_counted<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    // None in some segments of eight, and of some organizations and accounts none in others.
    let mut rows: Vec<_> = (1..=70).filter(|seq| !(20..40).contains(seq) && seq % 7 != 5).map(sent).collect();
    for (upto_seq, part) in [(10, 1..=10), (10, 1..=10), (55, 9..=55), (70, 56..=70_u64)] {
        let of = |row: &&InvitationRow| part.contains(&row.id.0);
        store.fold_on(fold(upto_seq, rows.iter().filter(of).rev().cloned().collect())).unwrap();
    }
    rows.reverse();
    let mut told = 0;
    for number in 0..=5 {
        let (organization, member) = (OrganizationId(number), uin(number + 1));
        let of: Vec<_> = rows.iter().filter(|row| row.organization == organization).cloned().collect();
        let to: Vec<_> = rows.iter().filter(|row| row.member == member).cloned().collect();
        for (skip, limit) in [(0, 100), (0, 1), (0, 0), (1, 2), (3, 9), (6, 1), (9, 100), (100, 1), (u64::MAX, 9)] {
            let page = |all: &[InvitationRow]| {
                let rows: Vec<_> = all.iter().skip(skip.min(1_000) as usize).take(limit).cloned().collect();
                (rows, all.len() as u64)
            };
            let found = store.invitations_of(organization, skip, limit).unwrap();
            assert_eq!(found, page(&of), "{organization} skip {skip} limit {limit}");
            assert_eq!(
                store.invitations_to(member, skip, limit).unwrap(),
                page(&to),
                "{member} skip {skip} limit {limit}"
            );
            told += found.0.len();
        }
    }
    assert!(told > 90, "{told}");
}

pub(crate) fn an_invitation_beyond_its_fold_is_refused<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    (0..9).for_each(|_| drop(commit(store, &[])));
    assert!(matches!(store.fold(fold(5, vec![sent(5), sent(6)])), Err(StoreError::Corrupt(_))));
    assert_eq!(store.history_seq().unwrap(), 0);
    assert_eq!(store.invitations_of(sent(5).organization, 0, 9).unwrap(), (Vec::new(), 0));
    store.fold(fold(5, vec![sent(5)])).unwrap();
    assert_eq!(store.invitations_of(sent(5).organization, 0, 9).unwrap(), (vec![sent(5)], 1));
}

pub(crate) fn cleared_invitations_start_again<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    (0..3).for_each(|_| drop(commit(store, &[])));
    store.fold(fold(3, vec![sent(1), sent(2)])).unwrap();
    store.clear_history().unwrap();
    assert_eq!(store.invitation(InvitationId(1)).unwrap(), None);
    assert_eq!(store.invitations_to(sent(1).member, 0, 9).unwrap(), (Vec::new(), 0));
    store.fold(fold(3, vec![sent(1)])).unwrap();
    assert_eq!(store.invitations_to(sent(1).member, 0, 9).unwrap(), (vec![sent(1)], 1));
    assert_eq!(store.invitation(InvitationId(2)).unwrap(), None);
}
