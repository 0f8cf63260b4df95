//! Exports come from elsewhere: any bytes must be read or refused, never panic, and take no more memory than they are.
//! `cargo +nightly fuzz run store_import`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // As they are, and behind a right beginning.
    _ = promosieve::store::fuzz_import(bytes, false);
    _ = promosieve::store::fuzz_import(bytes, true);
});
