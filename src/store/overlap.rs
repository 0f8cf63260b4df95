//! The rules of the near-duplicate guard: how much of a document may have been seen before?

use std::cmp::Reverse;

use super::config::GuardConfig;

/// How a sketch and one family of earlier documents (an original and its copies) overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overlap {
    /// Common hashes.
    pub(crate) all: u32,
    /// Those of them that few documents carried.
    pub(crate) fresh: u32,
    /// Hashes in the largest sketch of the family.
    pub(crate) earlier: u32,
}

/// Hashes of a sketch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) all: u32,
    /// Those that few documents carried so far, none included.
    pub(crate) fresh: u32,
}

/// Copies before reuse, then the larger overlap, then the earlier document: a total order, so that the answer does not
/// depend on the order of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pub(crate) copy: bool,
    common: u32,
    earliest: Reverse<(u32, u64)>,
}

impl Overlap {
    /// What the overlap makes of the document, if anything. `since` is the time and fingerprint of the earlier one.
    pub(crate) fn rank(self, size: Size, since: (u32, u64), config: &GuardConfig) -> Option<Rank> {
        let copy = self.contains(size, config) || self.has_grown(size, config);
        (copy || self.is_reused(size, config)).then_some(Rank {
            copy,
            common: if copy { self.all } else { self.fresh },
            earliest: Reverse(since),
        })
    }

    /// Most of the document was in the earlier one. Hashes that are common count as far as they must, for the tenth
    /// re-crawl of one article has no others; but where there are others, they decide: a page that is mostly template
    /// is a copy only if its own part is.
    fn contains(self, size: Size, config: &GuardConfig) -> bool {
        /// Up to so many hashes, all must be common: of four, three of a template are soon the same.
        const SMALL: u32 = 4;
        /// What is left over is an edit, not an article.
        const WHOLE: u32 = 90;
        let least = if size.all <= SMALL { size.all } else { 0 };
        self.all >= least.max(config.near_least)
            && reaches(self.all, size.all, config.near_share)
            && (reaches(self.all, size.all, WHOLE) || reaches(self.fresh, size.fresh, config.near_share))
    }

    /// Most of the earlier document is in this one, which is longer. Only hashes that are not common count: a page
    /// without an article, all template, is contained in every later page.
    fn has_grown(self, size: Size, config: &GuardConfig) -> bool {
        let own = self.earlier.saturating_sub(self.all - self.fresh);
        self.fresh >= config.grown_least
            && reaches(self.fresh, own, config.near_share)
            && reaches(self.earlier, size.all, config.grown_size)
    }

    fn is_reused(self, size: Size, config: &GuardConfig) -> bool {
        self.fresh >= config.reuse_least && reaches(self.fresh, size.fresh, config.reuse_share)
    }
}

/// Whether `part` is at least `share` per cent of `whole`.
fn reaches(part: u32, whole: u32, share: u32) -> bool {
    u64::from(part) * 100 >= u64::from(whole) * u64::from(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (common hashes, fresh ones of them, earlier size) against (size, fresh of it): copy, reuse or nothing.
    type Case = (&'static str, [u32; 3], [u32; 2], Option<bool>);
    const CASES: &[Case] = &[
        ("the same", [20, 20, 20], [20, 20], Some(true)),
        ("half of it", [10, 10, 20], [20, 20], Some(true)),
        ("less than half", [9, 9, 60], [20, 20], Some(false)),
        ("three of twenty", [3, 3, 20], [20, 20], Some(false)),
        ("two of twenty", [2, 2, 20], [20, 20], None),
        ("three of twenty-one", [3, 3, 20], [21, 21], None),
        ("three of four", [3, 3, 4], [4, 4], Some(false)),
        ("all of three", [3, 3, 3], [3, 3], Some(true)),
        ("all of two", [2, 2, 2], [2, 2], None),
        ("grown threefold", [20, 20, 20], [60, 60], Some(true)),
        ("grown fourfold is reuse", [20, 20, 20], [80, 80], Some(false)),
        ("a common re-crawl", [20, 0, 20], [20, 0], Some(true)),
        ("a common template, own text", [14, 0, 20], [20, 6], None),
        ("a common template, own text copied", [18, 4, 20], [20, 6], Some(true)),
        ("an empty page's template", [6, 0, 6], [20, 14], None),
    ];

    #[test]
    fn cases() {
        for &(name, [all, fresh, earlier], [size, size_fresh], expected) in CASES {
            let size = Size { all: size, fresh: size_fresh };
            let rank = Overlap { all, fresh, earlier }.rank(size, (0, 0), &GuardConfig::default());
            assert_eq!(rank.map(|rank| rank.copy), expected, "{name}");
        }
    }
}
