//! The layers: defaults, file, environment, flags. Each hands over its values with the place where they were given,
//! checked one by one; the library lays them over each other.

use super::{
    Flags,
    setting::{Given, Setting},
    table,
};
use config::{Map, Source, Value};
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// What the environment says.
pub(super) type Environment = Map<String, String>;

/// What `config show` calls the origin of a value that nobody has given.
const DEFAULT: &str = "default";

/// The values of one layer.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer(Map<String, Value>);

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, config::ConfigError> {
        Ok(self.0.clone())
    }
}

/// What was found besides the values.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// What is wrong, each with its place.
    pub(super) problems: Vec<String>,
    /// What looks like a mistake and need not be one.
    pub(super) notes: Vec<String>,
}

impl Layer {
    /// Takes over a value, or reports what is wrong with it. `origin` begins with the kind of layer.
    fn take(&mut self, setting: &Setting, given: &Given<'_>, origin: &str, findings: &mut Findings) {
        match setting.parse(given) {
            Ok(value) => {
                self.0.insert(setting.key.into(), Value::new(Some(&origin.to_owned()), value));
            }
            Err(what) => {
                let (_, place) = origin.split_once(' ').unwrap_or(("", origin));
                findings.problems.push(format!("{place}: {}: {what}", setting.key));
            }
        }
    }

    pub(super) fn of_defaults() -> Self {
        let of = |setting: &Setting| {
            let value = Value::new(Some(&DEFAULT.into()), (setting.preset)()?);
            Some((setting.key.to_owned(), value))
        };
        Self(table::all().filter_map(of).collect())
    }

    /// Empty variables count as absent. Strangers are no mistake: orchestrators set `PROMOSIEVE_SERVICE_HOST` and the
    /// like for a service of this name.
    pub(super) fn of_environment(environment: &Environment, findings: &mut Findings) -> Self {
        let mut layer = Self::default();
        for setting in table::all() {
            let own = setting.variable();
            let names = [Some(own.as_str()), setting.foreign_variable];
            let found = names
                .into_iter()
                .flatten()
                .find_map(|name| environment.get(name).filter(|value| !value.is_empty()).map(|value| (name, value)));
            if let Some((name, value)) = found {
                layer.take(setting, &Given::Text(value), &format!("env {name}"), findings);
            }
        }
        findings.notes.extend(environment.keys().filter_map(|name| misspelt(name)));
        layer
    }

    pub(super) fn of_flags(flags: &Flags, findings: &mut Findings) -> Self {
        let mut layer = Self::default();
        for setting in table::all() {
            if let Some(value) = flags.given.get(setting.key) {
                layer.take(setting, &Given::Text(value), &format!("flag --{}", setting.flag()), findings);
            }
        }
        layer
    }

    pub(super) fn of_file(path: Option<&Path>, findings: &mut Findings) -> Self {
        let Some(path) = path else { return Self::default() };
        let name = path.display();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::of_toml(&name.to_string(), &text, findings),
            Err(e) => {
                findings.problems.push(format!("--config: cannot read {name}: {e}"));
                Self::default()
            }
        }
    }

    /// `name` is the file's, for places.
    pub(super) fn of_toml(name: &str, text: &str, findings: &mut Findings) -> Self {
        let mut layer = Self::default();
        let line = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let place = error.span().map_or_else(|| name.to_owned(), |span| format!("{name}:{}", line(span.start)));
            findings.problems.push(format!("{place}: {}", error.message()));
        }
        // In the order of the file.
        let mut entries: Vec<_> = table.get_ref().iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let place = format!("{name}:{}", line(key.span().start));
            let key = key.get_ref().as_ref();
            match table::all().find(|setting| setting.key == key) {
                Some(setting) => {
                    let value = plain(value.get_ref());
                    layer.take(setting, &Given::Toml(&value), &format!("file {place}"), findings);
                }
                None => findings.problems.push(format!("{place}: {key}: there is no such setting{}", hint(key))),
            }
        }
        layer
    }
}

/// Names of earlier releases.
const RENAMED: &[(&str, &str)] = &[("shutdown_grace_seconds", "drain_seconds")];

fn hint(key: &str) -> String {
    if let Some((_, now)) = RENAMED.iter().find(|(before, _)| *before == key) {
        return format!("; it is called `{now}` now");
    }
    nearest(key).map_or_else(String::new, |(near, _)| format!("; did you mean `{near}`?"))
}

/// The setting whose key is most like `key`, and how much, 0 to 1.
fn nearest(key: &str) -> Option<(&'static str, f64)> {
    let likeness = |setting: &Setting| (setting.key, strsim::jaro_winkler(setting.key, key));
    table::all().map(likeness).max_by(|a, b| a.1.total_cmp(&b.1))
}

fn misspelt(variable: &str) -> Option<String> {
    /// What orchestrators set is less like a setting than this, slips of the finger are more; judged by a few of each.
    const ALIKE: f64 = 0.9;
    let key = variable.strip_prefix("PROMOSIEVE_")?.to_lowercase();
    let (near, likeness) = nearest(&key)?;
    let meant = near != key && near.len().abs_diff(key.len()) <= 2 && likeness >= ALIKE;
    meant.then(|| format!("{variable}: there is no such setting; did you mean `PROMOSIEVE_{}`?", near.to_uppercase()))
}

/// The value without its places in the file. What TOML has and no setting takes becomes text that says so.
fn plain(value: &DeValue<'_>) -> toml::Value {
    match value {
        DeValue::String(text) => toml::Value::String(text.to_string()),
        DeValue::Boolean(on) => toml::Value::Boolean(*on),
        DeValue::Integer(number) => match i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()) {
            Ok(whole) => toml::Value::Integer(whole),
            Err(_) => toml::Value::String(number.as_str().into()),
        },
        DeValue::Float(number) => match number.as_str().replace('_', "").parse() {
            Ok(float) => toml::Value::Float(float),
            Err(_) => toml::Value::String(number.as_str().into()),
        },
        DeValue::Datetime(time) => toml::Value::Datetime(*time),
        DeValue::Array(items) => toml::Value::Array(items.iter().map(|item| plain(item.get_ref())).collect()),
        DeValue::Table(_) => toml::Value::Table(toml::Table::new()),
    }
}
