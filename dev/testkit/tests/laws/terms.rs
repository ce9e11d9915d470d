//! The freezing terms of products that draws make.

use credere_core::channel::{FreezeChange, FreezeModel, FreezeTerms};
use credere_core::money::{Amount, Factor};

/// A part of these terms: any of the seven, and all.
pub(crate) fn freeze_change(which: u8) -> FreezeChange {
    let whole = FreezeChange::from(freeze(which));
    FreezeChange {
        model: whole.model.filter(|_| which & 0x10 == 0),
        coefficient: whole.coefficient.filter(|_| which & 0x20 == 0),
        amount: whole.amount.filter(|_| which & 0x40 == 0),
    }
}

pub(crate) fn freeze(which: u8) -> FreezeTerms {
    let model = FreezeModel::ALL[usize::from(which) % 5];
    // Once in a while a fee below zero, which no product has.
    let amount = Amount::from_units(if which == 255 { -1 } else { i64::from(which) * 12_345_678 });
    let coefficient = Factor::from_units(u64::from(which % 16) * 12_500_000).expect("in range");
    FreezeTerms { model, coefficient, amount }
}
