//! From text to [`Scenario`]s. Follows the format in the parent's description line by line; every error names the file,
//! the line, and what was expected there.

use super::acts::operations;
use super::looks::checks;
use super::words::{ParseError, Word, Words};
use super::{Act, Content, Expected, Scenario, Step};
use credere_core::book::Rules;
use std::path::Path;

/// The words after an arrow that are successes; every other word is the code of a refusal.
const SUCCESSES: [&str; 9] =
    ["done", "delivered", "processing", "to_be_paid", "canceled", "refunded", "approved", "captured", "released"];

/// The refusal behind which stands every condition that is not met.
const CONDITIONS: &str = "conditions_not_met";

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
    let expected = "a choice such as `pool_api_allow_negative`";
    let setting = words.read(expected, |word| match word {
        "pool_api_allow_negative" => Some(&mut rules.pool_allow_negative),
        "pay_on_behalf_skips_customer_check" => Some(&mut rules.pay_on_behalf_skips_customer_check),
        "strict_exit" => Some(&mut rules.check.strict_exit),
        "consistent_account_classes" => Some(&mut rules.check.consistent_classes),
        "entity_admin_pays" => Some(&mut rules.check.entity_admin_pays),
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
        conditions: Vec::new(),
        figures: Vec::new(),
        replayed: false,
    };
    while expected.word == CONDITIONS && !words.at_end() {
        let condition = words.plain("a condition such as `O57`")?;
        expected.conditions.push((condition, words.plain("what is wrong, such as `MemberAccountArrears`")?));
        if !words.take(&Word::Comma) {
            break;
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Check;
    use credere_core::money::Amount;

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
                 `remaining_voucher`, `quota`, `allocated`, `allocatable`, `state`, `kind`, `under`, found `worth`",
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
