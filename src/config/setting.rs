//! What a setting is: its name, what it takes, what it is if nobody says, and how it explains itself.

use config::ValueKind;
use std::fmt::Write as _;

/// A setting. Flag, variable, key of the file, help, `config show` and the example file all come from it.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Key in the file. The flag has hyphens for underscores, the variable is in capitals behind `PROMOSIEVE_`.
    pub key: &'static str,
    /// What it does, in a line without a full stop.
    pub help: &'static str,
    pub(super) form: Form,
    /// What holds if nobody says; nothing if it is unset then.
    pub(super) preset: fn() -> Option<ValueKind>,
    /// What the default is in words, if it differs between machines.
    pub(super) preset_said: Option<&'static str>,
    /// A variable of others that counts if ours is not there.
    pub(super) foreign_variable: Option<&'static str>,
}

/// What is wrong with a text, if anything.
pub(super) type Check = fn(&str) -> Result<(), String>;

/// What a setting takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// `true` or `false`.
    Switch,
    /// A whole number within both bounds.
    Whole(u64, u64),
    /// A number within both bounds.
    Number(f64, f64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Any number of these words: an array in the file, parted by commas elsewhere.
    Many(fn() -> Vec<&'static str>),
    /// Text that is not empty and passes the check, with what would be right.
    Text(&'static str, Check),
}

/// A value as one of the layers has it.
#[derive(Debug)]
pub(super) enum Given<'a> {
    /// From a flag or the environment: everything is text there.
    Text(&'a str),
    /// From the file.
    Toml(&'a toml::Value),
}

/// Builders of the table's entries.
impl Setting {
    const fn new(key: &'static str, form: Form, preset: fn() -> Option<ValueKind>, help: &'static str) -> Self {
        Self { key, help, form, preset, preset_said: None, foreign_variable: None }
    }

    pub(super) const fn switch(key: &'static str, help: &'static str) -> Self {
        Self::new(key, Form::Switch, || Some(false.into()), help)
    }

    pub(super) const fn whole(
        key: &'static str,
        (least, most): (u64, u64),
        preset: fn() -> Option<ValueKind>,
        help: &'static str,
    ) -> Self {
        Self::new(key, Form::Whole(least, most), preset, help)
    }

    pub(super) const fn number(
        key: &'static str,
        (least, most): (f64, f64),
        preset: fn() -> Option<ValueKind>,
        help: &'static str,
    ) -> Self {
        Self::new(key, Form::Number(least, most), preset, help)
    }

    pub(super) const fn one_of(
        key: &'static str,
        words: &'static [&'static str],
        preset: fn() -> Option<ValueKind>,
        help: &'static str,
    ) -> Self {
        Self::new(key, Form::OneOf(words), preset, help)
    }

    pub(super) const fn many(
        key: &'static str,
        words: fn() -> Vec<&'static str>,
        preset: fn() -> Option<ValueKind>,
        help: &'static str,
    ) -> Self {
        Self::new(key, Form::Many(words), preset, help)
    }

    /// `right` says what the text must be, `check` what is wrong with one that is not.
    pub(super) const fn text(
        key: &'static str,
        (right, check): (&'static str, Check),
        preset: fn() -> Option<ValueKind>,
        help: &'static str,
    ) -> Self {
        Self::new(key, Form::Text(right, check), preset, help)
    }

    /// The default differs between machines and is told in words.
    pub(super) const fn said(mut self, words: &'static str) -> Self {
        self.preset_said = Some(words);
        self
    }

    /// The variable `name` of others counts if ours is not there.
    pub(super) const fn also(mut self, name: &'static str) -> Self {
        self.foreign_variable = Some(name);
        self
    }
}

impl Setting {
    /// The name of its flag, without the hyphens in front.
    #[must_use]
    pub fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    /// The name of its environment variable.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("PROMOSIEVE_{}", self.key.to_uppercase())
    }

    /// Whether it is either on or off, so that its flag needs no value.
    #[must_use]
    pub fn is_switch(&self) -> bool {
        matches!(self.form, Form::Switch)
    }

    /// What stands for its value in help.
    #[must_use]
    pub fn value_name(&self) -> &'static str {
        match self.form {
            Form::Switch => "BOOL",
            Form::Whole(..) | Form::Number(..) => "NUMBER",
            Form::OneOf(_) => "WORD",
            Form::Many(_) => "LIST",
            Form::Text(..) => "TEXT",
        }
    }

    /// The default as the file would have it, or in words; nothing if the setting is unset by default.
    #[must_use]
    pub fn default_said(&self) -> Option<String> {
        self.preset_said.map(Into::into).or_else(|| (self.preset)().map(|value| literal(&value)))
    }

    /// What a value must be.
    #[must_use]
    pub fn right(&self) -> String {
        match self.form {
            Form::Switch => "true or false".into(),
            Form::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Form::Number(least, most) => format!("a number from {least} to {most}"),
            Form::OneOf(words) => format!("one of {}", words.join(", ")),
            Form::Many(words) => format!("a list of {}", words().join(", ")),
            Form::Text(right, _) => right.into(),
        }
    }

    /// The value that a layer gives.
    ///
    /// # Errors
    /// With what is wrong and what would be right.
    pub(super) fn parse(&self, given: &Given<'_>) -> Result<ValueKind, String> {
        self.value(given).map_err(|what| format!("{what}; expected {}", self.right()))
    }

    fn value(&self, given: &Given<'_>) -> Result<ValueKind, String> {
        match self.form {
            Form::Switch => given.switch().map(Into::into),
            Form::Whole(least, most) => {
                let number = given.whole()?;
                let inside = u64::try_from(number).ok().filter(|n| (least..=most).contains(n));
                inside.map(Into::into).ok_or_else(|| format!("{number} is out of range"))
            }
            Form::Number(least, most) => {
                let number = given.number()?;
                // Written so that NaN fails, too.
                if (least..=most).contains(&number) {
                    Ok(number.into())
                } else {
                    Err(format!("{number} is out of range"))
                }
            }
            Form::OneOf(words) => given.word(words).map(Into::into),
            Form::Many(words) => given.many(&words()).map(Into::into),
            Form::Text(_, check) => {
                let text = given.text()?;
                if text.is_empty() {
                    return Err("it is empty".into());
                }
                // The environment may hold bytes of any kind; a directory of another name would be a bad surprise.
                if text.contains(char::REPLACEMENT_CHARACTER) {
                    return Err("it is not UTF-8".into());
                }
                check(text).map(|()| text.into())
            }
        }
    }
}

impl<'a> Given<'a> {
    fn text(&self) -> Result<&'a str, String> {
        match *self {
            Self::Text(text) => Ok(text),
            Self::Toml(toml::Value::String(text)) => Ok(text),
            Self::Toml(_) => Err(format!("{self} is no text")),
        }
    }

    fn switch(&self) -> Result<bool, String> {
        match *self {
            Self::Text("true") | Self::Toml(toml::Value::Boolean(true)) => Ok(true),
            Self::Text("false") | Self::Toml(toml::Value::Boolean(false)) => Ok(false),
            _ => Err(format!("{self} is neither")),
        }
    }

    fn whole(&self) -> Result<i64, String> {
        match *self {
            Self::Toml(toml::Value::Integer(number)) => Some(*number),
            Self::Text(text) => text.trim().replace('_', "").parse().ok(),
            Self::Toml(_) => None,
        }
        .ok_or_else(|| format!("{self} is no whole number"))
    }

    fn number(&self) -> Result<f64, String> {
        match *self {
            Self::Toml(toml::Value::Float(number)) => Some(*number),
            Self::Toml(toml::Value::Integer(number)) => Some(*number as f64),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Toml(_) => None,
        }
        .ok_or_else(|| format!("{self} is no number"))
    }

    fn word(&self, words: &[&'static str]) -> Result<&'static str, String> {
        let text = self.text()?.trim();
        words.iter().copied().find(|word| *word == text).ok_or_else(|| format!("there is no `{text}`"))
    }

    fn many(&self, words: &[&'static str]) -> Result<Vec<&'static str>, String> {
        let items: Vec<Given<'_>> = match *self {
            Self::Text(text) => text.split(',').filter(|item| !item.trim().is_empty()).map(Given::Text).collect(),
            Self::Toml(toml::Value::Array(items)) => items.iter().map(Given::Toml).collect(),
            Self::Toml(_) => return Err(format!("{self} is no list")),
        };
        items.iter().map(|item| item.word(words)).collect()
    }
}

impl std::fmt::Display for Given<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "`{text}`"),
            Self::Toml(value) => write!(f, "`{value}`"),
        }
    }
}

/// A value as a TOML file has it.
pub(super) fn literal(value: &ValueKind) -> String {
    match value {
        ValueKind::String(text) => toml::Value::String(text.clone()).to_string(),
        // So that it reads as a number with a fraction in the file.
        ValueKind::Float(number) => format!("{number:?}"),
        ValueKind::Array(items) => {
            let mut list = String::from("[");
            for (i, item) in items.iter().enumerate() {
                let comma = if i == 0 { "" } else { ", " };
                // Writing to a string does not fail.
                let _ = write!(list, "{comma}{}", literal(&item.kind));
            }
            list + "]"
        }
        other => other.to_string(),
    }
}
