//! Namespaces: keys of different namespaces never meet, so evidence of one never shows in another.
//!
//! It is the fingerprints that are parted and not the tables: one store, one journal and one bound on memory serve all
//! of them. The namespace without a name leaves fingerprints as they are.

use super::key::{mix, source_key};
use crate::engine::observation::Observation;
use ring::digest::{SHA256, digest};
use std::borrow::Cow;

/// Part of every tag; a change of it, of the digest or of [`mix`] forgets all that named namespaces have learned.
const DOMAIN: &[u8] = b"promosieve.namespace.v1\0";

/// Whose evidence counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Namespace(u64);

impl Namespace {
    /// The namespace of all who have none.
    pub const DEFAULT: Self = Self(0);

    /// The namespace of this name; [`Self::DEFAULT`] if it is empty. The digest is a cryptographic one, so that who does
    /// not know a name cannot construct texts whose fingerprints meet those of the namespace.
    #[must_use]
    pub fn named(name: &str) -> Self {
        if name.is_empty() {
            return Self::DEFAULT;
        }
        let digest = digest(&SHA256, &[DOMAIN, name.as_bytes()].concat());
        let tag = digest.as_ref().iter().take(8).fold(0, |tag, &byte| tag << 8 | u64::from(byte));
        // Zero is taken; one in 2^64 names does not mind.
        Self(tag.max(1))
    }

    /// What `key` is in this namespace. Different keys stay different.
    #[must_use]
    pub fn key(self, key: u64) -> u64 {
        if self == Self::DEFAULT { key } else { mix(self.0, key) }
    }

    /// Fingerprint of a source's name.
    #[must_use]
    pub fn source_key(self, source: &str) -> u64 {
        self.key(source_key(source))
    }

    /// A document as the store shall see it. Lists keep their order, but for the sketch, which is ascending.
    #[must_use]
    pub fn observation(self, observation: &Observation) -> Cow<'_, Observation> {
        if self == Self::DEFAULT {
            return Cow::Borrowed(observation);
        }
        let Observation { source, document, id, local, global, asked, pointers, sketch } = observation;
        let all = |keys: &[u64]| keys.iter().map(|&key| self.key(key)).collect::<Vec<_>>();
        let mut sketch = all(sketch);
        sketch.sort_unstable();
        Cow::Owned(Observation {
            source: self.key(*source),
            document: self.key(*document),
            id: id.clone(),
            local: all(local),
            global: all(global),
            asked: all(asked),
            pointers: pointers.clone(),
            sketch,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::observation::Pointer;

    /// Golden values: stored fingerprints depend on them.
    #[test]
    fn tags_are_stable_and_apart() {
        assert_eq!(Namespace::named(""), Namespace::DEFAULT);
        assert_eq!(Namespace::DEFAULT.key(7), 7);
        assert_eq!(Namespace::named("team-a").key(7), 17_054_931_802_110_304_128);
        assert_ne!(Namespace::named("team-a").key(7), Namespace::named("team-b").key(7));
    }

    #[test]
    fn an_observation_changes_in_every_key_and_keeps_its_shape() {
        let keys = |from: u64| (from..from + 20).map(|i| i << 40).collect::<Vec<_>>();
        let plain = Observation {
            source: 1,
            document: 2,
            id: "id".into(),
            local: keys(10),
            global: keys(40),
            asked: keys(70),
            pointers: vec![Pointer { title: 0, style: 1 }],
            sketch: keys(100),
        };
        let named = Namespace::named("x").observation(&plain).into_owned();
        assert!(named.sketch.is_sorted());
        assert_eq!(named.pointers, plain.pointers);
        let flat = |o: &Observation| [&[o.source, o.document], &o.local[..], &o.global, &o.asked, &o.sketch].concat();
        let (before, after) = (flat(&plain), flat(&named));
        assert_eq!(before.len(), after.len());
        assert!(after.iter().all(|key| !before.contains(key)));
        assert_eq!(named.local[3], Namespace::named("x").key(plain.local[3]));
        assert_eq!(*Namespace::DEFAULT.observation(&plain), plain);
    }
}
