//! Which JSON type a value has where serde would take several: objects that are no arrays, names that are strings, fields
//! that are absent rather than `null`.

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// A JSON object and nothing else: a derived struct would take an array as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        struct Fields<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

/// For a field that may be left out but not be `null` (or, as an `Option` in an `Option`, tells the two apart).
///
/// # Errors
/// What reading the value gives.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Enums of names: each is a string in JSON, its variant in `snake_case`, and is read from nothing else (what is derived
/// alone would take an object as well). One `of` an enum of the core has its variants, and is made from it and into it.
macro_rules! names {
    ($(#[$about:meta])* $vis:vis enum $name:ident { $($(#[$what:meta])* $variant:ident,)+ }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(remote = "Self", rename_all = "snake_case")]
        $(#[$about])*
        $vis enum $name {
            $($(#[$what])* $variant,)+
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                struct Name;
                impl serde::de::Visitor<'_> for Name {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a string")
                    }
                    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<$name, E> {
                        $name::deserialize(serde::de::value::StrDeserializer::new(name))
                    }
                }
                deserializer.deserialize_str(Name)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $name::serialize(self, serializer)
            }
        }
    };
    ($(#[$about:meta])* $vis:vis enum $name:ident of $kept:ident { $($(#[$what:meta])* $variant:ident,)+ }) => {
        names! { $(#[$about])* $vis enum $name { $($(#[$what])* $variant,)+ } }

        impl From<$name> for $kept {
            fn from(name: $name) -> $kept {
                match name {
                    $($name::$variant => $kept::$variant,)+
                }
            }
        }

        impl From<$kept> for $name {
            fn from(kept: $kept) -> $name {
                match kept {
                    $($kept::$variant => $name::$variant,)+
                }
            }
        }
    };
}
pub(crate) use names;

/// What a type that is written by hand looks like in the OpenAPI document.
macro_rules! described {
    ($kind:ident, $schema:expr) => {
        impl utoipa::ToSchema for $kind {}
        impl utoipa::PartialSchema for $kind {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $schema.into()
            }
        }
    };
}
pub(crate) use described;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::read_json as read;

    #[test]
    fn an_array_is_no_object() {
        #[derive(Debug, Deserialize)]
        struct One {
            #[expect(dead_code, reason = "only whether it reads is asked")]
            a: u8,
        }
        assert!(read::<Object<One>>("{\"a\":1}").is_ok());
        assert!(read::<Object<One>>("[1]").is_err());
    }

    #[test]
    fn a_name_is_a_string_and_one_of_those_there_are() {
        names! {
            enum Size {
                VerySmall,
            }
        }
        assert_eq!(read::<Size>("\"very_small\""), Ok(Size::VerySmall));
        assert_eq!(serde_json::to_string(&Size::VerySmall).unwrap(), "\"very_small\"");
        for wrong in ["{\"very_small\":null}", "[\"very_small\"]", "null", "0", "\"large\""] {
            assert!(read::<Size>(wrong).is_err(), "{wrong}");
        }
    }
}
