//! What is wrong with a request, field by field.

use std::fmt;

/// Violations told at most. They travel in an HTTP/2 header, of which some clients read 8 KiB only; a request of the
/// contract has fewer fields than this, so nothing but repetition is lost.
const MOST: usize = 16;

/// The rules that a request breaks. As an error it holds one violation at least.
#[derive(Debug, Default, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Invalid {
    /// In the order of the fields.
    pub violations: Vec<Violation>,
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field from the request, for example `document.id`.
    pub field: String,
    /// What is wrong, and what would be right.
    pub description: String,
}

impl Invalid {
    /// A single violation.
    #[must_use]
    pub fn one(field: &str, description: impl Into<String>) -> Self {
        Self { violations: vec![Violation { field: field.into(), description: description.into() }] }
    }

    /// Records a violation, unless there are plenty.
    pub fn add(&mut self, field: &str, description: impl Into<String>) {
        if self.violations.len() == MOST {
            return;
        }
        self.violations.push(Violation { field: field.into(), description: description.into() });
    }

    /// Takes over the violations of a part; the part itself if there are none.
    pub fn collect<T>(&mut self, part: Result<T, Self>) -> Option<T> {
        part.map_err(|invalid| self.violations.extend(invalid.violations)).ok()
    }

    /// `value`, unless there are violations.
    ///
    /// # Errors
    /// With the violations recorded so far.
    pub fn unless<T>(self, value: T) -> Result<T, Self> {
        if self.violations.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, Violation { field, description }) in self.violations.iter().enumerate() {
            let gap = if i == 0 { "" } else { "; " };
            write!(f, "{gap}{field}: {description}")?;
        }
        Ok(())
    }
}
