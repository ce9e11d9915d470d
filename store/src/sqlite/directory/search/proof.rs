//! Proving that the sheets say what profiles and bindings say: by two sums over all entries, one of what should be there and
//! one of what is, so that nothing is held and both are read in their own order.

use super::super::FILE;
use super::super::counts;
use super::super::rows::ProfileRow;
use super::super::versions;
use super::loose::Loose;
use super::needle::{ended, texts};
use super::{FIELDS, number_of, sheets};
use crate::contract::StoreError;
use crate::profile::field;
use crate::sqlite::rows::each;
use credere_core::channel::{Binding, Uin};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// A number that hangs on a set of entries and not on their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sum {
    entries: u64,
    hashes: u128,
}

impl Sum {
    fn add(&mut self, binding: Binding, uin: Uin, field: u8, text: &[u8]) {
        let mut hasher = blake3::Hasher::new();
        for number in [binding.partner.number(), binding.seq, uin.number(), u64::from(field)] {
            hasher.update(&number.to_le_bytes());
        }
        hasher.update(text);
        let mut short = [0; 16];
        short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        self.entries += 1;
        self.hashes = self.hashes.wrapping_add(u128::from_le_bytes(short));
    }
}

/// Checks that every sheet says what it should, and that all are there.
///
/// # Errors
/// [`StoreError::Corrupt`]
pub(in super::super) fn prove(connection: &Connection) -> Result<(), StoreError> {
    let (mut loose, mut placed) = (BTreeSet::new(), BTreeSet::new());
    let mut of_partner: BTreeMap<Uin, u64> = BTreeMap::new();
    each(connection, FILE, "", &[], |row: Loose| {
        placed.extend(row.placed_seq.map(|seq| (row.partner, seq)));
        *of_partner.entry(row.partner).or_default() += 1;
        loose.insert((row.partner, row.uin));
        Ok(ControlFlow::Continue(()))
    })?;
    counts::agree_on_loose(connection, &of_partner)?;
    let should = should(connection, &loose)?;
    let is = is(connection, &placed)?;
    if should == is {
        return Ok(());
    }
    Err(StoreError::corrupt(format!(
        "{FILE}: what customers are found by is not what their profiles say ({} entries, and {} belong)",
        is.entries, should.entries
    )))
}

/// What should be on sheets: the fields of everybody who is bound, but for those that are looked at by themselves.
fn should(connection: &Connection, loose: &BTreeSet<(Uin, Uin)>) -> Result<Sum, StoreError> {
    // Each partner's bindings, by the customers' numbers, as profiles are read: a number and a position for each customer.
    let mut bound: Vec<(Uin, Binding)> = Vec::new();
    super::each_binding(connection, i64::MAX, &mut |customer, binding| {
        if !loose.contains(&(binding.partner, customer)) {
            bound.push((customer, binding));
        }
        Ok(())
    })?;
    let (mut sum, mut bound) = (Sum::default(), bound.into_iter().peekable());
    versions::each_shown(connection, i64::MAX, &mut |row: ProfileRow| {
        while bound.next_if(|(uin, _)| *uin < row.uin).is_some() {}
        let Some((uin, binding)) = bound.next_if(|(uin, _)| *uin == row.uin) else { return Ok(()) };
        for searched in FIELDS {
            if let Some(text) = field(&row.profile, searched) {
                sum.add(binding, uin, number_of(searched), &ended(text));
            }
        }
        Ok(())
    })?;
    Ok(sum)
}

/// What is on sheets, but for what counts no more.
fn is(connection: &Connection, placed: &BTreeSet<(Uin, u64)>) -> Result<Sum, StoreError> {
    let mut sum = Sum::default();
    for stack in sheets::all(connection)? {
        let mut before = None;
        stack.walk(connection, false, |sheet| {
            let keys = stack.keys(connection, sheet)?;
            let ends = keys.first().zip(keys.last()).map(|((first, _), (last, _))| (*first, *last));
            let in_order =
                keys.is_sorted_by(|(one, _), (next, _)| one < next) && before < keys.first().map(|key| key.0);
            let texts: Vec<&[u8]> = texts(sheet.bytes).collect();
            if ends != Some((sheet.first_seq, sheet.last_seq)) || !in_order || texts.len() != keys.len() {
                return Err(StoreError::corrupt(format!("{FILE}: a sheet has other entries than it says")));
            }
            before = Some(sheet.last_seq);
            for (text, (seq, uin)) in texts.into_iter().zip(keys) {
                if !placed.contains(&(stack.partner, seq)) {
                    sum.add(Binding { partner: stack.partner, seq }, uin, stack.field, text);
                }
            }
            Ok(())
        })?;
    }
    Ok(sum)
}
