//! Packs: what an account has of them, and what was added.

mod outcomes;
mod queries;

pub use queries::PackView;
