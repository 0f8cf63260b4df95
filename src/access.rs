//! Who may do what: roles, API keys and the files of TLS. Only verified values leave this room.

mod certificates;
mod file;
mod keys;

pub use certificates::{TlsBytes, TlsError, TlsFiles};
pub use file::{KeyFile, KeyFileError};
pub use keys::{KeyRing, Listed};

use crate::engine::fingerprint::namespace::Namespace;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// What a key allows. Each role includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Analyse without learning, and read what is known.
    Read,
    /// Learn, too.
    Write,
    /// Change what is known by other means than documents.
    Admin,
}

impl Role {
    /// All roles, the weakest first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// Its name in files and flags.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

/// What a caller may do, and whose evidence it sees.
#[derive(Debug)]
pub struct Grant {
    /// The key's name, for the log; empty without keys.
    pub name: String,
    /// What it allows.
    pub role: Role,
    /// Whose evidence counts.
    pub namespace: Namespace,
    revoked: AtomicBool,
}

impl Grant {
    pub(crate) fn new(name: String, role: Role, namespace: Namespace) -> Self {
        Self { name, role, namespace, revoked: AtomicBool::new(false) }
    }

    /// Of everybody on a server without keys.
    #[must_use]
    pub fn of_everybody() -> Self {
        Self::new(String::new(), Role::Admin, Namespace::DEFAULT)
    }

    /// Whether the key was taken away or changed since the grant was given: long calls ask now and then.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        self.revoked.load(Relaxed)
    }

    fn revoke(&self) {
        self.revoked.store(true, Relaxed);
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.name, self.role, self.namespace) == (&other.name, other.role, other.namespace)
    }
}
