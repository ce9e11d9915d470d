//! What an event, a rejection, an account or a partner looks like to a scenario: the other half of [`Names`].

use crate::names::Names;
use crate::world::{
    AllocationView, CreditView, CustomerSums, Failure, Outcome, PartnerView, PartyView, PoolView, SpendView,
    VoucherSums,
};
use credere_core::book::{Event, Rejection, bills, buying, metering, parties, vouchers};
use credere_core::channel::{Account, Partner, Verification};
use credere_core::money::Amount;

impl Names {
    /// What an operation came to.
    pub fn outcome(event: &Event) -> Outcome {
        match event {
            Event::Parties(parties::Event::CreditAllocated(parties::CreditAllocated {
                total_after,
                available_after,
                ..
            })) => Outcome::done("done").with("total", *total_after).with("available", *available_after),
            Event::Parties(parties::Event::PoolAllocated(parties::PoolAllocated {
                total_after,
                remaining_after,
                ..
            })) => Outcome::done("done").with("total", *total_after).with("remaining", *remaining_after),
            Event::Buying(buying::Event::OrderChanged(buying::OrderChanged { order, .. })) => {
                Outcome::done(order.state.name())
            }
            Event::Buying(buying::Event::OrderRefunded(buying::OrderRefunded { order, .. })) => {
                Outcome::done(order.state.name())
            }
            Event::Metering(metering::Event::UsageSettled(metering::UsageSettled { charge, .. })) => {
                let (amount, vouchers) = (charge.amount(), charge.voucher_amount());
                let done = Outcome::done("done");
                let told =
                    amount.and_then(|amount| Ok(done.clone().with("amount", amount).with("voucher_amount", vouchers?)));
                told.unwrap_or(done)
            }
            Event::Metering(metering::Event::ResourceActivated(metering::ResourceActivated { resource, .. }))
            | Event::Metering(metering::Event::ResourceResized(metering::ResourceResized { resource, .. })) => {
                Outcome::done("done").with("frozen", resource.frozen.customer)
            }
            Event::Metering(metering::Event::ResourceTerminated(metering::ResourceTerminated {
                released,
                charge,
                ..
            })) => {
                let amount = charge.as_ref().and_then(|charge| charge.amount().ok()).unwrap_or_default();
                Outcome::done("done").with("released", released.customer).with("amount", amount)
            }
            Event::Bills(bills::Event::ReceiptConfirmed(bills::ReceiptConfirmed {
                returned, customer_after, ..
            })) => {
                let done = Outcome::done("done").with("returned", *returned);
                customer_after.map_or(done.clone(), |line| done.with("available", line.available()))
            }
            Event::Buying(buying::Event::AuthorizationOpened(_)) => Outcome::done("approved"),
            Event::Buying(buying::Event::AuthorizationCaptured(_)) => Outcome::done("captured"),
            Event::Buying(buying::Event::AuthorizationReleased(_)) => Outcome::done("released"),
            _ => Outcome::done("done"),
        }
    }

    /// What a refused operation came to.
    pub fn refusal(&self, refused: &Rejection) -> Outcome {
        let outcome = Outcome::refused(refused.code());
        match refused {
            Rejection::Buying(buying::Reason::InsufficientCredit { side, account, required, available, .. }) => {
                Outcome {
                    side: Some(side.name().to_owned()),
                    account: Some(self.name(*account)),
                    ..outcome.with("required", *required).with("available", *available)
                }
            }
            Rejection::Parties(parties::Reason::ExceedsAllocatable { partner, requested, allocatable }) => Outcome {
                account: Some(self.name(*partner)),
                ..outcome.with("requested", *requested).with("allocatable", *allocatable)
            },
            Rejection::Parties(parties::Reason::ExceedsAvailable { customer, requested, available }) => Outcome {
                account: Some(self.name(*customer)),
                ..outcome.with("requested", *requested).with("available", *available)
            },
            Rejection::Buying(buying::Reason::ExceedsPaid { account, requested, paid }) => Outcome {
                account: Some(self.name(*account)),
                ..outcome.with("requested", *requested).with("paid", *paid)
            },
            Rejection::Parties(parties::Reason::ExceedsPool { second_level, requested, remaining }) => Outcome {
                account: Some(self.name(*second_level)),
                ..outcome.with("requested", *requested).with("remaining", *remaining)
            },
            Rejection::Parties(parties::Reason::BelowAllocated { requested, allocated, .. }) => {
                outcome.with("requested", *requested).with("allocated", *allocated)
            }
            Rejection::Buying(buying::Reason::ExceedsAuthorization { requested, open, .. }) => {
                outcome.with("requested", *requested).with("open", *open)
            }
            Rejection::Vouchers(vouchers::Reason::ExceedsVoucherQuota { issuer, requested, remaining }) => Outcome {
                account: Some(self.name(*issuer)),
                ..outcome.with("requested", *requested).with("remaining", *remaining)
            },
            Rejection::Buying(buying::Reason::ExceedsRefundable { requested, refundable, .. }) => {
                outcome.with("requested", *requested).with("refundable", *refundable)
            }
            Rejection::Parties(parties::Reason::BelowIssued { requested, issued, .. }) => {
                outcome.with("requested", *requested).with("issued", *issued)
            }
            Rejection::Parties(parties::Reason::PoolAmountOutOfRange { limit })
            | Rejection::Vouchers(vouchers::Reason::VoucherAmountOutOfRange { limit }) => outcome.with("limit", *limit),
            Rejection::Parties(parties::Reason::Overdue { customer, available }) => {
                Outcome { account: Some(self.name(*customer)), ..outcome.with("available", *available) }
            }
            _ => outcome,
        }
    }

    /// An account and what it is as a partner, as a scenario sees them; without its credit where it has none.
    ///
    /// # Errors
    /// [`Failure`] when a figure leaves the range of money.
    pub fn party(
        &self,
        account: &Account,
        partner: Option<&Partner>,
        has_credit: bool,
        allocations: Option<Vec<AllocationView>>,
    ) -> Result<PartyView, Failure> {
        let customer = account.customer.as_ref();
        Ok(PartyView {
            verified: account.verification != Verification::None,
            bound_to: customer.map(|customer| self.name(customer.partner)),
            credit: customer.filter(|_| has_credit).map(|customer| CreditView {
                total: customer.line.limit(),
                used: customer.line.used(),
                prepay_frozen: customer.line.prepay_frozen(),
                postpay_frozen: customer.line.postpay_frozen(),
                available: customer.line.available(),
                state: customer.standing().name().to_owned(),
            }),
            partner: partner.map(|partner| self.partner(partner)).transpose()?,
            allocations,
        })
    }

    fn partner(&self, partner: &Partner) -> Result<PartnerView, Failure> {
        let allocatable = partner.allocatable().map_err(|error| Failure::new(error.to_string()))?;
        let available = Amount::from_wide(partner.customers_available).map_err(|error| Failure::new(error.to_string()));
        Ok(PartnerView {
            kind: partner.kind.name().to_owned(),
            distributor: partner.distributor.map(|above| self.name(above)),
            quota: partner.allocation_quota,
            allocated: partner.allocated,
            allocatable,
            spend: partner.spend.map(|line| SpendView {
                line: line.limit(),
                used: line.used(),
                frozen: line.frozen(),
                available: line.available(),
            }),
            pool: partner.distributor.map(|_| PoolView { total: partner.allocation_quota, remaining: allocatable }),
            vouchers: Some(VoucherSums {
                quota: partner.voucher_quota,
                issued: partner.vouchers_issued,
                remaining: partner.vouchers_remaining().map_err(|error| Failure::new(error.to_string()))?,
            }),
            customers: Some(CustomerSums { total: partner.customers_total, available: available? }),
        })
    }
}
