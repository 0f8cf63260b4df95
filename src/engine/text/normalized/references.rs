//! Character references that were never resolved: `&nbsp;`, `&#8217;`, `&amp;quot;` (HTML Living Standard, 13.5).

use super::super::edit::Edit;
use quick_xml::escape::{resolve_html5_entity, unescape_with};

/// Bytes of the longest reference, `&CounterClockwiseContourIntegral;`.
const LONGEST: usize = 33;
/// A reference that was escaped again, `&amp;nbsp;`, and once more; nobody does it oftener by mistake.
const MOST_ESCAPED: usize = 3;

/// What to resolve in `text`. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut from = 0;
    for start in memchr::memchr_iter(b'&', text.as_bytes()) {
        if start < from {
            continue;
        }
        if let Some((end, character)) = reference(text, start) {
            edits.push(Edit { old: start..end, new: character.into() });
            from = end;
        }
    }
    edits
}

/// The reference that starts at the `&` at byte `start`, if one does: where it ends, and what it stands for.
fn reference(text: &str, start: usize) -> Option<(usize, String)> {
    let mut name = start + 1;
    for _ in 1..MOST_ESCAPED {
        let after = name + "amp;".len();
        let escaped = text[name..].starts_with("amp;") && ends(text, after).is_some();
        name = if escaped { after } else { name };
    }
    let end = ends(text, name)?;
    let whole = format!("&{}", &text[name..end]);
    let resolved = unescape_with(&whole, resolve_html5_entity).ok()?;
    // Control characters are none that a text can mean, line breaks and tabs aside.
    let meant = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    (resolved != whole && resolved.chars().all(meant)).then(|| (end, resolved.into_owned()))
}

/// One past the semicolon of the reference whose name starts at byte `name`.
fn ends(text: &str, name: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(name..)?;
    let length = bytes.iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
    (length > 0 && bytes.get(length) == Some(&b';')).then_some(name + length + 1)
}
