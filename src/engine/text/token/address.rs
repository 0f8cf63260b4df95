//! Where addresses of pages and of people end.

/// One past the URL that starts at `start`, if one does. Closing punctuation of the sentence is left out.
pub(super) fn url_end(text: &str, start: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[start..];
    let is_url = match bytes[0] {
        b'h' | b'H' => starts_with(bytes, b"http://") || starts_with(bytes, b"https://"),
        b'w' | b'W' => starts_with(bytes, b"www."),
        _ => false,
    };
    if !is_url {
        return None;
    }
    let stops = |c: char| c.is_whitespace() || matches!(c, ')' | ']' | '}' | '>' | '<' | '"' | '”' | '“' | '»' | '«');
    let end = text[start..].char_indices().find(|&(_, c)| stops(c)).map_or(text.len(), |(i, _)| start + i);
    Some(start + text[start..end].trim_end_matches(['.', ',', ';', ':', '!', '?']).len())
}

fn starts_with(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// One past the e-mail address whose `@` stands at `at`, if a host with a dot follows.
pub(super) fn email_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut end = at + 1;
    let mut dots = 0;
    while end < bytes.len() && (bytes[end].is_ascii_alphanumeric() || matches!(bytes[end], b'.' | b'-')) {
        dots += usize::from(bytes[end] == b'.');
        end += 1;
    }
    let host = text[at + 1..end].trim_end_matches(['.', '-']);
    (dots > 0 && host.contains('.')).then(|| at + 1 + host.len())
}
