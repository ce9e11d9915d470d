//! The currencies that a deployment may keep its book in. A deployment has one, fixed at its first start, so that a
//! misspelt code would stay for ever; which it is changes no figure.

/// The alphabetic codes of ISO 4217, list one, as of 2025: those that are money somewhere. Its codes for metals, funds,
/// units of account, testing and no currency at all are left out, since nobody pays a bill in them.
const CODES: &str = "\
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY \
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS \
    INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP \
    MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR \
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND \
    VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/// Whether this is the code of a currency, as ISO 4217 writes it.
pub fn is_currency(code: &str) -> bool {
    CODES.split(' ').any(|known| known == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_three_capital_letters_each_once_and_in_order() {
        let codes: Vec<&str> = CODES.split(' ').collect();
        assert!(codes.iter().all(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())), "{codes:?}");
        assert!(codes.is_sorted_by(|before, after| before < after), "{codes:?}");
    }

    #[test]
    fn only_a_whole_code_is_one() {
        assert!(is_currency("USD") && is_currency("CNY") && is_currency("XOF"));
        for wrong in ["", "usd", "US", "USDX", "USD EUR", "USD\n", " USD", "XAU", "XTS", "HRK"] {
            assert!(!is_currency(wrong), "{wrong:?}");
        }
    }
}
