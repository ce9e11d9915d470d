//! Vouchers and what they paid. A voucher's row is replaced as it changes; its payments are rows of their own, and each
//! voucher remembers for each month how many there are and between which positions they lie.

use super::channel_rows::{MonthOfUses, VoucherColumns};
use super::lists::across;
use super::{FILE, HistoryFile, write_index};
use crate::bill::narrow;
use crate::contract::{StoreError, VoucherFilter, VoucherMonthRow, VoucherRow, VoucherUseRow};
use crate::sqlite::errors::{Within, bound, read, stored};
use crate::sqlite::rows::{Clash, Inserter, Wide, select};
use credere_core::ledger::Month;
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use std::collections::BTreeMap;

/// What a filter asks of a voucher's row; its parameters are those of [`Asked`].
const MATCHES: &str = "v.shard = 0 AND v.id >= ?1 AND v.id < ?2 AND v.kind = ifnull(?3, v.kind)
    AND v.owner = ifnull(?4, v.owner) AND (?5 IS NULL OR v.issuer = ?5) AND v.status = ifnull(?6, v.status)
    AND v.usage = ifnull(?7, v.usage) AND v.payment_mode = ifnull(?8, v.payment_mode)
    AND v.products_mode = ifnull(?9, v.products_mode)
    AND (?10 IS NULL OR (v.expires_at >= ?10 AND NOT (v.status = 'invalidated' AND v.remaining = v.amount)))";

/// A filter as parameters.
struct Asked<'f> {
    filter: &'f VoucherFilter,
    first: i64,
    end: i64,
    owner: Option<i64>,
    issuer: Option<i64>,
    shown_since: Option<i64>,
}

impl Asked<'_> {
    fn new(filter: &VoucherFilter, before_id: Option<u64>) -> Asked<'_> {
        let end = bound(before_id.unwrap_or(u64::MAX));
        let (first, end) = match filter.id {
            None => (0, end),
            Some(id) => (bound(id), end.min(bound(id).saturating_add(1))),
        };
        Asked {
            filter,
            first,
            end,
            owner: filter.owner.map(|owner| bound(owner.number())),
            issuer: filter.issuer.map(|issuer| bound(issuer.number())),
            shown_since: filter.shown_since.map(|since| since.micros()),
        }
    }

    fn parameters(&self) -> Vec<&dyn ToSql> {
        let VoucherFilter { kind, status, usage, payment_mode, products_mode, .. } = self.filter;
        vec![
            &self.first,
            &self.end,
            kind,
            &self.owner,
            &self.issuer,
            status,
            usage,
            payment_mode,
            products_mode,
            &self.shown_since,
        ]
    }

    /// Whose vouchers to look through; of two parties the owner's are fewer.
    fn party(&self) -> Option<i64> {
        self.owner.or(self.issuer)
    }
}

impl HistoryFile {
    pub(super) fn voucher(&self, id: u64) -> Result<Option<VoucherRow>, StoreError> {
        let tail = "FROM voucher_row WHERE shard = 0 AND id = ?";
        let found: Vec<VoucherColumns> = select(&self.readers.take(), FILE, "", tail, &[&bound(id)])?;
        Ok(found.into_iter().next().map(|row| row.voucher))
    }

    pub(super) fn vouchers(
        &self,
        filter: &VoucherFilter,
        before_id: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let asked = Asked::new(filter, before_id);
        let found: Vec<VoucherColumns> = match asked.party() {
            None => {
                let tail = format!("FROM voucher_row AS v WHERE {MATCHES} ORDER BY v.id DESC LIMIT ?11 OFFSET ?12");
                let (mut parameters, page) = (asked.parameters(), [bound(limit as u64), bound(skip)]);
                parameters.extend(page.iter().map(|number| number as &dyn ToSql));
                select(&transaction, FILE, "v.", &tail, &parameters)?
            }
            Some(party) => {
                let tail = format!(
                    "FROM voucher_of AS o CROSS JOIN voucher_row AS v ON v.id = o.id
                    WHERE o.shard = 0 AND o.segment = ?11 AND o.account = ?12 AND o.id >= ?1 AND o.id < ?2
                    AND {MATCHES} ORDER BY o.id DESC LIMIT ?13 OFFSET ?14"
                );
                let count = |segment| count_within(&transaction, &asked, party, segment);
                let within = |segment, skip: u64, limit: usize| {
                    let (mut parameters, page) =
                        (asked.parameters(), [bound(segment), party, bound(limit as u64), bound(skip)]);
                    parameters.extend(page.iter().map(|number| number as &dyn ToSql));
                    select(&transaction, FILE, "v.", &tail, &parameters)
                };
                across(self.voucher_segments(&transaction, &asked)?, skip, limit, count, within)?
            }
        };
        Ok(found.into_iter().map(|row| row.voucher).collect())
    }

    pub(super) fn voucher_count(&self, filter: &VoucherFilter) -> Result<u64, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let asked = Asked::new(filter, None);
        let Some(party) = asked.party() else {
            let sql = format!("SELECT count(*) FROM voucher_row AS v WHERE {MATCHES}");
            let mut statement = transaction.prepare_cached(&sql).within(FILE)?;
            return read(statement.query_row(&asked.parameters()[..], |row| row.get(0)).within(FILE)?, FILE);
        };
        let segments = self.voucher_segments(&transaction, &asked)?;
        segments.map(|segment| count_within(&transaction, &asked, party, segment)).sum()
    }

    pub(super) fn voucher_uses(
        &self,
        voucher: u64,
        month: Option<Month>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherUseRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let mut months = months_of(&transaction, voucher)?;
        months.retain(|row| month.is_none_or(|month| row.month == month));
        let first = months.iter().map(|row| row.first_seq).min();
        let last = months.iter().map(|row| row.last_seq).max();
        let (Some(first), Some(last)) = (first, last) else { return Ok(Vec::new()) };
        let (voucher, month) = (bound(voucher), month.map(Month::number));
        let of = "FROM voucher_use WHERE shard = 0 AND segment = ? AND voucher = ? AND month = ifnull(?, month)";
        let count = |segment| {
            let sql = format!("SELECT count(*) {of}");
            let mut statement = transaction.prepare_cached(&sql).within(FILE)?;
            let counted = statement.query_row(params![bound(segment), voucher, month], |row| row.get(0));
            read(counted.within(FILE)?, FILE)
        };
        let tail = format!("{of} ORDER BY line_seq DESC LIMIT ? OFFSET ?");
        let within = |segment, skip: u64, limit: usize| {
            let limit = bound(limit as u64);
            select(&transaction, FILE, "", &tail, &[&bound(segment), &voucher, &month, &limit, &bound(skip)])
        };
        across((self.segment(first)..=self.segment(last)).rev(), skip, limit, count, within)
    }

    pub(super) fn voucher_use_months(&self, voucher: u64) -> Result<Vec<VoucherMonthRow>, StoreError> {
        let told = |row: MonthOfUses| {
            Ok(VoucherMonthRow { month: row.month, uses: row.uses, amount: narrow(row.amount.number())? })
        };
        months_of(&self.readers.take(), voucher)?.into_iter().map(told).collect()
    }

    pub(super) fn write_vouchers(&self, connection: &Connection, mut rows: Vec<VoucherRow>) -> Result<(), StoreError> {
        // Stable: of two rows of one voucher the later comes second, and takes the first one's place.
        rows.sort_by_key(|row| row.id);
        let mut index = Vec::new();
        for row in &rows {
            let parties = [Some(row.owner), row.issuer.filter(|issuer| *issuer != row.owner)];
            for party in parties.into_iter().flatten() {
                index.push([stored(self.segment(row.id))?, stored(party.number())?, stored(row.id)?]);
            }
        }
        let mut into = Inserter::new::<VoucherColumns>(connection, FILE, Clash::Replaces, &[])?;
        rows.into_iter().try_for_each(|row| into.put(&[], &VoucherColumns::new(row)?))?;
        write_index(connection, "voucher_of (shard, segment, account, id)", &mut index)
    }

    /// Writes payments that are not there yet, and adds them to their months.
    pub(super) fn write_voucher_uses(
        &self,
        connection: &Connection,
        rows: &mut Vec<VoucherUseRow>,
    ) -> Result<(), StoreError> {
        rows.sort_by_key(|row| (self.segment(row.line_seq), row.voucher, row.line_seq));
        rows.dedup_by_key(|row| (row.voucher, row.line_seq));
        let mut into = Inserter::new::<VoucherUseRow>(connection, FILE, Clash::Replaces, &["segment"])?;
        let mut months: BTreeMap<(u64, Month), MonthOfUses> = BTreeMap::new();
        for row in rows.iter() {
            into.put(&[stored(self.segment(row.line_seq))?], row)?;
            let one = MonthOfUses {
                voucher: row.voucher,
                month: row.month,
                uses: 1,
                amount: Wide::new(row.amount.units().into()),
                first_seq: row.line_seq,
                last_seq: row.line_seq,
            };
            let all = match months.get(&(row.voucher, row.month)) {
                Some(all) => together(all, &one)?,
                None => one,
            };
            months.insert((row.voucher, row.month), all);
        }
        let mut into = Inserter::new::<MonthOfUses>(connection, FILE, Clash::Replaces, &[])?;
        for ((voucher, month), new) in months {
            let tail = "FROM voucher_month WHERE shard = 0 AND voucher = ? AND month = ?";
            let there: Option<MonthOfUses> =
                select(connection, FILE, "", tail, &[&stored(voucher)?, &month.number()])?.pop();
            let all = match there {
                Some(there) => together(&there, &new)?,
                None => new,
            };
            into.put(&[], &all)?;
        }
        Ok(())
    }

    /// The segments that may hold what is asked for, newest first. A voucher's number is no journal position, so these
    /// are segments of numbers.
    fn voucher_segments(
        &self,
        connection: &Connection,
        asked: &Asked<'_>,
    ) -> Result<impl Iterator<Item = u64> + use<>, StoreError> {
        let sql = "SELECT segment FROM voucher_of WHERE shard = 0 ORDER BY segment DESC LIMIT 1";
        let mut statement = connection.prepare_cached(sql).within(FILE)?;
        let newest: Option<i64> = statement.query_row([], |row| row.get(0)).optional().within(FILE)?;
        let newest = read(newest.unwrap_or(0), FILE)?.min(self.segment(read(asked.end, FILE)?));
        Ok((self.segment(read(asked.first, FILE)?)..=newest).rev())
    }
}

fn count_within(connection: &Connection, asked: &Asked<'_>, party: i64, segment: u64) -> Result<u64, StoreError> {
    let sql = format!(
        "SELECT count(*) FROM voucher_of AS o CROSS JOIN voucher_row AS v ON v.id = o.id
        WHERE o.shard = 0 AND o.segment = ?11 AND o.account = ?12 AND o.id >= ?1 AND o.id < ?2 AND {MATCHES}"
    );
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let (mut parameters, place) = (asked.parameters(), [bound(segment), party]);
    parameters.extend(place.iter().map(|number| number as &dyn ToSql));
    read(statement.query_row(&parameters[..], |row| row.get(0)).within(FILE)?, FILE)
}

/// A voucher's months, newest first.
fn months_of(connection: &Connection, voucher: u64) -> Result<Vec<MonthOfUses>, StoreError> {
    let tail = "FROM voucher_month WHERE shard = 0 AND voucher = ? ORDER BY month DESC";
    select(connection, FILE, "", tail, &[&bound(voucher)])
}

fn together(one: &MonthOfUses, other: &MonthOfUses) -> Result<MonthOfUses, StoreError> {
    let too_many = || StoreError::Io(format!("{FILE}: a voucher's payments cannot be summed"));
    let amount = one.amount.number().checked_add(other.amount.number()).ok_or_else(too_many)?;
    Ok(MonthOfUses {
        voucher: one.voucher,
        month: one.month,
        uses: one.uses.checked_add(other.uses).ok_or_else(too_many)?,
        amount: Wide::new(amount),
        first_seq: one.first_seq.min(other.first_seq),
        last_seq: one.last_seq.max(other.last_seq),
    })
}
