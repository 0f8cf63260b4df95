//! Any text and title: spans sorted, disjoint and on boundaries, the answer the same twice, nothing panics.
//! `cargo +nightly fuzz run engine_text`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promosieve::detector::{Detector, Options};
use promosieve::engine::{Engine, article::Article, policy::Policy};
use promosieve::store::{MemoryStore, StoreConfig};
use std::sync::{Arc, LazyLock};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| {
    let store = MemoryStore::with_clock(StoreConfig::default(), Arc::new(|| 0));
    Detector::new(Engine::shipped(), Arc::new(store), Policy::default())
});

fuzz_target!(|bytes: &[u8]| {
    // The first line is the title, so that headlines and pointers to them are met as well.
    let all = String::from_utf8_lossy(bytes);
    let (title, text) = all.split_once('\n').unwrap_or(("", &all));
    let article = Article { source: "fuzz.example".into(), title: title.into(), text: text.into(), ..Article::default() };
    let look = Options { learn: false, explain: true, ..Options::default() };
    let answer = DETECTOR.analyze(&article, &look, 0).expect("memory does not fail");
    let mut end = 0;
    for span in &answer.spans {
        assert!(end <= span.start && span.start < span.end && text.get(span.start..span.end).is_some());
        end = span.end;
    }
    if answer.spans.iter().all(|span| !span.removed) {
        assert_eq!(answer.cleaned_text, text);
    }
    assert_eq!(answer, DETECTOR.analyze(&article, &look, 0).expect("memory does not fail"));
    DETECTOR.learn(&article, 0).expect("memory does not fail");
});
