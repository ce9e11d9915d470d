//! What only the file itself can be asked: whether it is told anew what has gone through already.

use super::cut::Segment;
use super::{FILE, HistoryFile};
use crate::contract::{HistoryFold, LineRow};
use crate::frame::Position;
use crate::sqlite::connect::Access;
use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::{Moment, Month};
use credere_core::money::{Amount, Rate};
use std::ops::RangeInclusive;
use std::path::Path;

fn line(seq: u64) -> LineRow {
    let uin = |number| Uin::new(number).unwrap();
    let amount = Amount::whole(i64::try_from(seq).unwrap());
    LineRow {
        seq,
        account: uin(1 + seq % 3),
        month: Month::new(2026, 10).unwrap(),
        day: 1,
        managing: Some(uin(40)),
        binding_seq: 1,
        owner: uin(1 + seq % 3),
        partner: Some(uin(40)),
        product: "cvm".into(),
        action: ActionType::PostpayDeductH,
        region: "".into(),
        project: "".into(),
        resource: "".into(),
        order_seq: None,
        period_start: Moment::default(),
        period_end: Moment::default(),
        list_amount: amount,
        discount_rate: Rate::ONE,
        voucher_amount: Amount::ZERO,
        amount,
        partner_amount: amount,
        posted_at: Moment::default(),
        details: "{}".to_owned(),
        confirmed: false,
    }
}

fn fold(history: &HistoryFile, seqs: RangeInclusive<u64>) {
    let upto_seq = *seqs.end();
    let fold = HistoryFold { upto_seq, lines: seqs.map(line).collect(), ..HistoryFold::default() };
    history.fold(fold, &Position { seq: upto_seq, ..Position::default() }).unwrap();
}

/// With small segments of 2 positions, middle ones of 8 and large ones of 32.
fn open(folder: &Path) -> HistoryFile {
    HistoryFile::open(&folder.join(FILE), 5, 1 << 20, Access::Write).unwrap()
}

/// Up to where the file is filled, its closed segments, how many lines are in none, and all that is on disk of them.
fn holds(history: &HistoryFile) -> (u64, Vec<Segment>, usize, Vec<String>) {
    let known = history.known.read();
    let closed = known.closed.iter().map(super::closed::Closed::segment).collect();
    let recent = known.recent.values().map(|lines| lines.len()).sum();
    let writer = history.writer.lock();
    let rows = "SELECT 'page ' || id || quote(first_key) || quote(next_key) || quote(body) FROM bill_page
        UNION ALL SELECT 'segment ' || level || ' ' || segment FROM bill_segment
        UNION ALL SELECT 'block ' || block || quote(body) FROM line_block
        UNION ALL SELECT 'tally ' || kind || ' ' || entries FROM tally ORDER BY 1";
    let mut statement = writer.connection().prepare(rows).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    (known.position, closed, recent, rows)
}

#[test]
fn a_fold_that_was_reported_as_failed_and_went_through_is_not_written_again() {
    // Within a small segment, and beyond the ends of middle and of large ones.
    for upto in [21, 27, 45, 100] {
        let folder = tempfile::tempdir().unwrap();
        let history = open(folder.path());
        fold(&history, 1..=20);
        // Somebody else's commit is to this one what it does not know of.
        fold(&open(folder.path()), 21..=upto);
        fold(&history, 21..=upto);
        let once = tempfile::tempdir().unwrap();
        let at_once = open(once.path());
        fold(&at_once, 1..=upto);
        assert_eq!(holds(&history), holds(&at_once), "up to {upto}");
        [&history, &at_once].into_iter().for_each(|history| fold(history, upto + 1..=140));
        assert_eq!(holds(&history), holds(&at_once), "beyond {upto}");
    }
}
