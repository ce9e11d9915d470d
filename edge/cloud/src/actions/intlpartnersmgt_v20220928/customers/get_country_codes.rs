//! The countries and regions with their codes, for registration forms (R138). The table comes with the program, so the
//! answer is the same for everybody and needs nothing that could be busy.

use crate::actions::offered::{Answered, Offered, published};
use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode};
use crate::published::intlpartnersmgt_v20220928::{CountryCodeItem, GetCountryCodesRequest, GetCountryCodesResponse};
use credere_core::access::Action;
use std::sync::LazyLock;

const ERRORS: &[ErrorCode] = &[ErrorCode::InternalError];

pub(in crate::actions) const ACTION: Offered = Offered {
    name: "GetCountryCodes",
    per_second: published(Some(5)),
    access: Action::ReadCountryCodes,
    params: GetCountryCodesRequest::PARAMS,
    errors: ERRORS,
    run: |_, _| Box::pin(async { run() }),
};

/// Tab-separated, with a heading: English name, Chinese name, the two ISO codes, the dialling code.
const TABLE: &str = include_str!("../../../../data/country-codes.tsv");

/// The answer, made once.
static REPLY: LazyLock<Option<Reply>> = LazyLock::new(|| {
    let data = TABLE.lines().skip(1).map(row).collect::<Option<Vec<_>>>()?;
    Reply::of(&GetCountryCodesResponse { data }).ok()
});

fn run() -> Answered {
    REPLY.clone().ok_or_else(|| CloudError::internal("the table of country codes cannot be read"))
}

fn row(line: &str) -> Option<CountryCodeItem> {
    let mut cells = line.split('\t').map(str::to_owned);
    let (en_name, name, ios2, ios3, code) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    cells.next().is_none().then_some(CountryCodeItem { en_name, name, ios2, ios3, code })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_of_the_table_is_complete_and_each_country_is_there_once() {
        let rows: Vec<_> = TABLE.lines().skip(1).map(|line| row(line).unwrap()).collect();
        assert!(rows.len() > 200);
        for row in &rows {
            assert!(!row.en_name.is_empty() && !row.name.is_empty(), "{row:?}");
            assert!(row.ios2.len() == 2 && row.ios3.len() == 3, "{row:?}");
            assert!(!row.code.is_empty() && row.code.bytes().all(|b| b.is_ascii_digit()), "{row:?}");
        }
        assert_eq!(rows.iter().map(|row| &row.ios2).collect::<BTreeSet<_>>().len(), rows.len());
        assert!(run().is_ok());
    }
}
