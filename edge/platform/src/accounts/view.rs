//! An account as it is shown, and the parts of one that are sent as well.

use crate::partners::PartnerBody;
use crate::problem::Problem;
use crate::wire::{AccountNumber, Money, Object, Text, names, present};
use credere_app::App;
use credere_app::parties::{AccountView, FinanceView, Profile};
use credere_core::channel::{
    Account, AccountClass, ChannelRole, Customer, NonStop, Site, Standing, Tier, Verification,
};
use credere_core::money::Amount;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
pub(crate) struct AccountBody {
    pub(crate) uin: AccountNumber,
    /// Display name.
    pub(crate) name: Option<String>,
    /// Contact address.
    pub(crate) email: Option<String>,
    /// Contact number.
    pub(crate) phone: Option<String>,
    #[schema(value_type = ClassBody)]
    pub(crate) class: ClassBody,
    pub(crate) verification: VerificationBody,
    #[schema(value_type = TierName)]
    pub(crate) tier: TierName,
    /// Who looks after the account on the platform's side.
    pub(crate) channel_manager: Option<String>,
    /// On which of the vendor's sites it is.
    #[schema(value_type = SiteName)]
    pub(crate) site: SiteName,
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// Its place in the channel.
    pub(crate) channel: ChannelBody,
    /// Its credit, when it is the customer of a partner that hands credit down; an agent does not (R4).
    pub(crate) credit: Option<CreditBody>,
    /// What it is as a partner, when it is one.
    pub(crate) partner: Option<PartnerBody>,
    /// The partner that manages it, when it is a customer.
    pub(crate) bound_to: Option<AccountNumber>,
    /// Since when.
    #[schema(format = DateTime)]
    pub(crate) bound_at: Option<String>,
    /// What keeps its resources running while it is overdue, when it is a customer (R106).
    pub(crate) non_stop: Option<NonStopBody>,
    /// Whether its resources stop without grace, and their data goes after 15 days, when it is a customer (R107).
    pub(crate) special_suspension: Option<bool>,
    /// The level that its partner is warned at besides 25, 10 and 0 percent (R100).
    pub(crate) partner_warning_percent: Option<u8>,
    /// The level that it is warned at itself besides (R101).
    pub(crate) own_warning_percent: Option<u8>,
    /// Its own money, when it pays for itself: it neither has its credit from a partner nor hands any down (O3).
    pub(crate) finance: Option<FinanceBody>,
    /// Its organization; comes with a later part of the API.
    #[schema(value_type = Option<Object>)]
    pub(crate) organization: (),
}

/// An account's place in the channel (O2). It follows from what the account is as a partner, or whose customer.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = ChannelRole, example = json!({ "role": "sub_customer", "partner_uin": 100000000009_u64, "level": 1 }))]
pub(crate) struct ChannelBody {
    /// `agent_customer` and `sub_customer` are bound to a partner; the latter has its credit from it.
    #[schema(
        value_type = String,
        pattern = "^(direct|agent|agent_customer|reseller|distributor|second_level_reseller|sub_customer)$"
    )]
    role: &'static str,
    /// The partner that it is bound to.
    partner_uin: Option<AccountNumber>,
    /// 1 under a reseller or distributor, 2 under a second-level reseller.
    level: Option<u8>,
}

impl From<ChannelRole> for ChannelBody {
    fn from(channel: ChannelRole) -> ChannelBody {
        let partner_uin = channel.partner().map(AccountNumber);
        ChannelBody { role: channel.name(), partner_uin, level: channel.level() }
    }
}

/// A customer's credit (R12): `available` is `total - used - prepay_frozen - postpay_frozen` (R14).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Credit, example = json!({
    "total": "1000.00", "used": "400.00", "prepay_frozen": "0.00", "postpay_frozen": "0.00", "available": "600.00",
    "remaining_voucher": "0.00", "state": "normal", "overdue_since": null, "forced_since": null
}))]
pub(crate) struct CreditBody {
    /// What was handed out and not taken back.
    pub(crate) total: Money,
    /// What was charged and is not confirmed as paid; below zero after a refund of what was (R16).
    pub(crate) used: Money,
    /// What open orders and authorizations hold.
    pub(crate) prepay_frozen: Money,
    /// What postpaid resources hold.
    pub(crate) postpay_frozen: Money,
    /// What may still be spent; below zero when overdue (R16).
    pub(crate) available: Money,
    /// What is left on its usable vouchers; not a part of `available` (R20).
    pub(crate) remaining_voucher: Money,
    /// `forced` while it is suspended by force, else `overdue` while `available` is below zero (R103, R109).
    #[schema(value_type = String, pattern = "^(normal|overdue|forced)$")]
    pub(crate) state: &'static str,
    /// Since when `available` is below zero.
    #[schema(format = DateTime)]
    pub(crate) overdue_since: Option<String>,
    /// Since when it is suspended by force (R108).
    #[schema(format = DateTime)]
    pub(crate) forced_since: Option<String>,
}

impl CreditBody {
    /// A customer's credit as it stands, with what is left on its vouchers.
    pub(crate) fn new(app: &App, customer: &Customer, remaining_voucher: Amount) -> CreditBody {
        CreditBody {
            total: Money(customer.line.limit()),
            used: Money(customer.line.used()),
            prepay_frozen: Money(customer.line.prepay_frozen()),
            postpay_frozen: Money(customer.line.postpay_frozen()),
            available: Money(customer.line.available()),
            remaining_voucher: Money(remaining_voucher),
            state: customer.spender().standing().name(),
            overdue_since: customer.spending.overdue_since.map(|at| app.rfc3339(at)),
            forced_since: customer.spending.forced_since.map(|at| app.rfc3339(at)),
        }
    }
}

/// The money of an account that pays for itself: `available` is `cash + granted + credit_limit - credit_used - frozen` (O3).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Finance, example = json!({
    "cash": "300.00", "granted": "20.00", "credit_limit": "200.00", "credit_used": "0.00", "frozen": "0.00",
    "overdue_amount": "0.00", "available": "520.00", "state": "normal", "is_credit_account": true,
    "inherits_offers_from": null
}))]
pub(crate) struct FinanceBody {
    /// Money that was paid in; below zero where more was used than there was.
    cash: Money,
    /// Money that it was given; pays before cash.
    granted: Money,
    /// How much it may owe.
    credit_limit: Money,
    /// How much of that it owes.
    credit_used: Money,
    /// What open orders, authorizations and postpaid resources hold.
    frozen: Money,
    /// Its unpaid bills that are overdue, as the platform says (O61).
    overdue_amount: Money,
    /// What may still be spent; below zero when overdue.
    available: Money,
    /// `overdue` while `available` is below zero.
    #[schema(value_type = String, pattern = "^(normal|overdue)$")]
    state: &'static str,
    /// Whether it may owe anything at all.
    is_credit_account: bool,
    /// Whose offers it has instead of its own.
    inherits_offers_from: Option<AccountNumber>,
}

impl FinanceBody {
    /// What an account has of its own, as it stands.
    pub(super) fn new(FinanceView { finance, overdue_amount, inherits_from }: FinanceView) -> FinanceBody {
        let overdue = finance.available().is_negative();
        FinanceBody {
            cash: Money(finance.cash()),
            granted: Money(finance.granted()),
            credit_limit: Money(finance.credit_limit()),
            credit_used: Money(finance.credit_used()),
            frozen: Money(finance.frozen()),
            overdue_amount: Money(overdue_amount),
            available: Money(finance.available()),
            state: if overdue { Standing::Overdue.name() } else { Standing::Normal.name() },
            is_credit_account: finance.credit_limit().is_positive(),
            inherits_offers_from: inherits_from.map(AccountNumber),
        }
    }
}

/// Privileges that keep a customer's resources running while it is overdue (R106).
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = NonStop, example = json!({ "prepaid": false, "postpaid": true }))]
pub(crate) struct NonStopBody {
    /// For what is paid before use.
    prepaid: bool,
    /// For what is paid after use.
    postpaid: bool,
}

impl From<NonStop> for NonStopBody {
    fn from(non_stop: NonStop) -> NonStopBody {
        NonStopBody { prepaid: non_stop.prepaid, postpaid: non_stop.postpaid }
    }
}

/// Whose an account is: anybody's, or the platform's own with its type number.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountClass, example = json!({ "kind": "external" }))]
pub(crate) struct ClassBody {
    kind: ClassKind,
    /// Required for `internal`, and only there.
    #[serde(rename = "type", default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, maximum = 255)]
    number: Option<u8>,
}

names! {
    enum ClassKind {
        External,
        Internal,
    }
}

impl ClassBody {
    /// What the class is to the rules.
    ///
    /// # Errors
    /// A 400 about `class.type` that is missing or has no place.
    pub(super) fn read(self) -> Result<AccountClass, Problem> {
        match (self.kind, self.number) {
            (ClassKind::External, None) => Ok(AccountClass::External),
            (ClassKind::External, Some(_)) => Err(Problem::unknown("class.type")),
            (ClassKind::Internal, Some(number)) => Ok(AccountClass::Internal(number)),
            (ClassKind::Internal, None) => Err(Problem::missing("class.type")),
        }
    }
}

impl From<AccountClass> for ClassBody {
    fn from(class: AccountClass) -> ClassBody {
        match class {
            AccountClass::External => ClassBody { kind: ClassKind::External, number: None },
            AccountClass::Internal(number) => ClassBody { kind: ClassKind::Internal, number: Some(number) },
        }
    }
}

/// How far an account's identity is verified. Without verification it buys nothing new (R58).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verification)]
pub(crate) struct VerificationBody {
    #[schema(value_type = LevelName)]
    pub(crate) level: LevelName,
    /// The verified identity's number.
    pub(crate) entity_id: Option<String>,
    /// The verified identity's name.
    pub(crate) entity_name: Option<String>,
}

/// A verification as it is sent: what is left out keeps its value, or its default in a new account.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VerificationChange, example = json!({ "level": "enterprise", "entity_id": "201912345A" }))]
pub(super) struct VerificationChange {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub(super) level: Option<LevelName>,
    #[serde(default, deserialize_with = "present")]
    #[schema(inline)]
    pub(super) entity_id: Option<Option<Text<0, 64>>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(inline)]
    pub(super) entity_name: Option<Option<Text<0, 256>>>,
}

/// The verification of a request, if it has one.
pub(super) type SentVerification = Option<Object<VerificationChange>>;

names! {
    #[schema(as = VerificationLevel)]
    pub(crate) enum LevelName of Verification {
        /// Not verified.
        None,
        /// A person.
        Personal,
        /// An enterprise.
        Enterprise,
    }
}

names! {
    /// How the platform's sales follow an account.
    #[schema(as = Tier)]
    pub(crate) enum TierName of Tier {
        /// Key account.
        Key,
        /// Mid-size.
        Mid,
        /// Long tail.
        LongTail,
        /// Not sorted.
        None,
    }
}

names! {
    /// One of the vendor's sites.
    #[schema(as = Site)]
    pub(crate) enum SiteName of Site {
        /// The international one.
        Intl,
        /// The Chinese one.
        Cn,
    }
}

impl AccountBody {
    /// An account as it stands.
    ///
    /// # Errors
    /// A figure that does not fit, which the book does not let happen.
    pub(crate) fn new(app: &App, view: AccountView) -> Result<AccountBody, Problem> {
        let remaining_voucher = Amount::from_wide(view.voucher_balance).map_err(|_| Problem::internal())?;
        let credit = view.credit().map(|customer| CreditBody::new(app, customer, remaining_voucher));
        let finance = view.finance().map(FinanceBody::new);
        let AccountView { account, profile, partner, channel, site, .. } = view;
        let partner = partner.as_ref().map(|partner| PartnerBody::new(app, partner)).transpose()?;
        Ok(AccountBody {
            channel: channel.into(),
            credit,
            partner,
            finance,
            ..AccountBody::plain(app, &account, site, profile)
        })
    }

    /// An account that is no partner, and pays for itself.
    pub(super) fn plain(app: &App, account: &Account, site: Site, profile: Profile) -> AccountBody {
        let customer = account.customer.as_ref();
        let Profile { name, email, phone, entity_id, entity_name, channel_manager, .. } = profile;
        AccountBody {
            uin: AccountNumber(account.uin),
            name,
            email,
            phone,
            class: account.class.into(),
            verification: VerificationBody { level: account.verification.into(), entity_id, entity_name },
            tier: account.tier.into(),
            channel_manager,
            site: site.into(),
            created_at: app.rfc3339(account.opened_at),
            channel: ChannelRole::Direct.into(),
            credit: None,
            partner: None,
            bound_to: customer.map(|customer| AccountNumber(customer.partner)),
            bound_at: customer.map(|customer| app.rfc3339(customer.bound_at)),
            non_stop: customer.map(|customer| customer.spending.non_stop.into()),
            special_suspension: customer.map(|customer| customer.spending.special_suspension),
            partner_warning_percent: customer.and_then(|customer| customer.partner_warning),
            own_warning_percent: customer.and_then(|customer| customer.own_warning),
            finance: Some(FinanceBody::new(FinanceView::of(account))),
            organization: (),
        }
    }
}
