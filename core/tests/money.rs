//! Money against arithmetic that has no limits: what is read, shown, multiplied, summed and cut is compared with big
//! integers and with plain text, which know nothing of how the core does it.

use credere_core::money::{Amount, Overflow, ParseDecimalError, Rate, Rounding};
use num_bigint::BigInt;
use proptest::prelude::*;

/// 10^8.
const ONE: i64 = 100_000_000;
/// The largest amount that is accepted from outside, in units.
const INPUT_MAX: i64 = 92_000_000_000 * ONE;

/// Any number of units, the ends of the range and the places around whole and half steps more often than by chance.
fn units() -> impl Strategy<Value = i64> {
    prop_oneof![
        3 => any::<i64>(),
        3 => -1_000..1_000_i64,
        2 => (-1_000_000..1_000_000_i64, -2..=2_i64).prop_map(|(halves, off)| halves * ONE / 2 + off),
        2 => (-3..=3_i64).prop_map(|off| if off < 0 { i64::MAX + off } else { i64::MIN + off }),
        1 => (-3..=3_i64).prop_map(|off| INPUT_MAX + off),
        1 => (-3..=3_i64).prop_map(|off| -INPUT_MAX + off),
    ]
}

fn rates() -> impl Strategy<Value = Rate> {
    let parts = prop_oneof![
        3 => 1..=1_000_000_000_u32,
        2 => (1..=20_u32).prop_map(|n| n * 50_000_000),
        1 => 1..10_u32,
    ];
    parts.prop_map(|parts| Rate::from_units(parts).expect("drawn within the range"))
}

/// The text of a number of units, put together from its digits.
fn text_of(units: i64) -> String {
    let digits = format!("{:0>9}", i128::from(units).unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len() - 8);
    let fraction = fraction.trim_end_matches('0');
    format!("{}{whole}.{fraction:0<2}", if units < 0 { "-" } else { "" })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_shown_is_the_number(units in units()) {
        prop_assert_eq!(Amount::from_units(units).to_string(), text_of(units));
        prop_assert_eq!(format!("{:?}", Amount::from_units(units)), text_of(units));
    }

    #[test]
    fn what_is_shown_reads_back_within_the_range_of_input(units in units()) {
        let read = text_of(units).parse::<Amount>();
        if i128::from(units).abs() <= i128::from(INPUT_MAX) {
            prop_assert_eq!(read, Ok(Amount::from_units(units)));
        } else {
            prop_assert_eq!(read, Err(ParseDecimalError::OutOfRange));
        }
    }

    /// Every plain decimal has one meaning, however many zeros lead or trail.
    #[test]
    fn reading_is_exact(negative in any::<bool>(), whole in "[0-9]{1,13}", fraction in "[0-9]{0,10}") {
        let point = if fraction.is_empty() { "" } else { "." };
        let text = format!("{}{whole}{point}{fraction}", if negative { "-" } else { "" });
        let read = text.parse::<Amount>();
        if fraction.len() > 8 {
            prop_assert_eq!(read, Err(ParseDecimalError::TooPrecise));
            return Ok(());
        }
        let digits: BigInt = format!("{whole}{fraction:0<8}").parse().expect("digits");
        let expected = if negative { -digits } else { digits };
        let bound = BigInt::from(INPUT_MAX);
        if expected > bound || expected < -bound {
            prop_assert_eq!(read, Err(ParseDecimalError::OutOfRange));
        } else {
            prop_assert_eq!(read.map(|amount| BigInt::from(amount.units())), Ok(expected));
        }
    }

    /// What is not an optional minus, digits, and a point with digits behind it is no number.
    #[test]
    fn nothing_else_is_read(text in "[-+0-9. eEx,_]{0,12}|\\PC{0,8}") {
        let body = text.strip_prefix('-').unwrap_or(&text);
        let mut parts = body.split('.');
        let digits = |part: Option<&str>| part.is_none_or(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_digit()));
        let plain = digits(parts.next()) && digits(parts.next()) && parts.next().is_none();
        let malformed = text.parse::<Amount>() == Err(ParseDecimalError::Malformed);
        prop_assert_eq!(malformed, !plain, "{:?}", text);
    }

    /// The product is within half a unit of the exact one, and even where two are equally near.
    #[test]
    fn a_product_is_the_nearest_and_a_tie_goes_to_the_even(units in units(), rate in rates()) {
        let exact = BigInt::from(units) * BigInt::from(rate.units());
        match rate.of(Amount::from_units(units), Rounding::HalfEven) {
            Ok(product) => {
                let twice_off = (exact - BigInt::from(product.units()) * ONE) * 2_i64;
                let twice_off = BigInt::from(twice_off.magnitude().clone());
                prop_assert!(twice_off <= BigInt::from(ONE));
                prop_assert!(twice_off < BigInt::from(ONE) || product.units() % 2 == 0);
            }
            Err(Overflow) => {
                // It would have to round to a number outside: at least half a unit beyond either end.
                let beyond = BigInt::from(i64::MAX) * ONE + ONE / 2;
                let below = BigInt::from(i64::MIN) * ONE - ONE / 2;
                prop_assert!(exact >= beyond || exact < below);
            }
        }
    }

    #[test]
    fn the_list_price_is_the_product_with_one(units in units()) {
        prop_assert_eq!(Rate::ONE.of(Amount::from_units(units), Rounding::HalfEven), Ok(Amount::from_units(units)));
    }

    #[test]
    fn products_keep_the_order_of_amounts(a in units(), b in units(), rate in rates()) {
        let product = |units| rate.of(Amount::from_units(units), Rounding::HalfEven);
        if let (Ok(low), Ok(high)) = (product(a.min(b)), product(a.max(b))) {
            prop_assert!(low <= high);
        }
    }

    /// A downgrade gives back what the purchase took.
    #[test]
    fn a_product_turns_round_with_its_amount(units in units(), rate in rates()) {
        prop_assume!(units != i64::MIN);
        let product = |units| rate.of(Amount::from_units(units), Rounding::HalfEven);
        if let (Ok(taken), Ok(given)) = (product(units), product(-units)) {
            prop_assert_eq!(taken.negated(), Ok(given));
        }
    }

    #[test]
    fn sums_are_exact_or_refused(a in units(), b in units()) {
        let fits = |wide: BigInt| i64::try_from(wide).map(Amount::from_units).map_err(|_| Overflow);
        let (x, y) = (Amount::from_units(a), Amount::from_units(b));
        prop_assert_eq!(x.plus(y), fits(BigInt::from(a) + b));
        prop_assert_eq!(x.minus(y), fits(BigInt::from(a) - b));
        prop_assert_eq!(x.negated(), fits(-BigInt::from(a)));
        prop_assert_eq!(Amount::from_wide(i128::from(a) + i128::from(b)), fits(BigInt::from(a) + b));
    }

    #[test]
    fn cents_are_the_next_ones_below(units in units()) {
        let cent = ONE / 100;
        match Amount::from_units(units).floor_to_cents() {
            Ok(floor) => {
                prop_assert_eq!(floor.units() % cent, 0);
                let cut = i128::from(units) - i128::from(floor.units());
                prop_assert!((0..i128::from(cent)).contains(&cut));
            }
            Err(Overflow) => prop_assert!(i128::from(units) < i128::from(i64::MIN) + i128::from(cent)),
        }
    }

    #[test]
    fn rates_read_back_as_they_are_shown(rate in rates()) {
        prop_assert_eq!(rate.to_string(), text_of(i64::from(rate.units())));
        prop_assert_eq!(rate.to_string().parse::<Rate>(), Ok(rate));
        prop_assert_eq!(Rate::from_units(rate.units()), Some(rate));
    }

    #[test]
    fn a_rate_is_above_zero_and_at_most_ten(parts in prop_oneof![any::<u32>(), 0..3_u32, 999_999_998..1_000_000_003_u32]) {
        let within = (1..=1_000_000_000).contains(&parts);
        prop_assert_eq!(Rate::from_units(parts).map(Rate::units), within.then_some(parts));
        prop_assert_eq!(text_of(i64::from(parts)).parse::<Rate>().is_ok(), within);
        prop_assert!(text_of(-i64::from(parts)).parse::<Rate>().is_err());
    }
}
