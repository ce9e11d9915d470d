//! What whoever pays on behalf of others is told of orders that wait for it: when one is placed that it cannot pay, and when
//! its member asks it to pay (O74, O83).

use super::command::RequestPayment;
use super::event::PaymentRequested;
use super::reason::Reason;
use crate::book::{Book, Context, Decision, Rejection, buying};
use crate::channel::{Order, OrderState, PayerTold, Uin};

/// So long nobody is asked again to pay the same order, in seconds: often enough for somebody who waits, and no way to flood a
/// mailbox.
const ASKED_AGAIN_AFTER: i64 = 3_600;

impl Book {
    /// What a payer is told besides the order: what it has, and where it wants to be told.
    pub(in crate::book) fn payer_told(&self, payer: Uin) -> Option<PayerTold> {
        let account = self.account(payer)?;
        let own = || account.own().finance.credit_limit();
        let total = account.on_credit().map_or_else(own, |customer| customer.line.limit());
        let (channels, available) = (self.subscription(payer), account.spender().available);
        Some(PayerTold { channels, available, total })
    }

    /// A request is over with its order's waiting.
    pub(in crate::book) fn end_request(&mut self, order: &Order) {
        if self.notices.requests.len() > 0 && order.state != OrderState::ToBePaid {
            self.notices.requests.remove(&order.id);
        }
    }
}

pub(super) fn request(book: &Book, context: &Context<'_>, asked: &RequestPayment) -> Result<Decision, Rejection> {
    let needed = OrderState::ToBePaid;
    let order = book.existing_order(&asked.order, needed)?;
    if order.state != needed {
        return Err(buying::Reason::OrderNot { state: order.state, needed }.into());
    }
    let own = || Rejection::from(Reason::NobodyElsePays(order.account));
    let payer = book.payer_of(order.account).ok_or_else(own)?;
    let told = book.payer_told(payer).ok_or_else(own)?;
    let again = book.notices.requests.get(&order.id).map(|last| last.plus_seconds(ASKED_AGAIN_AFTER));
    if let Some(again_at) = again.filter(|again_at| context.now < *again_at) {
        return Err(Reason::RequestedLately { again_at }.into());
    }
    Ok(PaymentRequested { order: Box::new(order.clone()), payer, told }.into())
}
