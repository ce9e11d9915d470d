//! `#[derive(Numbered)]`: an enum stored under its numbers.

use crate::parts::{bound, variants};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, Expr, ExprLit, Fields, Ident, Lit, Variant, spanned::Spanned};

pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let variants = variants(input)?;
    let name = &input.ident;
    let text = name.to_string();
    let (mut written, mut read) = (Vec::new(), Vec::new());
    for variant in &variants {
        let number = number(variant)?;
        written.push(writes(&text, variant, number));
        read.push(reads(name, variant, number));
    }
    let expected = format!("a number of `{name}`");
    let by_number = by_number(name, &variants)?;
    Ok(quote! {
        #by_number

        const _: () = {
            use ::serde::de::{Error as _, VariantAccess as _};

            #[automatically_derived]
            impl ::serde::Serialize for #name {
                fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                    match self { #(#written)* }
                }
            }

            struct Known;

            impl<'de> ::serde::de::Visitor<'de> for Known {
                type Value = #name;

                fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.write_str(#expected)
                }

                fn visit_enum<A: ::serde::de::EnumAccess<'de>>(
                    self,
                    data: A,
                ) -> ::core::result::Result<#name, A::Error> {
                    let (number, variant) = data.variant::<u32>()?;
                    match number {
                        #(#read)*
                        _ => ::core::result::Result::Err(A::Error::custom(format_args!("{number} is not {}", #expected))),
                    }
                }
            }

            #[automatically_derived]
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<#name, D::Error> {
                    deserializer.deserialize_enum(#text, &[], Known)
                }
            }
        };
    })
}

/// Where no variant has fields: its number, and the variant with a number, for whoever stores it elsewhere.
fn by_number(name: &Ident, variants: &[&Variant]) -> syn::Result<TokenStream> {
    if variants.iter().any(|variant| !matches!(variant.fields, Fields::Unit)) {
        return Ok(TokenStream::new());
    }
    let names: Vec<&Ident> = variants.iter().map(|variant| &variant.ident).collect();
    let numbers = variants.iter().map(|variant| number(variant)).collect::<syn::Result<Vec<u32>>>()?;
    Ok(quote! {
        #[automatically_derived]
        impl #name {
            /// The number that it is stored under.
            pub const fn number(self) -> u32 {
                match self { #(Self::#names => #numbers,)* }
            }

            /// The one that is stored under this number.
            pub const fn from_number(number: u32) -> ::core::option::Option<Self> {
                match number {
                    #(#numbers => ::core::option::Option::Some(Self::#names),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    })
}

fn number(variant: &Variant) -> syn::Result<u32> {
    match &variant.discriminant {
        Some((_, Expr::Lit(ExprLit { lit: Lit::Int(number), .. }))) => number.base10_parse(),
        _ => Err(Error::new(variant.span(), "a stored variant has its number beside it, as a literal")),
    }
}

/// The arm that writes a variant.
fn writes(text: &str, variant: &Variant, number: u32) -> TokenStream {
    let (name, label) = (&variant.ident, variant.ident.to_string());
    match &variant.fields {
        Fields::Unit => quote!(Self::#name => serializer.serialize_unit_variant(#text, #number, #label),),
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            quote!(Self::#name(one) => serializer.serialize_newtype_variant(#text, #number, #label, one),)
        }
        fields => {
            let count = fields.len();
            let (pattern, bound) = bound(fields);
            quote!(Self::#name #pattern => {
                use ::serde::ser::SerializeTupleVariant as _;
                let mut fields = serializer.serialize_tuple_variant(#text, #number, #label, #count)?;
                #(fields.serialize_field(#bound)?;)*
                fields.end()
            })
        }
    }
}

/// The arm that reads a variant.
fn reads(enumeration: &Ident, variant: &Variant, number: u32) -> TokenStream {
    let name = &variant.ident;
    match &variant.fields {
        Fields::Unit => quote!(#number => variant.unit_variant().map(|()| #enumeration::#name),),
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            quote!(#number => variant.newtype_variant().map(#enumeration::#name),)
        }
        fields => {
            let count = fields.len();
            let (pattern, bound) = bound(fields);
            let missing = format!("`{name}` has {count} fields");
            quote!(#number => {
                struct Those;

                impl<'de> ::serde::de::Visitor<'de> for Those {
                    type Value = #enumeration;

                    fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        f.write_str(#missing)
                    }

                    fn visit_seq<A: ::serde::de::SeqAccess<'de>>(
                        self,
                        mut fields: A,
                    ) -> ::core::result::Result<#enumeration, A::Error> {
                        #(let #bound = fields.next_element()?.ok_or_else(|| A::Error::custom(#missing))?;)*
                        ::core::result::Result::Ok(#enumeration::#name #pattern)
                    }
                }

                variant.tuple_variant(#count, Those)
            })
        }
    }
}
