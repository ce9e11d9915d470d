//! The machine's clock jumps under a running server, or is found far off at a start: nothing is written, nothing falls due,
//! reads go on, and all of it is as before once the clock is right again or somebody says that it is.

use crate::http::{Answer, Client, Request};
use crate::preload::Faults;
use crate::server::{Server, Setup, credere, run, until, verify};
use crate::world::PLATFORM_KEY;
use serde_json::json;
use std::path::Path;

const DAY: i64 = 86_400;
const YEARS: i64 = 20 * 365 * DAY;

fn production(dir: &Path) -> (Setup, Faults) {
    let faults = Faults::none_yet(dir);
    faults.set_clock_off_by(0);
    (Setup { sandbox: false, faults: Some(faults.clone()), ..Setup::on(dir.join("data")) }, faults)
}

/// A customer with credit, and a hold on it that ends after seven days.
fn furnish(client: &mut Client) -> String {
    let made = |client: &mut Client, path: &str, body| {
        let answer = client.ask(&Request::post(path, body));
        assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
        answer
    };
    made(client, "/v1/products", json!({ "code": "vm", "settlement": "hourly" }));
    for uin in [1, 2] {
        let verification = json!({ "level": "enterprise" });
        made(client, "/v1/accounts", json!({ "uin": uin, "name": "a name", "verification": verification }));
    }
    made(client, "/v1/partners", json!({ "uin": 1, "kind": "reseller", "allocation_quota": "1000" }));
    made(client, "/v1/customers", json!({ "uin": 2, "partner_uin": 1 }));
    made(client, "/v1/customers/2/allocations", json!({ "amount": "100" }));
    let hold = json!({ "operations": [{ "op": "authorize", "key": "h", "account_uin": 2, "product_code": "vm", "amount": "7" }] });
    let held = made(client, "/v1/authorizations", hold);
    held.body["results"][0]["authorization_id"]
        .as_str()
        .unwrap_or_else(|| panic!("a hold was made: {held:?}"))
        .to_owned()
}

fn order(client: &mut Client) -> Answer {
    let order = json!({ "account_uin": 2, "product_code": "vm", "kind": "purchase", "amount": "1" });
    client.ask(&Request::post("/v1/orders", order))
}

/// Nothing is written, the hold is as it was, and everything can be read.
fn is_stopped(server: &Server, hold: &str) {
    until("the jump is found", || (!server.ready()).then_some(()));
    let client = &mut server.client();
    let readiness = client.ask(&Request::get("/readyz"));
    assert_eq!((readiness.status, readiness.code()), (503, "clock_jumped"), "{readiness:?}");
    let refused = order(client);
    assert_eq!((refused.status, refused.code()), (503, "clock_jumped"), "{refused:?}");
    holds(client, hold);
}

fn holds(client: &mut Client, hold: &str) {
    let found = client.ask(&Request::get(format!("/v1/authorizations/{hold}")));
    assert_eq!((found.status, &found.body["state"]), (200, &json!("open")), "{found:?}");
    let customer = client.ask(&Request::get("/v1/customers/2"));
    assert_eq!(customer.body["credit"]["prepay_frozen"], "7.00", "{customer:?}");
}

/// What a command of the client part says to this server.
fn ask(server: &Server, words: &[&str], key: &str) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_credere"));
    command.args(words).args(["--server", &format!("http://{}", server.address), "--key", key]);
    let output = command.output().expect("the binary can be run");
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn a_clock_that_is_wrong_for_a_moment_moves_nothing() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let (setup, faults) = production(dir.path());
    let server = setup.start();
    let hold = furnish(&mut server.client());
    for off in [YEARS, -YEARS] {
        faults.set_clock_off_by(off);
        is_stopped(&server, &hold);
        faults.set_clock_off_by(0);
        server.until_ready();
        assert_eq!(order(&mut server.client()).status, 201);
        holds(&mut server.client(), &hold);
    }
    let (log, shown) = (setup.log(), server.client().get("/metrics"));
    assert_eq!(log.matches("THE MACHINE'S CLOCK HAS JUMPED").count(), 2, "once for each jump: {log}");
    let shown = shown.as_str().unwrap_or_default();
    assert!(shown.contains("credere_clock_jumps_total 2") && shown.contains("credere_clock_jumped 0"), "{shown}");
    server.stop();
    verify(&setup.data);
}

#[test]
fn a_jump_is_accepted_by_whoever_has_a_full_key() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let (setup, faults) = production(dir.path());
    let server = setup.start();
    let hold = furnish(&mut server.client());
    let reading = server.client().ask(&Request::post("/v1/keys", json!({ "name": "reads", "access": "read" })));
    let (code, said) = ask(&server, &["clock", "accept"], PLATFORM_KEY);
    assert!(code == Some(1) && said.contains("clock_is_right"), "{code:?}: {said}");
    faults.set_clock_off_by(8 * DAY);
    is_stopped(&server, &hold);
    let (code, said) = ask(&server, &["clock", "accept"], reading.body["key"].as_str().unwrap_or_default());
    assert!(code == Some(1) && said.contains("read_only_key"), "{code:?}: {said}");
    is_stopped(&server, &hold);
    let (code, said) = ask(&server, &["clock", "accept"], PLATFORM_KEY);
    assert_eq!(code, Some(0), "{said}");
    server.until_ready();
    assert_eq!(order(&mut server.client()).status, 201);
    let told = server.client().ask(&Request::get("/v1/audit?action=accept_clock"));
    assert_eq!(told.body["data"][0]["outcome"], "done", "{told:?}");
    // Eight days later the hold is over, and what falls due is done again.
    until("the hold is over", || {
        let found = server.client().ask(&Request::get(format!("/v1/authorizations/{hold}")));
        (found.body["state"] == "expired").then_some(())
    });
    server.stop();
    // The book has been there: back is a jump too.
    faults.set_clock_off_by(0);
    let server = setup.try_start().unwrap_or_else(|ended| panic!("it starts, to be read: {ended:?}"));
    assert_eq!(order(&mut server.client()).code(), "clock_jumped");
    server.stop();
    verify(&setup.data);
}

#[test]
fn a_start_far_from_the_last_record_writes_nothing_until_that_is_said_to_be_known() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let (setup, faults) = production(dir.path());
    let server = setup.start();
    let hold = furnish(&mut server.client());
    server.stop();
    for off in [YEARS, 32 * DAY, -2 * 60] {
        faults.set_clock_off_by(off);
        let server = setup.try_start().unwrap_or_else(|ended| panic!("it starts, to be read: {ended:?}"));
        is_stopped(&server, &hold);
        server.stop();
    }
    // A longer gap may be allowed, and a shorter one.
    faults.set_clock_off_by(2 * 3_600);
    let gap =
        |gap: &str| Setup { variables: vec![("CREDERE_CLOCK_MAX_GAP".to_owned(), gap.to_owned())], ..setup.clone() };
    let server = gap("1h").try_start().unwrap_or_else(|ended| panic!("it starts, to be read: {ended:?}"));
    is_stopped(&server, &hold);
    // Set right meanwhile.
    faults.set_clock_off_by(0);
    server.until_ready();
    holds(&mut server.client(), &hold);
    server.stop();
    faults.set_clock_off_by(40 * DAY);
    let server = gap("41d").start();
    assert_eq!(order(&mut server.client()).status, 201);
    server.stop();
    faults.set_clock_off_by(80 * DAY);
    let server = Setup { flags: vec!["--clock-ahead"], ..setup.clone() }.start();
    assert_eq!(order(&mut server.client()).status, 201);
    let told = server.client().ask(&Request::get("/v1/audit?action=accept_clock"));
    assert_eq!(told.body["data"][0]["actor"], "system", "{told:?}");
    server.stop();
    verify(&setup.data);
}

#[test]
fn a_key_is_not_reset_at_a_time_that_nobody_vouches_for() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let (setup, faults) = production(dir.path());
    setup.start().stop();
    faults.set_clock_off_by(YEARS);
    let reset = |words: &[&str]| {
        let mut command = credere(&[&["key", "reset"], words].concat(), &setup.data);
        faults.preload(&mut command);
        run(command)
    };
    let refused = reset(&[]);
    assert!(refused.code == Some(1) && refused.errors.contains("--clock-ahead"), "{refused:?}");
    let done = reset(&["--clock-ahead"]);
    assert!(done.code == Some(0) && done.output.contains("key_2"), "{done:?}");
}
