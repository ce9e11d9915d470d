//! Comparing the server with the model: after everything was repeated that had no answer, every figure must be equal.

use crate::acts::{Act, Intent};
use crate::http::{Answer, Client, Request};
use crate::load::Hand;
use crate::model::{Model, PartnerFigures, Profile, percent, units};
use crate::world::{DISTRIBUTOR, QUOTA, SECOND_LEVEL, paying};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Every account, partner and figure equals the model's.
pub(crate) fn same(client: &mut Client, model: &Model) {
    let accounts = client.list("/v1/accounts");
    let numbers: BTreeSet<u64> = accounts.iter().map(number).collect();
    assert_eq!(numbers, model.accounts.keys().copied().collect(), "the accounts that there are");
    for account in &accounts {
        let uin = number(account);
        let profile = &model.accounts[&uin];
        assert!(profile.is_shown_by(account), "account {uin} should show {profile:?}, but shows {account}");
        let expected = model.customers.get(&uin);
        assert_eq!(account["bound_to"].as_u64(), expected.map(|credit| credit.managing), "who manages {uin}");
        let Some(expected) = expected else { continue };
        let price = |list| percent(list, expected.percent);
        let used = price(expected.list_used) - expected.returned;
        let (frozen, postpaid) = (price(expected.list_frozen), price(expected.list_postpaid));
        let available = expected.total - used - frozen - postpaid;
        let figures = [expected.total, used, frozen, postpaid, available];
        assert!(available + price(expected.list_metered) >= 0, "no purchase takes customer {uin} below zero");
        let shown = ["total", "used", "prepay_frozen", "postpay_frozen", "available"]
            .map(|name| units(&account["credit"][name]));
        assert_eq!(shown, figures, "total, used, frozen and available of customer {uin}");
    }
    for (uin, _) in QUOTA {
        let partner = client.get(&format!("/v1/partners/{uin}"));
        let expected = model.partner(uin);
        assert_eq!(figures_of(&partner), expected, "quota, allocated, and line, used, frozen of partner {uin}");
        let allocation = &partner["allocation"];
        assert_eq!(units(&allocation["allocatable"]), expected.quota - expected.allocated, "left of {uin}");
        if let Some((line, used, frozen)) = expected.spend {
            assert_eq!(units(&partner["spend"]["available"]), line - used - frozen, "spend of {uin}");
            assert!(line + model.metered(uin) >= used + frozen, "no purchase takes partner {uin} below zero");
        }
    }
}

/// What must be known to see whether the server's figures fit together.
pub(crate) struct Basis {
    /// What customers pay of the list price.
    percents: BTreeMap<u64, i64>,
    /// Months of which receipts may be there.
    issued: Vec<String>,
}

impl Basis {
    pub(crate) fn of(model: &Model) -> Basis {
        Basis {
            percents: model.customers.iter().map(|(uin, credit)| (*uin, credit.percent)).collect(),
            issued: model.clock.months().into_iter().filter(|month| model.clock.issued(month)).collect(),
        }
    }
}

/// What holds on the server by itself, whatever was answered: both sides of every purchase moved, no profile is missing.
pub(crate) fn consistent(client: &mut Client, basis: &Basis) {
    let accounts = client.list("/v1/accounts");
    let mut expected: BTreeMap<u64, (i64, i64, i64)> = QUOTA.iter().map(|(uin, _)| (*uin, (0, 0, 0))).collect();
    for account in &accounts {
        let uin = number(account);
        for field in ["name", "email"] {
            assert!(account[field].is_string(), "account {uin} has its {field}: {account}");
        }
        assert_eq!(account["name"], account["verification"]["entity_name"], "one profile, whole");
        let Some(managing) = account["bound_to"].as_u64() else { continue };
        let rate = basis.percents.get(&uin).copied().unwrap_or(100);
        let list = |units: i64| {
            assert_eq!(units * 100 % rate, 0, "figures of {uin} come out even");
            units * 100 / rate
        };
        let shown = |name: &str| units(&account["credit"][name]);
        let allocated = shown("total");
        // What came back to the customer did not come back to its partner.
        let returned =
            basis.issued.iter().map(|month| units(&client.get(&format!("/v1/bills/{uin}/{month}"))["confirmed"]));
        let used = list(shown("used") + returned.sum::<i64>());
        let frozen = list(shown("prepay_frozen") + shown("postpay_frozen"));
        expected.entry(managing).or_default().0 += allocated;
        let spend = expected.entry(paying(managing)).or_default();
        spend.1 += percent(used, crate::world::partner_percent(paying(managing)));
        spend.2 += percent(frozen, crate::world::partner_percent(paying(managing)));
    }
    let partners: BTreeMap<u64, Value> =
        QUOTA.iter().map(|(uin, _)| (*uin, client.get(&format!("/v1/partners/{uin}")))).collect();
    let pool = figures_of(&partners[&SECOND_LEVEL]).quota;
    expected.entry(DISTRIBUTOR).or_default().0 += pool;
    for (uin, partner) in &partners {
        let (allocated, used, frozen) = expected[uin];
        let shown = figures_of(partner);
        assert_eq!(shown.allocated, allocated, "what {uin} has allocated is what its customers have");
        if let Some((_, spend_used, spend_frozen)) = shown.spend {
            assert_eq!((spend_used, spend_frozen), (used, frozen), "both sides of every purchase moved ({uin})");
        }
    }
}

/// An act without an answer is there as a whole or not at all, before it is repeated.
pub(crate) fn whole_or_absent(client: &mut Client, act: &Act) {
    match &act.intent {
        Intent::Open { profile } => {
            let Some(uin) = act.request.body["uin"].as_u64() else { return };
            let shown = client.ask(&Request::get(format!("/v1/accounts/{uin}")));
            assert!(
                shown.status == 404 || (shown.status == 200 && profile.is_shown_by(&shown.body)),
                "half an account: {}",
                shown.body
            );
        }
        Intent::Change { uin, before, profile } => {
            let shown = client.get(&format!("/v1/accounts/{uin}"));
            let whole = |profile: &Profile| profile.is_shown_by(&shown);
            assert!(whole(before) || whole(profile), "half a change: {shown} is neither {before:?} nor {profile:?}");
        }
        _ => {}
    }
}

/// A repeat is answered as the first time, and says that it is a repeat.
pub(crate) fn replays(client: &mut Client, act: &Act, first: &Answer) {
    if !act.tells_repeats() {
        return;
    }
    let again = crate::load::settle(client, act);
    assert_eq!(again.lasting(), first.lasting(), "the answer to a repeat of {:?}", act.request);
    assert!(again.is_repeat(), "a repeat of {:?} says so: {}", act.request, again.body);
}

/// The allocation records of a customer: as many as were made, each once, and their sum is its total.
pub(crate) fn allocations(client: &mut Client, model: &Model, customer: u64) {
    let credit = &model.customers[&customer];
    let records = client.list(&format!("/v1/customers/{customer}/allocations"));
    let ids: BTreeSet<&str> = records.iter().filter_map(|record| record["allocation_id"].as_str()).collect();
    assert_eq!(
        (records.len(), ids.len()),
        (credit.allocations, credit.allocations),
        "allocation records of {customer}"
    );
    assert_eq!(records.iter().map(|record| units(&record["amount"])).sum::<i64>(), credit.total, "their sum");
}

/// Orders and authorizations show the state that they were answered to have.
pub(crate) fn states<'a>(client: &mut Client, states: impl IntoIterator<Item = (&'a String, &'a &'static str)>) {
    for (place, state) in states {
        let shown = client.get(&format!("/v1/{place}"));
        assert_eq!(shown["state"], *state, "{place}: {shown}");
    }
}

/// Repeats whatever the hands have in flight, checks that it took place once, and gives what was answered.
pub(crate) fn settle_all(client: &mut Client, model: &mut Model, hands: &mut [Hand]) -> Vec<(Act, Answer)> {
    consistent(client, &Basis::of(model));
    for hand in hands.iter() {
        if let Some(act) = &hand.pending {
            whole_or_absent(client, act);
        }
    }
    let settled: Vec<_> =
        hands.iter_mut().filter_map(|hand| crate::load::repeat_pending(client, model, hand)).collect();
    let carried_out = settled.iter().filter(|(_, answer)| answer.is_repeat()).count();
    println!("  of {} without an answer, {carried_out} had been carried out", settled.len());
    for (act, answer) in &settled {
        replays(client, act, answer);
    }
    same(client, model);
    settled
}

fn number(account: &Value) -> u64 {
    account["uin"].as_u64().unwrap_or_else(|| panic!("an account has a number: {account}"))
}

fn figures_of(partner: &Value) -> PartnerFigures {
    let spend = &partner["spend"];
    PartnerFigures {
        quota: units(&partner["allocation"]["quota"]),
        allocated: units(&partner["allocation"]["allocated"]),
        spend: (!spend.is_null()).then(|| (units(&spend["line"]), units(&spend["used"]), units(&spend["frozen"]))),
    }
}
