//! What the client knows of the world: every figure follows from the answers that it was given, and from nothing else.
//! Purchases are counted at list price, from which both sides' figures follow by their rates. The sums do not depend on
//! the order in which answers came.

use crate::acts::{Act, Ending, Intent, Operation, What};
use crate::calendar::Clock;
use crate::http::Answer;
use crate::load::Hand;
use crate::metering::Running;
use crate::world::{DISTRIBUTOR, SECOND_LEVEL, partner_percent, paying};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Amounts are whole numbers of 10^-8.
pub(crate) const UNIT: i64 = 100_000_000;
pub(crate) const CENT: i64 = UNIT / 100;

/// Whole units of money as they are sent.
pub(crate) fn money(whole: i64) -> String {
    format!("{whole}.00")
}

/// An amount as it is sent.
pub(crate) fn amount(units: i64) -> String {
    assert_eq!(units % CENT, 0, "tests send whole cents");
    let (sign, cents) = (if units < 0 { "-" } else { "" }, units.abs() / CENT);
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// An amount as it is answered.
pub(crate) fn units(value: &Value) -> i64 {
    let text = value.as_str().unwrap_or_else(|| panic!("an amount is a text, not {value}"));
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{places:0<8}");
    assert!(places.len() <= 8, "an amount has at most 8 places: {text}");
    digits.parse().unwrap_or_else(|_| panic!("an amount is a decimal number: {text}"))
}

/// Part of an amount. Rates and amounts are chosen so that it always comes out even.
pub(crate) fn percent(units: i64, percent: i64) -> i64 {
    assert_eq!(units * percent % 100, 0, "amounts come out even");
    units * percent / 100
}

/// What is told of an account besides its figures. All of it changes together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    name: String,
    email: String,
    /// Kept in the book, where name and e-mail are in the directory: a change is in both or in neither.
    tier: &'static str,
}

impl Profile {
    /// The profile of an account's `version`-th change.
    pub(crate) fn numbered(uin: u64, version: u64) -> Profile {
        Profile {
            name: format!("Account {uin} as of {version}"),
            email: format!("{version}@{uin}.example"),
            tier: ["key", "mid", "long_tail", "none"][(version % 4) as usize],
        }
    }

    /// As it is sent for a new account.
    pub(crate) fn body(&self) -> Value {
        json!({
            "name": self.name, "email": self.email, "tier": self.tier,
            "verification": { "level": "enterprise", "entity_name": self.name },
        })
    }

    /// As it is shown.
    fn shown(account: &Value) -> Option<(&str, &str, &str, &str)> {
        Some((
            account["name"].as_str()?,
            account["email"].as_str()?,
            account["tier"].as_str()?,
            account["verification"]["entity_name"].as_str()?,
        ))
    }

    pub(crate) fn is_shown_by(&self, account: &Value) -> bool {
        Profile::shown(account) == Some((&self.name, &self.email, self.tier, &self.name))
    }
}

/// What a purchase is called on a bill.
const PREPAID: &str = "prepay_purchase";

/// A customer's credit.
#[derive(Debug, Clone)]
pub(crate) struct Credit {
    pub(crate) managing: u64,
    pub(crate) total: i64,
    /// What it pays of the list price.
    pub(crate) percent: i64,
    /// At list price.
    pub(crate) list_used: i64,
    /// At list price.
    pub(crate) list_frozen: i64,
    /// What resources freeze, at list price.
    pub(crate) list_postpaid: i64,
    /// What of the used was settled after it was used, at list price: never refused, it alone may go below zero.
    pub(crate) list_metered: i64,
    /// What receipts gave back.
    pub(crate) returned: i64,
    pub(crate) allocations: usize,
}

impl Credit {
    /// Fresh, without a discount.
    pub(crate) fn of(managing: u64) -> Credit {
        Credit {
            managing,
            total: 0,
            percent: 100,
            list_used: 0,
            list_frozen: 0,
            list_postpaid: 0,
            list_metered: 0,
            returned: 0,
            allocations: 0,
        }
    }
}

/// A partner's figures, as they follow from those of its customers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PartnerFigures {
    pub(crate) quota: i64,
    pub(crate) allocated: i64,
    /// Line, used, frozen; absent for a second-level reseller.
    pub(crate) spend: Option<(i64, i64, i64)>,
}

/// The charges of a bill by type: how many lines, and what the customer owes for them.
pub(crate) type Posted = BTreeMap<&'static str, (u64, i64)>;

/// Everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub(crate) accounts: BTreeMap<u64, Profile>,
    pub(crate) customers: BTreeMap<u64, Credit>,
    pub(crate) quotas: BTreeMap<u64, i64>,
    pub(crate) spend_lines: BTreeMap<u64, i64>,
    /// What the orders and authorizations that went through must show now.
    pub(crate) states: BTreeMap<String, &'static str>,
    /// Resources as they must be shown, and their state.
    pub(crate) resources: BTreeMap<String, (Running, &'static str)>,
    /// What was charged, by customer and month.
    pub(crate) bills: BTreeMap<(u64, String), Posted>,
    /// What was confirmed of it: lines, and their sum.
    pub(crate) confirmed: BTreeMap<(u64, String), (u64, i64)>,
    pub(crate) clock: Clock,
    /// Answers that count, refusals included.
    pub(crate) answers: u64,
    pub(crate) refusals: u64,
}

impl Model {
    /// What the server must show of a partner.
    pub(crate) fn partner(&self, uin: u64) -> PartnerFigures {
        let mut figures = PartnerFigures { quota: self.quotas[&uin], allocated: 0, spend: None };
        let (mut used, mut frozen) = (0, 0);
        for credit in self.customers.values() {
            if credit.managing == uin {
                figures.allocated += credit.total;
            }
            if paying(credit.managing) == uin {
                used += percent(credit.list_used, partner_percent(uin));
                frozen += percent(credit.list_frozen + credit.list_postpaid, partner_percent(uin));
            }
        }
        if uin == DISTRIBUTOR {
            figures.allocated += self.quotas[&SECOND_LEVEL];
        }
        figures.spend = self.spend_lines.get(&uin).map(|line| (*line, used, frozen));
        figures
    }

    /// What was settled after it was used, at this paying partner's price.
    pub(crate) fn metered(&self, uin: u64) -> i64 {
        let mine = self.customers.values().filter(|credit| paying(credit.managing) == uin);
        mine.map(|credit| percent(credit.list_metered, partner_percent(uin))).sum()
    }

    /// Takes an answer into account, and gives what came of it into the hand that asked.
    pub(crate) fn take(&mut self, act: &Act, answer: &Answer, hand: &mut Hand) {
        self.answers += 1;
        let unexpected = || -> ! { panic!("{:?} was answered with {} {}", act.request, answer.status, answer.body) };
        match &act.intent {
            Intent::Batch(operations) => {
                if answer.status != 200 {
                    unexpected();
                }
                let results = answer.body["results"].as_array().unwrap_or_else(|| unexpected());
                assert_eq!(results.len(), operations.len(), "one result an operation: {}", answer.body);
                for (operation, result) in operations.iter().zip(results) {
                    assert_eq!(result["key"], operation.key, "results are in the order asked");
                    self.take_operation(operation, result, hand);
                }
            }
            Intent::Order { customer, list, capture } => match answer.status {
                201 => {
                    let id = answer.body["id"].as_str().unwrap_or_else(|| unexpected()).to_owned();
                    let state = if *capture { "delivered" } else { "processing" };
                    assert_eq!(answer.body["state"], state, "an order that goes through");
                    if *capture {
                        self.post(*customer, self.clock.month(), PREPAID, *list);
                    } else {
                        self.credit(*customer).list_frozen += list;
                        hand.orders.push((id.clone(), *customer, *list));
                    }
                    assert!(self.states.insert(format!("orders/{id}"), state).is_none(), "an order has its own number");
                }
                402 if answer.code() == "insufficient_credit" => self.refusals += 1,
                _ => unexpected(),
            },
            Intent::EndOrder { id, customer, list, ending } => {
                if !matches!(answer.status, 200 | 201) {
                    unexpected();
                }
                self.credit(*customer).list_frozen -= list;
                if *ending == Ending::Deliver {
                    self.post(*customer, self.clock.month(), PREPAID, *list);
                }
                let state = if *ending == Ending::Deliver { "delivered" } else { "canceled" };
                self.states.insert(format!("orders/{id}"), state);
            }
            Intent::Allocate { customer, amount } => match (answer.status, answer.code()) {
                (201, _) => {
                    let credit = self.credit(*customer);
                    credit.total += amount;
                    credit.allocations += 1;
                }
                (422, "exceeds_allocatable" | "exceeds_available") => self.refusals += 1,
                _ => unexpected(),
            },
            Intent::Pool { partner, amount } => match (answer.status, answer.code()) {
                (201, _) => {
                    *self.quotas.entry(*partner).or_default() += amount;
                }
                (422, "exceeds_allocatable" | "exceeds_pool") => self.refusals += 1,
                _ => unexpected(),
            },
            Intent::Open { profile } => {
                let uin = answer.body["uin"].as_u64().filter(|_| answer.status == 201).unwrap_or_else(|| unexpected());
                assert!(profile.is_shown_by(&answer.body), "an account is opened with its name: {}", answer.body);
                assert!(self.accounts.insert(uin, profile.clone()).is_none(), "{uin} was given out twice");
                hand.accounts.push((uin, 0));
                hand.unbound.push(uin);
            }
            Intent::Bind { uin, partner } => {
                if answer.status != 201 {
                    unexpected();
                }
                assert!(self.customers.insert(*uin, Credit::of(*partner)).is_none(), "{uin} was bound twice");
            }
            Intent::Change { uin, profile, .. } => {
                if answer.status != 200 || !profile.is_shown_by(&answer.body) {
                    unexpected();
                }
                self.accounts.insert(*uin, profile.clone());
            }
            Intent::Usage(records) => {
                let results = answer.body["results"].as_array().filter(|_| answer.status == 200);
                let results = results.unwrap_or_else(|| unexpected());
                assert_eq!(results.len(), records.len(), "one result a record: {}", answer.body);
                for (record, result) in records.iter().zip(results) {
                    assert_eq!(result["key"], record.key, "results are in the order asked");
                    self.take_record(record, result);
                }
            }
            Intent::Activate(resource) => self.take_activation(resource, answer, hand),
            Intent::Resize { resource, list } => self.take_resize(resource, *list, answer, hand),
            Intent::Terminate { resource, last } => self.take_end(resource, *last, answer),
            Intent::Receipt { customer, month } => self.take_receipt(*customer, month, answer),
        }
    }

    fn take_operation(&mut self, operation: &Operation, result: &Value, hand: &mut Hand) {
        let status = result["status"].as_str().unwrap_or_default();
        let unexpected = || -> ! { panic!("{operation:?} came to {result}") };
        match (&operation.what, status) {
            (What::Authorize { customer, list }, "approved") => {
                let id = result["authorization_id"].as_str().unwrap_or_else(|| unexpected()).to_owned();
                self.credit(*customer).list_frozen += list;
                let place = format!("authorizations/{id}");
                assert!(self.states.insert(place, "open").is_none(), "an authorization has its own number");
                hand.authorizations.push((id, *customer, *list));
            }
            (What::Capture { id, customer, held, list }, "captured") => {
                self.credit(*customer).list_frozen -= held;
                self.post(*customer, self.clock.month(), PREPAID, *list);
                self.states.insert(format!("authorizations/{id}"), "captured");
            }
            (What::Release { id, customer, held }, "released") => {
                self.credit(*customer).list_frozen -= held;
                self.states.insert(format!("authorizations/{id}"), "released");
            }
            (What::Authorize { .. }, "declined") if result["code"] == "insufficient_credit" => self.refusals += 1,
            (What::Again { .. }, "declined") if result["code"] == "authorization_not_open" => self.refusals += 1,
            _ => unexpected(),
        }
    }

    pub(crate) fn credit(&mut self, customer: u64) -> &mut Credit {
        self.customers.get_mut(&customer).unwrap_or_else(|| panic!("{customer} is a customer"))
    }
}
