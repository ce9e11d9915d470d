//! What comes back of prepaid orders and of the resources that they pay for, and to whom (R82, R87-R88, R121, O76, O77).

use super::arithmetic::{Units, down_to_cents, share};
use super::bills::Posting;
use super::buying::action;
use super::facts::{Buyer, Means, Order, Paid, Parts, PrepaidResource, Price, Share, Uses};
use super::refusal::refuse_for;
use super::{Auditor, Judged, ONE, refuse, zone};
use credere_core::book::buying;
use credere_core::channel::{ActionType, OrderId, OrderKind, OrderState, RefundScope, ResourceName, Uin};

/// What was paid for a resource from one purse and is left.
struct Purse {
    buyer: Buyer,
    left: Paid,
}

impl Auditor {
    /// What was paid for an account's resource and is left, those first that paid last.
    fn purses(&self, account: Uin, resource: &ResourceName) -> Vec<Purse> {
        let theirs = |(what, left): (&PrepaidResource, &Paid)| {
            let (buyer, last) = *self.payments.get(what)?;
            (what.0 == account && what.3 == *resource).then_some((last, Purse { buyer, left: *left }))
        };
        let from = (account, Uin::LOWEST, 0, resource.clone());
        let mut purses: Vec<(u64, Purse)> =
            self.paid.range(from..).take_while(|(what, _)| what.0 == account).filter_map(theirs).collect();
        purses.sort_by_key(|(last, _)| std::cmp::Reverse(*last));
        purses.into_iter().map(|(_, purse)| purse).collect()
    }

    /// Those of them whose payers would pay from the same purse today: no binding that has ended, and no money that is set aside.
    fn purses_of_today(&self, account: Uin, resource: &ResourceName) -> Vec<Purse> {
        let mut purses = self.purses(account, resource);
        purses.retain(|purse| {
            self.paying_itself(purse.buyer.payer).is_ok_and(|payer| payer.purse() == purse.buyer.purse())
        });
        purses
    }

    /// What a downgrade may give back of it.
    pub fn left_to_downgrade(&self, account: Uin, resource: &ResourceName) -> Units {
        self.purses_of_today(account, resource).iter().map(|purse| purse.left.customer).sum()
    }

    /// All that is left of what was paid for an account's resource.
    pub fn unrefunded(&self, account: Uin, resource: &ResourceName) -> Units {
        self.purses(account, resource).iter().map(|purse| purse.left.customer).sum()
    }

    /// A refund of an order, or of the resource that it names; at once, or promised by an order of its own.
    pub(super) fn refund(&mut self, seq: u64, id: OrderId, amount: Units, scope: RefundScope, capture: bool) -> Judged {
        let Some(order) = self.orders.get(&id.0).cloned() else { return refuse("order_not_found") };
        if !matches!(order.state, OrderState::Delivered | OrderState::Refunded) {
            return refuse("order_not_delivered");
        }
        let (shares, empties) = match scope {
            RefundScope::Order => {
                let (share, empties) = self.of_order(&order, amount, capture)?;
                (vec![share], empties)
            }
            RefundScope::Resource => (self.of_resource(&order, amount)?, false),
        };
        let resource = order.resource.clone();
        self.take_off(order.buyer.account, resource.as_ref(), &shares);
        if !capture {
            self.promise(seq, id, order, shares, scope);
            return Ok(());
        }
        self.give_back(seq, ActionType::PrepayReturn, order.product, &shares);
        let mut order = order;
        if scope == RefundScope::Order {
            for given in shares.iter().map(Share::given) {
                order.refunded += given.customer;
                order.partner_refunded += given.partner;
                order.returned = order.returned.and(given.parts);
            }
            if empties && order.promised == 0 {
                order.state = OrderState::Refunded;
            }
        } else if let Some(resource) = &resource {
            for share in &shares {
                let sum = self.given_back.entry(purse_of(share, resource)).or_default();
                *sum = sum.and(share.given());
            }
        }
        self.keep_order(id.0, order);
        Ok(())
    }

    /// Customer money back, the partner's in the same proportion; vouchers stay paid (R87-R88, R121). The account's own money
    /// goes back where it came from, as far as the resource has something left there. Says whether nothing is left then.
    fn of_order(&self, order: &Order, amount: Units, capture: bool) -> Result<(Share, bool), super::Refusal> {
        let paid = order.paid();
        let closes = capture && amount == 0 && paid == 0 && order.price.list > 0;
        let over = order.state == OrderState::Refunded;
        if closes && over {
            return refuse("order_not_delivered");
        }
        if amount <= 0 && !closes {
            return refuse("amount_not_positive");
        }
        // What was given back of the resource otherwise is not there any more.
        let left = order.prepaid().map(|what| self.paid.get(&what).copied().unwrap_or_default());
        let before = order.refunded + order.promised;
        let refundable = left_of(order, left);
        if amount > refundable {
            return refuse_for("exceeds_refundable", None, [("requested", amount), ("refundable", refundable)]);
        }
        let partner_paid = order.partner_paid();
        let after = if closes { partner_paid } else { share(partner_paid, before + amount, paid) };
        let due = (after - order.partner_refunded - order.partner_promised).max(0);
        let partner = left.map_or(due, |left| due.min(left.partner));
        let back = order.parts.map(|parts| {
            let by_itself = parts.less(order.returned).giving_back(amount);
            left.map_or(by_itself, |left| left.parts.covering(by_itself))
        });
        // At list price only what credit paid comes back, so that the line's price times its rate is its amount (R79).
        let at_list = |refunded| share(order.price.list, refunded, order.price.customer);
        let list = if closes { 0 } else { at_list(before + amount) - at_list(before) };
        let price = Price { list: -list, customer: -amount, partner: -partner, ..order.price };
        Ok((Share { buyer: order.buyer, price, back }, amount == refundable))
    }

    /// To each payer of the resource as it paid, at what it paid, and to its partner in the same proportion.
    fn of_resource(&self, order: &Order, amount: Units) -> Result<Vec<Share>, super::Refusal> {
        let account = order.buyer.account;
        let Some(resource) = &order.resource else { return refuse("resource_required") };
        if amount <= 0 {
            return refuse("amount_not_positive");
        }
        let purses = self.purses(account, resource);
        let refundable: Units = purses.iter().map(|purse| purse.left.customer).sum();
        if amount > refundable {
            let figures = [("requested", amount), ("refundable", refundable)];
            return refuse_for("exceeds_unrefunded", Some(account), figures);
        }
        let shares = spread(&purses, amount).into_iter().map(|(purse, part)| {
            let partner_rate = if purse.buyer.partner.is_some() { ONE } else { 0 };
            let partner = share(purse.left.partner, part, purse.left.customer);
            let price = Price { list: -part, customer_rate: ONE, partner_rate, customer: -part, partner: -partner };
            purse.gives(price)
        });
        Ok(shares.collect())
    }

    /// A downgrade gives back at the price of now, at most what is left, and neither side gets what it never paid; the account's
    /// side decides (R82).
    pub(super) fn downgrade(
        &mut self,
        seq: u64,
        new: &buying::PlaceOrder,
        resource: ResourceName,
        (buyer, product, price): (Buyer, u32, Price),
    ) -> Judged {
        let (account, asked) = (new.account, -price.customer);
        let purses = self.purses_of_today(account, &resource);
        let paid: Units = purses.iter().map(|purse| purse.left.customer).sum();
        if asked > paid {
            return refuse_for("exceeds_paid", Some(account), [("requested", asked), ("paid", paid)]);
        }
        let (mut shares, mut before) = (Vec::new(), 0);
        for (purse, part) in spread(&purses, asked) {
            let at_list = |part| share(-price.list, part, asked);
            let theirs = Buyer { own: buyer.own, ..purse.buyer };
            let list = at_list(before + part) - at_list(before);
            let mut theirs = self.price(&theirs, product, -list)?;
            (theirs.customer, theirs.customer_rate) = (-part, price.customer_rate);
            theirs.partner = theirs.partner.max(-purse.left.partner);
            shares.push(purse.gives(theirs));
            before += part;
        }
        if shares.is_empty() {
            let back = (buyer.means == Means::Money).then(Parts::default);
            shares.push(Share { buyer, price: Price { partner: 0, ..price }, back });
        }
        self.take_off(account, Some(&resource), &shares);
        self.give_back(seq, action(new.kind), product, &shares);
        let order = Order {
            kind: new.kind,
            capture: true,
            state: OrderState::Delivered,
            ..giving_back(product, Some(resource), shares, None)
        };
        self.keep_order(seq, order);
        Ok(())
    }

    /// A refund that is to be delivered: nobody else is given the same money meanwhile.
    fn promise(&mut self, seq: u64, id: OrderId, mut order: Order, shares: Vec<Share>, scope: RefundScope) {
        if scope == RefundScope::Order {
            for given in shares.iter().map(Share::given) {
                order.promised += given.customer;
                order.partner_promised += given.partner;
                order.returned = order.returned.and(given.parts);
            }
        }
        let promised = giving_back(order.product, order.resource.clone(), shares, Some((id.0, scope)));
        let buyer = promised.buyer;
        self.orders.insert(id.0, order);
        self.keep_order(seq, promised);
        self.note_purchase(&buyer);
    }

    /// Whoever is promised something gets it.
    pub(super) fn keep_promise(&mut self, seq: u64, id: u64, order: Order) {
        self.give_back(seq, ActionType::PrepayReturn, order.product, &order.shares);
        if let Some((of, RefundScope::Order)) = order.refund
            && let Some(mut refunded) = self.orders.get(&of).cloned()
        {
            for given in order.shares.iter().map(Share::given) {
                refunded.promised -= given.customer;
                refunded.partner_promised -= given.partner;
                refunded.refunded += given.customer;
                refunded.partner_refunded += given.partner;
            }
            let left = refunded.prepaid().map(|what| self.paid.get(&what).copied().unwrap_or_default());
            if refunded.promised == 0 && left_of(&refunded, left) == 0 {
                refunded.state = OrderState::Refunded;
            }
            self.keep_order(of, refunded);
        }
        self.keep_order(id, Order { state: OrderState::Delivered, ..order });
    }

    /// What was promised is to be had again.
    pub(super) fn break_promise(&mut self, order: &Order) {
        for share in &order.shares {
            let given = share.given();
            if let Some((of, RefundScope::Order)) = order.refund
                && let Some(refunded) = self.orders.get_mut(&of)
            {
                refunded.promised -= given.customer;
                refunded.partner_promised -= given.partner;
                refunded.returned = refunded.returned.less(given.parts);
            }
            if let Some(resource) = &order.resource {
                let what = purse_of(share, resource);
                let paid = self.paid.get(&what).copied().unwrap_or_default();
                self.set_paid(what, paid.and(given));
            }
        }
    }

    /// Puts what goes back on bills, one line after the other.
    fn give_back(&mut self, seq: u64, action: ActionType, product: u32, shares: &[Share]) {
        for (place, share) in (0..).zip(shares) {
            self.post(Posting {
                seq: seq + place,
                buyer: share.buyer,
                month: zone::month(self.now),
                action,
                product,
                price: share.price,
                uses: Uses::default(),
                back: share.back.map(|back| Parts::default().less(back)),
                paid_as_at: None,
            });
            self.note_purchase(&share.buyer);
        }
    }

    /// Takes what goes back off what was paid for the resource.
    fn take_off(&mut self, account: Uin, resource: Option<&ResourceName>, shares: &[Share]) {
        let Some(resource) = resource else { return };
        for share in shares {
            let what = (account, share.buyer.payer, share.buyer.purse(), resource.clone());
            let paid = self.paid.get(&what).copied().unwrap_or_default();
            self.set_paid(what, paid.less(share.given()));
        }
    }

    /// Notes what is left of what was paid.
    pub(super) fn set_paid(&mut self, what: PrepaidResource, paid: Paid) {
        if paid == Paid::default() {
            self.paid.remove(&what);
        } else {
            self.paid.insert(what, paid);
        }
    }
}

impl Purse {
    /// What it gives back at a price below zero.
    fn gives(&self, price: Price) -> Share {
        let back = (self.buyer.means == Means::Money).then(|| self.left.parts.giving_back(-price.customer));
        Share { buyer: self.buyer.told(), price, back }
    }
}

/// How a purse is called that a share comes back to.
pub(super) fn purse_of(share: &Share, resource: &ResourceName) -> PrepaidResource {
    (share.buyer.account, share.buyer.payer, share.buyer.purse(), resource.clone())
}

/// What an order can still give back by itself, and its resource with it.
fn left_of(order: &Order, left: Option<Paid>) -> Units {
    let over = order.state == OrderState::Refunded;
    let own = if over { 0 } else { order.paid() - order.refunded - order.promised };
    left.map_or(own, |left| own.min(left.customer))
}

/// An order that gives back what its shares say, to whoever paid last as its payer; promised, as long as nothing else is said.
fn giving_back(
    product: u32,
    resource: Option<ResourceName>,
    shares: Vec<Share>,
    refund: Option<(u64, RefundScope)>,
) -> Order {
    let last = shares.last().expect("what gives back gives back to somebody");
    let sum = |of: fn(&Price) -> Units| shares.iter().map(|share| of(&share.price)).sum();
    let price = Price {
        list: sum(|price| price.list),
        customer: sum(|price| price.customer),
        partner: sum(|price| price.partner),
        ..last.price
    };
    Order {
        buyer: last.buyer,
        product,
        kind: OrderKind::Refund,
        capture: false,
        state: OrderState::Processing,
        price,
        uses: Uses::default(),
        refunded: 0,
        partner_refunded: 0,
        promised: 0,
        partner_promised: 0,
        parts: None,
        returned: Parts::default(),
        resource,
        shares,
        refund,
    }
}

/// What of an amount each purse gives, those first that were paid into first: each payer its part of all that is left, in whole
/// cents, and what is over from whoever paid last, then from whoever paid before; and of one payer from what it paid last (O77).
fn spread(newest_first: &[Purse], amount: Units) -> Vec<(&Purse, Units)> {
    let all: Units = newest_first.iter().map(|purse| purse.left.customer).sum();
    let mut payers: Vec<Uin> = Vec::new();
    for purse in newest_first.iter().filter(|purse| purse.left.customer > 0) {
        if !payers.contains(&purse.buyer.payer) {
            payers.push(purse.buyer.payer);
        }
    }
    let left = |payer: Uin| -> Units {
        newest_first.iter().filter(|purse| purse.buyer.payer == payer).map(|purse| purse.left.customer).sum()
    };
    let mut theirs: Vec<Units> = payers.iter().map(|payer| down_to_cents(amount, left(*payer), all)).collect();
    if let Some(last) = theirs.first_mut() {
        *last = 0;
    }
    let mut over = amount - theirs.iter().sum::<Units>();
    for (place, payer) in payers.iter().enumerate() {
        let more = over.min(left(*payer) - theirs[place]);
        theirs[place] += more;
        over -= more;
    }
    let mut given = Vec::new();
    for purse in newest_first {
        let Some(place) = payers.iter().position(|payer| *payer == purse.buyer.payer) else { continue };
        let part = theirs[place].min(purse.left.customer);
        theirs[place] -= part;
        if part > 0 {
            given.push((purse, part));
        }
    }
    given.reverse();
    given
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What falls to payers that paid so many cents, the first first, of so many cents.
    fn cents(paid: &[(u64, Units)], amount: Units) -> Vec<(u64, Units)> {
        let purse = |(payer, cents): &(u64, Units)| {
            let payer = Uin::new(*payer).unwrap();
            let buyer = Buyer { account: Uin::LOWEST, own: None, payer, means: Means::Money, partner: None };
            Purse { buyer, left: Paid { customer: cents * 1_000_000, ..Paid::default() } }
        };
        let purses: Vec<Purse> = paid.iter().rev().map(purse).collect();
        let given = spread(&purses, amount * 1_000_000);
        given.into_iter().map(|(purse, part)| (purse.buyer.payer.number(), part / 1_000_000)).collect()
    }

    #[test]
    fn each_payer_gets_its_part_and_the_last_what_is_over() {
        assert_eq!(cents(&[(1, 120_000), (2, 30_000)], 50_000), [(1, 40_000), (2, 10_000)]);
        assert_eq!(cents(&[(1, 100), (2, 200)], 100), [(1, 33), (2, 67)]);
        assert_eq!(cents(&[(1, 34), (2, 34), (3, 34)], 101), [(1, 33), (2, 34), (3, 34)]);
        assert_eq!(cents(&[(1, 100), (2, 100), (1, 100)], 150), [(2, 50), (1, 100)]);
        assert_eq!(cents(&[(1, 100)], 0), []);
    }
}
