//! What the text of a setting must be, and the check of it. Everything is checked before anything is opened, so that a
//! wrong value never reaches a data folder, where some would stay for ever.

use credere_app::engine::offset_of;
use credere_app::notices::Schedule;
use credere_core::money::is_currency;
use std::net::IpAddr;
use std::time::Duration;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// What a setting's text must be. Whichever it is, blanks at its ends and control characters are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// The name of a file or folder.
    Path,
    /// `true` or `false`.
    Flag,
    /// A whole number in this range.
    Number(u64, u64),
    /// A span of time in this range, in seconds: a whole number and one of `s`, `m`, `h`, `d`, seconds without.
    Span(u64, u64),
    /// One of these.
    Choice(&'static [&'static str]),
    /// An address to listen on, `HOST:PORT`.
    Address,
    /// The name or the address of a machine.
    Host,
    /// The alphabetic code of a currency in use.
    Currency,
    /// A fixed offset from UTC.
    Zone,
    /// Delays between attempts.
    Schedule,
    /// Types of internal accounts.
    Types,
    /// What is logged.
    LogFilter,
}

impl Kind {
    /// What is wanted, for people.
    pub(super) fn wanted(self) -> String {
        match self {
            Kind::Text => "text".to_owned(),
            Kind::Path => "a file or folder".to_owned(),
            Kind::Flag => "`true` or `false`".to_owned(),
            Kind::Number(least, most) => format!("a whole number from {least} to {most}"),
            Kind::Span(least, most) => format!("a span like `90s`, `15m`, `2h` or `31d`, {}", span_range(least, most)),
            Kind::Choice(choices) => format!("one of {}", choices.join(", ")),
            Kind::Address => "an address like `127.0.0.1:7070`".to_owned(),
            Kind::Host => "the name or the address of a machine".to_owned(),
            Kind::Currency => "the ISO 4217 code of a currency in use, like `USD`".to_owned(),
            Kind::Zone => "`UTC` or a fixed offset like `+08:00`".to_owned(),
            Kind::Schedule => "1 to 32 delays like `5s 30m 2h`".to_owned(),
            Kind::Types => "numbers from 0 to 255 like `4 6 9`".to_owned(),
            Kind::LogFilter => {
                "error, warn, info, debug, trace or off, or a filter like `info,credere_app=debug`".to_owned()
            }
        }
    }

    /// Whether a text that stands for nothing may be given; `optional` where the default is nothing too.
    pub(super) fn fits(self, text: &str, optional: bool) -> bool {
        if text.is_empty() {
            return optional;
        }
        if !clean(text) {
            return false;
        }
        match self {
            Kind::Text | Kind::Path => true,
            Kind::Flag => matches!(text, "true" | "false"),
            Kind::Number(least, most) => number_of(text).is_some_and(|number| (least..=most).contains(&number)),
            Kind::Span(least, most) => span_of(text).is_some_and(|span| (least..=most).contains(&span.as_secs())),
            Kind::Choice(choices) => choices.contains(&text),
            Kind::Address => is_address(text),
            Kind::Host => is_host(text),
            Kind::Currency => is_currency(text),
            Kind::Zone => offset_of(text).is_some(),
            Kind::Schedule => text.parse::<Schedule>().is_ok(),
            Kind::Types => types_of(text).is_some(),
            Kind::LogFilter => log_filter(text).is_some(),
        }
    }
}

/// Whether a text has neither control characters nor blanks, seen or unseen, at its ends.
pub(crate) fn clean(text: &str) -> bool {
    let unseen = |c: char| c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
    !text.chars().any(char::is_control) && !text.starts_with(unseen) && !text.ends_with(unseen)
}

/// Reads a whole number: digits and nothing else.
pub(super) fn number_of(text: &str) -> Option<u64> {
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Reads `4 6 9`.
pub(super) fn types_of(text: &str) -> Option<Vec<u8>> {
    text.split_whitespace().map(|one| number_of(one).and_then(|number| u8::try_from(number).ok())).collect()
}

/// Reads `90s`, `15m`, `2h` or `31d`; a number alone is seconds.
pub(super) fn span_of(text: &str) -> Option<Duration> {
    if let Some(seconds) = number_of(text) {
        return Some(Duration::from_secs(seconds));
    }
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(number_of(number)?.checked_mul(seconds)?))
}

/// A range of spans, each in the largest unit that it is a whole number of.
fn span_range(least: u64, most: u64) -> String {
    let shown = |seconds: u64| {
        let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm')];
        let unit = units.into_iter().find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit));
        let (size, letter) = unit.unwrap_or((1, 's'));
        format!("`{}{letter}`", seconds / size)
    };
    format!("from {} to {}", shown(least), shown(most))
}

/// The filter that a text stands for. A single word must be a level: for the filter itself any other would be the name of
/// a part of the program that there is not, and nothing would be logged. Where no level is given for everything, warnings
/// are logged of whatever is not named.
pub(crate) fn log_filter(text: &str) -> Option<EnvFilter> {
    let words = || text.split(',').map(str::trim);
    let whole = words().collect::<Vec<_>>().join(",");
    let is_level = |word: &str| !word.is_empty() && word.parse::<LevelFilter>().is_ok();
    let is_filter = |word: &str| {
        let leveled = word.rsplit_once('=').is_some_and(|(target, level)| !target.is_empty() && is_level(level));
        leveled || (word.contains('[') && word.ends_with(']'))
    };
    if !words().all(|word| is_level(word) || is_filter(word)) {
        return None;
    }
    let whole = if words().any(is_level) { whole } else { format!("warn,{whole}") };
    EnvFilter::try_new(whole).ok()
}

/// Whether a text says where to listen: a machine's name or address, an IPv6 one in brackets, and a port.
fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let host_fits = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.contains(':') && is_host(host),
    };
    host_fits && number_of(port).is_some_and(|port| u16::try_from(port).is_ok())
}

/// Whether a text can name a machine. Whether there is one is seen when it is called.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        let within = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        !label.is_empty() && label.len() <= 63 && label.chars().all(within) && !label.starts_with('-')
    };
    let name = text.strip_suffix('.').unwrap_or(text);
    text.parse::<IpAddr>().is_ok() || (text.len() <= 253 && name.split('.').all(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(kind: Kind, texts: &[&str]) {
        for text in texts {
            assert!(kind.fits(text, false), "{kind:?}: {text:?}");
        }
    }

    fn unfit(kind: Kind, texts: &[&str]) {
        for text in texts {
            assert!(!kind.fits(text, false), "{kind:?}: {text:?}");
        }
    }

    #[test]
    fn blanks_at_the_ends_and_control_characters_fit_nothing() {
        for text in
            [" x", "x ", "x\n", "\tx", "x\ty", "x\0", "\u{a0}x", "x\u{3000}", "\u{feff}x", "x\u{200b}", "x\u{9b}"]
        {
            assert!(!clean(text), "{text:?}");
        }
        fit(Kind::Text, &["Credere <c@example.test>", "ü", "a b"]);
        fit(Kind::Path, &["/var/lib/my data", "./x"]);
    }

    #[test]
    fn nothing_is_given_only_where_nothing_is_the_default() {
        assert!(Kind::Text.fits("", true));
        assert!(!Kind::Currency.fits("", false));
    }

    #[test]
    fn numbers_are_digits() {
        fit(Kind::Number(0, 9), &["0", "9"]);
        unfit(Kind::Number(0, 9), &["10", "+1", "-1", "1.0", "0x1", "x"]);
    }

    #[test]
    fn spans_have_a_number_and_a_unit_or_are_seconds() {
        assert_eq!(span_of("31d"), Some(Duration::from_secs(31 * 86_400)));
        assert_eq!(span_of("75"), Some(Duration::from_secs(75)));
        fit(Kind::Span(60, 86_400), &["60s", "1m", "1d", "24h"]);
        unfit(Kind::Span(60, 86_400), &["59s", "25h", "1", "m", "1 d", "1w", "-1m", "1é", "99999999999999999999d"]);
        assert_eq!(span_range(60, 86_400 * 365), "from `1m` to `365d`");
    }

    #[test]
    fn a_log_filter_names_levels_that_there_are() {
        fit(Kind::LogFilter, &["info", "WARN", "off", "debug,hyper=off", "credere_app=trace", "warn, credere=info"]);
        unfit(Kind::LogFilter, &["warning", "credere_app", "inf", "info,", "credere_app=loud", "=info]", "info;debug"]);
    }

    #[test]
    fn what_a_filter_does_not_name_is_heard_when_it_warns() {
        assert_eq!(
            log_filter("credere_app=debug").map(|filter| filter.max_level_hint()),
            Some(Some(LevelFilter::DEBUG))
        );
        assert!(log_filter("credere_app=debug").is_some_and(|filter| filter.to_string().contains("warn")));
        assert!(log_filter("error,credere_app=debug").is_some_and(|filter| !filter.to_string().contains("warn")));
    }

    #[test]
    fn addresses_and_hosts() {
        fit(Kind::Address, &["127.0.0.1:7070", "[::1]:0", "localhost:65535", "0.0.0.0:1"]);
        unfit(
            Kind::Address,
            &["127.0.0.1", ":7070", "::1:7070", "[x]:1", "localhost:65536", "localhost:", "http://a:1"],
        );
        fit(Kind::Host, &["mx.example.test", "10.0.0.1", "::1", "mail", "bücher.example", "mx.example.test."]);
        unfit(Kind::Host, &["mx..test", "a b", "-x", "https://mx.test", "mx:25", "."]);
    }

    #[test]
    fn currencies_and_zones_are_what_they_are_called() {
        fit(Kind::Currency, &["USD", "EUR", "CNY", "JPY"]);
        unfit(Kind::Currency, &["usd", "US", "dollars", "ABC", "XTS", "USD\n"]);
        fit(Kind::Zone, &["+08:00", "-03:30", "UTC"]);
        unfit(Kind::Zone, &["Asia/Shanghai", "+8", "08:00", "+08:60", "Z", "+15:00"]);
    }
}
