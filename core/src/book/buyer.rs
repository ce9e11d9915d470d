//! What orders, authorizations, resources and usage share once it is known who pays: one price, one check and one way of
//! changing the lines, so that they can never drift apart.

use crate::book::vouchers::Pays;
use crate::book::{Because, Book, Figure, Finding, Rejection, Rule, buying, vouchers};
use crate::channel::{
    Account, ActionType, Binding, Charge, Check, Lines, PaidFor, Paying, Price, Purchase, ResourceName, SIDES_MAX,
    Side, Uin, Verdict, Verification, Voucher, VoucherCase, VoucherStatus, VoucherUse, check_purchase, sum,
};
use crate::ledger::{Line, Moment, Month};
use crate::money::{Amount, Overflow};
use arrayvec::ArrayVec;

/// An account about to buy, with who pays. Only `book::payer` makes one.
pub(super) struct Buyer<'a> {
    pub(super) account: &'a Account,
    /// The account itself, or who pays on its behalf.
    pub(super) payer: Uin,
    /// Under which of the payer's bindings. Absent when a partner buys for itself: then only the spend line counts.
    pub(super) binding: Option<Binding>,
    /// The account's own binding, whose discounts it has.
    pub(super) own: Option<Binding>,
    /// The partner that owes it to the platform.
    pub(super) partner: Uin,
    /// Whose lines it touches, in the order in which they are judged. The payer's is missing when a partner buys for itself,
    /// and under a binding that has ended, whose bill is all that is left of it.
    pub(super) sides: ArrayVec<BuyerSide, SIDES_MAX>,
}

/// One side of a purchase: whose line it touches.
pub(super) struct BuyerSide {
    pub(super) side: Side,
    pub(super) account: Uin,
    pub(super) line: Line,
}

/// What something costs on both sides once vouchers have paid their part.
#[derive(Debug, Clone)]
pub(super) struct Cost {
    pub(super) price: Price,
    pub(super) vouchers: Vec<VoucherUse>,
    pub(super) partner_vouchers: Vec<VoucherUse>,
    /// What the payer's credit pays.
    pub(super) customer: Amount,
    /// What the paying partner's spend line pays.
    pub(super) partner: Amount,
}

impl Cost {
    /// No voucher pays anything: for holds (R114), what gives money back, and orders that a partner pays for its customer.
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
            (Purchase::Order, Side::Customer | Side::Payer) => Rule::R55,
            (Purchase::Order, Side::Partner) => Rule::R56,
            (Purchase::Freeze, Side::Customer | Side::Payer | Side::Partner) => Rule::R57,
        }
    }

    /// What a side's check found.
    pub(super) fn finding(self, check: &Check) -> Finding {
        let of = available_of(check.side, check.account);
        Finding::at_least(self.rule(check.side), of, check.required, check.available, buying::SHORT_OF_CREDIT)
    }
}

/// What a side may still spend, as it is told.
fn available_of(side: Side, account: Uin) -> (Uin, Figure) {
    (account, side.of(Figure::CustomerAvailable, Figure::SpendAvailable))
}

impl Buyer<'_> {
    /// Who pays, as what is bought keeps it.
    pub(super) fn paying(&self) -> Paying {
        Paying { payer: self.payer, partner: Some(self.partner) }
    }

    /// Whether it touches the payer's credit, and not only the partner's spend line.
    pub(super) fn on_credit(&self) -> bool {
        self.sides.iter().any(|one| one.side != Side::Partner)
    }

    /// A customer whose identity is not verified buys nothing new (R58), nor does one that is suspended by force, or whose
    /// payer is.
    pub(super) fn must_be_free_to_buy(&self, book: &Book) -> Result<(), Rejection> {
        let Some(customer) = &self.account.customer else { return Ok(()) };
        let own = (self.account.uin, Some(customer));
        let payers = (self.payer, if self.payer == self.account.uin { None } else { book.customer(self.payer) });
        for (uin, customer) in [own, payers] {
            if customer.is_some_and(|customer| customer.spending.forced_since.is_some()) {
                return Err(buying::Reason::AccountSuspended(uin).into());
            }
        }
        match self.account.verification {
            Verification::None => Err(buying::Reason::Unverified(self.account.uin).into()),
            Verification::Personal | Verification::Enterprise => Ok(()),
        }
    }

    /// What an order of its for this prepaid resource pays for.
    pub(super) fn paid_for(&self, resource: ResourceName) -> PaidFor {
        let binding_seq = self.binding.map_or(0, |binding| binding.seq);
        PaidFor { account: self.account.uin, binding_seq, resource }
    }

    /// Whoever pays, the price is the account's own.
    pub(super) fn price(&self, book: &Book, product: u32, list: Amount, now: Moment) -> Result<Price, Rejection> {
        let customer = self.own.map(|binding| (self.account.uin, binding));
        Ok(book.price(customer, self.partner, product, list, now)?)
    }

    /// What a price costs when vouchers pay first (R112): the payer's its side, the partner's the partner's (R56). What
    /// another partner issued to the payer pays nothing under a binding that has ended.
    pub(super) fn cost(&self, book: &Book, price: Price, case: &VoucherCase) -> Result<Cost, Rejection> {
        let Some(binding) = self.binding else { return Ok(Cost::bare(price)) };
        let (customer, partner) = (self.payer, self.partner);
        let own = [binding.partner, partner].map(|issuer| Pays::Own { customer, issuer });
        let drawable = &book.vouchers.drawable;
        let vouchers = drawable.draw(own, case, price.customer)?;
        let of_partner = [Pays::General(partner), Pays::Trial { partner, customer }];
        let partner_vouchers = drawable.draw(of_partner, case, price.partner)?;
        Ok(Cost::with(price, vouchers, partner_vouchers)?)
    }

    /// Judges all sides (R54-R57). `skip_customer` leaves the payer's out (A5): it is told, and need not suffice.
    pub(super) fn check(
        &self,
        customer: Amount,
        partner: Amount,
        skip_customer: bool,
        kind: Purchase,
    ) -> Result<Because, Rejection> {
        let required = |one: &BuyerSide| one.side.of(customer, partner);
        let spared = |one: &&BuyerSide| skip_customer && one.side != Side::Partner;
        let judged = self.sides.iter().filter(|one| !spared(one)).map(|one| {
            let BuyerSide { side, account, line } = *one;
            Check { side, account, required: required(one), available: line.available() }
        });
        let verdict = check_purchase(judged.collect());
        if let Some(failed) = verdict.failed() {
            return Err(short_of_credit(&verdict, failed, kind).into());
        }
        let told = self.sides.iter().filter(spared).map(|one| {
            let of = available_of(one.side, one.account);
            Finding::waived(kind.rule(one.side), of, required(one), one.line.available())
        });
        Ok(told.chain(verdict.checks().map(|check| kind.finding(&check))).collect())
    }

    /// Judges all sides of a purchase (R55-R56).
    pub(super) fn check_cost(&self, cost: &Cost, skip_customer: bool) -> Result<Because, Rejection> {
        self.check(cost.customer, cost.partner, skip_customer, Purchase::Order)
    }

    /// What vouchers pay of a charge (R112).
    pub(super) fn paid_by_vouchers(&self, cost: &Cost) -> Result<Option<Finding>, Overflow> {
        let of = (self.payer, Figure::VouchersPay);
        let paid = (!cost.vouchers.is_empty()).then(|| sum(&cost.vouchers)).transpose()?;
        Ok(paid.map(|paid| Finding::waived(Rule::R112, of, cost.price.customer, paid)))
    }

    /// What a charge that is not refused for lack of credit was based on: what vouchers pay of it, and the lines as they
    /// stood (R62, R112).
    pub(super) fn charged(&self, cost: &Cost) -> Result<Because, Overflow> {
        let sides = self.sides.iter().map(|one| {
            let of = available_of(one.side, one.account);
            Finding::waived(Rule::R62, of, one.side.of(cost.customer, cost.partner), one.line.available())
        });
        Ok(self.paid_by_vouchers(cost)?.into_iter().chain(sides).collect())
    }

    /// What becomes of what is frozen on all sides.
    pub(super) fn frozen(&self, rule: Rule, after: &Lines) -> impl Iterator<Item = Finding> {
        self.sides.iter().filter_map(move |one| {
            let of = (one.account, one.side.of(Figure::CustomerFrozen, Figure::SpendFrozen));
            let after = one.side.of(after.payer, after.partner)?;
            Some(Finding::becomes(rule, of, one.line.frozen(), after.frozen()))
        })
    }

    /// The lines after `change`, which is given each line with that side's of the two.
    pub(super) fn lines<T: Copy>(
        &self,
        customer: T,
        partner: T,
        change: impl Fn(Line, T) -> Result<Line, Overflow>,
    ) -> Result<Lines, Overflow> {
        let mut lines = Lines::default();
        for one in &self.sides {
            let after = Some(change(one.line, one.side.of(customer, partner))?);
            *one.side.of(&mut lines.payer, &mut lines.partner) = after;
        }
        Ok(lines)
    }

    /// The lines after a hold of these amounts became a charge of `cost`.
    pub(super) fn captured(&self, held: (Amount, Amount), cost: &Cost) -> Result<Lines, Overflow> {
        self.lines((held.0, cost.customer), (held.1, cost.partner), |line, (held, charged)| {
            line.captured(held, charged)
        })
    }

    /// The charge that a cost becomes.
    pub(super) fn charge(&self, book: &Book, occasion: Occasion, cost: Cost) -> Result<Box<Charge>, Rejection> {
        let charge = Charge {
            account: self.account.uin,
            binding: self.binding,
            paying: self.paying(),
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
