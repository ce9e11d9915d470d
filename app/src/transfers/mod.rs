//! Money that moved within organizations. Moving it is a command as any other; here it is read.

mod queries;

pub use queries::TransferQuery;
