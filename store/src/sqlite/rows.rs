//! Rows with a seal: SQLite does not notice when a page's bytes change under it, so every row of history and directory
//! carries a short hash over its table's name and its values, and a row whose hash is wrong is refused. The journal and
//! the snapshots need none of this, they have hashes of their own.

use super::errors::Within;
use super::shard::{insert, of};
use crate::contract::StoreError;
use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::{Moment, Month};
use credere_core::money::{Amount, Rate};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, Row, ToSql};
use std::ops::ControlFlow;

/// A row of one table.
pub(super) trait Stored: Sized {
    /// The table's name.
    const TABLE: &'static str;
    /// The sealed columns, in the order of [`Stored::values`]. The shard and what is computed for the key come before
    /// them, the seal after.
    const COLUMNS: &'static [&'static str];

    /// The row's values.
    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError>;

    /// The row back from its values.
    fn read(fields: &mut Fields<'_>) -> Result<Self, StoreError>;
}

/// What happens to a row whose key is there already.
#[derive(Debug, Clone, Copy)]
pub(super) enum Clash {
    /// It takes the other's place.
    Replaces,
    /// It is left out: what is there says the same.
    Stays,
    /// It is refused: two rows of this key are a mistake.
    Fails,
}

/// Writes rows of one table through one statement.
pub(super) struct Inserter<'c> {
    statement: CachedStatement<'c>,
    file: &'static str,
    /// What one row's seal is computed over, kept for the next row.
    bytes: Vec<u8>,
}

impl<'c> Inserter<'c> {
    /// Prepares for `T`, whose key has the columns `computed` beside the row's own.
    pub(super) fn new<T: Stored>(
        connection: &'c Connection,
        file: &'static str,
        clash: Clash,
        computed: &[&str],
    ) -> Result<Inserter<'c>, StoreError> {
        let names: Vec<&str> = computed.iter().chain(T::COLUMNS).chain(&["seal"]).copied().collect();
        let verb = match clash {
            Clash::Replaces => "INSERT OR REPLACE",
            Clash::Stays => "INSERT OR IGNORE",
            Clash::Fails => "INSERT",
        };
        let sql = insert(verb, T::TABLE, &names);
        Ok(Inserter { statement: connection.prepare_cached(&sql).within(file)?, file, bytes: Vec::new() })
    }

    /// Writes one row.
    pub(super) fn put<T: Stored>(&mut self, computed: &[i64], row: &T) -> Result<(), StoreError> {
        self.put_new(computed, row).map(drop)
    }

    /// Writes one row, and answers whether it was written: not where it was to stay out.
    pub(super) fn put_new<T: Stored>(&mut self, computed: &[i64], row: &T) -> Result<bool, StoreError> {
        let values = row.values()?;
        let seal = ValueRef::Integer(seal_in(&mut self.bytes, T::TABLE, &values));
        let computed = computed.iter().map(|&number| ValueRef::Integer(number));
        for (index, value) in computed.chain(values.iter().copied()).chain([seal]).enumerate() {
            self.statement.raw_bind_parameter(index + 1, ToSqlOutput::Borrowed(value)).within(self.file)?;
        }
        Ok(self.statement.raw_execute().within(self.file)? > 0)
    }
}

/// The columns of `T` for a `SELECT`, the seal last, each with `prefix` before it (`r.` in a join).
pub(super) fn columns<T: Stored>(prefix: &str) -> String {
    let mut list = String::new();
    for column in T::COLUMNS.iter().chain(&["seal"]) {
        let comma = if list.is_empty() { "" } else { ", " };
        list.extend([comma, prefix, column]);
    }
    list
}

/// All rows of `T` that fulfil `tail`: what follows the shard in `WHERE`, such as `AND seq = ?`, or `ORDER BY seq`.
pub(super) fn select<T: Stored>(
    connection: &Connection,
    file: &'static str,
    tail: &str,
    parameters: &[&dyn ToSql],
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    each(connection, file, tail, parameters, |row| {
        found.push(row);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// Visits the rows of `T` that fulfil `tail`, as for [`select`], until the visitor has enough.
pub(super) fn each<T: Stored>(
    connection: &Connection,
    file: &'static str,
    tail: &str,
    parameters: &[&dyn ToSql],
    mut visit: impl FnMut(T) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    each_of(connection, file, &format!("SELECT {} {}", columns::<T>(""), of(T::TABLE, tail)), parameters, &mut visit)
}

/// Visits all rows of `T`, of whichever shard they say they are: for looking for damage.
pub(super) fn every<T: Stored>(
    connection: &Connection,
    file: &'static str,
    mut visit: impl FnMut(T) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    each_of(connection, file, &format!("SELECT {} FROM {}", columns::<T>(""), T::TABLE), &[], &mut visit)
}

fn each_of<T: Stored>(
    connection: &Connection,
    file: &'static str,
    sql: &str,
    parameters: &[&dyn ToSql],
    visit: &mut dyn FnMut(T) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql).within(file)?;
    let mut rows = statement.query(parameters).within(file)?;
    while let Some(row) = rows.next().within(file)? {
        if visit(read_row(row, file)?)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// Checks a row's seal and reads it.
pub(super) fn read_row<T: Stored>(row: &Row<'_>, file: &'static str) -> Result<T, StoreError> {
    read_sealed(row, file, (T::TABLE, T::COLUMNS.len()), T::read)
}

/// The same of a row of any table with so many columns before the seal.
pub(super) fn read_sealed<T>(
    row: &Row<'_>,
    file: &'static str,
    (table, columns): (&'static str, usize),
    read: impl FnOnce(&mut Fields<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let values: Vec<ValueRef<'_>> =
        (0..columns).map(|index| row.get_ref(index)).collect::<Result<_, _>>().within(file)?;
    let carried: i64 = row.get(columns).within(file)?;
    if carried != seal(table, &values) {
        return Err(StoreError::corrupt(format!("{file}: a row of {table} does not match its seal")));
    }
    read(&mut Fields { table, file, values: values.into_iter() })
}

/// The hash that a row carries: over the table and all values, each with its kind and length, so that no two different
/// rows feed the hasher the same bytes.
pub(super) fn seal(table: &str, values: &[ValueRef<'_>]) -> i64 {
    let long: usize = values.iter().map(|value| value.as_bytes_or_null().ok().flatten().map_or(0, <[u8]>::len)).sum();
    seal_in(&mut Vec::with_capacity(256 + long), table, values)
}

/// The same, for whoever seals many rows: what is hashed is put together in `bytes`.
fn seal_in(bytes: &mut Vec<u8>, table: &str, values: &[ValueRef<'_>]) -> i64 {
    bytes.clear();
    let mut part = |kind: u8, body: &[u8]| {
        bytes.push(kind);
        bytes.extend((body.len() as u64).to_le_bytes());
        bytes.extend(body);
    };
    part(b't', table.as_bytes());
    for value in values {
        match value {
            ValueRef::Null => part(b'n', &[]),
            ValueRef::Integer(number) => part(b'i', &number.to_le_bytes()),
            // No column is ever written as a binary fraction; one that reads as such is damage and hashes as what it is.
            ValueRef::Real(number) => part(b'r', &number.to_bits().to_le_bytes()),
            ValueRef::Text(text) => part(b's', text),
            ValueRef::Blob(blob) => part(b'b', blob),
        }
    }
    let mut short = [0; 8];
    short.copy_from_slice(&blake3::hash(bytes).as_bytes()[..8]);
    i64::from_le_bytes(short)
}

/// A sum that may be larger than SQLite's numbers: kept as a number where it is one, and as sixteen bytes otherwise. It
/// is added here and never by SQLite, which would turn a sum that is too large into a binary fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wide {
    number: i128,
    bytes: [u8; 16],
}

impl Wide {
    pub(super) fn new(number: i128) -> Wide {
        Wide { number, bytes: number.to_be_bytes() }
    }

    pub(super) fn number(&self) -> i128 {
        self.number
    }
}

/// Values for [`Stored::values`].
pub(super) mod value {
    use super::super::errors::stored;
    use super::{ActionType, Amount, Moment, Month, StoreError, Uin, ValueRef, Wide};

    pub(in crate::sqlite) fn whole<'a>(number: u64) -> Result<ValueRef<'a>, StoreError> {
        stored(number).map(ValueRef::Integer)
    }

    pub(in crate::sqlite) fn text(text: &str) -> ValueRef<'_> {
        ValueRef::Text(text.as_bytes())
    }

    pub(in crate::sqlite) fn optional_text(value: &Option<String>) -> ValueRef<'_> {
        value.as_deref().map_or(ValueRef::Null, text)
    }

    pub(in crate::sqlite) fn amount<'a>(amount: Amount) -> ValueRef<'a> {
        ValueRef::Integer(amount.units())
    }

    pub(in crate::sqlite) fn moment<'a>(at: Moment) -> ValueRef<'a> {
        ValueRef::Integer(at.micros())
    }

    pub(in crate::sqlite) fn uin<'a>(uin: Uin) -> Result<ValueRef<'a>, StoreError> {
        whole(uin.number())
    }

    pub(in crate::sqlite) fn optional_uin<'a>(value: Option<Uin>) -> Result<ValueRef<'a>, StoreError> {
        value.map_or(Ok(ValueRef::Null), uin)
    }

    pub(in crate::sqlite) fn optional_whole<'a>(value: Option<u64>) -> Result<ValueRef<'a>, StoreError> {
        value.map_or(Ok(ValueRef::Null), whole)
    }

    pub(in crate::sqlite) fn small<'a>(number: impl Into<i64>) -> ValueRef<'a> {
        ValueRef::Integer(number.into())
    }

    pub(in crate::sqlite) fn month<'a>(month: Month) -> ValueRef<'a> {
        small(month.number())
    }

    /// The type's number, which does not change.
    pub(in crate::sqlite) fn action<'a>(action: ActionType) -> ValueRef<'a> {
        small(action.number())
    }

    pub(in crate::sqlite) fn wide(sum: &Wide) -> ValueRef<'_> {
        i64::try_from(sum.number).map_or(ValueRef::Blob(&sum.bytes), ValueRef::Integer)
    }
}

/// A row's values, taken one after the other.
pub(super) struct Fields<'r> {
    table: &'static str,
    file: &'static str,
    values: std::vec::IntoIter<ValueRef<'r>>,
}

impl<'r> Fields<'r> {
    /// What `decode` makes of a value that it knows.
    pub(super) fn decoded<V>(&mut self, decode: impl FnOnce(ValueRef<'r>) -> Option<V>) -> Result<V, StoreError> {
        decode(self.next()?).ok_or_else(|| self.wrong())
    }

    pub(super) fn optional_whole(&mut self) -> Result<Option<u64>, StoreError> {
        let number = self.next()?.as_i64_or_null().map_err(|_| self.wrong())?;
        number.map(|number| u64::try_from(number).map_err(|_| self.wrong())).transpose()
    }

    pub(super) fn small<N: TryFrom<i64>>(&mut self) -> Result<N, StoreError> {
        N::try_from(self.integer()?).map_err(|_| self.wrong())
    }

    pub(super) fn month(&mut self) -> Result<Month, StoreError> {
        self.small().map(Month::from_number)
    }

    pub(super) fn action(&mut self) -> Result<ActionType, StoreError> {
        ActionType::from_number(self.small()?).ok_or_else(|| self.wrong())
    }

    pub(super) fn wide(&mut self) -> Result<Wide, StoreError> {
        self.decoded(|value| match value {
            ValueRef::Integer(number) => Some(Wide::new(i128::from(number))),
            ValueRef::Blob(bytes) => bytes.try_into().ok().map(|bytes| Wide::new(i128::from_be_bytes(bytes))),
            _ => None,
        })
    }

    fn wrong(&self) -> StoreError {
        StoreError::corrupt(format!("{}: a row of {} does not decode", self.file, self.table))
    }

    fn next(&mut self) -> Result<ValueRef<'r>, StoreError> {
        self.values.next().ok_or_else(|| self.wrong())
    }

    pub(super) fn integer(&mut self) -> Result<i64, StoreError> {
        self.next()?.as_i64().map_err(|_| self.wrong())
    }

    pub(super) fn whole(&mut self) -> Result<u64, StoreError> {
        u64::try_from(self.integer()?).map_err(|_| self.wrong())
    }

    pub(super) fn uin(&mut self) -> Result<Uin, StoreError> {
        Uin::new(self.whole()?).map_err(|_| self.wrong())
    }

    pub(super) fn optional_uin(&mut self) -> Result<Option<Uin>, StoreError> {
        let Some(number) = self.next()?.as_i64_or_null().map_err(|_| self.wrong())? else { return Ok(None) };
        let number = u64::try_from(number).map_err(|_| self.wrong())?;
        Uin::new(number).map(Some).map_err(|_| self.wrong())
    }

    pub(super) fn amount(&mut self) -> Result<Amount, StoreError> {
        self.integer().map(Amount::from_units)
    }

    pub(super) fn optional_amount(&mut self) -> Result<Option<Amount>, StoreError> {
        let units = self.next()?.as_i64_or_null().map_err(|_| self.wrong())?;
        Ok(units.map(Amount::from_units))
    }

    pub(super) fn rate(&mut self) -> Result<Rate, StoreError> {
        let units = u32::try_from(self.integer()?).map_err(|_| self.wrong())?;
        Rate::from_units(units).ok_or_else(|| self.wrong())
    }

    pub(super) fn moment(&mut self) -> Result<Moment, StoreError> {
        self.integer().map(Moment::from_micros)
    }

    pub(super) fn text(&mut self) -> Result<String, StoreError> {
        self.optional_text()?.ok_or_else(|| self.wrong())
    }

    pub(super) fn optional_text(&mut self) -> Result<Option<String>, StoreError> {
        let text = self.next()?.as_str_or_null().map_err(|_| self.wrong())?;
        Ok(text.map(str::to_owned))
    }

    pub(super) fn blob(&mut self) -> Result<&'r [u8], StoreError> {
        self.next()?.as_blob().map_err(|_| self.wrong())
    }

    pub(super) fn owned(&mut self) -> Result<Vec<u8>, StoreError> {
        self.blob().map(<[u8]>::to_vec)
    }

    pub(super) fn boolean(&mut self) -> Result<bool, StoreError> {
        self.integer().map(|number| number != 0)
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        self.blob()?.try_into().map_err(|_| self.wrong())
    }
}

/// A value of one column.
pub(super) trait Column: Sized {
    /// As it is stored.
    fn value(&self) -> Result<ValueRef<'_>, StoreError>;

    /// Back from what is stored.
    fn take(fields: &mut Fields<'_>) -> Result<Self, StoreError>;
}

macro_rules! columns {
    ($($type:ty: $it:ident => $value:expr, $take:ident;)*) => {
        $(
            impl Column for $type {
                fn value(&self) -> Result<ValueRef<'_>, StoreError> {
                    let $it = self;
                    Ok($value)
                }

                fn take(fields: &mut Fields<'_>) -> Result<$type, StoreError> {
                    fields.$take()
                }
            }
        )*
    };
}
columns! {
    u64: it => value::whole(*it)?, whole;
    Option<u64>: it => value::optional_whole(*it)?, optional_whole;
    i64: it => ValueRef::Integer(*it), integer;
    i32: it => value::small(*it), small;
    u32: it => value::small(*it), small;
    u8: it => value::small(*it), small;
    bool: it => value::small(*it), boolean;
    String: it => value::text(it), text;
    Option<String>: it => value::optional_text(it), optional_text;
    Vec<u8>: it => ValueRef::Blob(it), owned;
    [u8; 16]: it => ValueRef::Blob(it), bytes;
    Uin: it => value::uin(*it)?, uin;
    Option<Uin>: it => value::optional_uin(*it)?, optional_uin;
    Amount: it => value::amount(*it), amount;
    Rate: it => value::small(it.units()), rate;
    Moment: it => value::moment(*it), moment;
    Month: it => value::month(*it), month;
    ActionType: it => value::action(*it), action;
    Wide: it => value::wide(it), wide;
}

/// Makes a type [`Stored`] whose columns are its fields, in this order, each under its own name or another one; what is
/// not stored stands after the semicolon.
macro_rules! stored {
    ($row:ident: $table:literal, $($field:ident $(as $column:ident)?),*; $($unstored:ident: $given:expr),*) => {
        impl Stored for $row {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stored!(@name $field $($column)?)),*];

            fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
                Ok(vec![$($crate::sqlite::rows::Column::value(&self.$field)?),*])
            }

            fn read(fields: &mut Fields<'_>) -> Result<$row, StoreError> {
                Ok($row { $($field: $crate::sqlite::rows::Column::take(fields)?,)* $($unstored: $given),* })
            }
        }
    };
    ($row:ident: $table:literal, $($field:ident $(as $column:ident)?),*) => {
        stored! { $row: $table, $($field $(as $column)?),*; }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $column:ident) => { stringify!($column) };
}
pub(super) use stored;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_sum_is_a_number_where_it_can_be_and_bytes_beyond() {
        for number in
            [0, -1, i128::from(i64::MAX), i128::from(i64::MIN), i128::from(i64::MAX) + 1, i128::MIN, i128::MAX]
        {
            let wide = Wide::new(number);
            let value = value::wide(&wide);
            assert_eq!(matches!(value, ValueRef::Integer(_)), i64::try_from(number).is_ok());
            let mut fields = Fields { table: "t", file: "f", values: vec![value].into_iter() };
            assert_eq!(fields.wide().unwrap().number(), number);
        }
    }

    #[test]
    fn every_type_comes_back_from_its_number() {
        for action in ActionType::ALL {
            let mut fields = Fields { table: "t", file: "f", values: vec![value::action(action)].into_iter() };
            assert_eq!(fields.action().unwrap(), action);
        }
        let beyond = ValueRef::Integer(ActionType::ALL.len() as i64 + 1);
        for unknown in [beyond, ValueRef::Integer(-1), ValueRef::Null] {
            assert!(Fields { table: "t", file: "f", values: vec![unknown].into_iter() }.action().is_err());
        }
    }
}
