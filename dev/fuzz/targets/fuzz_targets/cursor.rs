//! Fuzzes the cursor of a list; what must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| credere_fuzz::cursor(data));
