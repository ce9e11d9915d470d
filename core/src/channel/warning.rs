//! Warnings: at which levels of a customer's credit who is told (R96-R102), and the notices about suspension (R103-R104).

use super::Uin;
use crate::ledger::{Day, Line};
use crate::money::Amount;
use arrayvec::ArrayVec;
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// The levels that everybody is warned at, in percent of the total (R96).
pub const DEFAULT_LEVELS: [u8; 3] = [25, 10, 0];

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Numbered, Named)]
#[repr(u8)]
pub enum NoticeKind {
    /// Available credit is below a quarter of the total.
    CreditBelow25 = 1,
    /// Below a tenth.
    CreditBelow10 = 2,
    /// Below zero.
    CreditBelow0 = 3,
    /// Below the recipient's own level.
    CreditBelowCustom = 4,
    /// The account has become overdue, and is suspended as each product's grace says (R103).
    Suspended = 5,
    /// The account is no longer overdue (R104).
    Resumed = 6,
    /// An order waits for whoever pays on behalf of its account (O74).
    OrderToBePaid = 7,
    /// Its account asks whoever pays on its behalf to pay it (O83).
    PaymentRequested = 8,
}

/// Where a recipient wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subscription {
    /// Whether it is warned at the preset levels ("channel service", R97). Its own level, and that an account is
    /// suspended or resumed, it is told regardless.
    pub channel_service: bool,
    /// In the message center.
    pub message_center: bool,
    /// By e-mail.
    pub email: bool,
    /// By its webhooks.
    pub webhook: bool,
}

impl Default for Subscription {
    /// What a new account has: on, in the message center.
    fn default() -> Subscription {
        Subscription { channel_service: true, message_center: true, email: false, webhook: false }
    }
}

/// One notice to one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Notice {
    /// Who is told.
    pub recipient: Uin,
    /// What it tells: a warning, or that an account was suspended or resumed.
    pub kind: NoticeKind,
    /// The level in percent, for warnings.
    pub level: Option<u8>,
    /// Where, as the recipient wanted it at that moment.
    pub channels: Subscription,
}

/// What whoever pays on behalf of others has, and where it wants to be told, at the moment at which an order waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PayerTold {
    /// Where, as it wanted it at that moment.
    pub channels: Subscription,
    /// What it had available.
    pub available: Amount,
    /// How much was handed down to it, or how much it may owe where it pays with money of its own.
    pub total: Amount,
}

/// What a customer's recipients were warned of on one day: the slots that are used up (R99).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warned {
    /// Which day.
    pub day: Day,
    /// Who, at which level.
    pub sent: Vec<(Uin, u8)>,
}

/// Whether available credit is below this percentage of the total: strictly, and without dividing. With a total of zero
/// only the level zero can be (R96).
pub fn below(line: &Line, level: u8) -> bool {
    let (available, total) = (i128::from(line.available().units()), i128::from(line.limit().units()));
    if total == 0 { level == 0 && available < 0 } else { 100 * available < i128::from(level) * total }
}

/// The warnings that one recipient is due at this moment whose slot is free, the highest level first. Its own level is
/// told once where it equals a preset one (R102).
pub fn due(
    line: &Line,
    recipient: Uin,
    own_level: Option<u8>,
    channels: Subscription,
    sent: &[(Uin, u8)],
) -> ArrayVec<Notice, 4> {
    let presets =
        DEFAULT_LEVELS.iter().zip([NoticeKind::CreditBelow25, NoticeKind::CreditBelow10, NoticeKind::CreditBelow0]);
    let presets = presets.filter(|_| channels.channel_service).map(|(level, kind)| (*level, kind));
    let own = own_level.filter(|level| !(channels.channel_service && DEFAULT_LEVELS.contains(level)));
    let own = own.map(|level| (level, NoticeKind::CreditBelowCustom));
    let mut levels: ArrayVec<(u8, NoticeKind), 4> = presets.chain(own).collect();
    levels.retain(|(level, _)| below(line, *level) && !sent.contains(&(recipient, *level)));
    levels.sort_unstable_by_key(|(level, _)| std::cmp::Reverse(*level));
    levels.into_iter().map(|(level, kind)| Notice { recipient, kind, level: Some(level), channels }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(total: &str, used: &str) -> Line {
        Line::with_limit(total.parse().unwrap()).charged(used.parse::<Amount>().unwrap()).unwrap()
    }

    fn levels(total: &str, used: &str, own: Option<u8>, channels: Subscription) -> Vec<(u8, NoticeKind)> {
        let notices = due(&line(total, used), Uin::new(1).unwrap(), own, channels, &[]);
        notices.iter().map(|notice| (notice.level.unwrap(), notice.kind)).collect()
    }

    #[test]
    fn levels_are_strict() {
        use NoticeKind::{CreditBelow0, CreditBelow10, CreditBelow25};
        let on = Subscription::default();
        assert_eq!(levels("1000", "750", None, on), []);
        assert_eq!(levels("1000", "750.01", None, on), [(25, CreditBelow25)]);
        assert_eq!(levels("1000", "900", None, on), [(25, CreditBelow25)]);
        assert_eq!(levels("1000", "900.01", None, on), [(25, CreditBelow25), (10, CreditBelow10)]);
        assert_eq!(levels("1000", "1000", None, on), [(25, CreditBelow25), (10, CreditBelow10)]);
        let all = [(25, CreditBelow25), (10, CreditBelow10), (0, CreditBelow0)];
        assert_eq!(levels("1000", "1000.01", None, on), all);
    }

    #[test]
    fn with_nothing_handed_out_only_zero_counts() {
        let on = Subscription::default();
        assert_eq!(levels("0", "0", Some(100), on), []);
        assert_eq!(levels("0", "0.01", Some(100), on), [(0, NoticeKind::CreditBelow0)]);
    }

    #[test]
    fn an_own_level_is_told_without_the_subscription_and_once_where_it_equals_a_preset() {
        let on = Subscription::default();
        let off = Subscription { channel_service: false, ..on };
        let custom = NoticeKind::CreditBelowCustom;
        assert_eq!(levels("1000", "600", Some(50), on), [(50, custom)]);
        assert_eq!(levels("1000", "800", Some(25), on), [(25, NoticeKind::CreditBelow25)]);
        assert_eq!(levels("1000", "800", Some(25), off), [(25, custom)]);
        assert_eq!(levels("1000", "2000", None, off), []);
    }

    #[test]
    fn a_slot_is_used_once_a_day() {
        let (uin, other) = (Uin::new(1).unwrap(), Uin::new(2).unwrap());
        let notices = due(&line("100", "95"), uin, None, Subscription::default(), &[(uin, 25), (other, 10)]);
        assert_eq!(notices.iter().map(|notice| notice.level).collect::<Vec<_>>(), [Some(10)]);
    }
}
