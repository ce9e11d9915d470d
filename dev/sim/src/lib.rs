//! A random year in a random world, from one integer: partners, customers, purchases, usage, receipts, vouchers, crashes
//! and clock jumps against the application, with the auditor that recomputes every figure and every notice.
//! `credere simulate` runs it; nothing here is part of the server.
//!
//! Time is the world's own. The machine's clock is used for the progress bar and for nothing else.

mod act;
mod choose;
mod dice;
mod failure;
mod history;
mod keys;
mod machine;
mod options;
mod outcome;
mod report;
mod run;
mod subject;
mod summary;
mod tamper;

pub use credere_auditor::Difference;
pub use failure::Failure;
pub use options::{Options, Plan, Seeds, Size};
pub use report::{Report, command};
pub use run::run;
pub use summary::{Nobody, Summary, Watcher};
pub use tamper::{Falsified, Tamper};
