//! Annotated documents, one JSON object a line.

use serde_json::{Map, Value};

/// Kinds that are left out of all figures: removing such tokens is neither right nor wrong.
pub const LEFT_OUT: [&str; 2] = ["unsure", "byline"];

/// The kinds that annotators know.
pub const KINDS: [&str; 8] =
    ["promotion", "call_to_action", "subscription", "related", "disclaimer", "furniture", "byline", "unsure"];

/// A document with what the annotators marked in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gold {
    /// Identifies the document.
    pub id: String,
    /// Its source.
    pub site: String,
    /// Language tag; empty if not given.
    pub lang: String,
    /// Headline; may be empty.
    pub title: String,
    /// The text.
    pub text: String,
    /// Annotations in the order of the file; where two overlap, the later one holds.
    pub spans: Vec<Mark>,
    /// The article as a whole is an advertisement.
    pub advertorial: bool,
}

/// An annotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// First byte in the text, on a character boundary or not: offsets are the annotators'.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What the stretch is.
    pub kind: String,
}

/// What is wrong with a line of annotations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: field `{field}`: {problem}")]
pub struct GoldError {
    /// Line of the file, from 1.
    pub line: usize,
    /// Path of the field, for example `spans[2].end`; empty if the line is no JSON object.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Reads documents, one a line; empty lines are skipped. Unknown fields are ignored.
///
/// # Errors
/// At the first line that is no document.
pub fn parse(lines: &str) -> Result<Vec<Gold>, GoldError> {
    let filled = lines.lines().zip(1..).filter(|(content, _)| !content.trim().is_empty());
    filled.map(|(content, line)| parse_line(content, line)).collect()
}

/// Reads the document in line number `line` (from 1).
///
/// # Errors
/// If it is none.
pub fn parse_line(content: &str, line: usize) -> Result<Gold, GoldError> {
    object(content).and_then(|fields| document(&fields)).map_err(|wrong| wrong.at(line))
}

/// Reads annotations that stand without their document, in line number `line` (from 1): the fields of a document but for
/// those that `supply` adds, among them the text.
///
/// # Errors
/// If the line and what was added to it are no document.
pub fn parse_marks(
    content: &str,
    line: usize,
    supply: impl FnOnce(&mut Map<String, Value>),
) -> Result<Gold, GoldError> {
    let filled = object(content).and_then(|mut fields| {
        supply(&mut fields);
        document(&fields)
    });
    filled.map_err(|wrong| wrong.at(line))
}

/// A field and its problem, before the line is known.
struct Wrong(String, String);

impl Wrong {
    fn at(self, line: usize) -> GoldError {
        GoldError { line, field: self.0, problem: self.1 }
    }
}

fn object(content: &str) -> Result<Map<String, Value>, Wrong> {
    match serde_json::from_str(content).map_err(|e| Wrong(String::new(), format!("no JSON: {e}")))? {
        Value::Object(fields) => Ok(fields),
        _ => Err(Wrong(String::new(), "not an object".into())),
    }
}

fn document(fields: &Map<String, Value>) -> Result<Gold, Wrong> {
    let text = string(fields, "text", true)?;
    let spans = match fields.get("spans") {
        Some(Value::Array(spans)) => {
            spans.iter().enumerate().map(|(i, span)| mark(i, span, text.len())).collect::<Result<_, _>>()?
        }
        Some(_) => return Err(Wrong("spans".into(), "not a list".into())),
        None => return Err(Wrong("spans".into(), "missing".into())),
    };
    let advertorial = match fields.get("advertorial") {
        Some(Value::Bool(flag)) => *flag,
        None | Some(Value::Null) => false,
        Some(_) => return Err(Wrong("advertorial".into(), "neither true nor false".into())),
    };
    Ok(Gold {
        id: string(fields, "id", true)?,
        site: string(fields, "site", true)?,
        lang: string(fields, "lang", false)?,
        title: string(fields, "title", false)?,
        text,
        spans,
        advertorial,
    })
}

fn string(fields: &Map<String, Value>, name: &str, needed: bool) -> Result<String, Wrong> {
    match fields.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        None | Some(Value::Null) if needed => Err(Wrong(name.into(), "missing".into())),
        None | Some(Value::Null) => Ok(String::new()),
        Some(_) => Err(Wrong(name.into(), "not a string".into())),
    }
}

fn mark(index: usize, value: &Value, length: usize) -> Result<Mark, Wrong> {
    let wrong = |field: &str, problem: String| Wrong(format!("spans[{index}]{field}"), problem);
    let offset = |name: &str| match value.get(name) {
        Some(offset) => offset
            .as_u64()
            .and_then(|offset| usize::try_from(offset).ok())
            .filter(|offset| *offset <= length)
            .ok_or_else(|| wrong(&format!(".{name}"), format!("{offset} is no offset into a text of {length} bytes"))),
        None => Err(wrong(&format!(".{name}"), "missing".into())),
    };
    let (start, end) = (offset("start")?, offset("end")?);
    if start > end {
        return Err(wrong(".end", format!("{end} lies before the start {start}")));
    }
    match value.get("kind").and_then(Value::as_str) {
        Some(kind) if KINDS.contains(&kind) => Ok(Mark { start, end, kind: kind.to_owned() }),
        Some(kind) => Err(wrong(".kind", format!("{kind:?} is none of {}", KINDS.join(", ")))),
        None => Err(wrong(".kind", "missing, or not a string".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_document_is_read() {
        let line = r#"{"id":"1","site":"a.example","lang":"de","title":null,"text":"Größe da","spans":
            [{"start":0,"end":7,"kind":"unsure"}],"advertorial":true,"more":1}"#
            .replace('\n', " ");
        let documents = parse(&format!("\n{line}\n\n")).unwrap();
        assert_eq!(documents.len(), 1);
        assert_eq!(documents[0].spans, [Mark { start: 0, end: 7, kind: "unsure".into() }]);
        assert!(documents[0].advertorial && documents[0].title.is_empty());
    }

    #[test]
    fn errors_name_line_and_field() {
        let span = |span: &str| format!(r#"{{"id":"1","site":"a","text":"four","spans":[{span}]}}"#);
        for (line, field, problem) in [
            ("oops".to_owned(), "", "no JSON"),
            ("[1]".to_owned(), "", "not an object"),
            (r#"{"id":"1","site":"a","spans":[]}"#.to_owned(), "text", "missing"),
            (r#"{"id":7,"site":"a","text":"x","spans":[]}"#.to_owned(), "id", "not a string"),
            (r#"{"id":"1","site":"a","text":"x"}"#.to_owned(), "spans", "missing"),
            (span(r#"{"start":0,"end":9,"kind":"related"}"#), "spans[0].end", "text of 4 bytes"),
            (span(r#"{"start":-1,"end":2,"kind":"related"}"#), "spans[0].start", "no offset"),
            (span(r#"{"start":3,"end":2,"kind":"related"}"#), "spans[0].end", "before the start 3"),
            (span(r#"{"start":0,"end":2,"kind":"ad"}"#), "spans[0].kind", "none of"),
            (span(r#"{"start":0,"end":2}"#), "spans[0].kind", "missing"),
        ] {
            let error = parse(&format!("{}\n{line}", span(""))).unwrap_err();
            assert_eq!((error.line, error.field.as_str()), (2, field), "{line}");
            assert!(error.problem.contains(problem), "{error}");
        }
    }
}
