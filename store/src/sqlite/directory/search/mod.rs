//! Finding a partner's customers by a part of what they are called. Sheets hold the texts of each partner's own customers,
//! so that a search reads what is the asking partner's and nothing else; what has changed since they were written is
//! looked at by itself. Everything here follows from profiles and bindings. Where it is damaged it is given up, no commit
//! fails by it, and the next start makes it anew.

mod bindings;
mod loose;
mod needle;
mod proof;
mod sheets;

use super::FILE;
use super::counts::{self, Part};
use super::profiles;
use super::versions;
use crate::contract::{CustomerSearch, CustomersFound, ProfileField, StoreError};
use crate::profile::{Matcher, field};
use crate::sqlite::errors::Within;
use crate::sqlite::rows::{Clash, Inserter, select};
use crate::sqlite::shard::{SHARD, delete, of};
use bindings::BindingRow;
use credere_core::channel::{Binding, Uin};
use needle::{Needle, ended, texts};
pub(super) use proof::prove;
use rusqlite::{Connection, OptionalExtension};
use sheets::{Entry, Stack};
use std::collections::{BTreeMap, BTreeSet};

const BINDINGS: &str = "
    CREATE TABLE IF NOT EXISTS binding (shard INTEGER NOT NULL, uin INTEGER NOT NULL, seq INTEGER NOT NULL,
        replaced_seq INTEGER, partner INTEGER, bound_seq INTEGER NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, uin, seq)) WITHOUT ROWID;";

/// How what customers are found by is cut.
#[derive(Debug, Clone, Copy)]
pub(in crate::sqlite) struct SearchCut {
    /// So many loose customers of one partner are looked at by themselves; beyond, they go onto its sheets.
    pub(in crate::sqlite) loose_max: u64,
    /// Bytes of text on one sheet: few to write anew for one name, and enough that looking through them is what takes
    /// time.
    pub(in crate::sqlite) sheet_bytes: usize,
}

/// What of a profile is on sheets.
const FIELDS: [ProfileField; 4] = [ProfileField::Name, ProfileField::Email, ProfileField::Phone, ProfileField::Remark];

impl Default for SearchCut {
    fn default() -> SearchCut {
        SearchCut { loose_max: 32, sheet_bytes: 16 << 10 }
    }
}

/// Under which number a field's sheets are stored. A number stays.
fn number_of(field: ProfileField) -> u8 {
    match field {
        ProfileField::Name => 1,
        ProfileField::Email => 2,
        ProfileField::Phone => 3,
        ProfileField::Remark => 4,
    }
}

/// Makes the tables. In a file that an older build has opened since the last time, what they hold does not count.
pub(super) fn make_tables(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch(BINDINGS).within(FILE)?;
    connection.execute_batch(loose::TABLE).within(FILE)?;
    connection.execute_batch(sheets::TABLES).within(FILE)?;
    if !has_mark(connection)? {
        connection.execute_batch("ALTER TABLE opening ADD COLUMN searchable INTEGER").within(FILE)?;
    }
    if is_searchable(connection)? { Ok(()) } else { give_up(connection) }
}

/// The mark is the number of the newest opening: a build that does not keep it counts openings, too.
const MARKED: &str = "searchable = number";

/// What counts one more opening, by a build that keeps what is searched.
pub(super) fn count_opening() -> String {
    format!(
        "UPDATE opening SET number = number + 1, searchable = CASE WHEN {MARKED} THEN number + 1 END \
         WHERE shard = {SHARD}"
    )
}

fn has_mark(connection: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM pragma_table_info('opening') WHERE name = 'searchable'";
    connection.prepare(sql).and_then(|mut statement| statement.exists([])).within(FILE)
}

/// Whether customers can be searched.
pub(super) fn is_searchable(connection: &Connection) -> Result<bool, StoreError> {
    let sql = format!("SELECT {MARKED} {}", of("opening", ""));
    let mut statement = match connection.prepare_cached(&sql) {
        Ok(statement) => statement,
        // A file of an older build that is only looked at.
        Err(_) if !has_mark(connection)? => return Ok(false),
        Err(error) => return Err(error).within(FILE),
    };
    let marked: Option<Option<bool>> = statement.query_row([], |row| row.get(0)).optional().within(FILE)?;
    Ok(marked.flatten().unwrap_or(false))
}

/// Forgets everything that customers are found by: what is not kept up must hold nobody's name.
fn give_up(connection: &Connection) -> Result<(), StoreError> {
    for table in ["sheet", "sheet_keys", "loose", "binding"] {
        connection.execute(&delete(table, ""), []).within(FILE)?;
    }
    for what in counts::SEARCHED {
        connection.execute(&delete("counted", "AND what = ?"), [what]).within(FILE)?;
    }
    connection.execute(&format!("UPDATE opening SET searchable = NULL WHERE shard = {SHARD}"), []).within(FILE)?;
    Ok(())
}

/// Goes on without the search where it is damaged: no commit and no opening fails by that.
fn or_give_up(connection: &Connection, done: Result<(), StoreError>) -> Result<(), StoreError> {
    match done {
        Err(StoreError::Corrupt(damage)) => {
            tracing::error!(%damage, "customers cannot be searched before the next start");
            give_up(connection)
        }
        done => done,
    }
}

/// What a frame changes of what customers are found by.
pub(super) struct Changes<'c> {
    connection: &'c Connection,
    /// The frame's last event.
    seq: u64,
    /// Partners that have many loose customers, for the next frame.
    crowded: &'c mut BTreeSet<Uin>,
    cut: SearchCut,
}

impl<'c> Changes<'c> {
    /// Begins with the partners whose sheets are to be written anew: what earlier frames have changed is durable.
    pub(super) fn begin(
        connection: &'c Connection,
        seq: u64,
        crowded: &'c mut BTreeSet<Uin>,
        cut: SearchCut,
    ) -> Result<Changes<'c>, StoreError> {
        place(connection, std::mem::take(crowded), cut)?;
        Ok(Changes { connection, seq, crowded, cut })
    }

    /// An account's profile changes.
    pub(super) fn profile(&mut self, uin: Uin) -> Result<(), StoreError> {
        self.follow(|changes| match bindings::newest(changes.connection, uin)? {
            Some(binding) => changes.note(uin, binding, Some(binding.seq)),
            None => Ok(()),
        })
    }

    /// An account is bound from now on, or is not.
    pub(super) fn binding(&mut self, uin: Uin, binding: Option<Binding>) -> Result<(), StoreError> {
        self.follow(|changes| {
            if let Some(former) = bindings::newest(changes.connection, uin)? {
                changes.note(uin, former, Some(former.seq))?;
            }
            bindings::change(changes.connection, uin, changes.seq, binding)?;
            binding.map_or(Ok(()), |binding| changes.note(uin, binding, None))
        })
    }

    fn follow(&mut self, follow: impl FnOnce(&mut Self) -> Result<(), StoreError>) -> Result<(), StoreError> {
        if !is_searchable(self.connection)? {
            return Ok(());
        }
        let done = follow(self);
        or_give_up(self.connection, done)
    }

    fn note(&mut self, uin: Uin, binding: Binding, placed_seq: Option<u64>) -> Result<(), StoreError> {
        if loose::note(self.connection, binding.partner, uin, placed_seq, self.seq)? > self.cut.loose_max {
            self.crowded.insert(binding.partner);
        }
        Ok(())
    }
}

/// Writes the sheets of these partners anew. Everything must be durable.
pub(super) fn place(
    connection: &Connection,
    partners: impl IntoIterator<Item = Uin>,
    cut: SearchCut,
) -> Result<(), StoreError> {
    for partner in partners {
        if is_searchable(connection)? {
            or_give_up(connection, loose::place(connection, partner, cut.sheet_bytes))?;
        }
    }
    Ok(())
}

/// Writes the sheets anew of whoever has many loose customers. Everything must be durable.
pub(super) fn place_crowded(connection: &Connection, cut: SearchCut) -> Result<(), StoreError> {
    if !is_searchable(connection)? {
        return Ok(());
    }
    match counts::crowded(connection, cut.loose_max) {
        Ok(partners) => place(connection, partners, cut),
        Err(error) => or_give_up(connection, Err(error)),
    }
}

/// Takes back what frames after `last` did.
pub(super) fn take_back(connection: &Connection, last: i64) -> Result<(), StoreError> {
    if !is_searchable(connection)? {
        return Ok(());
    }
    let taken = || -> Result<(), StoreError> {
        loose::take_back(connection, last)?;
        let later: Vec<BindingRow> = select(connection, FILE, "AND seq > ?", &[&last])?;
        later.iter().try_for_each(|row| counts::add(connection, Part::Bindings(row.uin), -1))?;
        connection.execute(&delete("binding", "AND seq > ?"), [last]).within(FILE)?;
        versions::restore::<BindingRow>(connection, last)
    };
    or_give_up(connection, taken())
}

/// Takes an account's texts off all sheets, at once.
pub(super) fn erase(connection: &Connection, uin: Uin, cut: SearchCut) -> Result<(), StoreError> {
    if !is_searchable(connection)? {
        return Ok(());
    }
    let erased = || -> Result<(), StoreError> {
        let newest = bindings::newest(connection, uin)?;
        for Binding { partner, seq } in loose::placed(connection, uin)?.into_iter().chain(newest) {
            for searched in FIELDS {
                let stack = Stack { partner, field: number_of(searched) };
                stack.change(connection, BTreeMap::from([(seq, None)]), cut.sheet_bytes)?;
            }
        }
        Ok(())
    };
    or_give_up(connection, erased())
}

/// Makes everything anew of the profiles and these bindings, partner by partner, the oldest first.
pub(super) fn make_anew(
    connection: &Connection,
    all: &mut dyn Iterator<Item = (Uin, Binding)>,
    cut: SearchCut,
) -> Result<(), StoreError> {
    give_up(connection)?;
    let mut rows = Inserter::new::<BindingRow>(connection, FILE, Clash::Fails, &[])?;
    // Of one partner, for each field, in order; written when there is enough for some sheets.
    let mut waiting: [Vec<Entry>; FIELDS.len()] = Default::default();
    let mut of_partner = None;
    let write = |partner: Option<Uin>, waiting: &mut [Vec<Entry>; FIELDS.len()]| -> Result<(), StoreError> {
        let Some(partner) = partner else { return Ok(()) };
        for (entries, searched) in waiting.iter_mut().zip(FIELDS) {
            Stack { partner, field: number_of(searched) }.append(
                connection,
                &std::mem::take(entries),
                cut.sheet_bytes,
            )?;
        }
        Ok(())
    };
    for (count, (uin, binding)) in all.enumerate() {
        if of_partner != Some(binding.partner) || count.is_multiple_of(GATHERED) {
            write(of_partner.replace(binding.partner), &mut waiting)?;
        }
        rows.put(&[], &BindingRow::new(uin, binding.seq, Some(binding)))?;
        counts::add(connection, Part::Bindings(uin), 1)?;
        let profile = profiles::find(connection, uin, i64::MAX)?.unwrap_or_default();
        for (entries, searched) in waiting.iter_mut().zip(FIELDS) {
            let text = field(&profile, searched).map(ended);
            entries.extend(text.map(|text| Entry { seq: binding.seq, uin, text }));
        }
    }
    write(of_partner, &mut waiting)?;
    connection.execute(&format!("UPDATE opening SET searchable = number WHERE shard = {SHARD}"), []).within(FILE)?;
    Ok(())
}

/// So many customers are gathered before their sheets are written.
const GATHERED: usize = 16_384;

/// Visits all bindings in force.
pub(super) fn each_binding(
    connection: &Connection,
    last: i64,
    visit: &mut dyn FnMut(Uin, Binding) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    versions::each_shown(connection, last, &mut |row: BindingRow| match row.binding() {
        Some(binding) => visit(row.uin, binding),
        None => Ok(()),
    })
}

/// The page of a search that is being filled.
struct Page {
    skip: usize,
    limit: usize,
    found: CustomersFound,
}

impl Page {
    /// Whether some of the next so many are on it.
    fn wants(&self, more: usize) -> bool {
        self.found.page.len() < self.limit && self.found.total + more > self.skip
    }

    fn take(&mut self, customer: (u64, Uin)) {
        if self.wants(1) {
            self.found.page.push(customer);
        }
        self.found.total += 1;
    }
}

/// Looks for customers.
pub(super) fn find(connection: &Connection, search: &CustomerSearch, last: i64) -> Result<CustomersFound, StoreError> {
    if !is_searchable(connection)? {
        return Err(StoreError::io(format!("{FILE}: customers cannot be searched before the next start")));
    }
    let CustomerSearch { partner, newest_first, skip, limit, .. } = *search;
    let (needle, mut matcher) = (Needle::new(&search.term), Matcher::new(&search.term));
    let loose::Seen { mut matching, placed } = loose::look(connection, search, last)?;
    if newest_first {
        matching.reverse();
    }
    let mut loose = matching.into_iter().peekable();
    let mut page = Page { skip, limit, found: CustomersFound::default() };
    let stack = Stack { partner, field: number_of(search.field) };
    stack.walk(connection, newest_first, |sheet| {
        let count = needle.count(sheet.bytes, sheet.entries);
        if count == 0 {
            return Ok(());
        }
        let before = |seq: u64| if newest_first { seq > sheet.last_seq } else { seq < sheet.first_seq };
        while let Some(customer) = loose.next_if(|(seq, _)| before(*seq)) {
            page.take(customer);
        }
        let within = sheet.first_seq..=sheet.last_seq;
        let disturbed = placed.range(within.clone()).next().is_some()
            || loose.peek().is_some_and(|(seq, _)| within.contains(seq))
            || needle.is_doubtful();
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if !disturbed && !page.wants(count) {
            page.found.total += count;
            return Ok(());
        }
        let mut found = Vec::with_capacity(count);
        for (text, (seq, uin)) in texts(sheet.bytes).zip(stack.keys(connection, sheet)?) {
            if !needle.matches(text) || placed.contains(&seq) {
                continue;
            }
            if needle.is_doubtful() {
                let profile = profiles::find(connection, uin, last)?.unwrap_or_default();
                if !field(&profile, search.field).is_some_and(|text| matcher.matches(text)) {
                    continue;
                }
            }
            found.push((seq, uin));
        }
        while let Some(customer) = loose.next_if(|(seq, _)| within.contains(seq)) {
            found.push(customer);
        }
        found.sort_unstable();
        if newest_first {
            found.reverse();
        }
        found.into_iter().for_each(|customer| page.take(customer));
        Ok(())
    })?;
    loose.for_each(|customer| page.take(customer));
    Ok(page.found)
}
