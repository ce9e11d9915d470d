//! Which lines a ledger has in a segment, and what filters look at in each: packed, some four bytes a line, at most
//! [`LINES_MAX`] of them together under the position of the last. How many there are of each type stands before them, so
//! that those can be passed over unread of which none, or all, are wanted.

use super::keys::{HEAD, Kept, KeyReader, begin, put_number};
use super::packed::{Unpacker, put_whole};
use super::page::Sink;
use super::pages::Packer;
use crate::bill::{Ledger, LineFacts};
use crate::contract::StoreError;
use credere_core::channel::{ActionType, Uin};

/// So many lines lie together.
pub(super) const LINES_MAX: usize = 256;

/// What lines have in common beside their day: binding, managing partner and type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) binding_seq: u64,
    pub(super) managing: Option<Uin>,
    pub(super) action: ActionType,
}

impl Class {
    fn of(line: &LineFacts) -> Class {
        Class { binding_seq: line.binding_seq, managing: line.managing, action: line.action }
    }
}

/// The key of these lines, which are not none.
fn key_of(key: &mut Vec<u8>, ledger: Ledger, lines: &[LineFacts]) {
    begin(key, ledger, Kept::Lines);
    put_number(key, lines.last().map_or(0, |line| line.seq));
}

/// Puts lines, which are in order of position, with what is packed of their ledger; the key and value are room for that.
pub(super) fn put_marks<S: Sink>(
    pages: &mut Packer<S>,
    ledger: Ledger,
    facts: &[LineFacts],
    key: &mut Vec<u8>,
    value: &mut Vec<u8>,
) -> Result<(), StoreError> {
    key_of(key, ledger, facts);
    pack(value, facts);
    pages.put(key, value)
}

/// Packs lines, which are in order of position.
fn pack(value: &mut Vec<u8>, lines: &[LineFacts]) {
    value.clear();
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return };
    let mut classes: Vec<(Class, u64)> = Vec::new();
    let mut places = Vec::with_capacity(lines.len());
    for line in lines {
        let class = Class::of(line);
        let place = classes.iter().position(|(known, _)| *known == class).unwrap_or(classes.len());
        match classes.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => classes.push((class, 1)),
        }
        places.push(place as u64);
    }
    put_whole(value, last.seq - first.seq);
    put_whole(value, classes.len() as u64);
    for (class, count) in &classes {
        put_whole(value, class.binding_seq);
        put_whole(value, class.managing.map_or(0, Uin::number));
        put_whole(value, u64::from(class.action.number()));
        put_whole(value, *count);
    }
    let mut before = first.seq;
    for (line, place) in lines.iter().zip(places) {
        put_whole(value, line.seq - before);
        if classes.len() > 1 {
            put_whole(value, place);
        }
        value.push(line.day);
        before = line.seq;
    }
}

/// Packed lines.
pub(super) struct Marks<'v> {
    /// What they have in common, each with how many of them there are.
    pub(super) classes: Vec<(Class, u64)>,
    first_seq: u64,
    last_seq: u64,
    lines: Unpacker<'v>,
}

impl Marks<'_> {
    /// Reads what stands before the lines; `None` where these are none.
    pub(super) fn read<'v>(key: &[u8], value: &'v [u8]) -> Option<Marks<'v>> {
        let last_seq = KeyReader(key.get(HEAD..)?).number()?;
        let mut lines = Unpacker(value);
        let first_seq = last_seq.checked_sub(lines.whole()?)?;
        let count = lines.whole()?;
        let mut classes = Vec::new();
        for _ in 0..count {
            let binding_seq = lines.whole()?;
            let managing = match lines.whole()? {
                0 => None,
                number => Some(Uin::new(number).ok()?),
            };
            let action = ActionType::from_number(u32::try_from(lines.whole()?).ok()?)?;
            classes.push((Class { binding_seq, managing, action }, lines.whole()?));
        }
        Some(Marks { classes, first_seq, last_seq, lines })
    }

    /// All of them, oldest first; `None` where these are not what was packed.
    pub(super) fn facts(mut self) -> Option<Vec<LineFacts>> {
        let (mut facts, mut seq) = (Vec::with_capacity(LINES_MAX), self.first_seq);
        while !self.lines.is_empty() {
            seq = seq.checked_add(self.lines.whole()?)?;
            let place = if self.classes.len() > 1 { self.lines.whole()? } else { 0 };
            let (class, _) = self.classes.get(usize::try_from(place).ok()?)?;
            let Class { binding_seq, managing, action } = *class;
            facts.push(LineFacts { seq, day: self.lines.byte()?, managing, binding_seq, action });
        }
        (seq == self.last_seq).then_some(facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bill::LedgerKind;
    use credere_core::ledger::Month;

    #[test]
    fn lines_come_back_with_what_filters_look_at() {
        let (account, month) = (Uin::new(7).unwrap(), Month::new(2026, 10).unwrap());
        let ledger = Ledger { account, month, kind: LedgerKind::Own };
        let line = |seq: u64| LineFacts {
            seq,
            day: (seq % 31) as u8,
            managing: seq.is_multiple_of(3).then(|| Uin::new(9).unwrap()),
            binding_seq: seq % 2,
            action: ActionType::ALL[(seq % 5) as usize],
        };
        for lines in [vec![line(5)], (900..1_150).step_by(2).map(line).collect(), vec![line(3), line(u64::MAX)]] {
            let (mut key, mut value) = (Vec::new(), Vec::new());
            key_of(&mut key, ledger, &lines);
            pack(&mut value, &lines);
            let marks = Marks::read(&key, &value).unwrap();
            assert_eq!(marks.classes.iter().map(|(_, count)| count).sum::<u64>(), lines.len() as u64);
            assert_eq!(marks.facts().unwrap(), lines);
            assert!(Marks::read(&key, &value[..value.len() - 1]).and_then(Marks::facts).is_none());
        }
    }
}
