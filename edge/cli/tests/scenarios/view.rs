//! What a scenario sees of a server: accounts, partners, orders, authorizations and allocation records through `/v1`, and
//! the sums over a partner's customers as the partner itself reads them through the Cloud API. What two doors show must
//! be the same.

use crate::client::{amount, failure, number, text};
use crate::cloud::{PARTNERS, Reply, figure};
use crate::world::HttpWorld;
use credere_core::channel::ActionType;
use credere_core::money::Amount;
use credere_testkit::scenario::{BillLines, Name};
use credere_testkit::{
    AllocationView, AuthorizationView, CreditView, CustomerSums, Failure, FinanceView, LineView, NoticeView, OrderView,
    PackView, PartnerView, PartyView, Pays, PoolView, ResourceView, SpendView, View, VoucherSums, VoucherView,
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
            view.authorizations.insert(name.clone(), self.shown_authorization(&shown)?);
        }
        for name in &self.resources {
            let shown = self.client.get(&format!("/v1/resources/{name}"))?;
            view.resources.insert(name.clone(), self.shown_resource(&shown)?);
        }
        for (name, id) in &self.vouchers {
            let shown = self.client.get(&format!("/v1/vouchers/{id}"))?;
            view.vouchers.insert(name.clone(), self.shown_voucher(&shown)?);
        }
        view.packs = self.shown_packs()?;
        let mut lines = Vec::new();
        for uin in self.accounts.values() {
            lines.extend(self.lines_of(*uin)?);
        }
        lines.sort_by_key(|(id, _)| id.trim_start_matches("line_").parse::<u64>().unwrap_or(0));
        for (name, uin) in &self.accounts {
            self.views_have_their_lines(name, *uin, &lines)?;
        }
        view.lines = Some(lines.into_iter().map(|(_, line)| line).collect());
        view.notices = Some(self.notices()?);
        view.organizations = Some(self.shown_organizations()?);
        Ok(view)
    }

    /// Everything on a list, page by page.
    pub(crate) fn listed(&self, path: &str) -> Result<Vec<Value>, Failure> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.client.get(&format!("{path}limit=200{cursor}"))?;
            let rows = page["data"].as_array().ok_or_else(|| Failure::new(format!("{path}: {page}")))?;
            all.extend(rows.iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(all),
            }
        }
    }

    /// Proves that what others pay for an account is on its bills.
    fn views_have_their_lines(&self, name: &Name, uin: u64, all: &[(String, LineView)]) -> Result<(), Failure> {
        for month in &self.listed(&format!("/v1/bills/{uin}?"))? {
            let month = text(month, "month")?;
            let rows = self.listed(&format!("/v1/bills/{uin}/{month}/lines?view=member&"))?;
            let found: Vec<&str> = rows.iter().map(|row| text(row, "id")).collect::<Result<_, _>>()?;
            let of_month = |line: &LineView| line.month.to_string() == month;
            let expected = all.iter().filter(|(_, line)| of_month(line) && BillLines::PaidByOthers.has(name, line));
            let expected: Vec<&str> = expected.map(|(id, _)| id.as_str()).collect();
            let bill = self.client.get(&format!("/v1/bills/{uin}/{month}?view=member"))?;
            if found != expected || bill["lines"] != expected.len() || amount(&bill, "invoiceable")? != Amount::ZERO {
                return Err(Failure::new(format!(
                    "{name}'s bill of {month} has {found:?} and not {expected:?}: {bill}"
                )));
            }
        }
        Ok(())
    }

    /// Proves that a bill is the sum of its lines.
    fn is_sum(&self, bill: &Value, rows: &[Value], uses_itself: bool) -> Result<(), Failure> {
        let mut sums = (Amount::ZERO, Amount::ZERO);
        // Own use, and what money of one's own paid, is nobody's to confirm.
        let of_nobody =
            |row: &&Value| uses_itself || row["partner_uin"].is_null() || row["partner_uin"] == row["payer_uin"];
        for row in rows.iter().filter(|row| !of_nobody(row)) {
            let part = if row["confirmed"] == true { &mut sums.0 } else { &mut sums.1 };
            *part = part.plus(amount(row, "amount")?).map_err(failure)?;
        }
        let all = rows.iter().try_fold(Amount::ZERO, |sum, row| sum.plus(amount(row, "amount")?).map_err(failure))?;
        let told = (amount(bill, "confirmed")?, amount(bill, "unconfirmed")?);
        if sums == told && amount(bill, "invoiceable")? == all && amount(bill, "total")? == all {
            return Ok(());
        }
        Err(Failure::new(format!("a bill is not the sum of its lines: {bill}")))
    }

    /// An account's bill lines with their identifiers, and proof that each bill is the sum of its lines.
    pub(crate) fn lines_of(&self, uin: u64) -> Result<Vec<(String, LineView)>, Failure> {
        let months = self.client.get(&format!("/v1/bills/{uin}"))?;
        let months = months["data"].as_array().cloned().ok_or_else(|| Failure::new(format!("no months: {months}")))?;
        // What a second-level reseller uses itself is on its distributor's spend line, and looks like a customer's.
        let account = self.client.get(&format!("/v1/accounts/{uin}"))?;
        let uses_itself = account["channel"]["role"] == "second_level_reseller";
        let mut shown = Vec::new();
        for month in &months {
            let month = text(month, "month")?;
            let mut rows = Vec::new();
            for view in ["self", "payer"] {
                let bill = self.client.get(&format!("/v1/bills/{uin}/{month}?view={view}"))?;
                let own = self.listed(&format!("/v1/bills/{uin}/{month}/lines?view={view}&"))?;
                self.is_sum(&bill, &own, uses_itself)?;
                rows.extend(own);
            }
            for row in rows {
                let id = text(&row, "id")?.to_owned();
                let known = self.lines.iter().find(|(_, known)| **known == id);
                let action = ActionType::from_name(text(&row, "action_type")?);
                let line = LineView {
                    name: known.map(|(name, _)| name.clone()),
                    account: self.name(number(&row, "owner_uin")?),
                    pays: self.pays(&row)?,
                    month: month.parse().map_err(failure)?,
                    action: action.ok_or_else(|| Failure::new(format!("a type that is none: {row}")))?,
                    product: text(&row, "product_code")?.to_owned(),
                    list: amount(&row, "list_amount")?,
                    voucher_amount: amount(&row, "voucher_amount")?,
                    amount: amount(&row, "amount")?,
                    partner_amount: Some(amount(&row, "partner_amount")?),
                    confirmed: row["confirmed"] == true,
                };
                shown.push((id, line));
            }
        }
        Ok(shown)
    }

    fn notices(&self) -> Result<Vec<NoticeView>, Failure> {
        let shown = |row: &Value| {
            let kind = text(row, "kind")?;
            Ok(NoticeView {
                customer: self.name(number(row, "customer_uin")?),
                day: text(row, "created_at")?.chars().take(10).collect(),
                recipient: self.name(number(row, "recipient_uin")?),
                what: kind.strip_prefix("credit_below_").unwrap_or(kind).to_owned(),
            })
        };
        self.listed("/v1/notices?")?.iter().rev().map(shown).collect()
    }

    fn shown_resource(&self, shown: &Value) -> Result<ResourceView, Failure> {
        Ok(ResourceView {
            account: self.name(number(shown, "account_uin")?),
            pays: self.pays(shown)?,
            state: text(shown, "state")?.to_owned(),
            unit_price: amount(shown, "unit_price")?,
            quantity: text(shown, "quantity")?.parse().map_err(failure)?,
            frozen: amount(shown, "frozen")?,
            partner_frozen: Some(amount(shown, "partner_frozen")?),
        })
    }

    fn shown_voucher(&self, shown: &Value) -> Result<VoucherView, Failure> {
        Ok(VoucherView {
            owner: self.name(number(shown, "owner_uin")?),
            amount: amount(shown, "amount")?,
            remaining: amount(shown, "remaining")?,
            status: text(shown, "status")?.to_owned(),
        })
    }

    /// The packs that were named, as their accounts' lists have them.
    fn shown_packs(&self) -> Result<BTreeMap<String, PackView>, Failure> {
        let mut packs = BTreeMap::new();
        // Most scenarios have none, and need not ask.
        let owners = self.accounts.values().filter(|_| !self.packs.is_empty());
        for uin in owners {
            for row in self.listed(&format!("/v1/packs?account_uin={uin}&"))? {
                let id = text(&row, "pack_id")?;
                let quantity = |field| text(&row, field)?.parse().map_err(failure);
                let named = self.packs.iter().find(|(_, known)| known.as_str() == id);
                let view = PackView {
                    account: self.name(number(&row, "account_uin")?),
                    product: text(&row, "product_code")?.to_owned(),
                    units: quantity("units")?,
                    remaining: quantity("remaining")?,
                    state: text(&row, "state")?.to_owned(),
                };
                packs.extend(named.map(|(name, _)| (name.clone(), view)));
            }
        }
        Ok(packs)
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
            finance: if account["finance"].is_null() { None } else { Some(self.shown_finance(&account["finance"])?) },
            // A partner's records are those of its pool.
            allocations: if partner.is_none() { Some(self.allocations(uin)?) } else { None },
            partner,
        })
    }

    fn shown_finance(&self, finance: &Value) -> Result<FinanceView, Failure> {
        Ok(FinanceView {
            cash: amount(finance, "cash")?,
            granted: amount(finance, "granted")?,
            credit_limit: amount(finance, "credit_limit")?,
            credit_used: amount(finance, "credit_used")?,
            frozen: amount(finance, "frozen")?,
            overdue_amount: amount(finance, "overdue_amount")?,
            available: amount(finance, "available")?,
            state: text(finance, "state")?.to_owned(),
            inherits_offers_from: finance["inherits_offers_from"].as_u64().map(|uin| self.name(uin)),
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
            vouchers: Some(VoucherSums {
                quota: amount(&shown["vouchers"], "quota")?,
                issued: amount(&shown["vouchers"], "issued")?,
                remaining: amount(&shown["vouchers"], "remaining")?,
            }),
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
        let reply = self.call_as(uin, PARTNERS, action, "{}".to_owned())?;
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

    fn shown_authorization(&self, shown: &Value) -> Result<AuthorizationView, Failure> {
        Ok(AuthorizationView {
            state: text(shown, "state")?.to_owned(),
            pays: Some(self.pays(shown)?),
            list: Some(amount(shown, "list_amount")?),
            amount: Some(amount(shown, "amount")?),
            partner_amount: Some(amount(shown, "partner_amount")?),
        })
    }

    fn pays(&self, shown: &Value) -> Result<Pays, Failure> {
        let partner = &shown["partner_uin"];
        let partner = (!partner.is_null()).then(|| number(shown, "partner_uin")).transpose()?;
        Ok(Pays {
            payer: self.name(number(shown, "payer_uin")?),
            paying_partner: partner.map(|partner| self.name(partner)),
        })
    }

    fn shown_order(&self, order: &Value) -> Result<OrderView, Failure> {
        Ok(OrderView {
            customer: self.name(number(order, "account_uin")?),
            pays: self.pays(order)?,
            state: text(order, "state")?.to_owned(),
            list: amount(order, "list_amount")?,
            // Scenarios speak of the price before vouchers.
            amount: amount(order, "amount")?.plus(amount(order, "voucher_amount")?).map_err(failure)?,
            partner_amount: amount(order, "partner_amount")?,
            voucher_amount: Some(amount(order, "voucher_amount")?),
            refunded: Some(amount(order, "refunded_amount")?),
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
        remaining_voucher: amount(credit, "remaining_voucher")?,
        state: text(credit, "state")?.to_owned(),
    })
}
