//! A lost platform key is replaced by whoever has the data folder: printed once, recorded, and without a word to the other
//! keys unless that is asked for.

use crate::http::{Client, Request};
use crate::server::{Server, Setup, credere, run, verify};
use serde_json::json;

/// What the printed line says the new key is.
fn printed(output: &str) -> &str {
    let mut lines = output.lines().filter_map(|line| line.split_once("shown this once: "));
    let (Some((_, key)), None) = (lines.next(), lines.next()) else { panic!("one key is printed: {output}") };
    key
}

/// The status of an answer to a read, and to a write, with this key.
fn opens(server: &Server, key: &str) -> (u16, u16) {
    let mut client = Client::with_key(&server.address, key);
    let read = client.ask(&Request::get("/v1/keys")).status;
    let body = json!({ "code": format!("p{}", key.len()), "settlement": "hourly" });
    (read, client.ask(&Request::post("/v1/products", body)).status)
}

#[test]
fn a_lost_key_is_replaced_and_the_others_go_on_unless_they_are_taken_back() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    for sandbox in [true, false] {
        let setup = Setup { sandbox, ..Setup::on(dir.path().join(format!("sandbox-{sandbox}"))) };
        let never = run(credere(&["key", "reset"], &setup.data));
        assert!(never.code == Some(3) && !setup.data.exists(), "there is nothing to open: {never:?}");
        let server = setup.start();
        let other = server.client().ask(&Request::post("/v1/keys", json!({ "name": "reads", "access": "read" })));
        let other = other.body["key"].as_str().expect("a key was made").to_owned();
        let busy = run(credere(&["key", "reset"], &setup.data));
        assert_eq!(busy.code, Some(3), "the folder is in use: {busy:?}");
        server.stop();

        let first = run(credere(&["key", "reset"], &setup.data));
        assert_eq!(first.code, Some(0), "{first:?}");
        assert!(first.output.contains("still accepted: key_1, key_2"), "{first:?}");
        let key = printed(&first.output).to_owned();
        let server = setup.start();
        assert_eq!(server.client().ask(&Request::get("/v1/keys")).status, 200, "the first key goes on");
        assert_eq!((opens(&server, &key), opens(&server, &other).0), ((200, 201), 200));
        let told = server.client().ask(&Request::get("/v1/audit?action=reset_platform_key"));
        assert_eq!(told.body["data"].as_array().map(Vec::len), Some(1), "{told:?}");
        assert_eq!(
            (&told.body["data"][0]["actor"], &told.body["data"][0]["outcome"]),
            (&json!("system"), &json!("done"))
        );
        server.stop();

        let second = run(credere(&["key", "reset", "--revoke-others"], &setup.data));
        assert_eq!(second.code, Some(0), "{second:?}");
        assert!(second.output.contains("taken back: key_1, key_2, key_3"), "{second:?}");
        let last = printed(&second.output).to_owned();
        let server = setup.start();
        assert_eq!(server.client().ask(&Request::get("/v1/keys")).status, 401, "the first key opens nothing");
        assert_eq!([&key, &other].map(|key| opens(&server, key).0), [401, 401]);
        assert_eq!(opens(&server, &last).0, 200);
        server.stop();
        verify(&setup.data);
    }
}
