//! File descriptors: each connection needs one, and the system gives a process so many. At the start the limit is raised
//! as far as that is allowed, and where it still does not suffice there are fewer connections than were asked for.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors for everything but connections: the store's files, downloads in the making, and deliveries.
const DESCRIPTORS_KEPT: u64 = 256;

/// Raises the limit of descriptors and tells how many connections there can be, at most as many as are wanted.
pub(super) fn raise(connections: u64) -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, raised)
    {
        tracing::warn!(%error, "the limit of file descriptors cannot be raised");
    }
    let Some(allowed) = getrlimit(Resource::Nofile).current else { return connections };
    let possible = connections.min(possible(allowed));
    if possible < connections {
        tracing::warn!(
            allowed,
            wanted = connections,
            possible,
            "too few file descriptors for `limits.connections`: there are fewer places for connections; raise the limit \
             (`LimitNOFILE` of the service), or lower the setting"
        );
    }
    possible
}

/// How many connections there can be with so many descriptors. With very few, half are for connections.
fn possible(allowed: u64) -> u64 {
    allowed.saturating_sub(DESCRIPTORS_KEPT).max(allowed / 2).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_keeps_its_descriptors() {
        assert_eq!(possible(1_024), 768);
        assert_eq!(possible(300), 150);
        assert_eq!(possible(1), 1);
    }
}
