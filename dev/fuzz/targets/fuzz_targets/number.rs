//! Fuzzes a JSON body, or a number in it; what must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| credere_fuzz::number(data));
