//! Documents with their lines wrapped at a width, as mails and plain-text feeds deliver them.

use crate::engine::text::marks::is_break;

/// `text` with a line feed in place of the last space that keeps a line within `width` characters, wherever a line is
/// longer and has one. Spaces at the end of a line do not count. Every byte stays where it is, so that annotations hold.
/// Linear.
#[must_use]
pub fn wrap(text: &str, width: usize) -> String {
    let mut wrapped = text.as_bytes().to_vec();
    // Characters of the line so far, and its last space: where it is, and the characters up to it.
    let (mut column, mut space) = (0, None);
    for (at, c) in text.char_indices() {
        if is_break(c) {
            (column, space) = (0, None);
            continue;
        }
        column += 1;
        if c == ' ' {
            space = Some((at, column));
        } else if column > width
            && let Some((at, before)) = space.take()
        {
            wrapped[at] = b'\n';
            column -= before;
        }
    }
    // One ASCII byte in place of another keeps the text well-formed.
    String::from_utf8(wrapped).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_end_at_the_last_space_that_fits() {
        for (text, wrapped) in [
            ("one two three", "one two\nthree"),
            ("one two\nthree four", "one two\nthree\nfour"),
            ("Größen übers Maß", "Größen\nübers\nMaß"),
            ("incomprehensible one", "incomprehensible\none"),
            ("", ""),
        ] {
            assert_eq!(wrap(text, 8), wrapped);
        }
    }

    proptest! {
        #[test]
        fn only_spaces_become_breaks(text in "[a-zäß€ \n]{0,80}", width in 1_usize..20) {
            let wrapped = wrap(&text, width);
            prop_assert_eq!(wrapped.len(), text.len());
            for (a, b) in text.chars().zip(wrapped.chars()) {
                prop_assert!(a == b || a == ' ' && b == '\n');
            }
            for line in wrapped.split('\n') {
                let words = line.trim_end_matches(' ');
                prop_assert!(words.chars().count() <= width || !words.contains(' '), "{line:?}");
            }
        }
    }
}
