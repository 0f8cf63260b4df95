//! The dateline that opens a report: `NEW YORK (Example News) — `. It names the agency or the paper itself, in brackets,
//! before the first sentence, and says nothing about that sentence.

/// Bytes within which a dateline ends: a place, a date and a name.
const LONGEST: usize = 80;

/// Bytes of the dateline that opens `raw`, its dash and the spaces behind that included; 0 if there is none.
#[must_use]
pub fn dateline(raw: &str) -> usize {
    let Some(close) = memchr::memchr(b')', &raw.as_bytes()[..raw.len().min(LONGEST)]) else { return 0 };
    if !raw[..close].contains('(') {
        return 0;
    }
    let dash = raw[close + 1..].trim_start();
    let sentence = dash.trim_start_matches(['-', '–', '—']);
    if sentence.len() == dash.len() || !sentence.starts_with(char::is_whitespace) {
        return 0;
    }
    raw.len() - sentence.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines_end_behind_their_dash() {
        for (line, behind) in [
            ("(Herald) - The mayor", "The mayor"),
            ("NORDHAFEN, 3 Nov (Küstenpost) – Der", "Der"),
            ("LIMA (EFE).— El", "LIMA (EFE).— El"),
            ("(See also: The mayor)", "(See also: The mayor)"),
            ("The mayor (52) said", "The mayor (52) said"),
            ("(Herald) -- The", "The"),
            ("(a)-b", "(a)-b"),
            ("", ""),
        ] {
            assert_eq!(&line[dateline(line)..], behind, "{line}");
        }
    }
}
