//! Wire ↔ domain: requests are checked and converted here, once, and errors become `Status` here, in one place.

pub mod affected;
pub mod codec;
pub mod document;
pub mod invalid;
pub mod json;
pub mod options;
pub mod response;
pub mod status;

pub use invalid::Invalid;

use crate::{
    access::{Grant, Role},
    config::Limits,
    detector::Options,
    engine::article::Article,
    proto::v1,
};
use status::Failure;

/// Converts document and options of a request, and reports what is wrong with either.
///
/// # Errors
/// With every rule of the contract that the request breaks.
pub fn request(
    document: Option<v1::Document>,
    options: Option<v1::AnalyzeOptions>,
    limits: &Limits,
) -> Result<(Article, Options), Invalid> {
    let (article, wished) = checked(document, options, limits)?;
    Ok((article, wished.options))
}

/// The same for the holder of a grant.
///
/// # Errors
/// With every rule of the contract that the request breaks, or if the grant does not allow it.
pub fn request_under(
    grant: &Grant,
    document: Option<v1::Document>,
    options: Option<v1::AnalyzeOptions>,
    limits: &Limits,
) -> Result<(Article, Options), Failure> {
    let (article, wished) = checked(document, options, limits)?;
    Ok((article, permitted(wished, grant)?))
}

fn checked(
    document: Option<v1::Document>,
    options: Option<v1::AnalyzeOptions>,
    limits: &Limits,
) -> Result<(Article, options::Wished), Invalid> {
    let mut invalid = Invalid::default();
    let article = invalid.collect(document::article(document, limits));
    let options = invalid.collect(options::options(options));
    match (article, options) {
        (Some(article), Some(options)) => Ok((article, options)),
        _ => Err(invalid),
    }
}

/// What becomes of options under a grant. A key for reading analyses without learning unless learning is asked for
/// outright, which is refused: a caller that means to teach must hear that nothing was learned.
///
/// # Errors
/// If the grant does not allow it.
pub fn permitted(wished: options::Wished, grant: &Grant) -> Result<Options, Failure> {
    let options::Wished { learning, mut options } = wished;
    if grant.role < Role::Write {
        if learning == v1::Learning::On {
            let what = "LEARNING_ON";
            return Err(Failure::Forbidden { what, held: grant.role, needed: Role::Write });
        }
        options.learn = false;
    }
    options.namespace = grant.namespace;
    Ok(options)
}
