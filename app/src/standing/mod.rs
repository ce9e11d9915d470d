//! How customers stand. What is told of it is in [`crate::notices`].

pub(crate) mod rows;
