//! Messages come from the network: any bytes must be decoded and checked or refused with reasons, never panic, and what
//! is answered is proto3 JSON. `cargo +nightly fuzz run wire`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promosieve::{
    config::Limits,
    detector::Detector,
    engine::{Engine, fingerprint::namespace::Namespace, policy::Policy},
    grpc,
    proto::v1,
    store::{MemoryStore, StoreConfig},
};
use prost::Message as _;
use std::sync::{Arc, LazyLock};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| {
    let store = MemoryStore::with_clock(StoreConfig::default(), Arc::new(|| 0));
    Detector::new(Engine::shipped(), Arc::new(store), Policy::default())
});

fn answer(document: Option<v1::Document>, options: Option<v1::AnalyzeOptions>) {
    let limits = Limits { max_text_bytes: 1 << 16, ..Limits::default() };
    match grpc::request(document, options, &limits) {
        Err(invalid) => assert!(!invalid.to_string().is_empty()),
        Ok((article, options)) => {
            let analysis = DETECTOR.analyze(&article, &options, 0).expect("memory does not fail");
            let answer = grpc::response::response(article.id, analysis, DETECTOR.ruleset_version());
            let mut line = Vec::new();
            grpc::json::push_line(&answer, &mut line).expect("what was made here is right");
            let _: serde_json::Value = serde_json::from_slice(&line).expect("JSON");
            assert_eq!(v1::AnalyzeResponse::decode(&*answer.encode_to_vec()).expect("protobuf"), answer);
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    // As they are, and as the text of a document, which a fuzzer would hardly wrap.
    if let Ok(request) = v1::AnalyzeRequest::decode(bytes) {
        answer(request.document, request.options);
    }
    if let Ok(options) = v1::AnalyzeOptions::decode(bytes) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        answer(Some(v1::Document { id: "1".into(), text, ..Default::default() }), Some(options));
    }
    if let Ok(document) = v1::Document::decode(bytes) {
        answer(Some(document), None);
    }
    if let Ok(batch) = v1::AnalyzeBatchRequest::decode(bytes) {
        batch.documents.into_iter().take(4).for_each(|document| answer(Some(document), batch.options.clone()));
    }
    if let Ok(request) = v1::ListAffectedDocumentsRequest::decode(bytes)
        && let Ok(query) = grpc::affected::query(&request, Namespace::DEFAULT)
    {
        _ = grpc::affected::response(DETECTOR.affected(&query), &query);
    }
});
