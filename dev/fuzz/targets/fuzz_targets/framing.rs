//! Fuzzes the framing of requests on a connection; what must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| credere_fuzz::framing(data));
