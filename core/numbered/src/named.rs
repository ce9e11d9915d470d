//! `#[derive(Named)]`: an enum that tells its names.

use crate::parts::{snake, variants};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, Fields, LitStr, Token, Variant, punctuated::Punctuated, spanned::Spanned};

pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let (enumeration, variants) = (&input.ident, variants(input)?);
    let (mut idents, mut names, mut aliases) = (Vec::new(), Vec::new(), Vec::new());
    for variant in &variants {
        let ident = &variant.ident;
        let (name, others) = said(variant)?;
        aliases.extend(others.into_iter().map(|other| quote!((#other, #enumeration::#ident))));
        if names.contains(&name) {
            return Err(Error::new(variant.span(), "another one has this name"));
        }
        idents.push(ident);
        names.push(name);
    }
    let (count, more) = (names.len(), aliases.len());
    let all_names = quote! {
        /// Every name, in their order.
        pub const NAMES: [&'static str; #count] = [#(#names),*];
    };
    if variants.iter().any(|variant| !matches!(variant.fields, Fields::Unit)) {
        return Ok(quote! {
            #[automatically_derived]
            impl #enumeration {
                #all_names

                /// The name.
                pub const fn name(&self) -> &'static str {
                    match self { #(Self::#idents { .. } => #names,)* }
                }
            }
        });
    }
    Ok(quote! {
        #[automatically_derived]
        impl #enumeration {
            #all_names

            /// Every one, in their order.
            pub const ALL: [#enumeration; #count] = [#(#enumeration::#idents),*];

            /// The further names that some have.
            pub const ALIASES: [(&'static str, #enumeration); #more] = [#(#aliases),*];

            /// The name that people see.
            pub const fn name(self) -> &'static str {
                match self { #(Self::#idents => #names,)* }
            }

            /// The one that has this name.
            pub fn from_name(name: &str) -> ::core::option::Option<#enumeration> {
                let own = Self::ALL.into_iter().find(|one| one.name() == name);
                own.or_else(|| Self::ALIASES.into_iter().find(|(alias, _)| *alias == name).map(|(_, one)| one))
            }
        }
    })
}

/// The name of a variant, and the further ones that it has.
fn said(variant: &Variant) -> syn::Result<(String, Vec<String>)> {
    let Some(said) = variant.attrs.iter().find(|attribute| attribute.path().is_ident("named")) else {
        return Ok((snake(&variant.ident), Vec::new()));
    };
    let said = said.parse_args_with(Punctuated::<LitStr, Token![,]>::parse_terminated)?;
    let mut said = said.iter().map(LitStr::value);
    let name = said.next().ok_or_else(|| Error::new(variant.span(), "`#[named(\"…\")]` says a name"))?;
    Ok((name, said.collect()))
}
