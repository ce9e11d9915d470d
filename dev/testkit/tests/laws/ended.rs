//! What the core alone cannot know. The book forgets what has ended (orders that are closed, resources, vouchers); the
//! application looks it up in history and so tells it from what never was, as the auditor does.

use credere_auditor::facts::{OrderState, VoucherState};
use credere_auditor::{Auditor, Refusal};
use credere_core::book::{Command, buying, metering, vouchers};

/// The refusal as a book says it that does not know what has ended.
pub(crate) fn as_the_core_says(world: &Auditor, command: &Command, refusal: Refusal) -> Refusal {
    let open = |order: u64| {
        let state = world.orders.get(&order).map(|order| order.state);
        matches!(state, Some(OrderState::ToBePaid | OrderState::Processing))
    };
    let live = |voucher: u64| {
        let voucher = world.vouchers.get(&voucher);
        voucher.is_some_and(|voucher| voucher.state == VoucherState::Issued || voucher.reserved > 0)
    };
    let code = match (refusal.code, command) {
        (
            "order_not_payable" | "order_not_processing" | "order_not_open",
            Command::Buying(buying::Command::PayOrder(buying::PayOrder { order, .. }))
            | Command::Buying(buying::Command::DeliverOrder(buying::DeliverOrder { order }))
            | Command::Buying(buying::Command::CancelOrder(buying::CancelOrder { order })),
        ) if !open(order.0) => "order_not_found",
        (
            "resource_not_active",
            Command::Metering(metering::Command::ResizeResource(metering::ResizeResource { name, .. }))
            | Command::Metering(metering::Command::TerminateResource(metering::TerminateResource { name, .. })),
        ) if !world.resources.contains_key(name) => "resource_not_found",
        (
            "voucher_not_issued",
            Command::Vouchers(vouchers::Command::InvalidateVoucher(vouchers::InvalidateVoucher { id })),
        ) if !live(id.0) => "voucher_not_found",
        _ => return refusal,
    };
    Refusal { code, ..refusal }
}
