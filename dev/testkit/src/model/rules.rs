//! Who may do what, and what things cost: the parts of the rules that need no figures.

use super::facts::{Fact, Hold};
use super::{Model, Refused};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::Command;
use credere_core::channel::PartnerKind;

/// One, as a rate.
const ONE: i128 = 100_000_000;

impl Hold {
    /// What it comes to for the customer and for the partner.
    pub fn prices(&self) -> (i128, i128) {
        self.prices_of(self.list)
    }

    /// What `list` of it comes to.
    pub fn prices_of(&self, list: i128) -> (i128, i128) {
        (nearest(list * self.customer_rate), nearest(list * self.partner_rate))
    }
}

/// The nearest whole number of 10^-8 to a product of 10^-16, the even one when two are equally near (R147).
fn nearest(product: i128) -> i128 {
    let toward_zero = product / ONE;
    let away = toward_zero + product.signum();
    let (near, far) = ((product - toward_zero * ONE).abs(), (product - away * ONE).abs());
    match near.cmp(&far) {
        std::cmp::Ordering::Less => toward_zero,
        std::cmp::Ordering::Greater => away,
        std::cmp::Ordering::Equal => [toward_zero, away].into_iter().find(|n| n % 2 == 0).unwrap_or(away),
    }
}

impl Model {
    pub(super) fn permit(&self, command: &Command, actor: Actor) -> Result<(), Refused> {
        let expires = matches!(command, Command::Expire { .. });
        // Credere itself ends what is due, and at its first start sets the test clock and makes the first key.
        let first = matches!(command, Command::AdvanceClock { .. } | Command::IssuePlatformKey { .. });
        match actor {
            Actor::System if expires || first => Ok(()),
            Actor::System => Err(Refused::plain("wrong_role")),
            Actor::Platform { .. } if expires => Err(Refused::plain("wrong_role")),
            Actor::Platform { access: KeyAccess::Full, .. } => Ok(()),
            Actor::Platform { access: KeyAccess::Read, .. } => Err(Refused::plain("read_only_key")),
            Actor::Account(uin) => self.permit_account(command, uin.number()),
        }
    }

    /// Through its own door a partner allocates to its direct customers, keeps notes on them, and a distributor feeds
    /// the pools below it (R30, R45). Everything else is the platform's.
    fn permit_account(&self, command: &Command, actor: u64) -> Result<(), Refused> {
        let kind = self.kind(actor).map(|(kind, _)| kind);
        let (may, theirs) = match command {
            Command::AllocateCredit { customer, .. } | Command::NoteCustomer { customer } => {
                let sells = [PartnerKind::Reseller, PartnerKind::Distributor, PartnerKind::SecondLevelReseller];
                let bound = self.binding(customer.number()).is_some_and(|(_, partner)| partner == actor);
                (kind.is_some_and(|kind| sells.contains(&kind)), bound)
            }
            Command::AllocatePool { second_level, .. } => {
                let below = self.kind(second_level.number()).is_some_and(|(_, above)| above == Some(actor));
                (kind == Some(PartnerKind::Distributor), below)
            }
            _ => (false, false),
        };
        match (may, theirs) {
            (false, _) => Err(Refused::plain("wrong_role")),
            (true, false) => Err(Refused::plain("not_yours")),
            (true, true) => Ok(()),
        }
    }

    /// Who pays the platform for an account's purchases, and whether the account buys as a partner for itself (R7).
    pub(super) fn payer(&self, account: u64) -> Result<(u64, bool), Refused> {
        if !self.accounts().contains(&account) {
            return Err(Refused::plain("account_not_found"));
        }
        let bound = self.binding(account).map(|(_, partner)| partner);
        let managing = bound.unwrap_or(account);
        match self.kind(managing) {
            Some((PartnerKind::Reseller | PartnerKind::Distributor, _)) => Ok((managing, bound.is_none())),
            Some((PartnerKind::SecondLevelReseller, Some(above))) => Ok((above, bound.is_none())),
            _ => Err(Refused::plain("no_credit")),
        }
    }

    /// The rate that counts for a party: a discount on the product before one on all, then the later one (R126). A
    /// customer's discounts end with its binding (R141).
    pub(super) fn rate(&self, account: u64, partners: bool, bought: &str, now: i64) -> i128 {
        let bound_at = self.binding(account).map_or(0, |(at, _)| at);
        let counts = |(position, fact): (u64, &Fact)| match fact {
            Fact::DiscountMade { party, for_partner, product, rate, from, until }
                if *party == account
                    && *for_partner == partners
                    && (partners || position > bound_at)
                    && product.as_deref().is_none_or(|only| only == bought)
                    && from.is_none_or(|from| now >= from)
                    && until.is_none_or(|until| now < until)
                    && !self.discount_over(position) =>
            {
                Some((product.is_some(), position, *rate))
            }
            _ => None,
        };
        self.facts().filter_map(counts).max().map_or(ONE, |(_, _, rate)| rate)
    }

    /// Whether a discount was ended, by itself or with its customer's binding.
    pub(super) fn discount_over(&self, discount: u64) -> bool {
        let customer = match self.fact(discount) {
            Some(Fact::DiscountMade { party, for_partner: false, .. }) => Some(*party),
            _ => None,
        };
        self.facts().any(|(at, fact)| match fact {
            Fact::DiscountEnded { position } => *position == discount,
            Fact::Unbound { customer: who } => Some(*who) == customer && at > discount,
            _ => false,
        })
    }

    pub(super) fn has_product(&self, wanted: &str) -> bool {
        self.facts().any(|(_, fact)| matches!(fact, Fact::ProductAdded { code } if code == wanted))
    }

    /// Platform keys that are there, and whether each has full access.
    pub(super) fn keys(&self) -> Vec<(u32, bool)> {
        let mut keys = Vec::new();
        for (_, fact) in self.facts() {
            match fact {
                Fact::KeyMade { key, full } => keys.push((*key, *full)),
                Fact::KeyRevoked { key } => keys.retain(|(kept, _)| kept != key),
                _ => {}
            }
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_and_the_even() {
        let half = ONE / 2;
        for (product, rounded) in [
            (half - 1, 0),
            (half, 0),
            (half + 1, 1),
            (ONE + half, 2),
            (-half, 0),
            (-half - 1, -1),
            (-ONE - half, -2),
            (3 * ONE, 3),
            (0, 0),
        ] {
            assert_eq!(nearest(product), rounded, "{product}");
        }
    }
}
