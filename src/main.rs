//! The `promosieve` command. Everything is in the library; see [`promosieve::cli`].

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    promosieve::cli::run(std::env::args_os())
}
