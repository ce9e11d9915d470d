//! The directory's rows as columns: what is written and how it is read back.

use super::versions::Version;
use crate::contract::{CredentialRow, PlatformKeyRow, Profile, StoreError, WebhookRow};
use crate::sqlite::errors::bound;
use crate::sqlite::rows::{Fields, Stored, value};
use credere_core::channel::{Uin, WebhookId};
use rusqlite::types::ValueRef;

/// One version of a webhook.
pub(in crate::sqlite) struct WebhookVersion {
    pub(super) seq: u64,
    pub(super) removed: bool,
    /// The row's kinds with a space between two.
    kinds: String,
    pub(in crate::sqlite) row: WebhookRow,
}

impl WebhookVersion {
    pub(super) fn new(seq: u64, removed: bool, row: WebhookRow) -> WebhookVersion {
        WebhookVersion { seq, removed, kinds: row.kinds.join(" "), row }
    }
}

impl Stored for WebhookVersion {
    const TABLE: &'static str = "webhook";
    const COLUMNS: &'static [&'static str] = &["id", "seq", "removed", "account", "kinds", "sealed", "created_at"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let WebhookRow { id, account, kinds: _, sealed, created_at } = &self.row;
        Ok(vec![
            value::whole(id.0)?,
            value::whole(self.seq)?,
            value::small(self.removed),
            value::optional_uin(*account)?,
            value::text(&self.kinds),
            ValueRef::Blob(sealed),
            value::moment(*created_at),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<WebhookVersion, StoreError> {
        let (id, seq, removed) = (WebhookId(fields.whole()?), fields.whole()?, fields.integer()? != 0);
        let (account, kinds) = (fields.optional_uin()?, fields.text()?);
        let sealed = fields.blob()?.to_vec();
        let row = WebhookRow {
            id,
            account,
            kinds: kinds.split_whitespace().map(str::to_owned).collect(),
            sealed,
            created_at: fields.moment()?,
        };
        Ok(WebhookVersion { seq, removed, kinds, row })
    }
}

/// One version of a profile.
pub(super) struct ProfileRow {
    pub(super) uin: Uin,
    pub(super) seq: u64,
    /// The last event of the frame that made the next version: that one is there then, and this one is not taken for the
    /// newest.
    pub(super) replaced_seq: Option<u64>,
    pub(super) profile: Profile,
}

impl Stored for ProfileRow {
    const TABLE: &'static str = "profile";
    const COLUMNS: &'static [&'static str] = &[
        "uin",
        "seq",
        "replaced_seq",
        "name",
        "email",
        "phone",
        "entity_id",
        "entity_name",
        "channel_manager",
        "remark",
        "member_name",
        "member_remark",
    ];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let Profile { name, email, phone, entity_id, entity_name, channel_manager, remark, member_name, member_remark } =
            &self.profile;
        let texts = [name, email, phone, entity_id, entity_name, channel_manager, remark, member_name, member_remark];
        let key = [value::uin(self.uin)?, value::whole(self.seq)?, value::optional_whole(self.replaced_seq)?];
        Ok(key.into_iter().chain(texts.map(value::optional_text)).collect())
    }

    fn read(fields: &mut Fields<'_>) -> Result<ProfileRow, StoreError> {
        let (uin, seq, replaced_seq) = (fields.uin()?, fields.whole()?, fields.optional_whole()?);
        let profile = Profile {
            name: fields.optional_text()?,
            email: fields.optional_text()?,
            phone: fields.optional_text()?,
            entity_id: fields.optional_text()?,
            entity_name: fields.optional_text()?,
            channel_manager: fields.optional_text()?,
            remark: fields.optional_text()?,
            member_name: fields.optional_text()?,
            member_remark: fields.optional_text()?,
        };
        Ok(ProfileRow { uin, seq, replaced_seq, profile })
    }
}

impl Version for ProfileRow {
    fn uin(&self) -> Uin {
        self.uin
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn replaced_seq(&self) -> Option<u64> {
        self.replaced_seq
    }

    fn replaced(self, seq: Option<u64>) -> ProfileRow {
        ProfileRow { replaced_seq: seq, ..self }
    }
}

/// A row with the last event of the frame that made it, and of the one that took it back.
pub(super) struct Stamped<R> {
    pub(super) row: R,
    pub(super) seq: u64,
    pub(super) revoked_seq: Option<u64>,
}

impl<R> Stamped<R> {
    /// The row, if it was valid at this event.
    pub(super) fn valid(self, last: i64) -> Option<R> {
        let valid = bound(self.seq) <= last && self.revoked_seq.is_none_or(|revoked| bound(revoked) > last);
        valid.then_some(self.row)
    }
}

/// An account whose profile has been erased once; it may have another one since.
pub(super) struct Erased(pub(super) Uin);

impl Stored for Erased {
    const TABLE: &'static str = "erased";
    const COLUMNS: &'static [&'static str] = &["uin"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        Ok(vec![value::uin(self.0)?])
    }

    fn read(fields: &mut Fields<'_>) -> Result<Erased, StoreError> {
        fields.uin().map(Erased)
    }
}

impl Stored for Stamped<CredentialRow> {
    const TABLE: &'static str = "credential";
    const COLUMNS: &'static [&'static str] = &["secret_id", "uin", "sealed_key", "created_at", "seq", "revoked_seq"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let CredentialRow { secret_id, uin, sealed_key, created_at } = &self.row;
        Ok(vec![
            value::text(secret_id),
            value::uin(*uin)?,
            ValueRef::Blob(sealed_key),
            value::moment(*created_at),
            value::whole(self.seq)?,
            value::optional_whole(self.revoked_seq)?,
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, StoreError> {
        let row = CredentialRow {
            secret_id: fields.text()?,
            uin: fields.uin()?,
            sealed_key: fields.blob()?.to_vec(),
            created_at: fields.moment()?,
        };
        Ok(Stamped { row, seq: fields.whole()?, revoked_seq: fields.optional_whole()? })
    }
}

impl Stored for Stamped<PlatformKeyRow> {
    const TABLE: &'static str = "platform_key";
    const COLUMNS: &'static [&'static str] = &["id", "name", "access", "digest", "created_at", "seq", "revoked_seq"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let PlatformKeyRow { id, name, access, digest, created_at } = &self.row;
        Ok(vec![
            value::text(id),
            value::text(name),
            value::text(access),
            ValueRef::Blob(digest),
            value::moment(*created_at),
            value::whole(self.seq)?,
            value::optional_whole(self.revoked_seq)?,
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, StoreError> {
        let row = PlatformKeyRow {
            id: fields.text()?,
            name: fields.text()?,
            access: fields.text()?,
            digest: fields.bytes()?,
            created_at: fields.moment()?,
        };
        Ok(Stamped { row, seq: fields.whole()?, revoked_seq: fields.optional_whole()? })
    }
}
