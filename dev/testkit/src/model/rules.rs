//! Who may do what, and what things cost: the parts of the rules that need no figures.

use super::facts::{Fact, Hold, Terms};
use super::{Model, Refused};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{Command, bills, buying, deployment, metering, notices, parties, standing, vouchers};
use credere_core::channel::PartnerKind;
use num_bigint::BigInt;

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

/// What falls to a part when an amount is spread over a whole, rounded to the nearest, the even one when two are equally
/// near; `whole` is above zero.
pub(super) fn share(amount: i128, part: i128, whole: i128) -> i128 {
    let product = amount * part;
    let (floor, rest) = (product.div_euclid(whole), product.rem_euclid(whole));
    match (2 * rest).cmp(&whole) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

/// A product of an amount and of numbers with eight places, up to the next whole cent (R68); none where it is too large.
pub(super) fn up_to_cents(amount: i128, factors: [i128; 3]) -> Option<i128> {
    let exact = factors.into_iter().fold(BigInt::from(amount), |all, one| all * one);
    let cent = BigInt::from(ONE).pow(3) * (ONE / 100);
    let cents = (exact + &cent - 1) / &cent;
    let units = i128::try_from(cents).ok()?.checked_mul(ONE / 100)?;
    i64::try_from(units).ok().map(i128::from)
}

impl Model {
    pub(super) fn permit(&self, command: &Command, actor: Actor) -> Result<(), Refused> {
        let expires = matches!(
            command,
            Command::Buying(buying::Command::Expire(_))
                | Command::Standing(standing::Command::ReviewCustomer(_))
                | Command::Metering(metering::Command::ResumeResource(_))
                | Command::Metering(metering::Command::SuspendResource(_))
                | Command::Metering(metering::Command::DeleteResource(_))
                | Command::Vouchers(vouchers::Command::ExpireVoucher(_))
                | Command::Bills(bills::Command::IssueBills(_))
                | Command::Deployment(deployment::Command::ResetPlatformKey(_))
                | Command::Deployment(deployment::Command::AcceptLoss(_))
        );
        // Credere itself ends what is due, sets the test clock and makes the first key at its first start, takes back what
        // has lost its secret and keys when a lost one is replaced, and accepts the clock when it is started with that.
        let first = matches!(
            command,
            Command::Deployment(deployment::Command::AdvanceClock(_))
                | Command::Deployment(deployment::Command::AcceptClock(_))
                | Command::Deployment(deployment::Command::IssuePlatformKey(_))
                | Command::Deployment(deployment::Command::RevokePlatformKey(_))
                | Command::Parties(parties::Command::RevokeCredential(_))
                | Command::Notices(notices::Command::RemoveWebhook(_))
        );
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
    /// the pools below it (R30, R45); it suspends its direct customers by force (R108), and confirms receipts of those and
    /// of customers that once were bound to it (R93, R141). Everything else is the platform's.
    fn permit_account(&self, command: &Command, actor: u64) -> Result<(), Refused> {
        let kind = self.kind(actor).map(|(kind, _)| kind);
        let sellers = [PartnerKind::Reseller, PartnerKind::Distributor, PartnerKind::SecondLevelReseller];
        let sells = kind.is_some_and(|kind| sellers.contains(&kind));
        let bound = |customer: u64| self.binding(customer).is_some_and(|(_, partner)| partner == actor);
        let (may, theirs) = match command {
            Command::Parties(parties::Command::AllocateCredit(parties::AllocateCredit { customer, .. }))
            | Command::Parties(parties::Command::NoteCustomer(parties::NoteCustomer { customer }))
            | Command::Standing(standing::Command::ForceSuspension(standing::ForceSuspension { customer, .. })) => {
                (sells, bound(customer.number()))
            }
            Command::Bills(bills::Command::ConfirmReceipt(bills::ConfirmReceipt { customer, .. })) => {
                let customer = customer.number();
                let left = self.facts().any(|(_, fact)| *fact == Fact::Unbound { customer });
                let once = left && self.facts().any(|(_, fact)| *fact == Fact::Bound { customer, partner: actor });
                // What has become a second-level reseller of the caller's is that, and no former customer.
                let below = self.kind(customer).is_some_and(|(_, above)| above == Some(actor));
                (sells, customer != actor && !below && (bound(customer) || once))
            }
            Command::Parties(parties::Command::AllocatePool(parties::AllocatePool { second_level, .. })) => {
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

    /// Who pays the platform for an account's purchases, and the position of the binding that it buys under: none for a
    /// partner that buys for itself (R7).
    pub(super) fn payer(&self, account: u64) -> Result<(u64, Option<u64>), Refused> {
        if !self.accounts().contains(&account) {
            return Err(Refused::plain("account_not_found"));
        }
        self.owed_by(account, self.binding(account))
    }

    /// Who pays the platform for what an account used until then: whoever had to when it was bound as it was at that
    /// moment. A partner's own use is its own.
    pub(super) fn payer_at(&self, account: u64, moment: i64) -> Result<(u64, Option<u64>), Refused> {
        match self.binding_at(account, moment) {
            Some(binding) => self.owed_by(account, Some(binding)),
            None if self.binding(account).is_some() => Err(Refused::plain("no_credit")),
            None => self.owed_by(account, None),
        }
    }

    fn owed_by(&self, account: u64, binding: Option<(u64, u64)>) -> Result<(u64, Option<u64>), Refused> {
        let bound_at = binding.map(|(at, _)| at);
        let managing = binding.map_or(account, |(_, partner)| partner);
        match self.kind(managing) {
            Some((PartnerKind::Reseller | PartnerKind::Distributor, _)) => Ok((managing, bound_at)),
            Some((PartnerKind::SecondLevelReseller, Some(above))) => Ok((above, bound_at)),
            _ => Err(Refused::plain("no_credit")),
        }
    }

    /// The rate that counts for a party: a discount on the product before one on all, then the later one (R126). A
    /// customer's discounts end with its binding (R141), and count where the partner that gave them sells or pays.
    pub(super) fn rate(&self, account: u64, partners: bool, sellers: [u64; 2], bought: &str, now: i64) -> i128 {
        let counts = |(position, fact): (u64, &Fact)| match fact {
            Fact::DiscountMade { party, for_partner, by, product, rate, from, until }
                if *party == account
                    && *for_partner == partners
                    && sellers.contains(by)
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
        self.terms(wanted).is_some()
    }

    /// What a product is like now.
    pub(super) fn terms(&self, wanted: &str) -> Option<&Terms> {
        self.facts().rev().find_map(|(_, fact)| match fact {
            Fact::ProductSet { code, terms } if code == wanted => Some(terms),
            _ => None,
        })
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
    fn cents_go_up() {
        let one = [ONE; 3];
        assert_eq!(up_to_cents(1, one), Some(1_000_000));
        assert_eq!(up_to_cents(1_000_000, one), Some(1_000_000));
        assert_eq!(up_to_cents(1_000_001, one), Some(2_000_000));
        assert_eq!(up_to_cents(0, one), Some(0));
        assert_eq!(up_to_cents(i128::from(i64::MAX), [ONE, ONE, 2 * ONE]), None);
        assert_eq!((share(7, 1, 2), share(5, 1, 2), share(-7, 1, 2)), (4, 2, -4));
    }

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
