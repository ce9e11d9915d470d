//! What is sold and at which price: products, discounts (R123-R126), and who has whose offers (O84, O100-O102).

mod asked;
mod command;
mod discounts;
mod event;
mod evolve;
mod inheritance;
mod laws;
mod products;
mod reason;
mod running;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use command::{AddProduct, ChangeProduct, Command, EndDiscount, SetDiscount};
pub use event::{DiscountEnded, DiscountSet, Event, ProductAdded, ProductChanged};
pub use reason::Reason;
pub(super) use reason::managed;

pub(super) use evolve::apply;
pub(super) use laws::check_laws;
pub(super) use state::{PriceOf, State};

/// Judges a command about products and discounts.
pub(super) fn decide(book: &Book, _context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::AddProduct(asked) => products::add(book, asked),
        Command::ChangeProduct(asked) => products::change(book, asked),
        Command::SetDiscount(asked) => discounts::set(book, asked),
        Command::EndDiscount(asked) => discounts::end(book, asked),
    }
}
