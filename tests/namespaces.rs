//! Namespaces over a real socket: a server that several share answers each as if it had the server for itself.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod support;

use promosieve::{
    access::{KeyFile, Role},
    config::{Access, Config, Data},
    proto::v1::{self, template_service_client::TemplateServiceClient},
};
use proptest::{
    collection::vec,
    prelude::{Strategy, any},
    strategy::ValueTree as _,
    test_runner::TestRunner,
};
use std::path::Path;
use support::*;
use tonic::Request;

/// Whose evidence: nobody's in particular, and two by name.
const NAMESPACES: [&str; 3] = ["", "team-a", "team-b"];

/// A document by one of the namespaces.
#[derive(Debug, Clone)]
struct Sent {
    namespace: usize,
    document: v1::Document,
}

/// Documents from small pools, so that ids, sources, titles, blocks and whole texts recur within and between namespaces.
fn traffic() -> impl Strategy<Value = Vec<Sent>> {
    let sent = (0..NAMESPACES.len(), 0..12_u8, 0..2_u8, 0..4_u8, vec(0..10_usize, 2..7), any::<bool>());
    vec(sent, 60).prop_map(|all| {
        let one = |(at, (namespace, id, source, title, blocks, ordinary)): (i64, _)| {
            let blocks: Vec<usize> = blocks;
            let mut text = blocks.iter().map(|&block| line(block)).collect::<Vec<_>>().join("\n");
            if ordinary {
                text = format!("{text}\n{}", include_str!("data/ordinary.txt"));
            }
            let document = v1::Document {
                id: format!("document {id}"),
                source: format!("source-{source}.example"),
                title: if title == 0 { String::new() } else { line(usize::from(title)) },
                text,
                language: "en".into(),
                published_at: Some(prost_types::Timestamp { seconds: 1_700_000_000 + at, nanos: 0 }),
            };
            Sent { namespace, document }
        };
        (0..).zip(all).map(one).collect()
    })
}

fn line(block: usize) -> String {
    const WORDS: [&str; 10] =
        ["harbour", "ledger", "copper", "meadow", "signal", "orchard", "timber", "granite", "lantern", "current"];
    let word = |step: usize| WORDS[(block * 3 + step * 7 + block * step) % WORDS.len()];
    match block % 3 {
        0 => format!("Subscribe to our {} {} newsletter and get the {} report for free!", word(1), word(2), word(3)),
        1 => format!("The {} committee said the {} plan for the {} quarter will go ahead.", word(1), word(2), word(3)),
        _ => format!("Read also: the {} {} and the {} {}", word(1), word(2), word(3), word(4)),
    }
}

/// What a namespace hears, but for the ids of templates, which are its own.
fn comparable(mut answer: v1::AnalyzeResponse) -> v1::AnalyzeResponse {
    for span in &mut answer.spans {
        if !span.template_id.is_empty() {
            span.template_id = "some".into();
        }
    }
    answer
}

fn keyed<T>(message: T, key: Option<&str>) -> Request<T> {
    let mut request = Request::new(message);
    if let Some(key) = key {
        request.metadata_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    }
    request
}

fn explained(document: v1::Document) -> v1::AnalyzeRequest {
    let options = v1::AnalyzeOptions { explain: true, ..Default::default() };
    v1::AnalyzeRequest { document: Some(document), options: Some(options) }
}

async fn affected(server: &Server, key: Option<&str>, template: &str) -> Vec<v1::AffectedDocument> {
    let mut client = TemplateServiceClient::new(server.channel().await);
    let since = template.is_empty().then_some(prost_types::Timestamp { seconds: 0, nanos: 0 });
    let (mut found, mut page_token) = (Vec::new(), String::new());
    loop {
        let template_id = template.to_owned();
        let query =
            v1::ListAffectedDocumentsRequest { template_id, since, page_size: 3, page_token, ..Default::default() };
        let page = client.list_affected_documents(keyed(query, key)).await.unwrap().into_inner();
        found.extend(page.documents);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return found;
        }
    }
}

fn names(documents: &[v1::AffectedDocument]) -> Vec<(String, String, usize)> {
    let name = |d: &v1::AffectedDocument| (d.source.clone(), d.document_id.clone(), d.template_ids.len());
    let mut names: Vec<_> = documents.iter().map(name).collect();
    // The clock may tick between one server's document and the other's.
    names.sort();
    names
}

/// One server for all and one for each, with their data, if any, in directories below `dir`.
struct Subject {
    keys: [String; 3],
    shared: Config,
    own: [Config; 3],
}

impl Subject {
    fn new(dir: &Path, on_disk: bool) -> Self {
        let path = dir.join("keys.toml");
        let file = KeyFile::at(&path);
        let key = |namespace: &str| file.add(&format!("key of {namespace}"), Role::Write, namespace, 1).unwrap();
        let keys = NAMESPACES.map(key);
        let data = |name: &str| if on_disk { Data::Directory(dir.join(name)) } else { Data::Memory };
        let access = Access { api_keys: Some(path.clone()), tls: None };
        let shared = Config { access, data: data("shared"), ..config() };
        let own = ["0", "1", "2"].map(|name| Config { data: data(name), ..config() });
        Self { keys, shared, own }
    }

    async fn start(&self) -> (Server, Vec<Server>) {
        let mut own = Vec::new();
        for config in &self.own {
            own.push(Server::with(config.clone()).await);
        }
        (Server::with(self.shared.clone()).await, own)
    }
}

async fn stop((shared, own): (Server, Vec<Server>)) {
    for mut server in own.into_iter().chain([shared]) {
        server.signal();
        server.stopped().await.unwrap();
    }
}

async fn compare(subject: &Subject, (shared, own): &(Server, Vec<Server>), sent: &[Sent]) {
    let mut one = shared.client().await;
    let mut each = Vec::new();
    for server in own {
        each.push(server.client().await);
    }
    for Sent { namespace, document } in sent {
        let key = Some(subject.keys[*namespace].as_str());
        let here = one.analyze(keyed(explained(document.clone()), key)).await.unwrap().into_inner();
        let there = each[*namespace].analyze(explained(document.clone())).await.unwrap().into_inner();
        if *namespace == 0 {
            assert_eq!(here, there, "without a name all is as on a server without keys");
        }
        assert_eq!(comparable(here), comparable(there), "{}", NAMESPACES[*namespace]);
    }
    for (namespace, server) in own.iter().enumerate() {
        let key = Some(subject.keys[namespace].as_str());
        let here = affected(shared, key, "").await;
        assert_eq!(names(&here), names(&affected(server, None, "").await), "{}", NAMESPACES[namespace]);
        // The templates of one are nothing to the others.
        for template in here.iter().flat_map(|document| &document.template_ids) {
            assert!(!affected(shared, key, template).await.is_empty());
            let other = Some(subject.keys[(namespace + 1) % subject.keys.len()].as_str());
            assert_eq!(affected(shared, other, template).await, []);
        }
    }
}

fn samples(count: usize) -> Vec<Vec<Sent>> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| traffic().new_tree(&mut runner).unwrap().current()).collect()
}

#[tokio::test]
async fn in_memory_each_namespace_is_alone() {
    for sent in samples(3) {
        let dir = tempfile::tempdir().unwrap();
        let subject = Subject::new(dir.path(), false);
        let servers = subject.start().await;
        compare(&subject, &servers, &sent).await;
        stop(servers).await;
    }
}

#[tokio::test]
async fn on_disk_each_namespace_is_alone_after_a_restart_as_well() {
    for sent in samples(2) {
        let dir = tempfile::tempdir().unwrap();
        let subject = Subject::new(dir.path(), true);
        for half in sent.chunks(sent.len() / 2) {
            let servers = subject.start().await;
            compare(&subject, &servers, half).await;
            stop(servers).await;
        }
    }
}

/// The samples would prove nothing if namespaces had nothing to see.
#[tokio::test]
async fn the_samples_have_recurring_blocks_and_copies() {
    let server = Server::start().await;
    let mut client = server.client().await;
    let (mut recurring, mut copies) = (0, 0);
    for sent in samples(1).concat() {
        let answer = client.analyze(explained(sent.document)).await.unwrap().into_inner();
        recurring += answer.spans.iter().filter(|span| !span.template_id.is_empty()).count();
        copies += usize::from(!answer.near_duplicate_of.is_empty());
    }
    assert!(recurring > 10 && copies > 3, "{recurring} {copies}");
    assert!(!affected(&server, None, "").await.is_empty());
}
