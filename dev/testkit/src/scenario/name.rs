//! What things are called in a scenario.

/// What a scenario calls a party, an order, an authorization or whatever else it made.
pub type Name = String;
