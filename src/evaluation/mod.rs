//! The yardstick: annotated documents against what a cleaner removed, token by token.
//!
//! ```text
//! gold         lines of JSON      → documents with annotated spans, or an error that names line and field
//! tokens       text and spans     → tokens with kind and fate
//! score        tokens             → precision, recall, F1, content loss, damaged documents; by kind, site, confusion
//! reliability  tokens             → promised against observed shares, calibration error
//! figures      answers            → all of these, and the spam score against the marked share
//! misses       tokens             → the longest mistakes of each sort
//! pages        strings            → strings of article and page before and after cleaning
//! flatten      document           → the same without line breaks
//! wrap         text               → the same with its lines wrapped
//! damage       document           → the same as careless software delivers it
//! disguise     document           → the same with its residue spelled to slip past filters
//! share        document           → marked share of its tokens, to correlate with scores
//! render       figures            → tables, JSON
//! table        cells              → text for a terminal, Markdown
//! ```

pub mod damage;
pub mod disguise;
pub mod figures;
pub mod flatten;
pub mod gold;
pub mod misses;
pub mod pages;
pub mod reliability;
pub mod render;
mod rewrite;
pub mod score;
pub mod share;
pub mod table;
pub mod tokens;
pub mod wrap;
