//! What an enum says of its variants beside each of them: the number that is kept, the name that people see, and what a
//! refusal means. So no list and no match has to be kept in step with it.

mod named;
mod numbered;
mod parts;
mod refused;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Error, parse_macro_input};

/// Numbers that are kept: serde's `Serialize` and `Deserialize` under the number written beside each variant
/// (`Placed = 1`), where serde's own derive takes the variant's place in the list. So a list may be sorted and grown as it
/// reads best, and no stored byte changes. The compiler refuses a number that is given twice; a number that was ever
/// stored is never given to another variant.
///
/// Stores each variant under its number, `u32` at most, with the fields in their order. Every variant needs one, as a
/// literal; the enum needs a `repr` where a variant has fields, as the language asks for. Meant for the journal's codec,
/// which writes numbers; a format with names writes the variants' names and reads only numbers.
#[proc_macro_derive(Numbered)]
pub fn numbered(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derived(input, numbered::derive)
}

/// Names that people see: `name()` is the variant in snake case, or what `#[named("…")]` beside it says, and no two variants
/// have one; `NAMES` are all. Where no variant has fields the enum is `Copy`, `ALL` are the variants in their order, and
/// `from_name` finds one, also by what stands behind its name, which are the `ALIASES`.
#[proc_macro_derive(Named, attributes(named))]
pub fn named(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derived(input, named::derive)
}

/// What a reason means to a program and to people: `meaning()` from `#[refused(Status, Retry)]` beside each variant. The
/// code is the variant in snake case, or the text behind the two, and when it comes is what the variant's doc comment
/// says in its first paragraph. What depends on the fields is an expression of them, `#[refused(order_not(*needed))]`, where
/// those without names are `field_0` and so on; a variant that says nothing is the reason that it holds.
#[proc_macro_derive(Refused, attributes(refused))]
pub fn refused(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derived(input, refused::derive)
}

fn derived(
    input: proc_macro::TokenStream,
    derive: fn(&DeriveInput) -> syn::Result<TokenStream>,
) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive(&input).unwrap_or_else(Error::into_compile_error).into()
}
