//! Profiles, credentials and keys, and what becomes of them when their frame is lost.

use crate::outbox::webhook;
use crate::{Subject, at, commit, named, next, noted_by_its_admin, uin};
use credere_core::channel::Uin;
use credere_store::contract::{
    CredentialRow, DeploymentStore, Directory, DirectoryEntry, DirectoryWrite, Journal, KeptAnswer, PlatformKeyRow,
    Profile, ProfileField, ProfilePatch, SearchTerm, ShardStore, StoreError,
};

pub(crate) fn credential(id: &str, owner: u64) -> CredentialRow {
    CredentialRow { secret_id: id.into(), uin: uin(owner), sealed_key: vec![0, 1, 2, 255], created_at: at(9) }
}

fn platform_key(id: &str) -> PlatformKeyRow {
    PlatformKeyRow { id: id.into(), name: "metering".into(), access: "full".into(), digest: [3; 32], created_at: at(9) }
}

fn name_of(store: &impl Directory, number: u64) -> Option<String> {
    store.profile(uin(number)).unwrap().and_then(|profile| profile.name)
}

fn ids(rows: &[CredentialRow]) -> Vec<&str> {
    rows.iter().map(|row| row.secret_id.as_str()).collect()
}

pub(crate) fn a_patch_changes_what_it_names<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let text = |text: &str| Some(Some(text.to_owned()));
    let all = ProfilePatch {
        name: text("n"),
        email: text("e"),
        phone: text("p"),
        entity_id: text("i"),
        entity_name: text("en"),
        channel_manager: text("c"),
        remark: text("r"),
        member_name: text("mn"),
        member_remark: text("mr"),
    };
    let some = ProfilePatch {
        email: Some(None),
        phone: text("p2"),
        member_name: text("mn2"),
        member_remark: Some(None),
        ..ProfilePatch::default()
    };
    commit(store, &[DirectoryWrite::Profile { uin: uin(1), patch: all }]);
    commit(store, &[DirectoryWrite::Profile { uin: uin(1), patch: some }]);
    let expected = Profile {
        name: Some("n".into()),
        email: None,
        phone: Some("p2".into()),
        entity_id: Some("i".into()),
        entity_name: Some("en".into()),
        channel_manager: Some("c".into()),
        remark: Some("r".into()),
        member_name: Some("mn2".into()),
        member_remark: None,
    };
    assert_eq!(store.profile(uin(1)).unwrap(), Some(expected.clone()));
    assert_eq!(store.profile(uin(2)).unwrap(), None);
    assert_eq!(store.profiles(&[uin(2), uin(1)]).unwrap(), [Profile::default(), expected]);
}

pub(crate) fn a_lost_frame_leaves_nothing_in_the_directory<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    commit(store, &[named(1, "older")]);
    let kept = [DirectoryWrite::Credential(credential("AK1", 1)), DirectoryWrite::PlatformKey(platform_key("key_1"))];
    commit(store, &[&kept[..], &[named(1, "kept")]].concat());
    let lost = next(store, 1, b"lost");
    subject.append_and_lose(
        &lost,
        &[
            named(1, "lost"),
            named(2, "lost"),
            DirectoryWrite::Credential(credential("AK2", 1)),
            DirectoryWrite::CredentialRevoked { secret_id: "AK1".into() },
            DirectoryWrite::PlatformKey(platform_key("key_2")),
            DirectoryWrite::PlatformKeyRevoked { id: "key_1".into() },
        ],
    );
    let store = subject.store();
    assert_eq!(name_of(store, 1).as_deref(), Some("kept"));
    assert_eq!(store.profile(uin(2)).unwrap(), None);
    assert_eq!(ids(&store.credentials_of(uin(1)).unwrap()), ["AK1"]);
    assert_eq!(store.credential("AK2").unwrap(), None);
    assert_eq!(store.platform_keys().unwrap(), [platform_key("key_1")]);
    // The numbers of the lost frame are given out again, and what comes now is not mistaken for what was lost.
    commit(store, &[named(3, "new")]);
    subject.restart();
    let store = subject.store();
    assert_eq!(name_of(store, 1).as_deref(), Some("kept"));
    assert_eq!(store.profile(uin(2)).unwrap(), None);
    assert_eq!(name_of(store, 3).as_deref(), Some("new"));
}

pub(crate) fn two_changes_in_one_frame_are_taken_back_together<S: Subject>() {
    let mut subject = S::fresh();
    commit(subject.store(), &[named(1, "kept")]);
    let lost = next(subject.store(), 4, b"lost");
    subject.append_and_lose(&lost, &[named(1, "first"), named(1, "second"), named(2, "first"), named(2, "second")]);
    assert_eq!(name_of(subject.store(), 1).as_deref(), Some("kept"));
    assert_eq!(subject.store().profile(uin(2)).unwrap(), None);
}

pub(crate) fn only_the_newest_version_is_seen<S: Subject>() {
    let mut subject = S::fresh();
    for version in 0..20 {
        commit(subject.store(), &[named(1, &format!("version {version}"))]);
        assert_eq!(name_of(subject.store(), 1), Some(format!("version {version}")));
    }
    subject.restart();
    assert_eq!(name_of(subject.store(), 1).as_deref(), Some("version 19"));
    let found = |term| subject.store().matching_profiles(&[uin(1)], ProfileField::Name, &term).unwrap();
    assert_eq!(found(SearchTerm::Contains("version".into())), [uin(1)]);
    assert_eq!(found(SearchTerm::Exact("version 18".into())), []);
}

pub(crate) fn credentials_come_and_go<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    for (id, owner) in [("AKz", 1), ("AKa", 1), ("AKm", 2)] {
        commit(store, &[DirectoryWrite::Credential(credential(id, owner))]);
    }
    assert_eq!(ids(&store.credentials_of(uin(1)).unwrap()), ["AKz", "AKa"]);
    assert_eq!(store.credential("AKm").unwrap(), Some(credential("AKm", 2)));
    commit(store, &[DirectoryWrite::CredentialRevoked { secret_id: "AKz".into() }]);
    // Taking back what is not there changes nothing.
    commit(store, &[DirectoryWrite::CredentialRevoked { secret_id: "AKq".into() }]);
    subject.restart();
    let store = subject.store();
    assert_eq!(store.credential("AKz").unwrap(), None);
    assert_eq!(ids(&store.credentials_of(uin(1)).unwrap()), ["AKa"]);
    assert_eq!(store.credentials_of(uin(3)).unwrap(), []);
    let made_and_revoked = [
        DirectoryWrite::Credential(credential("AKb", 1)),
        DirectoryWrite::CredentialRevoked { secret_id: "AKb".into() },
    ];
    commit(store, &made_and_revoked);
    assert_eq!(store.credential("AKb").unwrap(), None);
}

pub(crate) fn platform_keys_come_and_go<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    for id in ["key_2", "key_10", "key_1"] {
        commit(store, &[DirectoryWrite::PlatformKey(platform_key(id))]);
    }
    commit(store, &[DirectoryWrite::PlatformKeyRevoked { id: "key_10".into() }]);
    assert_eq!(store.platform_keys().unwrap(), [platform_key("key_2"), platform_key("key_1")]);
}

pub(crate) fn what_is_the_deployments_is_no_shards<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let writes = [
        named(7, "seven"),
        DirectoryWrite::Credential(credential("AK1", 7)),
        DirectoryWrite::Webhook(webhook(1, Some(7), b"a")),
        DirectoryWrite::PlatformKey(platform_key("key_1")),
        DirectoryWrite::Webhook(webhook(2, None, b"b")),
    ];
    commit(store, &writes);
    let name = |entry| match entry {
        DirectoryEntry::Credential { secret_id, .. } => secret_id,
        DirectoryEntry::PlatformKey { id, .. } => id,
        DirectoryEntry::Webhook { id, .. } => format!("hook {}", id.0),
        DirectoryEntry::Profile { uin } => format!("profile {uin}"),
        DirectoryEntry::Answer { .. } | DirectoryEntry::Erased { .. } | DirectoryEntry::Bound { .. } => {
            panic!("{entry:?}")
        }
    };
    let (mut shards, mut deployments) = (Vec::new(), Vec::new());
    store
        .directory_entries(&mut |entry| {
            shards.push(name(entry));
            Ok(())
        })
        .unwrap();
    store
        .deployment_entries(&mut |entry| {
            deployments.push(name(entry));
            Ok(())
        })
        .unwrap();
    assert_eq!((shards, deployments), (owned(["AK1", "hook 1", "profile 7"]), owned(["key_1", "hook 2"])));
}

fn owned<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(str::to_owned).to_vec()
}

pub(crate) fn a_second_credential_of_one_name_is_refused<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    commit(store, &[DirectoryWrite::Credential(credential("AK1", 1))]);
    let frame = next(store, 1, b"event");
    let writes = [named(5, "five"), DirectoryWrite::Credential(credential("AK1", 2))];
    assert!(matches!(store.append(&frame, &writes), Err(StoreError::Io(_))));
    // As after every failed append, nobody may go on before the store has been opened anew.
    assert!(matches!(store.last(), Err(StoreError::Io(_))));
    assert!(matches!(store.append(&frame, &[]), Err(StoreError::Io(_))));
    store.reopen().unwrap();
    assert_eq!(store.last().unwrap().seq, 1);
    assert_eq!(store.credential("AK1").unwrap(), Some(credential("AK1", 1)));
    assert_eq!(store.profile(uin(5)).unwrap(), None);
}

pub(crate) fn exact_terms_match_whole_fields<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let patch = ProfilePatch {
        email: Some(Some("ann@example.com".into())),
        phone: Some(Some("+4912".into())),
        remark: Some(Some("vip".into())),
        ..ProfilePatch::default()
    };
    commit(store, &[DirectoryWrite::Profile { uin: uin(9), patch }, named(3, "Ann"), named(4, "Ann B")]);
    let all = [9, 3, 4].map(uin);
    let exact = |field, text: &str| store.matching_profiles(&all, field, &SearchTerm::Exact(text.into())).unwrap();
    assert_eq!(exact(ProfileField::Name, "Ann"), [uin(3)]);
    assert_eq!(exact(ProfileField::Name, "ann"), []);
    assert_eq!(exact(ProfileField::Email, "ann@example.com"), [uin(9)]);
    assert_eq!(exact(ProfileField::Phone, "+4912"), [uin(9)]);
    assert_eq!(exact(ProfileField::Remark, "vip"), [uin(9)]);
    assert_eq!(exact(ProfileField::Name, "vip"), []);
}

pub(crate) fn contained_terms_match_in_any_case_and_literally<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let names = ["100% Cloud", "100 Cloud", "a_b", "axb", "MÜLLER GmbH", "back\\slash", "ΣΟΦΟΣ"];
    let writes: Vec<_> = (1..).zip(names).map(|(number, name)| named(number, name)).collect();
    commit(store, &writes);
    let all: Vec<Uin> = (1..=names.len() as u64).map(uin).collect();
    let found = |text: &str| {
        let uins = store.matching_profiles(&all, ProfileField::Name, &SearchTerm::Contains(text.into())).unwrap();
        uins.into_iter().map(|uin| names[uin.number() as usize - 1]).collect::<Vec<_>>()
    };
    assert_eq!(found("cloud"), ["100% Cloud", "100 Cloud"]);
    assert_eq!(found("0% c"), ["100% Cloud"]);
    assert_eq!(found("%"), ["100% Cloud"]);
    assert_eq!(found("A_B"), ["a_b"]);
    assert_eq!(found("müller"), ["MÜLLER GmbH"]);
    assert_eq!(found("K\\S"), ["back\\slash"]);
    assert_eq!(found("σοφοσ"), ["ΣΟΦΟΣ"]);
    assert_eq!(found("").len(), names.len());
}

pub(crate) fn an_erased_profile_is_gone_in_every_version<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    commit(store, &[named(1, "first"), named(2, "other"), DirectoryWrite::Credential(credential("AK1", 1))]);
    commit(store, &[named(1, "second"), noted_by_its_admin(1, "of Berlin", "asks much")]);
    store.erase_profile(uin(1)).unwrap();
    assert_eq!(store.profile(uin(1)).unwrap(), None);
    assert_eq!(name_of(store, 2).as_deref(), Some("other"));
    // The account stays, and so do its credentials.
    assert_eq!(ids(&store.credentials_of(uin(1)).unwrap()), ["AK1"]);
    subject.restart();
    let store = subject.store();
    assert_eq!(store.profile(uin(1)).unwrap(), None);
    let patch = ProfilePatch { phone: Some(Some("1".into())), ..ProfilePatch::default() };
    commit(store, &[DirectoryWrite::Profile { uin: uin(1), patch }]);
    assert_eq!(store.profile(uin(1)).unwrap(), Some(Profile { phone: Some("1".into()), ..Profile::default() }));
}

pub(crate) fn kept_answers_come_and_go<S: Subject>() {
    let mut subject = S::fresh();
    let answer = |key: u8, account: Option<u64>, second: i64| KeptAnswer {
        key: [key; 16],
        account: account.map(uin),
        body: vec![key; 3],
        at: at(second),
    };
    let keep = |answer: &KeptAnswer| DirectoryWrite::Answer(answer.clone());
    let (first, second, third) = (answer(1, Some(1), 10), answer(2, Some(2), 20), answer(3, None, 30));
    commit(subject.store(), &[keep(&first), keep(&second)]);
    commit(subject.store(), &[keep(&third)]);
    let found = |store: &S::Under, key: u8| store.kept_answer(&[key; 16]).unwrap();
    assert_eq!(found(subject.store(), 1), Some(first.clone()));
    assert_eq!(found(subject.store(), 9), None);
    // What belongs to a frame that did not make it is not there.
    let lost = next(subject.store(), 1, b"lost");
    subject.append_and_lose(&lost, &[keep(&answer(4, None, 40))]);
    let store = subject.store();
    assert_eq!((found(store, 4), found(store, 3)), (None, Some(third.clone())));
    // Erasing a person's data takes the answers that show it along.
    store.erase_profile(uin(2)).unwrap();
    assert_eq!((found(store, 1), found(store, 2)), (Some(first), None));
    commit(store, &[DirectoryWrite::AnswersForgotten { before: at(30) }]);
    assert_eq!((found(store, 1), found(store, 3)), (None, Some(third)));
}
