//! Time. Business time (what decisions see) is the machine's, or in a sandbox the book's own, which stands still until it
//! is advanced. `machine` is the one place that reads the system's clock, [`Timekeeper`] the rule that says when it is
//! believed, and [`BusinessClock`] what everybody else asks.

mod business;
mod machine;
mod timekeeper;

pub use business::{BusinessClock, Clock};
pub(crate) use machine::ticks;
pub use machine::{Machine, Reading, machine_now};
pub use timekeeper::{Jump, MAX_GAP, STEP_MAX, Timekeeper};
