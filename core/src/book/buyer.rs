//! What orders, authorizations, resources and usage share once it is known who pays: one price, one check and one way of
//! changing the lines, so that they can never drift apart.

use crate::book::catalogue::PriceOf;
use crate::book::vouchers::Pays;
use crate::book::{Because, Book, Figure, Finding, Rejection, Rule, buying, vouchers};
use crate::channel::{
    Account, ActionType, Binding, Charge, Check, Frozen, Lines, Paying, Price, Purchase, Side, Uin, Verdict,
    Verification, Voucher, VoucherCase, VoucherStatus, VoucherUse, check_purchase, sum,
};
use crate::ledger::{Funds, Line, Moment, Month, Movement, Parts};
use crate::money::{Amount, Overflow};
use arrayvec::ArrayVec;

/// An account about to buy, with who pays. Only `book::payer` makes one.
pub(super) struct Buyer<'a> {
    pub(super) account: &'a Account,
    /// The account itself, or who pays on its behalf.
    pub(super) payer: Uin,
    /// Under which of the payer's bindings. Absent when a partner buys for itself, so that only the spend line counts, and when
    /// money of one's own pays.
    pub(super) binding: Option<Binding>,
    /// The account's own binding, whose discounts it has.
    pub(super) own: Option<Binding>,
    /// The payer's credit or money. Missing when a partner buys for itself, and under a binding that has ended, whose bill is
    /// all that is left of it.
    pub(super) funds: Option<Funds>,
    /// The partner that owes it to the platform, and its spend line; absent where nobody stands between payer and platform.
    pub(super) partner: Option<(Uin, Line)>,
}

/// One side of a purchase: whose funds it touches.
#[derive(Clone, Copy)]
struct BuyerSide {
    side: Side,
    account: Uin,
    funds: Funds,
}

/// What something costs on both sides once vouchers have paid their part.
#[derive(Debug, Clone)]
pub(super) struct Cost {
    pub(super) price: Price,
    pub(super) vouchers: Vec<VoucherUse>,
    pub(super) partner_vouchers: Vec<VoucherUse>,
    /// What the payer pays.
    pub(super) customer: Amount,
    /// What the paying partner's spend line pays.
    pub(super) partner: Amount,
}

impl Cost {
    /// No voucher pays anything: for holds (R114), and orders that a partner pays for its customer.
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
    let figure = match side {
        Side::Customer => Figure::CustomerAvailable,
        Side::Partner => Figure::SpendAvailable,
        Side::Payer => Figure::PayerAvailable,
    };
    (account, figure)
}

impl Buyer<'_> {
    /// Who pays, as what is bought keeps it.
    pub(super) fn paying(&self) -> Paying {
        Paying { payer: self.payer, partner: self.partner.map(|(partner, _)| partner) }
    }

    /// Whose funds it touches, in the order in which they are judged (R54).
    fn sides(&self) -> impl Iterator<Item = BuyerSide> {
        // Who has its credit from a partner is a customer, as long as it pays itself.
        let customer = self.binding.is_some() && !self.is_paid_for();
        let side = if customer { Side::Customer } else { Side::Payer };
        let payer = self.funds.map(|funds| BuyerSide { side, account: self.payer, funds });
        let partner = self.partner.map(|(account, line)| {
            let funds = Funds::Credit(line);
            BuyerSide { side: Side::Partner, account, funds }
        });
        payer.into_iter().chain(partner)
    }

    /// Whether somebody else pays on the account's behalf.
    pub(super) fn is_paid_for(&self) -> bool {
        self.payer != self.account.uin
    }

    /// Whether a partner buys for itself.
    fn is_own_use(&self) -> bool {
        self.paying().is_own_use(self.binding)
    }

    /// Whoever's identity is not verified buys nothing new (R58), nor does who is suspended by force, or whose payer is. A
    /// partner is free to buy for itself.
    pub(super) fn must_be_free_to_buy(&self, book: &Book) -> Result<(), Rejection> {
        if self.is_own_use() {
            return Ok(());
        }
        if self.account.spending().forced_since.is_some() {
            return Err(buying::Reason::AccountSuspended(self.account.uin).into());
        }
        if self.is_paid_for() && book.is_forced(self.payer) {
            return Err(buying::Reason::AccountSuspended(self.payer).into());
        }
        match self.account.verification {
            Verification::None => Err(buying::Reason::Unverified(self.account.uin).into()),
            Verification::Personal | Verification::Enterprise => Ok(()),
        }
    }

    /// Whoever pays, the price is the account's own, by the offers that it has now (O84).
    pub(super) fn price(&self, book: &Book, product: u32, list: Amount, now: Moment) -> Result<Price, Rejection> {
        self.price_inheriting(book, book.inherits_offers_from(self.account.uin), (product, list), now)
    }

    /// The price of what was used: by whose offers it had when its cycle began (O85).
    pub(super) fn price_of_usage(
        &self,
        book: &Book,
        begun: Moment,
        (product, list): (u32, Amount),
        now: Moment,
    ) -> Result<Price, Rejection> {
        self.price_inheriting(book, book.inherited_offers_from(self.account.uin, begun), (product, list), now)
    }

    /// The price where the account has this one's offers instead of its own.
    pub(super) fn price_inheriting(
        &self,
        book: &Book,
        inherits_from: Option<Uin>,
        (product, list): (u32, Amount),
        now: Moment,
    ) -> Result<Price, Rejection> {
        let of = PriceOf { account: self.account.uin, binding: self.own, paying: self.paying().partner, inherits_from };
        Ok(book.price(of, product, list, now)?)
    }

    /// What a price costs when vouchers pay first (R112): the payer's its side, the partner's the partner's (R56). What
    /// another partner issued to the payer pays nothing under a binding that has ended.
    pub(super) fn cost(&self, book: &Book, price: Price, case: &VoucherCase) -> Result<Cost, Rejection> {
        let (customer, drawable) = (self.payer, &book.vouchers.drawable);
        let (binding, partner) = match (self.binding, self.partner) {
            (Some(binding), Some((partner, _))) => (binding, partner),
            (None, Some(_)) => return Ok(Cost::bare(price)),
            (_, None) => {
                let vouchers = drawable.draw([Pays::Own { customer, issuer: None }], case, price.customer)?;
                return Ok(Cost::with(price, vouchers, Vec::new())?);
            }
        };
        let own = [binding.partner, partner].map(|issuer| Pays::Own { customer, issuer: Some(issuer) });
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
        let (mut because, mut judged) = (Because::new(), ArrayVec::new());
        for BuyerSide { side, account, funds } in self.sides() {
            let (required, available) = (side.of(customer, partner), funds.available());
            if skip_customer && side != Side::Partner {
                because.push(Finding::waived(kind.rule(side), available_of(side, account), required, available));
            } else {
                judged.push(Check { side, account, required, available });
            }
        }
        let verdict = check_purchase(judged);
        if let Some(failed) = verdict.failed() {
            return Err(short_of_credit(&verdict, failed, kind).into());
        }
        because.extend(verdict.checks().map(|check| kind.finding(&check)));
        Ok(because)
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
        let sides = self.sides().map(|one| {
            let of = available_of(one.side, one.account);
            Finding::waived(Rule::R62, of, one.side.of(cost.customer, cost.partner), one.funds.available())
        });
        Ok(self.paid_by_vouchers(cost)?.into_iter().chain(sides).collect())
    }

    /// What becomes of what is frozen on all sides.
    pub(super) fn frozen(&self, rule: Rule, after: &Lines) -> impl Iterator<Item = Finding> {
        self.sides().filter_map(move |one| {
            let (figure, after) = match one.side {
                Side::Customer => (Figure::CustomerFrozen, after.payer.as_ref()?.frozen()),
                Side::Partner => (Figure::SpendFrozen, after.partner.as_ref()?.frozen()),
                Side::Payer => (Figure::PayerFrozen, after.payer.as_ref()?.frozen()),
            };
            Some(Finding::becomes(rule, (one.account, figure), one.funds.frozen(), after))
        })
    }

    /// What both have after a movement of each side's.
    pub(super) fn lines(&self, payer: Movement, partner: Movement) -> Result<Lines, Overflow> {
        let payer = self.funds.map(|funds| funds.moved(payer)).transpose()?;
        let partner = self.partner.map(|(_, line)| line.moved(partner)).transpose()?;
        Ok(Lines { payer, partner })
    }

    /// What a cost moves on each side.
    pub(super) fn charged_with(&self, cost: &Cost) -> Result<(Movement, Movement), Overflow> {
        let payer = Movement::charged(cost.customer, self.parts(cost)?);
        Ok((payer, Movement::charged(cost.partner, None)))
    }

    /// What each part of the payer's own money pays of a cost.
    pub(super) fn parts(&self, cost: &Cost) -> Result<Option<Parts>, Overflow> {
        match self.funds {
            Some(Funds::Money(finance)) => finance.parts(cost.customer).map(Some),
            Some(Funds::Credit(_)) | None => Ok(None),
        }
    }

    /// What both have after a hold of these amounts became a charge of `cost`.
    pub(super) fn captured(&self, held: (Amount, Amount), cost: &Cost) -> Result<Lines, Overflow> {
        let (payer, partner) = self.charged_with(cost)?;
        let payer = Movement { held: held.0.negated()?, ..payer };
        self.lines(payer, Movement { held: held.1.negated()?, ..partner })
    }

    /// What both have after a cost was charged and a resource's freeze changed.
    pub(super) fn settled(&self, cost: &Cost, more: Frozen) -> Result<Lines, Overflow> {
        let (payer, partner) = self.charged_with(cost)?;
        self.lines(Movement { frozen: more.customer, ..payer }, Movement { frozen: more.partner, ..partner })
    }

    /// The charge that a cost becomes.
    pub(super) fn charge(&self, book: &Book, occasion: Occasion, cost: Cost) -> Result<Box<Charge>, Rejection> {
        let parts = self.parts(&cost)?;
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
            parts,
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
