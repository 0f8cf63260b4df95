//! `ListAffectedDocuments`: the wire's request → a query, a page → the wire's response, and the token between pages.

use super::{
    Invalid,
    document::{MAX_SOURCE, bound, check_seconds},
    response::template_id,
};
use crate::{
    engine::fingerprint::namespace::Namespace,
    proto::v1,
    store::{Affected, Page, Position, Query},
};
use prost_types::Timestamp;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Bounds of the contract's fields; they are promises to callers and no configuration.
const DEFAULT_PAGE: usize = 100;
const MAX_PAGE: usize = 1000;

/// Hexadecimal digits of a template's id.
const ID_DIGITS: usize = 16;

/// Hexadecimal digits of a token: time, source, document, checksum.
const TOKEN_DIGITS: usize = 8 + 3 * 16;

/// Kind and version of the token, behind its checksum: what another kind of list hands out does not fit here.
const TOKEN_SEED: u64 = 0x6166_6665_6374_0001;

/// Checks a request of someone in `namespace` and converts it.
///
/// # Errors
/// With every rule of the contract that it breaks.
pub fn query(request: &v1::ListAffectedDocumentsRequest, namespace: Namespace) -> Result<Query, Invalid> {
    let v1::ListAffectedDocumentsRequest { template_id, since, source, page_size, page_token } = request;
    let mut invalid = Invalid::default();
    if template_id.is_empty() && since.is_none() {
        invalid.add("template_id", "is missing, and so is `since`; give one of them, or both");
    }
    let template = template(&mut invalid, template_id);
    let since = since.map(|since| check_seconds(&mut invalid, "since", since));
    bound(&mut invalid, "source", source, MAX_SOURCE);
    let source = (!source.is_empty()).then(|| namespace.source_key(source));
    let most = match usize::try_from(*page_size) {
        Ok(0) => DEFAULT_PAGE,
        Ok(size) => size.min(MAX_PAGE),
        Err(_) => {
            invalid.add("page_size", format!("{page_size} is negative; give 1 to {MAX_PAGE}, or 0 for {DEFAULT_PAGE}"));
            DEFAULT_PAGE
        }
    };
    let mut query = Query { template, since, source, namespace: Some(namespace), after: None, most };
    if !page_token.is_empty() {
        query.after = position(page_token, &query);
        if query.after.is_none() {
            let why = "does not belong to this request; give the `next_page_token` of the page before with the same \
                       template_id, since and source, or nothing to begin anew";
            invalid.add("page_token", why);
        }
    }
    invalid.unless(query)
}

/// The answer to `query`.
#[must_use]
pub fn response(page: Page, query: &Query) -> v1::ListAffectedDocumentsResponse {
    v1::ListAffectedDocumentsResponse {
        documents: page.documents.into_iter().map(affected).collect(),
        next_page_token: page.next.map(|next| token(next, query)).unwrap_or_default(),
    }
}

fn affected(document: Affected) -> v1::AffectedDocument {
    let Affected { id, source, seen_at, templates } = document;
    v1::AffectedDocument {
        document_id: id,
        source,
        seen_at: Some(Timestamp { seconds: seen_at, nanos: 0 }),
        template_ids: templates.into_iter().map(template_id).collect(),
    }
}

fn template(invalid: &mut Invalid, id: &str) -> Option<u64> {
    if id.is_empty() {
        return None;
    }
    let template = digits(id, ID_DIGITS).and_then(|id| u64::from_str_radix(id, 16).ok());
    if template.is_none() {
        invalid.add("template_id", "is no id of a template; give the 16 hexadecimal digits of a `Span.template_id`");
    }
    template
}

/// `text`, if it is so many hexadecimal digits. The standard library would allow a sign.
fn digits(text: &str, count: usize) -> Option<&str> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_hexdigit())).then_some(text)
}

fn token(position: Position, query: &Query) -> String {
    let Position { at, source, document } = position;
    format!("{at:08x}{source:016x}{document:016x}{:016x}", checksum(position, query))
}

fn position(token: &str, query: &Query) -> Option<Position> {
    let token = digits(token, TOKEN_DIGITS)?;
    let part = |from: usize, to: usize| u64::from_str_radix(&token[from..to], 16).ok();
    let position = Position { at: u32::try_from(part(0, 8)?).ok()?, source: part(8, 24)?, document: part(24, 40)? };
    (part(40, TOKEN_DIGITS)? == checksum(position, query)).then_some(position)
}

/// Of the position and of all that must not change between pages.
fn checksum(position: Position, query: &Query) -> u64 {
    let Query { template, since, source, namespace, after: _, most: _ } = *query;
    let mut bytes = Vec::with_capacity(64);
    for part in [template, since.map(i64::cast_unsigned), source] {
        bytes.push(u8::from(part.is_some()));
        bytes.extend_from_slice(&part.unwrap_or_default().to_le_bytes());
    }
    for part in [u64::from(position.at), position.source, position.document] {
        bytes.extend_from_slice(&part.to_le_bytes());
    }
    // A token of one namespace is none in another.
    namespace.unwrap_or_default().key(xxh3_64_with_seed(&bytes, TOKEN_SEED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fingerprint::key::source_key;

    fn query(request: &v1::ListAffectedDocumentsRequest) -> Result<Query, Invalid> {
        super::query(request, Namespace::DEFAULT)
    }

    fn request() -> v1::ListAffectedDocumentsRequest {
        v1::ListAffectedDocumentsRequest { template_id: "00000000000000ab".into(), ..Default::default() }
    }

    fn fields(request: &v1::ListAffectedDocumentsRequest) -> Vec<String> {
        query(request).unwrap_err().violations.into_iter().map(|v| v.field).collect()
    }

    #[test]
    fn a_request_becomes_a_query() {
        let since = Some(Timestamp { seconds: 5, nanos: 9 });
        let full = v1::ListAffectedDocumentsRequest { since, source: " A ".into(), page_size: 7, ..request() };
        let expected = Query {
            template: Some(0xab),
            since: Some(5),
            source: Some(source_key("a")),
            namespace: Some(Namespace::DEFAULT),
            after: None,
            most: 7,
        };
        assert_eq!(query(&full).unwrap(), expected);
        assert_eq!(query(&request()).unwrap().most, DEFAULT_PAGE);
        let greedy = v1::ListAffectedDocumentsRequest { page_size: i32::MAX, ..request() };
        assert_eq!(query(&greedy).unwrap().most, MAX_PAGE);
    }

    #[test]
    fn every_broken_rule_is_named() {
        assert_eq!(fields(&v1::ListAffectedDocumentsRequest::default()), ["template_id"]);
        for id in ["1", "+0000000000000ab", "00000000000000äb", "00000000000000abc"] {
            assert_eq!(
                fields(&v1::ListAffectedDocumentsRequest { template_id: id.into(), ..request() }),
                ["template_id"]
            );
        }
        let wrong = v1::ListAffectedDocumentsRequest {
            template_id: "x".into(),
            since: Some(Timestamp { seconds: i64::MAX, nanos: -1 }),
            source: "s".repeat(MAX_SOURCE + 1),
            page_size: -1,
            page_token: "x".into(),
        };
        let expected = ["template_id", "since.seconds", "since.nanos", "source", "page_size", "page_token"];
        assert_eq!(fields(&wrong), expected);
    }

    #[test]
    fn a_token_fits_its_own_request_only() {
        let place = Position { at: 1, source: u64::MAX, document: 3 };
        let page_token = token(place, &query(&request()).unwrap());
        let next = v1::ListAffectedDocumentsRequest { page_token: page_token.clone(), page_size: 3, ..request() };
        assert_eq!(query(&next).unwrap().after, Some(place));
        let since = Some(Timestamp::default());
        for other in [
            v1::ListAffectedDocumentsRequest { template_id: "00000000000000ac".into(), ..next.clone() },
            v1::ListAffectedDocumentsRequest { since, ..next.clone() },
            v1::ListAffectedDocumentsRequest { source: "a".into(), ..next.clone() },
            v1::ListAffectedDocumentsRequest { page_token: page_token.replacen('1', "2", 1), ..next.clone() },
            v1::ListAffectedDocumentsRequest { page_token: page_token[1..].into(), ..next.clone() },
        ] {
            assert_eq!(fields(&other), ["page_token"]);
        }
        let foreign = super::query(&next, Namespace::named("other")).unwrap_err();
        assert_eq!(foreign.violations[0].field, "page_token");
    }
}
