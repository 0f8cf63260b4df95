//! The file of API keys: read by the server, changed by `promosieve keys`.

use super::{KeyRing, Listed, Role, keys::Table};
use std::{
    fs::{self, File, Permissions},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::{Path, PathBuf},
};

const HEAD: &str = "\
# API keys of promosieve: hashes only, the keys themselves are not here. Change it with `promosieve keys`; the server
# reads it again by itself.

";

/// Only the owner needs a new file. An existing one keeps its mode and, as far as the system lets us, its owner.
const NEW_MODE: u32 = 0o600;

/// Why a file of keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read or written.
    #[error("{path}: {source}{}", hint(.source))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is no file of keys.
    #[error("{path}: {}", .problems.join("; "))]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what would be right.
        problems: Vec<String>,
    },
    /// What was asked for cannot be done.
    #[error("{0}")]
    Refused(String),
}

fn hint(error: &io::Error) -> &'static str {
    if error.kind() == io::ErrorKind::NotFound { "; `promosieve keys add` makes one" } else { "" }
}

/// A file of keys by its path.
#[derive(Debug, Clone)]
pub struct KeyFile(PathBuf);

impl KeyFile {
    /// The file at `path`.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(path.into())
    }

    /// The keys in force.
    ///
    /// # Errors
    /// If the file cannot be read or is wrong.
    pub fn ring(&self) -> Result<KeyRing, KeyFileError> {
        self.parse(&self.read()?)
    }

    /// The file's text.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(&self) -> Result<String, KeyFileError> {
        fs::read_to_string(&self.0).map_err(|e| self.io(e))
    }

    /// The keys that the text of this file says.
    ///
    /// # Errors
    /// If it is wrong.
    pub fn parse(&self, text: &str) -> Result<KeyRing, KeyFileError> {
        KeyRing::parse(text).map_err(|problems| self.broken(problems))
    }

    /// The keys as they are listed, in the order of the file.
    ///
    /// # Errors
    /// If the file cannot be read or is wrong.
    pub fn list(&self) -> Result<Vec<Listed>, KeyFileError> {
        let text = self.read()?;
        self.parse(&text)?;
        Ok(Table::parse(&text).map_err(|problems| self.broken(problems))?.key)
    }

    /// Makes a key, which nobody can get again, and adds it to the file, which is created if missing. `created` is in
    /// seconds since the Unix epoch.
    ///
    /// # Errors
    /// If there is a key of this name, or the file cannot be read or written.
    pub fn add(&self, name: &str, role: Role, namespace: &str, created: i64) -> Result<String, KeyFileError> {
        self.change(|keys| {
            if keys.iter().any(|key| key.name == name) {
                return Err(KeyFileError::Refused(format!(
                    "there is a key named {name:?} already; revoke it or choose another name"
                )));
            }
            let (listed, key) = Listed::make(name, role, namespace, created).map_err(KeyFileError::Refused)?;
            keys.push(listed);
            Ok(key)
        })
    }

    /// Takes the key of this name away.
    ///
    /// # Errors
    /// If there is none, or the file cannot be read or written.
    pub fn revoke(&self, name: &str) -> Result<(), KeyFileError> {
        self.change(|keys| {
            let before = keys.len();
            keys.retain(|key| key.name != name);
            if keys.len() == before {
                let why = format!("there is no key named {name:?}; `promosieve keys list` shows all");
                return Err(KeyFileError::Refused(why));
            }
            Ok(())
        })
    }

    /// Readers see the file before the change or after it, and two changes at a time wait for each other.
    fn change<T>(&self, change: impl FnOnce(&mut Vec<Listed>) -> Result<T, KeyFileError>) -> Result<T, KeyFileError> {
        let dir = self.0.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let lock = File::open(dir).map_err(|e| self.io(e))?;
        lock.lock().map_err(|e| self.io(e))?;
        let mut keys = match self.list() {
            Err(KeyFileError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Vec::new(),
            listed => listed?,
        };
        let outcome = change(&mut keys)?;
        let text = toml::to_string(&Table { key: keys }).map_err(|e| self.broken(vec![e.to_string()]))?;
        self.write(dir, &format!("{HEAD}{text}")).map_err(|e| self.io(e))?;
        // So that the new name is on disk as well.
        lock.sync_all().map_err(|e| self.io(e))?;
        Ok(outcome)
    }

    fn write(&self, dir: &Path, text: &str) -> io::Result<()> {
        // A link stays a link: what it points to is replaced.
        let path = fs::canonicalize(&self.0).unwrap_or_else(|_| self.0.clone());
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(dir);
        let mut new = tempfile::NamedTempFile::new_in(dir)?;
        new.write_all(text.as_bytes())?;
        let mut mode = NEW_MODE;
        if let Ok(meta) = fs::metadata(&path) {
            mode = meta.mode() & 0o777;
            // Only root may give files away; the server says so if it cannot read what it gets.
            let _ = chown(new.path(), Some(meta.uid()), Some(meta.gid()));
        }
        new.as_file().set_permissions(Permissions::from_mode(mode))?;
        new.as_file().sync_all()?;
        new.persist(&path)?;
        Ok(())
    }

    fn io(&self, source: io::Error) -> KeyFileError {
        KeyFileError::Io { path: self.0.clone(), source }
    }

    fn broken(&self, problems: Vec<String>) -> KeyFileError {
        KeyFileError::Broken { path: self.0.clone(), problems }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_added_listed_and_revoked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.toml");
        let file = KeyFile::at(&path);
        assert!(file.list().unwrap_err().to_string().contains("promosieve keys add"));
        let first = file.add("first", Role::Read, "", 1).unwrap();
        let second = file.add("second", Role::Admin, "team", 2).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, NEW_MODE);
        assert!(matches!(file.add("first", Role::Read, "", 3), Err(KeyFileError::Refused(_))));
        assert!(matches!(file.add("line\nbreak", Role::Read, "", 3), Err(KeyFileError::Refused(_))));
        let listed = file.list().unwrap();
        let facts: Vec<_> = listed.iter().map(|k| (k.name.as_str(), k.role, k.namespace.as_str(), k.created)).collect();
        assert_eq!(facts, [("first", Role::Read, "", 1), ("second", Role::Admin, "team", 2)]);
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        file.revoke("first").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
        assert!(matches!(file.revoke("first"), Err(KeyFileError::Refused(_))));
        let ring = file.ring().unwrap();
        assert!(ring.find(&first).is_none() && ring.find(&second).is_some());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn changes_at_the_same_time_all_count() {
        let dir = tempfile::tempdir().unwrap();
        let file = KeyFile::at(&dir.path().join("keys.toml"));
        std::thread::scope(|scope| {
            for i in 0..8 {
                let file = &file;
                scope.spawn(move || file.add(&format!("key {i}"), Role::Read, "", 1).unwrap());
            }
        });
        assert_eq!(file.ring().unwrap().len(), 8);
    }

    #[test]
    fn a_broken_file_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.toml");
        fs::write(&path, "[[key]]\nname = 'x'\n").unwrap();
        assert!(matches!(KeyFile::at(&path).add("y", Role::Read, "", 1), Err(KeyFileError::Broken { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "[[key]]\nname = 'x'\n");
    }
}
