//! The yardstick: annotated documents against what a cleaner removed, token by token.
//!
//! ```text
//! gold     lines of JSON      → documents with annotated spans, or an error that names line and field
//! tokens   text and spans     → tokens with kind and fate
//! score    tokens             → precision, recall, F1, content loss, damaged documents; by kind, site, confusion
//! misses   tokens             → the longest mistakes of each sort
//! flatten  document           → the same without line breaks
//! share    document           → marked share of its tokens, to correlate with scores
//! render   scores             → table for a terminal, Markdown, JSON
//! ```

pub mod flatten;
pub mod gold;
pub mod misses;
pub mod render;
pub mod score;
pub mod share;
pub mod tokens;
