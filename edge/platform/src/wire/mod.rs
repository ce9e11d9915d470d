//! The texts and numbers that bodies and queries are made of, read strictly: each type takes one JSON type, says in its
//! error what it expects, and describes itself for the OpenAPI document. What a number means to the channel is not
//! judged here.

mod amounts;
mod numbers;
mod shape;
mod tags;
mod text;
mod time;

pub(crate) use amounts::{Factor, Money, Multiplier, Quantity};
pub(crate) use numbers::{AccountNumber, Percent};
pub(crate) use shape::{Object, described, names, present};
pub(crate) use tags::{Tags, details_said};
pub(crate) use text::{EmailText, NO_CONTROL_CHARACTER, NewCode, Reading, Text, from_text, quoted};
pub(crate) use time::{Time, read_time};

#[cfg(test)]
fn read_json<'a, T: serde::Deserialize<'a>>(json: &'a str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}
