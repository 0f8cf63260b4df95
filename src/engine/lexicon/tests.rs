//! The shipped cues keep what their files promise.

use super::*;
use crate::engine::text::token::tokenize_with;

fn hits_of(lexicon: &Lexicon, text: &str) -> Vec<u32> {
    let tokens = tokenize_with(text, &|word| Glued::shipped().is_brand(word));
    lexicon.matches(text, &tokens, &[0]).into_iter().map(|hit| hit.cue).collect()
}

#[test]
fn every_example_is_hit_and_no_counter_is() {
    let lexicon = Lexicon::shipped();
    let mut wrong = Vec::new();
    for (index, cue) in lexicon.cues().iter().enumerate().filter(|(_, cue)| cue.phrases > 0) {
        let name = &lexicon.groups()[usize::from(cue.group)].id;
        if !hits_of(lexicon, &cue.example).contains(&(index as u32)) {
            wrong.push(format!("{name}/{}: example not hit: {}", cue.lang, cue.example));
        }
        if let Some(counter) = &cue.counter
            && hits_of(lexicon, counter).contains(&(index as u32))
        {
            wrong.push(format!("{name}/{}: counter hit: {counter}", cue.lang));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_the_directory_is_embedded() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/cues");
    let mut on_disk: Vec<String> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| format!("cues/{}", entry.unwrap().file_name().to_string_lossy()))
        .collect();
    on_disk.sort();
    let embedded: Vec<&str> = FILES.iter().map(|(name, _)| *name).filter(|name| name.starts_with("cues/")).collect();
    assert_eq!(embedded, on_disk);
}

#[test]
fn the_lexicon_stays_small() {
    let lexicon = Lexicon::shipped();
    // Each literal costs some hundred bytes and start-up time; beyond this, phrases multiply where gaps would do.
    assert!(lexicon.literals() < 60_000, "{} literals", lexicon.literals());
}

#[test]
fn every_phrase_is_a_pattern_of_bounded_size() {
    const MOST: usize = 1200;
    let mut wrong = Vec::new();
    for (name, text) in FILES {
        let file: toml::Table = toml::from_str(text).unwrap();
        for block in file["cue"].as_array().unwrap() {
            let lead = block.get("lead").and_then(toml::Value::as_str).unwrap_or_default();
            for phrase in block["phrases"].as_array().unwrap().iter().filter_map(toml::Value::as_str) {
                match pattern::Pattern::parse(&format!("{lead} {phrase}")) {
                    Err(error) => wrong.push(format!("{name}: {phrase}: {error}")),
                    Ok(pattern) => {
                        let literals: usize = pattern.parts.iter().map(|part| part.alternatives.len()).sum();
                        if literals > MOST {
                            wrong.push(format!("{name}: {phrase}: {literals} literals"));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
