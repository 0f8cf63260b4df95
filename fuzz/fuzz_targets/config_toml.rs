//! Configuration comes from people: any file and any environment must be read or refused with reasons, never panic.
//! `cargo +nightly fuzz run config_toml`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // The first line is what all variables say. Names of machines would be looked up in the network.
    let (value, file) = text.split_once('\n').unwrap_or(("", text));
    if !text.contains("listen") && !value.contains(':') {
        _ = promosieve::config::fuzz_config(file, value);
    }
});
