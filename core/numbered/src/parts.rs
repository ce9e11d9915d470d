//! What the derives ask of an enum: its variants, the fields of one as a pattern, and a name in snake case.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Fields, Ident, Variant, spanned::Spanned};

/// The variants of an enum without parameters.
pub(crate) fn variants(input: &DeriveInput) -> syn::Result<Vec<&Variant>> {
    let Data::Enum(data) = &input.data else { return Err(Error::new(input.span(), "only an enum has variants")) };
    if !input.generics.params.is_empty() {
        return Err(Error::new(input.generics.span(), "such an enum has no parameters"));
    }
    Ok(data.variants.iter().collect())
}

/// The fields of a variant as a pattern that is an expression as well, and the names that it binds.
pub(crate) fn bound(fields: &Fields) -> (TokenStream, Vec<Ident>) {
    match fields {
        Fields::Named(fields) => {
            let names: Vec<Ident> = fields.named.iter().filter_map(|field| field.ident.clone()).collect();
            (quote!({ #(#names),* }), names)
        }
        Fields::Unnamed(_) | Fields::Unit => {
            let names: Vec<Ident> = (0..fields.len()).map(|place| format_ident!("field_{place}")).collect();
            (quote!((#(#names),*)), names)
        }
    }
}

/// `CreditBelow25` as `credit_below_25`.
pub(crate) fn snake(ident: &Ident) -> String {
    let mut snake = String::new();
    let mut digits = false;
    for letter in ident.to_string().chars() {
        let begins = letter.is_uppercase() || (letter.is_ascii_digit() && !digits);
        if begins && !snake.is_empty() {
            snake.push('_');
        }
        digits = letter.is_ascii_digit();
        snake.extend(letter.to_lowercase());
    }
    snake
}
