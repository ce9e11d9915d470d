//! Credit lines and holds: how much may be owed, how much is, and what is set aside. [`Line`] serves both sides of the
//! channel: a customer's credit (R12-R16) and a partner's spend ledger (R27). Who pays for itself has [`Finance`] instead
//! (O3); [`Funds`] is either, and a [`Movement`] what buying changes. Whose they are is no concern of this room.
//! Time is here too: a [`Moment`] and the [`Calendar`] that sorts moments into days and bill months. So is place: a
//! [`Shard`] numbers what happens in its journal.

mod calendar;
mod finance;
mod funds;
mod line;
mod moment;
mod movement;
mod shard;

pub use calendar::{Calendar, Day, Month, ParseMonthError};
pub use finance::Finance;
pub use funds::Funds;
pub use line::Line;
pub use moment::Moment;
pub use movement::{Movement, Parts};
pub use shard::{NumbersExhausted, Shard};
