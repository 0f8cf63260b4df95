//! Text as the engine sees it: words ([`token`]), folded for matching ([`fold`]).

pub mod fold;
pub mod segment;
pub mod token;
