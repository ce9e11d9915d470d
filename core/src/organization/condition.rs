//! The conditions for entering and leaving pay-on-behalf, by the rule that each is, and whom each is about.

use credere_numbered::{Named, Numbered};
use std::fmt;

/// A condition, by its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names are the rules' numbers; `Condition::gist` says what they are about")]
pub enum Condition {
    O40 = 40,
    O49 = 49,
    O52 = 52,
    O53 = 53,
    O54 = 54,
    O55 = 55,
    O56 = 56,
    O57 = 57,
    O58 = 58,
    O59 = 59,
    O60 = 60,
    O61 = 61,
    O62 = 62,
    O63 = 63,
    O65 = 65,
    O67 = 67,
    O68 = 68,
    O69 = 69,
}

impl Condition {
    /// The condition in a few words.
    pub const fn gist(self) -> &'static str {
        match self {
            Condition::O40 => "a member is of the admin's entity, or of one that is associated with it",
            Condition::O49 => "the admin always sees bills and balances, and some permissions exclude each other",
            Condition::O52 => "payer and member are verified as the same enterprise",
            Condition::O53 => "neither agents and their customers nor resellers are paid for",
            Condition::O54 => "a distributor's sub-customer is always paid for",
            Condition::O55 => "payer and member are sub-customers of the same distributor",
            Condition::O56 => "a sub-customer has no voucher that could still pay",
            Condition::O57 => "the member owes nothing",
            Condition::O58 => "the member has no order that is to be paid or processing",
            Condition::O59 => "only the admin pays",
            Condition::O60 => "neither agents and their customers nor resellers pay",
            Condition::O61 => "the payer has no overdue bill, or owes nothing",
            Condition::O62 => "who is paid for pays for nobody, and the other way round",
            Condition::O63 => "who inherits offers has none of its own account, and nobody inherits from it",
            Condition::O65 => "payer and member are both the platform's own, or neither is",
            Condition::O67 => "who leaves owes nothing",
            Condition::O68 => "who leaves has no order that is to be paid or processing",
            Condition::O69 => "a mid-size or long-tail account that nobody follows leaves with a card",
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Whom a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Named)]
pub enum Subject {
    /// Who is to be paid for.
    Member,
    /// Who is to pay.
    Payer,
}
