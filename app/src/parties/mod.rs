//! Accounts and their names, partners and their customers, credit handed out and taken back, and the credentials that
//! sign as an account.

mod commands;
mod credentials;
mod outcomes;
mod queries;
pub(crate) mod rows;
mod views;

pub use commands::{AccountChange, NewAccount};
pub(crate) use commands::{entity_of, followed_by};
pub use credentials::{NewCredential, SeenSignature, Signatures};
pub use credere_store::contract::{Profile, ProfileField, ProfilePatch, SearchTerm};
pub(crate) use queries::calling_account;
pub use queries::{CustomerEntry, CustomerFilter, CustomerPage, PageOrder, SecondLevelFilter};
pub use views::{
    AccountView, AllocatedView, AllocationView, BoundView, CredentialView, FinanceView, SecondLevelView, UnboundView,
};
