//! Parameters after the check: typed, complete and addressed by their published names. An action reads them here and
//! nowhere else; asking for a name or type that its definition does not have is a mistake in the action, not of the
//! caller, and answers `InternalError`.

use crate::error::{CloudError, ErrorCode, quoted};
use credere_core::money::Amount;

/// One checked parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// Text.
    Str(String),
    /// A signed whole number.
    Int(i64),
    /// An unsigned whole number.
    Uint(u64),
    /// An exact decimal.
    Float(Amount),
    /// True or false.
    Bool(bool),
    /// An object.
    Object(Args),
    /// A list.
    List(Vec<Arg>),
}

/// The checked parameters of a call, or the members of an object in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Args(pub(super) Vec<(&'static str, Arg)>);

impl Args {
    /// The parameter of this name, `None` when the caller left it out.
    ///
    /// # Errors
    /// `InternalError` when the definition gives it another type than `T`.
    pub fn get<'a, T: FromArg<'a>>(&'a self, name: &str) -> Result<Option<T>, CloudError> {
        let Some((_, arg)) = self.0.iter().find(|(known, _)| *known == name) else {
            return Ok(None);
        };
        match T::from_arg(arg) {
            Some(value) => Ok(Some(value)),
            None => Err(CloudError::internal(format!("the definition of parameter {name} has another type"))),
        }
    }

    /// The parameter of this name, which must be there.
    ///
    /// # Errors
    /// `MissingParameter` when it is not; `InternalError` when the definition gives it another type than `T`.
    pub fn need<'a, T: FromArg<'a>>(&'a self, name: &str) -> Result<T, CloudError> {
        self.get(name)?.ok_or_else(|| missing(name))
    }

    /// Whether the caller gave no parameter at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

pub(super) fn missing(path: &str) -> CloudError {
    CloudError::new(ErrorCode::MissingParameter, format!("the required parameter {} is missing", quoted(path)))
}

/// A type that an action can read a parameter as.
pub trait FromArg<'a>: Sized {
    /// The value, or `None` when the parameter is of another type.
    fn from_arg(arg: &'a Arg) -> Option<Self>;
}

macro_rules! read_as {
    ($($type:ty: $pattern:pat => $value:expr;)*) => {
        $(impl<'a> FromArg<'a> for $type {
            fn from_arg(arg: &'a Arg) -> Option<Self> {
                match arg { $pattern => Some($value), _ => None }
            }
        })*
    };
}

read_as! {
    &'a str: Arg::Str(text) => text;
    i64: Arg::Int(number) => *number;
    u64: Arg::Uint(number) => *number;
    Amount: Arg::Float(amount) => *amount;
    bool: Arg::Bool(flag) => *flag;
    &'a Args: Arg::Object(members) => members;
}

impl<'a, T: FromArg<'a>> FromArg<'a> for Vec<T> {
    fn from_arg(arg: &'a Arg) -> Option<Self> {
        match arg {
            Arg::List(items) => items.iter().map(T::from_arg).collect(),
            _ => None,
        }
    }
}
