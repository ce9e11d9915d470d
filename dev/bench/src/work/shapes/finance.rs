//! Money of accounts that pay for themselves.

use super::grown::stranger;
use super::shape::{Shape, platform};
use credere_core::book::finance;
use credere_core::channel::{CardId, TopUpKind, Uin};
use credere_core::ledger::Month;
use credere_core::money::Amount;

/// The first of those that nothing else binds.
const UNBOUND: u64 = 40;

/// A card that is good for ever.
fn card(account: Uin) -> anyhow::Result<finance::AddCard> {
    Ok(finance::AddCard { account, last4: "4242".parse()?, expires: Month::from_number(u32::MAX) })
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("top up", |_, round| {
            let (account, amount) = (stranger(UNBOUND + round), Amount::whole(1));
            platform(finance::TopUp { account, amount, kind: TopUpKind::Cash })
        }),
        Shape::of("change a credit limit", |_, round| {
            let (account, credit_limit) = (stranger(UNBOUND + round), Some(Amount::whole(1)));
            platform(finance::ChangeFinance { account, credit_limit, overdue_amount: None })
        }),
        Shape::of("add a card", |_, round| platform(card(stranger(UNBOUND + round))?)),
        Shape::of("remove a card", |grown, round| {
            let account = stranger(UNBOUND + round);
            grown.obey(card(account)?)?;
            platform(finance::RemoveCard { account, card: CardId(grown.book.seq()) })
        }),
    ]
}
