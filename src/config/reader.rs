//! Reads settings one by one and collects every problem instead of stopping at the first.

use serde::Deserialize;
use std::{collections::BTreeSet, fmt::Display, ops::RangeInclusive};

/// A typed view of the merged sources that remembers what was asked for and what was wrong.
pub(super) struct Reader<'a> {
    merged: &'a config::Config,
    known: BTreeSet<&'static str>,
    pub(super) problems: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(merged: &'a config::Config) -> Self {
        Self { merged, known: BTreeSet::new(), problems: Vec::new() }
    }

    /// The setting `key`, or `default` if it is absent or wrong; `right` says what would have been right.
    pub(super) fn get<T: Deserialize<'a>>(&mut self, key: &'static str, right: &str, default: T) -> T {
        self.optional(key, right).unwrap_or(default)
    }

    /// The setting `key`, if it is there and of the right type.
    pub(super) fn optional<T: Deserialize<'a>>(&mut self, key: &'static str, right: &str) -> Option<T> {
        self.known.insert(key);
        match self.merged.get::<T>(key) {
            Ok(value) => Some(value),
            Err(config::ConfigError::NotFound(_)) => None,
            Err(e) => {
                self.problem(key, format!("{e}; expected {right}"));
                None
            }
        }
    }

    /// A number within `range`.
    pub(super) fn number<T>(&mut self, key: &'static str, range: RangeInclusive<T>, default: T) -> T
    where
        T: Deserialize<'a> + PartialOrd + Display + Copy,
    {
        let right = format!("a number from {} to {}", range.start(), range.end());
        let value = self.get(key, &right, default);
        if range.contains(&value) {
            return value;
        }
        self.problem(key, format!("{value} is out of range; expected {right}"));
        default
    }

    /// Records a problem with `key`.
    pub(super) fn problem(&mut self, key: &str, what: impl Display) {
        self.problems.push(format!("{key}: {what}"));
    }

    /// Records keys of `given` that nobody asked for. Call it last.
    pub(super) fn reject_unknown(&mut self, given: impl Iterator<Item = String>) {
        for key in given.filter(|key| !self.known.contains(key.as_str())).collect::<BTreeSet<_>>() {
            let nearest = self
                .known
                .iter()
                .max_by(|a, b| strsim::jaro_winkler(a, &key).total_cmp(&strsim::jaro_winkler(b, &key)));
            let hint = nearest.map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
            self.problem(&key, format!("there is no such setting{hint}"));
        }
    }
}
