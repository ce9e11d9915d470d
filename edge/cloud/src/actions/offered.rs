//! How an action's file describes its action, and what every such file needs besides: who calls, and what comes of it.

use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode};
use crate::params::ParamDef;
use crate::registry::Running;
use crate::request::Call;
use crate::versions::Service;
use credere_app::App;
use credere_app::Caller;
use credere_core::access::{Action, Actor, Face};
use std::num::NonZeroU32;
use std::sync::Arc;

/// The actions of one version of a service.
pub(super) struct Room {
    pub(super) service: Service,
    pub(super) version: &'static str,
    pub(super) actions: &'static [Offered],
}

/// One action, as its file describes it.
pub(super) struct Offered {
    /// The published name, or the console's.
    pub(super) name: &'static str,
    /// Calls per second and account, where a figure is published (R148).
    pub(super) per_second: Option<NonZeroU32>,
    /// Its row in the access matrix, which says who may call it and whether it writes.
    pub(super) access: Action,
    /// The definition of its request.
    pub(super) params: &'static [ParamDef],
    /// The codes published for it; the general ones besides are [`EVERY_CALL`](super::EVERY_CALL).
    pub(super) errors: &'static [ErrorCode],
    /// Translates and calls the application.
    pub(super) run: for<'a> fn(&'a Arc<App>, &'a Call) -> Running<'a>,
}

/// Calls per second and account, where a figure is published.
pub(super) const fn published(per_second: Option<u32>) -> Option<NonZeroU32> {
    match per_second {
        Some(figure) => NonZeroU32::new(figure),
        None => None,
    }
}

/// Describes an action, `ACTION`: its published name, calls per second, row in the access matrix (`ACCESS`), request, and
/// the codes published for it (`ERRORS`). The file has a function `run` besides.
macro_rules! offered {
    ($name:literal: $request:ident::PARAMS, $per_second:expr, $access:ident, [$($code:ident),*]) => {
        const ACCESS: credere_core::access::Action = credere_core::access::Action::$access;
        const ERRORS: &[$crate::error::ErrorCode] = &[$($crate::error::ErrorCode::$code),*];

        pub(in crate::actions) const ACTION: $crate::actions::offered::Offered = $crate::actions::offered::Offered {
            name: $name,
            per_second: $crate::actions::offered::published($per_second),
            access: ACCESS,
            params: $request::PARAMS,
            errors: ERRORS,
            run: |app, call| Box::pin(run(app, call)),
        };
    };
}
pub(super) use offered;

/// Who calls, in the application's words.
pub(super) fn caller(call: &Call) -> Caller {
    Caller { request_id: call.request_id, actor: Actor::signed(call.caller, call.secret_id), face: Face::Cloud }
}

/// The result of an action's function.
pub(super) type Answered = Result<Reply, CloudError>;
