//! `clean --parquet` as a process: columns in, the same columns and the results out.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

use arrow_array::{
    Array, ArrayRef, Date32Array, DictionaryArray, Int64Array, ListArray, RecordBatch, RecordBatchReader as _,
    StringArray, StructArray, TimestampMicrosecondArray,
    builder::{Int64Builder, ListBuilder},
    cast::AsArray as _,
    types::{Float64Type, Int8Type, UInt32Type},
};
use arrow_schema::SchemaRef;
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    basic::{Compression, GzipLevel, ZstdLevel},
    file::properties::WriterProperties,
};
use serde_json::Value;
use std::{
    fs::File,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
    sync::Arc,
};
use tempfile::TempDir;

const STORY: &str = "The council of Harrowgate will close its oldest bridge for eleven months, it said on Thursday.";
const PROMO: &str = "Sign up for our free newsletter now and never miss a story!";

fn text(n: usize) -> String {
    format!(
        "{STORY}\n\nEngineers found {n} cracks in two of the six piers, and {} more in August.\n\n{PROMO}",
        n * 7 + 1
    )
}

fn strings(values: impl IntoIterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(StringArray::from_iter(values))
}

/// A crawl: some rows, every column that documents have, and two that they have not.
fn crawl(rows: usize) -> RecordBatch {
    let count = i64::try_from(rows).unwrap();
    let mut links = ListBuilder::new(Int64Builder::new());
    (0..count).for_each(|n| links.append_option((n % 3 > 0).then(|| (0..n % 5).map(Some).collect::<Vec<_>>())));
    let sites: DictionaryArray<Int8Type> = (0..rows).map(|n| ["a.example", "b.example"][n % 2]).collect();
    RecordBatch::try_from_iter([
        ("site", Arc::new(sites) as ArrayRef),
        ("id", strings((0..rows).map(|n| Some(format!("doc-{n}"))))),
        ("links", Arc::new(links.finish())),
        ("title", strings((0..rows).map(|n| (n % 4 > 0).then(|| format!("Bridge closes, part {n}"))))),
        ("text", strings((0..rows).map(|n| Some(text(n))))),
        ("lang", strings((0..rows).map(|_| Some("en".to_owned())))),
        ("published_at", Arc::new(TimestampMicrosecondArray::from_iter_values((0..count).map(|n| n * 1_000_000)))),
        ("bytes", Arc::new(Int64Array::from_iter_values((0..count).rev()))),
    ])
    .unwrap()
}

fn save(path: &Path, batch: &RecordBatch, packed: Compression) {
    // Several row groups, so that rows are read over their borders.
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(70)).set_compression(packed).build();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn read(path: &Path) -> (SchemaRef, Vec<RecordBatch>) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let reader = builder.with_batch_size(1 << 20).build().unwrap();
    (reader.schema(), reader.map(Result::unwrap).collect())
}

struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(rows: usize) -> (Self, RecordBatch) {
        let (bench, batch) = (Self::new(), crawl(rows));
        save(&bench.0.path().join("in.parquet"), &batch, Compression::SNAPPY);
        (bench, batch)
    }

    fn save(&self, name: &str, batch: &RecordBatch) {
        save(&self.0.path().join(name), batch, Compression::UNCOMPRESSED);
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_promosieve"));
        command.arg("clean").args(arguments).current_dir(&self.0).env_remove("RUST_LOG");
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// Cleans, and reads what comes out in one piece.
    fn clean(&self, arguments: &[&str]) -> RecordBatch {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", err(&output));
        self.table(&output)
    }

    fn table(&self, output: &Output) -> RecordBatch {
        let path = self.0.path().join("out.parquet");
        File::create(&path).unwrap().write_all(&output.stdout).unwrap();
        let (_, mut batches) = read(&path);
        assert_eq!(batches.len(), 1);
        batches.remove(0)
    }
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> &'a ArrayRef {
    batch.column_by_name(name).unwrap_or_else(|| panic!("no column {name}"))
}

fn string_at<'a>(batch: &'a RecordBatch, name: &str, row: usize) -> &'a str {
    column(batch, name).as_string::<i32>().value(row)
}

#[test]
fn columns_stay_and_results_are_those_of_jsonl() {
    let (bench, input) = Bench::with(200);
    let lines: Vec<String> = (0..200)
        .map(|n| {
            let title = (n % 4 > 0).then(|| format!("Bridge closes, part {n}"));
            let site = ["a.example", "b.example"][n % 2];
            let date = format!("1970-01-01T00:{:02}:{:02}Z", n / 60, n % 60);
            serde_json::json!({"id": format!("doc-{n}"), "site": site, "title": title, "text": text(n), "lang": "en", "date": date})
                .to_string()
        })
        .collect();
    std::fs::write(bench.0.path().join("in.jsonl"), lines.join("\n")).unwrap();
    let jsonl = bench.run(&["--jsonl", "--explain", "in.jsonl"]);
    assert_eq!(jsonl.status.code(), Some(0), "{}", err(&jsonl));
    let expected: Vec<Value> =
        String::from_utf8(jsonl.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let output = bench.run(&["--parquet", "--explain", "in.parquet"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(err(&output).contains("200 documents"), "{}", err(&output));
    let out = bench.table(&output);

    assert_eq!(out.num_rows(), 200);
    for (field, column) in input.schema().fields().iter().zip(input.columns()) {
        assert_eq!(out.column_by_name(field.name()), Some(column), "{}", field.name());
        assert_eq!(out.schema().field_with_name(field.name()).unwrap(), field.as_ref());
    }
    let mut removed = 0;
    for (row, expected) in expected.iter().enumerate() {
        assert_eq!(string_at(&out, "id", row), expected["documentId"], "the order is kept");
        for name in ["cleanedText", "verdict", "nearDuplicateOf", "rulesetVersion"] {
            assert_eq!(string_at(&out, name, row), expected[name], "{name} of row {row}");
        }
        assert_eq!(string_at(&out, "detectedLanguage", row), expected["language"]);
        for name in ["spamScore", "clickbaitScore"] {
            let score = column(&out, name).as_primitive::<Float64Type>().value(row);
            assert_eq!(Some(score), expected[name].as_f64(), "{name} of row {row}");
        }
        removed += check_spans(column(&out, "spans").as_list(), row, expected["spans"].as_array().unwrap());
        let signals = column(&out, "signals").as_list::<i32>().value_length(row);
        assert_eq!(signals as usize, expected["signals"].as_array().unwrap().len());
    }
    assert!(removed >= 100, "{removed} spans removed");
}

/// Holds the spans of a row against those of JSONL; how many were removed.
fn check_spans(spans: &ListArray, row: usize, expected: &[Value]) -> usize {
    let spans = spans.value(row);
    let spans: &StructArray = spans.as_struct();
    assert_eq!(spans.len(), expected.len());
    let part = |name: &str| spans.column_by_name(name).unwrap();
    for (at, expected) in expected.iter().enumerate() {
        for name in ["start", "end"] {
            let place = part(name).as_primitive::<UInt32Type>().value(at);
            assert_eq!(Some(u64::from(place)), expected[name].as_u64());
        }
        assert_eq!(part("kind").as_string::<i32>().value(at), expected["kind"]);
        assert_eq!(part("templateId").as_string::<i32>().value(at), expected["templateId"]);
        assert_eq!(Some(part("removed").as_boolean().value(at)), expected["removed"].as_bool());
        let reasons = part("reasons").as_list::<i32>().value(at);
        let codes = reasons.as_struct().column_by_name("code").unwrap().clone();
        let wanted: Vec<_> = expected["reasons"].as_array().unwrap().iter().map(|r| r["code"].as_str()).collect();
        assert_eq!(codes.as_string::<i32>().iter().collect::<Vec<_>>(), wanted);
        let seen = part("sightings");
        assert_eq!(seen.is_null(at), expected["sightings"].is_null());
        if !seen.is_null(at) {
            let documents = seen.as_struct().column_by_name("documents").unwrap();
            let documents = documents.as_primitive::<UInt32Type>().value(at);
            assert_eq!(Some(u64::from(documents)), expected["sightings"]["documents"].as_u64());
        }
    }
    expected.iter().filter(|span| span["removed"] == true).count()
}

#[test]
fn the_output_does_not_depend_on_threads_or_packing() {
    let (bench, batch) = Bench::with(300);
    let one = bench.clean(&["--parquet", "--jobs", "1", "in.parquet"]);
    assert_eq!(bench.clean(&["--parquet", "--jobs", "4", "in.parquet"]), one);
    let packings =
        [Compression::GZIP(GzipLevel::default()), Compression::ZSTD(ZstdLevel::default()), Compression::LZ4_RAW];
    for packed in packings {
        save(&bench.0.path().join("in.parquet"), &batch, packed);
        assert_eq!(bench.clean(&["--parquet", "in.parquet"]), one, "{packed}");
    }
}

#[test]
fn columns_have_any_names_and_ids_may_be_numbers() {
    let bench = Bench::new();
    let batch = RecordBatch::try_from_iter([
        ("key", Arc::new(Int64Array::from_iter_values([7, 8])) as ArrayRef),
        ("body", strings([Some(text(1)), Some(text(2))])),
        ("day", Arc::new(Date32Array::from_iter_values([19_000, 19_001]))),
        ("language", strings([None, Some("en".to_owned())])),
    ])
    .unwrap();
    bench.save("in.parquet", &batch);
    let names = ["--column", "id=key", "--column", "text=body", "--column", "published-at=day"];
    let out = bench.clean(&[&["--parquet", "in.parquet", "in.parquet"], &names[..]].concat());
    assert_eq!(out.num_rows(), 4, "tables of the same columns follow one another");
    assert_eq!(column(&out, "key").as_ref(), &Int64Array::from_iter_values([7, 8, 7, 8]));
    assert!(!string_at(&out, "cleanedText", 0).contains("newsletter"));
    // What came out goes in again, under other names.
    std::fs::rename(bench.0.path().join("out.parquet"), bench.0.path().join("again.parquet")).unwrap();
    let taken = bench.run(&[&["--parquet", "again.parquet"], &names[..]].concat());
    assert_eq!(taken.status.code(), Some(65));
    assert!(err(&taken).contains("has a column `cleanedText` already") && err(&taken).contains("--prefix"));
    let out = bench.clean(&[&["--parquet", "--prefix", "second_", "again.parquet"], &names[..]].concat());
    assert_eq!(string_at(&out, "second_cleanedText", 0), string_at(&out, "cleanedText", 0));
}

#[test]
fn bad_rows_are_named_and_may_be_passed_over() {
    let bench = Bench::new();
    let mut texts: Vec<_> = (0..100).map(|n| Some(text(n))).collect();
    texts[80] = None;
    let ids = strings((0..100).map(|n| Some(n.to_string())));
    bench.save("in.parquet", &RecordBatch::try_from_iter([("id", ids), ("text", strings(texts))]).unwrap());
    let stopped = bench.run(&["--parquet", "in.parquet"]);
    assert_eq!(stopped.status.code(), Some(65));
    assert!(err(&stopped).contains("in.parquet: row 81: text: is null"), "{}", err(&stopped));
    let output = bench.run(&["--parquet", "--skip-bad", "in.parquet"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(err(&output).contains("row 81") && err(&output).contains("1 bad lines passed over"), "{}", err(&output));
    let out = bench.table(&output);
    assert_eq!(out.num_rows(), 100);
    for name in ["cleanedText", "spans", "spamScore", "verdict"] {
        assert!((0..100).all(|row| column(&out, name).is_null(row) == (row == 80)), "{name}");
    }
}

#[test]
fn what_does_not_fit_is_said_before_work_begins() {
    let (bench, _) = Bench::with(3);
    bench.save(
        "other.parquet",
        &RecordBatch::try_from_iter([("id", strings([None])), ("text", strings([None]))]).unwrap(),
    );
    std::fs::write(bench.0.path().join("lines.jsonl"), "{}\n").unwrap();
    let cases: [(&[&str], i32, &str); 7] = [
        (&["--parquet", "--column", "text=body", "in.parquet"], 65, "has no column `body`"),
        (&["--parquet", "--column", "text=links", "in.parquet"], 65, "column `links`, as text, must hold strings"),
        (&["--parquet", "--column", "headline=title", "in.parquet"], 64, "no part of a document"),
        (&["--column", "text=title", "in.parquet"], 64, "--parquet"),
        (&["--parquet", "lines.jsonl"], 65, "is no Parquet file that can be read"),
        (&["--parquet", "in.parquet", "other.parquet"], 65, "other.parquet: has other columns than in.parquet"),
        (&["--parquet", "nowhere.parquet"], 74, "nowhere.parquet"),
    ];
    for (arguments, code, why) in cases {
        let output = bench.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(why), "{arguments:?}: {}", err(&output));
    }
}
