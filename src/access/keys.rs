//! API keys: how they look, how they are kept, and how one is recognised.
//!
//! A key is `ps_`, an identifier and a secret of 256 random bits, both in hexadecimal. Kept is the SHA-256 of the whole.
//! A slow hash, as for passwords, would add nothing: it makes guessing dearer, and nobody guesses 256 random bits; but it
//! would cost every call some milliseconds, which strangers could use to keep the server busy.

use super::{Grant, Role};
use crate::engine::fingerprint::namespace::Namespace;
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom, SystemRandom},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, fmt::Write as _, sync::Arc};
use subtle::ConstantTimeEq as _;

const PREFIX: &str = "ps_";
const ID_BYTES: usize = 8;
const SECRET_BYTES: usize = 32;
const HASH_BYTES: usize = 32;

/// Longest names, in bytes: they are shown in lists and logs.
const MAX_NAME: usize = 128;

/// The keys in force.
#[derive(Debug, Default)]
pub struct KeyRing(HashMap<String, Key>);

#[derive(Debug)]
struct Key {
    hash: [u8; HASH_BYTES],
    grant: Arc<Grant>,
}

/// The file of keys.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    #[serde(default)]
    pub(super) key: Vec<Listed>,
}

/// A key as the file lists it: everything but the key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// What people call it. No two keys have the same.
    pub name: String,
    /// What it allows.
    pub role: Role,
    /// Whose evidence it sees; that of all who have no namespace if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// When it was made, in seconds since the Unix epoch.
    #[serde(default)]
    pub created: i64,
    /// Its public part.
    pub id: String,
    /// SHA-256 of the key, in hexadecimal.
    sha256: String,
}

impl Listed {
    /// A new key, as the file has it and as its owner needs it.
    ///
    /// # Errors
    /// If the names are unfit, or if the system has no randomness.
    pub(super) fn make(name: &str, role: Role, namespace: &str, created: i64) -> Result<(Self, String), String> {
        let mut random = [0; ID_BYTES + SECRET_BYTES];
        SystemRandom::new().fill(&mut random).map_err(|_| "the system gives no random numbers".to_owned())?;
        let (id, secret) = random.split_at(ID_BYTES);
        let id = hexadecimal(id);
        let key = format!("{PREFIX}{id}_{}", hexadecimal(secret));
        let sha256 = hexadecimal(digest(&SHA256, key.as_bytes()).as_ref());
        let listed = Self { name: name.into(), role, namespace: namespace.into(), created, id, sha256 };
        listed.check().map_err(|problems| problems.join("; "))?;
        Ok((listed, key))
    }

    fn check(&self) -> Result<[u8; HASH_BYTES], Vec<String>> {
        let mut problems = Vec::new();
        for (field, value, least) in [("name", &self.name, 1), ("namespace", &self.namespace, 0)] {
            if !(least..=MAX_NAME).contains(&value.len()) || value.chars().any(char::is_control) {
                problems
                    .push(format!("{field} {value:?} is unfit; expected {least} to {MAX_NAME} bytes of plain text"));
            }
        }
        if self.id.len() != 2 * ID_BYTES || !is_hexadecimal(&self.id) {
            problems.push(format!("id {:?} is none; expected {} hexadecimal digits", self.id, 2 * ID_BYTES));
        }
        let hash = bytes(&self.sha256);
        if hash.is_none() {
            problems.push(format!("sha256 of {:?} is none; expected {} hexadecimal digits", self.name, 2 * HASH_BYTES));
        }
        hash.filter(|_| problems.is_empty()).ok_or(problems)
    }
}

impl Table {
    /// Reads a file's text.
    ///
    /// # Errors
    /// With everything that is wrong.
    pub(super) fn parse(text: &str) -> Result<Self, Vec<String>> {
        toml::from_str(text).map_err(|e| {
            let line = e.span().map_or(0, |span| text.get(..span.start).unwrap_or(text).matches('\n').count() + 1);
            vec![format!("line {line}: {}", e.message())]
        })
    }
}

impl KeyRing {
    /// The keys of a file's text.
    ///
    /// # Errors
    /// With everything that is wrong.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let (mut ring, mut names) = (HashMap::new(), std::collections::HashSet::new());
        for listed in Table::parse(text)?.key {
            let hash = match listed.check() {
                Ok(hash) => hash,
                Err(found) => {
                    problems.extend(found);
                    continue;
                }
            };
            let Listed { name, role, namespace, id, .. } = listed;
            if !names.insert(name.clone()) {
                problems.push(format!("two keys have the name {name:?}; expected each name once"));
            }
            let grant = Arc::new(Grant::new(name, role, Namespace::named(&namespace)));
            if ring.insert(id.clone(), Key { hash, grant }).is_some() {
                problems.push(format!("two keys have the id {id}; expected each id once"));
            }
        }
        if problems.is_empty() { Ok(Self(ring)) } else { Err(problems) }
    }

    /// What the key `token` allows, if it is one of these. The time that it takes tells whether the identifier is known,
    /// which is no secret, and nothing about the rest.
    #[must_use]
    pub fn find(&self, token: &str) -> Option<Arc<Grant>> {
        let id = token.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).map_or("", |(id, _)| id);
        let known = self.0.get(id);
        let expected = known.map_or([0; HASH_BYTES], |key| key.hash);
        let is_equal: bool = digest(&SHA256, token.as_bytes()).as_ref().ct_eq(&expected[..]).into();
        known.filter(|_| is_equal).map(|key| Arc::clone(&key.grant))
    }

    /// Takes the place of `before`: grants of keys that did not change live on, all others are revoked.
    pub fn replace(&mut self, before: &Self) {
        for (id, old) in &before.0 {
            match self.0.get_mut(id).filter(|new| new.hash == old.hash && new.grant.is_same(&old.grant)) {
                Some(new) => new.grant = Arc::clone(&old.grant),
                None => old.grant.revoke(),
            }
        }
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nobody has a key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn bytes(text: &str) -> Option<[u8; HASH_BYTES]> {
    if text.len() != 2 * HASH_BYTES || !is_hexadecimal(text) {
        return None;
    }
    let mut bytes = [0; HASH_BYTES];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(listed: &[Listed]) -> Result<KeyRing, Vec<String>> {
        KeyRing::parse(&toml::to_string(&Table { key: listed.to_vec() }).unwrap())
    }

    #[test]
    fn a_key_is_recognised_and_nothing_like_it() {
        let (listed, key) = Listed::make("crawler", Role::Write, "team-a", 1).unwrap();
        let (other, _) = Listed::make("other", Role::Read, "", 1).unwrap();
        let text = toml::to_string(&Table { key: vec![listed.clone(), other.clone()] }).unwrap();
        assert!(!text.contains(&key[PREFIX.len() + 2 * ID_BYTES + 1..]), "the file must not have the secret");
        let ring = ring(&[listed.clone(), other.clone()]).unwrap();
        let grant = ring.find(&key).unwrap();
        assert_eq!(
            (grant.name.as_str(), grant.role, grant.namespace),
            ("crawler", Role::Write, Namespace::named("team-a"))
        );
        let secret = &key[PREFIX.len() + 2 * ID_BYTES..];
        let swapped = format!("{PREFIX}{}{secret}", other.id);
        let hash = format!("{PREFIX}{}_{}", listed.id, listed.sha256);
        let last = if key.ends_with('0') { "1" } else { "0" };
        let bent = format!("{}{last}", &key[..key.len() - 1]);
        for wrong in ["", "ps_", "ps__", &key[1..], &format!("{key}0"), &key.to_uppercase(), &swapped, &hash, &bent] {
            assert!(ring.find(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_mistake_of_a_file_is_named() {
        let (listed, _) = Listed::make("a", Role::Read, "", 1).unwrap();
        let broken = Listed { name: "\n".into(), id: "x".into(), sha256: "é".repeat(32), ..listed.clone() };
        let problems = ring(&[listed.clone(), listed.clone(), broken]).unwrap_err();
        for part in ["two keys have the name \"a\"", "two keys have the id", "name \"\\n\"", "id \"x\"", "sha256 of"] {
            assert!(problems.iter().any(|problem| problem.contains(part)), "{part} is missing in {problems:?}");
        }
        for (text, part) in [("[[key]]\nname = 3\n", "line 2"), ("\n[[keys]]\n", "line 2"), ("x", "line 1")] {
            let problems = KeyRing::parse(text).unwrap_err();
            assert!(problems[0].starts_with(part), "{problems:?}");
        }
        assert!(KeyRing::parse("").unwrap().is_empty());
    }

    #[test]
    fn grants_outlive_a_reload_unless_their_key_changed() {
        let (stays, stays_key) = Listed::make("stays", Role::Read, "", 1).unwrap();
        let (goes, goes_key) = Listed::make("goes", Role::Read, "", 1).unwrap();
        let (rises, rises_key) = Listed::make("rises", Role::Read, "", 1).unwrap();
        let before = ring(&[stays.clone(), goes, rises.clone()]).unwrap();
        let old = [&stays_key, &goes_key, &rises_key].map(|key| before.find(key).unwrap());
        let mut after = ring(&[stays, Listed { role: Role::Admin, ..rises }]).unwrap();
        after.replace(&before);
        assert_eq!(old.each_ref().map(|grant| grant.is_revoked()), [false, true, true]);
        assert!(Arc::ptr_eq(&after.find(&stays_key).unwrap(), &old[0]));
        assert!(after.find(&goes_key).is_none());
        let now = after.find(&rises_key).unwrap();
        assert_eq!((now.role, now.is_revoked()), (Role::Admin, false));
    }
}
