//! The lines themselves, in the order in which they come: those of a few positions each are packed into one row, so that
//! they share a seal and the texts that they have in common. A fold appends rows at the table's right edge, and makes only
//! the one anew in which the fold before it has ended. A line is found by its position; which of them a bill has is told
//! by [`super::marks`].

use super::super::FILE;
use super::cut::Cut;
use super::packed::{Unpacker, put_signed, put_text, put_whole};
use crate::contract::{LineRow, StoreError};
use crate::sqlite::errors::{Within, bound};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, columns, each, read_row, stored};
use crate::sqlite::shard::of;
use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::{Moment, Month};
use credere_core::money::{Amount, Rate};
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection};
use std::ops::{ControlFlow, Range};

pub(super) const TABLE: &str = "
    CREATE TABLE line_block (shard INTEGER NOT NULL CHECK (shard = 0), block INTEGER PRIMARY KEY, body BLOB NOT NULL,
        seal INTEGER NOT NULL);";

/// The lines of some positions, packed.
struct BlockRow {
    block: u64,
    body: Vec<u8>,
}

stored! { BlockRow: "line_block",
    block, body
}

/// Writes lines that come after all that are there, in order of position, into a table that is filled up to `position`.
pub(super) fn write(connection: &Connection, cut: Cut, position: u64, lines: &[LineRow]) -> Result<(), StoreError> {
    let mut into = Inserter::new::<BlockRow>(connection, FILE, Clash::Replaces, &[])?;
    let mut there = Blocks::new(connection, cut)?;
    for lines in lines.chunk_by(|one, next| cut.block(one.seq) == cut.block(next.seq)) {
        let block = cut.block(lines[0].seq);
        let before = if cut.first_of_block(block) <= position { there.lines(block)? } else { Vec::new() };
        into.put(&[], &BlockRow { block, body: pack(cut.first_of_block(block), before.iter().chain(lines)) })?;
    }
    Ok(())
}

/// All lines from a position on that begins a block, in order.
pub(super) fn from(connection: &Connection, cut: Cut, first_seq: u64) -> Result<Vec<LineRow>, StoreError> {
    let mut lines = Vec::new();
    let tail = "AND block >= ? ORDER BY block";
    each(connection, FILE, tail, &[&bound(cut.block(first_seq))], |row: BlockRow| {
        lines.extend(Block::of(row, cut)?.lines()?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(lines)
}

/// Reads lines; of the block that was read last those beside it cost next to nothing.
pub(super) struct Blocks<'c> {
    statement: CachedStatement<'c>,
    cut: Cut,
    last: Option<Block>,
}

impl<'c> Blocks<'c> {
    pub(super) fn new(connection: &'c Connection, cut: Cut) -> Result<Blocks<'c>, StoreError> {
        let sql = format!("SELECT {} {}", columns::<BlockRow>(""), of(BlockRow::TABLE, "AND block = ?"));
        Ok(Blocks { statement: connection.prepare_cached(&sql).within(FILE)?, cut, last: None })
    }

    /// The line at this position; `None` where none is.
    pub(super) fn line(&mut self, seq: u64) -> Result<Option<LineRow>, StoreError> {
        match self.block(self.cut.block(seq))? {
            Some(block) => block.line(seq),
            None => Ok(None),
        }
    }

    /// All lines of a block.
    fn lines(&mut self, block: u64) -> Result<Vec<LineRow>, StoreError> {
        self.block(block)?.map_or(Ok(Vec::new()), Block::lines)
    }

    fn block(&mut self, number: u64) -> Result<Option<&Block>, StoreError> {
        if self.last.as_ref().is_none_or(|last| last.number != number) {
            self.last = None;
            let mut rows = self.statement.query([bound(number)]).within(FILE)?;
            if let Some(row) = rows.next().within(FILE)? {
                self.last = Some(Block::of(read_row(row, FILE)?, self.cut)?);
            }
        }
        Ok(self.last.as_ref())
    }
}

/// A block, and where in it what lies.
struct Block {
    number: u64,
    body: Vec<u8>,
    texts: Vec<Range<usize>>,
    /// Each line's position, and its fields.
    lines: Vec<(u64, Range<usize>)>,
}

impl Block {
    fn of(row: BlockRow, cut: Cut) -> Result<Block, StoreError> {
        let mut block = Block { number: row.block, body: row.body, texts: Vec::new(), lines: Vec::new() };
        block.find(cut.first_of_block(row.block)).ok_or_else(broken)?;
        Ok(block)
    }

    /// Finds out what lies where.
    fn find(&mut self, first_seq: u64) -> Option<()> {
        let mut rest = Unpacker(&self.body);
        let piece = |rest: &mut Unpacker<'_>| {
            let length = rest.whole()?;
            let begin = self.body.len() - rest.0.len();
            Some(begin..begin + rest.bytes(length)?.len())
        };
        for _ in 0..rest.whole()? {
            self.texts.push(piece(&mut rest)?);
        }
        while !rest.is_empty() {
            let seq = first_seq.checked_add(rest.whole()?)?;
            self.lines.push((seq, piece(&mut rest)?));
        }
        Some(())
    }

    fn line(&self, seq: u64) -> Result<Option<LineRow>, StoreError> {
        let found = self.lines.iter().find(|(at, _)| *at == seq);
        found.map(|(seq, fields)| self.read(*seq, fields).ok_or_else(broken)).transpose()
    }

    fn lines(&self) -> Result<Vec<LineRow>, StoreError> {
        self.lines.iter().map(|(seq, fields)| self.read(*seq, fields).ok_or_else(broken)).collect()
    }

    fn read(&self, seq: u64, fields: &Range<usize>) -> Option<LineRow> {
        let mut rest = Unpacker(self.body.get(fields.clone())?);
        let rest = &mut rest;
        let text = |rest: &mut Unpacker<'_>| {
            let range = self.texts.get(usize::try_from(rest.whole()?).ok()?)?;
            str::from_utf8(self.body.get(range.clone())?).ok().map(str::to_owned)
        };
        let account = Uin::new(rest.whole()?).ok()?;
        let posted_at = rest.signed()?;
        let period_start = posted_at.wrapping_add(rest.signed()?);
        Some(LineRow {
            seq,
            account,
            month: Month::from_number(u32::try_from(rest.whole()?).ok()?),
            day: rest.byte()?,
            managing: optional(rest)?.map(Uin::new).transpose().ok()?,
            binding_seq: rest.whole()?,
            owner: Uin::new(rest.whole()?).ok()?,
            partner: optional(rest)?.map(Uin::new).transpose().ok()?,
            action: ActionType::from_number(u32::try_from(rest.whole()?).ok()?)?,
            product: text(rest)?,
            region: text(rest)?,
            project: text(rest)?,
            resource: text(rest)?,
            details: text(rest)?,
            order_seq: optional(rest)?,
            period_start: Moment::from_micros(period_start),
            period_end: Moment::from_micros(period_start.wrapping_add(rest.signed()?)),
            list_amount: Amount::from_units(rest.signed()?),
            discount_rate: Rate::from_units(u32::try_from(rest.whole()?).ok()?)?,
            voucher_amount: Amount::from_units(rest.signed()?),
            amount: Amount::from_units(rest.signed()?),
            partner_amount: Amount::from_units(rest.signed()?),
            posted_at: Moment::from_micros(posted_at),
            confirmed: false,
        })
    }
}

/// Packs the lines of a block that begins at `first_seq`: the texts that they say, each once, and then the lines, each as its
/// place in the block, its length, and its fields.
fn pack<'l>(first_seq: u64, lines: impl Iterator<Item = &'l LineRow>) -> Vec<u8> {
    let (mut texts, mut packed, mut fields) = (Vec::new(), Vec::with_capacity(1_024), Vec::new());
    for line in lines {
        fields.clear();
        put(&mut fields, &mut texts, line);
        put_whole(&mut packed, line.seq - first_seq);
        put_whole(&mut packed, fields.len() as u64);
        packed.extend(&fields);
    }
    let mut body = Vec::with_capacity(packed.len() + 512);
    put_whole(&mut body, texts.len() as u64);
    texts.into_iter().for_each(|text| put_text(&mut body, text));
    body.extend(packed);
    body
}

fn put<'l>(to: &mut Vec<u8>, texts: &mut Vec<&'l str>, line: &'l LineRow) {
    let LineRow {
        seq: _,
        account,
        month,
        day,
        managing,
        binding_seq,
        owner,
        partner,
        product,
        action,
        region,
        project,
        resource,
        order_seq,
        period_start,
        period_end,
        list_amount,
        discount_rate,
        voucher_amount,
        amount,
        partner_amount,
        posted_at,
        details,
        confirmed: _,
    } = line;
    put_whole(to, account.number());
    put_signed(to, posted_at.micros());
    // Moments are told by how far they lie apart, which is lossless also where it does not fit.
    put_signed(to, period_start.micros().wrapping_sub(posted_at.micros()));
    put_whole(to, u64::from(month.number()));
    to.push(*day);
    put_optional(to, managing.map(Uin::number));
    put_whole(to, *binding_seq);
    put_whole(to, owner.number());
    put_optional(to, partner.map(Uin::number));
    put_whole(to, u64::from(action.number()));
    for text in [product, region, project, resource, details] {
        let place = texts.iter().position(|known| *known == text.as_str()).unwrap_or_else(|| {
            texts.push(text);
            texts.len() - 1
        });
        put_whole(to, place as u64);
    }
    put_optional(to, *order_seq);
    put_signed(to, period_end.micros().wrapping_sub(period_start.micros()));
    put_signed(to, list_amount.units());
    put_whole(to, u64::from(discount_rate.units()));
    [voucher_amount, amount, partner_amount].into_iter().for_each(|amount| put_signed(to, amount.units()));
}

fn put_optional(to: &mut Vec<u8>, number: Option<u64>) {
    to.push(u8::from(number.is_some()));
    number.into_iter().for_each(|number| put_whole(to, number));
}

fn optional(rest: &mut Unpacker<'_>) -> Option<Option<u64>> {
    match rest.byte()? {
        0 => Some(None),
        1 => rest.whole().map(Some),
        _ => None,
    }
}

fn broken() -> StoreError {
    StoreError::corrupt(format!("{FILE}: a row of {} does not decode", BlockRow::TABLE))
}
