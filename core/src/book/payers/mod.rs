//! Who pays for whom: since when and until when (O6), what that does to what is frozen (O78, O79), and how those that are paid
//! for stand as their payer does (O89-O91). Whether somebody may begin or cease to pay is `members`'.

mod event;
mod handover;
mod laws;
mod standing;
mod state;

pub use event::{Begun, Ended, LinesAfter};

pub(super) use handover::Handover;
pub(super) use laws::check_laws;
pub(super) use state::State;
