//! Web pages of which single strings are known to belong to the article, or not to.
//!
//! Every string is a case: it should be contained in the text if it belongs to the article (`with`), and not be if it
//! does not (`without`). Containment is byte for byte. Strings of all pages count alike (micro-average). Some the
//! extractor has lost or removed already, so that the uncleaned text has figures as well.

use serde::Deserialize;

/// A page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Page {
    /// Identifies it.
    pub id: String,
    /// Its source; may be empty.
    #[serde(default)]
    pub source: String,
    /// What an extractor made of it.
    pub text: String,
    /// Strings of the article.
    pub with: Vec<String>,
    /// Strings of the page around it.
    pub without: Vec<String>,
}

/// Counts of strings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StringTally {
    /// Strings of articles that are there.
    pub kept: usize,
    /// Strings of articles that are gone.
    pub lost: usize,
    /// Strings of pages that are there.
    pub left: usize,
    /// Strings of pages that are gone.
    pub gone: usize,
}

impl StringTally {
    /// Adds a page of which `text` is left.
    pub fn add(&mut self, page: &Page, text: &str) {
        for string in &page.with {
            *if text.contains(string.as_str()) { &mut self.kept } else { &mut self.lost } += 1;
        }
        for string in &page.without {
            *if text.contains(string.as_str()) { &mut self.left } else { &mut self.gone } += 1;
        }
    }

    /// Of the strings that are there, the share that belongs there, 0..1.
    #[must_use]
    pub fn precision(&self) -> f64 {
        self.kept as f64 / (self.kept + self.left).max(1) as f64
    }

    /// Of the strings that belong there, the share that is there, 0..1.
    #[must_use]
    pub fn recall(&self) -> f64 {
        self.kept as f64 / (self.kept + self.lost).max(1) as f64
    }

    /// Harmonic mean of both, 0..1.
    #[must_use]
    pub fn f1(&self) -> f64 {
        2.0 * self.kept as f64 / (2 * self.kept + self.left + self.lost).max(1) as f64
    }
}

/// Before and after cleaning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageFigures {
    /// Pages.
    pub pages: usize,
    /// The text as it came.
    pub before: StringTally,
    /// The cleaned text.
    pub after: StringTally,
}

impl PageFigures {
    /// Adds a page and its cleaned text.
    pub fn add(&mut self, page: &Page, cleaned: &str) {
        self.pages += 1;
        self.before.add(page, &page.text);
        self.after.add(page, cleaned);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_looked_for_before_and_after() {
        let strings = |strings: &[&str]| strings.iter().map(|s| (*s).to_owned()).collect();
        let page = Page {
            text: "The tower fell. Buy now! Share".into(),
            with: strings(&["tower fell", "fell.  Buy", "was old"]),
            without: strings(&["Buy now", "Share", "Home"]),
            ..Page::default()
        };
        let mut figures = PageFigures::default();
        figures.add(&page, "The tower fell. Share");
        assert_eq!(figures.before, StringTally { kept: 1, lost: 2, left: 2, gone: 1 });
        assert_eq!(figures.after, StringTally { kept: 1, lost: 2, left: 1, gone: 2 });
        assert!((figures.before.precision() - 1.0 / 3.0).abs() < 1e-12);
        assert!((figures.after.f1() - 0.4).abs() < 1e-12);
    }
}
