//! Generated code of the contract in `proto/promosieve/v1/`, and its descriptors for reflection and JSON.

/// Messages and services of package `promosieve.v1`.
#[allow(clippy::all, clippy::pedantic, missing_docs, reason = "generated code")]
pub mod v1 {
    tonic::include_proto!("promosieve.v1");
}

/// The file descriptor set of the contract and everything that it imports, encoded.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/promosieve.bin"));
