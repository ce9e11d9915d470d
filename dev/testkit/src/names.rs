//! Scenarios in the core's terms: what their names stand for, and the command that an operation is. For the worlds that
//! speak the core's types: the core itself and the app. How a command is carried out is theirs.

use crate::commands;
use crate::scenario::{
    self, By, DiscountFor, Name, NewVoucher, Operation, Organizing, PlaceOrder, ReceiptPart, Span, VoucherFor,
    VoucherScope,
};
use crate::terms::{entity, opened, product, resource};
use crate::world::{Failure, PackView, Pays};
use credere_core::access::{Actor, KeyAccess, SecretId};
use credere_core::book::{
    Command, Event, bills, buying, catalogue, deployment, finance, members, metering, notices, packs, parties,
    standing, transfers, vouchers,
};
use credere_core::channel::{
    AuthorizationId, DiscountId, DiscountScope, FreezeChange, LineId, NonStopChange, OrderId, Pack, PackId, PackState,
    Paying, ResourceName, Settlement, Subscription, TopUpKind, TransferId, Uin, VoucherId, VoucherUsage,
};
use credere_core::ledger::Moment;
use credere_core::organization::{InvitationId, OrganizationId, RecordId, RelationId};
use std::collections::BTreeMap;

/// An account that acts by an API credential.
pub fn signer(uin: Uin) -> Actor {
    let by: SecretId = "AKIDexample".parse().expect("a plain text");
    Actor::signed(uin, by)
}

/// A number that no account of a scenario has.
const NOBODY: u64 = 999_999;
/// A journal position that no scenario reaches.
pub(crate) const NEVER: u64 = 999_999_999;
/// A year, in seconds: for how long a voucher pays unless its scenario says otherwise.
const YEAR: i64 = 365 * 86_400;

/// What the names of one scenario stand for.
#[derive(Debug, Default)]
pub struct Names {
    accounts: BTreeMap<Name, Uin>,
    orders: BTreeMap<Name, OrderId>,
    authorizations: BTreeMap<Name, AuthorizationId>,
    discounts: BTreeMap<Name, DiscountId>,
    resources: BTreeMap<Name, ResourceName>,
    vouchers: BTreeMap<Name, VoucherId>,
    packs: BTreeMap<Name, PackId>,
    lines: BTreeMap<Name, LineId>,
    /// The organization that an account made last.
    pub(crate) organizations: BTreeMap<Name, OrganizationId>,
    pub(crate) invitations: BTreeMap<Name, InvitationId>,
    /// The record of each account that was created for an organization.
    pub(crate) creations: BTreeMap<Name, RecordId>,
    pub(crate) relations: BTreeMap<Name, RelationId>,
    pub(crate) transfers: BTreeMap<Name, TransferId>,
}

impl Names {
    /// Every account that was named.
    pub fn accounts(&self) -> impl Iterator<Item = (&Name, Uin)> {
        self.accounts.iter().map(|(name, uin)| (name, *uin))
    }

    /// Every order that was named.
    pub fn orders(&self) -> impl Iterator<Item = (&Name, OrderId)> {
        self.orders.iter().map(|(name, id)| (name, *id))
    }

    /// Every authorization that was named.
    pub fn authorizations(&self) -> impl Iterator<Item = (&Name, AuthorizationId)> {
        self.authorizations.iter().map(|(name, id)| (name, *id))
    }

    /// Every resource that was named.
    pub fn resources(&self) -> impl Iterator<Item = (&Name, &ResourceName)> {
        self.resources.iter()
    }

    /// Every voucher that was named.
    pub fn vouchers(&self) -> impl Iterator<Item = (&Name, VoucherId)> {
        self.vouchers.iter().map(|(name, id)| (name, *id))
    }

    /// A pack that was named, by its name.
    pub fn pack(&self, pack: &Pack, product: String, state: PackState) -> Option<(Name, PackView)> {
        let (name, _) = self.packs.iter().find(|(_, known)| **known == pack.id)?;
        let view = PackView {
            account: self.name(pack.account),
            product,
            units: pack.units,
            remaining: pack.remaining,
            state: state.name().to_owned(),
        };
        Some((name.clone(), view))
    }

    /// Every invitation that was named.
    pub fn invitations(&self) -> impl Iterator<Item = (&Name, InvitationId)> {
        self.invitations.iter().map(|(name, id)| (name, *id))
    }

    /// What a bill line was called.
    pub fn name_of_line(&self, id: LineId) -> Option<Name> {
        self.lines.iter().find(|(_, known)| **known == id).map(|(name, _)| name.clone())
    }

    /// The bill line behind a name; one that was never posted where nothing has that name.
    pub fn line(&self, name: &str) -> LineId {
        self.lines.get(name).copied().unwrap_or(LineId(NEVER))
    }

    /// The number behind a name; one that was never given out where nothing has that name.
    pub fn uin(&self, name: &str) -> Uin {
        self.accounts.get(name).copied().unwrap_or(Uin::new(NOBODY).expect("the number is in range"))
    }

    /// The name of a number; the number itself where no account of the scenario has it.
    pub fn name(&self, uin: Uin) -> Name {
        self.accounts.iter().find(|(_, known)| **known == uin).map_or_else(|| uin.to_string(), |(name, _)| name.clone())
    }

    /// Who pays, by name.
    pub fn pays(&self, paying: Paying) -> Pays {
        Pays { payer: self.name(paying.payer), paying_partner: paying.partner.map(|partner| self.name(partner)) }
    }

    /// The order behind a name; one that was never placed where nothing has that name.
    pub fn order(&self, name: &str) -> OrderId {
        self.orders.get(name).copied().unwrap_or(OrderId(NEVER))
    }

    fn authorization(&self, name: &str) -> AuthorizationId {
        self.authorizations.get(name).copied().unwrap_or(AuthorizationId { account: self.uin(name), opened_seq: NEVER })
    }

    /// The command that an operation is at the business time `now`, and who gives it. A refund and a receipt for single
    /// lines need what the book forgets (the order as it was delivered, the lines as they were posted): the world looks
    /// that up, and makes these two itself.
    ///
    /// # Errors
    /// [`Failure`] when the scenario names a number or a product code that cannot be one, and for those two.
    pub fn command(&self, operation: &Operation, now: Moment) -> Result<(Actor, Command), Failure> {
        let in_span = |span: Span| now.plus_seconds(span.0);
        let platform = Actor::Platform { key: 1, access: KeyAccess::Full };
        let actor = match operation {
            Operation::Allocate { by: By::Account(name), .. }
            | Operation::AllocatePool { by: By::Account(name), .. }
            | Operation::ConfirmReceipt { by: By::Account(name), .. }
            | Operation::ForceSuspension { by: By::Account(name), .. } => signer(self.uin(name)),
            _ => platform,
        };
        let change_partner = |partner: &str| commands::change_partner(self.uin(partner));
        let change_customer = |customer: &str| commands::change_customer(self.uin(customer));
        let command = match operation {
            Operation::OpenAccount { profile, number, .. } => {
                let uin = number.map(Uin::new).transpose().map_err(|error| Failure::new(error.to_string()))?;
                Command::from(opened(uin, profile)?)
            }
            Operation::ChangeAccount { account, profile } => Command::from(parties::ChangeAccount {
                class: profile.class,
                verification: profile.verification,
                tier: profile.tier,
                entity: entity(profile)?.map(Some),
                followed: profile.followed,
                ..commands::change_account(self.uin(account))
            }),
            Operation::AddCard { account, until } => {
                finance::AddCard { expires: *until, ..commands::add_card(self.uin(account)) }.into()
            }
            Operation::ChangeOverdue { account, amount } => {
                finance::ChangeFinance { overdue_amount: Some(*amount), ..commands::change_finance(self.uin(account)) }
                    .into()
            }
            Operation::Organize(act) => self.organizing(act)?,
            Operation::InheritOffers { account, from: Some(from) } => {
                finance::InheritOffers { account: self.uin(account), from: self.uin(from) }.into()
            }
            Operation::InheritOffers { account, from: None } => {
                finance::EndInheritance { account: self.uin(account) }.into()
            }
            Operation::AddPack { account, product: code, units, until, .. } => {
                let until = until.map_or(now.plus_seconds(YEAR), |until| until.seen_from(now));
                packs::AddPack { account: self.uin(account), product: product(code)?, units: *units, expires_at: until }
                    .into()
            }
            Operation::TopUp { account, amount, granted } => {
                let kind = if *granted { TopUpKind::Granted } else { TopUpKind::Cash };
                finance::TopUp { kind, ..commands::top_up(self.uin(account), *amount) }.into()
            }
            Operation::ChangeCreditLimit { account, limit } => {
                finance::ChangeFinance { credit_limit: Some(*limit), ..commands::change_finance(self.uin(account)) }
                    .into()
            }
            Operation::RegisterPartner { account, kind, distributor, quota, spend } => {
                Command::from(parties::RegisterPartner {
                    distributor: distributor.as_deref().map(|name| self.uin(name)),
                    spend_line: *spend,
                    ..commands::register(self.uin(account), *kind, *quota)
                })
            }
            Operation::ChangeQuota { partner, quota } => {
                parties::ChangePartner { allocation_quota: Some(*quota), ..change_partner(partner) }.into()
            }
            Operation::ChangeSpendLine { partner, line } => {
                parties::ChangePartner { spend_line: Some(*line), ..change_partner(partner) }.into()
            }
            Operation::AllocatePool { second_level, amount, .. } => {
                commands::pool(self.uin(second_level), *amount).into()
            }
            Operation::Bind { account, partner } => {
                Command::from(parties::BindCustomer { customer: self.uin(account), partner: self.uin(partner) })
            }
            Operation::Unbind { customer } => Command::from(parties::UnbindCustomer { customer: self.uin(customer) }),
            Operation::Allocate { customer, amount, remark, .. } => Command::from(parties::AllocateCredit {
                remark: remark.clone(),
                ..commands::allocate(self.uin(customer), *amount)
            }),
            Operation::AddProduct { code, terms } => Command::from(catalogue::AddProduct {
                code: product(code)?,
                name: code.clone(),
                settlement: terms.settlement.unwrap_or(Settlement::Hourly),
                grace_hours: terms.grace_hours,
                retention_days: terms.retention_days,
                freeze: terms.freeze.unwrap_or_default(),
                inheritable: terms.inheritable.unwrap_or(true),
            }),
            Operation::ChangeProduct { code, terms } => Command::from(catalogue::ChangeProduct {
                code: product(code)?,
                name: None,
                settlement: terms.settlement,
                grace_hours: terms.grace_hours,
                retention_days: terms.retention_days,
                freeze: terms.freeze.map(FreezeChange::from).unwrap_or_default(),
                inheritable: terms.inheritable,
            }),
            Operation::SetDiscount { whose, product: only, rate, from, until, .. } => {
                let (scope, partner) = match whose {
                    DiscountFor::Partner(partner) => (DiscountScope::Partner(self.uin(partner)), partner),
                    DiscountFor::Customer { customer, partner } => {
                        (DiscountScope::Customer(self.uin(customer)), partner)
                    }
                    DiscountFor::Account { account, level } => {
                        (DiscountScope::Account(self.uin(account), *level), account)
                    }
                };
                Command::from(catalogue::SetDiscount {
                    scope,
                    partner: self.uin(partner),
                    product: only.as_deref().map(product).transpose()?,
                    rate: *rate,
                    starts_at: from.map(in_span),
                    ends_at: until.map(in_span),
                })
            }
            Operation::EndDiscount { discount } => Command::from(catalogue::EndDiscount {
                id: self.discounts.get(discount).copied().unwrap_or(DiscountId(NEVER)),
            }),
            Operation::PlaceOrder(order) => Command::from(self.new_order(order)?),
            Operation::PayOrder { order, by } => {
                Command::from(buying::PayOrder { order: self.order(order).into(), by: *by })
            }
            Operation::RequestPayment { order } => {
                Command::from(notices::RequestPayment { order: self.order(order).into() })
            }
            Operation::DeliverOrder { order } => {
                Command::from(buying::DeliverOrder { order: self.order(order).into() })
            }
            Operation::CancelOrder { order } => Command::from(buying::CancelOrder { order: self.order(order).into() }),
            Operation::Authorize { account, product: code, amount, until, .. } => Command::from(buying::Authorize {
                account: self.uin(account),
                product: product(code)?,
                amount: *amount,
                expires_at: until.map(in_span),
            }),
            Operation::Capture { authorization, amount } => {
                Command::from(buying::Capture { authorization: self.authorization(authorization), amount: *amount })
            }
            Operation::Release { authorization } => {
                Command::from(buying::Release { authorization: self.authorization(authorization) })
            }
            Operation::Advance { by } => Command::from(deployment::AdvanceClock { to: in_span(*by) }),
            Operation::AdvanceTo { to } => Command::from(deployment::AdvanceClock { to: *to }),
            Operation::RefundOrder { .. }
            | Operation::ResizeResource { .. }
            | Operation::TerminateResource { .. }
            | Operation::ConfirmReceipt { part: ReceiptPart::Lines(_), .. } => {
                return Err(Failure::new("the world itself looks up what is named"));
            }
            Operation::ConfirmReceipt { customer, month, part: ReceiptPart::Of { pay_mode, action }, .. } => {
                Command::from(bills::ConfirmReceipt {
                    customer: self.uin(customer),
                    month: *month,
                    lines: bills::ReceiptLines::All { pay_mode: *pay_mode, action: *action },
                })
            }
            Operation::ChangeVoucherQuota { partner, quota } => {
                parties::ChangePartner { voucher_quota: Some(*quota), ..change_partner(partner) }.into()
            }
            Operation::Allow { partner, feature } => {
                parties::ChangePartner { allowlist: Some(vec![*feature]), ..change_partner(partner) }.into()
            }
            Operation::ActivateResource { name, account, product: code, unit_price, quantity } => {
                Command::from(metering::ActivateResource {
                    account: self.uin(account),
                    name: resource(name)?,
                    product: product(code)?,
                    unit_price: *unit_price,
                    quantity: *quantity,
                    details: "{}".to_owned(),
                })
            }
            Operation::SettleUsage(record) => Command::from(self.usage(record, now)?),
            Operation::IssueVoucher(voucher) => Command::from(self.voucher(voucher, now)?),
            Operation::InvalidateVoucher { voucher } => Command::from(vouchers::InvalidateVoucher {
                voucher: self.vouchers.get(voucher).copied().unwrap_or(VoucherId(NEVER)).into(),
            }),
            Operation::PayPlatform { partner, amount } => {
                Command::from(bills::PayPlatform { partner: self.uin(partner), amount: *amount })
            }
            Operation::SetWarning { customer, partners, level } => Command::from(standing::ChangeCustomer {
                partner_warning: partners.then_some(*level),
                own_warning: (!partners).then_some(*level),
                ..change_customer(customer)
            }),
            Operation::SetNonStop { customer, prepaid, postpaid } => Command::from(standing::ChangeCustomer {
                non_stop: NonStopChange { prepaid: Some(*prepaid), postpaid: Some(*postpaid) },
                ..change_customer(customer)
            }),
            Operation::SetSpecialSuspension { customer, on } => {
                standing::ChangeCustomer { special_suspension: Some(*on), ..change_customer(customer) }.into()
            }
            Operation::ForceSuspension { customer, forced, .. } => {
                Command::from(standing::ForceSuspension { customer: self.uin(customer), forced: *forced })
            }
            Operation::Subscribe { account, on } => Command::from(notices::Subscribe {
                uin: self.uin(account),
                subscription: Subscription { channel_service: *on, ..Subscription::default() },
            }),
        };
        Ok((actor, command))
    }

    /// A usage record; where a scenario names no period, that of the hour that ends now.
    fn usage(&self, record: &scenario::UsageRecord, now: Moment) -> Result<metering::SettleUsage, Failure> {
        let (period_start, period_end) = match record.period {
            Some((from, until)) => (from.seen_from(now), until.seen_from(now)),
            None => (now.plus_seconds(-3_600), now),
        };
        Ok(metering::SettleUsage {
            account: self.uin(&record.account),
            product: product(&record.product)?,
            amount: record.amount,
            units: record.units,
            period_start,
            period_end,
            resource: record.resource.as_deref().map(resource).transpose()?,
            action: record.action,
            details: "{}".to_owned(),
        })
    }

    fn voucher(&self, voucher: &NewVoucher, now: Moment) -> Result<vouchers::IssueVoucher, Failure> {
        let (kind, owner) = match &voucher.whose {
            VoucherFor::Partner(partner) => (vouchers::NewVoucherKind::PartnerAll, partner),
            VoucherFor::PartnerCustomer { partner, customer } => {
                (vouchers::NewVoucherKind::PartnerCustomer(self.uin(customer)), partner)
            }
            VoucherFor::Customer { customer, issuer } => {
                (vouchers::NewVoucherKind::Customer(issuer.as_deref().map(|issuer| self.uin(issuer))), customer)
            }
        };
        let codes = |codes: &[String]| codes.iter().map(|code| product(code)).collect::<Result<Vec<_>, _>>();
        Ok(vouchers::IssueVoucher {
            kind,
            owner: self.uin(owner),
            amount: voucher.amount,
            usage: if voucher.trial { VoucherUsage::ProductTrial } else { VoucherUsage::CustomerOffer },
            mode: voucher.mode,
            products: match &voucher.products {
                VoucherScope::All => vouchers::NewVoucherProducts::All,
                VoucherScope::Only(listed) => vouchers::NewVoucherProducts::Only(codes(listed)?),
                VoucherScope::Except(listed) => vouchers::NewVoucherProducts::Except(codes(listed)?),
            },
            effective_at: voucher.from.map_or(now, |from| from.seen_from(now)),
            expires_at: voucher.until.map_or(now.plus_seconds(YEAR), |until| until.seen_from(now)),
        })
    }

    fn new_order(&self, order: &PlaceOrder) -> Result<buying::PlaceOrder, Failure> {
        Ok(buying::PlaceOrder {
            account: self.uin(&order.account),
            product: product(&order.product)?,
            kind: order.kind,
            amount: order.amount,
            capture: order.capture,
            park: order.park,
            resource: order.resource.as_deref().map(resource).transpose()?,
            details: "{}".to_owned(),
        })
    }

    /// Gives what came of an operation its name.
    pub fn remember(&mut self, operation: &Operation, seq: u64, event: &Event) {
        match (operation, event) {
            (Operation::OpenAccount { account, .. }, Event::Parties(parties::Event::AccountOpened(opened))) => {
                self.accounts.insert(account.clone(), opened.uin);
            }
            (Operation::SetDiscount { name: Some(name), .. }, _) => {
                self.discounts.insert(name.clone(), DiscountId(seq));
            }
            (
                Operation::PlaceOrder(PlaceOrder { name: Some(name), .. }),
                Event::Buying(buying::Event::OrderChanged(changed)),
            ) => {
                self.orders.insert(name.clone(), changed.order.id);
            }
            (
                Operation::RefundOrder { promised: Some(name), .. },
                Event::Buying(buying::Event::OrderChanged(changed)),
            ) => {
                self.orders.insert(name.clone(), changed.order.id);
            }
            (Operation::Authorize { .. }, Event::Buying(buying::Event::AuthorizationOpened(opened))) => {
                let id = AuthorizationId { account: opened.account, opened_seq: seq };
                self.remember_authorization(operation, id);
            }
            (
                Operation::Organize(Organizing::Make { admin }),
                Event::Members(members::Event::OrganizationCreated(_)),
            ) => {
                self.organizations.insert(admin.clone(), OrganizationId(seq));
            }
            (
                Operation::Organize(Organizing::Invite { invitation, applying, .. }),
                Event::Members(members::Event::InvitationSent(sent)),
            ) => {
                if let Some((name, relation)) = applying.as_ref().zip(sent.applied.as_ref()) {
                    self.relations.insert(name.clone(), relation.id);
                }
                self.invitations.insert(invitation.clone(), sent.invitation.id);
            }
            (
                Operation::Organize(Organizing::Create { member, .. }),
                Event::Members(members::Event::MemberCreated(made)),
            ) => {
                self.accounts.insert(member.clone(), made.creation.uin);
                self.creations.insert(member.clone(), made.creation.id);
            }
            (
                Operation::Organize(Organizing::Associate { relation, .. }),
                Event::Members(members::Event::EntityAssociated(made)),
            ) => {
                self.relations.insert(relation.clone(), made.relation.id);
            }
            (
                Operation::Organize(Organizing::Transfer { transfer, .. }),
                Event::Transfers(transfers::Event::FundsTransferred(made)),
            ) => {
                self.transfers.insert(transfer.clone(), made.transfer.id);
            }
            (Operation::ActivateResource { name, .. }, Event::Metering(metering::Event::ResourceActivated(made))) => {
                self.resources.insert(name.clone(), made.resource.name.clone());
            }
            (Operation::AddPack { name: Some(name), .. }, Event::Packs(packs::Event::PackAdded(added))) => {
                self.packs.insert(name.clone(), added.pack.id);
            }
            (Operation::IssueVoucher(new), Event::Vouchers(vouchers::Event::VoucherIssued(issued))) => {
                let named = [(&new.name, Some(&issued.voucher)), (&new.linked, issued.linked.as_ref())];
                for (name, voucher) in named.into_iter().filter_map(|(name, voucher)| name.as_ref().zip(voucher)) {
                    self.vouchers.insert(name.clone(), voucher.id);
                }
            }
            _ => {}
        }
        if event.charge().is_some()
            && let Some(name) = operation.line()
        {
            self.lines.insert(name.clone(), LineId(seq));
        }
    }

    /// Gives an account its name, where the answer was its number alone.
    pub fn remember_account(&mut self, name: &str, uin: Uin) {
        self.accounts.insert(name.to_owned(), uin);
    }

    /// Gives an authorization its name, where the answer was its identifier alone.
    pub fn remember_authorization(&mut self, operation: &Operation, id: AuthorizationId) {
        if let Operation::Authorize { name: Some(name), .. } = operation {
            self.authorizations.insert(name.clone(), id);
        }
    }

    /// Gives the line that an operation posted its name, where the answer was its identifier alone.
    pub fn remember_line(&mut self, operation: &Operation, id: LineId) {
        if let Some(name) = operation.line() {
            self.lines.insert(name.clone(), id);
        }
    }
}
