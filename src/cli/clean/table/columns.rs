//! Which columns of a table the parts of a document stand in.

use arrow_schema::{DataType, Schema};

/// A part of a document: its name, the columns that are taken for it, and whether a document needs it.
#[derive(Debug)]
struct Part {
    name: &'static str,
    columns: [&'static str; 2],
    needed: bool,
    holds: Holds,
}

/// What a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Strings,
    /// Strings or whole numbers.
    Ids,
    /// Strings, timestamps or dates.
    Times,
}

const PARTS: [Part; 6] = [
    Part { name: "id", columns: ["id", "id"], needed: true, holds: Holds::Ids },
    Part { name: "text", columns: ["text", "text"], needed: true, holds: Holds::Strings },
    Part { name: "source", columns: ["source", "site"], needed: false, holds: Holds::Strings },
    Part { name: "title", columns: ["title", "title"], needed: false, holds: Holds::Strings },
    Part { name: "language", columns: ["language", "lang"], needed: false, holds: Holds::Strings },
    Part { name: "published_at", columns: ["published_at", "date"], needed: false, holds: Holds::Times },
];

/// `--column`: a part of a document, by its position in [`PARTS`], and the column that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli::clean) struct Choice {
    part: usize,
    column: String,
}

/// clap's parser of choices.
pub(in crate::cli::clean) fn choice(given: &str) -> Result<Choice, String> {
    let names = PARTS.map(|part| part.name).join(", ");
    let split = given.split_once('=').filter(|(_, column)| !column.is_empty());
    let (part, column) = split.ok_or_else(|| format!("expected PART=COLUMN, with one of {names} as PART"))?;
    let wanted = part.replace('-', "_");
    let part = PARTS.iter().position(|part| part.name == wanted);
    let part = part.ok_or_else(|| format!("`{wanted}` is no part of a document; expected one of {names}"))?;
    Ok(Choice { part, column: column.into() })
}

/// The column of each part, if there is one, in the order of [`PARTS`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Columns([Option<String>; PARTS.len()]);

impl Columns {
    /// Finds them; what was chosen goes before the usual names.
    ///
    /// # Errors
    /// With what is wrong if a column is missing or has the wrong type.
    pub(super) fn find(schema: &Schema, chosen: &[Choice]) -> Result<Self, String> {
        let mut columns = Self(Default::default());
        for (at, part) in PARTS.iter().enumerate() {
            let chosen = chosen.iter().rfind(|choice| choice.part == at).map(|choice| choice.column.as_str());
            let usual = || part.columns.into_iter().find(|name| schema.column_with_name(name).is_some());
            let Some(name) = chosen.or_else(usual) else {
                if part.needed {
                    return Err(missing(part, part.name, schema));
                }
                continue;
            };
            let Ok(field) = schema.field_with_name(name) else { return Err(missing(part, name, schema)) };
            if !part.holds.allows(field.data_type()) {
                let (right, wrong) = (part.holds.right(), field.data_type());
                return Err(format!("column `{name}`, as {}, must hold {right}, not {wrong}", part.name));
            }
            columns.0[at] = Some(name.to_owned());
        }
        Ok(columns)
    }

    /// Names of the columns of id, text, source, title, language and time.
    pub(super) fn names(&self) -> [Option<&str>; PARTS.len()] {
        self.0.each_ref().map(Option::as_deref)
    }

    /// Where they stand.
    pub(super) fn positions(&self, schema: &Schema) -> Vec<usize> {
        self.0.iter().flatten().filter_map(|name| schema.index_of(name).ok()).collect()
    }
}

fn missing(part: &Part, name: &str, schema: &Schema) -> String {
    let there: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let (part, there) = (part.name, there.join(", "));
    format!("has no column `{name}`; name the one with the {part} by --column {part}=NAME; there are: {there}")
}

impl Holds {
    fn allows(self, kind: &DataType) -> bool {
        match kind {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
            DataType::Dictionary(_, values) => Self::Strings.allows(values),
            DataType::Int32 | DataType::Int64 | DataType::UInt32 | DataType::UInt64 => self == Self::Ids,
            DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => self == Self::Times,
            _ => false,
        }
    }

    fn right(self) -> &'static str {
        match self {
            Self::Strings => "strings",
            Self::Ids => "strings or whole numbers of 32 or 64 bits",
            Self::Times => "strings, timestamps or dates",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_schema::{Field, TimeUnit};

    fn schema(columns: &[(&str, DataType)]) -> Schema {
        Schema::new(columns.iter().map(|(name, kind)| Field::new(*name, kind.clone(), true)).collect::<Vec<_>>())
    }

    #[test]
    fn usual_names_and_chosen_ones_are_found() {
        let time = DataType::Timestamp(TimeUnit::Millisecond, None);
        let dictionary = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
        let schema = schema(&[
            ("id", DataType::Int64),
            ("body", DataType::LargeUtf8),
            ("text", DataType::Utf8),
            ("site", dictionary),
            ("date", time),
        ]);
        let found = Columns::find(&schema, &[choice("text=body").unwrap()]).unwrap();
        assert_eq!(found.names(), [Some("id"), Some("body"), Some("site"), None, None, Some("date")]);
        assert_eq!(found.positions(&schema), [0, 1, 3, 4]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let numbers = schema(&[("id", DataType::Utf8), ("text", DataType::Float64)]);
        let wrong = Columns::find(&numbers, &[]).unwrap_err();
        assert_eq!(wrong, "column `text`, as text, must hold strings, not Float64");
        let nowhere = Columns::find(&numbers, &[choice("published-at=when").unwrap()]);
        assert!(nowhere.is_err());
        let missing = Columns::find(&schema(&[("id", DataType::Utf8), ("body", DataType::Utf8)]), &[]).unwrap_err();
        assert_eq!(
            missing,
            "has no column `text`; name the one with the text by --column text=NAME; there are: id, body"
        );
        assert!(choice("text").unwrap_err().starts_with("expected PART=COLUMN"));
        assert!(choice("headline=x").unwrap_err().contains("one of id, text"));
    }
}
