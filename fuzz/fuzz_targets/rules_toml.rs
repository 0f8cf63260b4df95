//! Rule files come from people: any TOML must be compiled or refused, never panic, and what compiles must scan.
//! `cargo +nightly fuzz run rules_toml`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promosieve::engine::{clickbait::rules::Rules, lexicon::Lexicon, text::token::tokenize};

/// Around a bare phrase, which a fuzzer would hardly quote right.
const HEAD: &str = "id = 'x'\ndescription = 'd'\nweight = 1.0\nkinds = { promotion = 1.0 }\n\
    [[cue]]\nlang = 'en'\nexample = 'e'\nphrases = ['''";

fuzz_target!(|text: &str| {
    _ = Rules::parse(text);
    let phrase = format!("{HEAD}{text}''']\n");
    for toml in [text, phrase.as_str()] {
        if let Ok(lexicon) = Lexicon::parse(&[("fuzz.toml", toml)], None) {
            _ = lexicon.scan(text, &tokenize(text), &[0]);
        }
    }
});
