//! The channel: who sells to whom, who pays whom, and what a purchase must pass. Types and pure rules; how they change
//! the whole is the business of `book`.

mod account;
mod account_facts;
mod action_type;
mod authorization;
mod bill;
mod binding;
mod catalogue;
mod channel_role;
mod charge;
mod customer_list;
mod details;
mod ids;
mod inheritance;
mod looks;
mod order;
mod own;
mod pack;
mod partner;
mod paying;
mod price;
mod purchase;
mod refund;
mod resource;
mod spending;
mod text;
mod voucher;
mod warning;

pub use account::{Account, AccountClass, Customer, Tier, Verification};
pub use account_facts::{AccountFacts, CARDS_MAX, Card, EntityId, Last4, ParseFactError, Site};
pub use action_type::{ActionType, PayMode};
pub use authorization::{Authorization, EXPIRES_AFTER_DEFAULT, EXPIRES_AFTER_MAX};
pub use bill::{OpenBill, OpenPart};
pub use binding::{Binding, FormerBinding};
pub use catalogue::{Discount, DiscountScope, FreezeChange, FreezeModel, FreezeTerms, OfferLevel, Product, Settlement};
pub use channel_role::ChannelRole;
pub(crate) use charge::PERIOD_AHEAD_MAX;
pub use charge::{Charge, sum};
pub use customer_list::CustomerList;
pub(crate) use details::kept_text;
pub use details::{Component, Details};
pub use ids::{
    AuthorizationId, CardId, DiscountId, LineId, OrderId, PackId, ParseIdError, ProductCode, ResourceId, ResourceName,
    TransferId, Uin, VoucherId, WebhookId,
};
pub use inheritance::{Inheritance, InheritedBy};
pub(crate) use looks::looked_at;
#[cfg(test)]
pub(crate) use looks::looks_of;
pub use order::{Order, OrderKind, OrderState, Refund, Return};
pub use own::{Own, TopUpKind};
pub use pack::{Covered, Pack, PackState, PackUse};
pub use partner::{AllowlistItem, Partner, PartnerKind};
pub use paying::{Lines, Paying};
pub use price::Price;
pub use purchase::{Check, Purchase, SIDES_MAX, Side, Verdict, check_purchase};
pub(crate) use refund::purse_of;
pub use refund::{Paid, PaidFor, PrepaidResource, Purse, RefundScope, Share};
pub use resource::{
    Frozen, RETENTION_DAYS, Resource, ResourceState, ResourceStep, freeze_after_cycle, freeze_at_start, next_step,
};
pub(crate) use resource::{Span, goes, stops};
pub use spending::{NonStop, NonStopChange, PayerTerms, Spender, Spending, Standing};
pub use text::is_plain;
#[cfg(test)]
pub(crate) use voucher::sample_voucher;
pub use voucher::{
    ShownVouchers, Voucher, VoucherCase, VoucherKind, VoucherMode, VoucherProducts, VoucherStatus, VoucherUsage,
    VoucherUse,
};
pub use warning::{DEFAULT_LEVELS, Notice, NoticeKind, PayerTold, Subscription, Warned, below, due};
