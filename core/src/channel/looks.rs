//! How many members of collections are looked at: for the tests that hold the work of an operation against the size of
//! what lies about. Whatever judges a single member of a collection says so here, so that whoever walks over all of them is
//! found out. Nothing is counted, and nothing paid for it, outside tests.

/// Notes that a member of a collection is judged.
#[inline]
pub(crate) fn looked_at() {
    #[cfg(test)]
    counted::LOOKS.with(|looks| looks.set(looks.get() + 1));
}

/// What an operation answers, and how many members it looked at.
#[cfg(test)]
pub(crate) fn looks_of<T>(act: impl FnOnce() -> T) -> (T, u64) {
    let looks = || counted::LOOKS.with(std::cell::Cell::get);
    let before = looks();
    let answer = act();
    (answer, looks() - before)
}

#[cfg(test)]
mod counted {
    use std::cell::Cell;

    thread_local! {
        pub(super) static LOOKS: Cell<u64> = const { Cell::new(0) };
    }
}
