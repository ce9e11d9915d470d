//! Measures how long a partner's customers take to be found by a part of their names, and how fast names are written.
//! `cargo run --release -p credere-store --example search_rate [folder] [customers] [partners]`; writes into a folder of its
//! own there, without flushing.

use credere_core::channel::{Binding, Uin};
use credere_core::ledger::Moment;
use credere_store::contract::{
    CustomerSearch, Directory, DirectoryEntry, DirectoryWrite, Journal, ProfileField, ProfilePatch, SearchTerm,
};
use credere_store::frame::Frame;
use credere_store::sqlite::{OpenOptions, SqliteStore};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

/// Customers a frame.
const FRAME: u64 = 2_000;

/// The first partner's number; customers are numbered from 1.
const PARTNERS: u64 = 1 << 40;

/// How often each part is looked for.
const TIMES: u64 = 300;

/// Letters of which two begin each name.
const HAN: [char; 40] = [
    '张', '王', '李', '赵', '陈', '杨', '黄', '周', '吴', '徐', '孙', '马', '朱', '胡', '林', '郭', '何', '高', '罗',
    '郑', '梁', '谢', '宋', '唐', '许', '邓', '冯', '韩', '曹', '曾', '彭', '萧', '蔡', '潘', '田', '董', '袁', '于',
    '余', '叶',
];
const TRADES: [&str; 4] = ["Trading", "Cloud", "Logistics", "Media"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| ".".into());
    let customers: u64 = arguments.next().map_or(Ok(1_000_000), |customers| customers.parse())?;
    let partners: u64 = arguments.next().map_or(Ok(1), |partners| partners.parse())?;
    let folder = Path::new(&folder).join("search-rate");
    let _ = std::fs::remove_dir_all(&folder);
    let store = SqliteStore::open(&folder, OpenOptions { create: true, ..OpenOptions::default() })?;
    store.hurry()?;
    fill(&store, customers, partners)?;
    ask(&store, customers, partners)?;
    make_anew(&store, customers, partners)?;
    drop(store);
    let bytes = std::fs::metadata(folder.join("directory.db"))?.len();
    println!("{bytes} bytes of directory, {} a customer", bytes / customers);
    Ok(std::fs::remove_dir_all(&folder)?)
}

fn mixed(number: u64) -> u64 {
    let z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn han(customer: u64) -> String {
    let at = |bits: u64| HAN[(mixed(customer) >> bits) as usize % HAN.len()];
    [at(8), at(32)].iter().collect()
}

fn name(customer: u64) -> String {
    let trade = TRADES[(mixed(!customer) % TRADES.len() as u64) as usize];
    format!("{}科技 {trade} {customer} Ltd", han(customer))
}

fn partner_of(customer: u64, partners: u64) -> Result<Uin, Box<dyn Error>> {
    Ok(Uin::new(PARTNERS + customer % partners)?)
}

/// So many a second.
fn rate(count: u64, time: Duration) -> u64 {
    u64::try_from(u128::from(count) * 1_000_000 / time.as_micros().max(1)).unwrap_or(u64::MAX)
}

fn fill(store: &SqliteStore, customers: u64, partners: u64) -> Result<(), Box<dyn Error>> {
    let (mut opening, mut binding) = (Duration::ZERO, Duration::ZERO);
    for first in (1..=customers).step_by(FRAME as usize) {
        let all = first..(first + FRAME).min(customers + 1);
        let patch = |customer| ProfilePatch {
            name: Some(Some(name(customer))),
            email: Some(Some(format!("billing@customer-{customer}.example.test"))),
            ..ProfilePatch::default()
        };
        let profile = |customer| Ok(DirectoryWrite::Profile { uin: Uin::new(customer)?, patch: patch(customer) });
        let profiles = all.clone().map(profile).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
        let began = Instant::now();
        append(store, &profiles)?;
        opening += began.elapsed();
        let seq = store.last()?.seq;
        let bound = |customer| {
            let binding = Binding { partner: partner_of(customer, partners)?, seq: seq + 1 + customer - first };
            Ok(DirectoryWrite::Bound { customer: Uin::new(customer)?, binding })
        };
        let bindings = all.map(bound).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
        let began = Instant::now();
        append(store, &bindings)?;
        binding += began.elapsed();
    }
    println!(
        "{customers} customers: {} profiles /s, {} bindings /s",
        rate(customers, opening),
        rate(customers, binding)
    );
    let began = Instant::now();
    store.place_loose()?;
    println!("the last of them are listed in {} ms", began.elapsed().as_millis());
    Ok(())
}

fn append(store: &SqliteStore, writes: &[DirectoryWrite]) -> Result<(), Box<dyn Error>> {
    let frame = Frame::seal(&store.last()?, writes.len() as u64, Moment::from_micros(0), Vec::new());
    Ok(store.append(&frame, writes)?)
}

/// For how long this thread has had a processor, in nanoseconds: what is left of a time where others work beside.
fn on_processor() -> Result<u64, Box<dyn Error>> {
    let told = std::fs::read_to_string("/proc/self/schedstat")?;
    Ok(told.split_whitespace().next().ok_or("no time is told")?.parse()?)
}

/// A part of a customer's name.
type Part = fn(u64) -> String;

fn ask(store: &SqliteStore, customers: u64, partners: u64) -> Result<(), Box<dyn Error>> {
    let parts: [(&str, Part); 7] = [
        ("a number that one has", |customer| format!(" {customer} l")),
        ("two Han letters that few have", han),
        ("two Han letters that all have", |_| "科技".to_owned()),
        ("a word that a quarter has", |_| "TRADING".to_owned()),
        ("a word that all have", |_| "ltd".to_owned()),
        ("one letter", |customer| han(customer).chars().take(1).collect()),
        ("a word that nobody has", |_| "bakery".to_owned()),
    ];
    for (what, part) in parts {
        let (mut times, mut total, worked) = (Vec::new(), 0, on_processor()?);
        for number in 0..TIMES {
            let customer = 1 + mixed(number) % customers;
            let search = CustomerSearch {
                partner: partner_of(customer, partners)?,
                field: ProfileField::Name,
                term: SearchTerm::Contains(part(customer)),
                newest_first: true,
                skip: 0,
                limit: 20,
            };
            let began = Instant::now();
            let found = store.search_customers(&search)?;
            times.push(began.elapsed());
            total += found.total as u64;
        }
        times.sort_unstable();
        let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_micros();
        let worked = (on_processor()? - worked) / TIMES / 1_000;
        println!("{what}: {} match, p50 {} us, p99 {} us, {worked} us of work", total / TIMES, at(50), at(99));
    }
    Ok(())
}

fn make_anew(store: &SqliteStore, customers: u64, partners: u64) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let mut count = 0;
    store.directory_entries(&mut |entry| {
        count += u64::from(matches!(entry, DirectoryEntry::Bound { .. }));
        Ok(())
    })?;
    println!("{count} bindings and their sheets are proven in {} ms", began.elapsed().as_millis());
    let mut bindings: Vec<(Uin, Binding)> = Vec::new();
    for customer in 1..=customers {
        bindings.push((Uin::new(customer)?, Binding { partner: partner_of(customer, partners)?, seq: customer }));
    }
    bindings.sort_unstable_by_key(|(_, binding)| (binding.partner, binding.seq));
    let began = Instant::now();
    store.make_searchable(&mut bindings.into_iter())?;
    println!("made anew in {} ms", began.elapsed().as_millis());
    Ok(())
}
