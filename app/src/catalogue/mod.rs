//! Products.

mod queries;
