//! What a store must do, for whichever database is underneath. Six parts, kept apart because each has its own rhythm:
//! the [`Journal`] is the truth and is appended to in every commit; [`Snapshots`] shorten a start and may be lost;
//! [`History`] is made for reading, follows behind and can be rebuilt, and so are the [`Keys`] that have left memory; the
//! [`Directory`] keeps names and secrets, which the journal must not hold; the [`Outbox`] what is to be sent.
//!
//! All tables carry the shard first (always 0 here), so that a store with many shards keeps the same keys.

use crate::frame::{Frame, Position};
use crate::outbox::Outbox;
use credere_core::channel::{ActionType, NoticeKind, PayMode, Subscription, Uin, WebhookId};
use credere_core::ledger::{Moment, Month};
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

/// A store: all six parts, and what belongs to none.
pub trait Store: Journal + Snapshots + History + Keys + Directory + Outbox + Send + Sync {
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

    /// The frame that holds the event at `seq`; `None` beyond the journal's end.
    ///
    /// # Errors
    /// [`StoreError`]
    fn frame_with(&self, seq: u64) -> Result<Option<Frame>, StoreError>;

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

    /// Adds the rows of all events up to `fold.upto_seq` in one transaction, and moves the position there. Lines and
    /// vouchers' payments at or before the position are there already and are passed over, so that a fold that is
    /// written again adds to no sum.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the fold is there then. [`StoreError::Corrupt`] for a fold that ends before the
    /// position, or has a line beyond its own end.
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

    /// The lines of one bill that match, oldest first, after the line `after_seq` and after skipping `skip`, at most
    /// `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        after_seq: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<LineRow>, StoreError>;

    /// How many lines of one bill match.
    ///
    /// # Errors
    /// [`StoreError`]
    fn line_count(&self, bill: Bill, filter: &LineFilter) -> Result<u64, StoreError>;

    /// Visits the lines of one bill that match, oldest first, without holding them all.
    ///
    /// # Errors
    /// [`StoreError`], or the visitor's own, which ends the walk.
    fn visit_lines(
        &self,
        bill: Bill,
        filter: &LineFilter,
        visit: &mut dyn FnMut(LineRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Those of these lines that are on the bill, oldest first, each once.
    ///
    /// # Errors
    /// [`StoreError`]
    fn lines_by_seq(&self, bill: Bill, seqs: &[u64]) -> Result<Vec<LineRow>, StoreError>;

    /// One bill's sums by everything that it is grouped by, in that order. Kept while lines are filled, so that a bill of
    /// a million lines is told as fast as one of ten.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Io`] where a sum is larger than an amount can be.
    fn bill_totals(&self, bill: Bill) -> Result<Vec<BillTotalRow>, StoreError>;

    /// One bill's sums by resource and product, in the order of the resources' names, for the first `limit` resources
    /// after `after` (exclusive): all of a resource's products, or none. Lines without a resource come under the empty
    /// name; only lines that match count. Reads the whole bill.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Io`] where a sum is larger than an amount can be.
    fn resource_totals(
        &self,
        bill: Bill,
        filter: &LineFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ResourceTotalRow>, StoreError>;

    /// The months for which an account has lines, newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    fn bill_months(&self, account: Uin) -> Result<Vec<Month>, StoreError>;

    /// The accounts that have lines in a month, in order of number, after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn billed_accounts(&self, month: Month, after: Option<Uin>, limit: usize) -> Result<Vec<Uin>, StoreError>;

    /// The receipts for one bill, oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    fn receipts(&self, bill: Bill) -> Result<Vec<ReceiptRow>, StoreError>;

    /// One voucher.
    ///
    /// # Errors
    /// [`StoreError`]
    fn voucher(&self, id: u64) -> Result<Option<VoucherRow>, StoreError>;

    /// Vouchers that match, newest first, before `before_id` and after skipping `skip`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn vouchers(
        &self,
        filter: &VoucherFilter,
        before_id: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherRow>, StoreError>;

    /// How many vouchers match.
    ///
    /// # Errors
    /// [`StoreError`]
    fn voucher_count(&self, filter: &VoucherFilter) -> Result<u64, StoreError>;

    /// What a voucher paid, newest first, in one month (of the payment, in the deployment's calendar) where given, after
    /// skipping `skip`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn voucher_uses(
        &self,
        voucher: u64,
        month: Option<Month>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherUseRow>, StoreError>;

    /// How often a voucher paid and how much, by month of the payment, newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    fn voucher_use_months(&self, voucher: u64) -> Result<Vec<VoucherMonthRow>, StoreError>;

    /// The newest resource of this name, also when it is terminated or deleted.
    ///
    /// # Errors
    /// [`StoreError`]
    fn resource(&self, name: &str) -> Result<Option<ResourceRow>, StoreError>;

    /// Resources, newest first, before `before_seq`, of one account and in one state where given, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn resources(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ResourceRow>, StoreError>;

    /// Notices, newest first, before this one, that match, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn notices(
        &self,
        filter: &NoticeFilter,
        before: Option<NoticeKey>,
        limit: usize,
    ) -> Result<Vec<NoticeRow>, StoreError>;

    /// The audit entry of one request.
    ///
    /// # Errors
    /// [`StoreError`]
    fn audit_of_request(&self, request_id: &str) -> Result<Option<AuditRow>, StoreError>;

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

    /// Drops the runs whose every key was first used before `before`, or before `lasting_before` for the lasting ones.
    /// Lasting keys and others never share a run.
    ///
    /// # Errors
    /// [`StoreError`]
    fn forget_keys(&self, before: Moment, lasting_before: Moment) -> Result<(), StoreError>;

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

    /// All webhooks that have not been removed, oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    fn webhooks(&self) -> Result<Vec<WebhookRow>, StoreError>;

    /// A webhook that has not been removed.
    ///
    /// # Errors
    /// [`StoreError`]
    fn webhook(&self, id: WebhookId) -> Result<Option<WebhookRow>, StoreError>;

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
    /// A webhook as it stands from now on: a new one, or one with another secret.
    Webhook(WebhookRow),
    /// Removes a webhook.
    WebhookRemoved {
        /// Which.
        id: WebhookId,
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

/// A webhook, its address and secrets sealed under the deployment's master key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    /// Its number.
    pub id: WebhookId,
    /// Whose; the platform's own where absent.
    pub account: Option<Uin>,
    /// Which kinds of events it is sent; all where empty.
    pub kinds: Vec<String>,
    /// Where it is and what it is signed with, encrypted; opaque to the store.
    pub sealed: Vec<u8>,
    /// When it was added.
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
    /// Bill lines.
    pub lines: Vec<LineRow>,
    /// Receipts.
    pub receipts: Vec<ReceiptRow>,
    /// Vouchers as they stand now; the later of two rows of one voucher wins, also over what is stored.
    pub vouchers: Vec<VoucherRow>,
    /// What vouchers paid.
    pub voucher_uses: Vec<VoucherUseRow>,
    /// Resources as they stand now; the later of two rows of one resource wins, also over what is stored.
    pub resources: Vec<ResourceRow>,
    /// Notices.
    pub notices: Vec<NoticeRow>,
}

/// One account's bill of one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bill {
    /// Whose.
    pub account: Uin,
    /// Which month.
    pub month: Month,
}

/// One line of a bill (R79).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRow {
    /// Journal position of the charge; the line's number.
    pub seq: u64,
    /// Whose bill.
    pub account: Uin,
    /// Which month's bill.
    pub month: Month,
    /// The day of that month on which it counts, 1 to 31: the day of its period's start, or of its posting where the
    /// period began in another month (R94).
    pub day: u8,
    /// The managing partner under whose binding it was charged; `None` for a partner's own use.
    pub managing: Option<Uin>,
    /// Journal position of that binding; 0 for a partner's own use.
    pub binding_seq: u64,
    /// The partner that owes it to the platform (R6).
    pub payer: Uin,
    /// The product's code.
    pub product: String,
    /// What for.
    pub action: ActionType,
    /// The region; empty where none was told.
    pub region: String,
    /// The project; empty where none was told.
    pub project: String,
    /// The resource; empty where none was told.
    pub resource: String,
    /// The order that it was charged for (or refunds).
    pub order_seq: Option<u64>,
    /// From when it was used.
    pub period_start: Moment,
    /// Until when.
    pub period_end: Moment,
    /// List price.
    pub list_amount: Amount,
    /// The customer's discount.
    pub discount_rate: Rate,
    /// What the customer's vouchers paid.
    pub voucher_amount: Amount,
    /// What the customer owes.
    pub amount: Amount,
    /// What the paying partner owes.
    pub partner_amount: Amount,
    /// When it was posted.
    pub posted_at: Moment,
    /// Whatever else was told (zone, tags, components, ...), as a JSON object.
    pub details: String,
    /// Whether its payment has been confirmed. Not stored with the line but told by the receipts; `false` in a fold.
    pub confirmed: bool,
}

/// Which lines of a bill. Everything may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineFilter {
    /// Paid before or after use.
    pub pay_mode: Option<PayMode>,
    /// What for.
    pub action: Option<ActionType>,
    /// Whether its payment has been confirmed.
    pub confirmed: Option<bool>,
    /// Charged under a binding to one of these partners.
    pub managing: Option<Vec<Uin>>,
    /// On this day of the month.
    pub day: Option<u8>,
}

/// A part of one bill, summed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `LineRow`")]
pub struct BillTotalRow {
    pub binding_seq: u64,
    pub managing: Option<Uin>,
    pub action: ActionType,
    pub product: String,
    pub region: String,
    pub project: String,
    /// How many lines.
    pub lines: u64,
    pub list_amount: Amount,
    pub voucher_amount: Amount,
    pub amount: Amount,
    pub partner_amount: Amount,
}

/// One resource's part of a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `LineRow`")]
pub struct ResourceTotalRow {
    pub resource: String,
    pub product: String,
    /// How many lines.
    pub lines: u64,
    pub list_amount: Amount,
    pub voucher_amount: Amount,
    pub amount: Amount,
    pub partner_amount: Amount,
}

/// One confirmation of payment (R92-R95).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Journal position.
    pub seq: u64,
    /// Whose bill.
    pub account: Uin,
    /// Which month's.
    pub month: Month,
    /// The partner that was paid.
    pub operator: Uin,
    /// What was confirmed as a whole: every line of these bindings and types that is on the bill.
    pub parts: Vec<ReceiptPartRow>,
    /// The lines that were confirmed one by one.
    pub line_seqs: Vec<u64>,
    /// How many lines that flipped.
    pub lines: u64,
    /// What they come to.
    pub returned: Amount,
    /// The customer's available credit after it; `None` when it is no longer bound to that partner.
    pub available_after: Option<Amount>,
    /// When.
    pub at: Moment,
}

/// A part of a bill that was confirmed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptPartRow {
    /// Under which binding.
    pub binding_seq: u64,
    /// What for.
    pub action: ActionType,
}

/// A voucher as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherRow {
    /// Its number.
    pub id: u64,
    /// `partner_all`, `partner_customer`, `customer`.
    pub kind: String,
    /// Who has it.
    pub owner: Uin,
    /// Whose trial a type II pays.
    pub customer: Option<Uin>,
    /// Who issued a type III.
    pub issuer: Option<Uin>,
    /// What it was issued over.
    pub amount: Amount,
    /// What is left.
    pub remaining: Amount,
    /// `issued`, `used`, `expired`, `invalidated`.
    pub status: String,
    /// `CustomerOffer`, `ProductTrial`.
    pub usage: String,
    /// `all`, `prepaid`, `postpaid`.
    pub payment_mode: String,
    /// `all`, `only`, `except`.
    pub products_mode: String,
    /// The codes of the products named.
    pub products: Vec<String>,
    /// From when it pays.
    pub effective_at: Moment,
    /// From when it no longer pays.
    pub expires_at: Moment,
    /// When it was issued.
    pub issued_at: Moment,
    /// When it last changed.
    pub changed_at: Moment,
}

/// Which vouchers. Everything may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are those of `VoucherRow`")]
pub struct VoucherFilter {
    pub id: Option<u64>,
    pub kind: Option<String>,
    pub owner: Option<Uin>,
    pub issuer: Option<Uin>,
    pub status: Option<String>,
    pub usage: Option<String>,
    pub payment_mode: Option<String>,
    pub products_mode: Option<String>,
    /// Not those that expired before this moment, nor those that were invalidated with nothing paid (R121).
    pub shown_since: Option<Moment>,
}

/// One payment by a voucher (R122).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherUseRow {
    /// The bill line that it paid a part of.
    pub line_seq: u64,
    /// Which voucher.
    pub voucher: u64,
    /// The customer whose charge it was.
    pub account: Uin,
    /// The order, where there was one.
    pub order_seq: Option<u64>,
    /// The product's code.
    pub product: String,
    /// What for.
    pub action: ActionType,
    /// How much.
    pub amount: Amount,
    /// The month of the payment.
    pub month: Month,
    /// When.
    pub at: Moment,
}

/// What a voucher paid in one month.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct VoucherMonthRow {
    pub month: Month,
    pub uses: u64,
    pub amount: Amount,
}

/// A resource as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRow {
    /// Journal position of its activation.
    pub seq: u64,
    /// The caller's name for it.
    pub name: String,
    /// Who runs it.
    pub account: Uin,
    /// The product's code.
    pub product: String,
    /// List price of one unit in one settlement period.
    pub unit_price: Amount,
    /// How many units, in 10^-8.
    pub quantity: u64,
    /// What is set aside on the customer's side.
    pub frozen: Amount,
    /// What is set aside on the partner's side.
    pub partner_frozen: Amount,
    /// `active`, `suspended`, `terminated`, `deleted`.
    pub state: String,
    /// Since when.
    pub since: Moment,
    /// When it was activated.
    pub activated_at: Moment,
    /// Whatever else was told, as a JSON object.
    pub details: String,
}

/// A notice's number: the journal position that it was decided at, and its place among the notices of that position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeKey {
    /// Journal position.
    pub seq: u64,
    /// Place, from 0.
    pub place: u32,
}

/// One notice to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its number.
    pub key: NoticeKey,
    /// Who was told.
    pub recipient: Uin,
    /// About whom.
    pub customer: Uin,
    /// What.
    pub kind: NoticeKind,
    /// The level in percent, for warnings.
    pub level: Option<u8>,
    /// The customer's available credit at that moment.
    pub available: Amount,
    /// Its total at that moment.
    pub total: Amount,
    /// Where, as the recipient wanted it at that moment.
    pub channels: Subscription,
    /// When.
    pub at: Moment,
}

/// Which notices. Everything may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are those of `NoticeRow`")]
pub struct NoticeFilter {
    pub recipient: Option<Uin>,
    pub customer: Option<Uin>,
    pub kind: Option<NoticeKind>,
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
    /// The order as the core knows it, encoded; opaque to the store. What a refund is decided on.
    pub facts: Vec<u8>,
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
    /// Whether it is kept for longer than the others: a metering key, which stays unique for as long as its record may
    /// be sent again.
    pub lasting: bool,
}
