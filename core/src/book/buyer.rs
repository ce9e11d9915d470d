//! Who buys and whose lines that touches: the ground that orders, authorizations, resources and usage share. One price,
//! one check and one way of changing both lines, so that they can never drift apart.

use crate::book::parties::Party;
use crate::book::{Because, Book, Figure, Finding, Rejection, Rule, buying, vouchers};
use crate::channel::{
    ActionType, Binding, Charge, Check, Customer, Need, PaidFor, Partner, Price, Purchase, ResourceName, Side, Uin,
    Verdict, Verification, Voucher, VoucherCase, VoucherKind, VoucherStatus, VoucherUse, check_purchase, draw, sum,
};
use crate::ledger::{Line, Moment, Month};
use crate::money::{Amount, Overflow};

/// An account about to buy, with the partner that pays the platform for it.
pub(super) struct Buyer<'a> {
    pub(super) account: Uin,
    /// Under which binding. Absent when a partner buys for itself: then only the spend line counts.
    pub(super) binding: Option<Binding>,
    /// Whose credit it touches; absent also under a binding that has ended, whose bill is all that is left of it.
    pub(super) customer: Option<&'a Customer>,
    pub(super) paying: &'a Partner,
    pub(super) spend: &'a Line,
}

/// What something costs on both sides once vouchers have paid their part.
#[derive(Debug, Clone)]
pub(super) struct Cost {
    pub(super) price: Price,
    pub(super) vouchers: Vec<VoucherUse>,
    pub(super) partner_vouchers: Vec<VoucherUse>,
    /// What the customer's credit pays.
    pub(super) customer: Amount,
    /// What the paying partner's spend line pays.
    pub(super) partner: Amount,
}

impl Cost {
    /// No voucher pays anything: for holds (R114), what gives money back, and orders paid on behalf.
    pub(super) fn bare(price: Price) -> Cost {
        Cost {
            price,
            vouchers: Vec::new(),
            partner_vouchers: Vec::new(),
            customer: price.customer,
            partner: price.partner,
        }
    }

    /// These vouchers pay a part.
    pub(super) fn with(
        price: Price,
        vouchers: Vec<VoucherUse>,
        partner_vouchers: Vec<VoucherUse>,
    ) -> Result<Cost, Overflow> {
        let customer = price.customer.minus(sum(&vouchers)?)?;
        let partner = price.partner.minus(sum(&partner_vouchers)?)?;
        Ok(Cost { price, vouchers, partner_vouchers, customer, partner })
    }
}

/// What becomes of the parts of vouchers that a purchase uses.
#[derive(Debug, Clone, Copy)]
pub(super) enum Draw {
    /// They pay.
    Pay,
    /// They are set aside for an open order.
    Reserve,
    /// What was set aside pays.
    PayReserved,
    /// What was set aside is given back.
    Release,
}

impl Draw {
    /// The vouchers after it, as an event tells them.
    pub(super) fn from<'a>(
        self,
        book: &Book,
        uses: impl IntoIterator<Item = &'a VoucherUse>,
    ) -> Result<Vec<Voucher>, Rejection> {
        let after = |one: &VoucherUse| {
            let mut voucher = book.voucher(one.voucher).ok_or(vouchers::Reason::VoucherNotFound)?.clone();
            match self {
                Draw::Pay => voucher.remaining = voucher.remaining.minus(one.amount)?,
                Draw::Reserve => {
                    voucher.remaining = voucher.remaining.minus(one.amount)?;
                    voucher.reserved = voucher.reserved.plus(one.amount)?;
                }
                Draw::PayReserved => voucher.reserved = voucher.reserved.minus(one.amount)?,
                Draw::Release => {
                    voucher.remaining = voucher.remaining.plus(one.amount)?;
                    voucher.reserved = voucher.reserved.minus(one.amount)?;
                }
            }
            let spent = voucher.remaining == Amount::ZERO && voucher.reserved == Amount::ZERO;
            if spent && voucher.status == VoucherStatus::Issued {
                voucher.status = VoucherStatus::Used;
            }
            Ok(voucher)
        };
        uses.into_iter().map(after).collect()
    }
}

impl Cost {
    /// Every part that a voucher pays, on both sides.
    pub(super) fn uses(&self) -> impl Iterator<Item = &VoucherUse> {
        self.vouchers.iter().chain(&self.partner_vouchers)
    }
}

/// What a charge is for, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occasion {
    pub(super) product: u32,
    pub(super) action: ActionType,
    pub(super) month: Month,
    pub(super) period_start: Moment,
    pub(super) period_end: Moment,
}

impl Purchase {
    /// The rule that a side is judged by.
    pub const fn rule(self, side: Side) -> Rule {
        match (self, side) {
            (Purchase::Order, Side::Customer) => Rule::R55,
            (Purchase::Order, Side::Partner) => Rule::R56,
            (Purchase::Freeze, Side::Customer | Side::Partner) => Rule::R57,
        }
    }

    /// What a side's check found.
    pub(super) fn finding(self, check: &Check) -> Finding {
        let figure = match check.side {
            Side::Customer => Figure::CustomerAvailable,
            Side::Partner => Figure::SpendAvailable,
        };
        let of = (check.account, figure);
        Finding::at_least(self.rule(check.side), of, check.required, check.available, buying::SHORT_OF_CREDIT)
    }
}

impl<'a> Buyer<'a> {
    /// Finds both sides, whatever their credit.
    pub(super) fn of(book: &'a Book, uin: Uin) -> Result<Buyer<'a>, Rejection> {
        let account = book.existing_account(uin)?;
        let customer = account.customer.as_ref();
        Buyer::under(book, uin, customer.map(Customer::binding), customer)
    }

    /// Whose usage it is that ended at this moment: the binding that was in force then has it, also when it has ended
    /// since. A partner's own use is always its own.
    pub(super) fn of_usage(book: &'a Book, uin: Uin, ended: Moment) -> Result<Buyer<'a>, Rejection> {
        let former = book.former_bindings(uin).iter().find(|former| former.in_force(ended));
        match (former, book.customer(uin)) {
            (Some(former), _) => Buyer::under(book, uin, Some(former.binding), None),
            (None, Some(customer)) if ended < customer.bound_at => Err(buying::Reason::NoCredit(uin).into()),
            (None, _) => Buyer::of(book, uin),
        }
    }

    fn under(
        book: &'a Book,
        account: Uin,
        binding: Option<Binding>,
        customer: Option<&'a Customer>,
    ) -> Result<Buyer<'a>, Rejection> {
        let managing = match binding {
            Some(Binding { partner, .. }) => book.existing_partner(partner, Party::Partner)?,
            None => book.partner(account).ok_or(buying::Reason::NoCredit(account))?,
        };
        let paying = book.paying_partner(managing).ok_or(buying::Reason::NoCredit(account))?;
        let spend = paying.spend.as_ref().ok_or(buying::Reason::NoCredit(account))?;
        Ok(Buyer { account, binding, customer, paying, spend })
    }

    /// A customer whose identity is not verified, or that is suspended by force, buys nothing new (R58).
    pub(super) fn must_be_free_to_buy(&self, book: &Book) -> Result<(), Rejection> {
        let Some(customer) = self.customer else { return Ok(()) };
        if customer.forced_since.is_some() {
            return Err(buying::Reason::AccountSuspended(self.account).into());
        }
        match book.existing_account(self.account)?.verification {
            Verification::None => Err(buying::Reason::Unverified(self.account).into()),
            Verification::Personal | Verification::Enterprise => Ok(()),
        }
    }

    /// What an order of its for this prepaid resource pays for.
    pub(super) fn paid_for(&self, resource: ResourceName) -> PaidFor {
        let binding_seq = self.binding.map_or(0, |binding| binding.seq);
        PaidFor { account: self.account, binding_seq, resource }
    }

    pub(super) fn price(&self, book: &Book, product: u32, list: Amount, now: Moment) -> Result<Price, Rejection> {
        let customer = self.binding.map(|binding| (self.account, binding));
        Ok(book.price(customer, self.paying.uin, product, list, now)?)
    }

    /// What a price costs when vouchers pay first (R112): the customer's its side, the partner's the partner's (R56). What
    /// another partner issued to the customer pays nothing under a binding that has ended.
    pub(super) fn cost(&self, book: &Book, price: Price, case: &VoucherCase) -> Result<Cost, Rejection> {
        let Some(binding) = self.binding else { return Ok(Cost::bare(price)) };
        let own = book.vouchers_of(self.account).filter(|voucher| match voucher.kind {
            VoucherKind::Customer { issuer } => issuer == binding.partner || issuer == self.paying.uin,
            VoucherKind::PartnerAll | VoucherKind::PartnerCustomer(_) => true,
        });
        let of_partner = book.partner_vouchers_for(self.paying.uin, self.account);
        let vouchers = draw(own, case, price.customer)?;
        let partner_vouchers = draw(of_partner, case, price.partner)?;
        Ok(Cost::with(price, vouchers, partner_vouchers)?)
    }

    /// Judges both sides (R54-R57). `skip_customer` leaves the customer's out (A5): it is told, and need not suffice.
    pub(super) fn check(
        &self,
        customer: Amount,
        partner: Amount,
        skip_customer: bool,
        kind: Purchase,
    ) -> Result<Because, Rejection> {
        let judged = self.customer.filter(|_| !skip_customer);
        let verdict = check_purchase(
            judged.map(|judged| Need { account: self.account, line: &judged.line, required: customer }),
            Need { account: self.paying.uin, line: self.spend, required: partner },
        );
        if let Some(failed) = verdict.failed() {
            return Err(short_of_credit(&verdict, failed, kind).into());
        }
        let spared = self.customer.filter(|_| skip_customer).map(|customer_side| {
            let of = (self.account, Figure::CustomerAvailable);
            Finding::waived(kind.rule(Side::Customer), of, customer, customer_side.line.available())
        });
        Ok(spared.into_iter().chain(verdict.checks().map(|check| kind.finding(&check))).collect())
    }

    /// Judges both sides of a purchase (R55-R56).
    pub(super) fn check_cost(&self, cost: &Cost, skip_customer: bool) -> Result<Because, Rejection> {
        self.check(cost.customer, cost.partner, skip_customer, Purchase::Order)
    }

    /// What vouchers pay of a charge (R112).
    pub(super) fn paid_by_vouchers(&self, cost: &Cost) -> Result<Option<Finding>, Overflow> {
        let of = (self.account, Figure::VouchersPay);
        let paid = (!cost.vouchers.is_empty()).then(|| sum(&cost.vouchers)).transpose()?;
        Ok(paid.map(|paid| Finding::waived(Rule::R112, of, cost.price.customer, paid)))
    }

    /// What a charge that is not refused for lack of credit was based on: what vouchers pay of it, and both lines as they
    /// stood (R62, R112).
    pub(super) fn charged(&self, cost: &Cost) -> Result<Because, Overflow> {
        let customer = self.customer.map(|customer| {
            let of = (self.account, Figure::CustomerAvailable);
            Finding::waived(Rule::R62, of, cost.customer, customer.line.available())
        });
        let of = (self.paying.uin, Figure::SpendAvailable);
        let partner = Finding::waived(Rule::R62, of, cost.partner, self.spend.available());
        Ok(self.paid_by_vouchers(cost)?.into_iter().chain(customer).chain([partner]).collect())
    }

    /// What becomes of what is frozen on both sides.
    pub(super) fn frozen(
        &self,
        rule: Rule,
        (customer_after, partner_after): (Option<&Line>, &Line),
    ) -> impl Iterator<Item = Finding> + use<> {
        let customer = self.customer.zip(customer_after).map(|(customer, after)| {
            let of = (self.account, Figure::CustomerFrozen);
            Finding::becomes(rule, of, customer.line.frozen(), after.frozen())
        });
        let of = (self.paying.uin, Figure::SpendFrozen);
        let partner = Finding::becomes(rule, of, self.spend.frozen(), partner_after.frozen());
        customer.into_iter().chain([partner])
    }

    /// Both lines after `change`, which is given each line with that side's amount.
    pub(super) fn lines(
        &self,
        customer: Amount,
        partner: Amount,
        change: impl Fn(Line, Amount) -> Result<Line, Overflow>,
    ) -> Result<(Option<Line>, Line), Rejection> {
        let customer = self.customer.map(|judged| change(judged.line, customer)).transpose()?;
        Ok((customer, change(*self.spend, partner)?))
    }

    /// Both lines after a hold of these amounts became a charge of `cost`.
    pub(super) fn captured(&self, held: (Amount, Amount), cost: &Cost) -> Result<(Option<Line>, Line), Rejection> {
        let customer = self.customer.map(|judged| judged.line.captured(held.0, cost.customer)).transpose()?;
        Ok((customer, self.spend.captured(held.1, cost.partner)?))
    }

    /// The charge that a cost becomes.
    pub(super) fn charge(&self, book: &Book, occasion: Occasion, cost: Cost) -> Result<Box<Charge>, Rejection> {
        let charge = Charge {
            account: self.account,
            binding: self.binding,
            paying_partner: self.paying.uin,
            product: occasion.product,
            action: occasion.action,
            month: occasion.month,
            period_start: occasion.period_start,
            period_end: occasion.period_end,
            price: cost.price,
            vouchers: cost.vouchers,
            partner_vouchers: cost.partner_vouchers,
        };
        book.can_post(&charge)?;
        Ok(Box::new(charge))
    }
}

impl Occasion {
    /// Something that is charged at this moment, for no period.
    pub(super) fn at(book: &Book, product: u32, action: ActionType, now: Moment) -> Occasion {
        Occasion { product, action, month: book.calendar().month(now), period_start: now, period_end: now }
    }
}

/// The refusal of a purchase: the side that failed first, and what the other one said.
fn short_of_credit(verdict: &Verdict, failed: Check, kind: Purchase) -> buying::Reason {
    let other = verdict.checks().find(|check| check.side != failed.side);
    buying::Reason::InsufficientCredit {
        side: failed.side,
        account: failed.account,
        required: failed.required,
        available: failed.available,
        other,
        kind,
    }
}
