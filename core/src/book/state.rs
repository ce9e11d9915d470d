//! All the state that decisions need, consistent with one journal position: one part an area, what is the deployment's,
//! and where the book stands.
//! What is visible in an order is kept in that order.

use crate::book::{
    Rejection, bills, buying, catalogue, deployment, members, metering, notices, packs, parties, payers, standing,
    transfers, vouchers,
};
use crate::channel::Uin;
use crate::ledger::{Calendar, Moment, NumbersExhausted, Shard};

/// All state that decisions need, consistent with one journal position.
#[derive(Debug, Clone, Default)]
pub struct Book {
    pub(super) shard: Shard,
    pub(super) seq: u64,
    pub(super) now: Moment,
    pub(super) parties: parties::State,
    pub(super) members: members::State,
    pub(super) payers: payers::State,
    pub(super) transfers: transfers::State,
    pub(super) catalogue: catalogue::State,
    pub(super) buying: buying::State,
    pub(super) metering: metering::State,
    pub(super) vouchers: vouchers::State,
    pub(super) packs: packs::State,
    pub(super) bills: bills::State,
    pub(super) standing: standing::State,
    pub(super) notices: notices::State,
    pub(super) deployment: deployment::State,
}

impl Book {
    /// An empty book.
    pub fn new() -> Book {
        Book::default()
    }

    /// An empty book whose days and months are those of this calendar.
    pub fn in_calendar(calendar: Calendar) -> Book {
        let deployment = deployment::State { calendar, ..deployment::State::default() };
        Book { deployment, ..Book::default() }
    }

    /// The same book as that of another shard; it must be empty.
    pub fn in_shard(self, shard: Shard) -> Book {
        Book { shard, ..self }
    }

    /// The shard whose journal this book is made from.
    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// The number of what the record at this position makes. All that the book numbers has its number from here.
    pub(super) fn number_at(&self, seq: u64) -> Result<u64, NumbersExhausted> {
        self.shard.number_at(seq)
    }

    /// The number of what the next record makes.
    ///
    /// # Errors
    /// [`Rejection::NumbersExhausted`]
    pub(super) fn next_number(&self) -> Result<u64, Rejection> {
        Ok(self.number_at(self.seq + 1)?)
    }

    /// Which day and month a moment belongs to.
    pub fn calendar(&self) -> Calendar {
        self.deployment.calendar
    }

    /// Journal position of the last record that this book knows; 0 for an empty one.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Business time of the last record.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Looks at the accounts that the commands are about, so that the memory they lie in is on its way when they are
    /// decided: looking them up one after the other would wait for each in turn. Changes nothing.
    pub fn foresee(&self, accounts: impl Iterator<Item = Uin>) -> u64 {
        let accounts_at = &self.parties.accounts;
        // First where they lie, then they themselves: in each of the two no look waits for another.
        let places: Vec<u32> = accounts.filter_map(|uin| accounts_at.likely_position(uin)).collect();
        let seen = places.into_iter().filter_map(|place| {
            let account = accounts_at.at(place);
            account.customer.as_ref().map(|customer| (account.uin, customer))
        });
        seen.fold(0, |all, (uin, customer)| {
            all ^ uin.number() ^ customer.bound_seq ^ u64::from(customer.spending.open_authorizations)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Actor, KeyAccess};
    use crate::book::{Command, Context, Rules, decide, finance};
    use crate::channel::{
        AccountClass, DiscountScope, FreezeTerms, OrderKind, PartnerKind, Settlement, Tier, TopUpKind, Verification,
        VoucherMode, VoucherUsage,
    };
    use crate::money::{Amount, Factor, Rate};

    #[test]
    fn a_book_has_the_calendar_that_it_was_made_with() {
        let calendar = Calendar::with_offset(3_600);
        assert_ne!(Book::new().calendar(), calendar);
        assert_eq!(Book::in_calendar(calendar).calendar(), calendar);
    }

    /// At the last position nothing is made that needs a number beyond it, whatever its area.
    #[test]
    fn what_gets_no_number_is_not_made() {
        let (uin, one, details) = (Uin::LOWEST, Amount::whole(1), || "{}".to_owned());
        let code = || "cvm".parse().expect("it is a code");
        let context = Context {
            now: Moment::default(),
            actor: Actor::Platform { key: 1, access: KeyAccess::Full },
            rules: &Rules::default(),
        };
        let mut book = Book::new();
        let (class, verification, tier) = (AccountClass::External, Verification::Personal, Tier::None);
        let first: [Command; 4] = [
            parties::OpenAccount {
                uin: Some(uin),
                class,
                verification,
                tier,
                site: None,
                entity: None,
                followed: false,
            }
            .into(),
            parties::OpenAccount {
                uin: Uin::new(2).ok(),
                class,
                verification,
                tier,
                site: None,
                entity: None,
                followed: false,
            }
            .into(),
            parties::RegisterPartner {
                uin,
                kind: PartnerKind::Reseller,
                distributor: None,
                allocation_quota: Amount::whole(100),
                spend_line: None,
                voucher_quota: Amount::ZERO,
                allowlist: Vec::new(),
            }
            .into(),
            catalogue::AddProduct {
                code: code(),
                name: String::new(),
                settlement: Settlement::Hourly,
                grace_hours: None,
                retention_days: None,
                freeze: FreezeTerms::default(),
                inheritable: true,
            }
            .into(),
        ];
        for command in &first {
            let decision = decide(&book, command, &context).expect("nothing is in its way");
            book.evolve(book.seq + 1, context.now, &decision.event).expect("it was just decided");
        }
        let other = Uin::new(2).expect("it is a number");
        let made: [Command; 8] = [
            buying::PlaceOrder {
                account: uin,
                product: code(),
                kind: OrderKind::Purchase,
                amount: one,
                capture: true,
                park: false,
                resource: None,
                details: details(),
            }
            .into(),
            buying::Authorize { account: uin, product: code(), amount: one, expires_at: None }.into(),
            metering::ActivateResource {
                account: uin,
                name: "one".parse().expect("it is a name"),
                product: code(),
                unit_price: one,
                quantity: Factor::ONE,
                details: details(),
            }
            .into(),
            metering::SettleUsage {
                account: uin,
                product: code(),
                amount: one,
                units: None,
                period_start: context.now,
                period_end: context.now,
                resource: None,
                action: None,
                details: details(),
            }
            .into(),
            vouchers::IssueVoucher {
                kind: vouchers::NewVoucherKind::PartnerAll,
                owner: uin,
                amount: one,
                usage: VoucherUsage::CustomerOffer,
                mode: VoucherMode::All,
                products: vouchers::NewVoucherProducts::All,
                effective_at: context.now,
                expires_at: context.now.plus_seconds(1),
            }
            .into(),
            catalogue::SetDiscount {
                scope: DiscountScope::Partner(uin),
                partner: uin,
                product: None,
                rate: Rate::ONE,
                starts_at: None,
                ends_at: None,
            }
            .into(),
            notices::AddWebhook { account: None, kinds: Vec::new() }.into(),
            finance::TopUp { account: other, amount: one, kind: TopUpKind::Cash }.into(),
        ];
        for command in &made {
            assert!(decide(&book, command, &context).is_ok(), "{command:?}");
        }
        book.seq = (1 << 43) - 1;
        for command in &made {
            assert_eq!(decide(&book, command, &context), Err(Rejection::NumbersExhausted), "{command:?}");
        }
    }
}
