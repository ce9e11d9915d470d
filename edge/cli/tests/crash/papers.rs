//! What history shows beside figures: bills, which are the sum of what was charged, resources, and notices, of which
//! there is one for each level, recipient and day.

use crate::calendar::day;
use crate::http::Client;
use crate::model::{Model, percent, units};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// All of it.
pub(crate) fn same(client: &mut Client, model: &Model) {
    for (customer, month) in model.bills.keys() {
        bill(client, model, *customer, month);
    }
    resources(client, model);
    notices(client);
}

/// A bill is the sum of what was charged, by type and line by line, and what was confirmed of it was confirmed once.
fn bill(client: &mut Client, model: &Model, customer: u64, month: &str) {
    let parts = &model.bills[&(customer, month.to_owned())];
    let (lines, total) = parts.values().fold((0, 0), |(lines, sum), part| (lines + part.0, sum + part.1));
    let shown = client.get(&format!("/v1/bills/{customer}/{month}"));
    assert_eq!(units(&shown["total"]), total, "the bill of {customer} for {month}: {shown}");
    assert_eq!(shown["issued_at"].is_string(), model.clock.issued(month), "when it is issued: {shown}");
    let confirmed = model.confirmed.get(&(customer, month.to_owned())).copied().unwrap_or_default();
    assert_eq!(units(&shown["confirmed"]), confirmed.1, "what is confirmed of it: {shown}");
    if confirmed.0 > 0 {
        assert_eq!(confirmed, (lines, total), "an issued bill is confirmed as a whole, and once");
    }
    let (mut by_action, mut ids): (BTreeMap<String, (u64, i64)>, BTreeSet<String>) = Default::default();
    for line in client.list(&format!("/v1/bills/{customer}/{month}/lines")) {
        let (found, sum) = by_action.entry(text(&line["action_type"])).or_default();
        *found += 1;
        *sum += units(&line["amount"]);
        assert_eq!(line["confirmed"], confirmed.0 > 0, "whether it is confirmed: {line}");
        assert!(ids.insert(line["id"].to_string()), "a line is there once: {line}");
    }
    let expected = parts.iter().map(|(action, part)| ((*action).to_owned(), *part)).collect();
    assert_eq!(by_action, expected, "the lines of {customer} in {month}, by type: how many, and their sum");
}

fn resources(client: &mut Client, model: &Model) {
    let mut found = BTreeSet::new();
    for (customer, credit) in &model.customers {
        for resource in client.list(&format!("/v1/resources?account_uin={customer}")) {
            let id = text(&resource["resource_id"]);
            let (running, state) = &model.resources[&id];
            assert_eq!((running.customer, &*text(&resource["state"])), (*customer, *state), "{resource}");
            assert_eq!(units(&resource["frozen"]), percent(running.list, credit.percent), "{resource}");
            assert!(found.insert(id), "a resource is listed once");
        }
    }
    let made: BTreeSet<String> = model.resources.keys().cloned().collect();
    assert_eq!(found, made, "the resources that there are");
}

/// At most one notice for each level, recipient, customer and day.
fn notices(client: &mut Client) {
    let mut slots = BTreeSet::new();
    for notice in client.list("/v1/notices") {
        let kind = text(&notice["kind"]);
        if !kind.starts_with("credit_below") {
            continue;
        }
        let who = [&notice["recipient_uin"], &notice["customer_uin"], &notice["level"]].map(Value::to_string);
        let slot = (who, day(&text(&notice["created_at"])));
        assert!(slots.insert(slot.clone()), "told twice: {slot:?}");
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is a text")).to_owned()
}
