//! What refusals about somebody's own money say.
//! When they come is the core's affair.

use credere_core::book::finance::Reason;
use credere_core::channel::CARDS_MAX;

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::NoFinance(uin) => (
            "The account has no money of its own",
            format!("account {uin} is a reseller or has its credit from one, and does not pay for itself (O3)"),
        ),
        Reason::CardNotFound => ("There is no such card", "the account has no card with this id".to_owned()),
        Reason::CardExpired => {
            ("The card is expired", "a card is good to the end of its month, and that month is over (O69)".to_owned())
        }
        Reason::InheritanceNotFound => {
            ("The account inherits no offers", "the account has its own offers already (O102)".to_owned())
        }
        Reason::InheritsFromItself => {
            ("An account inherits from another", "an account has its own offers and cannot inherit them".to_owned())
        }
        Reason::OffersNotAlike { account, from } => (
            "The offers mean nothing to the account",
            format!(
                "accounts {account} and {from} neither both pay the platform themselves nor have their credit from the \
                 same partner, so that the offers of one say nothing of the prices of the other"
            ),
        ),
        Reason::TooManyCards => ("The account has too many cards", format!("an account has at most {CARDS_MAX} cards")),
    }
}
