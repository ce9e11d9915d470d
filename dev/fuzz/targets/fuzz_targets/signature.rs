//! Fuzzes a request before its sender is known; what must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| credere_fuzz::signature(data));
