//! Sheets: what a partner's customers are called, some hundred of them on each, in the order of their bindings. One field
//! of the profile has its own sheets. Texts and keys are apart, since most sheets are only looked through for a text.

use super::super::FILE;
use super::super::counts::{self, Part};
use super::needle::texts;
use crate::contract::{Fault, StoreError};
use crate::sqlite::errors::{Within, bound, read};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, columns, read_sealed, select, stored};
use crate::sqlite::shard::{delete, of};
use credere_core::channel::Uin;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;

pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS sheet (shard INTEGER NOT NULL, partner INTEGER NOT NULL, field INTEGER NOT NULL,
        first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL, entries INTEGER NOT NULL, text BLOB NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, partner, field, first_seq)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS sheet_keys (shard INTEGER NOT NULL, partner INTEGER NOT NULL, field INTEGER NOT NULL,
        first_seq INTEGER NOT NULL, keys BLOB NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, partner, field, first_seq)) WITHOUT ROWID;";

/// Which sheets: a partner's, of one field by its number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stack {
    pub(super) partner: Uin,
    pub(super) field: u8,
}

/// One customer's text, with its end.
pub(super) struct Entry {
    /// The event that bound it.
    pub(super) seq: u64,
    pub(super) uin: Uin,
    pub(super) text: Vec<u8>,
}

struct Sheet {
    partner: Uin,
    field: u8,
    /// The events that bound the first customer on it, and the last.
    first_seq: u64,
    last_seq: u64,
    entries: u64,
    text: Vec<u8>,
}

stored! { Sheet: "sheet",
    partner, field, first_seq, last_seq, entries, text
}

struct SheetKeys {
    partner: Uin,
    field: u8,
    first_seq: u64,
    /// For each entry, how much further its binding's event is than that of the one before, and how much larger its number.
    keys: Vec<u8>,
}

stored! { SheetKeys: "sheet_keys",
    partner, field, first_seq, keys
}

/// How many bytes of text go onto a sheet.
enum Cut {
    /// As many.
    Full(usize),
    /// No more, and alike on each.
    Even(usize),
}

/// A sheet as it is looked through.
pub(super) struct Texts<'r> {
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
    pub(super) entries: u64,
    pub(super) bytes: &'r [u8],
}

impl Stack {
    /// Looks through all sheets, the earliest bindings first or the latest.
    pub(super) fn walk(
        self,
        connection: &Connection,
        newest_first: bool,
        mut visit: impl FnMut(&Texts<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let order = if newest_first { "DESC" } else { "ASC" };
        let tail = format!("AND partner = ? AND field = ? ORDER BY first_seq {order}");
        let sql = format!("SELECT {} {}", columns::<Sheet>(""), of(Sheet::TABLE, &tail));
        let mut statement = connection.prepare_cached(&sql).within(FILE)?;
        let mut rows = statement.query(self.key()).within(FILE)?;
        let mut found = 0;
        while let Some(row) = rows.next().within(FILE)? {
            read_sealed(row, FILE, (Sheet::TABLE, Sheet::COLUMNS.len()), |fields| {
                fields.uin()?;
                fields.whole()?;
                let (first_seq, last_seq, entries) = (fields.whole()?, fields.whole()?, fields.whole()?);
                found += entries;
                visit(&Texts { first_seq, last_seq, entries, bytes: fields.blob()? })
            })?;
        }
        counts::agree(Sheet::TABLE, found, counts::of(connection, self.part())?)
    }

    /// The keys of a sheet: which event bound each customer, and its number.
    pub(super) fn keys(self, connection: &Connection, sheet: &Texts<'_>) -> Result<Vec<(u64, Uin)>, StoreError> {
        self.keys_of(connection, sheet.first_seq, sheet.entries)
    }

    fn keys_of(self, connection: &Connection, first_seq: u64, entries: u64) -> Result<Vec<(u64, Uin)>, StoreError> {
        let tail = "AND partner = ? AND field = ? AND first_seq = ?";
        let [partner, field] = self.key();
        let row: Option<SheetKeys> = select(connection, FILE, tail, &[&partner, &field, &bound(first_seq)])?.pop();
        let row = row.ok_or_else(|| wrong("a sheet's keys are missing"))?;
        let steps: Vec<(u64, i64)> =
            postcard::from_bytes(&row.keys).map_err(|error| StoreError::corrupt(Fault::of(error)))?;
        if steps.len() as u64 != entries {
            return Err(wrong("a sheet has more or fewer keys than entries"));
        }
        let (mut seq, mut number) = (first_seq, 0_i64);
        let mut keys = Vec::with_capacity(steps.len());
        for (further, larger) in steps {
            seq = seq.checked_add(further).ok_or_else(|| wrong("a sheet's keys do not decode"))?;
            number = number.checked_add(larger).ok_or_else(|| wrong("a sheet's keys do not decode"))?;
            let uin = u64::try_from(number).ok().and_then(|number| Uin::new(number).ok());
            keys.push((seq, uin.ok_or_else(|| wrong("a sheet's keys do not decode"))?));
        }
        Ok(keys)
    }

    /// Changes entries, each by the event that bound its customer: to this one, or to none.
    pub(super) fn change(
        self,
        connection: &Connection,
        mut changes: BTreeMap<u64, Option<Entry>>,
        sheet_bytes: usize,
    ) -> Result<(), StoreError> {
        let mut more = 0;
        while let Some((&seq, _)) = changes.first_key_value() {
            let sheet = self.sheet_for(connection, seq)?;
            let next = sheet.as_ref().map(|sheet| self.next_after(connection, sheet.first_seq)).transpose()?.flatten();
            let later = next.map(|next| changes.split_off(&next)).unwrap_or_default();
            let own = std::mem::replace(&mut changes, later);
            // What comes behind the last one fills sheets one after the other; one between others is cut evenly, since
            // its parts will grow alike.
            let cut = if next.is_none() { Cut::Full(sheet_bytes) } else { Cut::Even(sheet_bytes) };
            more += self.write_anew(connection, sheet, own, cut)?;
        }
        counts::add(connection, self.part(), more)
    }

    /// Adds entries behind all others, which are in order.
    pub(super) fn append(
        self,
        connection: &Connection,
        entries: &[Entry],
        sheet_bytes: usize,
    ) -> Result<(), StoreError> {
        self.put(connection, entries, sheet_bytes)?;
        counts::add(connection, self.part(), entries.len() as i64)
    }

    /// The sheet on which the customer belongs that this event bound; `None` where there is no sheet.
    fn sheet_for(self, connection: &Connection, seq: u64) -> Result<Option<Sheet>, StoreError> {
        let [partner, field] = self.key();
        let before = "AND partner = ? AND field = ? AND first_seq <= ? ORDER BY first_seq DESC LIMIT 1";
        let found: Option<Sheet> = select(connection, FILE, before, &[&partner, &field, &bound(seq)])?.pop();
        if found.is_some() {
            return Ok(found);
        }
        let first = "AND partner = ? AND field = ? ORDER BY first_seq LIMIT 1";
        Ok(select(connection, FILE, first, &[&partner, &field])?.pop())
    }

    fn next_after(self, connection: &Connection, first_seq: u64) -> Result<Option<u64>, StoreError> {
        let [partner, field] = self.key();
        let tail = "AND partner = ? AND field = ? AND first_seq > ? ORDER BY first_seq LIMIT 1";
        let sql = format!("SELECT first_seq {}", of(Sheet::TABLE, tail));
        let mut statement = connection.prepare_cached(&sql).within(FILE)?;
        let next: Option<i64> =
            statement.query_row([partner, field, bound(first_seq)], |row| row.get(0)).optional().within(FILE)?;
        next.map(|next| read(next, FILE)).transpose()
    }

    /// Writes one sheet anew with these changes, as several where it has become too large; answers how many entries more
    /// there are.
    fn write_anew(
        self,
        connection: &Connection,
        sheet: Option<Sheet>,
        changes: BTreeMap<u64, Option<Entry>>,
        cut: Cut,
    ) -> Result<i64, StoreError> {
        let mut entries = BTreeMap::new();
        if let Some(sheet) = &sheet {
            let keys = self.keys_of(connection, sheet.first_seq, sheet.entries)?;
            let mut count = 0;
            for (text, (seq, uin)) in texts(&sheet.text).zip(keys) {
                entries.insert(seq, Entry { seq, uin, text: text.to_vec() });
                count += 1;
            }
            if count != sheet.entries || entries.len() as u64 != count {
                return Err(wrong("a sheet has other entries than it says"));
            }
        }
        let before = entries.len() as i64;
        for (seq, change) in changes {
            match change {
                Some(entry) => drop(entries.insert(seq, entry)),
                None => drop(entries.remove(&seq)),
            }
        }
        if let Some(sheet) = sheet {
            let [partner, field] = self.key();
            for table in [Sheet::TABLE, SheetKeys::TABLE] {
                let sql = delete(table, "AND partner = ? AND field = ? AND first_seq = ?");
                let mut statement = connection.prepare_cached(&sql).within(FILE)?;
                statement.execute([partner, field, bound(sheet.first_seq)]).within(FILE)?;
            }
        }
        let entries: Vec<Entry> = entries.into_values().collect();
        let bytes: usize = entries.iter().map(|entry| entry.text.len()).sum();
        let most = match cut {
            Cut::Full(most) => most,
            Cut::Even(most) => bytes.div_ceil(bytes.div_ceil(most).max(1)),
        };
        self.put(connection, &entries, most)?;
        Ok(entries.len() as i64 - before)
    }

    /// Writes entries onto new sheets of so many bytes each, or of one entry.
    fn put(self, connection: &Connection, entries: &[Entry], most: usize) -> Result<(), StoreError> {
        let Stack { partner, field } = self;
        let mut sheets = Inserter::new::<Sheet>(connection, FILE, Clash::Stays, &[])?;
        let mut all_keys = Inserter::new::<SheetKeys>(connection, FILE, Clash::Stays, &[])?;
        let mut rest = entries;
        while let Some(first) = rest.first() {
            let mut bytes = 0;
            let fitting = rest.iter().take_while(|entry| {
                bytes += entry.text.len();
                bytes <= most
            });
            let (own, later) = rest.split_at(fitting.count().max(1));
            rest = later;
            let (mut seq, mut number) = (first.seq, 0_i64);
            let (mut text, mut steps) = (Vec::new(), Vec::with_capacity(own.len()));
            for entry in own {
                text.extend_from_slice(&entry.text);
                let own_number = bound(entry.uin.number());
                steps.push((entry.seq - seq, own_number - number));
                (seq, number) = (entry.seq, own_number);
            }
            let keys = postcard::to_allocvec(&steps).map_err(|error| StoreError::corrupt(Fault::of(error)))?;
            let (first_seq, entries) = (first.seq, own.len() as u64);
            let is_new = sheets.put_new(&[], &Sheet { partner, field, first_seq, last_seq: seq, entries, text })?;
            if !(is_new && all_keys.put_new(&[], &SheetKeys { partner, field, first_seq, keys })?) {
                return Err(wrong("a sheet is there whose place is another's"));
            }
        }
        Ok(())
    }

    fn key(self) -> [i64; 2] {
        [bound(self.partner.number()), i64::from(self.field)]
    }

    fn part(self) -> Part<'static> {
        Part::Sheets(self.partner, self.field)
    }
}

/// All stacks that there are.
pub(super) fn all(connection: &Connection) -> Result<Vec<Stack>, StoreError> {
    let sql = format!("SELECT DISTINCT partner, field {}", of(Sheet::TABLE, "ORDER BY partner, field"));
    let mut statement = connection.prepare(&sql).within(FILE)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).within(FILE)?;
    rows.map(|row| {
        let (partner, field): (i64, u8) = row.within(FILE)?;
        let partner = Uin::new(read(partner, FILE)?).map_err(|_| wrong("a sheet is nobody's"))?;
        Ok(Stack { partner, field })
    })
    .collect()
}

fn wrong(what: &str) -> StoreError {
    StoreError::corrupt(format!("{FILE}: {what}"))
}
