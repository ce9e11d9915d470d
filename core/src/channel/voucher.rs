//! Vouchers: money that pays before credit does. The customer's own (type III) lower what it owes its partner, the
//! partner's (types I and II) what that owes the platform; neither ever lowers the other's side (R17, R28, R56).

use super::action_type::PayMode;
use super::{Uin, VoucherId};
use crate::ledger::{Calendar, Moment};
use crate::money::{Amount, Overflow};
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// Whose cost a voucher pays (R111).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum VoucherKind {
    /// Type I: the owning partner's, for all its customers.
    PartnerAll = 1,
    /// Type II: the owning partner's, for this customer only.
    PartnerCustomer(Uin) = 2,
    /// Type III: the owning customer's, issued by a partner of its that bears it, or by the platform to whoever pays for itself.
    Customer {
        /// Which partner; `None` is the platform.
        issuer: Option<Uin>,
    } = 3,
}

/// What a voucher is for (R115).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum VoucherUsage {
    /// An offer to a customer.
    #[named("CustomerOffer")]
    CustomerOffer = 1,
    /// Trying a product.
    #[named("ProductTrial")]
    ProductTrial = 2,
}

/// Which way of paying it fits (R114).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Numbered, Named)]
#[repr(u8)]
pub enum VoucherMode {
    /// Both.
    All = 1,
    /// What is paid before use.
    Prepaid = 2,
    /// What is paid after use.
    Postpaid = 3,
}

impl VoucherMode {
    /// Whether it fits what is paid this way.
    pub(crate) const fn fits(self, mode: PayMode) -> bool {
        match (self, mode) {
            (VoucherMode::All, _)
            | (VoucherMode::Prepaid, PayMode::PrePay)
            | (VoucherMode::Postpaid, PayMode::PostPay) => true,
            (VoucherMode::Prepaid, PayMode::PostPay) | (VoucherMode::Postpaid, PayMode::PrePay) => false,
        }
    }
}

/// Which products it fits, by number, sorted (R114).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum VoucherProducts {
    /// Every one.
    All = 1,
    /// These.
    Only(Vec<u32>) = 2,
    /// Every one but these.
    Except(Vec<u32>) = 3,
}

impl VoucherProducts {
    /// The products that it names.
    pub fn listed(&self) -> &[u32] {
        match self {
            VoucherProducts::All => &[],
            VoucherProducts::Only(listed) | VoucherProducts::Except(listed) => listed,
        }
    }
}

/// How a voucher stands (R116).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum VoucherStatus {
    /// It has something left and may pay.
    Issued = 1,
    /// It has nothing left.
    Used = 2,
    /// Its time is over.
    Expired = 3,
    /// It was taken back.
    Invalidated = 4,
}

impl VoucherStatus {
    /// Whether what is left on such a voucher counts into its owner's balance (R20): issued, and not past its time.
    pub fn usable_until(self, expires_at: Moment, now: Moment) -> bool {
        self == VoucherStatus::Issued && now < expires_at
    }
}

/// A voucher. It leaves the book when it can pay nothing any more and no order has a part of it set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voucher {
    /// Its number.
    pub id: VoucherId,
    /// Whose cost it pays.
    pub kind: VoucherKind,
    /// Who has it: a partner, or for type III a customer.
    pub owner: Uin,
    /// What it was issued over.
    pub amount: Amount,
    /// What is left of it.
    pub remaining: Amount,
    /// What open orders have set aside of it besides.
    pub reserved: Amount,
    /// What it was issued for.
    pub usage: VoucherUsage,
    /// Which way of paying.
    pub mode: VoucherMode,
    /// Which products.
    pub products: VoucherProducts,
    /// From when it pays.
    pub effective_at: Moment,
    /// From when it no longer pays.
    pub expires_at: Moment,
    /// When it was issued.
    pub issued_at: Moment,
    /// How it stands.
    pub status: VoucherStatus,
}

/// A part of a charge that a voucher pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VoucherUse {
    /// The voucher that pays.
    pub voucher: VoucherId,
    /// How much, above zero.
    pub amount: Amount,
}

/// What a charge must be like for a voucher to pay a part of it.
#[derive(Debug, Clone, Copy)]
pub struct VoucherCase {
    /// How it is paid.
    pub mode: PayMode,
    /// For which product.
    pub product: u32,
    /// When it is charged.
    pub now: Moment,
}

impl Voucher {
    /// What it takes of its issuer's quota (R119): what it was issued over, and once it was taken back only what it paid or
    /// an open order has set aside of it, since nobody bears the rest any more.
    ///
    /// # Errors
    /// [`Overflow`] cannot happen: no more is left of it than it was issued over.
    pub fn counted(&self) -> Result<Amount, Overflow> {
        match self.status {
            VoucherStatus::Issued | VoucherStatus::Used | VoucherStatus::Expired => Ok(self.amount),
            VoucherStatus::Invalidated => self.amount.minus(self.remaining),
        }
    }
}

/// Months after its expiry for which a customer still sees a voucher (R121).
const SHOWN_MONTHS: u32 = 6;

/// Which of its vouchers a customer sees (R121): for some time those that have expired, too, and none that was taken back
/// before it paid anything. As plain bounds, which whoever looks vouchers up applies without knowing the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownVouchers {
    /// Not one that expired before this moment.
    pub expires_from: Moment,
    /// Not one of this status of which all is left.
    pub unless_whole: VoucherStatus,
}

impl ShownVouchers {
    /// Those that are shown at this moment.
    pub fn at(now: Moment, calendar: Calendar) -> ShownVouchers {
        let expires_from = calendar.months_before(now, SHOWN_MONTHS);
        ShownVouchers { expires_from, unless_whole: VoucherStatus::Invalidated }
    }
}

/// A voucher of account 1 that pays anything from 0 on, for tests.
#[cfg(test)]
pub(crate) fn sample_voucher(id: u64, remaining: i64, expires_at: i64) -> Voucher {
    let uin = Uin::new(1).unwrap();
    Voucher {
        id: VoucherId(id),
        kind: VoucherKind::Customer { issuer: Some(uin) },
        owner: uin,
        amount: Amount::whole(remaining),
        remaining: Amount::whole(remaining),
        reserved: Amount::ZERO,
        usage: VoucherUsage::CustomerOffer,
        mode: VoucherMode::All,
        products: VoucherProducts::All,
        effective_at: Moment::from_micros(0),
        expires_at: Moment::from_micros(expires_at),
        issued_at: Moment::from_micros(0),
        status: VoucherStatus::Issued,
    }
}

#[cfg(test)]
mod tests {
    use super::sample_voucher as voucher;
    use super::*;

    #[test]
    fn what_is_left_of_one_that_was_taken_back_counts_no_more() {
        let half = Voucher { remaining: Amount::whole(4), reserved: Amount::whole(1), ..voucher(1, 10, 20) };
        for status in [VoucherStatus::Issued, VoucherStatus::Used, VoucherStatus::Expired] {
            assert_eq!(Voucher { status, ..half.clone() }.counted(), Ok(Amount::whole(10)));
        }
        let back = Voucher { status: VoucherStatus::Invalidated, ..half };
        assert_eq!(back.counted(), Ok(Amount::whole(6)));
        assert_eq!(Voucher { remaining: back.amount, ..back }.counted(), Ok(Amount::ZERO));
    }

    #[test]
    fn what_is_left_counts_while_it_is_issued_and_its_time_is_not_over() {
        let end = Moment::from_micros(20);
        for (micros, usable) in [(19, true), (20, false), (21, false)] {
            assert_eq!(VoucherStatus::Issued.usable_until(end, Moment::from_micros(micros)), usable);
        }
        for status in [VoucherStatus::Used, VoucherStatus::Expired, VoucherStatus::Invalidated] {
            assert!(!status.usable_until(end, Moment::from_micros(19)), "{status:?}");
        }
    }

    #[test]
    fn kinds_usages_modes_and_products_have_the_names_that_callers_know() {
        let uin = Uin::new(1).unwrap();
        let kinds =
            [VoucherKind::PartnerAll, VoucherKind::PartnerCustomer(uin), VoucherKind::Customer { issuer: Some(uin) }];
        assert_eq!(kinds.map(|kind| kind.name()), ["partner_all", "partner_customer", "customer"]);
        let usages = VoucherUsage::ALL.map(VoucherUsage::name);
        assert_eq!(usages, ["CustomerOffer", "ProductTrial"]);
        let modes = VoucherMode::ALL.map(VoucherMode::name);
        assert_eq!(modes, ["all", "prepaid", "postpaid"]);
        for (products, name, listed) in [
            (VoucherProducts::All, "all", &[][..]),
            (VoucherProducts::Only(vec![2, 3]), "only", &[2, 3]),
            (VoucherProducts::Except(vec![4]), "except", &[4]),
        ] {
            assert_eq!((products.name(), products.listed()), (name, listed));
        }
    }

    #[test]
    fn an_expired_one_is_shown_for_six_months_and_one_taken_back_unless_it_is_whole() {
        let calendar = Calendar::default();
        // 2100-08-31 12:00, and the same time of the last day that February has.
        let noon =
            |day: i64| calendar.start_of(calendar.day(Moment::from_micros(0))).plus_seconds(day * 86_400 + 43_200);
        let (august, february) = (noon(47_724), noon(47_540));
        let shown = ShownVouchers { expires_from: february, unless_whole: VoucherStatus::Invalidated };
        assert_eq!(ShownVouchers::at(august, calendar), shown);
    }
}
