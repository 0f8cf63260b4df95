//! Compiles the contract. protox is a protobuf compiler in Rust, so nothing but cargo is needed.

use prost::Message as _;
use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(["promosieve/v1/detector.proto", "promosieve/v1/template.proto"], ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("promosieve.bin"), files.encode_to_vec())?;
    tonic_prost_build::configure()
        .extern_path(".google.rpc", "::tonic_types")
        .codec_path("crate::grpc::codec::Codec")
        .compile_fds(files)?;
    Ok(())
}
