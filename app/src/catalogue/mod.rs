//! Products, and the discounts on them.

mod outcomes;
mod queries;
