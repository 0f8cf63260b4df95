//! The `promosieve` command. Everything is in the library; see [`promosieve::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    promosieve::cli::run(std::env::args_os())
}
