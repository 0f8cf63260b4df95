//! Text as the engine sees it: words ([`token`]), folded for matching ([`fold`]), parted into lines and
//! units ([`segment`]) after damage to the whole text was undone ([`normalized`]), with what is quoted in them
//! ([`quotes`]); bytes are counted in [`bytes`], and code is told from prose in [`code`].

pub mod bytes;
pub mod code;
pub mod dateline;
pub(crate) mod edit;
pub mod fold;
pub mod marks;
pub(crate) mod markup;
pub mod normalized;
pub mod quotes;
pub mod segment;
pub mod token;
