//! The longest mistakes of each sort: what to look at next.

use super::gold::{Gold, LEFT_OUT};
use super::tokens::{Judged, Removed, judge};

/// A run of tokens with the same mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// `lost content`, or `missed ` and the kind.
    pub sort: String,
    /// Its first byte in the document.
    pub start: usize,
    /// Length in tokens.
    pub tokens: usize,
    /// Source of the document.
    pub site: String,
    /// Its id.
    pub id: String,
    /// The tokens, parted by single spaces.
    pub text: String,
}

/// The mistakes in one document, in order.
#[must_use]
pub fn misses(gold: &Gold, removed: &[Removed]) -> Vec<Miss> {
    let tokens = judge(gold, removed);
    let same = |a: &Judged<'_>, b: &Judged<'_>| sort(a) == sort(b);
    let runs = tokens.chunk_by(same);
    runs.filter_map(|run| {
        let words: Vec<&str> = run.iter().map(|token| &gold.text[token.range.clone()]).collect();
        Some(Miss {
            sort: sort(&run[0])?.name(),
            start: run[0].range.start,
            tokens: run.len(),
            site: gold.site.clone(),
            id: gold.id.clone(),
            text: words.join(" "),
        })
    })
    .collect()
}

/// The `most` longest mistakes of every sort: sorts by name, then the longest first, equal ones by site, id and text.
#[must_use]
pub fn longest(mut all: Vec<Miss>, most: usize) -> Vec<Miss> {
    all.sort_by(|a, b| {
        a.sort
            .cmp(&b.sort)
            .then(b.tokens.cmp(&a.tokens))
            .then_with(|| (&a.site, &a.id, &a.text).cmp(&(&b.site, &b.id, &b.text)))
    });
    all.chunk_by(|a, b| a.sort == b.sort).flat_map(|sort| sort.iter().take(most).cloned()).collect()
}

#[derive(PartialEq, Eq)]
enum Sort<'a> {
    Lost,
    Missed(&'a str),
}

impl Sort<'_> {
    fn name(&self) -> String {
        match self {
            Self::Lost => "lost content".to_owned(),
            Self::Missed(kind) => format!("missed {kind}"),
        }
    }
}

fn sort<'a>(token: &Judged<'a>) -> Option<Sort<'a>> {
    match (token.kind, token.removed) {
        (Some(kind), None) if !LEFT_OUT.contains(&kind) => Some(Sort::Missed(kind)),
        (None, Some(_)) => Some(Sort::Lost),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::gold::Mark;
    use super::*;

    #[test]
    fn runs_are_found_and_the_longest_kept() {
        let gold = Gold {
            text: "Buy now today. The tower fell. Buy it.".into(),
            spans: vec![
                Mark { start: 0, end: 14, kind: "promotion".into() },
                Mark { start: 31, end: 38, kind: "promotion".into() },
            ],
            ..Gold::default()
        };
        let removed = [Removed { start: 15, end: 24, kind: "promotion".into() }];
        let found = misses(&gold, &removed);
        let shown: Vec<(&str, &str)> = found.iter().map(|miss| (miss.sort.as_str(), miss.text.as_str())).collect();
        assert_eq!(
            shown,
            [("missed promotion", "Buy now today."), ("lost content", "The tower"), ("missed promotion", "Buy it.")]
        );
        assert_eq!(found.iter().map(|miss| miss.start).collect::<Vec<_>>(), [0, 15, 31]);
        let kept = longest(found, 1);
        assert_eq!(kept.iter().map(|miss| miss.tokens).collect::<Vec<_>>(), [2, 3]);
    }
}
