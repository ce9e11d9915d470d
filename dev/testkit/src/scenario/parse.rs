//! From text to [`Scenario`]s. Follows the format in the parent's description line by line; every error names the file,
//! the line, and what was expected there.

use super::words::{ParseError, Word, Words, is_name};
use super::{
    Act, By, Check, Content, DiscountFor, Expected, ExpectedAllocation, Name, Operation, OrderWord, PartnerWord,
    PlaceOrder, Scenario, SettlementWord, Step,
};
use credere_core::book::Rules;
use credere_core::money::Amount;
use std::path::Path;

/// The words after an arrow that are successes; every other word is the code of a refusal.
const SUCCESSES: [&str; 8] =
    ["done", "delivered", "processing", "to_be_paid", "canceled", "approved", "captured", "released"];

/// Reads every `*.txt` of a folder, in the order of their names.
///
/// # Errors
/// [`ParseError`] for the first thing that does not follow the format; also when the folder has no scenario at all.
pub fn read_folder(folder: &Path) -> Result<Vec<Scenario>, ParseError> {
    let unreadable = |path: &Path, reason: &dyn ToString| ParseError::Unreadable {
        path: path.to_owned(),
        reason: reason.to_string(),
    };
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            files.push(path);
        }
    }
    files.sort();
    let mut scenarios = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        scenarios.extend(parse(&name, &text)?);
    }
    if scenarios.is_empty() {
        return Err(unreadable(folder, &"there is no scenario in it"));
    }
    Ok(scenarios)
}

/// Reads one file's scenarios. `file` is its name in errors and reports.
///
/// # Errors
/// [`ParseError::Line`]
pub fn parse(file: &str, text: &str) -> Result<Vec<Scenario>, ParseError> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    for (index, written) in text.lines().enumerate() {
        let line = index + 1;
        if let Some(title) = written.strip_prefix("scenario:") {
            let title = title.trim();
            if title.is_empty() {
                return Err(Words::of(file, line, "")?.expected("a title"));
            }
            if scenarios.iter().any(|other| other.title == title) {
                return Err(Words::of(file, line, title)?.expected("a title that no other scenario of the file has"));
            }
            scenarios.push(Scenario {
                file: file.trim_end_matches(".txt").to_owned(),
                line,
                title: title.to_owned(),
                covers: Vec::new(),
                rules: Rules::default(),
                steps: Vec::new(),
            });
            continue;
        }
        let mut words = Words::of(file, line, written)?;
        if words.is_empty() {
            continue;
        }
        let Some(scenario) = scenarios.last_mut() else {
            return Err(words.expected("`scenario:` and a title"));
        };
        let content = if words.accept("covers:") {
            while !words.at_end() {
                scenario.covers.push(words.plain("a rule such as `R54`")?);
            }
            continue;
        } else if words.accept("setting:") {
            setting(&mut words, &mut scenario.rules)?;
            continue;
        } else if words.accept("given") || words.accept("when") {
            act(&mut words)?.into_iter().map(|act| Content::Act(Box::new(act))).collect()
        } else if words.accept("then") {
            vec![Content::Checks(checks(&mut words)?)]
        } else {
            return Err(words.expected("`given`, `when`, `then`, `covers:`, `setting:` or `scenario:`"));
        };
        words.end()?;
        scenario.steps.extend(content.into_iter().map(|content| Step {
            line,
            text: written.trim_end().to_owned(),
            content,
        }));
    }
    Ok(scenarios)
}

fn setting(words: &mut Words<'_>, rules: &mut Rules) -> Result<(), ParseError> {
    let expected = "`pool_api_allow_negative` or `pay_on_behalf_skips_customer_check`";
    let setting = words.read(expected, |word| match word {
        "pool_api_allow_negative" => Some(&mut rules.pool_allow_negative),
        "pay_on_behalf_skips_customer_check" => Some(&mut rules.pay_on_behalf_skips_customer_check),
        _ => None,
    })?;
    *setting = words.read("`on` or `off`", |word| match word {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    })?;
    words.end()
}

/// One line's operations: all but the last must succeed, the last one's outcome may be named.
fn act(words: &mut Words<'_>) -> Result<Vec<Act>, ParseError> {
    let operations = operations(words)?;
    let key = if words.accept("key") { Some(words.quoted("a key in quotes")?) } else { None };
    let expected = if words.take(&Word::Arrow) { Some(expected(words)?) } else { None };
    let last = operations.len() - 1;
    let acts = operations.into_iter().enumerate().map(|(at, operation)| Act {
        operation,
        key: key.clone().filter(|_| at == last),
        expected: expected.clone().filter(|_| at == last),
    });
    Ok(acts.collect())
}

fn expected(words: &mut Words<'_>) -> Result<Expected, ParseError> {
    let word = words.plain("an outcome")?;
    let mut expected = Expected {
        accepted: SUCCESSES.contains(&word.as_str()),
        word,
        side: None,
        account: None,
        figures: Vec::new(),
        replayed: false,
    };
    while !words.at_end() {
        if words.accept("side") {
            expected.side = Some(words.plain("a side")?);
        } else if words.accept("account") {
            expected.account = Some(words.name("an account")?);
        } else if words.accept("replayed") {
            expected.replayed = true;
        } else {
            let figure = words.plain("a figure's name, `side`, `account` or `replayed`")?;
            expected.figures.push((figure, words.amount()?));
        }
    }
    Ok(expected)
}

fn operations(words: &mut Words<'_>) -> Result<Vec<Operation>, ParseError> {
    if let Some(kind) = words.peek().and_then(partner_word) {
        words.plain("a kind of partner")?;
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
        "bind" => {
            let account = words.name("an account")?;
            words.word("to")?;
            let partner = words.name("a partner")?;
            Operation::Bind { account, partner }
        }
        "unbind" => Operation::Unbind { customer: words.name("a customer")? },
        "change" => {
            let partner = words.name("a partner")?;
            if words.accept("spend") {
                let line = words.amount()?;
                Operation::ChangeSpendLine { partner, line }
            } else {
                words.word("quota")?;
                let quota = words.amount()?;
                Operation::ChangeQuota { partner, quota }
            }
        }
        "product" => {
            let code = words.code()?;
            let settlement = match words.peek() {
                Some("daily") => SettlementWord::Daily,
                Some("monthly") => SettlementWord::Monthly,
                _ => SettlementWord::Hourly,
            };
            if matches!(words.peek(), Some("hourly" | "daily" | "monthly")) {
                words.plain("a settlement")?;
            }
            Operation::AddProduct { code, settlement }
        }
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
        "platform" => act_of(words, By::Platform)?,
        subject if is_name(subject) => act_of(words, By::Account(verb))?,
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

fn partner_word(word: &str) -> Option<PartnerWord> {
    match word {
        "reseller" => Some(PartnerWord::Reseller),
        "distributor" => Some(PartnerWord::Distributor),
        "second-level" => Some(PartnerWord::SecondLevel),
        "agent" => Some(PartnerWord::Agent),
        _ => None,
    }
}

fn partner(words: &mut Words<'_>, account: Name, kind: PartnerWord) -> Result<Operation, ParseError> {
    let distributor = if words.accept("under") { Some(words.name("a distributor")?) } else { None };
    let quota = match kind {
        PartnerWord::Agent if !words.accept("quota") => Amount::ZERO,
        PartnerWord::Agent => words.amount()?,
        PartnerWord::SecondLevel => {
            words.word("pool")?;
            words.amount()?
        }
        PartnerWord::Reseller | PartnerWord::Distributor => {
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

fn called(words: &mut Words<'_>) -> Result<Option<Name>, ParseError> {
    if words.accept("as") { words.name("what to call it").map(Some) } else { Ok(None) }
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
            let kind = words.read("a kind of partner", partner_word)?;
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
                "renews" => OrderWord::Renew,
                "upgrades" => OrderWord::Upgrade,
                "downgrades" => OrderWord::Downgrade,
                _ => OrderWord::Purchase,
            };
            let product = words.code()?;
            let amount = words.amount()?;
            let park = words.accept("parked");
            Ok(Operation::PlaceOrder(PlaceOrder {
                name: called(words)?,
                account: account.clone(),
                product,
                kind,
                amount,
                capture: verb != "orders",
                park,
                preview: verb == "previews",
            }))
        }
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

fn checks(words: &mut Words<'_>) -> Result<Vec<Check>, ParseError> {
    let mut checks = vec![check(words)?];
    while words.take(&Word::Semicolon) {
        checks.push(check(words)?);
    }
    Ok(checks)
}

fn check(words: &mut Words<'_>) -> Result<Check, ParseError> {
    if words.accept("order") {
        let order = words.name("an order")?;
        let fields = fields(
            words,
            "",
            &["list", "amount", "partner_amount"],
            &["state", "payer", "paying_partner", "customer"],
        )?;
        return Ok(Check::Order { order, fields });
    }
    if words.accept("authorization") {
        let authorization = words.name("an authorization")?;
        let fields = fields(words, "", &["list", "amount", "partner_amount"], &["state"])?;
        return Ok(Check::Authorization { authorization, fields });
    }
    let party = words.name("a party, `order` or `authorization`")?;
    if words.accept("history") {
        return Ok(Check::History { customer: party, records: history(words)? });
    }
    let figures = if words.accept("bound") {
        words.word("to")?;
        let whom =
            words.read("a partner or `nobody`", |word| (is_name(word) || word == "nobody").then(|| word.to_owned()))?;
        vec![("bound to".to_owned(), whom)]
    } else if words.accept("spend") {
        fields(words, "spend ", &["line", "used", "frozen", "available"], &[])?
    } else if words.accept("pool") {
        fields(words, "pool ", &["total", "remaining"], &[])?
    } else if words.accept("customers") {
        fields(words, "customers ", &["total", "available"], &[])?
    } else {
        let amounts =
            ["total", "used", "prepay_frozen", "postpay_frozen", "available", "quota", "allocated", "allocatable"];
        fields(words, "", &amounts, &["state", "kind", "under"])?
    };
    Ok(Check::Figures { party, figures })
}

/// Pairs of a name and a value, at least one; `group` goes before each name.
fn fields(
    words: &mut Words<'_>,
    group: &str,
    amounts: &[&str],
    texts: &[&str],
) -> Result<Vec<(String, String)>, ParseError> {
    let known = [amounts, texts].concat().join("`, `");
    let mut fields = Vec::new();
    loop {
        let name = words.read(&format!("one of `{known}`"), |word| {
            (amounts.contains(&word) || texts.contains(&word)).then(|| word.to_owned())
        })?;
        let value =
            if amounts.contains(&name.as_str()) { words.amount()?.to_string() } else { words.plain("a value")? };
        fields.push((format!("{group}{name}"), value));
        if words.peek().is_none() {
            return Ok(fields);
        }
    }
}

fn history(words: &mut Words<'_>) -> Result<Vec<ExpectedAllocation>, ParseError> {
    let mut records = Vec::new();
    if words.accept("empty") {
        return Ok(records);
    }
    loop {
        records.push(ExpectedAllocation {
            amount: words.amount()?,
            total_after: words.amount()?,
            available_after: words.amount()?,
            remark: words.maybe_quoted(),
        });
        if !words.take(&Word::Comma) {
            return Ok(records);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse("credit.txt", text).unwrap_err().to_string()
    }

    #[test]
    fn reads_what_the_format_shows() {
        let text = "# about\n\nscenario: one\ncovers: R54 T6\nsetting: pool_api_allow_negative off\n\
            given customer C of S credit 1000.00 # comment\n\
            when  C buys cvm 600.01 key \"k 1\" -> insufficient_credit side customer available 600.00\n\
            then  C total 1.00; D spend used 2.00 line 3.00\nscenario: two\n";
        let scenarios = parse("credit.txt", text).unwrap();
        assert_eq!(scenarios.len(), 2);
        let one = &scenarios[0];
        assert_eq!((one.file.as_str(), one.line, one.title.as_str()), ("credit", 3, "one"));
        assert_eq!(one.covers, ["R54", "T6"]);
        assert!(!one.rules.pool_allow_negative && one.needs_keys() && !scenarios[1].needs_keys());
        assert_eq!(one.steps.iter().map(|step| step.line).collect::<Vec<_>>(), [6, 6, 6, 7, 8]);
        let Content::Act(buys) = &one.steps[3].content else { panic!("a purchase is an act") };
        let expected = buys.expected.as_ref().unwrap();
        assert_eq!((expected.accepted, expected.side.as_deref()), (false, Some("customer")));
        assert_eq!(expected.figures, [("available".to_owned(), Amount::whole(600))]);
        let Content::Checks(checks) = &one.steps[4].content else { panic!("a then is a check") };
        assert!(matches!(&checks[1], Check::Figures { party, figures }
            if party == "D" && figures[0] == ("spend used".to_owned(), "2.00".to_owned())));
    }

    #[test]
    fn says_where_and_what_it_expected() {
        for (text, message) in [
            ("given agent A", "credit.txt:1: expected `scenario:` and a title, found `given`"),
            ("scenario: x\nwhen C buys cvm lots", "credit.txt:2: expected an amount, found `lots`"),
            ("scenario: x\nwhen C buys cvm 1.00 ->", "credit.txt:2: expected an outcome, found the end of the line"),
            (
                "scenario: x\nthen C worth 1.00",
                "credit.txt:2: expected one of `total`, `used`, `prepay_frozen`, `postpay_frozen`, `available`, \
                 `quota`, `allocated`, `allocatable`, `state`, `kind`, `under`, found `worth`",
            ),
            ("scenario: x\nwhen deliver O1 twice", "credit.txt:2: expected the end of the line, found `twice`"),
            (
                "scenario: x\nscenario: x",
                "credit.txt:2: expected a title that no other scenario of the file has, found `x`",
            ),
            (
                "scenario: x\nwhen R allocates 1.00 to C remark \"open",
                "credit.txt:2: expected a closing quote, found the end of the line",
            ),
            (
                "scenario: x\nmaybe C buys cvm 1.00",
                "credit.txt:2: expected `given`, `when`, `then`, `covers:`, `setting:` or `scenario:`, found `maybe`",
            ),
        ] {
            assert_eq!(error(text), message);
        }
    }
}
