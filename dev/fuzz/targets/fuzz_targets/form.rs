//! Fuzzes a form with dotted names; what must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| credere_fuzz::form(data));
