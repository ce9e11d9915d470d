//! `#[derive(Refused)]`: a reason that says what it means.

use crate::parts::{bound, snake, variants};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    DeriveInput, Error, Expr, ExprLit, Lit, Meta, Path, Token, Variant, parse_str, punctuated::Punctuated,
    spanned::Spanned,
};

pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let name = &input.ident;
    // The reasons and what they mean are all in one room.
    let book: Path = parse_str("crate::book")?;
    let arms = variants(input)?.into_iter().map(arm).collect::<syn::Result<Vec<_>>>()?;
    Ok(quote! {
        #[automatically_derived]
        impl #name {
            /// What it means to a program, and when it comes.
            #[allow(unused_variables, reason = "what depends on a field names it")]
            pub const fn meaning(&self) -> #book::Meaning {
                use #book::{Meaning, Retry, Status};
                match self { #(#arms)* }
            }
        }
    })
}

fn arm(variant: &Variant) -> syn::Result<TokenStream> {
    let name = &variant.ident;
    let said = match variant.attrs.iter().find(|attribute| attribute.path().is_ident("refused")) {
        Some(said) => said.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated)?,
        None if variant.fields.len() == 1 => return Ok(quote!(Self::#name(reason) => reason.meaning(),)),
        None => return Err(Error::new(variant.span(), "a reason says what it means: `#[refused(Status, Retry)]`")),
    };
    let (said, own): (Vec<&Expr>, String) = (said.iter().collect(), snake(name));
    let (status, retry, code) = match said.as_slice() {
        [meaning] => {
            let (pattern, _) = bound(&variant.fields);
            return Ok(quote!(Self::#name #pattern => #meaning,));
        }
        [status, retry] => (status, retry, quote!(#own)),
        [status, retry, code] => (status, retry, quote!(#code)),
        _ => return Err(Error::new(variant.span(), "a status, whether it may succeed later, and perhaps a code")),
    };
    let when = doc(variant);
    if when.is_empty() {
        return Err(Error::new(variant.span(), "a reason says when it comes, in its doc comment"));
    }
    let meaning = quote!(Meaning { code: #code, status: Status::#status, retry: Retry::#retry, when: #when });
    Ok(quote!(Self::#name { .. } => #meaning,))
}

/// The first paragraph of a doc comment, in one line.
fn doc(variant: &Variant) -> String {
    let lines = variant.attrs.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => match &doc.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
