//! The directory: what it must do, its rows, and how they change.

use super::{KeyHash, StoreError, Visit};
use credere_core::channel::{Binding, Uin, WebhookId};
use credere_core::ledger::Moment;
use serde::{Deserialize, Serialize};

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

    /// Those of these accounts whose profile matches, in the order asked. Reads each of them.
    ///
    /// # Errors
    /// [`StoreError`]
    fn matching_profiles(&self, uins: &[Uin], field: ProfileField, term: &SearchTerm) -> Result<Vec<Uin>, StoreError>;

    /// A page of a partner's customers whose profile matches, in the order of their bindings. What it costs follows the
    /// partner's own customers, and nobody else's.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Io`] where customers cannot be searched yet.
    fn search_customers(&self, search: &CustomerSearch) -> Result<CustomersFound, StoreError>;

    /// Whether customers can be searched: not in a directory that an older build has written to, until
    /// [`Directory::make_searchable`].
    ///
    /// # Errors
    /// [`StoreError`]
    fn is_searchable(&self) -> Result<bool, StoreError>;

    /// Makes everything anew that customers are found by, of their profiles and these bindings: all that are in force,
    /// partner by partner, each partner's oldest first. For a start, or a repair: while nothing is being committed.
    ///
    /// # Errors
    /// [`StoreError`]; what was there before is untouched.
    fn make_searchable(&self, bindings: &mut dyn Iterator<Item = (Uin, Binding)>) -> Result<(), StoreError>;

    /// Lists anew what many changed customers are called, so that searches need not look at each by itself. A commit does
    /// that for the commits before it; called behind a commit it is done without one. Does nothing where there is nothing
    /// to do, or what there is may not be durable.
    ///
    /// # Errors
    /// [`StoreError`]; what was there before is untouched.
    fn place_loose(&self) -> Result<(), StoreError>;

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

    /// The webhooks of accounts that have not been removed, oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    fn webhooks(&self) -> Result<Vec<WebhookRow>, StoreError>;

    /// An account's webhook that has not been removed.
    ///
    /// # Errors
    /// [`StoreError`]
    fn webhook(&self, id: WebhookId) -> Result<Option<WebhookRow>, StoreError>;

    /// The answer that is kept under an idempotency key, where it is kept here.
    ///
    /// # Errors
    /// [`StoreError`]
    fn kept_answer(&self, key: &KeyHash) -> Result<Option<KeptAnswer>, StoreError>;

    /// Erases a person's data from every version of the account's profile, and the kept answers that show it, at once and
    /// for good. The account stays.
    ///
    /// # Errors
    /// [`StoreError`]
    fn erase_profile(&self, uin: Uin) -> Result<(), StoreError>;

    /// Visits everything of the shard in the directory that the journal knows of as well, each row checked.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] at the first row that is not what was written; the visitor's own.
    fn directory_entries(&self, visit: Visit<'_, DirectoryEntry>) -> Result<(), StoreError>;
}

/// Something in the directory that the journal knows of as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryEntry {
    /// An API credential, taken back or not.
    Credential {
        /// Its public half.
        secret_id: String,
        /// The account that it signs for.
        uin: Uin,
        /// When it was made.
        created_at: Moment,
        /// The last event of the frame that made it.
        made_seq: u64,
        /// The last event of the frame that took it back.
        revoked_seq: Option<u64>,
    },
    /// A platform key, taken back or not.
    PlatformKey {
        /// Its public name.
        id: String,
        /// What it may.
        access: String,
        /// When it was made.
        created_at: Moment,
        /// The last event of the frame that made it.
        made_seq: u64,
        /// The last event of the frame that took it back.
        revoked_seq: Option<u64>,
    },
    /// A webhook that has not been removed.
    Webhook {
        /// Its number.
        id: WebhookId,
        /// The account that added it; `None` is the platform's own.
        account: Option<Uin>,
        /// Which kinds of events it is sent.
        kinds: Vec<String>,
        /// When it was added.
        created_at: Moment,
    },
    /// An account that has a profile.
    Profile {
        /// The account that has it.
        uin: Uin,
    },
    /// An answer that is kept under an idempotency key. One that is not there says nothing: it may have been forgotten, or
    /// erased with its account's data.
    Answer {
        /// The key.
        key: KeyHash,
        /// When it was given.
        at: Moment,
        /// The last event of the frame that kept it.
        made_seq: u64,
    },
    /// An account whose profile has been erased once, and which may have another one since.
    Erased {
        /// The account whose data was erased.
        uin: Uin,
    },
    /// A customer that is found among its partner's; told where [`Directory::is_searchable`].
    Bound {
        /// The customer.
        customer: Uin,
        /// To whom, and since when.
        binding: Binding,
    },
}

/// A change of the directory that belongs to one journal frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryWrite {
    /// Changes the named fields of an account's profile (which may be new).
    Profile {
        /// The account that has the profile.
        uin: Uin,
        /// What changes.
        patch: ProfilePatch,
    },
    /// A customer is bound, and found among its partner's from now on.
    Bound {
        /// The customer, which is not bound.
        customer: Uin,
        /// To whom, and since when.
        binding: Binding,
    },
    /// A customer's binding has ended.
    Unbound {
        /// The customer.
        customer: Uin,
    },
    /// A new API credential.
    Credential(CredentialRow),
    /// Takes an API credential back, at once.
    CredentialRevoked {
        /// The public part of the credential.
        secret_id: String,
    },
    /// A new platform key.
    PlatformKey(PlatformKeyRow),
    /// Takes a platform key back, at once.
    PlatformKeyRevoked {
        /// The identifier of the key.
        id: String,
    },
    /// A webhook as it stands from now on: a new one, or one with another secret.
    Webhook(WebhookRow),
    /// Removes a webhook.
    WebhookRemoved {
        /// The number of the webhook.
        id: WebhookId,
    },
    /// Keeps what a request was answered, under its key.
    Answer(KeptAnswer),
    /// Drops the kept answers that are older.
    AnswersForgotten {
        /// Than this.
        before: Moment,
    },
}

/// What a request was answered, word for word, under its idempotency key: an answer that shows more than what the request
/// changed, so that it cannot be told again from the journal. It may hold names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The key.
    pub key: KeyHash,
    /// Whose names it may show.
    pub account: Option<Uin>,
    /// The answer; opaque to the store.
    pub body: Vec<u8>,
    /// When it was given.
    pub at: Moment,
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
    /// What the admin of its organization calls it (of the one that it is invited to, where it is in none).
    pub member_name: Option<String>,
    /// That admin's note on it.
    pub member_remark: Option<String>,
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
    pub member_name: Option<Option<String>>,
    pub member_remark: Option<Option<String>>,
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
    /// The field holds this somewhere, in any case; `%` and `_` mean themselves.
    Contains(String),
}

/// Which of a partner's customers are looked for, and which page of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerSearch {
    /// Whose customers.
    pub partner: Uin,
    /// What of their profiles is looked at.
    pub field: ProfileField,
    /// What must be found there.
    pub term: SearchTerm,
    /// The latest binding first, or the earliest.
    pub newest_first: bool,
    /// How many that match are passed over.
    pub skip: usize,
    /// How many are told at most.
    pub limit: usize,
}

/// What a search has found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CustomersFound {
    /// The page: customers with the journal positions of their bindings.
    pub page: Vec<(u64, Uin)>,
    /// How many match in all.
    pub total: usize,
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
