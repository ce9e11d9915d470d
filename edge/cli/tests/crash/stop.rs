//! SIGTERM under load: what is in flight is finished and answered, the server ends with 0, and everything that was
//! answered is there afterwards.

use crate::acts::Act;
use crate::check;
use crate::kill::seed_of;
use crate::load::{Event, Hand, Load, Moment};
use crate::model::UNIT;
use crate::papers;
use crate::server::{Setup, until, verify};
use crate::world;
use std::sync::Mutex;

#[test]
fn a_stop_under_load_loses_nothing_that_was_answered() {
    let mut random = fastrand::Rng::with_seed(seed_of("stop"));
    let (_dir, setup, mut server) = Setup::begun();
    let mut model = world::make(&mut server.client());
    let mut hands = Hand::several(6, random.u64(..));
    for _ in 0..5 {
        let shared = Mutex::new(model);
        let event = Event {
            moment: Moment::Answered,
            after: random.u64(20..200),
            spins: 0,
            act: &|| server.terminate(),
            ends: false,
        };
        let answers = Load::new(&server.address, &shared, event).run(&mut hands);
        model = shared.into_inner().expect("no hand has failed");
        assert_eq!(server.wait().code(), Some(0), "a stopped server ends well: {}", setup.log());
        verify(&setup.data);
        server = setup.start();
        let mut client = server.client();
        check::settle_all(&mut client, &mut model, &mut hands);
        papers::same(&mut client, &model);
        for (act, answer) in &answers {
            check::replays(&mut client, act, answer);
        }
    }
    server.stop();
}

#[test]
fn a_request_in_flight_is_finished_and_answered() {
    let (_dir, setup, server) = Setup::begun();
    let mut model = world::make(&mut server.client());
    let mut hand = Hand::one();
    let act = Act::allocate("in-flight".to_owned(), 1_001, 7 * UNIT);
    let mut client = server.client();
    client.announce(&act.request).expect("the server asks for the body");
    server.terminate();
    until("the server accepts nobody", || server.refuses_connections().then_some(()));
    client.send_body(&act.request).expect("the connection is still there");
    let answer = client.receive().expect("what is in flight is answered");
    assert_eq!(answer.status, 201, "{}", answer.body);
    model.take(&act, &answer, &mut hand);
    assert_eq!(server.wait().code(), Some(0), "a stopped server ends well");
    let server = setup.start();
    check::same(&mut server.client(), &model);
    check::replays(&mut server.client(), &act, &answer);
    server.stop();
}
