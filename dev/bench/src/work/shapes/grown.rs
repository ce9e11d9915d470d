//! The book that everything is measured on: each collection has as many members as the size says, and most of them are of the
//! one customer or partner that is worked on. Made by commands, as everything else is.

use anyhow::{Context as _, anyhow};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{Book, Command, Context, Event, Rules, decide};
use credere_core::channel::{
    AuthorizationId, DiscountId, Order, OrderId, ProductCode, ResourceId, Uin, VoucherId, WebhookId,
};
use credere_core::ledger::Moment;

/// When the book begins.
const BEGINNING: Moment = Moment::from_micros(1_800_000_000_000_000);

pub(super) const DAY: i64 = 86_400;
pub(super) const PLATFORM: Actor = Actor::Platform { key: 1, access: KeyAccess::Full };

/// The distributor above all second-level resellers.
pub(super) const DISTRIBUTOR: u64 = 1;
/// The reseller that all customers are bound to.
pub(super) const RESELLER: u64 = 2;
/// The customer that has a part of everything.
pub(super) const RICH: u64 = 3;
/// An account that was bound and unbound as often as the size says.
pub(super) const FORMER: u64 = 4;

/// The product that nothing lies about for but what everybody has.
pub(super) const BOUGHT: &str = "cvm";
/// The product that vouchers are for.
pub(super) const VOUCHED: &str = "vch";

pub(super) fn code(text: &str) -> ProductCode {
    text.parse().expect("the products' codes are codes")
}

/// As many things of a kind are remembered as are worked on.
pub(super) const KEPT: u64 = 64;

/// Accounts of a block, by their place in it.
pub(super) fn uin(number: u64) -> Uin {
    Uin::new(number).expect("a block's numbers are accounts' numbers")
}

pub(super) fn stranger(place: u64) -> Uin {
    uin((1 << 32) + place)
}

pub(super) fn second_level(place: u64) -> Uin {
    uin((2 << 32) + place)
}

pub(super) fn customer(place: u64) -> Uin {
    uin((3 << 32) + place)
}

/// The book, and what is worked on in it.
pub(super) struct Grown {
    pub(super) book: Book,
    pub(super) now: Moment,
    pub(super) size: u64,
    pub(super) orders: Vec<OrderId>,
    pub(super) delivered: Vec<Order>,
    pub(super) authorizations: Vec<AuthorizationId>,
    pub(super) resources: Vec<ResourceId>,
    pub(super) vouchers: Vec<VoucherId>,
    /// When as many vouchers begin at once.
    pub(super) vouchers_begin: Moment,
    pub(super) discounts: Vec<DiscountId>,
    pub(super) webhooks: Vec<WebhookId>,
}

impl Grown {
    /// An empty book that is to have so many of each.
    pub(super) fn of_size(size: u64) -> Grown {
        Grown {
            book: Book::new(),
            now: BEGINNING,
            size,
            orders: Vec::new(),
            delivered: Vec::new(),
            authorizations: Vec::new(),
            resources: Vec::new(),
            vouchers: Vec::new(),
            vouchers_begin: BEGINNING.plus_seconds(300 * DAY),
            discounts: Vec::new(),
            webhooks: Vec::new(),
        }
    }

    /// Obeys a command of the platform's, and what follows from it at once.
    pub(super) fn obey(&mut self, command: impl Into<Command>) -> anyhow::Result<Event> {
        let event = self.act(PLATFORM, &command.into())?;
        for account in event.touches() {
            while let Some(next) = self.book.consequence(account, self.now) {
                self.act(Actor::System, &next)?;
            }
        }
        Ok(event)
    }

    /// Obeys a command, and nothing that follows from it.
    pub(super) fn act(&mut self, actor: Actor, command: &Command) -> anyhow::Result<Event> {
        let context = Context { now: self.now, actor, rules: &Rules::default() };
        let decided = decide(&self.book, command, &context).map_err(|refused| anyhow!("{refused:?}"));
        let event = decided.with_context(|| format!("{command:?}"))?.event;
        self.book.evolve(self.book.seq() + 1, self.now, &event)?;
        Ok(event)
    }

    /// Whether what is made at this place is worked on later: some in the middle.
    pub(super) fn keeps(&self, place: u64) -> bool {
        let from = (self.size / 2).min(self.size.saturating_sub(KEPT));
        (from..from + KEPT).contains(&place)
    }
}

/// One of the things that are worked on, another each round.
pub(super) fn nth<T: Clone>(kept: &[T], round: u64) -> anyhow::Result<T> {
    let at = usize::try_from(round)?;
    kept.get(at).cloned().with_context(|| format!("there are only {} to work on", kept.len()))
}
