//! Whether an answer is compressed: only if the caller asks for it.
//!
//! Many clients announce gzip with every call without meaning anything by it (all that are built on the C core or on
//! Java do), and compressing costs as much as the analysis. So announcing is not asking: a caller asks by compressing
//! its own message, or by announcing zstd, which no client does of itself.

use http::{HeaderMap, header::HeaderName};

const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const ACCEPTED: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// Takes the announcement away unless the caller asks; tonic compresses for everyone who announces.
pub(super) fn only_if_asked(headers: &mut HeaderMap) {
    if !asks(headers) {
        headers.remove(ACCEPTED);
    }
}

fn asks(headers: &HeaderMap) -> bool {
    let compresses = headers.get(ENCODING).is_some_and(|encoding| encoding != "identity");
    let accepted = headers.get(ACCEPTED).and_then(|value| value.to_str().ok()).unwrap_or_default();
    compresses || accepted.split(',').any(|encoding| encoding.trim() == "zstd")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn announcing_is_not_asking() {
        let cases = [
            (None, "identity, deflate, gzip", false),
            (Some("identity"), "gzip", false),
            (Some("gzip"), "identity, deflate, gzip", true),
            (None, "zstd,identity", true),
            (None, "", false),
        ];
        for (encoding, accepted, expected) in cases {
            let mut headers = HeaderMap::new();
            if let Some(encoding) = encoding {
                headers.insert(ENCODING, HeaderValue::from_static(encoding));
            }
            headers.insert(ACCEPTED, HeaderValue::from_static(accepted));
            assert_eq!(asks(&headers), expected, "{encoding:?} {accepted}");
        }
    }
}
