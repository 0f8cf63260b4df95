//! `ListAffectedDocuments`, spoken to as any client would.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

mod support;

use promosieve::config::Data;
use promosieve::proto::v1::{
    AffectedDocument, AnalyzeOptions, AnalyzeRequest, Learning, ListAffectedDocumentsRequest,
    template_service_client::TemplateServiceClient,
};
use prost_types::Timestamp;
use support::*;
use tonic::{Code, transport::Channel};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};
use tonic_types::StatusExt as _;

const SERVICE: &str = "promosieve.v1.TemplateService";
const PROMOTION: &str = "Abonnieren Sie jetzt unseren kostenlosen Newsletter und verpassen Sie keine Nachricht mehr!";

type Templates = TemplateServiceClient<Channel>;

async fn templates(server: &Server) -> Templates {
    Templates::new(server.channel().await)
}

/// An article that shares nothing with others but the promotion at its end.
fn article(n: usize) -> promosieve::proto::v1::Document {
    let sentence = |i| format!("Satz{n}x{i} wort{n}a{i} ding{n}b{i} haus{n}c{i} baum{n}d{i} weg{n}e{i} tag{n}f{i}.");
    let body: Vec<String> = (0..12).map(sentence).collect();
    document(&format!("article-{n}"), &format!("{}\n\n{PROMOTION}\n", body.join(" ")))
}

/// Sends articles; the id of the template that the last one reports.
async fn send(client: &mut Client, articles: std::ops::Range<usize>) -> String {
    let mut id = String::new();
    for n in articles {
        let answer = client.analyze(request(article(n))).await.unwrap().into_inner();
        id = answer.spans.into_iter().map(|span| span.template_id).find(|id| !id.is_empty()).unwrap_or_default();
    }
    id
}

async fn walk(client: &mut Templates, first: ListAffectedDocumentsRequest) -> Vec<AffectedDocument> {
    let (mut request, mut all) = (first, Vec::new());
    loop {
        let page = client.list_affected_documents(request.clone()).await.unwrap().into_inner();
        all.extend(page.documents);
        if page.next_page_token.is_empty() {
            return all;
        }
        request.page_token = page.next_page_token;
    }
}

fn ids(documents: &[AffectedDocument]) -> Vec<&str> {
    let mut ids: Vec<&str> = documents.iter().map(|document| document.document_id.as_str()).collect();
    ids.sort_unstable();
    ids
}

fn since() -> ListAffectedDocumentsRequest {
    ListAffectedDocumentsRequest { since: Some(Timestamp::default()), ..Default::default() }
}

#[tokio::test]
async fn documents_judged_with_less_are_found_and_analysed_again() {
    let server = Server::start().await;
    let (mut client, mut templates) = (server.client().await, templates(&server).await);
    let template_id = send(&mut client, 0..4).await;
    assert_eq!(template_id.len(), 16, "the fourth knows the template");
    let of_template = ListAffectedDocumentsRequest { template_id: template_id.clone(), ..Default::default() };
    let all = walk(&mut templates, of_template.clone()).await;
    assert_eq!(ids(&all), ["article-0", "article-1", "article-2", "article-3"]);
    assert!(all.iter().all(|d| d.source == "example.org" && d.template_ids == [template_id.as_str()]));
    assert!(all.iter().all(|d| d.seen_at.is_some_and(|at| at.seconds > 1_700_000_000)));
    let affected = walk(&mut templates, since()).await;
    assert_eq!(ids(&affected), ["article-0", "article-1"]);
    assert!(affected[0].template_ids.contains(&template_id));

    for (source, expected) in [("EXAMPLE.org ", 2), ("example.com", 0)] {
        let request = ListAffectedDocumentsRequest { source: source.into(), ..since() };
        assert_eq!(walk(&mut templates, request).await.len(), expected, "{source}");
    }
    let later =
        ListAffectedDocumentsRequest { since: Some(Timestamp { seconds: 4_000_000_000, nanos: 0 }), ..of_template };
    assert_eq!(walk(&mut templates, later).await, []);

    let options = Some(AnalyzeOptions { learning: Learning::Off.into(), ..Default::default() });
    client.analyze(AnalyzeRequest { document: Some(article(0)), options }).await.unwrap();
    assert_eq!(ids(&walk(&mut templates, since()).await), ["article-0", "article-1"], "it left no trace");
    send(&mut client, 0..1).await;
    assert_eq!(ids(&walk(&mut templates, since()).await), ["article-1"]);
}

#[tokio::test]
async fn pages_follow_one_another() {
    let server = Server::start().await;
    let (mut client, mut templates) = (server.client().await, templates(&server).await);
    let template_id = send(&mut client, 0..7).await;
    let request = ListAffectedDocumentsRequest { template_id, ..Default::default() };
    let whole = walk(&mut templates, request.clone()).await;
    assert_eq!(whole.len(), 7);
    for page_size in 1..=8 {
        assert_eq!(walk(&mut templates, ListAffectedDocumentsRequest { page_size, ..request.clone() }).await, whole);
    }
    let first = ListAffectedDocumentsRequest { page_size: 2, ..request };
    let page = templates.list_affected_documents(first.clone()).await.unwrap().into_inner();
    assert_eq!(page.documents.len(), 2);
    let next = ListAffectedDocumentsRequest { page_token: page.next_page_token, page_size: 5, ..first };
    let last = templates.list_affected_documents(next.clone()).await.unwrap().into_inner();
    assert_eq!((last.documents.len(), last.next_page_token.as_str()), (5, ""));
    let changed = ListAffectedDocumentsRequest { source: "example.org".into(), ..next };
    let status = templates.list_affected_documents(changed).await.unwrap_err();
    assert_eq!(fields(&status), ["page_token"]);
}

#[tokio::test]
async fn answers_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let on_disk = || promosieve::config::Config { data: Data::Directory(dir.path().into()), ..config() };
    let mut server = Server::with(on_disk()).await;
    send(&mut server.client().await, 0..4).await;
    let before = walk(&mut templates(&server).await, since()).await;
    assert_eq!(before.len(), 2);
    server.signal();
    server.stopped().await.unwrap();
    let server = Server::with(on_disk()).await;
    assert_eq!(walk(&mut templates(&server).await, since()).await, before);
}

#[tokio::test]
async fn wrong_requests_name_the_field() {
    let server = Server::start().await;
    let mut templates = templates(&server).await;
    let wrong = [
        (ListAffectedDocumentsRequest::default(), "template_id"),
        (ListAffectedDocumentsRequest { template_id: "xyz".into(), ..Default::default() }, "template_id"),
        (ListAffectedDocumentsRequest { page_size: -1, ..since() }, "page_size"),
        (ListAffectedDocumentsRequest { page_token: "00".into(), ..since() }, "page_token"),
        (ListAffectedDocumentsRequest { source: "s".repeat(1025), ..since() }, "source"),
        (
            ListAffectedDocumentsRequest { since: Some(Timestamp { seconds: 0, nanos: -1 }), ..Default::default() },
            "since.nanos",
        ),
    ];
    for (request, field) in wrong {
        assert_eq!(fields(&templates.list_affected_documents(request).await.unwrap_err()), [field]);
    }
}

#[tokio::test]
async fn the_service_is_admitted_and_reported_like_the_other() {
    let mut config = config();
    config.transport.max_concurrent_requests = 1;
    let server = Server::with(config).await;
    let request = HealthCheckRequest { service: SERVICE.into() };
    let answer = HealthClient::new(server.channel().await).check(request).await.unwrap().into_inner();
    assert_eq!(answer.status(), ServingStatus::Serving);
    let mut client = server.client().await;
    let _held = client.analyze_stream(tokio_stream::pending()).await.unwrap();
    let status = templates(&server).await.list_affected_documents(since()).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.get_details_retry_info().is_some());
}

#[tokio::test]
async fn reflection_knows_the_service() {
    use tonic_reflection::pb::v1::{
        ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };
    let server = Server::start().await;
    let ask = |message| ServerReflectionRequest { host: String::new(), message_request: Some(message) };
    let asked = [MessageRequest::ListServices(String::new()), MessageRequest::FileContainingSymbol(SERVICE.into())];
    let mut client = ServerReflectionClient::new(server.channel().await);
    let mut answers = client.server_reflection_info(tokio_stream::iter(asked.map(ask))).await.unwrap().into_inner();
    let list = answers.message().await.unwrap().unwrap().message_response.unwrap();
    let MessageResponse::ListServicesResponse(list) = list else { panic!("{list:?}") };
    assert!(list.service.iter().any(|service| service.name == SERVICE), "{list:?}");
    let file = answers.message().await.unwrap().unwrap().message_response.unwrap();
    assert!(matches!(file, MessageResponse::FileDescriptorResponse(_)), "{file:?}");
}
