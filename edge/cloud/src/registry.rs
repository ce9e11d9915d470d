//! Which actions there are, by service and version. Each action is one entry: its name, its limit, whether it writes, the
//! published definition of its request and the function that runs it. The function gets a context of the server's choosing,
//! so that this room does not know the application.

use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode, quoted};
use crate::params::ParamDef;
use crate::published::catalogue::SERVICES;
use crate::request::Call;
use crate::versions::{Service, VERSIONS};
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::num::NonZeroU32;
use std::pin::Pin;
use thiserror::Error;

/// What an action's function gives back.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<Reply, CloudError>> + Send + 'a>>;

/// One action of one version.
pub struct Action<C> {
    /// The published name.
    pub name: &'static str,
    /// The service it belongs to.
    pub service: Service,
    /// The version it belongs to.
    pub version: &'static str,
    /// Whether it changes anything; a writing request is accepted once only.
    pub writes: bool,
    /// Calls per second and account; [`DEFAULT_PER_SECOND`](crate::limit::DEFAULT_PER_SECOND) where none is published.
    pub per_second: NonZeroU32,
    /// The definition of its request.
    pub params: &'static [ParamDef],
    /// Runs it; role, existence and the rules are its business.
    pub run: for<'a> fn(&'a C, &'a Call) -> Running<'a>,
}

impl<C> fmt::Debug for Action<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.service.name(), self.version, self.name)
    }
}

/// An action cannot be registered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegistryError {
    /// Two entries have the same version and name.
    #[error("action `{0}` of version {1} is registered twice")]
    Twice(&'static str, &'static str),
    /// The version is not one of the service's.
    #[error("action `{0}` is registered for a version that its service does not have: {1}")]
    NoSuchVersion(&'static str, &'static str),
}

/// All actions of the server.
#[derive(Debug)]
pub struct Registry<C> {
    /// By version, then by name.
    actions: BTreeMap<&'static str, BTreeMap<&'static str, Action<C>>>,
}

impl<C> Registry<C> {
    /// The registry of these actions.
    ///
    /// # Errors
    /// When two have the same version and name, or a version is not one of the service's.
    pub fn new(actions: impl IntoIterator<Item = Action<C>>) -> Result<Registry<C>, RegistryError> {
        let mut known: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for action in actions {
            let (name, version) = (action.name, action.version);
            if !VERSIONS.contains(&(action.service, version)) {
                return Err(RegistryError::NoSuchVersion(name, version));
            }
            if known.entry(version).or_default().insert(name, action).is_some() {
                return Err(RegistryError::Twice(name, version));
            }
        }
        Ok(Registry { actions: known })
    }

    /// Every action, by version and name.
    pub fn iter(&self) -> impl Iterator<Item = &Action<C>> {
        self.actions.values().flat_map(BTreeMap::values)
    }

    /// The action that a request names. `scope` is the service of its credential scope, if that is one of ours.
    ///
    /// # Errors
    /// `NoSuchVersion` when the version is not known, or not one of the scope's service; `InvalidAction`.
    pub fn find(&self, scope: Option<Service>, version: &str, action: &str) -> Result<&Action<C>, CloudError> {
        let known = VERSIONS.iter().find(|(service, known)| *known == version && scope.is_none_or(|s| s == *service));
        let Some(&(service, version)) = known else {
            let message = match scope {
                Some(service) => format!("the service `{}` has no version {}", service.name(), quoted(version)),
                None => format!("no service has the version {}", quoted(version)),
            };
            return Err(CloudError::new(ErrorCode::NoSuchVersion, message));
        };
        self.actions.get(version).and_then(|actions| actions.get(action)).ok_or_else(|| {
            let message = if is_published(service, version, action) {
                format!("the action {} is published, but this server does not offer it yet", quoted(action))
            } else {
                format!("`{}` version {version} has no action {}", service.name(), quoted(action))
            };
            CloudError::new(ErrorCode::InvalidAction, message)
        })
    }
}

fn is_published(service: Service, version: &str, action: &str) -> bool {
    let mut published = SERVICES.iter().filter(|known| known.name == service.name() && known.version == version);
    published.any(|known| known.has(action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::DEFAULT_PER_SECOND;

    fn action(service: Service, version: &'static str, name: &'static str) -> Action<()> {
        let run = |_: &(), _: &Call| -> Running<'_> { Box::pin(async { Ok(Reply::empty()) }) };
        Action { name, service, version, writes: false, per_second: DEFAULT_PER_SECOND, params: &[], run }
    }

    fn registry() -> Registry<()> {
        Registry::new([
            action(Service::Intlpartnersmgt, "2022-09-28", "QueryPartnerCredit"),
            action(Service::Organization, "2021-03-31", "DescribeOrganization"),
            action(Service::Organization, "2018-12-25", "DescribeOrganization"),
        ])
        .unwrap()
    }

    fn find(scope: Option<Service>, version: &str, name: &str) -> Result<String, ErrorCode> {
        registry().find(scope, version, name).map(|found| format!("{found:?}")).map_err(|e| e.code())
    }

    #[test]
    fn the_service_comes_from_the_scope_or_else_from_the_version() {
        let partner = Ok("intlpartnersmgt 2022-09-28 QueryPartnerCredit".to_owned());
        assert_eq!(find(Some(Service::Intlpartnersmgt), "2022-09-28", "QueryPartnerCredit"), partner);
        assert_eq!(find(Service::named("127"), "2022-09-28", "QueryPartnerCredit"), partner);
        assert_eq!(find(Service::named("localhost:7070"), "2022-09-28", "QueryPartnerCredit"), partner);
        let old = Ok("organization 2018-12-25 DescribeOrganization".to_owned());
        assert_eq!(find(None, "2018-12-25", "DescribeOrganization"), old);
    }

    #[test]
    fn versions_and_actions_that_are_not_there() {
        for (scope, version) in [
            (None, "2017-01-01"),
            (None, ""),
            (Some(Service::Billing), "2022-09-28"),
            (Some(Service::Organization), "2018-07-09"),
        ] {
            assert_eq!(find(scope, version, "QueryPartnerCredit"), Err(ErrorCode::NoSuchVersion), "{version}");
        }
        for name in ["", "queryPartnerCredit", "QueryPartnerCredi", "QueryPartnerCredit ", "DescribeOrganization"] {
            assert_eq!(find(None, "2022-09-28", name), Err(ErrorCode::InvalidAction), "{name}");
        }
        assert_eq!(find(None, "2018-07-09", "DescribeOrganization"), Err(ErrorCode::InvalidAction));
    }

    #[test]
    fn what_is_published_and_not_offered_is_told_from_what_does_not_exist() {
        let message = |name| registry().find(None, "2022-09-28", name).unwrap_err().message().to_owned();
        assert!(message("ForceQN").contains("does not offer it yet"));
        assert!(message("DescribeOrganization").contains("has no action"));
        for (service, version) in VERSIONS {
            assert!(SERVICES.iter().any(|known| known.name == service.name() && known.version == version));
        }
    }

    #[test]
    fn entries_that_contradict_are_refused() {
        let twice = action(Service::Billing, "2018-07-09", "A");
        let again = action(Service::Billing, "2018-07-09", "A");
        assert_eq!(Registry::new([twice, again]).unwrap_err(), RegistryError::Twice("A", "2018-07-09"));
        let foreign = action(Service::Billing, "2022-09-28", "A");
        assert_eq!(Registry::new([foreign]).unwrap_err(), RegistryError::NoSuchVersion("A", "2022-09-28"));
    }
}
