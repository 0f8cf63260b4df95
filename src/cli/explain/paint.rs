//! The article with its spans marked: in colour, or with brackets.

use crate::engine::span::{Kind, Span};
use anstyle::{AnsiColor, Effects, Style};

/// The text with its spans marked.
pub(super) fn marked(text: &str, spans: &[Span], colours: bool) -> String {
    let mut page = String::with_capacity(text.len() + spans.len() * 32);
    let mut at = 0;
    for span in spans {
        // Spans are sorted, disjoint and on character boundaries; a page that is wrong beats a panic all the same.
        page.push_str(&harmless(text.get(at..span.start).unwrap_or_default()));
        let part = harmless(text.get(span.start..span.end).unwrap_or_default());
        page.push_str(&if colours { painted(&part, span) } else { bracketed(&part, span) });
        at = span.end;
    }
    page.push_str(&harmless(text.get(at..).unwrap_or_default()));
    page
}

/// The kind's colour.
pub(super) fn style(kind: Kind) -> Style {
    let colour = match kind {
        Kind::Promotion => AnsiColor::Red,
        Kind::CallToAction => AnsiColor::Magenta,
        Kind::Subscription => AnsiColor::Yellow,
        Kind::Related => AnsiColor::Blue,
        Kind::Disclaimer => AnsiColor::Cyan,
        Kind::Furniture => AnsiColor::BrightBlack,
        Kind::Byline => AnsiColor::Green,
        Kind::Recurring => AnsiColor::BrightMagenta,
    };
    colour.on_default()
}

fn painted(part: &str, span: &Span) -> String {
    let effect = if span.removed { Effects::STRIKETHROUGH } else { Effects::UNDERLINE };
    let style = style(span.kind).effects(effect);
    // Pagers forget colours at line ends.
    let lines: Vec<_> = part.split('\n').map(|line| format!("{style}{line}{style:#}")).collect();
    lines.join("\n")
}

fn bracketed(part: &str, span: &Span) -> String {
    let sign = if span.removed { '-' } else { '+' };
    format!("[{sign}{}: {part}{sign}]", span.kind.name())
}

/// A text from the web may carry escape sequences, which would take over the terminal.
pub(in crate::cli) fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize, end: usize, kind: Kind, removed: bool) -> Span {
        Span { start, end, kind, confidence: 0.9, removed, reasons: vec![], template: None, sightings: None }
    }

    #[test]
    fn brackets_tell_removed_from_kept() {
        let spans = [span(0, 2, Kind::Byline, false), span(3, 6, Kind::CallToAction, true)];
        assert_eq!(marked("By buy now", &spans, false), "[+byline: By+] [-call_to_action: buy-] now");
    }

    #[test]
    fn colours_end_with_the_line() {
        let page = marked("a\nb c", &[span(0, 3, Kind::Promotion, true)], true);
        assert_eq!(page.matches("\u{1b}[0m").count(), 2, "{page:?}");
    }

    #[test]
    fn escape_sequences_are_disarmed() {
        assert_eq!(marked("a\u{1b}[31mb", &[], true), "a\u{fffd}[31mb");
    }
}
