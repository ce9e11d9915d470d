//! What proves Credere right. Plain-text scenarios ([`scenario`]) run on anything that is a [`World`]: the core alone
//! ([`CoreWorld`]), the app on a store, a server over HTTP. The property tests of the laws hold the core against the
//! auditor. Tests that give commands by hand begin with the plainest of each kind ([`commands`]). Nothing here is shipped.
//!
//! A test binary of another crate (with `harness = false`) runs all scenarios in its own world in one line:
//!
//! ```no_run
//! # use credere_testkit::{CoreWorld, World, harness};
//! fn main() -> std::process::ExitCode {
//!     harness("core", |rules| Ok(CoreWorld::new(rules.clone())))
//! }
//! ```

pub mod commands;
mod core_world;
mod fields;
mod names;
mod organizing;
mod past;
mod run;
pub mod scenario;
mod shown;
mod terms;
mod world;

pub use core_world::CoreWorld;
pub use names::{Names, signer};
pub use run::{Ran, ScenarioFailure, harness, harness_of, run, scenarios_folder, trials};
pub use shown::{bare_code, permission_list};
pub use world::{
    AllocationView, AuthorizationView, CreationView, CreditView, CustomerSums, EntityView, Failure, Figures,
    FinanceView, InvitationView, LineView, MemberView, NoticeView, OrderView, OrganizationsView, Outcome, PackView,
    PartnerView, PartyView, PayerView, Pays, PoolView, ResourceView, SpendView, View, VoucherSums, VoucherView, World,
};
