//! Organizations, their members, and who is invited: names go to the directory, everything that decides to the book.

mod balances;
mod commands;
mod creating;
mod entities;
mod queries;
pub(crate) mod rows;
mod views;

pub use balances::MemberBalance;
pub use commands::{MemberLabel, MemberLabelChange};
pub use creating::{CreationView, NewMemberLabel};
pub use queries::{InvitationsOf, MemberSearch};
pub use views::{InvitationState, InvitationView, MemberView, OrganizationView};
