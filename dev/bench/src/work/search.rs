//! Finding a partner's customers by a part of their names, as the Cloud API's list does: among a million of one partner,
//! and of one of a thousand partners; by parts that one has, that many have, that everybody has; in Latin and Han letters.

use super::run::Run;
use crate::load::{Load, authorize, micros};
use crate::place::open_app;
use crate::report::{Figure, Latency, Quantity, Verdict, grouped, histogram};
use crate::reporter::Silent;
use crate::spread::mixed;
use crate::world::{CREDIT, World, add_product, patiently, register};
use anyhow::{Context, ensure};
use credere_app::parties::{CustomerFilter, NewAccount, PageOrder, ProfileField, SearchTerm};
use credere_app::{App, Caller};
use credere_core::access::{Actor, By, Face};
use credere_core::book::{Command, parties};
use credere_core::channel::{AccountClass, PartnerKind, Tier, Uin, Verification};
use credere_core::money::Amount;
use credere_store::contract::ProfilePatch;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

const WORK: &str = "search of a name's part";
/// In microseconds, the 99th percentile.
const TARGET: u64 = 50_000;
const PAGE: usize = 20;
/// So many customers have credit, for the load beside.
const FUNDED: u64 = 1_000;

const HAN: [char; 100] = [
    '张', '王', '李', '赵', '陈', '杨', '黄', '周', '吴', '徐', '孙', '马', '朱', '胡', '林', '郭', '何', '高', '罗',
    '郑', '梁', '谢', '宋', '唐', '许', '邓', '冯', '韩', '曹', '曾', '彭', '萧', '蔡', '潘', '田', '董', '袁', '于',
    '余', '叶', '蒋', '杜', '苏', '魏', '程', '吕', '丁', '沈', '任', '姚', '卢', '傅', '钟', '姜', '崔', '谭', '廖',
    '范', '汪', '陆', '金', '石', '戴', '贾', '韦', '夏', '邱', '方', '侯', '邹', '熊', '孟', '秦', '白', '江', '阎',
    '薛', '尹', '段', '雷', '黎', '史', '龙', '陶', '贺', '顾', '毛', '郝', '龚', '邵', '万', '钱', '严', '覃', '武',
    '戚', '莫', '孔', '向', '汤',
];
const TRADES: [&str; 4] = ["Trading", "Cloud", "Logistics", "Media"];

/// The two letters that begin a name.
fn han(place: u64) -> String {
    let at = |bits: u64| HAN[(mixed(place) >> bits) as usize % HAN.len()];
    [at(8), at(32)].iter().collect()
}

fn name(place: u64) -> String {
    let trade = TRADES[(mixed(!place) % TRADES.len() as u64) as usize];
    format!("{}科技 {trade} {place} Ltd", han(place))
}

/// A part of the name of the customer at a place.
type Part = fn(u64) -> String;

/// What is searched for.
const PARTS: [(&str, Part); 7] = [
    ("a number that one has", |place| format!(" {place} l")),
    ("two Han letters that few have", han),
    ("two Han letters that all have", |_| "科技".to_owned()),
    ("a word that a quarter has", |_| "TRADING".to_owned()),
    ("a word that all have", |_| "ltd".to_owned()),
    ("one letter", |place| han(place).chars().take(1).collect()),
    ("a word that nobody has", |_| "bakery".to_owned()),
];

/// A million customers, spread evenly over so many partners.
#[derive(Debug, Clone, Copy)]
struct Channel {
    customers: u64,
    partners: u64,
}

impl Channel {
    fn partner(self, place: u64) -> Uin {
        World::customer(self.customers + place % self.partners)
    }

    async fn build(self, app: &Arc<App>, run: &Run<'_>) -> anyhow::Result<()> {
        let caller = World::caller(0);
        app.command(caller, None, add_product(World::product())).await?;
        for place in 0..self.partners {
            let uin = self.partner(place);
            app.open_account(caller, None, account(uin, format!("Partner {place}"))).await?;
            let quota = Amount::from_units(Amount::whole(CREDIT).units() * i64::try_from(FUNDED)?);
            app.command(caller, None, register(uin, PartnerKind::Reseller, quota)).await?;
        }
        let world = World { customers: self.customers };
        let make = move |app: Arc<App>, place| async move { self.make_customer(&app, place).await };
        world.for_each(app, "opening", run.reporter, make).await
    }

    async fn make_customer(self, app: &App, place: u64) -> anyhow::Result<()> {
        let (caller, customer) = (World::caller(place), World::customer(place));
        let new = || account(customer, name(place));
        patiently(|| app.open_account(caller, None, new())).await.context("opening")?;
        let bind = Command::from(parties::BindCustomer { customer, partner: self.partner(place) });
        patiently(|| app.command(caller, None, bind.clone())).await.context("binding")?;
        if place < FUNDED {
            let allocate =
                Command::from(parties::AllocateCredit { customer, amount: Amount::whole(CREDIT), remark: None });
            patiently(|| app.command(caller, None, allocate.clone())).await.context("allocating")?;
        }
        Ok(())
    }

    /// One search for a part of the name of the customer at this place, by its partner; answers how many match.
    async fn search(self, app: &App, place: u64, part: Part) -> anyhow::Result<usize> {
        let caller = Caller {
            request_id: Uuid::from_u64_pair(place, 1),
            actor: Actor::Account { uin: self.partner(place), by: By::NotRecorded },
            face: Face::Cloud,
        };
        let filter = CustomerFilter::Profile(ProfileField::Name, SearchTerm::Contains(part(place)));
        let found = app.own_customers(caller, Some(filter), PageOrder::NewestFirst, 0, PAGE).await?;
        ensure!(
            found.customers.len() == found.total.min(PAGE),
            "a page of {} has {}",
            found.total,
            found.customers.len()
        );
        Ok(found.total)
    }

    /// The place that is asked about next.
    fn place(self, number: u64) -> u64 {
        mixed(number) % self.customers
    }
}

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let (customers, many) = (run.options.size(2_000, 1_000_000), run.options.size(20, 1_000));
    let mut figures = Vec::new();
    for partners in [1, many] {
        let (channel, folder) = (Channel { customers, partners }, run.path("search"));
        let app = open_app(&folder)?;
        let measured = run.runtime.block_on(async {
            channel.build(&app, run).await?;
            let mut figures = parts(run, &app, channel).await?;
            if partners == 1 {
                figures.push(beside(run, &app, channel).await?);
            }
            anyhow::Ok(figures)
        });
        run.reporter.end();
        app.close();
        drop(app);
        figures.extend(measured?);
        std::fs::remove_dir_all(folder)?;
    }
    Ok(figures)
}

/// Each part, one search after the other.
async fn parts(run: &Run<'_>, app: &App, channel: Channel) -> anyhow::Result<Vec<Figure>> {
    let times = run.options.size(10, 300);
    let whose = match channel.partners {
        1 => format!("{} customers of one partner", grouped(channel.customers)),
        many => format!("{} customers of {} partners", grouped(channel.customers), grouped(many)),
    };
    run.reporter.begin("searching", PARTS.len() as u64 * times);
    let mut figures = Vec::new();
    for (what, part) in PARTS {
        let (mut latency, mut matching, started) = (histogram(), 0, Instant::now());
        for number in 0..times {
            let asked = Instant::now();
            matching += channel.search(app, channel.place(number), part).await? as u64;
            latency.saturating_record(micros(asked.elapsed()));
            run.reporter.advance(1);
        }
        let time = started.elapsed();
        ensure!((matching == 0) == (part(0) == "bakery"), "{what}: {matching} were found");
        let latency = Latency::of(&latency);
        figures.push(Figure {
            measured: Some(Quantity::Micros(latency.p99)),
            latency: Some(latency),
            verdict: Verdict::of(latency.p99 < TARGET, format!("p99 under {}", Quantity::Micros(TARGET))),
            ..Figure::new(WORK, format!("{whose}; {what}: {} match", grouped(matching / times)), times, time)
        });
    }
    run.reporter.end();
    Ok(figures)
}

/// All parts in turn, while authorizations take what they can of the machine.
async fn beside(run: &Run<'_>, app: &Arc<App>, channel: Channel) -> anyhow::Result<Figure> {
    let time = Duration::from_millis(run.options.size(300, 20_000));
    let funded = World { customers: FUNDED.min(channel.customers) };
    run.reporter.begin("searching beside authorizations", 1);
    let load = tokio::spawn({
        let app = app.clone();
        async move {
            let (started, mut done) = (Instant::now(), 0);
            for salt in 0.. {
                if started.elapsed() >= time {
                    break;
                }
                let load = Load { operations: 20_000, batch: 1_000, waiting: 4, salt };
                done += authorize(&app, funded, load, &Silent).await?.operations;
            }
            anyhow::Ok(Quantity::rate(done, started.elapsed()))
        }
    });
    let (mut latency, mut number, started) = (histogram(), 0, Instant::now());
    while !load.is_finished() {
        let (_, part) = PARTS[number as usize % PARTS.len()];
        let asked = Instant::now();
        channel.search(app, channel.place(number), part).await?;
        latency.saturating_record(micros(asked.elapsed()));
        number += 1;
    }
    let (took, rate) = (started.elapsed(), load.await??);
    run.reporter.end();
    let told = Latency::of(&latency);
    Ok(Figure {
        measured: Some(Quantity::Micros(told.p99)),
        latency: Some(told),
        ..Figure::new(
            "search beside authorizations",
            format!("{} customers of one partner; all parts in turn, beside {rate}", grouped(channel.customers)),
            latency.len(),
            took,
        )
    })
}

fn account(uin: Uin, name: String) -> NewAccount {
    NewAccount {
        uin: Some(uin),
        class: AccountClass::External,
        verification: Verification::Enterprise,
        tier: Tier::None,
        site: None,
        profile: ProfilePatch {
            name: Some(Some(name)),
            email: Some(Some(format!("billing@{uin}.example.test"))),
            ..ProfilePatch::default()
        },
    }
}
