//! How a source sets its pointers to other articles.
//!
//! Many publishers put the headlines of other articles into their texts, always in the same manner: in brackets at the
//! end of a paragraph, behind an arrow, behind a label. Where such a headline is known as a title, the manner is proven;
//! then it tells of the others as well, whose articles are too old or too new to be known.

use super::keys::{Keys, POINTER_WORDS, TITLE_WORDS};
use super::{Block, Label, Style};
use crate::engine::fingerprint::element::{Elements, exact_value};
use crate::engine::fingerprint::key::{Space, key, mix};
use crate::engine::observation::Pointer;
use crate::engine::text::marks::{is_quotation_mark, is_terminator};
use crate::engine::text::markup::inner;
use crate::engine::text::segment::{Segmentation, Unit};
use crate::engine::text::token::Tokens;

impl Keys {
    /// Gives every unit that is set like a pointer its style, and asks whether what stands behind a label is a title.
    /// Returns which titles would prove which styles.
    pub(super) fn pointers(
        &mut self,
        text: &str,
        tokens: &Tokens,
        parts: &Segmentation,
        elements: &Elements,
        blocks: &mut [Block],
    ) -> Vec<Pointer> {
        let mut pointers = Vec::new();
        for (unit, block) in parts.units.iter().zip(blocks) {
            if !(TITLE_WORDS..=POINTER_WORDS).contains(&tokens.length(unit.first, unit.last)) {
                continue;
            }
            let line_end = parts.lines[unit.line].end;
            let Some(value) = style_value(&text[..line_end], tokens, unit, block.label) else { continue };
            let used = self.local.add(key(Space::Style, self.source, value));
            let proven = self.asked.add(key(Space::ProvenStyle, self.source, value));
            block.style = Some(Style { used, proven });
            block.labelled_title =
                block.label.and_then(|label| self.labelled_title(tokens, elements, (label.end, unit.last)));
            let titles = [block.title, block.labelled_title];
            pointers.extend(titles.into_iter().flatten().map(|title| Pointer { title, style: proven }));
        }
        pointers
    }

    /// Into the asked keys, if the words behind a label can be a title.
    fn labelled_title(&mut self, tokens: &Tokens, elements: &Elements, (first, last): (usize, usize)) -> Option<u32> {
        let value = exact_value(elements, first, last).filter(|_| tokens.length(first, last) >= TITLE_WORDS)?;
        Some(self.asked.add(key(Space::Title, self.source, value)))
    }
}

/// Equal for units that open with the same mark or label, both with a capital or both without, and both at the end of a
/// line or both not. `None` without mark and label: that is how articles are set. Quotation marks are no such mark.
fn style_value(to_line_end: &str, tokens: &Tokens, unit: &Unit, label: Option<Label>) -> Option<u64> {
    let raw = &to_line_end[unit.start..unit.end];
    let first = raw[inner(raw)].chars().next();
    let mark = first.filter(|c| !c.is_alphanumeric() && !is_quotation_mark(*c));
    if mark.is_none() && label.is_none() {
        return None;
    }
    let ends_line = to_line_end[unit.end..].chars().all(is_terminator);
    let capital = tokens.words[unit.first].capital;
    let set = u64::from(mark.map_or(0, u32::from)) << 2 | u64::from(ends_line) << 1 | u64::from(capital);
    Some(mix(set, label.map_or(0, |label| label.value)))
}
