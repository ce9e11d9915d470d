//! Every scenario on the core alone: no store, no app, no network. Scenarios that need idempotency keys are listed as
//! ignored, since keys live in the app.

use credere_testkit::{CoreWorld, harness};
use std::process::ExitCode;

fn main() -> ExitCode {
    harness("core", |rules| Ok(CoreWorld::new(rules.clone())))
}
