//! What accounts have to spend.

pub(super) mod describe_account_balance;
pub(super) mod describe_org_member_account_balance;

use credere_core::money::Amount;

/// An amount in whole cents, rounded down: never more than there is.
fn whole_cents(amount: Amount) -> i64 {
    const UNITS_OF_CENT: i64 = 1_000_000;
    amount.units().div_euclid(UNITS_OF_CENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_cents_are_never_more_than_there_is() {
        for (amount, cents) in [("0", 0), ("1.239", 123), ("-1.231", -124), ("-1.23", -123), ("0.00999999", 0)] {
            assert_eq!(whole_cents(amount.parse().unwrap()), cents, "{amount}");
        }
    }
}
