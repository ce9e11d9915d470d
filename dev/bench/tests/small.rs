//! The benchmarks themselves, run small: that they come to figures at all. What the figures say is not tested; timed
//! figures flake.

use credere_bench::{Options, Program, Silent, Verdict, Work, run};

#[test]
fn the_work_in_process_comes_to_figures() {
    let options = Options {
        only: vec![Work::Raw, Work::Authorize, Work::Sweep, Work::Size],
        quick: true,
        program: Program::default(),
        ..Options::default()
    };
    let report = run(&options, &Silent).expect("small work on this machine");
    let of = |work: &str| report.figures.iter().filter(|figure| figure.work == work).count();
    assert_eq!(of("raw append + fdatasync"), 5);
    assert_eq!(of("authorize in process"), 1);
    assert_eq!(of("many customers against few"), 1);
    assert_eq!(of("authorize in process, by size"), 5);
    for figure in &report.figures {
        // There is no server in this program.
        if matches!(figure.verdict, Verdict::Skipped(_)) {
            assert!(figure.work.contains("HTTP"), "{figure:?}");
            continue;
        }
        assert!(figure.operations > 0 && figure.measured.is_some_and(|measured| measured.number() > 0), "{figure:?}");
    }
    assert!(report.machine.quick && report.table().contains("the figures mean nothing"));
}

#[test]
fn the_work_on_bills_and_warnings_comes_to_figures() {
    let options = Options {
        only: vec![Work::Usage, Work::MonthClose, Work::BillSums, Work::WarningsArmed, Work::Search],
        quick: true,
        program: Program::default(),
        ..Options::default()
    };
    let report = run(&options, &Silent).expect("small work on this machine");
    let of = |work: &str| report.figures.iter().filter(|figure| figure.work == work).count();
    assert_eq!(of("settle usage in process"), 1);
    assert_eq!((of("a month closes"), of("a bill's total"), of("a bill's lines, streamed")), (2, 2, 1));
    assert_eq!((of("a large bill by resource"), of("a large bill by a tag"), of("lines of one type")), (1, 2, 2));
    assert_eq!((of("warnings armed"), of("warnings told today")), (1, 1));
    assert_eq!((of("search of a name's part"), of("search beside authorizations")), (14, 1));
    for figure in &report.figures {
        // There is no server in this program.
        if matches!(figure.verdict, Verdict::Skipped(_)) {
            assert_eq!(figure.work, "a bill as CSV over HTTP");
            continue;
        }
        assert!(figure.operations > 0 && figure.measured.is_some_and(|measured| measured.number() > 0), "{figure:?}");
    }
}

#[test]
fn each_kind_of_command_is_measured_on_books_of_every_size() {
    let options = Options { only: vec![Work::Shapes], quick: true, program: Program::default(), ..Options::default() };
    let report = run(&options, &Silent).expect("small work on this machine");
    assert!(report.figures.len() >= 54, "there are as many kinds of commands");
    for figure in &report.figures {
        assert!(figure.operations > 0 && figure.measured.is_some_and(|measured| measured.number() > 0), "{figure:?}");
        assert_eq!(figure.verdict, Verdict::NoTarget, "{figure:?}");
    }
}
