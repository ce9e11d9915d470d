//! What an event, a rejection, an account or a partner looks like to a scenario: the other half of [`Names`].

use crate::names::Names;
use crate::world::{
    AllocationView, CreationView, CreditView, CustomerSums, EntityView, Failure, FinanceView, MemberView, Outcome,
    PartnerView, PartyView, PayerView, PoolView, SpendView, VoucherSums,
};
use credere_core::book::{Event, Rejection, bills, buying, finance, members, metering, parties, transfers, vouchers};
use credere_core::channel::{Account, ChannelRole, Own, Partner, Uin, Verification};
use credere_core::ledger::{Calendar, Moment};
use credere_core::money::Amount;
use credere_core::organization::{Creation, EntityRelation, Member, PayerInterval, Permissions};

impl Names {
    /// What an operation came to.
    pub fn outcome(event: &Event) -> Outcome {
        let done = Outcome::done("done");
        match event {
            Event::Parties(parties::Event::CreditAllocated(fact)) => {
                done.with("total", fact.total_after).with("available", fact.available_after)
            }
            Event::Parties(parties::Event::PoolAllocated(fact)) => {
                done.with("total", fact.total_after).with("remaining", fact.remaining_after)
            }
            Event::Finance(finance::Event::ToppedUp(finance::ToppedUp { finance_after, .. }))
            | Event::Finance(finance::Event::FinanceChanged(finance::FinanceChanged { finance_after, .. })) => {
                done.with("available", finance_after.available())
            }
            Event::Transfers(event) => {
                let transfer = event.transfer();
                done.with("amount", transfer.amount).with("returned", transfer.returned)
            }
            Event::Buying(buying::Event::OrderChanged(fact)) => Outcome::done(fact.order.state.name()),
            Event::Buying(buying::Event::OrderRefunded(fact)) => Outcome::done(fact.order.state.name()),
            Event::Metering(metering::Event::UsageSettled(metering::UsageSettled { charge, .. })) => {
                let (amount, vouchers) = (charge.amount(), charge.voucher_amount());
                let told =
                    amount.and_then(|amount| Ok(done.clone().with("amount", amount).with("voucher_amount", vouchers?)));
                told.unwrap_or(done)
            }
            Event::Metering(metering::Event::ResourceActivated(fact)) => {
                done.with("frozen", fact.resource.frozen.customer)
            }
            Event::Metering(metering::Event::ResourceResized(fact)) => {
                done.with("frozen", fact.resource.frozen.customer)
            }
            Event::Metering(metering::Event::ResourceTerminated(fact)) => {
                let amount = fact.charge.as_ref().and_then(|charge| charge.amount().ok()).unwrap_or_default();
                done.with("released", fact.released.customer).with("amount", amount)
            }
            Event::Bills(bills::Event::ReceiptConfirmed(fact)) => {
                let done = done.with("returned", fact.returned);
                fact.customer_after.map_or(done.clone(), |line| done.with("available", line.available()))
            }
            Event::Buying(buying::Event::AuthorizationOpened(_)) => Outcome::done("approved"),
            Event::Buying(buying::Event::AuthorizationCaptured(_)) => Outcome::done("captured"),
            Event::Buying(buying::Event::AuthorizationReleased(_)) => Outcome::done("released"),
            _ => done,
        }
    }

    /// What a refused operation came to.
    pub fn refusal(&self, refused: &Rejection) -> Outcome {
        let told = |account: Option<Uin>, figures: &[(&str, Amount)]| {
            let outcome = Outcome { account: account.map(|uin| self.name(uin)), ..Outcome::refused(refused.code()) };
            figures.iter().fold(outcome, |outcome, (name, amount)| outcome.with(name, *amount))
        };
        match *refused {
            Rejection::Buying(ref reason) => match *reason {
                buying::Reason::InsufficientCredit { side, account, required, available, .. } => Outcome {
                    side: Some(side.name().to_owned()),
                    ..told(Some(account), &[("required", required), ("available", available)])
                },
                buying::Reason::ExceedsPaid { account, requested, paid } => {
                    told(Some(account), &[("requested", requested), ("paid", paid)])
                }
                buying::Reason::ExceedsAuthorization { requested, open, .. } => {
                    told(None, &[("requested", requested), ("open", open)])
                }
                buying::Reason::ExceedsUnrefunded { account, requested, refundable } => {
                    told(Some(account), &[("requested", requested), ("refundable", refundable)])
                }
                buying::Reason::ExceedsRefundable { requested, refundable, .. } => {
                    told(None, &[("requested", requested), ("refundable", refundable)])
                }
                _ => told(None, &[]),
            },
            Rejection::Parties(ref reason) => match *reason {
                parties::Reason::ExceedsAllocatable { partner, requested, allocatable } => {
                    told(Some(partner), &[("requested", requested), ("allocatable", allocatable)])
                }
                parties::Reason::ExceedsAvailable { customer, requested, available } => {
                    told(Some(customer), &[("requested", requested), ("available", available)])
                }
                parties::Reason::ExceedsPool { second_level, requested, remaining } => {
                    told(Some(second_level), &[("requested", requested), ("remaining", remaining)])
                }
                parties::Reason::BelowAllocated { requested, allocated, .. } => {
                    told(None, &[("requested", requested), ("allocated", allocated)])
                }
                parties::Reason::BelowIssued { requested, issued, .. } => {
                    told(None, &[("requested", requested), ("issued", issued)])
                }
                parties::Reason::PoolAmountOutOfRange { limit } => told(None, &[("limit", limit)]),
                parties::Reason::Overdue { customer, available } => told(Some(customer), &[("available", available)]),
                _ => told(None, &[]),
            },
            Rejection::Vouchers(vouchers::Reason::ExceedsVoucherQuota { issuer, requested, remaining }) => {
                told(Some(issuer), &[("requested", requested), ("remaining", remaining)])
            }
            Rejection::Transfers(transfers::Reason::ExceedsTransferable { admin, requested, transferable }) => {
                told(Some(admin), &[("requested", requested), ("transferable", transferable)])
            }
            Rejection::Transfers(transfers::Reason::ExceedsReturnable { member, requested, returnable }) => {
                told(Some(member), &[("requested", requested), ("returnable", returnable)])
            }
            Rejection::Members(members::Reason::ConditionsNotMet(ref failed)) => Outcome {
                conditions: failed.iter().map(|(rule, what)| (format!("{rule:?}"), format!("{what:?}"))).collect(),
                ..told(None, &[])
            },
            Rejection::Vouchers(vouchers::Reason::VoucherAmountOutOfRange { limit }) => told(None, &[("limit", limit)]),
            _ => told(None, &[]),
        }
    }

    /// An account in its place of the channel and what it is as a partner, as a scenario sees them; what is left on its
    /// vouchers (R20) in units of 10^-8, and whose offers it has.
    ///
    /// # Errors
    /// [`Failure`] when a figure leaves the range of money.
    pub fn party(
        &self,
        account: &Account,
        partner: Option<&Partner>,
        (channel, voucher_balance, inherits_from): (ChannelRole, i128, Option<Uin>),
        allocations: Option<Vec<AllocationView>>,
    ) -> Result<PartyView, Failure> {
        let customer = account.customer.as_ref();
        let remaining = Amount::from_wide(voucher_balance).map_err(|error| Failure::new(error.to_string()))?;
        Ok(PartyView {
            verified: account.verification != Verification::None,
            bound_to: customer.map(|customer| self.name(customer.partner)),
            credit: customer.filter(|_| channel.is_sub_customer()).map(|customer| CreditView {
                total: customer.line.limit(),
                used: customer.line.used(),
                prepay_frozen: customer.line.prepay_frozen(),
                postpay_frozen: customer.line.postpay_frozen(),
                available: customer.line.available(),
                remaining_voucher: remaining,
                state: customer.spender().standing().name().to_owned(),
            }),
            finance: channel.pays_for_itself().then(|| FinanceView {
                inherits_offers_from: inherits_from.map(|from| self.name(from)),
                ..finance_view(account.own())
            }),
            partner: partner.map(|partner| self.partner(partner)).transpose()?,
            allocations,
        })
    }

    /// A member of an admin's organization, with who pays for it.
    pub fn member(&self, member: &Member, admin: Uin, payer: Option<Uin>) -> MemberView {
        MemberView {
            admin: self.name(admin),
            kind: member.kind.name().to_owned(),
            permissions: permission_list(member.permissions),
            asked: member.asked.map(|asked| permission_list(asked.permissions)),
            may_quit: member.allow_quit,
            payer: payer.map(|payer| self.name(payer)),
        }
    }

    /// An account that was created for an admin's organization.
    pub fn creation(&self, creation: &Creation, admin: Uin) -> CreationView {
        CreationView {
            admin: self.name(admin),
            state: creation.state.name().to_owned(),
            code: creation.state.code().map(bare_code),
            under: creation.relation.map(|id| self.name_of_relation(id)),
        }
    }

    /// An entity that an admin's organization trusts, or is asked to.
    pub fn entity(&self, relation: &EntityRelation, admin: Uin) -> EntityView {
        EntityView {
            of: self.name(admin),
            entity: relation.entity.as_str().to_owned(),
            state: relation.state.name().to_owned(),
            admin: relation.admin.map(|uin| self.name(uin)),
        }
    }

    /// When somebody paid for an account.
    pub fn paid(&self, interval: &PayerInterval, calendar: Calendar) -> PayerView {
        PayerView {
            payer: self.name(interval.payer),
            from: day_of(calendar, interval.from),
            started_by: interval.started_by,
            until: interval.until.map(|(at, ended_by)| (day_of(calendar, at), ended_by)),
        }
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

/// A code of the Cloud API without the group that stands before the point.
pub fn bare_code(code: &str) -> String {
    code.split_once('.').map_or(code, |(_, code)| code).to_owned()
}

/// Permissions as scenarios write them: `1, 2, 7`.
pub fn permission_list(permissions: Permissions) -> String {
    permissions.to_string().trim_matches(['[', ']']).to_owned()
}

/// The day of a moment, as `2031-10-03`.
pub(crate) fn day_of(calendar: Calendar, at: Moment) -> String {
    format!("{}-{:02}", calendar.month(at), calendar.day_of_month(at))
}

fn finance_view(own: &Own) -> FinanceView {
    let (finance, overdue_amount) = (&own.finance, own.overdue_amount);
    let available = finance.available();
    FinanceView {
        cash: finance.cash(),
        granted: finance.granted(),
        credit_limit: finance.credit_limit(),
        credit_used: finance.credit_used(),
        frozen: finance.frozen(),
        overdue_amount,
        available,
        state: if available.is_negative() { "overdue" } else { "normal" }.to_owned(),
        inherits_offers_from: None,
    }
}
