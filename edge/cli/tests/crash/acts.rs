//! What the load does: one request at a time, drawn at random from what its hand holds. Every act can be repeated: it
//! carries its key (a change of a profile names the values and needs none).

use crate::calendar::Clock;
use crate::http::Request;
use crate::load::Hand;
use crate::metering::{Record, Running};
use crate::model::{CENT, Profile, amount};
use crate::world::{DISTRIBUTOR, PRODUCT, RESELLER, SECOND_LEVEL};
use serde_json::{Value, json};

/// A request and what it means.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    pub(crate) request: Request,
    pub(crate) intent: Intent,
}

/// What an act is to do. Amounts of purchases are at list price.
#[derive(Debug, Clone)]
pub(crate) enum Intent {
    Batch(Vec<Operation>),
    Order { customer: u64, list: i64, capture: bool },
    EndOrder { id: String, customer: u64, list: i64, ending: Ending },
    Allocate { customer: u64, amount: i64 },
    Pool { partner: u64, amount: i64 },
    Open { profile: Profile },
    Bind { uin: u64, partner: u64 },
    Change { uin: u64, before: Profile, profile: Profile },
    Usage(Vec<Record>),
    Activate(Running),
    Resize { resource: Running, list: i64 },
    Terminate { resource: Running, last: i64 },
    Receipt { customer: u64, month: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Deliver,
    Cancel,
}

/// One operation of a batch.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) key: String,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Authorize {
        customer: u64,
        list: i64,
    },
    Capture {
        id: String,
        customer: u64,
        held: i64,
        list: i64,
    },
    Release {
        id: String,
        customer: u64,
        held: i64,
    },
    /// A capture of what the same batch has closed already: must be declined.
    Again {
        id: String,
    },
}

impl Operation {
    fn body(&self) -> Value {
        let key = &self.key;
        match &self.what {
            What::Authorize { customer, list } => json!({
                "key": key, "op": "authorize", "account_uin": customer, "product_code": PRODUCT, "amount": amount(*list),
            }),
            What::Capture { id, held, list, .. } if held == list => {
                json!({ "key": key, "op": "capture", "authorization_id": id })
            }
            What::Capture { id, list, .. } => {
                json!({ "key": key, "op": "capture", "authorization_id": id, "amount": amount(*list) })
            }
            What::Release { id, .. } => json!({ "key": key, "op": "release", "authorization_id": id }),
            What::Again { id } => json!({ "key": key, "op": "capture", "authorization_id": id }),
        }
    }
}

impl Act {
    /// A batch of these operations.
    pub(crate) fn batch(operations: Vec<Operation>) -> Act {
        let bodies: Vec<Value> = operations.iter().map(Operation::body).collect();
        let request = Request::post("/v1/authorizations", json!({ "operations": bodies }));
        Act { request, intent: Intent::Batch(operations) }
    }

    pub(crate) fn order(key: String, customer: u64, list: i64, capture: bool) -> Act {
        let body = json!({
            "account_uin": customer, "product_code": PRODUCT, "kind": "purchase", "amount": amount(list),
            "capture": capture, "resource_name": format!("for {key}"),
        });
        Act { request: Request::post("/v1/orders", body).under(key), intent: Intent::Order { customer, list, capture } }
    }

    pub(crate) fn end_order(key: String, (id, customer, list): (String, u64, i64), ending: Ending) -> Act {
        let word = if ending == Ending::Deliver { "deliver" } else { "cancel" };
        let request = Request::post(format!("/v1/orders/{id}/{word}"), json!({})).under(key);
        Act { request, intent: Intent::EndOrder { id, customer, list, ending } }
    }

    pub(crate) fn allocate(key: String, customer: u64, units: i64) -> Act {
        let body = json!({ "amount": amount(units), "remark": format!("remark of {key}") });
        let request = Request::post(format!("/v1/customers/{customer}/allocations"), body).under(key);
        Act { request, intent: Intent::Allocate { customer, amount: units } }
    }

    pub(crate) fn pool(key: String, partner: u64, units: i64) -> Act {
        let request =
            Request::post(format!("/v1/partners/{partner}/pool"), json!({ "amount": amount(units) })).under(key);
        Act { request, intent: Intent::Pool { partner, amount: units } }
    }

    /// Opens an account, under this number or one that is given out.
    pub(crate) fn open(key: String, uin: Option<u64>, profile: Profile) -> Act {
        let mut body = profile.body();
        if let Some(uin) = uin {
            body["uin"] = uin.into();
        }
        Act { request: Request::post("/v1/accounts", body).under(key), intent: Intent::Open { profile } }
    }

    pub(crate) fn bind(key: String, uin: u64, partner: u64) -> Act {
        let request = Request::post("/v1/customers", json!({ "uin": uin, "partner_uin": partner })).under(key);
        Act { request, intent: Intent::Bind { uin, partner } }
    }

    pub(crate) fn change(uin: u64, before: Profile, profile: Profile) -> Act {
        let request = Request::patch(format!("/v1/accounts/{uin}"), profile.body());
        Act { request, intent: Intent::Change { uin, before, profile } }
    }

    /// Whether the answer tells a repeat from the first time.
    pub(crate) fn tells_repeats(&self) -> bool {
        !matches!(self.intent, Intent::Change { .. } | Intent::Resize { .. } | Intent::Terminate { .. })
    }

    /// Whether its keys are remembered for ever.
    pub(crate) fn lasts(&self) -> bool {
        matches!(self.intent, Intent::Usage(_))
    }
}

impl Hand {
    /// What this hand does next, given the customers that there are and the time.
    pub(crate) fn next_act(&mut self, customers: &[u64], clock: Clock, profile_of: impl Fn(u64) -> Profile) -> Act {
        let customer = customers[self.random.usize(..customers.len())];
        let list = self.random.i64(1..2_500) * CENT;
        match self.random.u32(0..100) {
            0..27 => self.batch(customers),
            27..38 => self.meter(customers, clock),
            38..44 => self.run_something(customer),
            44..48 => self.confirm(customer, clock),
            48..55 => Act::order(self.key(), customer, list, true),
            55..62 => Act::order(self.key(), customer, list, false),
            62..72 => match self.orders.pop() {
                Some(order) => {
                    let ending = if self.random.bool() { Ending::Deliver } else { Ending::Cancel };
                    Act::end_order(self.key(), order, ending)
                }
                None => Act::order(self.key(), customer, list, false),
            },
            72..84 => {
                // More is handed out than reclaimed: purchases use it up.
                let amount = self.random.i64(-60..100) * 300 * CENT + CENT;
                Act::allocate(self.key(), customer, amount)
            }
            84..87 => {
                let amount = self.random.i64(-20..40) * 1_000 * CENT + CENT;
                Act::pool(self.key(), SECOND_LEVEL, amount)
            }
            87..92 => {
                let number = self.next_number();
                let named = self.random.bool().then_some(number);
                Act::open(self.key(), named, Profile::numbered(number, 0))
            }
            92..95 => match self.unbound.pop() {
                Some(uin) => {
                    let partner = [DISTRIBUTOR, SECOND_LEVEL, RESELLER][self.random.usize(..3)];
                    Act::bind(self.key(), uin, partner)
                }
                None => Act::order(self.key(), customer, list, true),
            },
            _ => match self.accounts.len() {
                0 => Act::open(self.key(), None, Profile::numbered(self.next_number(), 0)),
                count => {
                    let (uin, version) = &mut self.accounts[self.random.usize(..count)];
                    *version += 1;
                    Act::change(*uin, profile_of(*uin), Profile::numbered(*uin, *version))
                }
            },
        }
    }

    /// Authorizes for some customers and closes some of what this hand holds open, all of it at most once.
    fn batch(&mut self, customers: &[u64]) -> Act {
        let mut operations = Vec::new();
        for _ in 0..self.random.usize(1..20) {
            let key = self.key();
            let close = self.random.u32(0..100) < 55;
            let what = match if close { self.authorizations.pop() } else { None } {
                Some((id, customer, held)) if self.random.bool() => What::Release { id, customer, held },
                Some((id, customer, held)) => {
                    let list = if self.random.bool() { held } else { self.random.i64(1..=held / CENT) * CENT };
                    if self.random.u32(0..8) == 0 {
                        let again = What::Again { id: id.clone() };
                        operations.push(Operation { key, what: What::Capture { id, customer, held, list } });
                        operations.push(Operation { key: self.key(), what: again });
                        continue;
                    }
                    What::Capture { id, customer, held, list }
                }
                None => What::Authorize {
                    customer: customers[self.random.usize(..customers.len())],
                    list: self.random.i64(1..2_000) * CENT,
                },
            };
            operations.push(Operation { key, what });
        }
        Act::batch(operations)
    }
}
