//! What a notice says to a person, in the deployment's language. The words are here, how they are laid out is in the
//! templates; a language is one more arm of each function.

use crate::notices::occurrence::{Message, MessageData};
use askama::Template;
use credere_core::channel::{NoticeKind, Standing};
use std::str::FromStr;

/// In which language people are written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    const fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh-Hans",
        }
    }
}

impl FromStr for Language {
    type Err = String;

    /// Reads `en` or `zh`.
    fn from_str(text: &str) -> Result<Language, String> {
        match text {
            "en" => Ok(Language::English),
            "zh" => Ok(Language::Chinese),
            _ => Err(format!("`{text}` is no language that there is: en, zh")),
        }
    }
}

/// A letter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) sentence: String,
    pub(super) figures: Vec<(&'static str, String)>,
    pub(super) closing: &'static str,
}

/// A letter laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RenderedLetter {
    pub(super) subject: String,
    pub(super) plain: String,
    pub(super) html: String,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Html<'a> {
    language: &'static str,
    letter: &'a Letter,
}

#[derive(Template)]
#[template(path = "notice.txt", escape = "none")]
struct Plain<'a> {
    letter: &'a Letter,
}

/// Writes and lays out the letter of a notice. `name` is the customer's, where it has one; `currency` the deployment's.
/// `None` for a message that is not for people.
pub(super) fn lay_out(
    message: &Message,
    name: Option<&str>,
    currency: &str,
    language: Language,
) -> Option<Result<RenderedLetter, askama::Error>> {
    let letter = write(message, name, currency, language)?;
    let laid = Plain { letter: &letter }.render().and_then(|plain| {
        let html = Html { language: language.tag(), letter: &letter }.render()?;
        Ok((plain, html))
    });
    Some(laid.map(|(plain, html)| RenderedLetter { subject: letter.subject, plain, html }))
}

fn write(message: &Message, name: Option<&str>, currency: &str, language: Language) -> Option<Letter> {
    let kind = NoticeKind::from_name(&message.kind)?;
    // A name is somebody else's text and stands in one line.
    let name = name.map(|name| name.replace(char::is_control, " "));
    let who = |uin: u64| match (&name, language) {
        (Some(name), Language::English) => format!("{name} ({uin})"),
        (Some(name), Language::Chinese) => format!("{name}（{uin}）"),
        (None, _) => uin.to_string(),
    };
    let money = |amount: &str| format!("{amount} {currency}");
    let labels = Labels::in_language(language);
    let at = (labels.time, readable(&message.timestamp));
    let ((subject, sentence), figures) = match &message.data {
        MessageData::Notice { customer_uin, level, available, total, state, payer_uin, pays_for_itself, .. } => {
            let who = who(*customer_uin);
            let about = About { who: &who, forced: state.as_deref() == Some(Standing::Forced.name()) };
            // Of a member it is its payer's money that stops what runs, and its own total says nothing.
            match (*payer_uin, *pays_for_itself) {
                (Some(payer), _) => {
                    (of_member(language, kind, about, payer), vec![(labels.payers, money(available)), at])
                }
                (None, true) => {
                    let figures = vec![(labels.balance, money(available)), (labels.limit, money(total)), at];
                    (of_own_money(language, kind, about), figures)
                }
                (None, false) => {
                    let figures = vec![(labels.own, money(available)), (labels.all, money(total)), at];
                    (of_credit(language, kind, about, level.unwrap_or_default()), figures)
                }
            }
        }
        MessageData::Order { account_uin, order_id, product_code, amount, available, .. } => {
            let figures = vec![
                (labels.order, order_id.clone()),
                (labels.product, product_code.clone()),
                (labels.due, money(amount)),
                (labels.yours, money(available)),
                at,
            ];
            (of_order(language, kind, &who(*account_uin)), figures)
        }
        MessageData::Resource { .. } | MessageData::Organization { .. } => return None,
    };
    let closing = match language {
        Language::English => "This message was sent automatically. Answers to it are not read.",
        Language::Chinese => "本邮件由系统自动发送，请勿回复。",
    };
    Some(Letter { subject, sentence, figures, closing })
}

/// Whom a notice is about.
#[derive(Clone, Copy)]
struct About<'a> {
    who: &'a str,
    /// Whether it is suspended by force.
    forced: bool,
}

/// What figures are called.
struct Labels {
    own: &'static str,
    all: &'static str,
    payers: &'static str,
    balance: &'static str,
    limit: &'static str,
    yours: &'static str,
    order: &'static str,
    product: &'static str,
    due: &'static str,
    time: &'static str,
}

impl Labels {
    const fn in_language(language: Language) -> Labels {
        match language {
            Language::English => Labels {
                own: "Available credit",
                all: "Total credit",
                payers: "Available to the payer",
                balance: "Available balance",
                limit: "Credit limit",
                yours: "Available to you",
                order: "Order",
                product: "Product",
                due: "Amount due",
                time: "Time",
            },
            Language::Chinese => Labels {
                own: "可用信用额度",
                all: "信用总额度",
                payers: "支付账号可用额度",
                balance: "可用余额",
                limit: "授信额度",
                yours: "您的可用额度",
                order: "订单",
                product: "产品",
                due: "应付金额",
                time: "时间",
            },
        }
    }
}

fn of_credit(language: Language, kind: NoticeKind, about: About<'_>, level: u8) -> (String, String) {
    match language {
        Language::English => english(kind, about.who, level, about.forced),
        Language::Chinese => chinese(kind, about.who, level, about.forced),
    }
}

fn of_member(language: Language, kind: NoticeKind, about: About<'_>, payer: u64) -> (String, String) {
    match language {
        Language::English => english_of_member(kind, about.who, payer, about.forced),
        Language::Chinese => chinese_of_member(kind, about.who, payer, about.forced),
    }
}

/// Of an account that pays with money of its own: it has a balance, and no credit that a partner handed down.
fn of_own_money(language: Language, kind: NoticeKind, about: About<'_>) -> (String, String) {
    let who = about.who;
    match (language, kind) {
        (Language::English, NoticeKind::Suspended) if !about.forced => (
            format!("{who} is overdue"),
            format!(
                "The available balance of {who} has fallen below zero. Running services are suspended when their grace \
                 period ends."
            ),
        ),
        (Language::Chinese, NoticeKind::Suspended) if !about.forced => {
            (format!("{who}已欠费"), format!("{who}的可用余额已低于零，运行中的服务将在宽限期结束后停服。"))
        }
        _ => of_credit(language, kind, about, 0),
    }
}

/// To whoever pays on behalf of a member, of an order of its (O74, O83).
fn of_order(language: Language, kind: NoticeKind, who: &str) -> (String, String) {
    match (language, kind) {
        (Language::English, NoticeKind::PaymentRequested) => (
            format!("{who} asks you to pay an order"),
            format!("{who}, for which you pay, asks you to pay an order that is waiting. Pay it, or cancel it."),
        ),
        (Language::English, _) => (
            format!("An order of {who} is waiting for payment"),
            format!(
                "{who}, for which you pay, has placed an order that what you have available does not cover. Pay it once \
                 it does, or cancel it."
            ),
        ),
        (Language::Chinese, NoticeKind::PaymentRequested) => {
            (format!("{who}请您支付订单"), format!("由您代付的{who}请您支付一笔待支付订单，请支付或取消该订单。"))
        }
        (Language::Chinese, _) => (
            format!("{who}有订单待支付"),
            format!("由您代付的{who}提交了一笔订单，您的可用额度不足以支付。请在额度充足后支付，或取消该订单。"),
        ),
    }
}

/// `2026-10-31 08:00:00 +08:00` out of RFC 3339.
fn readable(timestamp: &str) -> String {
    let (Some(day), Some(time)) = (timestamp.get(..10), timestamp.get(11..19)) else { return timestamp.to_owned() };
    let offset = timestamp[19..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    format!("{day} {time} {offset}")
}

fn english(kind: NoticeKind, who: &str, level: u8, forced: bool) -> (String, String) {
    match kind {
        NoticeKind::CreditBelow25 | NoticeKind::CreditBelow10 | NoticeKind::CreditBelowCustom => (
            format!("Credit of {who} is below {level} %"),
            format!("The available credit of {who} is below {level} % of its total."),
        ),
        NoticeKind::CreditBelow0 => (
            format!("Credit of {who} is overdrawn"),
            format!(
                "The available credit of {who} is below zero. New purchases are refused until credit is available again."
            ),
        ),
        NoticeKind::Suspended if forced => (
            format!("{who} is suspended"),
            format!("{who} has been suspended. Running services stop at once, and new purchases are refused."),
        ),
        NoticeKind::Suspended => (
            format!("{who} is overdue"),
            format!(
                "The available credit of {who} has fallen below zero. Running services are suspended when their grace \
                 period ends."
            ),
        ),
        NoticeKind::Resumed => (
            format!("{who} is no longer suspended"),
            format!("{who} is neither suspended nor about to be any more. Services that were stopped start again."),
        ),
        NoticeKind::OrderToBePaid | NoticeKind::PaymentRequested => of_order(Language::English, kind, who),
    }
}

fn chinese(kind: NoticeKind, who: &str, level: u8, forced: bool) -> (String, String) {
    match kind {
        NoticeKind::CreditBelow25 | NoticeKind::CreditBelow10 | NoticeKind::CreditBelowCustom => {
            (format!("{who}的可用信用额度低于 {level}%"), format!("{who}的可用信用额度已低于总额度的 {level}%。"))
        }
        NoticeKind::CreditBelow0 => {
            (format!("{who}的信用额度已透支"), format!("{who}的可用信用额度已低于零，额度恢复之前不能再进行新的购买。"))
        }
        NoticeKind::Suspended if forced => {
            (format!("{who}已被停服"), format!("{who}已被停服，运行中的服务将立即停止，不能再进行新的购买。"))
        }
        NoticeKind::Suspended => {
            (format!("{who}已欠费"), format!("{who}的可用信用额度已低于零，运行中的服务将在宽限期结束后停服。"))
        }
        NoticeKind::Resumed => (format!("{who}已解除停服"), format!("{who}的停服已解除，已停服的服务将恢复。")),
        NoticeKind::OrderToBePaid | NoticeKind::PaymentRequested => of_order(Language::Chinese, kind, who),
    }
}

/// The same of a member whose organization's admin pays for it (O89, O92).
fn english_of_member(kind: NoticeKind, who: &str, payer: u64, forced: bool) -> (String, String) {
    match kind {
        NoticeKind::Suspended if forced => (
            format!("{who} is suspended"),
            format!(
                "{payer}, which pays for {who}, is suspended. Running services stop, and new purchases are refused."
            ),
        ),
        NoticeKind::Suspended => (
            format!("{who} is not paid for at the moment"),
            format!(
                "What {payer} has available, which pays for {who}, has fallen below zero. Running services are suspended \
                 when their grace period ends."
            ),
        ),
        _ => (
            format!("{who} is no longer suspended"),
            format!("{payer} pays for {who} again. Services that were stopped start again."),
        ),
    }
}

fn chinese_of_member(kind: NoticeKind, who: &str, payer: u64, forced: bool) -> (String, String) {
    match kind {
        NoticeKind::Suspended if forced => (
            format!("{who}已被停服"),
            format!("为{who}代付的账号 {payer} 已被停服，运行中的服务将停止，不能再进行新的购买。"),
        ),
        NoticeKind::Suspended => (
            format!("{who}的代付已中断"),
            format!("为{who}代付的账号 {payer} 的可用额度已低于零，运行中的服务将在宽限期结束后停服。"),
        ),
        _ => (format!("{who}已解除停服"), format!("账号 {payer} 已恢复为{who}代付，已停服的服务将恢复。")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: NoticeKind, level: Option<u8>) -> Message {
        let data = MessageData::Notice {
            id: "ntc_1_0".into(),
            recipient_uin: 10,
            customer_uin: 20,
            level,
            available: "12.5".into(),
            total: "100".into(),
            state: None,
            payer_uin: None,
            pays_for_itself: false,
        };
        Message { kind: kind.name().into(), timestamp: "2026-10-31T08:00:00.25+08:00".into(), data }
    }

    #[test]
    fn a_letter_has_the_figures_and_a_name_does_no_harm() {
        let message = message(NoticeKind::CreditBelowCustom, Some(40));
        let name = Some("A & B <b>\r\nBcc: x");
        let laid = lay_out(&message, name, "USD", Language::English).unwrap().unwrap();
        assert_eq!(laid.subject, "Credit of A & B <b>  Bcc: x (20) is below 40 %");
        assert!(laid.plain.contains("A & B <b>  Bcc: x (20) is below 40 % of its total."), "{}", laid.plain);
        assert!(
            laid.plain
                .contains("\nAvailable credit: 12.5 USD\nTotal credit: 100 USD\nTime: 2026-10-31 08:00:00 +08:00\n"),
            "{}",
            laid.plain
        );
        assert!(laid.html.contains("A &#38; B &#60;b&#62;"), "{}", laid.html);
        assert!(laid.html.contains("<html lang=\"en\">") && laid.html.contains("12.5 USD"), "{}", laid.html);
    }

    #[test]
    fn a_member_is_told_who_pays_for_it() {
        for (language, label) in
            [(Language::English, "Available to the payer"), (Language::Chinese, "支付账号可用额度")]
        {
            for kind in [NoticeKind::Suspended, NoticeKind::Resumed] {
                let mut message = message(kind, None);
                if let MessageData::Notice { payer_uin, .. } = &mut message.data {
                    *payer_uin = Some(77);
                }
                let letter = write(&message, Some("Team"), "USD", language).unwrap();
                assert!(letter.sentence.contains("77") && letter.sentence.contains("Team"), "{}", letter.sentence);
                let labels: Vec<_> = letter.figures.iter().map(|(label, _)| *label).collect();
                assert!(labels.len() == 2 && labels[0] == label, "{labels:?}");
            }
        }
    }

    #[test]
    fn who_pays_for_itself_is_not_told_of_credit() {
        for (language, [balance, limit], credit) in [
            (Language::English, ["Available balance", "Credit limit"], "credit of"),
            (Language::Chinese, ["可用余额", "授信额度"], "信用额度"),
        ] {
            for kind in [NoticeKind::Suspended, NoticeKind::Resumed] {
                let mut message = message(kind, None);
                if let MessageData::Notice { pays_for_itself, .. } = &mut message.data {
                    *pays_for_itself = true;
                }
                let letter = write(&message, None, "USD", language).unwrap();
                let labels: Vec<_> = letter.figures.iter().map(|(label, _)| *label).collect();
                assert_eq!(labels[..2], [balance, limit]);
                assert!(!letter.sentence.contains(credit), "{}", letter.sentence);
            }
        }
    }

    #[test]
    fn a_payer_is_told_which_order_waits_and_for_how_much() {
        for language in [Language::English, Language::Chinese] {
            let mut subjects = Vec::new();
            for kind in [NoticeKind::OrderToBePaid, NoticeKind::PaymentRequested] {
                let data = MessageData::Order {
                    id: "ntc_1_0".into(),
                    recipient_uin: 10,
                    order_id: "ord_9".into(),
                    account_uin: 20,
                    product_code: "cvm".into(),
                    amount: "80".into(),
                    available: "50".into(),
                };
                let timestamp = "2026-10-31T08:00:00+08:00".into();
                let message = Message { kind: kind.name().into(), timestamp, data };
                let laid = lay_out(&message, Some("Team"), "USD", language).unwrap().unwrap();
                for told in ["Team", "20", "ord_9", "cvm", "80 USD", "50 USD"] {
                    assert!(laid.plain.contains(told), "{told}: {}", laid.plain);
                }
                // What is queued is read again when it is sent.
                let again: Message = serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
                assert_eq!(again, message);
                subjects.push(laid.subject);
            }
            assert_ne!(subjects[0], subjects[1]);
        }
    }

    #[test]
    fn who_is_suspended_by_force_is_not_told_of_arrears() {
        for (language, arrears) in [(Language::English, "below zero"), (Language::Chinese, "低于零")] {
            let mut message = message(NoticeKind::Suspended, None);
            let told = |message: &Message| lay_out(message, None, "USD", language).unwrap().unwrap();
            assert!(told(&message).plain.contains(arrears), "{}", told(&message).plain);
            if let MessageData::Notice { state, .. } = &mut message.data {
                *state = Some("forced".into());
            }
            assert!(!told(&message).plain.contains(arrears), "{}", told(&message).plain);
            assert!(!told(&message).subject.contains("overdue"), "{}", told(&message).subject);
        }
    }

    #[test]
    fn every_kind_has_its_own_words_in_every_language() {
        let mut subjects = Vec::new();
        for language in [Language::English, Language::Chinese] {
            for kind in NoticeKind::ALL {
                let level = kind.name().rsplit('_').next().and_then(|part| part.parse().ok()).or(Some(55));
                let laid = lay_out(&message(kind, level), None, "USD", language).unwrap().unwrap();
                assert!(laid.plain.contains("20") && laid.plain.contains("2026-10-31"), "{}", laid.plain);
                subjects.push(laid.subject);
            }
        }
        let count = subjects.len();
        subjects.sort_unstable();
        subjects.dedup();
        assert_eq!((count, subjects.len()), (16, 16), "{subjects:?}");
    }
}
