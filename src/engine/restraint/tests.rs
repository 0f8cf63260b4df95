//! The guards on invented texts, each with what it keeps and what it lets go.

use super::*;
use crate::engine::Engine;
use crate::engine::article::Article;
use crate::engine::features::measure;
use crate::engine::observation::Seen;

/// What `ask` says of an article that nothing is known of.
fn of<T>(article: &Article, ask: impl Fn(&Measured<'_, '_>) -> T) -> T {
    let engine = Engine::shipped();
    let (reading, seen) = (engine.read(article), Seen::default());
    ask(&measure(&reading, &seen, &reading.sums, &engine.text, engine.lexicon))
}

/// An article of the Portcourier.
fn courier(text: String) -> Article {
    Article { source: "portcourier.example".into(), text, ..Article::default() }
}

/// What a ruling of `probability` that would remove `unit` becomes.
fn restrained(title: &str, text: &str, unit: usize, probability: f32) -> Ruling {
    let article = Article { title: title.into(), text: text.into(), ..Article::default() };
    let ruling = Ruling { probability, beyond_cut: true };
    of(&article, |measured| if guard(ruling, measured, unit).is_some() { held_back(ruling) } else { ruling })
}

fn first_line(title: &str, text: &str) -> Ruling {
    restrained(title, text, 0, 0.97)
}

#[test]
fn what_the_end_of_the_text_cuts_off_stays() {
    let prose = "Heavy rain closed the coast road on Monday. Crews cleared it within a day.";
    let goes = |last: &str| restrained("A title", &format!("{prose}\n{last}"), 2, 0.8).beyond_cut;
    for broken in ["The mayor said that the", "Officials from the port,", "Engineers found cracks in th"] {
        assert!(!goes(broken), "{broken}");
    }
    for whole in ["Ten beaches worth a visit", "Subscribe to our newsletter and get the", "Weather"] {
        assert!(goes(whole), "{whole}");
    }
    let inside = |rest: &str| restrained("A title", &format!("Rain\n{prose} {rest}"), 3, 0.95).beyond_cut;
    assert!(!inside("Officials from Harrow Bri"));
    assert!(inside("Officials from Harrow Bridge were there!"), "nothing is cut off");
}

#[test]
fn a_sentence_in_the_midst_of_a_disclaimer_goes_with_it() {
    let (before, middle, after) = (
        "This article does not constitute investment advice.",
        "Prices named here were taken on the day of writing.",
        "All opinions expressed are those of the author alone.",
    );
    let goes = |text: &str, unit| restrained("A title", text, unit, 0.8).beyond_cut;
    assert!(goes(&format!("{before} {middle} {after}"), 1));
    assert!(!goes(&format!("{before} {middle}"), 1), "one neighbour may be an accident");
    assert!(!goes(&format!("{before}\n{middle}\n{after}"), 1), "lines are no paragraph");
}

#[test]
fn a_sentence_that_does_nothing_but_tell_goes_amid_a_disclaimer_only() {
    let prose =
        "The prices of the shares in the harbour company were noted on the evening of the day before the council met.";
    let (before, after) = (
        "This article does not constitute investment advice.",
        "All opinions expressed are those of the author alone.",
    );
    let goes = |text: &str| restrained("A title", text, 1, 0.97).beyond_cut;
    assert!(goes(&format!("{before} {prose} {after}")));
    assert!(!goes(&format!("{before} {prose}")), "one neighbour may be an accident");
    assert!(!goes(&format!("{before}\n{prose}\n{after}")), "lines are no paragraph");
}

#[test]
fn a_publisher_that_is_told_something_speaks_in_its_article() {
    let goes = |sentence: &str| {
        let article = courier(format!("The port opened a new quay on Monday.\n\nIt is long. {sentence}"));
        of(&article, |measured| {
            let last = measured.units() - 1;
            assert!(measured.names_itself(last), "{sentence}");
            guard(Ruling { probability: 0.8, beyond_cut: true }, measured, last).is_none()
        })
    };
    assert!(goes("Portcourier brings you the best of the coast."));
    assert!(!goes("The mayor told Portcourier that he was glad."));
    assert!(!goes("The ministry declined to comment to Portcourier."));
}

#[test]
fn an_interviewer_goes_by_the_name_of_the_publisher() {
    let names = |sentence: &str| {
        let text = format!("The port opened a new quay on Monday.\n\n{sentence}\n\nIt was built in three years.");
        of(&courier(text), |measured| measured.names_itself(1))
    };
    assert!(!names("Portcourier: Why was the quay built?"));
    assert!(!names("The Portcourier: Why was the quay built?"));
    assert!(names("Portcourier: More on Portcourier."), "the name is there once more");
    assert!(names("More on the Portcourier site: Why the quay was built"), "a pointer");
    assert!(names("Portcourier brings you the best of the coast."));
}

#[test]
fn a_question_amid_prose_is_an_interviewers() {
    let prose = "The port opened a new quay on Monday. It is longer than the old one.";
    let more = "We waited for it for thirty years. The ships had outgrown the port.";
    let goes = |text: &str| restrained("A title", text, 2, 0.97).beyond_cut;
    let question = "What do you think about the new quay?";
    assert!(!goes(&format!("{prose}\n\n{question}\n\n{more}")));
    assert!(goes(&format!("{prose}\n\n{question}")), "an editor asks at the end");
    assert!(goes(&format!("{prose}\n\n{question} Leave a comment below.\n\n{more}")), "and says where to answer");
    assert!(goes(&format!("{prose}\n\nWould you like to get our newsletter every day?\n\n{more}")), "no such question");
}

#[test]
fn an_even_chance_is_enough_only_where_it_was_checked() {
    let text = |last: &str| format!("{last} {last} {last}\n\n{last}\n\nAbonnement");
    let (german, polish) = (
        text("Der Stadtrat hat am Montag den Umbau des alten Hafens beschlossen."),
        text("Rada miasta przyjęła w poniedziałek plan przebudowy starego portu."),
    );
    let goes = |text: &str, probability| restrained("A title", text, 4, probability).beyond_cut;
    assert!(goes(&german, 0.55));
    assert!(!goes(&polish, 0.55));
    assert!(goes(&polish, 0.7));
}

#[test]
fn weak_cues_tell_against_a_unit_only_together() {
    let goes = |sentence: &str| {
        let text = format!("The port opened a new quay on Monday.\n\nIt is long. {sentence}");
        restrained("A title", &text, 2, 0.8).beyond_cut
    };
    assert!(!goes("Explore the old quay before you leave."), "an imperative and an address");
    assert!(goes("Sign up for our newsletter."));
}

#[test]
fn the_first_line_is_the_headline_where_no_title_is_given() {
    let text = |first: &str| format!("{first}\n\nDie Stadt hat am Montag den Umbau des Hafens beschlossen.");
    let headline = text("Nordhafen-Aktie: Neue Kräne – aber die Stadt warnt!");
    assert!(!first_line("", &headline).beyond_cut);
    assert!(first_line("", &headline).probability < 0.5);
    assert!(first_line("Umbau beschlossen", &headline).beyond_cut);
    assert!(first_line("", &text("Lesen Sie auch: Warum die Frachtraten steigen")).beyond_cut);
    assert!(first_line("", &text("Startseite")).beyond_cut);
}

#[test]
fn shipped_headings_are_read_folded() {
    for heading in ["fazit", "auf einen blick", "what happens next", "l essentiel"] {
        assert!(WordList::headings().contains(heading), "{heading}");
    }
    assert!(!WordList::headings().contains("newsletter"));
}

#[test]
fn a_section_heading_stays_before_a_paragraph_without_a_telling_cue() {
    let paragraph = "Traders near the crossing fear that the works will drive their customers away for a year.";
    let goes = |heading: &str, paragraph: &str| {
        let text = format!("The council voted on Monday to widen the bridge.\n\n{heading}\n\n{paragraph}");
        restrained("A wider bridge", &text, 1, 0.97).beyond_cut
    };
    assert!(!goes("A lane too few", paragraph));
    assert!(!goes("Shop owners fear the worst", paragraph), "an imperative by chance");
    assert!(!goes(
        "A lane too few",
        "Shop owners near the crossing fear that the works will drive customers away for a year."
    ));
    assert!(goes("Read also: A lane too few", paragraph), "a telling cue");
    assert!(goes("A lane too few", "Traders fear for their customers."), "no paragraph");
    let residue =
        "Subscribe to our newsletter and get the most important stories of the day in your inbox every morning.";
    assert!(goes("A lane too few", residue), "the heading of a box");
}

#[test]
fn labelled_facts_stay_together_and_pointers_under_rubrics_go() {
    let goes = |list: &str| {
        let text = format!("The council voted on Monday to widen the bridge.\n\n{list}");
        restrained("A wider bridge", &text, 1, 0.97).beyond_cut
    };
    assert!(!goes("Length: 310 metres\nArchitect: Ada Lund"));
    assert!(!goes("Architect: Ada Lund\nLength: 310 metres"), "the neighbour has the number");
    assert!(goes("Length: 310 metres"), "a line alone may be anything");
    assert!(goes("Sport: United win the cup\nPolitics: Minister resigns"), "no number");
    assert!(goes("Video: United win 3-1\nVideo: Rain for 40 days"), "the same label again");
    assert!(goes("Read also: Seven bridges to see\nLength: 310 metres"), "a telling cue");
}

#[test]
fn a_sentence_without_a_sign_goes_beside_units_that_go() {
    let way = |sentence: &str, probability: f32, sides: usize| {
        let text = format!("The port opened a new quay on Monday.\n\n{sentence}\n\nIt was built in three years.");
        let ruling = Ruling { probability, beyond_cut: true };
        of(&courier(text), |measured| gives_way(Guard::Unsupported, ruling, measured, 1, sides))
    };
    let tells = "The best of the coast once a week.";
    assert!(!way(tells, 0.8, 0) && way(tells, 0.8, 1) && way(tells, 0.8, 2));
    assert!(!way(tells, 0.45, 2));
    for news in ["The newsletter reaches 40,000 farmers.", "The ministry said that its newsletter is free."] {
        assert!(!way(news, 0.8, 1) && way(news, 0.95, 1) && way(news, 0.8, 2), "{news}");
    }
}

#[test]
fn more_sides_never_ask_for_more_certainty() {
    for row in SURE {
        assert!(row.is_sorted_by(|fewer, more| fewer >= more), "{row:?}");
    }
}

#[test]
fn no_other_guard_gives_way() {
    let ruling = Ruling { probability: 0.99, beyond_cut: true };
    let text = "The port opened a new quay on Monday.".to_owned();
    of(&courier(text), |measured| {
        for guard in [Guard::OwnTitle, Guard::SectionHeading, Guard::Fact, Guard::PlainProse, Guard::ForeignLanguage] {
            assert!(!gives_way(guard, ruling, measured, 0, 2), "{guard:?}");
        }
    });
}
