//! Every scenario of the repository over HTTP, on the real binary: the platform acts and looks through `/v1`, partners act
//! for themselves through the Cloud API with signed requests, admins and members of organizations while the server is down. Each
//! scenario has a server on a folder of its own, which is
//! stopped, proven and started again at the end.

mod client;
mod cloud;
mod creating;
mod organizations;
mod server;
mod spending;
mod view;
mod world;

use credere_testkit::harness;
use std::process::ExitCode;
use world::HttpWorld;

fn main() -> ExitCode {
    harness("http", HttpWorld::new)
}
