//! The auditor can fail: whatever is read wrongly from some act on is reported, by its name, with the seed and how to see
//! it again. And the same world without the falsification holds, so that nothing else was reported.

use credere_sim::{Difference, Failure, Falsified, Nobody, Plan, Size, Tamper, run};

/// A small world in which everything happens within four months.
const WORLD: Plan = Plan { seed: 15, days: 120, size: Size { partners: 3, customers: 12, acts: 20 }, thorough: false };

/// Late enough that something of everything is there.
const FROM_ACT: u64 = 700;

fn falsified(what: Falsified) -> Failure {
    let tamper = Tamper { from_act: FROM_ACT, what };
    match run(&WORLD, Some(&tamper), &Nobody) {
        Ok(_) => panic!("{what:?} was not seen"),
        Err(failure) => *failure,
    }
}

fn is_seen(what: Falsified, named: &str) {
    let failure = falsified(what);
    let names: Vec<&str> = failure.differences.iter().map(|difference| difference.what.as_str()).collect();
    assert!(names.iter().any(|name| name.contains(named)), "{what:?} was seen as {names:?}");
    assert!(failure.act >= FROM_ACT);
    assert_eq!(failure.seed, WORLD.seed);
    assert!(failure.again.contains("--seed 15 --days "), "{}", failure.again);
    for Difference { expected, found, .. } in &failure.differences {
        assert_ne!(expected, found);
    }
}

#[test]
fn the_world_holds_without_a_falsification() {
    let summary = run(&WORLD, None, &Nobody).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(summary.acts > FROM_ACT && summary.notices > 0 && summary.crashes > 0, "{summary:?}");
}

#[test]
fn each_figure_of_a_customer_is_looked_at() {
    let figures = [
        "verified",
        "managing partner",
        "binding",
        "total",
        "used",
        "prepay frozen",
        "postpay frozen",
        "frozen in all",
        "available",
        "standing",
        "told suspension",
        "overdue since",
        "forced since",
        "orders that are processing",
        "parked orders",
        "open authorizations",
        "non-stop for prepaid",
        "non-stop for postpaid",
        "special suspension",
        "partner's level",
        "own level",
        "voucher balance",
        "paid by the account",
        "paid by the partner",
        "open lines",
        "open amount",
        "lent to",
    ];
    figures.into_iter().for_each(|figure| is_seen(Falsified::Figure(figure), figure));
}

#[test]
fn each_figure_of_ones_own_money_is_looked_at() {
    let figures = [
        "cash",
        "granted",
        "own limit",
        "owed on it",
        "own money held",
        "own money frozen",
        "own money set aside",
        "own money available",
        "overdue bills",
        "own standing",
        "told own suspension",
        "own overdue since",
        "own forced since",
        "own orders that are processing",
        "own parked orders",
        "own open authorizations",
        "own non-stop for prepaid",
        "own non-stop for postpaid",
        "paid of gifts",
        "paid on own credit",
    ];
    figures.into_iter().for_each(|figure| is_seen(Falsified::Figure(figure), figure));
}

#[test]
fn each_figure_of_a_partner_is_looked_at() {
    let figures = [
        "kind",
        "distributor",
        "allowlist",
        "allocation quota",
        "allocated",
        "customers",
        "customer",
        "customers' totals",
        "customers' available",
        "spend line",
        "spend used",
        "spend held",
        "spend frozen",
        "spend frozen in all",
        "spend available",
        "voucher quota",
        "vouchers issued",
        "vouchers' number",
    ];
    figures.into_iter().for_each(|figure| is_seen(Falsified::Figure(figure), figure));
}

#[test]
fn vouchers_resources_and_the_book_itself_are_looked_at() {
    let figures = [
        "remaining",
        "reserved",
        "issued",
        "taken back",
        "number",
        "account",
        "payer",
        "paying partner",
        "product",
        "frozen",
        "frozen for the partner",
        "unit price",
        "quantity",
        "stopped",
        "since",
        "activated at",
        "cycle ended at",
        "now",
        "open authorizations in all",
        "running resources in all",
        "last issued month",
        "accounts",
        "full keys",
        "keys for reading",
        "webhooks",
    ];
    figures.into_iter().for_each(|figure| is_seen(Falsified::Figure(figure), figure));
}

#[test]
fn each_figure_of_organizations_and_their_members_is_looked_at() {
    let figures = [
        "class",
        "how far verified",
        "tier",
        "site",
        "admin",
        "created at",
        "features",
        "quota of accounts",
        "quota of departments",
        "quota of open invitations",
        "quota of creations",
        "member deletion",
        "member",
        "of organization",
        "invited",
        "invited with permissions",
        "invited with payer",
        "invited with allow quit",
        "sent at",
        "member of",
        "permissions",
        "permissions asked for",
        "allow quit",
        "joined at",
        "paid for by",
        "paid for in",
        "paid for from",
        "paid for until",
        "paid for because of",
        "paid for until because of",
        "payer now",
        "pays for",
        "payer's binding",
    ];
    figures.into_iter().for_each(|figure| is_seen(Falsified::Figure(figure), figure));
}

#[test]
fn outcomes_are_held_against_what_the_rules_say() {
    is_seen(Falsified::Outcome, "the outcome");
    is_seen(Falsified::Code, "the outcome");
    is_seen(Falsified::Shortage, "the outcome");
    is_seen(Falsified::RefusedFigure, "the outcome");
    is_seen(Falsified::Returned, "what comes back");
}

#[test]
fn who_pays_with_what_who_owes_late_usage_and_what_a_refund_gives_the_partner_is_looked_at() {
    is_seen(Falsified::Payer, "order ");
    is_seen(Falsified::LateUsage, "account ");
    is_seen(Falsified::PartnersPart, "what is charged");
    is_seen(Falsified::OwnParts, "what is charged");
}

#[test]
fn one_notice_too_few_or_too_many_is_seen() {
    is_seen(Falsified::NoticeMissing, "notices");
    is_seen(Falsified::NoticeTwice, "notices");
}

#[test]
fn history_is_looked_at() {
    is_seen(Falsified::BillTotal, "the bill's totals");
    is_seen(Falsified::LineConfirmed, "a line of the bill");
    is_seen(Falsified::OrderState, "history of order");
    is_seen(Falsified::OrderRefunded, "history of order");
    is_seen(Falsified::VoucherRow, "history of voucher");
}

#[test]
fn a_seed_gives_the_same_world_again() {
    let plan = Plan { days: 20, ..WORLD };
    let once = run(&plan, None, &Nobody).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(run(&plan, None, &Nobody).ok(), Some(once));
    let tamper = Tamper { from_act: 100, what: Falsified::Figure("used") };
    let failure = |plan| run(plan, Some(&tamper), &Nobody).err();
    assert_eq!(failure(&plan), failure(&plan));
    assert!(failure(&plan).is_some());
    assert_ne!(run(&Plan { seed: 12, ..plan }, None, &Nobody).ok(), run(&plan, None, &Nobody).ok());
}
