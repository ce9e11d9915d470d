//! The core's figures, refusals and events in the model's words, so that both can be compared.

use crate::Checked;
use credere_core::book::{Book, Event, Rejection, bills, buying, parties, standing, vouchers};
use credere_core::channel::{Standing, Uin, VoucherUse};
use credere_core::ledger::{Line, Moment};
use credere_core::money::Amount;
use credere_testkit::model::{Credit, Fact, Figures, Partner, Refused, Resource, Settings, Spend, Suspension};
use proptest::prelude::*;
use std::collections::BTreeSet;

pub(crate) fn wide(amount: Amount) -> i128 {
    i128::from(amount.units())
}

/// The core's figures in the model's words.
pub(crate) fn figures_of(book: &Book, number: u64) -> Option<Figures> {
    let uin = Uin::new(number).ok()?;
    let account = book.account(uin)?;
    let credit = account.customer.as_ref().map(|customer| Credit {
        partner: customer.partner.number(),
        total: wide(customer.line.limit()),
        used: wide(customer.line.used()),
        held: wide(customer.line.prepay_frozen()),
        frozen: wide(customer.line.postpay_frozen()),
        available: wide(customer.line.available()),
        settings: Settings {
            prepaid_non_stop: customer.non_stop.prepaid,
            postpaid_non_stop: customer.non_stop.postpaid,
            special: customer.special_suspension,
            partner_level: customer.partner_warning,
            own_level: customer.own_warning,
        },
        forced_since: customer.forced_since.map(Moment::micros),
        overdue_since: customer.overdue_since.map(Moment::micros),
        notified: match customer.notified {
            Standing::Normal => Suspension::None,
            Standing::Overdue => Suspension::Arrears,
            Standing::Forced => Suspension::Force,
        },
        open: customer.processing_orders as usize + customer.open_authorizations as usize,
        parked: customer.parked_orders as usize,
    });
    let spend = |line: Line| Spend {
        line: wide(line.limit()),
        used: wide(line.used()),
        frozen: wide(line.frozen()),
        available: wide(line.available()),
    };
    let partner = book.partner(uin).map(|partner| Partner {
        kind: partner.kind,
        distributor: partner.distributor.map(Uin::number),
        quota: wide(partner.allocation_quota),
        allocated: wide(partner.allocated),
        spend: partner.spend.map(spend),
        vouchers_quota: wide(partner.voucher_quota),
        vouchers_issued: wide(partner.vouchers_issued),
        features: partner.allowlist.clone(),
        customers_total: wide(partner.customers_total),
        customers_available: partner.customers_available,
        customers: partner.customers.iter().map(|(_, customer)| customer.number()).collect(),
    });
    let verified = account.verification != credere_core::channel::Verification::None;
    let parts = book.open_bills(uin).iter().flat_map(|bill| bill.parts.iter().map(move |part| (bill, part)));
    let bills = parts
        .map(|(bill, part)| ((bill.binding.seq, bill.month, part.action), (part.lines, wide(part.amount))))
        .collect();
    let vouchers = book
        .vouchers_of(uin)
        .map(|voucher| (voucher.id.0, (wide(voucher.remaining), wide(voucher.reserved), voucher.status)))
        .collect();
    let resources = book
        .resources_of(uin)
        .map(|it| {
            let resource = Resource {
                name: it.name.as_str().to_owned(),
                account: it.account.number(),
                product: book.product_numbered(it.product).map(|it| it.code.to_string()).unwrap_or_default(),
                unit_price: wide(it.unit_price),
                quantity: it.quantity.units(),
                frozen: (wide(it.frozen.customer), wide(it.frozen.partner)),
                state: it.state,
                since: it.since.micros(),
                activated_at: it.activated_at.micros(),
                cycle_ended_at: it.cycle_ended_at.map(Moment::micros),
            };
            (it.id.0, resource)
        })
        .collect();
    Some(Figures { verified, credit, partner, bills, vouchers, resources })
}

/// What an event says besides figures is what the model said: who was told what, which lines flipped, how far an order
/// is, and what a line is for.
pub(crate) fn same(event: &Event, fact: &Fact) -> Checked {
    if let (
        Event::Standing(standing::Event::CustomerReviewed(standing::CustomerReviewed { notices, .. })),
        Fact::Reviewed { notices: expected, .. },
    ) = (event, fact)
    {
        let told: BTreeSet<_> = notices.iter().map(|it| (it.recipient.number(), it.kind, it.level)).collect();
        prop_assert_eq!(told.len(), notices.len(), "nobody is told the same twice");
        prop_assert_eq!(told, expected.iter().copied().collect::<BTreeSet<_>>());
    }
    if let (
        Event::Bills(bills::Event::ReceiptConfirmed(bills::ReceiptConfirmed { returned, lines, named, .. })),
        Fact::Confirmed { lines: flipped, returned: sum, .. },
    ) = (event, fact)
    {
        prop_assert_eq!((wide(*returned), *lines as usize), (*sum, flipped.len()));
        if let Some(named) = named {
            prop_assert_eq!(named.iter().map(|line| line.0).collect::<Vec<_>>(), flipped.clone());
        }
    }
    if let (
        Event::Buying(buying::Event::OrderRefunded(buying::OrderRefunded { order, .. })),
        Fact::Refunded { state, .. },
    ) = (event, fact)
    {
        prop_assert_eq!(order.state, *state);
    }
    prop_assert_eq!(event.charge().is_some(), fact.bill().is_some());
    if let Some((charge, bill)) = event.charge().zip(fact.bill()) {
        let uses = |uses: &[VoucherUse]| uses.iter().map(|one| (one.voucher.0, wide(one.amount))).collect::<Vec<_>>();
        prop_assert_eq!((wide(charge.price.customer), wide(charge.price.partner)), bill.prices);
        prop_assert_eq!((charge.action, charge.month), (bill.action, bill.month));
        prop_assert_eq!(uses(&charge.vouchers), bill.uses.customer.clone());
        prop_assert_eq!(uses(&charge.partner_vouchers), bill.uses.partner.clone());
        prop_assert_eq!(charge.paying_partner.number(), bill.payer);
    }
    Ok(())
}

/// The core's refusal in the model's words.
pub(crate) fn told(rejection: &Rejection) -> Refused {
    let figures =
        |pairs: &[(&'static str, Amount)]| pairs.iter().map(|(name, amount)| (*name, wide(*amount))).collect();
    let plain = Refused::plain(rejection.code());
    match rejection {
        Rejection::Buying(buying::Reason::InsufficientCredit { side, account, required, available }) => Refused {
            side: Some(side.name()),
            account: Some(account.number()),
            figures: figures(&[("required", *required), ("available", *available)]),
            ..plain
        },
        Rejection::Parties(parties::Reason::ExceedsAllocatable { partner, requested, allocatable }) => Refused {
            account: Some(partner.number()),
            figures: figures(&[("requested", *requested), ("allocatable", *allocatable)]),
            ..plain
        },
        Rejection::Parties(parties::Reason::ExceedsAvailable { customer, requested, available }) => Refused {
            account: Some(customer.number()),
            figures: figures(&[("requested", *requested), ("available", *available)]),
            ..plain
        },
        Rejection::Parties(parties::Reason::ExceedsPool { second_level, requested, remaining }) => Refused {
            account: Some(second_level.number()),
            figures: figures(&[("requested", *requested), ("remaining", *remaining)]),
            ..plain
        },
        Rejection::Parties(parties::Reason::BelowAllocated { requested, allocated }) => {
            Refused { figures: figures(&[("requested", *requested), ("allocated", *allocated)]), ..plain }
        }
        Rejection::Buying(buying::Reason::ExceedsAuthorization { requested, open }) => {
            Refused { figures: figures(&[("requested", *requested), ("open", *open)]), ..plain }
        }
        Rejection::Vouchers(vouchers::Reason::ExceedsVoucherQuota { issuer, requested, remaining }) => Refused {
            account: Some(issuer.number()),
            figures: figures(&[("requested", *requested), ("remaining", *remaining)]),
            ..plain
        },
        Rejection::Buying(buying::Reason::ExceedsRefundable { requested, refundable }) => {
            Refused { figures: figures(&[("requested", *requested), ("refundable", *refundable)]), ..plain }
        }
        Rejection::Buying(buying::Reason::ExceedsPaid { account, requested, paid }) => Refused {
            account: Some(account.number()),
            figures: figures(&[("requested", *requested), ("paid", *paid)]),
            ..plain
        },
        Rejection::Parties(parties::Reason::BelowIssued { requested, issued }) => {
            Refused { figures: figures(&[("requested", *requested), ("issued", *issued)]), ..plain }
        }
        Rejection::Vouchers(vouchers::Reason::VoucherAmountOutOfRange { limit }) => {
            Refused { figures: figures(&[("limit", *limit)]), ..plain }
        }
        Rejection::Parties(parties::Reason::PoolAmountOutOfRange { limit }) => {
            Refused { figures: figures(&[("limit", *limit)]), ..plain }
        }
        Rejection::Parties(parties::Reason::Overdue { customer, available }) => {
            Refused { account: Some(customer.number()), figures: figures(&[("available", *available)]), ..plain }
        }
        _ => plain,
    }
}
