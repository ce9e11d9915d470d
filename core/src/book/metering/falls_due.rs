//! What falls due by itself for resources: the schedule put to use on the book.

use super::schedule::entries;
use crate::book::Book;
use crate::channel::{ResourceId, ResourceStep, Uin, next_step};
use crate::ledger::Moment;

impl Book {
    /// Finds anew when something falls due for an account's resources: how it stands has changed.
    pub(in crate::book) fn reschedule(&mut self, account: Uin) {
        let products: Vec<u32> = self.metering.schedule.products_of(account).collect();
        products.into_iter().for_each(|product| self.reschedule_product(account, product));
    }

    /// Finds anew when something falls due for what an account runs of one product.
    pub(super) fn reschedule_product(&mut self, account: Uin, number: u32) {
        let first = self.metering.schedule.first_of(account, number);
        let first = first.map(|id| self.metering.resources.get(&id?));
        let entries = self.runs_under(account).map(|spending| entries(&spending, first)).unwrap_or_default();
        let product = self.deployment.products.get(number as usize);
        self.metering.schedule.file(account, number, product, entries);
    }

    /// What falls due first for an account's resources, and when; what starts again does at once.
    pub(in crate::book) fn step_of_account(
        &self,
        account: Uin,
        now: Moment,
    ) -> Option<(Moment, ResourceId, ResourceStep)> {
        let schedule = &self.metering.schedule;
        let mut filed = schedule.filed_of(account).peekable();
        // Most accounts have nothing that falls due.
        filed.peek()?;
        let spending = self.runs_under(account)?;
        let steps = filed.flat_map(|number| {
            let product = self.product_numbered(number);
            let first = schedule.first_of(account, number).into_iter().flatten();
            first.filter_map(move |id| {
                let (at, step) = next_step(self.metering.resources.get(&id)?, product?, &spending, now)?;
                Some((at, id, step))
            })
        });
        steps.min()
    }

    /// What falls due first for anybody's resources, and when.
    pub(in crate::book) fn first_step(&self, now: Moment) -> Option<(Moment, ResourceId, ResourceStep)> {
        let (at, account) = self.metering.schedule.first(now)?;
        self.step_of_account(account, now.max(at))
    }
}
