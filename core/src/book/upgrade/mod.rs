//! What older builds have recorded, as today's records: one folder a version that was in somebody's hands, and one function
//! in it. A record becomes one record, at the same position and with the same figures; what it does not say and today's
//! does is found in the book right before it. The golden file of the version guards that it stays readable.

mod by_place;
mod v2;

pub use v2::RecordV2;
