//! The bytes of an enum follow its numbers, and nothing else.

use credere_numbered::Numbered;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// Two enums that differ in the order of their lists only.
macro_rules! twins {
    ($($name:ident { $($variants:tt)* })*) => {
        $(
            mod $name {
                use super::*;

                #[derive(Debug, Clone, PartialEq, Eq, Numbered)]
                #[repr(u8)]
                pub(super) enum Fact { $($variants)* }
            }
        )*
    };
}

twins! {
    before {
        Nothing = 1,
        One(u32) = 2,
        Pair(u64, String) = 7,
        Named { amount: i64, note: Option<String> } = 3,
        Far = 200,
    }
    after {
        Far = 200,
        Named { amount: i64, note: Option<String> } = 3,
        Pair(u64, String) = 7,
        Nothing = 1,
        One(u32) = 2,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Numbered)]
enum Plain {
    Second = 2,
    First = 1,
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(value).expect("plain values encode")
}

fn back<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, postcard::Error> {
    postcard::from_bytes(bytes)
}

macro_rules! facts {
    ($module:ident) => {{
        use $module::Fact;
        let named = |note: Option<&str>| Fact::Named { amount: -5, note: note.map(str::to_owned) };
        [Fact::Nothing, Fact::One(70_000), Fact::Pair(1, "two".into()), named(None), named(Some("why")), Fact::Far]
    }};
}

#[test]
fn a_list_that_is_sorted_anew_changes_no_byte() {
    for (before, after) in facts!(before).iter().zip(facts!(after)) {
        assert_eq!(bytes(before), bytes(&after));
        assert_eq!(back::<after::Fact>(&bytes(before)).unwrap(), after);
    }
}

#[test]
fn everything_comes_back() {
    for fact in facts!(before) {
        assert_eq!(back::<before::Fact>(&bytes(&fact)).unwrap(), fact);
    }
}

#[test]
fn the_number_comes_first_and_the_fields_in_their_order() {
    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Same(u32, i64, Option<String>);
    let [_, _, _, named, ..] = facts!(before);
    assert_eq!(bytes(&named), bytes(&Same(3, -5, None)));
}

#[test]
fn a_number_that_nobody_has_does_not_decode() {
    for unknown in [0_u32, 4, 201] {
        assert!(back::<before::Fact>(&bytes(&unknown)).is_err(), "{unknown}");
        assert_eq!(Plain::from_number(unknown), None);
    }
}

#[test]
fn a_plain_one_tells_its_number() {
    for plain in [Plain::First, Plain::Second] {
        assert_eq!(Plain::from_number(plain.number()), Some(plain));
        assert_eq!(bytes(&plain), bytes(&plain.number()));
    }
}
