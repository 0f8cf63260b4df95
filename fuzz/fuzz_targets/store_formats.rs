//! Journal rows and checkpoints come from a file: any bytes must be read or refused, never panic.
//! `cargo +nightly fuzz run store_formats`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // As they are, and behind a right length and checksum, which a fuzzer would hardly guess.
    _ = promosieve::store::fuzz_formats(bytes, false);
    _ = promosieve::store::fuzz_formats(bytes, true);
});
