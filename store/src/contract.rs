//! What a store must do, for whichever database is underneath. Five parts, kept apart because each has its own rhythm:
//! the [`Journal`] is the truth and is appended to in every commit; [`Snapshots`] shorten a start and may be lost;
//! [`History`] is made for reading, follows behind and can be rebuilt, and so are the [`Keys`] that have left memory; the
//! [`Directory`] keeps names and secrets, which the journal must not hold.
//!
//! All tables carry the shard first (always 0 here), so that a store with many shards keeps the same keys.

use crate::frame::{Frame, Position};
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::money::{Amount, Rate};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use thiserror::Error;

/// The layout that this build reads and writes. A store written by a newer build is refused.
pub const FORMAT: u32 = 1;

/// Why a store did not do as asked. Nothing of the failed call has been applied, unless it says so.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The disk is full.
    #[error("the disk is full: {0}")]
    Full(String),
    /// Reading, writing or syncing failed. After a failed append it is unknown whether the frame is on disk.
    #[error("the store cannot be read or written: {0}")]
    Io(String),
    /// What was read is not what was written: a damaged page, a broken chain, a row that does not decode.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// Written by a newer build.
    #[error("the store has format {found}, this build knows formats up to {FORMAT}; use a newer credere")]
    NewerFormat {
        /// The format found.
        found: u32,
    },
    /// Another process has this store open.
    #[error("the data folder {0} is in use by another process")]
    InUse(String),
}

/// A store: all five parts, and what belongs to none.
pub trait Store: Journal + Snapshots + History + Keys + Directory + Send + Sync {
    /// Closes and opens everything anew, after a failed commit: nothing that was cached may be trusted, and what a
    /// failed flush may have left behind must be safely on disk (or gone) before this returns.
    ///
    /// # Errors
    /// [`StoreError`] while the store cannot be brought back; may be called again.
    fn reopen(&self) -> Result<(), StoreError>;

    /// A deployment fact (currency, zone, ...) that is fixed once written.
    ///
    /// # Errors
    /// [`StoreError`]
    fn fact(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Writes a deployment fact, durably, unless it is there already; answers the value that holds from now on.
    ///
    /// # Errors
    /// [`StoreError`]
    fn fix_fact(&self, name: &str, value: &str) -> Result<String, StoreError>;
}

/// The truth: frames in order, durable before [`Journal::append`] returns.
pub trait Journal {
    /// Where the journal ends.
    ///
    /// # Errors
    /// [`StoreError`]
    fn last(&self) -> Result<Position, StoreError>;

    /// Makes the frame durable, and with it the directory changes that belong to it (versioned by the frame's
    /// `last_seq`, and dropped at the next opening if the frame did not make it). The frame must follow [`Journal::last`].
    ///
    /// # Errors
    /// [`StoreError`]; whether the frame is on disk is then unknown until [`Store::reopen`].
    fn append(&self, frame: &Frame, directory: &[DirectoryWrite]) -> Result<(), StoreError>;

    /// Visits the frames that hold the events after `after_seq` up to `upto_seq`, in order, and ends there however fast
    /// the journal grows. Both must be a frame's end (`after_seq` may be 0, and `upto_seq` beyond the journal's end).
    ///
    /// # Errors
    /// [`StoreError`], or the visitor's own, which ends the walk.
    fn frames(
        &self,
        after_seq: u64,
        upto_seq: u64,
        visit: &mut dyn FnMut(Frame) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
}

/// Images of the book at one journal position each.
pub trait Snapshots {
    /// Keeps an image, replacing all but the one before it. `chunks` is read once.
    ///
    /// # Errors
    /// [`StoreError`]; the images kept before are untouched.
    fn keep_snapshot(&self, at: &Position, chunks: &mut dyn Iterator<Item = Vec<u8>>) -> Result<(), StoreError>;

    /// The newest image that is not after `seq`; its chunks go to `visit` in order.
    ///
    /// # Errors
    /// [`StoreError`], or the visitor's own.
    fn snapshot(
        &self,
        not_after_seq: u64,
        visit: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<Option<Position>, StoreError>;
}

/// Rows made for reading. Filled in folds from the journal; lost rows come back by filling again.
pub trait History {
    /// The journal position up to which history has been filled.
    ///
    /// # Errors
    /// [`StoreError`]
    fn history_seq(&self) -> Result<u64, StoreError>;

    /// Adds the rows of all events up to `fold.upto_seq` in one transaction, and moves the position there.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the fold is there then.
    fn fold(&self, fold: HistoryFold) -> Result<(), StoreError>;

    /// Forgets everything, to be filled again from the journal's start.
    ///
    /// # Errors
    /// [`StoreError`]
    fn clear_history(&self) -> Result<(), StoreError>;

    /// Allocation records of an account (a customer's credit, or a second-level reseller's pool) at these journal
    /// positions, newest first, after skipping `skip`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn allocations(
        &self,
        account: Uin,
        seqs: Range<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<AllocationRow>, StoreError>;

    /// How many allocation records an account has at these journal positions.
    ///
    /// # Errors
    /// [`StoreError`]
    fn allocation_count(&self, account: Uin, seqs: Range<u64>) -> Result<u64, StoreError>;

    /// One order.
    ///
    /// # Errors
    /// [`StoreError`]
    fn order(&self, seq: u64) -> Result<Option<OrderRow>, StoreError>;

    /// Orders, newest first, before `before_seq`, of one account and in one state where given, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn orders(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OrderRow>, StoreError>;

    /// A closed authorization (an open one is in the book only).
    ///
    /// # Errors
    /// [`StoreError`]
    fn closed_authorization(&self, opened_seq: u64) -> Result<Option<AuthorizationRow>, StoreError>;

    /// Audit entries, newest first, before `before_seq`, that match, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn audit(&self, filter: &AuditFilter, before_seq: Option<u64>, limit: usize) -> Result<Vec<AuditRow>, StoreError>;
}

/// Idempotency keys that have left memory. They come in large runs that never change: each is sorted once, kept in
/// pages in key order, and stands behind a filter, so that a key that was never used costs no disk access but for the
/// filters' false alarms. The journal has them too: what is not sealed yet is read from there.
pub trait Keys {
    /// The journal position up to which keys have been sealed.
    ///
    /// # Errors
    /// [`StoreError`]
    fn sealed_keys_seq(&self) -> Result<u64, StoreError>;

    /// Keeps one run: the keys first used in the events after [`Keys::sealed_keys_seq`] up to `upto_seq` (hundreds of
    /// thousands of them, in any order), and moves the position there. Small runs may be merged into larger ones, so
    /// that there are never many to ask.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the run is there then.
    fn seal_keys(&self, upto_seq: u64, rows: Vec<KeyRow>) -> Result<(), StoreError>;

    /// For each key, what is remembered of its first use.
    ///
    /// # Errors
    /// [`StoreError`]
    fn find_keys(&self, keys: &[KeyHash]) -> Result<Vec<Option<KeyRow>>, StoreError>;

    /// Drops the runs whose every key was first used before `before`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn forget_keys(&self, before: Moment) -> Result<(), StoreError>;

    /// Forgets every run, to be sealed again from the journal's start.
    ///
    /// # Errors
    /// [`StoreError`]
    fn clear_keys(&self) -> Result<(), StoreError>;
}

/// Names, contact data and secrets: what must be erasable and is not in the journal.
pub trait Directory {
    /// An account's profile as of now.
    ///
    /// # Errors
    /// [`StoreError`]
    fn profile(&self, uin: Uin) -> Result<Option<Profile>, StoreError>;

    /// Profiles of several accounts, in the order asked; absent ones are empty.
    ///
    /// # Errors
    /// [`StoreError`]
    fn profiles(&self, uins: &[Uin]) -> Result<Vec<Profile>, StoreError>;

    /// The accounts whose profile matches, in order of number. `Contains` is case-insensitive and takes `%` and `_`
    /// literally.
    ///
    /// # Errors
    /// [`StoreError`]
    fn search_profiles(&self, field: ProfileField, term: &SearchTerm) -> Result<Vec<Uin>, StoreError>;

    /// An API credential that has not been revoked.
    ///
    /// # Errors
    /// [`StoreError`]
    fn credential(&self, secret_id: &str) -> Result<Option<CredentialRow>, StoreError>;

    /// An account's API credentials that have not been revoked, oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    fn credentials_of(&self, uin: Uin) -> Result<Vec<CredentialRow>, StoreError>;

    /// All platform keys that have not been revoked, oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    fn platform_keys(&self) -> Result<Vec<PlatformKeyRow>, StoreError>;

    /// Erases a person's data from every version of the account's profile, at once and for good. The account stays.
    ///
    /// # Errors
    /// [`StoreError`]
    fn erase_profile(&self, uin: Uin) -> Result<(), StoreError>;
}

/// 128 bits of a BLAKE3 hash over namespace and key.
pub type KeyHash = [u8; 16];

/// A change of the directory that belongs to one journal frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryWrite {
    /// Changes the named fields of an account's profile (which may be new).
    Profile {
        /// Whose.
        uin: Uin,
        /// What changes.
        patch: ProfilePatch,
    },
    /// A new API credential.
    Credential(CredentialRow),
    /// Takes an API credential back, at once.
    CredentialRevoked {
        /// Which.
        secret_id: String,
    },
    /// A new platform key.
    PlatformKey(PlatformKeyRow),
    /// Takes a platform key back, at once.
    PlatformKeyRevoked {
        /// Which.
        id: String,
    },
}

/// Personal and descriptive data of an account. Everything may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Profile {
    /// Display name.
    pub name: Option<String>,
    /// Contact address.
    pub email: Option<String>,
    /// Contact number.
    pub phone: Option<String>,
    /// The verified identity's number.
    pub entity_id: Option<String>,
    /// The verified identity's name.
    pub entity_name: Option<String>,
    /// Who looks after the account on the platform's side.
    pub channel_manager: Option<String>,
    /// The managing partner's (for a second-level reseller: the distributor's) note on it.
    pub remark: Option<String>,
}

/// New values for some fields of a [`Profile`]: the outer `None` leaves a field alone, `Some(None)` empties it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are those of `Profile`")]
pub struct ProfilePatch {
    pub name: Option<Option<String>>,
    pub email: Option<Option<String>>,
    pub phone: Option<Option<String>>,
    pub entity_id: Option<Option<String>>,
    pub entity_name: Option<Option<String>>,
    pub channel_manager: Option<Option<String>>,
    pub remark: Option<Option<String>>,
}

/// A profile field that can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are fields of `Profile`")]
pub enum ProfileField {
    Name,
    Email,
    Phone,
    Remark,
}

/// How a profile field is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchTerm {
    /// The whole field equals this.
    Exact(String),
    /// The field holds this somewhere, in any case.
    Contains(String),
}

/// An API credential, its secret sealed under the deployment's master key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// The public half.
    pub secret_id: String,
    /// The account that it signs for.
    pub uin: Uin,
    /// The secret half, encrypted; opaque to the store.
    pub sealed_key: Vec<u8>,
    /// When it was made.
    pub created_at: Moment,
}

/// A key to the platform API, of which only the hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformKeyRow {
    /// Its public name: `key_1`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// `full` or `read`.
    pub access: String,
    /// BLAKE3 hash of the key.
    pub digest: [u8; 32],
    /// When it was made.
    pub created_at: Moment,
}

/// Rows for one stretch of the journal. A store may sort them as its tables like it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryFold {
    /// The last event that the rows cover.
    pub upto_seq: u64,
    /// Allocation records.
    pub allocations: Vec<AllocationRow>,
    /// Orders as they stand now; the later of two rows of one order wins, also over what is stored.
    pub orders: Vec<OrderRow>,
    /// Authorizations that closed.
    pub authorizations: Vec<AuthorizationRow>,
    /// Audit entries.
    pub audit: Vec<AuditRow>,
}

/// One allocation or reclaim (R41), or one grant to or pull from a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocationRow {
    /// Journal position.
    pub seq: u64,
    /// Whose credit or pool.
    pub account: Uin,
    /// The partner that acted.
    pub operator: Uin,
    /// Signed increment.
    pub amount: Amount,
    /// The account's total after it.
    pub total_after: Amount,
    /// The account's available (a pool's remaining) after it.
    pub available_after: Amount,
    /// What the operator noted.
    pub remark: Option<String>,
    /// When.
    pub at: Moment,
}

/// An order as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// Journal position of its placing; the order's number.
    pub seq: u64,
    /// Whose order.
    pub account: Uin,
    /// Whose credit pays: the account itself. (The paying partner answers for it to the platform on its own spend line.)
    pub payer: Uin,
    /// The product's code.
    pub product: String,
    /// `purchase`, `renew`, `upgrade`, `downgrade`.
    pub kind: String,
    /// `to_be_paid`, `processing`, `delivered`, `canceled`, `failed`, `refunded`.
    pub state: String,
    /// List price.
    pub list_amount: Amount,
    /// The customer's discount.
    pub discount_rate: Rate,
    /// What vouchers covered.
    pub voucher_amount: Amount,
    /// What the customer is charged.
    pub amount: Amount,
    /// What the paying partner is charged.
    pub partner_amount: Amount,
    /// What has been given back of `amount`.
    pub refunded_amount: Amount,
    /// When it was placed.
    pub created_at: Moment,
    /// When its state last changed.
    pub updated_at: Moment,
    /// What it was placed with besides (resource, region, tags, ...), as a JSON object.
    pub details: String,
}

/// A closed authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRow {
    /// Journal position of its opening; part of its identifier.
    pub opened_seq: u64,
    /// Whose credit it held.
    pub account: Uin,
    /// The product's code.
    pub product: String,
    /// `captured`, `released`, `expired`.
    pub state: String,
    /// What was authorized, at list price.
    pub list_amount: Amount,
    /// What was held on the customer's side.
    pub amount: Amount,
    /// What was held on the partner's side.
    pub partner_amount: Amount,
    /// What was captured, at list price.
    pub captured_list_amount: Amount,
    /// What the customer was charged.
    pub captured_amount: Amount,
    /// What the paying partner was charged.
    pub captured_partner_amount: Amount,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it would have expired.
    pub expires_at: Moment,
    /// When it closed.
    pub closed_at: Moment,
}

/// Who did what: one entry a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Journal position.
    pub seq: u64,
    /// When.
    pub at: Moment,
    /// The request's identifier, as shown to the caller.
    pub request_id: String,
    /// `platform:key_1`, `account:100000000001`, `system`.
    pub actor: String,
    /// `platform`, `cloud`, `system`.
    pub face: String,
    /// The command's name, `allocate_credit`.
    pub action: String,
    /// The account that it was done to, where it was one.
    pub account: Option<Uin>,
    /// `done`, `refused`, or for a batch `done` with counts in `detail`.
    pub outcome: String,
    /// The refusal's code, where there was one.
    pub code: Option<String>,
    /// Figures and further reasons, as a JSON object.
    pub detail: String,
}

/// Which audit entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Done to this account.
    pub account: Option<Uin>,
    /// This command.
    pub action: Option<String>,
    /// Not before.
    pub from: Option<Moment>,
    /// Not at or after.
    pub to: Option<Moment>,
}

/// The first use of an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Hash over namespace and key.
    pub key: KeyHash,
    /// Hash over what was asked.
    pub content: KeyHash,
    /// Journal position of the first use.
    pub seq: u64,
    /// When.
    pub at: Moment,
    /// What was answered, encoded; opaque to the store.
    pub answer: Vec<u8>,
}
