//! The rows of bills and of what stands around them: lines, receipts, vouchers and what they paid, resources, notices.

use super::basis::{Basis, code_of, decided};
use credere_core::book::{Event, bills, buying, metering, parties, standing, vouchers};
use credere_core::channel::{Charge, Details, Order, Product, Resource, ResourceName, Uin, Voucher, VoucherKind};
use credere_core::ledger::Moment;
use credere_store::contract::{
    HistoryFold, LineRow, NoticeKey, NoticeRow, ReceiptPartRow, ReceiptRow, ResourceRow, VoucherRow, VoucherUseRow,
};

/// Adds the rows of one event.
pub(super) fn add(fold: &mut HistoryFold, basis: &Basis<'_>, seq: u64, at: Moment, event: &Event) {
    let products = basis.products;
    match event {
        Event::Buying(buying::Event::OrderChanged(buying::OrderChanged { order, charge, vouchers_after, .. })) => {
            if let Some(charge) = charge {
                post(fold, basis, seq, at, charge, &order.details, named(order), Some(order.id.0));
            }
            changed(fold, products, at, vouchers_after);
        }
        Event::Buying(buying::Event::OrderRefunded(buying::OrderRefunded { order, charge, .. })) => {
            post(fold, basis, seq, at, charge, &order.details, named(order), Some(order.id.0));
        }
        Event::Buying(buying::Event::AuthorizationCaptured(buying::AuthorizationCaptured {
            charge,
            vouchers_after,
            ..
        })) => {
            post(fold, basis, seq, at, charge, "{}", None, None);
            changed(fold, products, at, vouchers_after);
        }
        Event::Metering(metering::Event::UsageSettled(metering::UsageSettled {
            charge,
            resource_name,
            details,
            resource,
            vouchers_after,
            ..
        })) => {
            post(fold, basis, seq, at, charge, details, resource_name.as_deref(), None);
            changed(fold, products, at, vouchers_after);
            fold.resources.extend(resource.as_deref().map(|resource| resource_row(resource, products)));
        }
        Event::Metering(metering::Event::ResourceTerminated(metering::ResourceTerminated {
            resource,
            charge,
            vouchers_after,
            ..
        })) => {
            if let Some(charge) = charge {
                post(fold, basis, seq, at, charge, &resource.details, Some(resource.name.as_str()), None);
            }
            changed(fold, products, at, vouchers_after);
            fold.resources.push(resource_row(resource, products));
        }
        Event::Metering(metering::Event::ResourceActivated(metering::ResourceActivated { resource, .. }))
        | Event::Metering(metering::Event::ResourceResized(metering::ResourceResized { resource, .. }))
        | Event::Metering(metering::Event::ResourceSuspended(metering::ResourceSuspended { resource }))
        | Event::Metering(metering::Event::ResourceResumed(metering::ResourceResumed { resource }))
        | Event::Metering(metering::Event::ResourceDeleted(metering::ResourceDeleted { resource, .. })) => {
            fold.resources.push(resource_row(resource, products))
        }
        Event::Vouchers(vouchers::Event::VoucherIssued(vouchers::VoucherIssued { voucher, linked })) => {
            let issued = std::iter::once(voucher).chain(linked);
            fold.vouchers.extend(issued.map(|voucher| voucher_row(voucher, products, at)));
        }
        Event::Vouchers(vouchers::Event::VoucherInvalidated(vouchers::VoucherInvalidated { voucher }))
        | Event::Vouchers(vouchers::Event::VoucherExpired(vouchers::VoucherExpired { voucher })) => {
            fold.vouchers.push(voucher_row(voucher, products, at));
        }
        Event::Parties(parties::Event::CustomerUnbound(parties::CustomerUnbound { vouchers_after, .. })) => {
            changed(fold, products, at, vouchers_after)
        }
        Event::Bills(bills::Event::ReceiptConfirmed(bills::ReceiptConfirmed {
            customer,
            month,
            partner,
            parts,
            named,
            lines,
            returned,
            customer_after,
            ..
        })) => {
            let whole =
                |part: &bills::ReceiptPart| ReceiptPartRow { binding_seq: part.binding_seq, action: part.action };
            fold.receipts.push(ReceiptRow {
                seq,
                account: *customer,
                month: *month,
                operator: *partner,
                parts: if named.is_none() { parts.iter().map(whole).collect() } else { Vec::new() },
                line_seqs: named.iter().flatten().map(|line| line.0).collect(),
                lines: u64::from(*lines),
                returned: *returned,
                available_after: customer_after.map(|line| line.available()),
                at,
            });
        }
        Event::Standing(standing::Event::CustomerReviewed(standing::CustomerReviewed {
            customer,
            available,
            total,
            notices,
            ..
        })) => {
            let row = |(place, notice): (u32, &credere_core::channel::Notice)| NoticeRow {
                key: NoticeKey { seq, place },
                recipient: notice.recipient,
                customer: *customer,
                kind: notice.kind,
                level: notice.level,
                available: *available,
                total: *total,
                channels: notice.channels,
                at,
            };
            fold.notices.extend((0..).zip(notices).map(row));
        }
        _ => {}
    }
}

/// The resource that an order is for.
fn named(order: &Order) -> Option<&str> {
    order.resource.as_ref().map(ResourceName::as_str)
}

#[expect(clippy::too_many_arguments, reason = "what one line is made of; two callers each name what they have")]
fn post(
    fold: &mut HistoryFold,
    basis: &Basis<'_>,
    seq: u64,
    at: Moment,
    charge: &Charge,
    details: &str,
    resource: Option<&str>,
    order_seq: Option<u64>,
) {
    let Details { region, project, .. } = Details::read(details);
    let calendar = basis.calendar;
    let own_day = calendar.month(charge.period_start) == charge.month;
    let product = code_of(basis.products, charge.product);
    for one in charge.vouchers.iter().chain(&charge.partner_vouchers) {
        fold.voucher_uses.push(VoucherUseRow {
            line_seq: seq,
            voucher: one.voucher.0,
            account: charge.account,
            order_seq,
            product: product.clone(),
            action: charge.action,
            amount: one.amount,
            month: calendar.month(at),
            at,
        });
    }
    fold.lines.push(LineRow {
        seq,
        account: charge.account,
        month: charge.month,
        day: calendar.day_of_month(if own_day { charge.period_start } else { at }),
        managing: charge.binding.map(|binding| binding.partner),
        binding_seq: charge.binding.map_or(0, |binding| binding.seq),
        payer: charge.paying_partner,
        product,
        action: charge.action,
        region: region.unwrap_or_default(),
        project: project.unwrap_or_default(),
        resource: resource.unwrap_or_default().to_owned(),
        order_seq,
        period_start: charge.period_start,
        period_end: charge.period_end,
        list_amount: charge.price.list,
        discount_rate: charge.price.customer_rate,
        voucher_amount: decided(charge.voucher_amount()),
        amount: decided(charge.amount()),
        partner_amount: decided(charge.partner_amount()),
        posted_at: at,
        details: details.to_owned(),
        confirmed: false,
    });
}

fn changed(fold: &mut HistoryFold, products: &[Product], at: Moment, vouchers: &[Voucher]) {
    fold.vouchers.extend(vouchers.iter().map(|voucher| voucher_row(voucher, products, at)));
}

/// A voucher as history shows it.
pub(crate) fn voucher_row(voucher: &Voucher, products: &[Product], at: Moment) -> VoucherRow {
    let (customer, issuer): (Option<Uin>, Option<Uin>) = match voucher.kind {
        VoucherKind::PartnerAll => (None, None),
        VoucherKind::PartnerCustomer(customer) => (Some(customer), None),
        VoucherKind::Customer { issuer } => (None, Some(issuer)),
    };
    VoucherRow {
        id: voucher.id.0,
        kind: voucher.kind.name().to_owned(),
        owner: voucher.owner,
        customer,
        issuer,
        amount: voucher.amount,
        remaining: voucher.remaining,
        status: voucher.status.name().to_owned(),
        usage: voucher.usage.name().to_owned(),
        payment_mode: voucher.mode.name().to_owned(),
        products_mode: voucher.products.name().to_owned(),
        products: voucher.products.listed().iter().map(|number| code_of(products, *number)).collect(),
        effective_at: voucher.effective_at,
        expires_at: voucher.expires_at,
        issued_at: voucher.issued_at,
        changed_at: at,
    }
}

/// A resource as history shows it.
pub(crate) fn resource_row(resource: &Resource, products: &[Product]) -> ResourceRow {
    ResourceRow {
        seq: resource.id.0,
        name: resource.name.as_str().to_owned(),
        account: resource.account,
        product: code_of(products, resource.product),
        unit_price: resource.unit_price,
        quantity: resource.quantity.units(),
        frozen: resource.frozen.customer,
        partner_frozen: resource.frozen.partner,
        state: resource.state.name().to_owned(),
        since: resource.since,
        activated_at: resource.activated_at,
        details: resource.details.clone(),
    }
}
