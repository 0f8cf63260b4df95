//! Folds for cross-validation by group: a publisher is wholly in one fold, so that a model is always measured on
//! publishers it has not seen.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use xxhash_rust::xxh3::xxh3_64;

/// Which fold each group belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    count: usize,
    of: BTreeMap<String, usize>,
}

impl Folds {
    /// Spreads groups over `count` folds (at least one) so that the folds get about equally many members: the largest
    /// group first, each into the fold with the fewest members so far. `groups` names the group of every member, in
    /// any order; the result depends on the counts alone.
    pub fn balanced<'a>(groups: impl IntoIterator<Item = &'a str>, count: usize) -> Self {
        let count = count.max(1);
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        for group in groups {
            *sizes.entry(group).or_default() += 1;
        }
        // Groups of equal size in the order of their hashes: names that sort together (one publisher's editions) are
        // spread.
        let mut order: Vec<(&str, usize)> = sizes.into_iter().collect();
        order.sort_by_key(|&(name, size)| (std::cmp::Reverse(size), xxh3_64(name.as_bytes())));
        let mut loads = vec![0_usize; count];
        let mut of = BTreeMap::new();
        for (name, size) in order {
            let lightest = (0..count).min_by_key(|&fold| loads[fold]).unwrap_or(0);
            loads[lightest] += size;
            of.insert(name.to_owned(), lightest);
        }
        Self { count, of }
    }

    /// The fold of `group`, below [`Folds::count`]; groups that were not known get one by their hash.
    #[must_use]
    pub fn fold(&self, group: &str) -> usize {
        self.of.get(group).copied().unwrap_or_else(|| by_hash(group, self.count))
    }

    /// Number of folds.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }
}

/// A fold below `count` for any string, stable across machines and releases. `0` for a count of `0`.
#[must_use]
pub fn by_hash(group: &str, count: usize) -> usize {
    (xxh3_64(group.as_bytes()) % count.max(1) as u64) as usize
}

/// Runs `work(0)` to `work(count - 1)` on up to `threads` threads and returns the results in order: what runs where has
/// no influence on them. A panic in `work` goes on in the caller.
pub fn in_parallel<T: Send>(count: usize, threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
        let worker = || {
            let mut mine = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return mine;
                }
                mine.push((index, work(index)));
            }
        };
        let helpers: Vec<_> = (1..threads.clamp(1, count.max(1))).map(|_| scope.spawn(worker)).collect();
        let mut all = worker();
        for helper in helpers {
            match helper.join() {
                Ok(theirs) => all.extend(theirs),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    done.sort_by_key(|&(index, _)| index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_balanced_whatever_the_order() {
        let mut members: Vec<String> = Vec::new();
        for group in 0..40 {
            members.extend(std::iter::repeat_n(format!("site{group}"), 1 + group % 7));
        }
        let folds = Folds::balanced(members.iter().map(String::as_str), 5);
        let mut loads = [0; 5];
        for member in &members {
            loads[folds.fold(member)] += 1;
        }
        assert!(loads.iter().max().unwrap() - loads.iter().min().unwrap() <= 1, "{loads:?}");
        members.reverse();
        assert_eq!(folds, Folds::balanced(members.iter().map(String::as_str), 5));
    }

    #[test]
    fn strangers_get_a_fold_too() {
        let folds = Folds::balanced(["a"], 3);
        assert!(folds.fold("never seen") < 3);
        assert_eq!(Folds::balanced([], 0).fold("x"), 0);
        assert_eq!(by_hash("x", 0), 0);
    }

    #[test]
    fn parallel_results_come_in_order() {
        for threads in [0, 1, 2, 7] {
            assert_eq!(in_parallel(5, threads, |i| i * i), [0, 1, 4, 9, 16]);
        }
        assert!(in_parallel(0, 4, |i| i).is_empty());
    }
}
