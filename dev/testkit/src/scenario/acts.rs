//! Reads what a step does: parties, credit, orders and authorizations here, everything else about spending in
//! [`super::spending`].

use super::words::{ParseError, Words, called, is_name};
use super::{By, DiscountFor, Name, Operation, PlaceOrder, spending};
use credere_core::channel::{OrderKind, PartnerKind};
use credere_core::money::Amount;

pub(super) fn operations(words: &mut Words<'_>) -> Result<Vec<Operation>, ParseError> {
    if let Some(kind) = words.maybe(partner_kind) {
        let account = words.name("a partner")?;
        return Ok(vec![opened(&account, true), partner(words, account, kind)?]);
    }
    if words.accept("customer") {
        return customer(words);
    }
    let verb = words.plain("an operation")?;
    let operation = match verb.as_str() {
        "account" => {
            let account = words.name("an account")?;
            let verified = !words.accept("unverified");
            let number =
                if words.accept("numbered") { Some(words.read("a number", |word| word.parse().ok())?) } else { None };
            Operation::OpenAccount { account, verified, number }
        }
        "verify" | "unverify" => {
            Operation::SetVerified { account: words.name("an account")?, verified: verb == "verify" }
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
        "change" => {
            let partner = words.name("a partner")?;
            if words.accept("vouchers") {
                let quota = words.amount()?;
                Operation::ChangeVoucherQuota { partner, quota }
            } else if words.accept("spend") {
                let line = words.amount()?;
                Operation::ChangeSpendLine { partner, line }
            } else if words.accept("limit") {
                let limit = words.amount()?;
                Operation::ChangeCreditLimit { account: partner, limit }
            } else {
                words.word("quota")?;
                let quota = words.amount()?;
                Operation::ChangeQuota { partner, quota }
            }
        }
        "product" => spending::add_product(words)?,
        "discount" => discount(words)?,
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
            let by_partner = words.read("`customer` or `partner`", |word| match word {
                "customer" => Some(false),
                "partner" => Some(true),
                _ => None,
            })?;
            Operation::PayOrder { order, by_partner }
        }
        "capture" => {
            Operation::Capture { authorization: words.name("an authorization")?, amount: words.maybe_amount() }
        }
        "release" => Operation::Release { authorization: words.name("an authorization")? },
        "advance" => Operation::Advance { by: words.span()? },
        "at" => Operation::AdvanceTo { to: words.moment()? },
        "platform" => act_of(words, By::Platform)?,
        subject if is_name(subject) => act_of(words, By::Account(verb))?,
        "refund" | "resize" | "terminate" | "voucher" | "invalidate" | "warn" | "subscribe" | "unsubscribe"
        | "allow" | "non-stop" | "special" => spending::operation(words, &verb)?,
        _ => {
            return Err(
                words.expected(&format!("an operation before this: `{verb}` is neither one nor the name of a party"))
            );
        }
    };
    Ok(vec![operation])
}

fn opened(account: &Name, verified: bool) -> Operation {
    Operation::OpenAccount { account: account.clone(), verified, number: None }
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
    let verified = !words.accept("unverified");
    let mut operations =
        vec![opened(&customer, verified), Operation::Bind { account: customer.clone(), partner: partner.clone() }];
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
