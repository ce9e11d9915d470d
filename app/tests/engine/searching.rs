//! Finding customers by their names: what was answered is found, by its own partner only; and what customers are found by is
//! made by a start, proven by `verify`, and made anew by `reindex`.

use crate::world::{CUSTOMER, RESELLER, furnish, platform, start, uin};
use credere_app::check::{self, Broken, Proof};
use credere_app::parties::{AccountChange, CustomerFilter, PageOrder, ProfileField, SearchTerm};
use credere_app::{App, Caller, Quiet, random};
use credere_core::access::{Actor, By, Face};
use credere_core::book::{Command, parties};
use credere_store::contract::{ProfilePatch, StoreError};
use credere_store::memory::MemoryStore;
use credere_store::sqlite::{OpenOptions, SqliteStore};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;

/// A partner asks.
fn as_account(number: u64) -> Caller {
    let actor = Actor::Account { uin: uin(number), by: By::NotRecorded };
    Caller { request_id: random::id(), actor, face: Face::Cloud }
}

async fn found(app: &App, partner: u64, part: &str) -> Vec<u64> {
    let filter = CustomerFilter::Profile(ProfileField::Name, SearchTerm::Contains(part.into()));
    let page = app.own_customers(as_account(partner), Some(filter), PageOrder::NewestFirst, 0, 10).await.unwrap();
    assert_eq!(page.customers.len(), page.total);
    page.customers.iter().map(|view| view.account.uin.number()).collect()
}

async fn rename(app: &App, name: &str) {
    let profile = ProfilePatch { name: Some(Some(name.to_owned())), ..ProfilePatch::default() };
    let change = AccountChange { profile, ..AccountChange::default() };
    app.change_account(platform(), None, uin(CUSTOMER), change).await.unwrap();
}

/// A store that lists names anew with each change.
fn open(folder: &Path) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(folder, OpenOptions { create: true, loose_max: 0, ..OpenOptions::default() }).unwrap())
}

fn verify(folder: &Path) -> Result<Proof, Broken> {
    let (store, scratch) = (open(folder), tempfile::tempdir().unwrap());
    check::verify(&*store, &*store, scratch.path(), &Quiet)
}

fn by_hand(folder: &Path, sql: &str) {
    Connection::open(folder.join("directory.db")).unwrap().execute_batch(sql).unwrap();
}

#[tokio::test]
async fn a_customer_is_found_by_its_own_partner_and_by_its_name_of_now() {
    let app = start(Arc::new(MemoryStore::new()));
    furnish(&app).await;
    assert_eq!(found(&app, RESELLER, "ACCOUNT 2").await, [CUSTOMER]);
    rename(&app, "张伟 Ltd").await;
    assert_eq!(found(&app, RESELLER, "张伟").await, [CUSTOMER]);
    assert!(found(&app, RESELLER, "account").await.is_empty());
    let only = |number| Some(CustomerFilter::Uin(uin(number)));
    for (number, total) in [(CUSTOMER, 1), (RESELLER, 0), (99, 0)] {
        let page = app.own_customers(as_account(RESELLER), only(number), PageOrder::OldestFirst, 0, 10).await.unwrap();
        assert_eq!((page.customers.len(), page.total), (total, total));
    }
    app.unbind_customer(platform(), None, uin(CUSTOMER)).await.unwrap();
    assert!(found(&app, RESELLER, "张伟").await.is_empty());
    app.command(
        platform(),
        None,
        Command::from(parties::BindCustomer { customer: uin(CUSTOMER), partner: uin(RESELLER) }),
    )
    .await
    .unwrap();
    assert_eq!(found(&app, RESELLER, "张伟").await, [CUSTOMER]);
    app.close();
}

#[tokio::test]
async fn a_start_makes_customers_of_an_older_directory_searchable() {
    let folder = tempfile::tempdir().unwrap();
    let app = start(open(folder.path()));
    furnish(&app).await;
    app.close();
    drop(app);
    by_hand(
        folder.path(),
        "DROP TABLE sheet; DROP TABLE sheet_keys; DROP TABLE loose; DROP TABLE binding;
        DELETE FROM counted WHERE what IN ('bindings', 'loose', 'sheets'); ALTER TABLE opening DROP COLUMN searchable",
    );
    let proof = verify(folder.path()).unwrap();
    let app = start(open(folder.path()));
    assert_eq!(found(&app, RESELLER, "account 20").await, [CUSTOMER]);
    app.close();
    drop(app);
    assert_eq!(verify(folder.path()).unwrap().names, proof.names);
}

#[tokio::test]
async fn what_customers_are_found_by_is_proven_and_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let app = start(open(folder.path()));
    furnish(&app).await;
    app.close();
    drop(app);
    // An opening lists whatever has changed before.
    drop(open(folder.path()));
    let former = folder.path().join("former");
    std::fs::copy(folder.path().join("directory.db"), &former).unwrap();
    let app = start(open(folder.path()));
    rename(&app, "the latest name").await;
    app.close();
    drop(app);
    drop(open(folder.path()));
    verify(folder.path()).unwrap();
    by_hand(
        folder.path(),
        &format!(
            "ATTACH '{}' AS former; DELETE FROM sheet; INSERT INTO sheet SELECT * FROM former.sheet",
            former.display()
        ),
    );
    std::fs::remove_file(former).unwrap();
    let broken = verify(folder.path());
    assert!(matches!(broken, Err(Broken::Store(StoreError::Corrupt(_)))), "{broken:?}");
    let store = open(folder.path());
    check::reindex(&*store, &*store, &Quiet).unwrap();
    drop(store);
    verify(folder.path()).unwrap();
    let app = start(open(folder.path()));
    assert_eq!(found(&app, RESELLER, "latest").await, [CUSTOMER]);
    app.close();
    drop(app);
}
