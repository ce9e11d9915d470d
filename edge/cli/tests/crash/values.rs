//! What is chosen at a first start and stays: a value that is none refuses the start with exit code 2 and says which, where
//! it came from and what it must be, before the folder is there; and another choice later is refused without a change.

use crate::http::Request;
use crate::server::{Ended, Setup, credere, run, verify};
use crate::world::PLATFORM_KEY;
use std::path::Path;

/// What a start with these variables came to.
fn serve(data: &Path, variables: &[(&str, &str)]) -> Ended {
    let mut command = credere(&["serve", "--listen", "127.0.0.1:0"], data);
    command.envs(variables.iter().copied());
    run(command)
}

fn refused(data: &Path, variables: &[(&str, &str)], parts: &[&str]) {
    let ended = serve(data, variables);
    assert_eq!(ended.code, Some(2), "{variables:?}: {ended:?}");
    for part in parts {
        assert!(ended.errors.contains(part), "{variables:?}: {part} is missing in {}", ended.errors);
    }
    assert!(!data.exists(), "{variables:?}: nothing was made");
}

#[test]
fn values_that_would_stay_for_ever_are_checked_first() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let data = dir.path().join("data");
    let certificate = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls/first.pem");
    for key in [
        "k",
        "fifteen-letters",
        "a key with blanks in it",
        "schluessel-schlüssel",
        " cred_0123456789ab",
        "cred_0123456789ab\n\n",
    ] {
        refused(&data, &[("CREDERE_PLATFORM_KEY", key)], &["CREDERE_PLATFORM_KEY"]);
        let shown = serve(&data, &[("CREDERE_PLATFORM_KEY", key)]).errors;
        assert!(key == "k" || !shown.contains(key), "a secret is not repeated: {shown}");
    }
    for currency in ["dollars", "usd", "XTS", "USD "] {
        let variable = "CREDERE_DEPLOYMENT_CURRENCY";
        refused(&data, &[(variable, currency)], &["`deployment.currency`", variable]);
    }
    for zone in ["Asia/Shanghai", "+8", "+08:00 "] {
        refused(&data, &[("CREDERE_DEPLOYMENT_ZONE", zone)], &["`deployment.zone`", "CREDERE_DEPLOYMENT_ZONE"]);
    }
    for (variable, name, wrong) in [
        ("CREDERE_LOG_LEVEL", "`log.level`", "warning"),
        ("CREDERE_LOG_LEVEL", "`log.level`", "credere_app"),
        ("CREDERE_LIMITS_CONNECTIONS", "`limits.connections`", "0"),
        ("CREDERE_LIMITS_CONNECTIONS", "`limits.connections`", "+5"),
        ("CREDERE_LISTEN", "`listen`", "7070"),
        ("CREDERE_TLS_CERT", "`tls_cert`", "/etc/chain.pem\t"),
        ("CREDERE_MAIL_SERVER", "`mail.server`", "https://mx.example.test"),
        ("CREDERE_WEBHOOKS_RETRY_SCHEDULE", "`webhooks.retry_schedule`", "5 seconds"),
        ("CREDERE_WEBHOOKS_CA_FILE", "`webhooks.ca_file`", "/nowhere/ca.pem"),
        ("CREDERE_MAIL_FROM", "`mail.from`", "nobody"),
        ("CREDERE_TLS_KEY", "`tls_key`", "/nowhere/key.pem"),
        ("CREDERE_TLS_CERT", "`tls_cert`", "/nowhere/chain.pem"),
    ] {
        let mut command = credere(&["serve"], &data);
        // What goes with one of these is there.
        command.env("CREDERE_LISTEN", "127.0.0.1:0");
        if variable == "CREDERE_MAIL_FROM" {
            command.env("CREDERE_MAIL_SERVER", "mx.example.test");
        }
        if wrong.starts_with("/nowhere/") && variable.starts_with("CREDERE_TLS") {
            command.env("CREDERE_TLS_CERT", certificate).env("CREDERE_TLS_KEY", certificate);
        }
        command.env(variable, wrong);
        let ended = run(command);
        assert_eq!(ended.code, Some(2), "{variable}={wrong}: {ended:?}");
        assert!(ended.errors.contains(name) && ended.errors.contains(variable), "{variable}={wrong}: {}", ended.errors);
        assert!(!data.exists(), "{variable}={wrong}: nothing was made");
    }
    let mail = [
        ("CREDERE_MAIL_SERVER", "mx.example.test"),
        ("CREDERE_MAIL_FROM", "c@example.test"),
        ("CREDERE_MAIL_USER", "c"),
    ];
    for password in [" s3cret", "s3\tcret", "s3cret\n\n"] {
        let variables = [mail.as_slice(), &[("CREDERE_MAIL_PASSWORD", password)]].concat();
        refused(&data, &variables, &["CREDERE_MAIL_PASSWORD"]);
    }
}

#[test]
fn a_line_end_at_the_end_of_a_value_is_not_a_part_of_it() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let setup = Setup::on(dir.path().join("data"));
    let with_line_ends = Setup {
        variables: vec![
            ("CREDERE_PLATFORM_KEY".to_owned(), format!("{PLATFORM_KEY}\r\n")),
            ("CREDERE_DEPLOYMENT_CURRENCY".to_owned(), "EUR\n".to_owned()),
            ("CREDERE_MASTER_KEY".to_owned(), format!("{}\n", "A".repeat(43))),
        ],
        ..setup.clone()
    };
    let server = with_line_ends.start();
    assert_eq!(server.client().ask(&Request::get("/v1/keys")).status, 200, "the key opens");
    server.stop();
    let without = Setup {
        variables: vec![
            ("CREDERE_DEPLOYMENT_CURRENCY".to_owned(), "EUR".to_owned()),
            ("CREDERE_MASTER_KEY".to_owned(), "A".repeat(43)),
        ],
        ..setup
    };
    without.start().stop();
}

#[test]
fn whether_a_folder_is_a_sandbox_is_fixed_at_its_first_start() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let sandbox = Setup::on(dir.path().join("sandbox"));
    let production = Setup { sandbox: false, ..Setup::on(dir.path().join("production")) };
    for (first, what) in [(sandbox, "is a sandbox"), (production, "is no sandbox")] {
        first.start().stop();
        let before = run(credere(&["verify"], &first.data)).output;
        let ended = Setup { sandbox: !first.sandbox, ..first.clone() }.try_start().err().expect("it is refused").is(2);
        assert!(ended.errors.contains(what) && ended.errors.contains("--sandbox"), "{}", ended.errors);
        assert_eq!(run(credere(&["verify"], &first.data)).output, before, "nothing changed");
        first.start().stop();
        verify(&first.data);
    }
}
