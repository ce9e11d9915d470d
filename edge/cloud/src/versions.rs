//! The published services and their versions. What each of them offers is in the registry.

/// A published service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Bills and money of one's own account.
    Billing,
    /// Partner Center: customers, credit, second-level resellers.
    Intlpartnersmgt,
    /// Organizations.
    Organization,
}

impl Service {
    /// Every service.
    pub const ALL: [Service; 3] = [Service::Billing, Service::Intlpartnersmgt, Service::Organization];

    /// The short name that credential scopes and host names carry.
    pub const fn name(self) -> &'static str {
        match self {
            Service::Billing => "billing",
            Service::Intlpartnersmgt => "intlpartnersmgt",
            Service::Organization => "organization",
        }
    }

    /// The service of this short name. Credential scopes may hold anything else: the Node SDK puts the first part of the
    /// endpoint there.
    pub fn named(name: &str) -> Option<Service> {
        Service::ALL.into_iter().find(|service| service.name() == name)
    }
}

/// The published versions. Each belongs to one service, so that a version alone names its service.
pub const VERSIONS: [(Service, &str); 4] = [
    (Service::Billing, "2018-07-09"),
    (Service::Organization, "2018-12-25"),
    (Service::Organization, "2021-03-31"),
    (Service::Intlpartnersmgt, "2022-09-28"),
];
