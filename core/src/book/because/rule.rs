//! The rules of the specification that decisions name, and each in a few words.

use std::fmt;

/// A rule of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the rules' numbers; `Rule::gist` says what they are about")]
pub enum Rule {
    O3,
    O77,
    O82,
    O96,
    R10,
    R23,
    R25,
    R27,
    R32,
    R33,
    R48,
    R55,
    R56,
    R57,
    R58,
    R61,
    R62,
    R71,
    R72,
    R73,
    R82,
    R87,
    R92,
    R94,
    R95,
    R96,
    R100,
    R101,
    R103,
    R104,
    R105,
    R106,
    R107,
    R108,
    R112,
    R116,
    R119,
    R124,
    R131,
    R133,
    R140,
}

impl Rule {
    /// The rule in a few words.
    pub const fn gist(self) -> &'static str {
        match self {
            Rule::O3 => "who pays for itself has cash, what it was granted, and a credit limit of its own",
            Rule::O77 => "what is given back is split by what each payer paid and has not got back",
            Rule::O82 => "an account's own packs cover its usage first",
            Rule::O96 => "money is handed over, and comes back, at most as far as there is cash",
            Rule::R10 => "a customer is bound to one partner at a time",
            Rule::R23 => "a partner hands out at most its allocation quota",
            Rule::R25 => "a quota must not fall below what is handed out of it",
            Rule::R27 => "what a partner may owe the platform is its spend line less what it owes",
            Rule::R32 => "what is handed down must not exceed what the partner may still hand out",
            Rule::R33 => "a reclaim must not exceed what the customer has available",
            Rule::R48 => "a pool pull must not exceed what remains in the pool",
            Rule::R55 => "a purchase must not exceed the customer's available credit",
            Rule::R56 => "a purchase must not exceed the paying partner's available spend line",
            Rule::R57 => "an activation must not freeze more than is available on either side",
            Rule::R58 => "only who is verified buys anything new",
            Rule::R61 => "what was held becomes a charge once, or is given back",
            Rule::R62 => "what was used is charged whatever is available",
            Rule::R71 => "ending a resource settles it and gives back what it froze",
            Rule::R72 => "what a resource freezes is frozen on both sides",
            Rule::R73 => "deleting a resource gives back what it froze",
            Rule::R82 => "a downgrade must not give back more than was paid for its resource",
            Rule::R87 => "a refund must not exceed what was paid and is not given back yet",
            Rule::R92 => "a receipt gives back what was not confirmed before",
            Rule::R94 => "only an issued bill is confirmed",
            Rule::R95 => "what a receipt confirms is available again at once",
            Rule::R96 => "a warning is due below its level of the total",
            Rule::R100 => "the managing partner may be warned at a level of its own",
            Rule::R101 => "a customer may be warned at a level of its own",
            Rule::R103 => "a customer is overdue below zero",
            Rule::R104 => "a customer is no longer overdue from zero on",
            Rule::R105 => "an overdue customer's resources stop once their grace is over",
            Rule::R106 => "the non-stop privilege keeps an overdue customer's resources running",
            Rule::R107 => "the special suspension rule is for partners that are granted it",
            Rule::R108 => "a customer that is suspended by force buys nothing new and is not unbound",
            Rule::R112 => "vouchers pay before credit does",
            Rule::R116 => "what is left on a voucher ends with it",
            Rule::R119 => "a second-level reseller issues at most its voucher quota",
            Rule::R124 => "discounts and vouchers are for customers that are the partner's",
            Rule::R131 => "cancelling gives back what is held",
            Rule::R133 => "only a partner that is granted it brings new customers",
            Rule::R140 => "a customer is unbound only with nothing owed and nothing frozen",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
