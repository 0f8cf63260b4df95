//! The shipped cue lexicon against invented sentences: ordinary reporting must not be taken for residue by a single
//! phrase, residue must be recognised in all languages.

use promosieve::engine::Engine;
use promosieve::engine::lexicon::{Glued, Lexicon, RuleError, Spelling};
use promosieve::engine::text::token::{Tokens, tokenize, tokenize_with};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Words at which a line or sentence starts, found roughly: enough for sentences made up for tests.
fn units(text: &str, tokens: &Tokens) -> Vec<u32> {
    let ends_unit =
        |gap: &str| gap.contains('\n') || gap.trim_start_matches(['"', '”', '“', ')']).starts_with(['.', '!', '?']);
    let starts = |pair: &[promosieve::engine::text::token::Token]| {
        text.get(pair[0].end as usize..pair[1].start as usize).is_some_and(ends_unit)
    };
    let inner = tokens.words.windows(2).enumerate().filter(|(_, pair)| starts(pair)).map(|(i, _)| i as u32 + 1);
    std::iter::once(0).chain(inner).collect()
}

/// Ids of the groups hit, those that suffice alone marked with an exclamation mark.
fn groups(text: &str) -> Vec<String> {
    // As in reading: "WhatsApp" is one word.
    let tokens = tokenize_with(text, &|word| Glued::shipped().is_brand(word));
    let lexicon = Lexicon::shipped();
    let hits = lexicon.scan(text, &tokens, &units(text, &tokens));
    let name = |hit| format!("{}{}", lexicon.group(hit).id, if lexicon.cue(hit).alone { "!" } else { "" });
    hits.iter().map(name).collect()
}

#[test]
fn ordinary_sentences_carry_no_cue_that_suffices_alone() {
    let wrong: Vec<String> = include_str!("data/ordinary.txt")
        .lines()
        .filter(|line| !line.is_empty() && groups(line).iter().any(|group| group.ends_with('!')))
        .map(|line| format!("{:?} {line}", groups(line)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn residue_carries_a_strong_cue() {
    let wrong: Vec<String> = include_str!("data/residue.txt")
        .lines()
        .filter_map(|line| line.split_once(" | "))
        .filter(|(group, line)| !groups(line).iter().any(|hit| hit.strip_suffix('!') == Some(group)))
        .map(|(group, line)| format!("{group}: {:?} {line}", groups(line)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bent_spellings_are_marked() {
    let lexicon = Lexicon::shipped();
    for (text, group) in [
        ("Unser kostenloser Newsleter kommt t\u{e4}glich", "newsletter"),
        ("Get our n3wsletter", "newsletter"),
        ("N e w s l e t t e r", "newsletter"),
        ("Jetzt ko$tenlos", "offer"),
        ("fr33 spins", "offer"),
        ("Jetzt @nmelden", "subscribe"),
        ("Adverttisement", "ad_label"),
    ] {
        let tokens = tokenize(text);
        let hits = lexicon.scan(text, &tokens, &[0]);
        assert!(
            hits.iter().any(|hit| hit.spelling != Spelling::Right && lexicon.group(hit).id == group),
            "{text}: {hits:?}"
        );
    }
}

#[test]
fn no_hit_reaches_over_a_unit() {
    let lexicon = Lexicon::shipped();
    let text = "Please read\nmore in the book";
    let tokens = tokenize(text);
    let over = |units: &[u32]| lexicon.scan(text, &tokens, units).iter().any(|hit| hit.first < 2 && hit.end > 2);
    assert!(over(&[0]));
    assert!(!over(&[0, 2]));
}

#[test]
fn overlapping_hits_of_a_group_are_one() {
    let text = "Sign up now for our free weekly newsletter";
    let tokens = tokenize(text);
    let hits = Lexicon::shipped().scan(text, &tokens, &[0]);
    for (index, one) in hits.iter().enumerate() {
        for other in &hits[index + 1..] {
            assert!(one.group != other.group || one.end <= other.first, "{one:?} {other:?}");
        }
    }
    assert!(hits.windows(2).all(|pair| pair[0].first <= pair[1].first));
}

#[test]
fn every_strong_group_speaks_the_eight_languages() {
    let lexicon = Lexicon::shipped();
    let mut languages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for cue in lexicon.cues() {
        languages.entry(&lexicon.groups()[usize::from(cue.group)].id).or_default().push(&cue.lang);
    }
    for id in [
        "subscribe",
        "newsletter",
        "follow",
        "share",
        "comment",
        "donate",
        "order",
        "offer",
        "app",
        "paywall",
        "account",
        "form",
        "read_on",
        "read_also",
        "related_label",
        "ad_label",
        "copyright",
        "no_advice",
        "own_publication",
    ] {
        for lang in ["de", "en", "fr", "es", "it", "pt", "nl", "pl"] {
            assert!(languages[id].contains(&lang), "{id} lacks {lang}");
        }
    }
}

const HEAD: &str = "id = \"x\"\ndescription = \"d\"\nkinds = { related = 1.0 }\nweight = 1.0\n";

fn parse(cue: &str) -> Result<Lexicon, RuleError> {
    Lexicon::parse(&[("x.toml", &format!("{HEAD}{cue}"))], None)
}

/// Text, expected hit as (first word, end), for one phrase.
#[test]
fn phrases_match_as_written() {
    type Case<'a> = (&'a str, &'a str, &'a [u32], Option<(u32, u32)>);
    let cases: &[Case] = &[
        ("read more", "Please READ, more!", &[0], Some((1, 3))),
        ("read more", "we spread more", &[0], None),
        ("read more", "read moreover", &[0], None),
        ("(join|follow) us", "follow us", &[0], Some((0, 2))),
        ("subscrib*", "She subscribes", &[0], Some((1, 2))),
        ("subscrib* now", "subscribe now", &[0], Some((0, 2))),
        ("melden sie sich ~3 an", "Melden Sie sich jetzt gleich an", &[0], Some((0, 6))),
        ("melden sie sich ~3 an", "Melden Sie sich ab cd ef gh an", &[0], None),
        ("melden sie sich ~3 an", "Melden Sie sich an", &[0], Some((0, 4))),
        ("melden sie sich ~3 an", "Melden Sie sich\nan", &[0, 3], None),
        ("^see also", "see also: x", &[0], Some((0, 2))),
        ("^see also", "2. see also: x", &[0], Some((1, 3))),
        ("^see also", "they see also", &[0], None),
        ("^see also", "end\nsee also", &[0, 1], Some((1, 3))),
        ("^anzeige$", "Anzeige", &[0], Some((0, 1))),
        ("^anzeige$", "Anzeige 12:30", &[0], Some((0, 1))),
        ("^anzeige$", "Anzeige erstattet", &[0], None),
        ("^text by ~2 $", "Text by Jane Roe", &[0], Some((0, 2))),
        ("^text by ~2 $", "Text by one of the many", &[0], None),
        (
            "^tags ~15 $",
            "Tags one by one the ships of the fleet came home to the harbour in the long night",
            &[0],
            None,
        ),
        (
            "^tags ~16 $",
            "Tags one by one the ships of the fleet came home to the harbour in the long night",
            &[0],
            Some((0, 1)),
        ),
        (
            "^tags ~16 $",
            "Tags: one by one the ships of the fleet came home to the harbour in the long night.",
            &[0],
            Some((0, 1)),
        ),
        (
            "^tags ~16 $",
            "Tags one by one the ships of the fleet came home to the harbour in the long night.",
            &[0],
            None,
        ),
        ("^tags ~2 $", "Tags are dear.", &[0], None),
        ("^tags ~2 $", "“Tags are dear.”", &[0], None),
        ("^tags ~2 $", "Tags: harbour, trade.", &[0], Some((0, 1))),
        ("^tags ~2 $", "Tags are dear. Rates rise.", &[0, 3], None),
        ("^tags ~2 $", "Tags harbour trade\nRates rise.", &[0, 3], Some((0, 1))),
        ("^tags ~2 $", "Tags harbour trade", &[0, 9], Some((0, 1))),
        ("相关阅读", "相关阅读：新闻", &[0], Some((0, 4))),
        ("相关阅读", "不相关阅读", &[0], Some((1, 5))),
        ("# min read", "5 min read", &[0], Some((0, 3))),
        ("write to @mail", "write to a@b.example", &[0], Some((0, 3))),
        ("unser ~2 magazin", "unser neues Magazin", &[0], Some((0, 3))),
        ("(photo|photo archive) ~1 archive", "photo archive", &[0], Some((0, 2))),
    ];
    for (phrase, text, units, expected) in cases {
        let lexicon = parse(&format!("[[cue]]\nlang = \"en\"\nphrases = [{phrase:?}]\nexample = \"e\"")).unwrap();
        let hits = lexicon.scan(text, &tokenize(text), units);
        assert_eq!(hits.first().map(|hit| (hit.first, hit.end)), *expected, "{phrase} in {text}");
    }
}

#[test]
fn malformed_rules_are_refused_with_their_place() {
    let cases = [
        ("x", "x.toml"),
        ("[[cue]]\nlang = \"xx\"\nphrases = [\"a\"]\nexample = \"e\"", "x.toml, cue 1: unknown language"),
        ("[[cue]]\nlang = \"en\"\nphrases = []\nexample = \"e\"", "x.toml, cue 1: there is no phrase"),
        ("[[cue]]\nlang = \"en\"\nphrases = [\"a\"]\nexample = \"\"", "x.toml, cue 1: there is no example"),
        ("[[cue]]\nlang = \"en\"\nphrases = [\"a\"]\nexample = \"e\"\nweight = nan", "x.toml, cue 1: the weight"),
        ("[[cue]]\nlang = \"en\"\nphrases = [\"a\"]\nexample = \"e\"\nweight = 99.0", "x.toml, cue 1: the weight"),
        ("[[cue]]\nlang = \"en\"\nphrases = [\"(a\"]\nexample = \"e\"", "cue 1, phrase \"(a\": unbalanced"),
        ("[[cue]]\nlang = \"en\"\nphrases = [\"a\"]\nexample = \"e\"\nstart = true", "unknown field"),
    ];
    for (cue, expected) in cases {
        let error = parse(cue).unwrap_err().to_string();
        assert!(error.contains(expected), "{cue}: {error}");
    }
    let cue = format!("{HEAD}[[cue]]\nlang = \"en\"\nphrases = [\"a\"]\nexample = \"a\"");
    let twice = Lexicon::parse(&[("x.toml", &cue), ("y.toml", &cue)], None).unwrap_err();
    assert!(matches!(twice, RuleError::DuplicateGroup { file, .. } if file == "y.toml"));
    let fuzzy = "except = []\n[[head]]\ngroup = \"y\"\nweight = 1.0\nwords = [\"newsletter\"]";
    let unknown = Lexicon::parse(&[("x.toml", &cue)], Some(("fuzzy.toml", fuzzy))).unwrap_err();
    assert!(matches!(unknown, RuleError::UnknownGroup { id, .. } if id == "y"));
    let kinds = cue.replace("related = 1.0", "related = 0.5");
    assert!(matches!(Lexicon::parse(&[("x.toml", &kinds)], None), Err(RuleError::Group { .. })));
}

#[test]
fn of_many_malformed_files_the_first_is_named() {
    // They are read at the same time; the first ones take longest.
    let file =
        |n: usize| format!("{HEAD}[[cue]]\nlang = \"en\"\nphrases = [{}\"(a\"]\nexample = \"e\"", "\"b\",".repeat(n));
    let texts: Vec<(String, String)> = (0..40).map(|n| (format!("{n}.toml"), file(4000 - 100 * n))).collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let error = Lexicon::parse(&files, None).unwrap_err();
    assert!(matches!(&error, RuleError::Phrase { file, .. } if file == "0.toml"), "{error}");
}

#[test]
fn the_version_is_told_without_making_the_engine() {
    assert_eq!(Engine::shipped_version(), Engine::shipped().ruleset_version());
}

#[test]
fn an_empty_lexicon_finds_nothing() {
    let lexicon = Lexicon::parse(&[], None).unwrap();
    assert!(lexicon.scan("Read more", &tokenize("Read more"), &[0]).is_empty());
}

fn check(text: &str, units: &[u32]) -> Result<(), TestCaseError> {
    let (lexicon, tokens) = (Lexicon::shipped(), tokenize(text));
    let hits = lexicon.scan(text, &tokens, units);
    for hit in &hits {
        prop_assert!(hit.first < hit.end && hit.end as usize <= tokens.words.len());
        prop_assert!(usize::from(hit.group) < lexicon.groups().len() && (hit.cue as usize) < lexicon.cues().len());
        prop_assert_eq!(lexicon.cue(hit).group, hit.group);
    }
    prop_assert!(hits.windows(2).all(|pair| pair[0].first <= pair[1].first));
    Ok(())
}

proptest! {
    #[test]
    fn any_text_can_be_scanned(text in any::<String>()) {
        check(&text, &[0])?;
    }

    #[test]
    fn any_units_will_do(
        words in prop::collection::vec(
            prop::sample::select(vec!["read", "more", "our", "newsletter", "n3wsletter", "a", "b", "5", "@x", "ko$tenlos",
                "melden Sie sich", "an", "Anzeige", "\n", "Newsleter", "相关阅读", "€", "by", "a@b.example", "Photo:"]),
            0..60),
        units in prop::collection::vec(0_u32..80, 0..8),
    ) {
        let mut units = units;
        units.sort_unstable();
        check(&words.join(" "), &units)?;
        check(&words.concat(), &units)?;
    }
}
