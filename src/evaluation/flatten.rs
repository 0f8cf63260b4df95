//! Documents without their line breaks, as some scrapers deliver them: words run into each other where lines met.

use super::gold::Gold;
use super::rewrite::{each, rewrite};
use crate::engine::text::marks::is_break;

/// `gold` with every line break taken out of the text, nothing in its place, and the annotations moved along; those of
/// line breaks alone become empty and are dropped. Other white space stays. Linear in text and annotations.
#[must_use]
pub fn flatten(gold: &Gold) -> Gold {
    rewrite(gold, &each(&gold.text, |c| is_break(c).then(String::new)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::gold::Mark;
    use proptest::prelude::*;

    fn without_breaks(text: &str) -> String {
        text.chars().filter(|c| !is_break(*c)).collect()
    }

    #[test]
    fn lines_run_into_each_other() {
        let text = "One.\r\n  Größe \nBuy!\u{2028}\n";
        let start = text.find("Buy").unwrap();
        let mark = |start, end| Mark { start, end, kind: "promotion".into() };
        let gold = Gold { text: text.into(), spans: vec![mark(start, text.len()), mark(4, 6)], ..Gold::default() };
        let flat = flatten(&gold);
        assert_eq!(flat.text, "One.  Größe Buy!");
        assert_eq!(flat.spans.len(), 1);
        assert_eq!(&flat.text[flat.spans[0].start..flat.spans[0].end], "Buy!");
    }

    proptest! {
        #[test]
        fn marked_text_is_the_same_less_its_breaks(
            pieces in proptest::collection::vec("[a-zäß€ \\n\\r\u{85}\u{2028}\u{c}]{0,8}", 1..12),
        ) {
            let mut gold = Gold::default();
            for (i, piece) in pieces.iter().enumerate() {
                let start = gold.text.len();
                gold.text.push_str(piece);
                if i % 2 == 1 {
                    gold.spans.push(Mark { start, end: gold.text.len(), kind: "related".into() });
                }
            }
            let flat = flatten(&gold);
            prop_assert_eq!(&flat.text, &without_breaks(&gold.text));
            let marked = |gold: &Gold| gold.spans.iter().map(|s| gold.text[s.start..s.end].to_owned()).collect::<Vec<_>>();
            let expected: Vec<String> =
                marked(&gold).iter().map(|text| without_breaks(text)).filter(|text| !text.is_empty()).collect();
            prop_assert_eq!(marked(&flat), expected);
        }
    }
}
