//! What a crash, a failing disk and a stop may do to the server: nothing to what was answered, and nothing by halves.
//! The server is the real binary on a real folder, driven over HTTP; it is killed, preloaded with faults, or finds its
//! files damaged or its clock set. Every random choice comes from a seed that is printed; `CRASH_SEED` sets it.

mod acts;
mod calendar;
mod check;
mod damage;
mod faulted;
mod first_start;
mod folders;
mod http;
mod jump;
mod kill;
mod load;
mod metering;
mod model;
mod papers;
mod preload;
mod recovery;
mod reset;
mod sealed;
mod server;
mod stop;
mod strangers;
mod upgrade;
mod values;
mod world;
