//! Money that moves within an organization: one admin that has handed something to each of as many members.

use super::grown::{Grown, uin};
use super::members::{enterprise, join_with, organization};
use super::shape::{Shape, platform};
use anyhow::Context as _;
use credere_core::book::{members, transfers};
use credere_core::channel::Uin;
use credere_core::money::Amount;
use credere_core::organization::{Feature, Permission, Permissions, QuotasChange};

/// The members that pay for themselves, in a block of their own.
const FUNDED: u64 = 9 << 32;

fn hand(grown: &Grown, member: Uin) -> anyhow::Result<transfers::TransferFunds> {
    let amount = Amount::from_units(1);
    Ok(transfers::TransferFunds { organization: organization(grown)?, member, amount })
}

pub(super) fn grow(grown: &mut Grown) -> anyhow::Result<()> {
    let (organization, quotas) = (organization(grown)?, QuotasChange::default());
    let features = Some(vec![Feature::FundAllocation]);
    grown.obey(members::ChangeOrganization { organization, features, quotas, member_deletion: None })?;
    let funded: Permissions = Permissions::ALWAYS.into_iter().chain([Permission::AllocateFunds]).collect();
    for place in 0..grown.size {
        grown.obey(enterprise(FUNDED + place))?;
        join_with(grown, uin(FUNDED + place), funded)?;
        let hand = hand(grown, uin(FUNDED + place))?;
        grown.obey(hand)?;
    }
    Ok(())
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("transfer funds to one of many members", |grown, round| platform(hand(grown, uin(FUNDED + round))?)),
        Shape::of("return a transfer", |grown, round| {
            let round = usize::try_from(round)?;
            let organization = organization(grown)?;
            let newest = grown.book.transfers_of(organization).nth_back(round).context("nothing was handed over")?.id;
            let amount = Amount::from_units(1);
            platform(transfers::ReturnTransfer { organization, transfer: newest, amount })
        }),
    ]
}
