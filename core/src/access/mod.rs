//! Who may do what. Permission is data: one row an [`Action`] says which roles may do it and to whom. [`judge`] reads
//! the row; the generated reference prints them all.

mod action;
mod actor;

pub use action::{Action, Permission, Reach};
pub use actor::{Actor, Denial, Face, KeyAccess, Relation, Role, judge};
