//! Reads what a step does: parties, credit, orders and authorizations here, everything else about spending in
//! [`super::spending`].

use super::words::{ParseError, Words, called, is_name};
use super::{By, DiscountFor, Name, Operation, PlaceOrder, Profile, entities, organizing, spending};
use credere_core::channel::{OfferLevel, OrderKind, PartnerKind, Verification};
use credere_core::ledger::Month;
use credere_core::money::Amount;

/// Until when a card is good unless its scenario says otherwise.
const CARD_UNTIL: &str = "2099-12";

pub(super) fn operations(words: &mut Words<'_>) -> Result<Vec<Operation>, ParseError> {
    if let Some(kind) = words.maybe(partner_kind) {
        let account = words.name("a partner")?;
        return Ok(vec![opened(&account, Profile::default()), partner(words, account, kind)?]);
    }
    if words.accept("customer") {
        return customer(words);
    }
    let verb = words.plain("an operation")?;
    let operation = match verb.as_str() {
        "account" => {
            let account = words.name("an account")?;
            let profile = organizing::profile(words)?;
            let number =
                if words.accept("numbered") { Some(words.read("a number", |word| word.parse().ok())?) } else { None };
            Operation::OpenAccount { account, profile, number }
        }
        "verify" | "unverify" => {
            let level = if verb == "verify" { Verification::Enterprise } else { Verification::None };
            let profile = Profile { verification: Some(level), ..Profile::default() };
            Operation::ChangeAccount { account: words.name("an account")?, profile }
        }
        "card" => {
            words.word("for")?;
            let account = words.name("an account")?;
            let default = || CARD_UNTIL.parse::<Month>().expect("it is a month");
            let until = if words.accept("until") { words.month()? } else { default() };
            Operation::AddCard { account, until }
        }
        "top" => {
            words.word("up")?;
            let (account, amount) = (words.name("an account")?, words.amount()?);
            Operation::TopUp { account, amount, granted: words.accept("granted") }
        }
        "bind" => {
            let account = words.name("an account")?;
            words.word("to")?;
            let partner = words.name("a partner")?;
            Operation::Bind { account, partner }
        }
        "unbind" => Operation::Unbind { customer: words.name("a customer")? },
        "change" if words.accept("product") => spending::change_product(words)?,
        "change" if words.accept("organization") => {
            words.word("of")?;
            let admin = words.name("an admin")?;
            Operation::Organize(organizing::granted(words, admin)?)
        }
        "change" if words.accept("entity") => entities::change(words)?,
        "change" => changes(words)?,
        "associate" => entities::associate(words)?,
        "approve" | "refuse" => entities::decide(words, verb == "approve")?,
        "product" => spending::add_product(words)?,
        "discount" => discount(words)?,
        "end" if words.accept("entity") => entities::end(words)?,
        "end" => {
            words.word("discount")?;
            let discount = words.name("a discount")?;
            Operation::EndDiscount { discount }
        }
        "deliver" => Operation::DeliverOrder { order: words.name("an order")? },
        "cancel" => Operation::CancelOrder { order: words.name("an order")? },
        "pay" => {
            let order = words.name("an order")?;
            words.word("by")?;
            let by = words.read("`customer`, `partner` or `payer`", organizing::pay_by)?;
            Operation::PayOrder { order, by }
        }
        "capture" => {
            Operation::Capture { authorization: words.name("an authorization")?, amount: words.maybe_amount() }
        }
        "release" => Operation::Release { authorization: words.name("an authorization")? },
        "advance" => Operation::Advance { by: words.span()? },
        "at" => Operation::AdvanceTo { to: words.moment()? },
        "platform" => act_of(words, By::Platform)?,
        subject if is_name(subject) => {
            if let Some(operations) = organizing::acts(words, &verb)? {
                return Ok(operations);
            }
            act_of(words, By::Account(verb))?
        }
        "refund" | "resize" | "terminate" | "voucher" | "pack" | "invalidate" | "warn" | "subscribe"
        | "unsubscribe" | "allow" | "non-stop" | "special" => spending::operation(words, &verb)?,
        _ => {
            return Err(
                words.expected(&format!("an operation before this: `{verb}` is neither one nor the name of a party"))
            );
        }
    };
    Ok(vec![operation])
}

fn opened(account: &Name, profile: Profile) -> Operation {
    Operation::OpenAccount { account: account.clone(), profile, number: None }
}

/// A figure of a party's that is set.
fn changes(words: &mut Words<'_>) -> Result<Operation, ParseError> {
    let account = words.name("a party")?;
    let figure = words.read("`quota`, `spend`, `vouchers`, `limit` or `overdue`", |word| {
        ["quota", "spend", "vouchers", "limit", "overdue"].contains(&word).then(|| word.to_owned())
    })?;
    let amount = words.amount()?;
    Ok(match figure.as_str() {
        "vouchers" => Operation::ChangeVoucherQuota { partner: account, quota: amount },
        "spend" => Operation::ChangeSpendLine { partner: account, line: amount },
        "limit" => Operation::ChangeCreditLimit { account, limit: amount },
        "overdue" => Operation::ChangeOverdue { account, amount },
        _ => Operation::ChangeQuota { partner: account, quota: amount },
    })
}

fn partner_kind(word: &str) -> Option<PartnerKind> {
    match word {
        "reseller" => Some(PartnerKind::Reseller),
        "distributor" => Some(PartnerKind::Distributor),
        "second-level" => Some(PartnerKind::SecondLevelReseller),
        "agent" => Some(PartnerKind::Agent),
        _ => None,
    }
}

fn partner(words: &mut Words<'_>, account: Name, kind: PartnerKind) -> Result<Operation, ParseError> {
    let distributor = if words.accept("under") { Some(words.name("a distributor")?) } else { None };
    let quota = match kind {
        PartnerKind::Agent if !words.accept("quota") => Amount::ZERO,
        PartnerKind::Agent => words.amount()?,
        PartnerKind::SecondLevelReseller => {
            words.word("pool")?;
            words.amount()?
        }
        PartnerKind::Reseller | PartnerKind::Distributor => {
            words.word("quota")?;
            words.amount()?
        }
    };
    let spend = if words.accept("spend") { Some(words.amount()?) } else { None };
    Ok(Operation::RegisterPartner { account, kind, distributor, quota, spend })
}

fn customer(words: &mut Words<'_>) -> Result<Vec<Operation>, ParseError> {
    let customer = words.name("a customer")?;
    words.word("of")?;
    let partner = words.name("a partner")?;
    let credit = if words.accept("credit") { Some(words.amount()?) } else { None };
    let profile = organizing::profile(words)?;
    let mut operations =
        vec![opened(&customer, profile), Operation::Bind { account: customer.clone(), partner: partner.clone() }];
    operations.extend(credit.map(|amount| Operation::Allocate {
        by: By::Account(partner),
        customer,
        amount,
        remark: None,
    }));
    Ok(operations)
}

fn discount(words: &mut Words<'_>) -> Result<Operation, ParseError> {
    let rate = words.rate()?;
    words.word("for")?;
    let whose = if words.accept("partner") {
        DiscountFor::Partner(words.name("a partner")?)
    } else if words.accept("account") {
        let account = words.name("an account")?;
        let level = if words.accept("alone") { OfferLevel::Account } else { OfferLevel::Billing };
        DiscountFor::Account { account, level }
    } else {
        words.word("customer")?;
        let customer = words.name("a customer")?;
        words.word("by")?;
        let partner = words.name("a partner")?;
        DiscountFor::Customer { customer, partner }
    };
    let product = if words.accept("on") { Some(words.code()?) } else { None };
    let from = if words.accept("from") { Some(words.span()?) } else { None };
    let until = if words.accept("until") { Some(words.span()?) } else { None };
    let name = called(words)?;
    Ok(Operation::SetDiscount { name, whose, product, rate, from, until })
}

/// What a party does, the party being read already.
fn act_of(words: &mut Words<'_>, by: By) -> Result<Operation, ParseError> {
    let verb = words.plain("what it does")?;
    match (verb.as_str(), &by) {
        ("allocates" | "reclaims", _) => {
            let amount = signed(words, verb == "reclaims")?;
            words.word(if verb == "reclaims" { "from" } else { "to" })?;
            let customer = words.name("a customer")?;
            let remark = if words.accept("remark") { Some(words.quoted("a remark in quotes")?) } else { None };
            Ok(Operation::Allocate { by, customer, amount, remark })
        }
        ("grants" | "pulls", _) => {
            let amount = signed(words, verb == "pulls")?;
            words.word(if verb == "pulls" { "from" } else { "to" })?;
            words.word("pool")?;
            let second_level = words.name("a second-level reseller")?;
            Ok(Operation::AllocatePool { by, second_level, amount })
        }
        ("is", By::Account(account)) => {
            let profile = organizing::profile(words)?;
            if profile == Profile::default() {
                return Err(words.expected("what the account is, such as `entity E1`"));
            }
            Ok(Operation::ChangeAccount { account: account.clone(), profile })
        }
        ("inherits", By::Account(account)) => {
            let nothing = words.accept("nothing");
            let from = if nothing {
                None
            } else {
                words.word("from")?;
                Some(words.name("whose offers")?)
            };
            Ok(Operation::InheritOffers { account: account.clone(), from })
        }
        ("becomes", By::Account(account)) => {
            let kind = words.read("a kind of partner", partner_kind)?;
            partner(words, account.clone(), kind)
        }
        ("authorizes", By::Account(account)) => {
            let product = words.code()?;
            let amount = words.amount()?;
            let until = if words.accept("until") { Some(words.span()?) } else { None };
            Ok(Operation::Authorize { name: called(words)?, account: account.clone(), product, amount, until })
        }
        ("buys" | "renews" | "upgrades" | "downgrades" | "orders" | "previews", By::Account(account)) => {
            let kind = match verb.as_str() {
                "renews" => OrderKind::Renew,
                "upgrades" => OrderKind::Upgrade,
                "downgrades" => OrderKind::Downgrade,
                _ => OrderKind::Purchase,
            };
            let product = words.code()?;
            let amount = words.amount()?;
            let resource = if words.accept("for") { Some(words.name("a resource")?) } else { None };
            let park = words.accept("parked");
            Ok(Operation::PlaceOrder(PlaceOrder {
                name: called(words)?,
                account: account.clone(),
                product,
                kind,
                amount,
                resource,
                capture: verb != "orders",
                park,
                preview: verb == "previews",
            }))
        }
        ("requests", By::Account(_)) => {
            words.word("payment")?;
            words.word("of")?;
            Ok(Operation::RequestPayment { order: words.name("an order")? })
        }
        ("confirms", _) => spending::receipt(words, by),
        ("suspends" | "restores", _) => {
            let customer = words.name("a customer")?;
            Ok(Operation::ForceSuspension { by, customer, forced: verb == "suspends" })
        }
        ("pays", By::Account(partner)) => {
            Ok(Operation::PayPlatform { partner: partner.clone(), amount: words.amount()? })
        }
        ("activates" | "uses", By::Account(account)) => spending::postpaid(words, account, verb == "uses"),
        _ => Err(words.expected(&format!("something that this party can do before this: it cannot `{verb}`"))),
    }
}

fn signed(words: &mut Words<'_>, negative: bool) -> Result<Amount, ParseError> {
    let amount = words.amount()?;
    if negative {
        // INVARIANT: an amount that was read has an opposite, since the range of input is symmetric.
        Ok(amount.negated().expect("the range of input is symmetric"))
    } else {
        Ok(amount)
    }
}
