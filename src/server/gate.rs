//! Who is let in to which call, by the keys in force.

use super::{SERVICES, ServeError, reload};
use crate::{
    access::{Grant, KeyFile, KeyRing, Role},
    grpc::status::Failure,
};
use http::{HeaderMap, header::AUTHORIZATION};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::task::JoinSet;

/// Told to everybody: load balancers and probes have no keys, and it says nothing of what the server knows.
const HEALTH: &str = "grpc.health.v1.Health/";

/// Longest keys that are looked at; ours have 84 bytes.
const LONGEST: usize = 256;

/// Lets callers in. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    keys: Option<Arc<RwLock<KeyRing>>>,
    everybody: Arc<Grant>,
}

impl Gate {
    /// Opens the file of keys, if there is one, and watches it from a task of `tasks`.
    pub(super) fn open(file: Option<&KeyFile>, tasks: &mut JoinSet<()>) -> Result<Self, ServeError> {
        let everybody = Arc::new(Grant::of_everybody());
        let Some(file) = file.cloned() else { return Ok(Self { keys: None, everybody }) };
        let text = file.read()?;
        let ring = file.parse(&text)?;
        if ring.is_empty() {
            tracing::warn!("there are no API keys yet: nobody may call");
        }
        let keys = Arc::new(RwLock::new(ring));
        let (reader, shared) = (file.clone(), Arc::clone(&keys));
        let apply = move |text: &String| {
            let mut ring = file.parse(text)?;
            let mut in_force = shared.write().unwrap_or_else(PoisonError::into_inner);
            ring.replace(&in_force);
            *in_force = ring;
            Ok(())
        };
        tasks.spawn(reload::watch("api_keys", text, move || reader.read(), apply));
        Ok(Self { keys: Some(keys), everybody })
    }

    /// What the caller of the method at `path` may do; nothing if the method is open to all.
    pub(super) fn admit(&self, path: &str, headers: &HeaderMap) -> Result<Option<Arc<Grant>>, Failure> {
        let path = path.trim_start_matches('/');
        let Some(keys) = &self.keys else { return Ok(Some(Arc::clone(&self.everybody))) };
        if path.starts_with(HEALTH) {
            return Ok(None);
        }
        let token = token(headers)?;
        let grant = keys.read().unwrap_or_else(PoisonError::into_inner).find(token);
        let grant = grant.ok_or(Failure::Unauthenticated("the key is not known"))?;
        let needed = needed(path);
        if grant.role < needed {
            return Err(Failure::Forbidden { what: "this call", held: grant.role, needed });
        }
        Ok(Some(grant))
    }
}

/// Whoever has a key may analyse (learning is another question), list and get, and ask for reflection. What changes
/// anything, and what is not known here, is for administrators.
fn needed(path: &str) -> Role {
    let [detector, templates] = SERVICES;
    match path.split_once('/') {
        Some((service, _)) if service == detector || service.starts_with("grpc.reflection.") => Role::Read,
        Some((service, method)) if service == templates && ["List", "Get"].iter().any(|v| method.starts_with(v)) => {
            Role::Read
        }
        _ => Role::Admin,
    }
}

fn token(headers: &HeaderMap) -> Result<&str, Failure> {
    const MISSING: Failure = Failure::Unauthenticated("there is no key");
    const MALFORMED: Failure = Failure::Unauthenticated("the key is malformed");
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let value = all.next().ok_or(MISSING)?;
    if all.next().is_some() || value.len() > LONGEST {
        return Err(MALFORMED);
    }
    let (scheme, token) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or(MALFORMED)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(MALFORMED) }
}

/// What the caller of `request` may do.
///
/// # Errors
/// If nobody asked at the gate, which would be a bug: then it may do nothing.
pub(super) fn grant<T>(request: &tonic::Request<T>) -> Result<Arc<Grant>, Failure> {
    request.extensions().get::<Arc<Grant>>().map(Arc::clone).ok_or(Failure::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_needs_an_administrator() {
        for (path, role) in [
            ("promosieve.v1.DetectorService/Analyze", Role::Read),
            ("promosieve.v1.DetectorService/AnalyzeStream", Role::Read),
            ("promosieve.v1.TemplateService/ListAffectedDocuments", Role::Read),
            ("promosieve.v1.TemplateService/GetAnything", Role::Read),
            ("promosieve.v1.TemplateService/DeleteAnything", Role::Admin),
            ("promosieve.v1.OtherService/ListAnything", Role::Admin),
            ("promosieve.v1.DetectorServiceX/Analyze", Role::Admin),
            ("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Role::Read),
            ("", Role::Admin),
        ] {
            assert_eq!(needed(path), role, "{path}");
        }
    }

    #[test]
    fn tokens_are_taken_from_one_well_formed_header() {
        let of = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, value.parse().unwrap());
            }
            token(&headers).map(str::to_owned).ok()
        };
        assert_eq!(of(&["Bearer ps_1_2"]).as_deref(), Some("ps_1_2"));
        assert_eq!(of(&["bearer  ps_1_2 "]).as_deref(), Some("ps_1_2"));
        let long = format!("Bearer {}", "x".repeat(LONGEST));
        for wrong in [&[][..], &["Bearer a", "Bearer a"], &["Basic a"], &["ps_1_2"], &[&long]] {
            assert_eq!(of(wrong), None, "{wrong:?}");
        }
    }
}
