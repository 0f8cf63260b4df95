//! The values that hold after all layers, each with its origin.

use super::{
    Flags,
    layers::{Environment, Findings, Layer},
    setting::{Setting, literal},
    table,
};
use config::{Map, Value};
use std::{fmt::Write as _, time::Duration};

/// The values that hold, and where each comes from.
#[derive(Debug, Clone)]
pub struct Effective(Map<String, Value>);

impl Effective {
    /// The defaults alone.
    pub(super) fn defaults() -> Self {
        Self::merge([Layer::of_defaults()])
    }

    /// All layers, the strongest last.
    pub(super) fn load(flags: &Flags, environment: &Environment, findings: &mut Findings) -> Self {
        let named = environment.get("PROMOSIEVE_CONFIG").filter(|name| !name.is_empty());
        let file = flags.file.clone().or_else(|| named.map(Into::into));
        Self::merge([
            Layer::of_defaults(),
            Layer::of_file(file.as_deref(), findings),
            Layer::of_environment(environment, findings),
            Layer::of_flags(flags, findings),
        ])
    }

    /// A file's content and the environment, over the defaults.
    pub(super) fn of(text: &str, environment: &Environment, findings: &mut Findings) -> Self {
        let file = Layer::of_toml("fuzz.toml", text, findings);
        Self::merge([Layer::of_defaults(), file, Layer::of_environment(environment, findings)])
    }

    fn merge<const N: usize>(layers: [Layer; N]) -> Self {
        let mut builder = config::Config::builder();
        for layer in layers {
            builder = builder.add_source(layer);
        }
        // Layers of plain values under plain keys cannot fail to merge.
        let merged = builder.build().ok().and_then(|merged| merged.cache.into_table().ok());
        Self(merged.unwrap_or_default())
    }

    fn value(&self, setting: &Setting) -> Option<Value> {
        self.0.get(setting.key).cloned()
    }

    pub(super) fn switch(&self, setting: &Setting) -> bool {
        self.value(setting).and_then(|value| value.into_bool().ok()).unwrap_or_default()
    }

    pub(super) fn whole(&self, setting: &Setting) -> u64 {
        self.value(setting).and_then(|value| value.into_uint().ok()).unwrap_or_default()
    }

    pub(super) fn size(&self, setting: &Setting) -> usize {
        self.whole(setting) as usize
    }

    pub(super) fn number(&self, setting: &Setting) -> f64 {
        self.value(setting).and_then(|value| value.into_float().ok()).unwrap_or_default()
    }

    pub(super) fn seconds(&self, setting: &Setting) -> Duration {
        Duration::try_from_secs_f64(self.number(setting)).unwrap_or_default()
    }

    /// Empty if it is unset.
    pub(super) fn text(&self, setting: &Setting) -> String {
        self.optional_text(setting).unwrap_or_default()
    }

    pub(super) fn optional_text(&self, setting: &Setting) -> Option<String> {
        self.value(setting).and_then(|value| value.into_string().ok())
    }

    pub(super) fn many(&self, setting: &Setting) -> Vec<String> {
        let items = self.value(setting).and_then(|value| value.into_array().ok()).unwrap_or_default();
        items.into_iter().filter_map(|item| item.into_string().ok()).collect()
    }

    pub(super) fn is_flag(&self, setting: &Setting) -> bool {
        self.origin(setting).0 == "flag"
    }

    /// A problem with the value of `setting`, said with its place.
    pub(super) fn problem(&self, setting: &Setting, what: &str) -> String {
        let (_, at) = self.origin(setting);
        if at.is_empty() { format!("{}: {what}", setting.key) } else { format!("{at}: {}: {what}", setting.key) }
    }

    /// The kind of layer that a value comes from (`flag`, `env`, `file`, `default`), and the place in it: the flag, the
    /// variable, or file and line.
    #[must_use]
    pub fn origin(&self, setting: &Setting) -> (String, String) {
        let origin = self.0.get(setting.key).and_then(Value::origin).unwrap_or("default");
        let (kind, at) = origin.split_once(' ').unwrap_or((origin, ""));
        (kind.into(), at.into())
    }

    /// All values for people, as a TOML file that would lead to them, with their origins as comments.
    #[must_use]
    pub fn text_form(&self) -> String {
        let mut text = String::new();
        for group in table::GROUPS {
            let gap = if text.is_empty() { "" } else { "\n" };
            // Writing to a string does not fail; the same below.
            let _ = writeln!(text, "{gap}# {}", group.heading);
            for setting in group.settings {
                let (kind, at) = self.origin(setting);
                let line = match self.0.get(setting.key) {
                    Some(value) => format!("{} = {}", setting.key, literal(&value.kind)),
                    None => format!("# {} is not set", setting.key),
                };
                let _ = writeln!(text, "{line:44} # {kind}{}{at}", if at.is_empty() { "" } else { ": " });
            }
        }
        text
    }

    /// All values for machines: `{"settings": [{"key", "value", "origin", "at"}]}`. `value` is null if unset, `at`
    /// is missing for defaults. Fields may be added, never renamed.
    #[must_use]
    pub fn json_form(&self) -> String {
        let settings: Vec<_> = table::all().map(|setting| self.json_entry(setting)).collect();
        format!("{:#}\n", serde_json::json!({ "settings": settings }))
    }

    fn json_entry(&self, setting: &Setting) -> serde_json::Value {
        let (kind, at) = self.origin(setting);
        let mut entry = serde_json::json!({ "key": setting.key, "origin": kind });
        if !at.is_empty() {
            entry["at"] = at.into();
        }
        let value = self.value(setting).and_then(|value| value.try_deserialize().ok());
        entry["value"] = value.unwrap_or_default();
        entry
    }
}
