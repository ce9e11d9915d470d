//! What scenarios do beyond orders and allocations, as requests: resources, usage, vouchers, refunds, receipts, warnings
//! and suspension. Each is one request of the platform API; what partners do by their own door is in `world`.

use crate::client::{Answer, amount, failure, text};
use crate::world::{Asked, HttpWorld, delete, patch, post, without_nulls};
use credere_core::channel::{FreezeTerms, Settlement, VoucherMode};
use credere_core::ledger::Moment;
use credere_testkit::scenario::{
    NewVoucher, Operation, ProductTerms, ReceiptPart, Time, UsageRecord, VoucherFor, VoucherScope,
};
use credere_testkit::{Failure, Outcome};
use serde_json::{Value, json};

impl HttpWorld {
    /// The request that such an operation is.
    pub(crate) fn asked_for_spending(&self, operation: &Operation) -> Result<Asked, Failure> {
        Ok(match operation {
            Operation::AddProduct { code, terms } => {
                let mut body = terms_of(terms);
                body["code"] = json!(code);
                if body["settlement"].is_null() {
                    body["settlement"] = json!("hourly");
                }
                post("/v1/products", without_nulls(body))
            }
            Operation::ChangeProduct { code, terms } => {
                patch(format!("/v1/products/{code}"), without_nulls(terms_of(terms)))
            }
            Operation::RefundOrder { order, amount, scope, promised, .. } => {
                let body =
                    json!({ "amount": amount.to_string(), "scope": scope.name(), "capture": promised.is_none() });
                post(self.order(order, "refund"), body)
            }
            Operation::ChangeVoucherQuota { partner, quota } => {
                patch(format!("/v1/partners/{}", self.uin(partner)), json!({ "voucher_quota": quota.to_string() }))
            }
            Operation::Allow { partner, feature } => {
                patch(format!("/v1/partners/{}", self.uin(partner)), json!({ "allowlist": [feature.name()] }))
            }
            Operation::ActivateResource { name, account, product, unit_price, quantity } => post(
                "/v1/resources",
                json!({
                    "account_uin": self.uin(account), "resource_id": name, "product_code": product,
                    "unit_price": unit_price.to_string(), "quantity": quantity.to_string(),
                }),
            ),
            Operation::ResizeResource { resource, unit_price, quantity } => {
                let body = json!({
                    "unit_price": unit_price.map(|price| price.to_string()),
                    "quantity": quantity.map(|quantity| quantity.to_string()),
                });
                patch(format!("/v1/resources/{resource}"), without_nulls(body))
            }
            Operation::TerminateResource { resource, final_amount } => {
                let body = final_amount.map(|amount| json!({ "final_amount": amount.to_string() }));
                Asked { body, ..delete(format!("/v1/resources/{resource}")) }
            }
            Operation::IssueVoucher(new) => post("/v1/vouchers", self.new_voucher(new)?),
            Operation::InvalidateVoucher { voucher } => {
                let id = self.vouchers.get(voucher).map_or("999999999", String::as_str);
                post(format!("/v1/vouchers/{id}/invalidate"), json!({}))
            }
            Operation::AddPack { account, product, units, until, .. } => {
                let now = self.now()?;
                let until = until.map_or(now.plus_seconds(365 * 86_400), |until| until.seen_from(now));
                let body = json!({
                    "account_uin": self.uin(account), "product_code": product, "units": units.to_string(),
                    "expires_at": shown(until)?,
                });
                post("/v1/packs", body)
            }
            Operation::InheritOffers { account, from } => {
                let path = format!("/v1/accounts/{}/offer-inheritance", self.uin(account));
                match from {
                    Some(from) => Asked { method: "PUT", path, body: Some(json!({ "from_uin": self.uin(from) })) },
                    None => delete(path),
                }
            }
            Operation::PayPlatform { partner, amount } => {
                let path = format!("/v1/partners/{}/payments", self.uin(partner));
                post(path, json!({ "amount": amount.to_string() }))
            }
            Operation::ConfirmReceipt { customer, month, part, .. } => {
                let (pay_mode, action, lines) = match part {
                    ReceiptPart::Of { pay_mode, action } => (*pay_mode, *action, None),
                    ReceiptPart::Lines(names) => (None, None, Some(names)),
                };
                let body = json!({
                    "customer_uin": self.uin(customer), "month": month.to_string(),
                    "pay_mode": pay_mode.map(|mode| mode.name()),
                    "action_type": action.map(|action| action.name()),
                    "line_ids": lines.map(|names| names.iter().map(|name| self.line(name)).collect::<Vec<_>>()),
                });
                post("/v1/receipts", without_nulls(body))
            }
            Operation::SetWarning { customer, partners, level } => {
                let field = if *partners { "partner_warning_percent" } else { "own_warning_percent" };
                patch(format!("/v1/customers/{}", self.uin(customer)), json!({ field: level }))
            }
            Operation::SetNonStop { customer, prepaid, postpaid } => {
                let body = json!({ "non_stop": { "prepaid": prepaid, "postpaid": postpaid } });
                patch(format!("/v1/customers/{}", self.uin(customer)), body)
            }
            Operation::SetSpecialSuspension { customer, on } => {
                patch(format!("/v1/customers/{}", self.uin(customer)), json!({ "special_suspension": on }))
            }
            Operation::ForceSuspension { customer, forced, .. } => Asked {
                method: "PUT",
                path: format!("/v1/customers/{}/suspension", self.uin(customer)),
                body: Some(json!({ "forced": forced })),
            },
            Operation::Subscribe { account, on } => Asked {
                method: "PUT",
                path: format!("/v1/accounts/{}/subscriptions", self.uin(account)),
                body: Some(json!({ "channel_service": on, "channels": ["message_center"] })),
            },
            Operation::AdvanceTo { to } => post("/v1/clock/advance", json!({ "to": shown(*to)? })),
            _ => return Err(Failure::new(format!("{operation:?} is no request that is known here"))),
        })
    }

    /// A line's identifier; one that was never posted where nothing has that name.
    pub(crate) fn line(&self, name: &str) -> String {
        self.lines.get(name).cloned().unwrap_or_else(|| "line_999999999".to_owned())
    }

    /// One usage record as a batch of its own.
    pub(crate) fn settle(
        &mut self,
        operation: &Operation,
        record: &UsageRecord,
        key: Option<&str>,
    ) -> Result<Outcome, Failure> {
        let key = key.map_or_else(|| format!("unkeyed-{}", self.next()), str::to_owned);
        let now = self.now()?;
        let (start, end) = match record.period {
            Some((start, end)) => (start.seen_from(now), end.seen_from(now)),
            None => (now.plus_seconds(-3_600), now),
        };
        let sent = without_nulls(json!({
            "key": key, "account_uin": self.uin(&record.account), "product_code": record.product,
            "amount": record.amount.to_string(), "units": record.units.map(|units| units.to_string()),
            "period_start": shown(start)?, "period_end": shown(end)?,
            "resource_id": record.resource, "action_type": record.action.map(|action| action.name()),
        }));
        let answer = self.client.call("POST", "/v1/usage", None, Some(&json!({ "records": [sent] })))?;
        let result = &answer.body["results"][0];
        if answer.status != 200 || result["key"] != key.as_str() {
            return Err(Failure::new(format!("the batch was answered {} {}", answer.status, answer.body)));
        }
        let replayed = result["replayed"] == true;
        if text(result, "status")? == "rejected" {
            let refused = Outcome::refused(text(result, "code")?);
            return Ok(Outcome { replayed, figures: credere_testkit::Figures::Unknown, ..refused });
        }
        self.remember_line(operation, text(result, "line_id")?);
        let settled = Outcome::done("done")
            .with("amount", amount(result, "amount")?)
            .with("voucher_amount", amount(result, "voucher_amount")?);
        Ok(Outcome { replayed, ..settled })
    }

    /// Gives the line that an operation posted its name.
    pub(crate) fn remember_line(&mut self, operation: &Operation, id: &str) {
        if let Some(name) = operation.line() {
            self.lines.insert(name.clone(), id.to_owned());
        }
    }

    /// Gives the newest line of all its name, where the answer did not say which it is.
    pub(crate) fn remember_newest_line(&mut self, operation: &Operation) -> Result<(), Failure> {
        if operation.line().is_none() {
            return Ok(());
        }
        let mut newest: Option<(u64, String)> = None;
        for account in self.accounts.values() {
            let lines = self.lines_of(*account)?.into_iter();
            let numbered = lines.map(|(id, _)| (id.trim_start_matches("line_").parse().unwrap_or(0), id));
            newest = newest.into_iter().chain(numbered).max();
        }
        // What only waits has posted none, and the newest is another operation's.
        if let Some((_, id)) = newest.filter(|(_, id)| !self.lines.values().any(|known| known == id)) {
            self.remember_line(operation, &id);
        }
        Ok(())
    }

    /// What such a request came to, when it went through.
    pub(crate) fn spent(operation: &Operation, answer: &Answer) -> Result<Outcome, Failure> {
        let body = &answer.body;
        Ok(match operation {
            Operation::RefundOrder { .. } => Outcome::done(text(body, "state")?),
            Operation::ActivateResource { .. } | Operation::ResizeResource { .. } => {
                Outcome::done("done").with("frozen", amount(body, "frozen")?)
            }
            Operation::TerminateResource { .. } => Outcome::done("done")
                .with("released", amount(body, "released")?)
                .with("amount", amount(body, "amount")?),
            Operation::ConfirmReceipt { .. } => {
                let done = Outcome::done("done").with("returned", amount(body, "returned")?);
                if body["available"].is_null() { done } else { done.with("available", amount(body, "available")?) }
            }
            _ => Outcome::done("done"),
        })
    }

    fn new_voucher(&self, new: &NewVoucher) -> Result<Value, Failure> {
        let now = self.now()?;
        let (kind, owner, customer, issuer) = match &new.whose {
            VoucherFor::Partner(partner) => ("partner_all", partner, None, None),
            VoucherFor::PartnerCustomer { partner, customer } => ("partner_customer", partner, Some(customer), None),
            VoucherFor::Customer { customer, issuer } => ("customer", customer, None, issuer.as_ref()),
        };
        let (mode, codes) = match &new.products {
            VoucherScope::All => ("all", Vec::new()),
            VoucherScope::Only(codes) => ("only", codes.clone()),
            VoucherScope::Except(codes) => ("except", codes.clone()),
        };
        let until = new.until.map_or(now.plus_seconds(365 * 86_400), |time| time.seen_from(now));
        Ok(without_nulls(json!({
            "kind": kind,
            "owner_uin": self.uin(owner),
            "customer_uin": customer.map(|name| self.uin(name)),
            "issuer_uin": issuer.map(|name| self.uin(name)),
            "amount": new.amount.to_string(),
            "usage": if new.trial { "ProductTrial" } else { "CustomerOffer" },
            "payment_mode": match new.mode {
                VoucherMode::All => "all",
                VoucherMode::Prepaid => "prepaid",
                VoucherMode::Postpaid => "postpaid",
            },
            "products": { "mode": mode, "codes": codes },
            "effective_at": shown(new.from.map_or(now, |time: Time| time.seen_from(now)))?,
            "expires_at": shown(until)?,
        })))
    }

    /// The server's time.
    fn now(&self) -> Result<Moment, Failure> {
        let now: jiff::Timestamp = text(&self.client.get("/v1/clock")?, "now")?.parse().map_err(failure)?;
        Ok(Moment::from_micros(now.as_microsecond()))
    }
}

fn shown(at: Moment) -> Result<String, Failure> {
    jiff::Timestamp::from_microsecond(at.micros()).map(|at| at.to_string()).map_err(failure)
}

fn terms_of(terms: &ProductTerms) -> Value {
    let freeze = |freeze: FreezeTerms| {
        json!({
            "model": freeze.model.name(), "coefficient": freeze.coefficient.to_string(),
            "amount": freeze.amount.to_string(),
        })
    };
    json!({
        "settlement": terms.settlement.map(Settlement::name),
        "grace_hours": terms.grace_hours,
        "retention_days": terms.retention_days,
        "freeze": terms.freeze.map(freeze),
        "inheritable": terms.inheritable,
    })
}
