//! From records to the rows of history. Everything a row says is in its record, so history can be told again from the
//! journal alone. Bill lines and what goes with them are in [`lines`].

mod basis;
mod lines;

pub(crate) use basis::Basis;

use basis::{code_of, decided};
use credere_core::access::{Action, Actor, Face};
use credere_core::book::{Event, Finding, Record, Rejection, RequestInfo, buying, parties};
use credere_core::channel::{Authorization, AuthorizationId, Charge, Order, Product, Uin};
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use credere_store::contract::{AllocationRow, AuditRow, AuthorizationRow, HistoryFold, OrderRow};
use uuid::Uuid;

/// How many rows a fold has.
pub(crate) fn count(fold: &HistoryFold) -> usize {
    fold.allocations.len()
        + fold.orders.len()
        + fold.authorizations.len()
        + fold.audit.len()
        + fold.lines.len()
        + fold.receipts.len()
        + fold.vouchers.len()
        + fold.voucher_uses.len()
        + fold.resources.len()
        + fold.notices.len()
}

/// How many refused operations the audit of a batch names; `GET /v1/decisions` tells all of them.
const REFUSALS_NAMED: usize = 20;

/// Adds the rows of one commit's records, in which a batch stands whole.
pub(crate) fn add(fold: &mut HistoryFold, basis: &Basis<'_>, first_seq: u64, at: Moment, records: &[Record]) {
    for (place, (seq, record)) in (first_seq..).zip(records).enumerate() {
        add_record(fold, basis, (seq, at), record, &records[..place]);
    }
}

fn add_record(fold: &mut HistoryFold, basis: &Basis<'_>, (seq, at): (u64, Moment), record: &Record, before: &[Record]) {
    if let Some(event) = record.event() {
        add_event(fold, basis.products, seq, at, event);
        lines::add(fold, basis, seq, at, event);
    }
    match record {
        Record::Decided { request, action, target, outcome, .. } => {
            let (outcome, code, detail) = match outcome {
                Ok(event) => ("done", None, serde_json::json!({ "event": event.name() })),
                Err(rejection) => ("refused", Some(rejection.code().to_owned()), reasons(rejection)),
            };
            let action = action.0.name().to_owned();
            fold.audit.push(audit(seq, at, request, action, *target, outcome, code, detail));
        }
        Record::BatchClosed { request, action, target, done, refused, replayed, records } => {
            let action = match (request.face, action.0) {
                (Face::System, action) => action.name(),
                (Face::Platform | Face::Cloud, Action::SettleUsage) => "usage",
                (Face::Platform | Face::Cloud, _) => "authorizations",
            };
            let own = before.len().saturating_sub(*records as usize);
            let mut detail = serde_json::json!({ "done": done, "refused": refused, "replayed": replayed });
            if *refused > 0 {
                detail["refusals"] = refusals(seq - (before.len() - own) as u64, &before[own..]);
            }
            fold.audit.push(audit(seq, at, request, action.to_owned(), *target, "done", None, detail));
        }
        Record::Operated { .. } | Record::Followed { .. } | Record::Kept { .. } => {}
    }
}

fn add_event(fold: &mut HistoryFold, products: &[Product], seq: u64, at: Moment, event: &Event) {
    match event {
        Event::Parties(parties::Event::CreditAllocated(parties::CreditAllocated {
            customer,
            partner,
            amount,
            total_after,
            available_after,
            remark,
            ..
        })) => {
            fold.allocations.push(AllocationRow {
                seq,
                account: *customer,
                operator: *partner,
                amount: *amount,
                total_after: *total_after,
                available_after: *available_after,
                remark: remark.clone(),
                at,
            });
        }
        Event::Parties(parties::Event::PoolAllocated(parties::PoolAllocated {
            second_level,
            distributor,
            amount,
            total_after,
            remaining_after,
            remark,
            ..
        })) => {
            fold.allocations.push(AllocationRow {
                seq,
                account: *second_level,
                operator: *distributor,
                amount: *amount,
                total_after: *total_after,
                available_after: *remaining_after,
                remark: remark.clone(),
                at,
            });
        }
        Event::Parties(parties::Event::CustomerUnbound(parties::CustomerUnbound {
            customer,
            partner,
            returned,
            ..
        })) if *returned != Amount::ZERO => {
            fold.allocations.push(AllocationRow {
                seq,
                account: *customer,
                operator: *partner,
                // A total is not below zero, so it has an opposite.
                amount: returned.negated().unwrap_or(Amount::ZERO),
                total_after: Amount::ZERO,
                available_after: Amount::ZERO,
                remark: None,
                at,
            });
        }
        Event::Buying(buying::Event::OrderChanged(buying::OrderChanged { order, .. }))
        | Event::Buying(buying::Event::OrderRefunded(buying::OrderRefunded { order, .. })) => {
            fold.orders.push(order_row(order, code_of(products, order.product)));
        }
        Event::Buying(buying::Event::AuthorizationCaptured(buying::AuthorizationCaptured {
            id, open, charge, ..
        })) => {
            fold.authorizations.push(closed(*id, open, "captured", Some(charge), at, products));
        }
        Event::Buying(buying::Event::AuthorizationReleased(buying::AuthorizationReleased { id, open, .. })) => {
            fold.authorizations.push(closed(*id, open, "released", None, at, products));
        }
        Event::Buying(buying::Event::AuthorizationExpired(buying::AuthorizationExpired { id, open, .. })) => {
            fold.authorizations.push(closed(*id, open, "expired", None, at, products));
        }
        _ => {}
    }
}

/// An order of the product with this code, as history shows it.
pub fn order_row(order: &Order, product: String) -> OrderRow {
    OrderRow {
        seq: order.id.0,
        account: order.account,
        payer: order.account,
        product,
        kind: order.kind.name().to_owned(),
        state: order.state.name().to_owned(),
        list_amount: order.price.list,
        discount_rate: order.price.customer_rate,
        voucher_amount: decided(order.voucher_amount()),
        amount: decided(order.amount()),
        partner_amount: decided(order.partner_amount()),
        refunded_amount: order.refunded,
        created_at: order.created_at,
        updated_at: order.updated_at,
        details: order.details.clone(),
        facts: postcard::to_stdvec(order).unwrap_or_default(),
    }
}

/// The order as the core holds it, from a row.
pub(crate) fn order_of(row: &OrderRow) -> Option<Order> {
    postcard::from_bytes(&row.facts).ok()
}

fn closed(
    id: AuthorizationId,
    open: &Authorization,
    state: &str,
    captured: Option<&Charge>,
    at: Moment,
    products: &[Product],
) -> AuthorizationRow {
    AuthorizationRow {
        opened_seq: id.opened_seq,
        account: id.account,
        product: code_of(products, open.product),
        state: state.to_owned(),
        list_amount: open.price.list,
        amount: open.price.customer,
        partner_amount: open.price.partner,
        captured_list_amount: captured.map_or(Amount::ZERO, |charge| charge.price.list),
        captured_amount: captured.map_or(Amount::ZERO, |charge| decided(charge.amount())),
        captured_partner_amount: captured.map_or(Amount::ZERO, |charge| decided(charge.partner_amount())),
        opened_at: open.opened_at,
        expires_at: open.expires_at,
        closed_at: at,
    }
}

#[expect(clippy::too_many_arguments, reason = "a row's columns, each named at the call by its binding")]
fn audit(
    seq: u64,
    at: Moment,
    request: &RequestInfo,
    action: String,
    account: Option<Uin>,
    outcome: &str,
    code: Option<String>,
    detail: serde_json::Value,
) -> AuditRow {
    AuditRow {
        seq,
        at,
        request_id: Uuid::from_bytes(request.id).to_string(),
        actor: match request.actor {
            Actor::Platform { key, .. } => format!("platform:key_{key}"),
            Actor::Account(uin) => format!("account:{uin}"),
            Actor::System => "system".to_owned(),
        },
        face: match request.face {
            Face::Platform => "platform",
            Face::Cloud => "cloud",
            Face::System => "system",
        }
        .to_owned(),
        action,
        account,
        outcome: outcome.to_owned(),
        code,
        detail: detail.to_string(),
    }
}

/// What a refusal rests on, for the audit.
fn reasons(rejection: &Rejection) -> serde_json::Value {
    let reason = |finding: &Finding| {
        let mut reason = serde_json::json!({
            "rule": finding.rule.to_string(),
            "account_uin": finding.account.number(),
            "figure": finding.figure.name(),
            "found": finding.found.to_string(),
            "passed": finding.passed(),
        });
        if let Some(required) = finding.required() {
            reason["required"] = required.to_string().into();
        }
        reason
    };
    serde_json::json!({ "because": rejection.because().iter().map(reason).collect::<Vec<_>>() })
}

/// The first operations of a batch that were refused, for the audit.
fn refusals(first_seq: u64, operations: &[Record]) -> serde_json::Value {
    let declined = (first_seq..).zip(operations).filter_map(|(seq, record)| match record {
        Record::Operated { outcome: Err(declined), .. } => Some((seq, declined)),
        Record::Operated { outcome: Ok(_), .. }
        | Record::Decided { .. }
        | Record::BatchClosed { .. }
        | Record::Followed { .. }
        | Record::Kept { .. } => None,
    });
    let named = declined.take(REFUSALS_NAMED).map(|(seq, declined)| {
        serde_json::json!({
            "journal_position": seq,
            "action": declined.action.0.name(),
            "account_uin": declined.account.map(Uin::number),
            "code": declined.rejection.code(),
        })
    });
    named.collect()
}
