//! Measures how fast frames become durable in a store, beside raw append and fdatasync of the same bytes on the same
//! disk. `cargo run --release -p credere-store --example append_rate [folder]`; writes into a folder of its own there.

use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use credere_store::contract::{
    AllocationRow, AuditRow, DirectoryWrite, History, HistoryFold, Journal, KeyRow, Keys, OrderRow, ProfilePatch,
    StoreError,
};
use credere_store::frame::Frame;
use credere_store::sqlite::{OpenOptions, SqliteStore};
use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes of one encoded event.
const EVENT_BYTES: usize = 90;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".into());
    let folder = Path::new(&folder).join("append-rate");
    for (events, frames) in [(1, 8_000), (10, 8_000), (100, 6_000), (1_000, 4_000), (5_000, 1_000)] {
        let raw = raw(&folder, events, frames)?;
        let (rate, longest) = journal(&folder, events, frames)?;
        let share = rate * 100 / raw.max(1);
        println!(
            "{events:>5} events a frame: raw {raw:>9} events/s, store {rate:>9} ({share} %), longest {} us",
            longest.as_micros()
        );
    }
    directory(&folder)?;
    following(&folder)?;
    Ok(std::fs::remove_dir_all(&folder)?)
}

fn fresh(folder: &Path) -> Result<SqliteStore, StoreError> {
    let _ = std::fs::remove_dir_all(folder);
    SqliteStore::open(folder, OpenOptions { create: true, ..OpenOptions::default() })
}

/// So many a second.
fn rate(count: u64, time: Duration) -> u64 {
    u64::try_from(u128::from(count) * 1_000_000 / time.as_micros().max(1)).unwrap_or(u64::MAX)
}

fn raw(folder: &Path, events: usize, frames: u64) -> Result<u64, Box<dyn Error>> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    let mut file = File::create(folder.join("raw"))?;
    let payload = vec![7; events * EVENT_BYTES];
    let start = Instant::now();
    for _ in 0..frames {
        file.write_all(&payload)?;
        file.sync_data()?;
    }
    Ok(rate(frames * events as u64, start.elapsed()))
}

fn journal(folder: &Path, events: usize, frames: u64) -> Result<(u64, Duration), Box<dyn Error>> {
    let store = fresh(folder)?;
    let payload = vec![7; events * EVENT_BYTES];
    let (mut last, mut longest) = (store.last()?, Duration::ZERO);
    let start = Instant::now();
    for number in 0..frames {
        let began = Instant::now();
        let frame = Frame::seal(&last, events as u64, Moment::from_micros(number as i64), payload.clone());
        store.append(&frame, &[])?;
        last = frame.position();
        longest = longest.max(began.elapsed());
    }
    Ok((rate(frames * events as u64, start.elapsed()), longest))
}

/// Customers bound a thousand at a time, each with a profile.
fn directory(folder: &Path) -> Result<(), Box<dyn Error>> {
    let store = fresh(folder)?;
    let (mut last, start) = (store.last()?, Instant::now());
    for thousand in 0..100 {
        let writes: Vec<_> = (1..=1_000).map(|number| profile(thousand * 1_000 + number)).collect::<Result<_, _>>()?;
        let frame = Frame::seal(&last, 1_000, Moment::default(), vec![7; 1_000 * EVENT_BYTES]);
        store.append(&frame, &writes)?;
        last = frame.position();
    }
    println!("profiles with their frames: {} /s", rate(100_000, start.elapsed()));
    Ok(())
}

fn profile(number: u64) -> Result<DirectoryWrite, Box<dyn Error>> {
    let patch = ProfilePatch {
        name: Some(Some(format!("Customer {number}"))),
        email: Some(Some(format!("customer{number}@example.com"))),
        phone: Some(Some(format!("+49 30 {number}"))),
        ..ProfilePatch::default()
    };
    Ok(DirectoryWrite::Profile { uin: Uin::new(number)?, patch })
}

/// Folds of 30,000 rows and runs of 262,144 keys, as the follower writes them.
fn following(folder: &Path) -> Result<(), Box<dyn Error>> {
    let store = fresh(folder)?;
    let (folds, rows) = (60, 30_000);
    let (mut longest, start) = (Duration::ZERO, Instant::now());
    for number in 0..folds {
        let fold = fold(number * rows + 1, rows)?;
        let began = Instant::now();
        store.fold(fold)?;
        longest = longest.max(began.elapsed());
    }
    println!(
        "history rows in folds of {rows}: {} /s, longest fold {} ms",
        rate(folds * rows, start.elapsed()),
        longest.as_millis()
    );
    let (runs, keys) = (12, 1 << 18);
    let mut sealing = Duration::ZERO;
    for run in 0..runs {
        let rows = (run * keys..(run + 1) * keys).map(key).collect();
        let began = Instant::now();
        store.seal_keys(run * keys, (run + 1) * keys, rows)?;
        sealing += began.elapsed();
    }
    println!("keys in runs of {keys}: {} /s, {} ms a run", rate(runs * keys, sealing), sealing.as_millis() / 12);
    for (what, first) in [("never used", runs * keys), ("used", 0)] {
        let asked: Vec<_> = (0..10_000).map(|number| key(first + number * 300).key).collect();
        let began = Instant::now();
        let found = asked.chunks(1_000).map(|some| store.find_keys(some)).collect::<Result<Vec<_>, _>>()?.concat();
        let found = found.iter().flatten().count();
        println!("keys {what}: {} looked up a second, {found} of 10000 found", rate(10_000, began.elapsed()));
    }
    Ok(())
}

/// A third each of allocations, orders and audit entries, spread over 100,000 accounts.
fn fold(first: u64, rows: u64) -> Result<HistoryFold, Box<dyn Error>> {
    let mut fold = HistoryFold { upto_seq: first + rows - 1, ..HistoryFold::default() };
    for seq in first..first + rows {
        let account = Uin::new(1 + seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 100_000)?;
        let (amount, at) = (Amount::from_units(seq as i64), Moment::from_micros(seq as i64));
        match seq % 3 {
            0 => fold.allocations.push(AllocationRow {
                seq,
                account,
                operator: account,
                amount,
                total_after: amount,
                available_after: amount,
                remark: None,
                at,
            }),
            1 => fold.orders.push(OrderRow {
                seq,
                account,
                payer: account,
                partner: Some(account),
                product: "cvm".into(),
                kind: "purchase".into(),
                state: "delivered".into(),
                list_amount: amount,
                discount_rate: credere_core::money::Rate::ONE,
                voucher_amount: amount,
                amount,
                partner_amount: amount,
                refunded_amount: amount,
                created_at: at,
                updated_at: at,
                details: "{}".into(),
                facts: vec![1; 60],
            }),
            _ => fold.audit.push(AuditRow {
                seq,
                at,
                request_id: format!("req_{seq}"),
                actor: "platform:key_1".into(),
                by: None,
                face: "platform".into(),
                action: "authorize".into(),
                account: Some(account),
                outcome: "done".into(),
                code: None,
                detail: "{}".into(),
            }),
        }
    }
    Ok(fold)
}

fn key(number: u64) -> KeyRow {
    let mut key = [0; 16];
    key.copy_from_slice(&blake3::hash(&number.to_le_bytes()).as_bytes()[..16]);
    KeyRow { key, seq: number, at: Moment::from_micros(number as i64), lasting: false }
}
