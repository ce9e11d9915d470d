//! `credere simulate`: random worlds against the application, each from one integer, with an auditor of their own.

use crate::exit::Failed;
use crate::terminal::say;
use credere_sim::Options;

pub(crate) fn run(options: &Options) -> Result<(), Failed> {
    let report = credere_sim::command(options);
    say(&report);
    match report.failures.as_slice() {
        [] => Ok(()),
        [first, ..] => {
            let many = report.failures.len();
            Err(Failed::Refused(format!("{many} worlds do not hold; the first: {}", first.again)))
        }
    }
}
