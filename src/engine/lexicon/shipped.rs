//! The rule files, embedded at compile time: the engine reads nothing at run time.

/// Cue files as (name, TOML). A test compares the list with the directory.
pub const FILES: &[(&str, &str)] = &[
    ("cues/account.toml", include_str!("../../../rules/cues/account.toml")),
    ("cues/ad_label.toml", include_str!("../../../rules/cues/ad_label.toml")),
    ("cues/affiliate.toml", include_str!("../../../rules/cues/affiliate.toml")),
    ("cues/agency.toml", include_str!("../../../rules/cues/agency.toml")),
    ("cues/app.toml", include_str!("../../../rules/cues/app.toml")),
    ("cues/audience_question.toml", include_str!("../../../rules/cues/audience_question.toml")),
    ("cues/author_bio.toml", include_str!("../../../rules/cues/author_bio.toml")),
    ("cues/byline.toml", include_str!("../../../rules/cues/byline.toml")),
    ("cues/code.toml", include_str!("../../../rules/cues/code.toml")),
    ("cues/comment.toml", include_str!("../../../rules/cues/comment.toml")),
    ("cues/consent.toml", include_str!("../../../rules/cues/consent.toml")),
    ("cues/contact.toml", include_str!("../../../rules/cues/contact.toml")),
    ("cues/copyright.toml", include_str!("../../../rules/cues/copyright.toml")),
    ("cues/correction.toml", include_str!("../../../rules/cues/correction.toml")),
    ("cues/donate.toml", include_str!("../../../rules/cues/donate.toml")),
    ("cues/download.toml", include_str!("../../../rules/cues/download.toml")),
    ("cues/embed.toml", include_str!("../../../rules/cues/embed.toml")),
    ("cues/event.toml", include_str!("../../../rules/cues/event.toml")),
    ("cues/first_plural.toml", include_str!("../../../rules/cues/first_plural.toml")),
    ("cues/first_published.toml", include_str!("../../../rules/cues/first_published.toml")),
    ("cues/follow.toml", include_str!("../../../rules/cues/follow.toml")),
    ("cues/form.toml", include_str!("../../../rules/cues/form.toml")),
    ("cues/here_now.toml", include_str!("../../../rules/cues/here_now.toml")),
    ("cues/navigation.toml", include_str!("../../../rules/cues/navigation.toml")),
    ("cues/newsletter.toml", include_str!("../../../rules/cues/newsletter.toml")),
    ("cues/no_advice.toml", include_str!("../../../rules/cues/no_advice.toml")),
    ("cues/offer.toml", include_str!("../../../rules/cues/offer.toml")),
    ("cues/order.toml", include_str!("../../../rules/cues/order.toml")),
    ("cues/paywall.toml", include_str!("../../../rules/cues/paywall.toml")),
    ("cues/photo_credit.toml", include_str!("../../../rules/cues/photo_credit.toml")),
    ("cues/player.toml", include_str!("../../../rules/cues/player.toml")),
    ("cues/price.toml", include_str!("../../../rules/cues/price.toml")),
    ("cues/read_also.toml", include_str!("../../../rules/cues/read_also.toml")),
    ("cues/read_on.toml", include_str!("../../../rules/cues/read_on.toml")),
    ("cues/related_label.toml", include_str!("../../../rules/cues/related_label.toml")),
    ("cues/reprint.toml", include_str!("../../../rules/cues/reprint.toml")),
    ("cues/second_person.toml", include_str!("../../../rules/cues/second_person.toml")),
    ("cues/share.toml", include_str!("../../../rules/cues/share.toml")),
    ("cues/subscribe.toml", include_str!("../../../rules/cues/subscribe.toml")),
    ("cues/teaser_question.toml", include_str!("../../../rules/cues/teaser_question.toml")),
    ("cues/terms.toml", include_str!("../../../rules/cues/terms.toml")),
    ("cues/timestamp.toml", include_str!("../../../rules/cues/timestamp.toml")),
    ("cues/tip_line.toml", include_str!("../../../rules/cues/tip_line.toml")),
    ("cues/translation.toml", include_str!("../../../rules/cues/translation.toml")),
    ("cues/urgency.toml", include_str!("../../../rules/cues/urgency.toml")),
    ("cues/views_expressed.toml", include_str!("../../../rules/cues/views_expressed.toml")),
    ("cues/watch.toml", include_str!("../../../rules/cues/watch.toml")),
    ("imperatives.toml", include_str!("../../../rules/imperatives.toml")),
    ("own_publication.toml", include_str!("../../../rules/own_publication.toml")),
];

/// Head words whose bent spellings are looked for.
pub(super) const FUZZY: (&str, &str) = ("fuzzy.toml", include_str!("../../../rules/fuzzy.toml"));
/// See [`super::Dates`].
pub(super) const DATES: &str = include_str!("../../../rules/dates.toml");
/// See [`super::Abbreviations`].
pub(super) const ABBREVIATIONS: &str = include_str!("../../../rules/abbreviations.toml");
/// See [`super::Glued`].
pub(super) const GLUED: &str = include_str!("../../../rules/glued.toml");
/// See [`super::WordList`].
pub(super) const HEADINGS: &str = include_str!("../../../rules/headings.toml");
/// See [`super::WordList`].
pub(super) const REPORTING: &str = include_str!("../../../rules/reporting.toml");

/// The contents of every rule file but those of the clickbait judge: what a version of the rules must cover.
pub fn all_rules() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(_, toml)| *toml).chain([FUZZY.1, ABBREVIATIONS, DATES, GLUED, HEADINGS, REPORTING])
}
