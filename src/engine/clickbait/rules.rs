//! Phrases of clickbait in the languages for which there is no learned model; the format is told in
//! `rules/clickbait.toml`.

use super::items::{Headline, Sort, mark_hash};
use crate::engine::text::token::tokenize;
use xxhash_rust::xxh3::xxh3_64;

/// A rule as it is written.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    code: String,
    languages: Vec<String>,
    pattern: String,
    weight: f64,
    description: String,
    example: String,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Written>,
}

/// A compiled rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Stable name.
    pub code: String,
    /// What the phrase does to the reader.
    pub description: String,
    /// A headline that matches.
    pub example: String,
    /// What it adds to the log-odds.
    pub weight: f64,
    languages: Vec<String>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone)]
enum Step {
    /// One of these words, marks or edges, by hash.
    One(Vec<u64>),
    /// Up to [`GAP`] words or marks, whatever they are.
    Gap,
}

/// Why a rule file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Not the format.
    #[error("no rule file: {0}")]
    Format(String),
    /// A pattern that would match nothing or everything.
    #[error("rule {0}: the pattern needs a word or mark at both ends")]
    Pattern(String),
    /// A weight beyond what evidence of one phrase can be worth.
    #[error("rule {0}: the weight must lie between -6 and 6")]
    Weight(String),
}

/// A name with its titles or two adverbs fit into a gap; a clause does not.
const GAP: usize = 4;

/// Edges of the headline in the row that patterns are matched against.
const START: u64 = 1;
const END: u64 = 2;

/// Compiled rules.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    rules: Vec<Rule>,
}

impl Rules {
    /// Compiles a rule file.
    ///
    /// # Errors
    /// If it is not valid.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let file: File = toml::from_str(text).map_err(|e| RuleError::Format(e.to_string()))?;
        Ok(Self { rules: file.rule.into_iter().map(compile).collect::<Result<_, _>>()? })
    }

    /// The rules in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Rule] {
        &self.rules
    }

    /// The rules for `language` that match `headline`. Cost: rules × words; headlines are short.
    pub(super) fn hits<'a>(&'a self, headline: &Headline, language: &str) -> impl Iterator<Item = &'a Rule> {
        let row = row(headline);
        let fits = move |rule: &&Rule| rule.languages.is_empty() || rule.languages.iter().any(|own| own == language);
        self.rules.iter().filter(fits).filter(move |rule| (0..row.len()).any(|at| matches(&rule.steps, &row[at..])))
    }
}

fn compile(written: Written) -> Result<Rule, RuleError> {
    if !(-6.0..=6.0).contains(&written.weight) {
        return Err(RuleError::Weight(written.code));
    }
    let steps: Vec<Step> = written.pattern.split_whitespace().map(step).collect();
    if !matches!(steps.first(), Some(Step::One(_))) || !matches!(steps.last(), Some(Step::One(_))) {
        return Err(RuleError::Pattern(written.code));
    }
    Ok(Rule {
        code: written.code,
        description: written.description,
        example: written.example,
        weight: written.weight,
        languages: written.languages,
        steps,
    })
}

fn step(word: &str) -> Step {
    if word == "*" { Step::Gap } else { Step::One(word.split('|').map(place).collect()) }
}

fn place(word: &str) -> u64 {
    match word {
        "^" => START,
        "$" => END,
        "#" => xxh3_64(b"#"),
        "?" | "!" | ":" | "…" => word.chars().next().map_or(0, mark_hash),
        // Folded as headlines are.
        _ => tokenize(word).words.first().map_or(0, |token| token.hash),
    }
}

fn row(headline: &Headline) -> Vec<u64> {
    let told = headline.items.iter().filter(|item| match item.sort {
        Sort::Mark(c) => matches!(c, '?' | '!' | ':' | '…'),
        _ => true,
    });
    [START].into_iter().chain(told.map(|item| item.hash)).chain([END]).collect()
}

/// Whether `steps` match at the beginning of `row`. A pattern has two gaps at most in practice: [`GAP`]² attempts.
fn matches(steps: &[Step], row: &[u64]) -> bool {
    match steps.split_first() {
        None => true,
        Some((Step::One(places), rest)) => {
            row.split_first().is_some_and(|(first, row)| places.contains(first) && matches(rest, row))
        }
        Some((Step::Gap, rest)) => (0..=GAP.min(row.len())).any(|skip| matches(rest, &row[skip..])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(pattern: &str) -> Rules {
        let rule = format!(
            "[[rule]]\ncode='x'\nlanguages=['de']\npattern='{pattern}'\nweight=1.0\ndescription=''\nexample=''\n"
        );
        Rules::parse(&rule).unwrap()
    }

    #[test]
    fn patterns_match_words_gaps_marks_and_edges() {
        for (pattern, title, expected) in [
            ("das steckt", "Das steckt dahinter", true),
            ("^ steckt", "Das steckt dahinter", false),
            ("das * dahinter", "„Das“ steckt also dahinter", true),
            ("das * dahinter", "Das eins zwei drei vier fünf dahinter", false),
            ("# gründe|dinge", "Die 12 GRÜNDE dafür", true),
            ("? $", "Warum nur?", true),
            ("? $", "Warum nur? Darum", false),
            ("^|: so", "Rätsel: So geht es", true),
        ] {
            let found = rules(pattern).hits(&Headline::read(title), "de").count() == 1;
            assert_eq!(found, expected, "{pattern} in {title}");
        }
        assert_eq!(rules("das").hits(&Headline::read("das"), "fr").count(), 0);
    }

    #[test]
    fn nonsense_is_refused() {
        let rule = |pattern: &str, weight: &str| {
            format!(
                "[[rule]]\ncode='x'\nlanguages=[]\npattern='{pattern}'\nweight={weight}\ndescription=''\nexample=''\n"
            )
        };
        assert!(matches!(Rules::parse("rule = 3"), Err(RuleError::Format(_))));
        assert_eq!(Rules::parse(&rule("", "1.0")).unwrap_err(), RuleError::Pattern("x".into()));
        assert_eq!(Rules::parse(&rule("* a", "1.0")).unwrap_err(), RuleError::Pattern("x".into()));
        assert_eq!(Rules::parse(&rule("a", "nan")).unwrap_err(), RuleError::Weight("x".into()));
    }
}
