//! Rule files: their shape, what makes one valid, and how they become a lexicon.

use super::automaton::Compiler;
use super::bent::{Bent, BentFile};
use super::pattern::Pattern;
use super::{Cue, Group, Lexicon, RuleError, familiar};
use crate::engine::span::Kind;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Primary language subtags (BCP 47) that rules may use; `mul` stands for many languages.
const LANGUAGES: &[&str] = &[
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja",
    "ko", "mul", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh",
];
/// Groups are counted in a byte.
const MAX_GROUPS: usize = 250;
/// Log-odds beyond this are certainty, which no phrase gives.
const MAX_WEIGHT: f32 = 6.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CueFile {
    id: String,
    description: String,
    kinds: BTreeMap<Kind, f32>,
    weight: f32,
    /// Default of the blocks.
    #[serde(default)]
    alone: bool,
    cue: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    lang: String,
    /// Put before each phrase: alternatives that all of them share.
    #[serde(default)]
    lead: String,
    phrases: Vec<String>,
    example: String,
    counter: Option<String>,
    weight: Option<f32>,
    alone: Option<bool>,
}

/// Compiles all files.
pub(super) fn compile(files: &[(&str, &str)], fuzzy: Option<(&str, &str)>) -> Result<Lexicon, RuleError> {
    let mut builder = Builder::default();
    for &(name, text) in files {
        builder.add(name, read(name, text)?)?;
    }
    let bent = match fuzzy {
        Some((name, text)) => builder.bent(name, &read(name, text)?)?,
        None => Bent::default(),
    };
    Ok(Lexicon {
        groups: builder.groups,
        cues: builder.cues,
        automaton: builder.compiler.finish(),
        bent,
        id: familiar::Id::default(),
    })
}

/// The phrases in the language `lang` of well-formed files.
pub(super) fn phrases(files: &[(&str, &str)], lang: &str) -> Vec<Pattern> {
    let blocks = files.iter().filter_map(|(name, text)| read::<CueFile>(name, text).ok()).flat_map(|file| file.cue);
    let own = blocks.filter(|block| block.lang == lang);
    let parse = |block: Block| {
        let parsed = block.phrases.iter().filter_map(|phrase| Pattern::parse(&format!("{} {phrase}", block.lead)).ok());
        parsed.collect::<Vec<_>>()
    };
    own.flat_map(parse).collect()
}

fn read<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T, RuleError> {
    toml::from_str(text).map_err(|source| RuleError::Toml { file: name.to_owned(), source: Box::new(source) })
}

#[derive(Default)]
struct Builder {
    groups: Vec<Group>,
    cues: Vec<Cue>,
    compiler: Compiler,
}

impl Builder {
    fn add(&mut self, name: &str, file: CueFile) -> Result<(), RuleError> {
        if self.groups.iter().any(|group| group.id == file.id) {
            return Err(RuleError::DuplicateGroup { file: name.to_owned(), id: file.id });
        }
        check_group(&file, self.groups.len()).map_err(|what| RuleError::Group { file: name.to_owned(), what })?;
        let group = self.groups.len() as u8;
        for (index, block) in file.cue.iter().enumerate() {
            let cue = Cue {
                group,
                lang: block.lang.clone(),
                weight: block.weight.unwrap_or(file.weight),
                alone: block.alone.unwrap_or(file.alone),
                example: block.example.clone(),
                counter: block.counter.clone(),
                phrases: 0,
            };
            self.block(name, index + 1, block, cue)?;
        }
        self.groups.push(Group {
            id: file.id,
            description: file.description,
            kinds: file.kinds.into_iter().collect(),
            weight: file.weight,
        });
        Ok(())
    }

    fn block(&mut self, name: &str, number: usize, block: &Block, mut cue: Cue) -> Result<(), RuleError> {
        check_cue(&cue, block).map_err(|what| RuleError::Cue { file: name.to_owned(), cue: number, what })?;
        let index = self.cues.len() as u32;
        for phrase in &block.phrases {
            let pattern = Pattern::parse(&format!("{} {phrase}", block.lead)).map_err(|source| RuleError::Phrase {
                file: name.to_owned(),
                cue: number,
                phrase: phrase.clone(),
                source,
            })?;
            cue.phrases = cue.phrases.saturating_add(pattern.phrases());
            self.compiler.add(index, pattern);
        }
        self.cues.push(cue);
        Ok(())
    }

    /// Gives each block of head words a cue of its own.
    fn bent(&mut self, name: &str, file: &BentFile) -> Result<Bent, RuleError> {
        let mut cues = Vec::new();
        for block in file.blocks() {
            let group = self.groups.iter().position(|group| group.id == block.group);
            let group =
                group.ok_or_else(|| RuleError::UnknownGroup { file: name.to_owned(), id: block.group.clone() })?;
            cues.push(self.cues.len() as u32);
            self.cues.push(Cue {
                group: group as u8,
                lang: "mul".to_owned(),
                weight: block.weight,
                alone: false,
                example: String::new(),
                counter: None,
                phrases: 0,
            });
        }
        Bent::compile(file, &cues)
    }
}

fn check_group(file: &CueFile, before: usize) -> Result<(), &'static str> {
    if before >= MAX_GROUPS {
        return Err("too many groups");
    }
    if file.id.is_empty() || !file.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
        return Err("an id consists of a to z and _");
    }
    if file.description.is_empty() {
        return Err("the description is empty");
    }
    if !is_weight(file.weight) {
        return Err("the weight is out of range");
    }
    let total: f32 = file.kinds.values().sum();
    if file.kinds.values().any(|share| !(0.0..=1.0).contains(share)) || (total - 1.0).abs() > 0.01 {
        return Err("the shares of the kinds do not add up to 1");
    }
    Ok(())
}

fn check_cue(cue: &Cue, block: &Block) -> Result<(), &'static str> {
    if !LANGUAGES.contains(&cue.lang.as_str()) {
        return Err("unknown language");
    }
    if !is_weight(cue.weight) {
        return Err("the weight is out of range");
    }
    if block.phrases.is_empty() {
        return Err("there is no phrase");
    }
    if block.example.is_empty() {
        return Err("there is no example");
    }
    Ok(())
}

fn is_weight(weight: f32) -> bool {
    (0.0..=MAX_WEIGHT).contains(&weight)
}
