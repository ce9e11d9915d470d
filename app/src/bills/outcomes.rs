//! What receipts and payments came to, as it is shown to whoever gave them.

use super::views::{PaymentView, ReceiptView};
use crate::command::{Done, unexpected};
use crate::failure::Failure;
use credere_core::book::{Event, bills};

impl Done {
    /// What the receipt that was confirmed gave back.
    ///
    /// # Errors
    /// [`Failure::Internal`] when none was.
    pub fn receipt(&self) -> Result<ReceiptView, Failure> {
        let Event::Bills(bills::Event::ReceiptConfirmed(fact)) = &*self.event else { return Err(unexpected()) };
        Ok(ReceiptView {
            customer: fact.customer,
            month: fact.month,
            lines: fact.lines,
            returned: fact.returned,
            available: fact.customer_after.map(|line| line.available()),
        })
    }

    /// What a partner paid the platform.
    ///
    /// # Errors
    /// [`Failure::Internal`] when nothing was paid.
    pub fn payment(&self) -> Result<PaymentView, Failure> {
        let Event::Bills(bills::Event::PlatformPaid(fact)) = &*self.event else { return Err(unexpected()) };
        Ok(PaymentView { partner: fact.partner, amount: fact.amount, spend: fact.partner_after })
    }
}
