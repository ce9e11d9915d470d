//! Invitations as they stand, found by organization and by whoever is invited. A row is replaced when its invitation ends;
//! to whom it was sent, and by which organization, never changes.

use super::lists::last_of_each;
use super::tally::{self, Kind, List, Tallies};
use super::walk::Walk;
use super::{FILE, HistoryFile};
use crate::contract::{InvitationRow, MembersHistory, StoreError};
use crate::sqlite::SqliteStore;
use crate::sqlite::errors::{bound, stored};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, select, value};
use credere_core::channel::Uin;
use credere_core::ledger::{Moment, Shard};
use credere_core::organization::{InvitationEnd, InvitationId, OrganizationId, Permission, Permissions};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::ops::ControlFlow;

pub(super) const TABLES: &str = "
    CREATE TABLE invitation_row (shard INTEGER NOT NULL CHECK (shard = 0), nth INTEGER NOT NULL, id INTEGER PRIMARY KEY,
        organization INTEGER NOT NULL, admin INTEGER NOT NULL, member INTEGER NOT NULL, permissions INTEGER NOT NULL,
        allow_quit INTEGER NOT NULL, sent_at INTEGER NOT NULL, ended_by INTEGER, ended_at INTEGER,
        seal INTEGER NOT NULL);
    CREATE TABLE invitation_of (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        organization INTEGER NOT NULL,
        id INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, organization, id)) WITHOUT ROWID;
    CREATE TABLE invitation_to (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        member INTEGER NOT NULL,
        id INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, member, id)) WITHOUT ROWID;";

const ROW: &str = "LEFT JOIN invitation_row AS r ON r.id = o.id";
const INVITATIONS_OF: Walk =
    Walk { table: "invitation_of", rows: Some((ROW, "r.")), within: &["segment", "organization"], order: &["id"] };
const INVITATIONS_TO: Walk =
    Walk { table: "invitation_to", rows: Some((ROW, "r.")), within: &["segment", "member"], order: &["id"] };

impl MembersHistory for SqliteStore {
    fn invitation(&self, id: InvitationId) -> Result<Option<InvitationRow>, StoreError> {
        self.read_history(|_, connection| {
            let found: Option<InvitationRow> = select(connection, FILE, "AND id = ?", &[&bound(id.0)])?.pop();
            if found.is_none() {
                tally::never_there::<InvitationRow>(connection, Kind::Invitations, "id", bound(id.0))?;
            }
            Ok(found)
        })
    }

    fn invitations_of(
        &self,
        organization: OrganizationId,
        skip: u64,
        limit: usize,
    ) -> Result<(Vec<InvitationRow>, u64), StoreError> {
        let listed = Listed {
            walk: &INVITATIONS_OF,
            kind: Kind::InvitationsOf,
            whose: bound(organization.0),
            belongs: |row: &InvitationRow| row.organization == organization,
        };
        self.read_history(|history, connection| listed.page(history, connection, skip, limit))
    }

    fn invitations_to(&self, member: Uin, skip: u64, limit: usize) -> Result<(Vec<InvitationRow>, u64), StoreError> {
        let listed = Listed {
            walk: &INVITATIONS_TO,
            kind: Kind::InvitationsTo,
            whose: bound(member.number()),
            belongs: |row: &InvitationRow| row.member == member,
        };
        self.read_history(|history, connection| listed.page(history, connection, skip, limit))
    }
}

/// One organization's invitations, or those that one account was sent.
struct Listed<F> {
    walk: &'static Walk,
    kind: Kind,
    whose: i64,
    belongs: F,
}

impl<F: Fn(&InvitationRow) -> bool> Listed<F> {
    /// A page of them, newest first, and how many there are: what is skipped is only counted.
    fn page(
        &self,
        history: &HistoryFile,
        connection: &Connection,
        skip: u64,
        limit: usize,
    ) -> Result<(Vec<InvitationRow>, u64), StoreError> {
        let (mut rows, mut total) = (Vec::new(), 0);
        for segment in history.segments_before(None) {
            let owner = [bound(segment), self.whose];
            let list = List::of(self.kind, owner[0], owner[1]);
            let here = self.walk.top::<InvitationRow>(connection, list, &owner, None)?;
            let passed = skip.saturating_sub(total);
            total += here;
            if rows.len() == limit || passed >= here {
                continue;
            }
            self.walk.newest_first(connection, list, &owner, None, passed, |row: InvitationRow| {
                if !(self.belongs)(&row) {
                    return Err(tally::gap(self.walk.table));
                }
                rows.push(row);
                Ok(if rows.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
            })?;
        }
        Ok((rows, total))
    }
}

impl HistoryFile {
    pub(super) fn write_invitations(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut Vec<InvitationRow>,
    ) -> Result<(), StoreError> {
        last_of_each(rows, |row| row.id.0);
        let mut into = Inserter::new::<InvitationRow>(connection, FILE, Clash::Replaces, &["nth"])?;
        let (mut of, mut to) = (Vec::new(), Vec::new());
        for row in rows.iter() {
            let (segment, id) = (stored(self.segment(Shard::within(row.id.0)))?, stored(row.id.0)?);
            let nth = match tally::number_in::<InvitationRow>(connection, "id", id)? {
                Some(nth) => nth,
                None => {
                    of.push([segment, stored(row.organization.0)?, id]);
                    to.push([segment, stored(row.member.number())?, id]);
                    tallies.next(List::whole(Kind::Invitations))?
                }
            };
            into.put(&[nth], row)?;
        }
        let list = |kind| move |row: &[i64; 3]| List::of(kind, row[0], row[1]);
        tallies.index("invitation_of", ["segment", "organization", "id"], &mut of, list(Kind::InvitationsOf))?;
        tallies.index("invitation_to", ["segment", "member", "id"], &mut to, list(Kind::InvitationsTo))
    }
}

impl Stored for InvitationRow {
    const TABLE: &'static str = "invitation_row";
    const COLUMNS: &'static [&'static str] =
        &["id", "organization", "admin", "member", "permissions", "allow_quit", "sent_at", "ended_by", "ended_at"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        Ok(vec![
            value::whole(self.id.0)?,
            value::whole(self.organization.0)?,
            value::uin(self.admin)?,
            value::uin(self.member)?,
            value::small(bits(self.permissions)),
            value::small(self.allow_quit),
            value::moment(self.sent_at),
            self.end.map_or(ValueRef::Null, |end| value::small(end.number())),
            self.ended_at.map_or(ValueRef::Null, value::moment),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<InvitationRow, StoreError> {
        Ok(InvitationRow {
            id: InvitationId(fields.whole()?),
            organization: OrganizationId(fields.whole()?),
            admin: fields.uin()?,
            member: fields.uin()?,
            permissions: fields.decoded(|bits| permissions(bits.as_i64().ok()?))?,
            allow_quit: fields.boolean()?,
            sent_at: fields.moment()?,
            end: fields.decoded(|end| optional(end, |number| InvitationEnd::from_number(number.try_into().ok()?)))?,
            ended_at: fields.decoded(|at| optional(at, |micros| Some(Moment::from_micros(micros))))?,
        })
    }
}

/// What a column says that may be empty; `None` where it says what is none.
fn optional<V>(value: ValueRef<'_>, decode: impl FnOnce(i64) -> Option<V>) -> Option<Option<V>> {
    match value.as_i64_or_null().ok()? {
        Some(number) => decode(number).map(Some),
        None => Some(None),
    }
}

/// A bit for each permission, at the place of its number.
fn bits(permissions: Permissions) -> u32 {
    permissions.iter().fold(0, |bits, one| bits | 1 << one.number())
}

fn permissions(bits: i64) -> Option<Permissions> {
    let set = (0..i64::BITS).filter(|number| bits >> number & 1 == 1);
    set.map(Permission::from_number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_come_back_from_their_bits() {
        for one in Permission::ALL {
            for set in
                [Permissions::default().with(one), Permission::ALL.into_iter().collect::<Permissions>().without(one)]
            {
                assert_eq!(permissions(bits(set).into()), Some(set));
            }
        }
        assert_eq!(bits([Permission::ViewBills, Permission::PayOnBehalf].into_iter().collect()), 0b1000_0010);
        for none in [1, 1 << 11, 1 << 40, -1, i64::MIN] {
            assert_eq!(permissions(none), None);
        }
    }
}
