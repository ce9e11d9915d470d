//! To whom each customer is bound, in [`versions`]: a change of its profile must find its way into its partner's sheets. An
//! account that was never bound has none, and where one is not found those of the accounts near it are counted.

use super::super::FILE;
use super::super::counts::{self, Part};
use super::super::versions::{self, Version};
use crate::contract::StoreError;
use crate::sqlite::errors::{Within, bound, read};
use crate::sqlite::rows::{Fields, Stored, stored};
use crate::sqlite::shard::of as rows_of;
use credere_core::channel::{Binding, Uin};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

/// One version of a binding: in force, or ended.
pub(super) struct BindingRow {
    pub(super) uin: Uin,
    seq: u64,
    replaced_seq: Option<u64>,
    partner: Option<Uin>,
    /// 0 where it has ended.
    bound_seq: u64,
}

stored! { BindingRow: "binding",
    uin, seq, replaced_seq, partner, bound_seq
}

impl BindingRow {
    pub(super) fn new(uin: Uin, seq: u64, binding: Option<Binding>) -> BindingRow {
        let (partner, bound_seq) = (binding.map(|binding| binding.partner), binding.map_or(0, |binding| binding.seq));
        BindingRow { uin, seq, replaced_seq: None, partner, bound_seq }
    }

    pub(super) fn binding(&self) -> Option<Binding> {
        self.partner.map(|partner| Binding { partner, seq: self.bound_seq })
    }
}

impl Version for BindingRow {
    fn uin(&self) -> Uin {
        self.uin
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn replaced_seq(&self) -> Option<u64> {
        self.replaced_seq
    }

    fn replaced(self, seq: Option<u64>) -> BindingRow {
        BindingRow { replaced_seq: seq, ..self }
    }
}

/// The binding that is in force at `last`, of an account that was bound before or is being bound.
pub(super) fn of_customer(connection: &Connection, uin: Uin, last: i64) -> Result<Option<Binding>, StoreError> {
    let versions: Vec<BindingRow> = versions::of(connection, uin)?;
    if versions.is_empty() {
        return Err(StoreError::corrupt(format!("{FILE}: a binding is missing")));
    }
    Ok(versions::shown(versions, last)?.and_then(|row| row.binding()))
}

/// The newest binding of any account, where one is in force.
pub(super) fn newest(connection: &Connection, uin: Uin) -> Result<Option<Binding>, StoreError> {
    let newest: Option<BindingRow> = versions::shown(versions::of(connection, uin)?, i64::MAX)?;
    if newest.is_none() {
        check_near(connection, uin)?;
    }
    Ok(newest.and_then(|row| row.binding()))
}

/// Writes a new version.
pub(super) fn change(connection: &Connection, uin: Uin, seq: u64, binding: Option<Binding>) -> Result<(), StoreError> {
    let more = versions::add(connection, uin, seq, |_| BindingRow::new(uin, seq, binding))?;
    counts::add(connection, Part::Bindings(uin), more)
}

/// Checks that no account near this one lacks its binding.
fn check_near(connection: &Connection, uin: Uin) -> Result<(), StoreError> {
    let (first, last) = counts::near_bindings(uin);
    let sql = format!("SELECT count(*) {}", rows_of("binding", "AND uin BETWEEN ? AND ?"));
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let found: i64 = statement.query_row(params![bound(first), bound(last)], |row| row.get(0)).within(FILE)?;
    counts::agree("binding", read(found, FILE)?, counts::of(connection, Part::Bindings(uin))?)
}
