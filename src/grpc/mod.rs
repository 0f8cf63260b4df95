//! Wire ↔ domain: requests are checked and converted here, once, and errors become `Status` here, in one place.

pub mod affected;
pub mod document;
pub mod invalid;
pub mod json;
pub mod options;
pub mod response;
pub mod status;

pub use invalid::Invalid;

use crate::{config::Limits, detector::Options, engine::article::Article, proto::v1};

/// Converts document and options of a request, and reports what is wrong with either.
///
/// # Errors
/// With every rule of the contract that the request breaks.
pub fn request(
    document: Option<v1::Document>,
    options: Option<v1::AnalyzeOptions>,
    limits: &Limits,
) -> Result<(Article, Options), Invalid> {
    let mut invalid = Invalid::default();
    let article = invalid.collect(document::article(document, limits));
    let options = invalid.collect(options::options(options));
    match (article, options) {
        (Some(article), Some(options)) => Ok((article, options)),
        _ => Err(invalid),
    }
}
