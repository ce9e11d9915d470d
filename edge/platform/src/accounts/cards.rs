//! `POST /v1/accounts/{uin}/cards`, `GET` lists them, `DELETE /v1/accounts/{uin}/cards/{card_id}` takes one away

use super::TAG;
use crate::body::{Json, Nothing};
use crate::call::{Answer, At, Call, created, gone, shown, uin_in_path};
use crate::page::{List, Page, PageQuery};
use crate::problem::Problem;
use crate::query::Query;
use crate::wire::{Text, quoted};
use credere_core::book::{Command, Rejection, finance, parties};
use credere_core::channel::{Card, CardId};
use credere_core::ledger::Month;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const LIST: List = List(b'C');

/// A card that an account can be charged by.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCard, example = json!({ "last4": "4242", "expires": "2027-04" }))]
pub(crate) struct NewCardBody {
    /// Its last four digits. The whole number is nobody's to know here.
    #[schema(value_type = String, pattern = "^[0-9]{4}$")]
    last4: Text<4, 4>,
    /// The last month in which it is good.
    #[schema(value_type = crate::described::MonthText)]
    expires: Text<0, 64>,
}

/// A card.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Card, example = json!({ "card_id": "card_42", "last4": "4242", "expires": "2027-04" }))]
pub(crate) struct CardBody {
    card_id: String,
    last4: String,
    /// The last month in which it is good.
    #[schema(value_type = crate::described::MonthText)]
    expires: String,
}

impl CardBody {
    fn new(card: &Card) -> CardBody {
        CardBody { card_id: card.id.to_string(), last4: card.last4.to_string(), expires: card.expires.to_string() }
    }
}

/// Adds a card.
///
/// Nothing is charged by it: that there is one counts when a mid-size or long-tail account that nobody follows leaves
/// whoever paid for it (O69). It counts to the end of its month.
#[utoipa::path(
    post,
    path = "/v1/accounts/{uin}/cards",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number")),
    request_body = NewCardBody,
    responses(
        (status = 201, description = "The card", body = CardBody),
        (status = 404, description = "`account_not_found`"),
        (status = 409, description = "`too_many_cards`: it has 50"),
        (status = 422, description = "`card_expired`: its month is over"),
    )
)]
pub(crate) async fn add_card(At(uin): At<String>, Json { call, value, bytes, .. }: Json<NewCardBody>) -> Answer {
    let (claim, account) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Account)).await?;
    let last4 = value.last4.0.parse();
    let last4 = last4.map_err(|_| Problem::invalid("last4", "these are not the last four digits of a card"));
    let last4 = call.formal(&claim, last4).await?;
    let no_month =
        || Problem::invalid("expires", format!("{} is not a month like `2027-04`", quoted(&value.expires.0)));
    let expires = call.formal(&claim, value.expires.0.parse::<Month>().map_err(|_| no_month())).await?;
    let command = Command::from(finance::AddCard { account, last4, expires });
    let done = call.decide(claim.key, command, &[("card_expired", "expires")]).await?;
    created(&CardBody::new(&done.card()?), done.replayed)
}

/// Lists an account's cards.
///
/// Oldest first, those whose month is over among them.
#[utoipa::path(
    get,
    path = "/v1/accounts/{uin}/cards",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number"), PageQuery),
    responses(
        (status = 200, description = "A page of cards", body = Page<CardBody>),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn list_cards(call: Call, At(uin): At<String>, Query(query): Query<PageQuery>) -> Answer {
    let uin = uin_in_path(&uin, parties::Party::Account)?;
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let cards = call.app().cards(call.caller, uin).await?;
    let from = wanted.from.unwrap_or(0);
    let found = cards.into_iter().filter(|card| card.id.0 > from).take(wanted.limit + 1).collect();
    shown(&LIST.page(wanted, found, |card| card.id.0, |card: Card| CardBody::new(&card)))
}

/// Takes a card away.
///
/// It counts for nothing any more from this moment on.
#[utoipa::path(
    delete,
    path = "/v1/accounts/{uin}/cards/{card_id}",
    tag = TAG,
    params(
        ("uin" = u64, Path, description = "The account's number"),
        ("card_id" = String, Path, description = "The card's id")
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "`account_not_found`, `card_not_found`"),
    )
)]
pub(crate) async fn remove_card(At((uin, card)): At<(String, String)>, Nothing { call, bytes }: Nothing) -> Answer {
    let (claim, account) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Account)).await?;
    let not_found = |_| Problem::refused(&Rejection::Finance(finance::Reason::CardNotFound));
    let card: CardId = call.formal(&claim, card.parse().map_err(not_found)).await?;
    let done = call.decide(claim.key, Command::from(finance::RemoveCard { account, card }), &[]).await?;
    gone(done.replayed)
}
