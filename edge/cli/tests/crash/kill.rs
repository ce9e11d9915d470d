//! SIGKILL at random moments of a load, fifty times on each of four folders, and in the middle of what falls due when
//! the clock moves on. After every kill: what was answered is there once, what was not answered is there once after it was
//! repeated, every figure is the one that follows from the answers. At the end the folder and its backups are proved.

use crate::acts::Act;
use crate::calendar::Clock;
use crate::check;
use crate::http::{Answer, Client, Request};
use crate::load::{Event, Hand, Load, Moment};
use crate::model::{CENT, Model, UNIT, amount};
use crate::papers;
use crate::server::{Server, Setup, credere, run, verify};
use crate::world::{self, SPEND_LINE};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

const KILLS: u32 = 50;
const HANDS: u64 = 6;
/// After so many kills the clock moves on by so many days: months end, authorizations expire, keys are forgotten but
/// those that last.
const KILLS_A_STEP: u32 = 9;
const DAYS_A_STEP: i64 = 20;

/// The seed of this run; printed, so that a failure can be seen again as far as threads permit.
pub(crate) fn seed_of(test: &str) -> u64 {
    let given = std::env::var("CRASH_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(credere_app::random::seed);
    println!("{test}: CRASH_SEED={seed}");
    seed
}

#[test]
fn a_first_folder_lives_through_kills() {
    lives_through_kills(1);
}

#[test]
fn a_second_folder_lives_through_kills() {
    lives_through_kills(2);
}

#[test]
fn a_third_folder_lives_through_kills() {
    lives_through_kills(3);
}

#[test]
fn a_fourth_folder_lives_through_kills() {
    lives_through_kills(4);
}

fn lives_through_kills(folder: u64) {
    let seed = seed_of(&format!("folder {folder}"));
    let mut random = fastrand::Rng::with_seed(seed.wrapping_mul(31).wrapping_add(folder));
    let (dir, setup, mut server) = Setup::begun();
    let mut model = world::make(&mut server.client());
    let mut hands = Hand::several(HANDS, random.u64(..));
    // A few answers of every life, to be asked for again in all later ones.
    let mut kept: Vec<(Act, Answer)> = Vec::new();
    for kill in 1..=KILLS {
        println!("kill {kill}, after {} answers, {} of them refusals", model.answers, model.refusals);
        let answers = {
            let shared = Mutex::new(model);
            let event = Event {
                moment: if random.bool() { Moment::Sent } else { Moment::Answered },
                after: random.u64(1..=100),
                spins: random.u32(0..40_000),
                act: &|| server.kill(),
                ends: true,
            };
            let answers = Load::new(&server.address, &shared, event).run(&mut hands);
            model = shared.into_inner().expect("no hand has failed");
            answers
        };
        server.end();
        if random.u8(0..6) == 0 {
            killed_while_starting(&setup, &mut random);
        }
        server = setup.start();
        let mut client = server.client();
        let settled = check::settle_all(&mut client, &mut model, &mut hands);
        for (act, answer) in sample(&answers, &mut random, 8).chain(sample(&kept, &mut random, 6)) {
            check::replays(&mut client, act, answer);
        }
        let customers: Vec<u64> = model.customers.keys().copied().collect();
        check::allocations(&mut client, &model, customers[random.usize(..customers.len())]);
        let states: Vec<_> = model.states.iter().collect();
        check::states(&mut client, sample(&states, &mut random, 6).copied());
        kept.extend(sample(&answers, &mut random, 4).cloned());
        kept.extend(settled);
        raise_spend_lines(&mut client, &mut model);
        if kill % KILLS_A_STEP == 0 {
            papers::same(&mut client, &model);
            let clock = model.clock.after_days(DAYS_A_STEP);
            server = killed_while_time_passes(&setup, server, clock, &mut random);
            model.advanced_to(clock, &mut hands);
            check::same(&mut server.client(), &model);
            papers::same(&mut server.client(), &model);
            kept.retain(|(act, _)| act.lasts());
        }
    }
    let mut client = server.client();
    check::same(&mut client, &model);
    papers::same(&mut client, &model);
    for customer in model.customers.keys() {
        check::allocations(&mut client, &model, *customer);
    }
    check::states(&mut client, &model.states);
    let copy = backup_under_load(&server, &mut model, &mut hands, &setup.data, dir.path());
    server.stop();
    verify(&setup.data);
    starts_as_one_moment(&copy, &model);
    starts_as(&back_up(&setup.data, dir.path(), "after"), &model);
    assert!(model.refusals > 0, "a load without refusals tests only half");
    assert!(!model.confirmed.is_empty(), "a year without receipts tests only half");
}

/// Kills a server somewhere in what falls due while the clock moves, and has it moved again: everything is done once.
fn killed_while_time_passes(setup: &Setup, server: Server, clock: Clock, random: &mut fastrand::Rng) -> Server {
    let request = clock.request(format!("advance-{}", clock.now));
    let mut client = server.client();
    client.send(&request).expect("the server is there");
    for _ in 0..random.u32(0..400_000) {
        std::hint::spin_loop();
    }
    server.end();
    let server = setup.start();
    let answer = server.client().ask(&request);
    assert_eq!(answer.status, 200, "the clock moves: {}", answer.body);
    server
}

/// Kills a server somewhere in its start, which must do no harm either.
fn killed_while_starting(setup: &Setup, random: &mut fastrand::Rng) {
    let mut child = setup.begin();
    for _ in 0..random.u32(0..30_000) {
        std::thread::yield_now();
    }
    child.kill().and_then(|()| child.wait()).expect("a child can be killed");
}

fn sample<'a, T>(from: &'a [T], random: &mut fastrand::Rng, count: usize) -> impl Iterator<Item = &'a T> + use<'a, T> {
    let places: Vec<usize> = match from.len() {
        0 => Vec::new(),
        len => (0..count).map(|_| random.usize(..len)).collect(),
    };
    places.into_iter().map(|place| &from[place])
}

/// Lets purchases go on where a partner's line is used up.
fn raise_spend_lines(client: &mut Client, model: &mut Model) {
    for uin in model.spend_lines.keys().copied().collect::<Vec<_>>() {
        let Some((line, used, frozen)) = model.partner(uin).spend else { continue };
        if line - used - frozen < 100 * UNIT {
            // Metering may have gone far below zero, and leaves fractions of a cent at the partner's price.
            let gone = (used + frozen) / CENT * CENT + CENT;
            let raised = line.max(gone) + SPEND_LINE * UNIT / 2;
            let change = json!({ "spend_line": amount(raised) });
            let answer = client.ask(&Request::patch(format!("/v1/partners/{uin}"), change));
            assert_eq!(answer.status, 200, "{}", answer.body);
            model.spend_lines.insert(uin, raised);
        }
    }
}

/// Takes a backup while the load goes on.
fn backup_under_load(server: &Server, model: &mut Model, hands: &mut [Hand], data: &Path, dir: &Path) -> PathBuf {
    let shared = Mutex::new(std::mem::take(model));
    let copy = Mutex::new(None);
    let back_up = || *copy.lock().expect("nobody else has it") = Some(back_up(data, dir, "during"));
    let event = Event { moment: Moment::Answered, after: 40, spins: 0, act: &back_up, ends: true };
    Load::new(&server.address, &shared, event).run(hands);
    *model = shared.into_inner().expect("no hand has failed");
    check::settle_all(&mut server.client(), model, hands);
    copy.into_inner().expect("nobody else has it").expect("the backup was made")
}

/// Backup, restore, verify; gives the folder that was restored, with the master key that the operator keeps apart.
fn back_up(data: &Path, dir: &Path, name: &str) -> PathBuf {
    let (backup, restored) = (dir.join(format!("backup-{name}")), dir.join(format!("restored-{name}")));
    for (words, folder) in
        [(["backup", &*backup.to_string_lossy()], data), (["restore", &*backup.to_string_lossy()], &*restored)]
    {
        let ended = run(credere(&words, folder));
        assert_eq!(ended.code, Some(0), "{words:?}: {}{}", ended.output, ended.errors);
    }
    verify(&restored);
    std::fs::copy(data.join("master.key"), restored.join("master.key")).expect("the master key can be copied");
    restored
}

/// A copy of now holds everything.
fn starts_as(data: &Path, model: &Model) {
    let server = Setup::on(data).start();
    check::same(&mut server.client(), model);
    papers::same(&mut server.client(), model);
    check::allocations(&mut server.client(), model, 1_001);
    server.stop();
}

/// A copy taken under load holds one moment, with both sides of everything.
fn starts_as_one_moment(data: &Path, model: &Model) {
    let server = Setup::on(data).start();
    check::consistent(&mut server.client(), &check::Basis::of(model));
    server.stop();
}
