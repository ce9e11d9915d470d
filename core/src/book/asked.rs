//! What was asked, told from what happened. An event holds all that its command said (and more), so a decision can be
//! taken again on the book as it stood before, to say which rules and figures decided; nothing of that is stored.

use super::command::{Command, DiscountTerms, NewOrder, NewResource, PayBy, ReceiptLines, UsageRecord, VoucherTerms};
use super::command::{NewVoucherKind, NewVoucherProducts};
use super::event::{Event, OrderChange};
use super::state::Book;
use crate::channel::{
    Order, OrderKind, OrderState, ProductCode, Resource, ResourceStep, Voucher, VoucherKind, VoucherProducts,
};
use crate::money::Overflow;

impl Event {
    /// The command that led to this event on the book as it stood before it. `None` for events whose command says nothing
    /// that was judged.
    pub fn asked(&self, before: &Book) -> Option<Command> {
        let code = |number: u32| Some(before.product_numbered(number)?.code.clone());
        match self {
            Event::PoolAllocated { second_level, amount, remark, .. } => {
                let (second_level, amount) = (*second_level, *amount);
                Some(Command::AllocatePool { second_level, amount, remark: remark.clone() })
            }
            Event::CustomerBound { customer, partner } => {
                Some(Command::BindCustomer { customer: *customer, partner: *partner })
            }
            Event::CustomerUnbound { customer, .. } => Some(Command::UnbindCustomer { customer: *customer }),
            Event::CreditAllocated { customer, amount, remark, .. } => {
                Some(Command::AllocateCredit { customer: *customer, amount: *amount, remark: remark.clone() })
            }
            Event::DiscountSet { scope, partner, product, rate, starts_at, ends_at } => {
                let product = match product {
                    Some(number) => Some(code(*number)?),
                    None => None,
                };
                let (scope, partner, rate) = (*scope, *partner, *rate);
                let (starts_at, ends_at) = (*starts_at, *ends_at);
                Some(Command::SetDiscount(DiscountTerms { scope, partner, product, rate, starts_at, ends_at }))
            }
            Event::DiscountEnded { id } => Some(Command::EndDiscount { id: *id }),
            Event::OrderChanged { change: OrderChange::Placed, order, .. } => {
                Some(Command::PlaceOrder(Box::new(placed(order, code(order.product)?).ok()?)))
            }
            Event::OrderChanged { change: OrderChange::Paid, order, .. } => {
                let by = if order.paid_by_partner { PayBy::Partner } else { PayBy::Customer };
                Some(Command::PayOrder { order: order.id, by })
            }
            Event::OrderChanged { change: OrderChange::Delivered, order, .. } => {
                Some(Command::DeliverOrder { order: order.id })
            }
            Event::OrderChanged { change: OrderChange::Canceled, order, .. } => {
                Some(Command::CancelOrder { order: order.id })
            }
            Event::OrderRefunded { order, charge, .. } => {
                let amount = charge.price.customer.negated().ok()?;
                Some(Command::RefundOrder { order: order.clone(), amount })
            }
            Event::AuthorizationOpened { account, product, price, expires_at, .. } => Some(Command::Authorize {
                account: *account,
                product: code(*product)?,
                amount: price.list,
                expires_at: Some(*expires_at),
            }),
            Event::AuthorizationCaptured { id, charge, .. } => {
                Some(Command::Capture { authorization: *id, amount: Some(charge.price.list) })
            }
            Event::AuthorizationReleased { id, .. } => Some(Command::Release { authorization: *id }),
            Event::AuthorizationExpired { id, .. } => Some(Command::Expire { authorization: *id }),
            Event::ResourceActivated { resource, .. } => {
                Some(Command::ActivateResource(Box::new(activated(resource, code(resource.product)?))))
            }
            Event::ResourceResized { resource, .. } => Some(Command::ResizeResource {
                name: resource.name.clone(),
                unit_price: Some(resource.unit_price),
                quantity: Some(resource.quantity),
            }),
            Event::ResourceTerminated { resource, charge, .. } => Some(Command::TerminateResource {
                name: resource.name.clone(),
                final_amount: charge.as_ref().map(|charge| charge.price.list),
            }),
            Event::ResourceSuspended { resource } => Some(step(resource, ResourceStep::Suspend)),
            Event::ResourceResumed { resource } => Some(step(resource, ResourceStep::Resume)),
            Event::ResourceDeleted { resource, .. } => Some(step(resource, ResourceStep::Delete)),
            Event::UsageSettled { charge, resource_name, details, .. } => {
                let list = charge.price.list;
                let resource = match resource_name {
                    Some(name) => Some(name.parse().ok()?),
                    None => None,
                };
                Some(Command::SettleUsage(Box::new(UsageRecord {
                    account: charge.account,
                    product: code(charge.product)?,
                    amount: if charge.action.lowers() { list.negated().ok()? } else { list },
                    period_start: charge.period_start,
                    period_end: charge.period_end,
                    resource,
                    action: Some(charge.action),
                    details: details.clone(),
                })))
            }
            Event::VoucherIssued { voucher, .. } => Some(Command::IssueVoucher(Box::new(terms_of(voucher, &code)?))),
            Event::VoucherInvalidated { voucher } => Some(Command::InvalidateVoucher { id: voucher.id }),
            Event::VoucherExpired { voucher } => Some(Command::ExpireVoucher { id: voucher.id }),
            Event::PlatformPaid { partner, amount, .. } => {
                Some(Command::PayPlatform { partner: *partner, amount: *amount })
            }
            // What the lines of a receipt that named them came to is in history only.
            Event::ReceiptConfirmed { customer, month, pay_mode, action, named: None, .. } => {
                Some(Command::ConfirmReceipt {
                    customer: *customer,
                    month: *month,
                    lines: ReceiptLines::All { pay_mode: *pay_mode, action: *action },
                })
            }
            Event::SuspensionForced { customer } => {
                Some(Command::ForceSuspension { customer: *customer, forced: true })
            }
            Event::SuspensionLifted { customer } => {
                Some(Command::ForceSuspension { customer: *customer, forced: false })
            }
            Event::CustomerReviewed { customer, .. } => Some(Command::ReviewCustomer { customer: *customer }),
            Event::BillsIssued { month } => Some(Command::IssueBills { month: *month }),
            Event::AccountOpened { .. }
            | Event::AccountChanged { .. }
            | Event::PartnerRegistered { .. }
            | Event::PartnerChanged { .. }
            | Event::CustomerNoted { .. }
            | Event::ProductAdded { .. }
            | Event::ProductChanged { .. }
            | Event::ReceiptConfirmed { named: Some(_), .. }
            | Event::CustomerChanged { .. }
            | Event::Subscribed { .. }
            | Event::WebhookAdded { .. }
            | Event::WebhookSecretRotated { .. }
            | Event::WebhookRemoved { .. }
            | Event::CredentialIssued { .. }
            | Event::CredentialRevoked { .. }
            | Event::PlatformKeyIssued { .. }
            | Event::PlatformKeyRevoked { .. }
            | Event::ClockAdvanced { .. }
            | Event::ClockAccepted { .. }
            | Event::LossAccepted { .. } => None,
        }
    }
}

fn placed(order: &Order, product: ProductCode) -> Result<NewOrder, Overflow> {
    let amount = if order.kind == OrderKind::Downgrade { order.price.list.negated()? } else { order.price.list };
    Ok(NewOrder {
        account: order.account,
        product,
        kind: order.kind,
        amount,
        capture: order.capture,
        park: order.state == OrderState::ToBePaid,
        resource: order.resource.clone(),
        details: order.details.clone(),
    })
}

fn activated(resource: &Resource, product: ProductCode) -> NewResource {
    NewResource {
        account: resource.account,
        name: resource.name.clone(),
        product,
        unit_price: resource.unit_price,
        quantity: resource.quantity,
        details: resource.details.clone(),
    }
}

fn step(resource: &Resource, step: ResourceStep) -> Command {
    match step {
        ResourceStep::Resume => Command::ResumeResource { id: resource.id },
        ResourceStep::Suspend => Command::SuspendResource { id: resource.id },
        ResourceStep::Delete => Command::DeleteResource { id: resource.id },
    }
}

fn terms_of(voucher: &Voucher, code: &impl Fn(u32) -> Option<ProductCode>) -> Option<VoucherTerms> {
    let codes = |numbers: &[u32]| numbers.iter().map(|number| code(*number)).collect::<Option<Vec<_>>>();
    Some(VoucherTerms {
        kind: match voucher.kind {
            VoucherKind::PartnerAll => NewVoucherKind::PartnerAll,
            VoucherKind::PartnerCustomer(customer) => NewVoucherKind::PartnerCustomer(customer),
            VoucherKind::Customer { issuer } => NewVoucherKind::Customer(Some(issuer)),
        },
        owner: voucher.owner,
        amount: voucher.amount,
        usage: voucher.usage,
        mode: voucher.mode,
        products: match &voucher.products {
            VoucherProducts::All => NewVoucherProducts::All,
            VoucherProducts::Only(numbers) => NewVoucherProducts::Only(codes(numbers)?),
            VoucherProducts::Except(numbers) => NewVoucherProducts::Except(codes(numbers)?),
        },
        effective_at: voucher.effective_at,
        expires_at: voucher.expires_at,
    })
}
