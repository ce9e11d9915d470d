//! Falsified findings: proof that the auditor sees. A run can be told to read one figure, outcome, notice or row of
//! history wrongly from some act on; it must then end with a failure that names it.

use credere_auditor::facts::Means;
use credere_auditor::{Auditor, Seen, amount, units};
use credere_core::book::{Event, bills, buying};
use credere_core::channel::Uin;
use credere_core::ledger::Parts;

/// What is falsified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Falsified {
    /// A figure of the book, by the name that failures give it: one unit is added.
    Figure(&'static str),
    /// What an act came to: a success is told as a refusal.
    Outcome,
    /// A refusal's code.
    Code,
    /// A figure of a refusal for lack of credit.
    Shortage,
    /// A figure of any other refusal that has some.
    RefusedFigure,
    /// A notice is missing from the list.
    NoticeMissing,
    /// A notice is listed twice.
    NoticeTwice,
    /// A sum of a bill.
    BillTotal,
    /// A line's payment status.
    LineConfirmed,
    /// An order's state.
    OrderState,
    /// An order's refunded amount.
    OrderRefunded,
    /// A voucher's status in history.
    VoucherRow,
    /// What a receipt says came back.
    Returned,
    /// What a refund of an order that vouchers paid gives back to the partner: as much as to the customer.
    PartnersPart,
    /// Which part of its own money pays what an account buys: all of it cash.
    OwnParts,
    /// Who pays for an order: somebody else does.
    Payer,
    /// Whose usage it is that comes when its binding has ended: whoever the account is bound to now is charged.
    LateUsage,
}

/// One falsification, from one act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tamper {
    /// From which act of the run on.
    pub from_act: u64,
    /// What.
    pub what: Falsified,
}

/// Whether this is to be falsified now.
pub(crate) fn falsifies(tamper: Option<&Tamper>, act: u64, what: Falsified) -> bool {
    tamper.is_some_and(|tamper| tamper.from_act <= act && tamper.what == what)
}

/// The event, read wrongly.
pub(crate) fn falsified(event: &Event, tamper: &Tamper) -> Event {
    let mut event = event.clone();
    match &mut event {
        Event::Bills(bills::Event::ReceiptConfirmed(bills::ReceiptConfirmed { returned, .. }))
            if tamper.what == Falsified::Returned =>
        {
            *returned = amount(units(*returned) + 1);
        }
        Event::Buying(buying::Event::OrderChanged(buying::OrderChanged { order, .. }))
            if tamper.what == Falsified::Payer =>
        {
            order.paying.payer = Uin::LOWEST;
        }
        Event::Buying(buying::Event::OrderRefunded(buying::OrderRefunded { order, charge, .. }))
            if tamper.what == Falsified::PartnersPart && !order.vouchers.is_empty() =>
        {
            charge.price.partner = charge.price.customer;
        }
        Event::Buying(buying::Event::OrderChanged(buying::OrderChanged { charge: Some(charge), .. }))
            if tamper.what == Falsified::OwnParts =>
        {
            charge.parts =
                charge.parts.map(|parts| Parts { cash: parts.sum().unwrap_or(parts.cash), ..Parts::default() });
        }
        _ => {}
    }
    event
}

/// Makes a figure of the book another one.
pub(crate) fn falsify(seen: &mut Seen, tamper: &Tamper, world: &Auditor) {
    match tamper.what {
        Falsified::Figure(name) => {
            if let Some(figure) = seen.first_mut(name) {
                *figure += 1;
            }
        }
        Falsified::LateUsage => charge_the_present_binding(seen, world),
        _ => {}
    }
}

/// Moves the last usage that came late to whoever lends to its account now, or to the account's own money.
fn charge_the_present_binding(seen: &mut Seen, world: &Auditor) {
    let late = world.lines.iter().rfind(|line| line.late && line.action.metered());
    let moved = late.and_then(|line| Some((line, world.buyer(line.buyer.account).ok()?)));
    let Some((late, now)) = moved else { return };
    let owed = [(late.buyer.partner, -late.partner_amount()), (now.partner, late.partner_amount())];
    let owed = owed.into_iter().filter_map(|(partner, more)| Some((partner?, "spend used", more)));
    let used = match now.means {
        Means::Credit(_) => Some(("used", late.amount())),
        Means::Money => Some(("cash", -late.amount())),
        Means::SpendLine => None,
    };
    let used = used.map(|(name, more)| (now.payer, name, more));
    for (uin, name, more) in owed.chain(used) {
        if let Some(figure) = seen.of_account_mut(uin, name) {
            *figure += more;
        }
    }
}
