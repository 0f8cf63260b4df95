//! Model files come from disk: any bytes must be read or refused, never panic, and what is read is written the same.
//! `cargo +nightly fuzz run model_file`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promosieve::{engine::Engine, learning::model::ModelFile};
use xxhash_rust::xxh3::xxh3_64;

fuzz_target!(|bytes: &[u8]| {
    // As they are, and behind the right magic number and before a right checksum, which a fuzzer would hardly guess.
    let mut framed = b"PSMODEL\x01".to_vec();
    framed.extend_from_slice(bytes);
    let checksum = xxh3_64(&framed);
    framed.extend(checksum.to_le_bytes());
    for bytes in [bytes, framed.as_slice()] {
        if let Ok(file) = ModelFile::parse(bytes) {
            _ = Engine::with_model(&file);
            assert_eq!(file.to_bytes(), bytes);
        }
    }
});
