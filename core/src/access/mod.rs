//! Who may do what, and which rows a reader sees. Permission is data: one row an [`Action`] says which roles may do it
//! and to whom. [`judge`] reads the row; the generated reference prints them all. [`scope`] says which rows.

mod actions;
mod actor;
mod judgement;
mod permission;
pub mod scope;

pub use actions::Action;
pub use actor::{Actor, Asker, By, Denial, Face, KeyAccess, Relation, Role, SecretId};
pub use judgement::judge;
pub use permission::{Permission, Reach};
