//! A disk that fails on command and forgets what was not made durable, as disks do when the power goes.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex};

use super::disk::Disk;
use crate::store::evidence::lock;

/// What a power failure keeps or loses as a whole.
const SECTOR: usize = 512;

#[derive(Debug, Default, Clone)]
struct Content {
    now: Vec<u8>,
    durable: Vec<u8>,
}

#[derive(Debug, Clone)]
enum Naming {
    Make(String, usize),
    Rename(String, String),
    Remove(String),
}

#[derive(Debug, Default, Clone)]
struct Inner {
    contents: Vec<Content>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// Since names were made durable.
    pending: Vec<Naming>,
    /// How operations fail, from the given one on.
    fault: Option<ErrorKind>,
    /// The power goes before so many more operations; what is then left, by this seed.
    power: Option<(u64, u64)>,
    left: Option<BTreeMap<String, Vec<u8>>>,
}

/// The disk; clones share it.
#[derive(Debug, Default, Clone)]
pub(super) struct Simulated(Arc<Mutex<Inner>>);

/// Small numbers from a seed.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        crate::store::mix::mix(self.0) % sides
    }
}

impl Simulated {
    /// A disk with these files, all durable.
    pub(super) fn with(files: BTreeMap<String, Vec<u8>>) -> Self {
        let disk = Self::default();
        let mut inner = lock(&disk.0);
        for (name, bytes) in files {
            let number = inner.contents.len();
            inner.contents.push(Content { now: bytes.clone(), durable: bytes });
            inner.names.insert(name, number);
        }
        inner.durable_names = inner.names.clone();
        drop(inner);
        disk
    }

    /// Every operation that changes something fails like this, or none does.
    pub(super) fn fail(&self, fault: Option<ErrorKind>) {
        lock(&self.0).fault = fault;
    }

    /// The power will go before so many more operations.
    pub(super) fn cut_power(&self, after: u64, seed: u64) {
        lock(&self.0).power = Some((after, seed));
    }

    /// What was left when the power went, if it did.
    pub(super) fn left(&self) -> Option<BTreeMap<String, Vec<u8>>> {
        lock(&self.0).left.clone()
    }

    /// What would be left now.
    pub(super) fn left_now(&self, seed: u64) -> BTreeMap<String, Vec<u8>> {
        lock(&self.0).torn(&mut Dice(seed))
    }
}

impl Inner {
    /// Before every operation that changes something.
    fn before(&mut self) -> io::Result<()> {
        match &mut self.power {
            Some((0, seed)) if self.left.is_none() => {
                let seed = *seed;
                self.left = Some(self.torn(&mut Dice(seed)));
            }
            Some((after, _)) => *after = after.saturating_sub(1),
            None => {}
        }
        self.fault.map_or(Ok(()), |fault| Err(fault.into()))
    }

    fn torn(&self, dice: &mut Dice) -> BTreeMap<String, Vec<u8>> {
        let mut names = self.durable_names.clone();
        for naming in self.pending.iter().filter(|_| dice.roll(2) == 0) {
            match naming {
                Naming::Make(name, number) => _ = names.insert(name.clone(), *number),
                Naming::Rename(from, to) => {
                    if let Some(number) = names.remove(from) {
                        names.insert(to.clone(), number);
                    }
                }
                Naming::Remove(name) => _ = names.remove(name),
            }
        }
        names.into_iter().map(|(name, number)| (name, self.contents[number].torn(dice))).collect()
    }
}

impl Content {
    /// Appended bytes that were not synced: any of their sectors may be there, zero, or cut off.
    fn torn(&self, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        let Some(fresh) = self.now.get(bytes.len()..) else { return bytes };
        let keeps = dice.roll(fresh.len() as u64 + 1) as usize;
        let kept = match dice.roll(3) {
            0 => &fresh[..0],
            1 => fresh,
            _ => &fresh[..keeps],
        };
        for sector in kept.chunks(SECTOR) {
            match dice.roll(4) {
                0 => bytes.extend(vec![0; sector.len()]),
                1 => bytes.extend(sector.iter().map(|byte| byte ^ dice.roll(2) as u8)),
                _ => bytes.extend(sector),
            }
        }
        bytes
    }
}

impl Disk for Simulated {
    fn list(&self) -> io::Result<Vec<(String, u64)>> {
        let inner = lock(&self.0);
        Ok(inner.names.iter().map(|(name, &number)| (name.clone(), inner.contents[number].now.len() as u64)).collect())
    }

    fn read(&self, name: &str, from: u64, most: u64) -> io::Result<Vec<u8>> {
        let inner = lock(&self.0);
        let number = *inner.names.get(name).ok_or(ErrorKind::NotFound)?;
        Ok(inner.contents[number].now.iter().skip(from as usize).take(most as usize).copied().collect())
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut inner = lock(&self.0);
        let failed = inner.before();
        let number = if let Some(&number) = inner.names.get(name) {
            number
        } else {
            failed.as_ref().map_err(io::Error::kind)?;
            let number = inner.contents.len();
            inner.contents.push(Content::default());
            inner.names.insert(name.into(), number);
            inner.pending.push(Naming::Make(name.into(), number));
            number
        };
        // A write that fails has written a part.
        let written = if failed.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
        inner.contents[number].now.extend_from_slice(written);
        failed
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        let mut inner = lock(&self.0);
        inner.before()?;
        let number = *inner.names.get(name).ok_or(ErrorKind::NotFound)?;
        inner.contents[number].durable = inner.contents[number].now.clone();
        Ok(())
    }

    fn truncate(&mut self, name: &str, len: u64) -> io::Result<()> {
        let mut inner = lock(&self.0);
        inner.before()?;
        let number = *inner.names.get(name).ok_or(ErrorKind::NotFound)?;
        let content = &mut inner.contents[number];
        content.now.truncate(len as usize);
        content.durable = content.now.clone();
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let mut inner = lock(&self.0);
        inner.before()?;
        let number = inner.names.remove(from).ok_or(ErrorKind::NotFound)?;
        inner.names.insert(to.into(), number);
        inner.pending.push(Naming::Rename(from.into(), to.into()));
        Ok(())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        let mut inner = lock(&self.0);
        inner.before()?;
        if inner.names.remove(name).is_some() {
            inner.pending.push(Naming::Remove(name.into()));
        }
        Ok(())
    }

    fn sync_names(&mut self) -> io::Result<()> {
        let mut inner = lock(&self.0);
        inner.before()?;
        inner.durable_names = inner.names.clone();
        inner.pending.clear();
        Ok(())
    }
}
