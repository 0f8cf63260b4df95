//! The wire's options → the domain's.

use super::Invalid;
use crate::{detector::Options, engine::span::Kind, proto::v1};

/// Kinds named at most; there are eight. Each costs time for every span, so a list of millions would cost minutes.
const MAX_KINDS: usize = 64;

/// What a caller wishes, before it is known what it may.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wished {
    /// As the wire has it: whether learning was asked for outright or left open makes a difference to some callers.
    pub learning: v1::Learning,
    /// The rest, with learning as for callers who may.
    pub options: Options,
}

/// Checks options and converts them; absent options are the defaults.
///
/// # Errors
/// With every rule of the contract that they break.
pub fn options(options: Option<v1::AnalyzeOptions>) -> Result<Wished, Invalid> {
    let v1::AnalyzeOptions { learning, keep_kinds, min_confidence, explain } = options.unwrap_or_default();
    let mut invalid = Invalid::default();
    let learning = asked(&mut invalid, learning);
    let learn = learning != v1::Learning::Off;
    let count = keep_kinds.len();
    if count > MAX_KINDS {
        invalid.add("options.keep_kinds", format!("has {count} kinds; at most {MAX_KINDS} are allowed"));
        return Err(invalid);
    }
    let keep_kinds = keep_kinds.into_iter().enumerate().filter_map(|(i, k)| keep(&mut invalid, i, k)).collect();
    // Written so that NaN fails, too.
    if !(0.0..=1.0).contains(&min_confidence) {
        invalid.add("options.min_confidence", format!("{min_confidence} is no number from 0 to 1"));
    }
    let options = Options { learn, keep_kinds, min_confidence, explain, ..Options::default() };
    invalid.unless(Wished { learning, options })
}

fn asked(invalid: &mut Invalid, learning: i32) -> v1::Learning {
    v1::Learning::try_from(learning).unwrap_or_else(|_| {
        let why = format!("there is no Learning {learning}; give LEARNING_ON (1), LEARNING_OFF (2) or nothing");
        invalid.add("options.learning", why);
        v1::Learning::Off
    })
}

fn keep(invalid: &mut Invalid, index: usize, number: i32) -> Option<Kind> {
    let kind = v1::SpanKind::try_from(number).ok().and_then(kind);
    if kind.is_none() {
        let why = format!("there is no SpanKind {number} to keep; give SPAN_KIND_PROMOTION (1) to RECURRING (8)");
        invalid.add(&format!("options.keep_kinds[{index}]"), why);
    }
    kind
}

fn kind(kind: v1::SpanKind) -> Option<Kind> {
    Some(match kind {
        v1::SpanKind::Unspecified => return None,
        v1::SpanKind::Promotion => Kind::Promotion,
        v1::SpanKind::CallToAction => Kind::CallToAction,
        v1::SpanKind::Subscription => Kind::Subscription,
        v1::SpanKind::Related => Kind::Related,
        v1::SpanKind::Disclaimer => Kind::Disclaimer,
        v1::SpanKind::Furniture => Kind::Furniture,
        v1::SpanKind::Byline => Kind::Byline,
        v1::SpanKind::Recurring => Kind::Recurring,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::response::wire_kind;

    #[test]
    fn absent_options_are_the_defaults() {
        assert_eq!(options(None).unwrap(), Wished::default());
        assert_eq!(options(Some(v1::AnalyzeOptions::default())).unwrap(), Wished::default());
        assert_eq!(Wished::default().options, Options::default());
    }

    #[test]
    fn kinds_map_both_ways() {
        for k in Kind::ALL {
            assert_eq!(kind(wire_kind(k)), Some(k));
        }
    }

    #[test]
    fn confidence_is_a_share() {
        for wrong in [f64::NAN, f64::INFINITY, -0.01, 1.01] {
            let given = v1::AnalyzeOptions { min_confidence: wrong, ..Default::default() };
            assert_eq!(options(Some(given)).unwrap_err().violations[0].field, "options.min_confidence");
        }
        for right in [0.0, -0.0, 1.0] {
            options(Some(v1::AnalyzeOptions { min_confidence: right, ..Default::default() })).unwrap();
        }
    }

    #[test]
    fn kinds_are_no_more_than_may_be_meant() {
        let given = |count| v1::AnalyzeOptions { keep_kinds: vec![1; count], ..Default::default() };
        assert_eq!(options(Some(given(MAX_KINDS))).unwrap().options.keep_kinds.len(), MAX_KINDS);
        let refused = options(Some(given(MAX_KINDS + 1))).unwrap_err();
        assert_eq!(refused.violations[0].field, "options.keep_kinds");
    }

    #[test]
    fn unknown_enum_values_are_named() {
        let given = v1::AnalyzeOptions { learning: 9, keep_kinds: vec![1, 0, 99], ..Default::default() };
        let fields: Vec<_> = options(Some(given)).unwrap_err().violations.into_iter().map(|v| v.field).collect();
        assert_eq!(fields, ["options.learning", "options.keep_kinds[1]", "options.keep_kinds[2]"]);
    }
}
