//! What a scenario sees of a server: accounts, partners, orders, authorizations and allocation records through `/v1`, and
//! the sums over a partner's customers as the partner itself reads them through the Cloud API. What two doors show must
//! be the same.

use crate::client::{amount, number, text};
use crate::cloud::{Reply, figure};
use crate::world::HttpWorld;
use credere_core::money::Amount;
use credere_testkit::{
    AllocationView, AuthorizationView, CreditView, CustomerSums, Failure, OrderView, PartnerView, PartyView, PoolView,
    SpendView, View,
};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

impl HttpWorld {
    /// Everything there is.
    pub(crate) fn look(&mut self) -> Result<View, Failure> {
        let mut view = View::default();
        for (name, uin) in self.accounts.clone() {
            view.parties.insert(name, self.party(uin)?);
        }
        for (name, id) in &self.orders {
            view.orders.insert(name.clone(), self.shown_order(&self.client.get(&format!("/v1/orders/{id}"))?)?);
        }
        for (name, id) in &self.authorizations {
            let shown = self.client.get(&format!("/v1/authorizations/{id}"))?;
            view.authorizations.insert(name.clone(), shown_authorization(&shown)?);
        }
        Ok(view)
    }

    fn party(&mut self, uin: u64) -> Result<PartyView, Failure> {
        let account = self.client.get(&format!("/v1/accounts/{uin}"))?;
        let credit = &account["credit"];
        let partner = match &account["partner"] {
            Value::Null => None,
            partner => {
                let alone = self.client.get(&format!("/v1/partners/{uin}"))?;
                if alone != *partner {
                    return Err(Failure::new(format!("the partner {uin} is {alone}, and in its account {partner}")));
                }
                Some(self.partner(uin, partner)?)
            }
        };
        Ok(PartyView {
            verified: text(&account["verification"], "level")? != "none",
            bound_to: account["bound_to"].as_u64().map(|partner| self.name(partner)),
            credit: if credit.is_null() { None } else { Some(shown_credit(credit)?) },
            // A partner's records are those of its pool.
            allocations: if partner.is_none() { Some(self.allocations(uin)?) } else { None },
            partner,
        })
    }

    fn partner(&mut self, uin: u64, shown: &Value) -> Result<PartnerView, Failure> {
        let kind = text(shown, "kind")?.to_owned();
        let (allocation, spend) = (&shown["allocation"], &shown["spend"]);
        let (quota, allocatable) = (amount(allocation, "quota")?, amount(allocation, "allocatable")?);
        let spend = match spend {
            Value::Null => None,
            spend => Some(SpendView {
                line: amount(spend, "line")?,
                used: amount(spend, "used")?,
                frozen: amount(spend, "frozen")?,
                available: amount(spend, "available")?,
            }),
        };
        let distributor = shown["distributor_uin"].as_u64().map(|above| self.name(above));
        Ok(PartnerView {
            quota,
            allocated: amount(allocation, "allocated")?,
            allocatable,
            spend,
            pool: distributor.is_some().then_some(PoolView { total: quota, remaining: allocatable }),
            distributor,
            // An agent takes no part in credit (R4).
            customers: if kind == "agent" { None } else { Some(self.sums(uin)?) },
            kind,
        })
    }

    /// The sums over a partner's direct customers, as it reads them itself.
    fn sums(&mut self, uin: u64) -> Result<CustomerSums, Failure> {
        let action = "QueryDirectCustomersCredit";
        let reply = self.call_as(uin, action, "{}".to_owned())?;
        let data = match &reply {
            Reply::Done(fields) => fields.get("Data"),
            Reply::Refused(_) => None,
        };
        let data = data.ok_or_else(|| Failure::new(format!("{action} came to {reply:?}")))?;
        let rows: Vec<BTreeMap<String, Box<RawValue>>> =
            serde_json::from_str(data.get()).map_err(crate::client::failure)?;
        let mut sums = CustomerSums { total: Amount::ZERO, available: Amount::ZERO };
        let plus = |sum: Amount, row, name| sum.plus(figure(row, name)?).map_err(crate::client::failure);
        for row in &rows {
            sums.total = plus(sums.total, row, "TotalCredit")?;
            sums.available = plus(sums.available, row, "RemainingCredit")?;
        }
        Ok(sums)
    }

    /// Allocation records, oldest first.
    fn allocations(&self, uin: u64) -> Result<Vec<AllocationView>, Failure> {
        let page = self.client.get(&format!("/v1/customers/{uin}/allocations?limit=200"))?;
        let rows = page["data"].as_array().filter(|_| page["next_cursor"].is_null());
        let rows = rows.ok_or_else(|| Failure::new(format!("more records than fit a page: {page}")))?;
        let record = |row: &Value| {
            Ok(AllocationView {
                amount: amount(row, "amount")?,
                total_after: amount(row, "total_after")?,
                available_after: amount(row, "available_after")?,
                remark: row["remark"].as_str().map(str::to_owned),
            })
        };
        rows.iter().rev().map(record).collect()
    }

    fn shown_order(&self, order: &Value) -> Result<OrderView, Failure> {
        Ok(OrderView {
            customer: self.name(number(order, "account_uin")?),
            payer: self.name(number(order, "payer_uin")?),
            paying_partner: None,
            state: text(order, "state")?.to_owned(),
            list: amount(order, "list_amount")?,
            amount: amount(order, "amount")?,
            partner_amount: amount(order, "partner_amount")?,
        })
    }
}

fn shown_credit(credit: &Value) -> Result<CreditView, Failure> {
    Ok(CreditView {
        total: amount(credit, "total")?,
        used: amount(credit, "used")?,
        prepay_frozen: amount(credit, "prepay_frozen")?,
        postpay_frozen: amount(credit, "postpay_frozen")?,
        available: amount(credit, "available")?,
        state: text(credit, "state")?.to_owned(),
    })
}

fn shown_authorization(shown: &Value) -> Result<AuthorizationView, Failure> {
    Ok(AuthorizationView {
        state: text(shown, "state")?.to_owned(),
        list: Some(amount(shown, "list_amount")?),
        amount: Some(amount(shown, "amount")?),
        partner_amount: Some(amount(shown, "partner_amount")?),
    })
}
