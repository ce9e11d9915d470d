//! `PUT` and `GET /v1/accounts/{uin}/subscriptions`

use super::TAG;
use crate::body::Json;
use crate::call::{Answer, At, Call, shown, uin_in_path};
use crate::wire::names;
use credere_core::book::{Command, notices, parties};
use credere_core::channel::Subscription;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

names! {
    /// Where an account can be told something.
    #[schema(as = Channel)]
    enum ChannelName {
        /// In the message center (`GET /v1/notices`).
        MessageCenter,
        /// By e-mail to the account's address.
        Email,
        /// By the account's webhooks.
        Webhook,
    }
}

/// What an account wants to be told of, and where. A new account has `channel_service` on, with the message center only.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Subscriptions, example = json!({ "channel_service": true, "channels": ["message_center", "email"] }))]
pub(crate) struct SubscriptionBody {
    /// Whether it is warned at the preset levels (R97). Its own level, and that an account is suspended or resumed, it is
    /// told regardless.
    channel_service: bool,
    /// All of them, not only the new ones.
    channels: Vec<ChannelName>,
}

impl From<SubscriptionBody> for Subscription {
    fn from(body: SubscriptionBody) -> Subscription {
        let on = |channel| body.channels.contains(&channel);
        Subscription {
            channel_service: body.channel_service,
            message_center: on(ChannelName::MessageCenter),
            email: on(ChannelName::Email),
            webhook: on(ChannelName::Webhook),
        }
    }
}

impl From<Subscription> for SubscriptionBody {
    fn from(subscription: Subscription) -> SubscriptionBody {
        let channels = [
            (ChannelName::MessageCenter, subscription.message_center),
            (ChannelName::Email, subscription.email),
            (ChannelName::Webhook, subscription.webhook),
        ];
        SubscriptionBody {
            channel_service: subscription.channel_service,
            channels: channels.into_iter().filter_map(|(channel, on)| on.then_some(channel)).collect(),
        }
    }
}

/// Says what an account wants to be told of, and where.
///
/// Counts for what is decided from now on; a notice keeps the channels that it was decided with (R96-R102).
#[utoipa::path(
    put,
    path = "/v1/accounts/{uin}/subscriptions",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number")),
    request_body = SubscriptionBody,
    responses(
        (status = 200, description = "The subscriptions as they are now", body = SubscriptionBody),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn subscribe(At(uin): At<String>, Json { call, value, .. }: Json<SubscriptionBody>) -> Answer {
    let uin = uin_in_path(&uin, parties::Party::Account)?;
    let done = call.decide(None, Command::from(notices::Subscribe { uin, subscription: value.into() }), &[]).await?;
    shown(&SubscriptionBody::from(done.subscription()?))
}

/// Shows what an account wants to be told of, and where.
///
/// A new account: everything, in the message center.
#[utoipa::path(
    get,
    path = "/v1/accounts/{uin}/subscriptions",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number")),
    responses(
        (status = 200, description = "The subscriptions", body = SubscriptionBody),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn show_subscriptions(call: Call, At(uin): At<String>) -> Answer {
    let uin = uin_in_path(&uin, parties::Party::Account)?;
    let view = call.app().account(call.caller, uin).await?;
    shown(&SubscriptionBody::from(view.account.subscription))
}
