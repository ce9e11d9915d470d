//! The parameters of a call: read into one tree whichever way they were sent, checked against the published definition of
//! the action, and handed to it typed. Numbers stay the exact text that arrived until a definition says what they are;
//! no binary float is ever involved. What a value means, and whether it is permitted for this caller, is not decided here.

mod args;
mod check;
mod decimal;
mod dotted;
mod json;

pub use args::{Arg, Args, FromArg};
pub use check::check;
pub use decimal::read_amount;
pub use dotted::{Pairs, fold};
pub use json::read_json;

use std::collections::BTreeMap;

/// How deep lists and objects may nest. The published definitions need 5; the rest is room.
pub const MAX_DEPTH: usize = 16;
/// How many values one request may hold, containers included. The longest published list has some hundred entries; the
/// limit keeps a hostile body of tiny values from taking a hundred times its size in memory.
pub const MAX_VALUES: usize = 10_000;

/// A parameter as the caller sent it, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A JSON boolean.
    Bool(bool),
    /// A JSON number, as its text.
    Number(String),
    /// A JSON string.
    Text(String),
    /// A scalar from a query or form, where everything is text: the definition decides what it stands for.
    Plain(String),
    /// A list.
    List(Vec<Value>),
    /// Named members.
    Object(BTreeMap<String, Value>),
}

/// The type of a parameter in a published definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; also dates, which are checked by the action.
    Str,
    /// A whole number, -2^63 to 2^63-1.
    Int,
    /// A whole number, 0 to 2^64-1.
    Uint,
    /// A decimal with at most eight places, within ±92,000,000,000.
    Float,
    /// True or false.
    Bool,
    /// An object with these members and no others.
    Object(&'static [ParamDef]),
    /// A list of one type.
    List(&'static Kind),
}

/// One parameter in a published definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParamDef {
    /// The published name; case matters.
    pub name: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// Whether leaving it out is a `MissingParameter`.
    pub required: bool,
}

impl ParamDef {
    /// A parameter that must be there.
    pub const fn required(name: &'static str, kind: Kind) -> ParamDef {
        ParamDef { name, kind, required: true }
    }

    /// A parameter that may be left out.
    pub const fn optional(name: &'static str, kind: Kind) -> ParamDef {
        ParamDef { name, kind, required: false }
    }
}
