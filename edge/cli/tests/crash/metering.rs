//! What is used after it was bought, and paid at last: usage records under keys that last for ever, resources that freeze
//! credit while they run, and receipts that give credit back. What such an act asks for, and what its answer means for the
//! model.

use crate::acts::{Act, Intent};
use crate::calendar::Clock;
use crate::http::{Answer, Request};
use crate::load::Hand;
use crate::model::{CENT, Model, UNIT, amount, percent, units};
use crate::world::RESOURCES;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What usage of the product that resources are of is called on a bill.
const METERED: &str = "postpay_deduct_h";

/// One usage record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) key: String,
    pub(crate) customer: u64,
    /// List price.
    pub(crate) list: i64,
    pub(crate) resource: Option<String>,
    pub(crate) period_start: Timestamp,
    /// Decides whose it is: the account was bound then.
    pub(crate) period_end: Timestamp,
    pub(crate) kind: Kind,
}

/// What must come of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is settled.
    Fresh,
    /// The record before it once more.
    Twin,
    /// The key of the record before it, with another amount: rejected.
    Reused,
    /// Its period ends before it starts: rejected.
    Empty,
}

/// A resource of one hand.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    pub(crate) id: String,
    pub(crate) customer: u64,
    /// What it freezes, at list price.
    pub(crate) list: i64,
}

impl Record {
    fn body(&self) -> Value {
        let start = match self.kind {
            Kind::Empty => self.period_end + jiff::SignedDuration::from_secs(1),
            Kind::Fresh | Kind::Twin | Kind::Reused => self.period_start,
        };
        let mut body = json!({
            "key": self.key, "account_uin": self.customer, "product_code": RESOURCES, "amount": amount(self.list),
            "period_start": start.to_string(), "period_end": self.period_end.to_string(), "region": "north",
        });
        if let Some(resource) = &self.resource {
            body["resource_id"] = resource.as_str().into();
        }
        body
    }
}

impl Act {
    pub(crate) fn usage(records: Vec<Record>) -> Act {
        let bodies: Vec<Value> = records.iter().map(Record::body).collect();
        Act { request: Request::post("/v1/usage", json!({ "records": bodies })), intent: Intent::Usage(records) }
    }

    fn activate(key: String, resource: Running) -> Act {
        let body = json!({
            "account_uin": resource.customer, "resource_id": resource.id, "product_code": RESOURCES,
            "unit_price": amount(resource.list),
        });
        Act { request: Request::post("/v1/resources", body).under(key), intent: Intent::Activate(resource) }
    }

    fn resize(resource: Running, list: i64) -> Act {
        let request = Request::patch(format!("/v1/resources/{}", resource.id), json!({ "unit_price": amount(list) }));
        Act { request, intent: Intent::Resize { resource, list } }
    }

    fn terminate(resource: Running, last: i64) -> Act {
        let body = json!({ "final_amount": amount(last) });
        let request = Request::delete(format!("/v1/resources/{}", resource.id), body);
        Act { request, intent: Intent::Terminate { resource, last } }
    }

    fn receipt(key: String, customer: u64, month: String) -> Act {
        let request = Request::post("/v1/receipts", json!({ "customer_uin": customer, "month": month })).under(key);
        Act { request, intent: Intent::Receipt { customer, month } }
    }
}

impl Hand {
    /// Some usage, with records among it that must be rejected or are there twice.
    pub(crate) fn meter(&mut self, customers: &[u64], clock: Clock) -> Act {
        let mut records: Vec<Record> = Vec::new();
        for _ in 0..self.random.usize(1..12) {
            let running = match self.resources.len() {
                0 => None,
                count => Some(self.resources[self.random.usize(..count)].clone()).filter(|_| self.random.bool()),
            };
            let customer =
                running.as_ref().map_or_else(|| customers[self.random.usize(..customers.len())], |r| r.customer);
            let record = Record {
                key: self.key(),
                customer,
                list: self.random.i64(1..800) * CENT,
                resource: running.map(|running| running.id),
                // Late ones come on the bill of their month while that is open.
                period_start: if self.random.u8(0..4) == 0 { clock.began } else { clock.now },
                period_end: clock.now,
                kind: if self.random.u8(0..10) == 0 { Kind::Empty } else { Kind::Fresh },
            };
            let after = match self.random.u8(0..8) {
                0 => Some(Record { kind: Kind::Twin, ..record.clone() }),
                1 => Some(Record { kind: Kind::Reused, list: record.list + CENT, ..record.clone() }),
                _ => None,
            };
            let settled = record.kind == Kind::Fresh;
            records.push(record);
            records.extend(after.filter(|_| settled));
        }
        Act::usage(records)
    }

    /// Activates a resource, or changes or ends one that this hand has activated.
    pub(crate) fn run_something(&mut self, customer: u64) -> Act {
        let count = self.resources.len();
        let list = self.random.i64(1..20) * UNIT;
        match self.random.u8(0..5) {
            0 if count > 0 => Act::resize(self.resources[self.random.usize(..count)].clone(), list),
            1 | 2 if count > 0 => {
                let place = self.random.usize(..count);
                Act::terminate(self.resources.swap_remove(place), self.random.i64(0..500) * CENT)
            }
            _ => {
                let key = self.key();
                Act::activate(key.clone(), Running { id: format!("res-{key}"), customer, list })
            }
        }
    }

    /// Confirms a customer's month, issued or not.
    pub(crate) fn confirm(&mut self, customer: u64, clock: Clock) -> Act {
        let months = clock.months();
        Act::receipt(self.key(), customer, months[self.random.usize(..months.len())].clone())
    }
}

impl Model {
    /// Takes the answer to one record into account.
    pub(crate) fn take_record(&mut self, record: &Record, result: &Value) {
        let status = result["status"].as_str().unwrap_or_default();
        let unexpected = || -> ! { panic!("{record:?} came to {result}") };
        let price = percent(record.list, self.credit(record.customer).percent);
        match (record.kind, status) {
            (Kind::Fresh | Kind::Twin, "settled") => {
                if units(&result["amount"]) != price || units(&result["voucher_amount"]) != 0 {
                    unexpected();
                }
                match record.kind {
                    Kind::Twin if result["replayed"] != true => unexpected(),
                    Kind::Twin => {}
                    _ => {
                        self.credit(record.customer).list_metered += record.list;
                        let month = self.clock.month_of(record.period_start);
                        self.post(record.customer, month, METERED, record.list);
                    }
                }
            }
            (Kind::Reused, "rejected") if result["code"] == "idempotency_key_reused" => self.refusals += 1,
            (Kind::Empty, "rejected") if result["code"] == "empty_period" => self.refusals += 1,
            _ => unexpected(),
        }
    }

    pub(crate) fn take_activation(&mut self, resource: &Running, answer: &Answer, hand: &mut Hand) {
        match answer.status {
            201 => {
                let frozen = percent(resource.list, self.credit(resource.customer).percent);
                assert_eq!(units(&answer.body["frozen"]), frozen, "what is frozen: {}", answer.body);
                assert_eq!(answer.body["state"], "active", "{}", answer.body);
                self.credit(resource.customer).list_postpaid += resource.list;
                hand.resources.push(resource.clone());
                let twice = self.resources.insert(resource.id.clone(), (resource.clone(), "active"));
                assert!(twice.is_none(), "a name was given to two resources");
            }
            402 if answer.code() == "insufficient_credit" => self.refusals += 1,
            _ => panic!("{resource:?} was answered with {} {}", answer.status, answer.body),
        }
    }

    pub(crate) fn take_resize(&mut self, resource: &Running, list: i64, answer: &Answer, hand: &mut Hand) {
        match answer.status {
            200 => {
                let credit = self.credit(resource.customer);
                credit.list_postpaid += list - resource.list;
                let frozen = percent(list, credit.percent);
                assert_eq!(units(&answer.body["frozen"]), frozen, "what is frozen: {}", answer.body);
                let resized = Running { list, ..resource.clone() };
                let kept = hand.resources.iter_mut().find(|kept| kept.id == resource.id);
                *kept.expect("a hand resizes what it has") = resized.clone();
                self.resources.insert(resource.id.clone(), (resized, "active"));
            }
            402 if answer.code() == "insufficient_credit" => self.refusals += 1,
            _ => panic!("a resize of {resource:?} was answered with {} {}", answer.status, answer.body),
        }
    }

    /// A repeat says that it has ended, since a DELETE has no key.
    pub(crate) fn take_end(&mut self, resource: &Running, last: i64, answer: &Answer) {
        let credit = self.credit(resource.customer);
        let (frozen, price) = (percent(resource.list, credit.percent), percent(last, credit.percent));
        match (answer.status, answer.code()) {
            (200, _) => {
                let told = [&answer.body["released"], &answer.body["amount"]].map(units);
                assert_eq!(told, [frozen, price], "what is released and settled: {}", answer.body);
            }
            (409, "resource_not_active") => {}
            _ => panic!("the end of {resource:?} was answered with {} {}", answer.status, answer.body),
        }
        credit.list_postpaid -= resource.list;
        credit.list_metered += last;
        let month = self.clock.month();
        // A settlement of nothing is a line as well.
        self.post(resource.customer, month, METERED, last);
        self.resources.insert(resource.id.clone(), (Running { list: 0, ..resource.clone() }, "terminated"));
    }

    pub(crate) fn take_receipt(&mut self, customer: u64, month: &str, answer: &Answer) {
        match (answer.status, answer.code()) {
            (200 | 201, _) if self.clock.issued(month) => {
                let returned = units(&answer.body["returned"]);
                let lines =
                    answer.body["lines"].as_u64().unwrap_or_else(|| panic!("lines are counted: {}", answer.body));
                self.credit(customer).returned += returned;
                let confirmed = self.confirmed.entry((customer, month.to_owned())).or_default();
                *confirmed = (confirmed.0 + lines, confirmed.1 + returned);
            }
            (422, "month_not_issued") if !self.clock.issued(month) => self.refusals += 1,
            _ => panic!("a receipt of {customer} for {month} was answered with {} {}", answer.status, answer.body),
        }
    }

    /// A charge: it is used, and on a bill.
    pub(crate) fn post(&mut self, customer: u64, month: String, action: &'static str, list: i64) {
        let credit = self.credit(customer);
        credit.list_used += list;
        let price = percent(list, credit.percent);
        let (lines, sum) = self.bills.entry((customer, month)).or_default().entry(action).or_default();
        *lines += 1;
        *sum += price;
    }

    /// The clock moves on, and with it ends what expires: every authorization of before.
    pub(crate) fn advanced_to(&mut self, clock: Clock, hands: &mut [Hand]) {
        self.clock = clock;
        for hand in hands {
            for (id, customer, list) in hand.authorizations.drain(..) {
                self.credit(customer).list_frozen -= list;
                self.states.insert(format!("authorizations/{id}"), "expired");
            }
        }
    }
}
