//! Edits of a text, and the way back from what they made of it.

use std::borrow::Cow;
use std::ops::Range;

/// What to put in place of a part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Bytes that go, on character boundaries; may be none.
    pub(crate) old: Range<usize>,
    /// What comes.
    pub(crate) new: Cow<'static, str>,
}

impl Edit {
    pub(crate) fn delete(old: Range<usize>) -> Self {
        Self { old, new: Cow::Borrowed("") }
    }
}

/// Where an edit took place, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shift {
    old: Range<usize>,
    new: Range<usize>,
}

impl Shift {
    /// Where the byte `at` of the text before stands after, if this is the last shift in front of it.
    fn forward(&self, at: usize) -> usize {
        if at < self.old.end { self.new.start } else { self.new.end + (at - self.old.end) }
    }
}

/// One round of edits: how places lead from the text after it to the text before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stage {
    shifts: Vec<Shift>,
}

/// `text` with `edits`, which must be ascending, disjoint and on character boundaries.
pub(crate) fn apply(text: &str, edits: &[Edit]) -> (String, Stage) {
    let mut out = String::with_capacity(text.len() + edits.len());
    let mut stage = Stage { shifts: Vec::with_capacity(edits.len()) };
    let mut from = 0;
    for edit in edits {
        out.push_str(&text[from..edit.old.start]);
        let start = out.len();
        out.push_str(&edit.new);
        stage.shifts.push(Shift { old: edit.old.clone(), new: start..out.len() });
        from = edit.old.end;
    }
    out.push_str(&text[from..]);
    (out, stage)
}

impl Stage {
    /// Where something that starts at `at` started before: in front of what was taken out there if `whole`, else behind
    /// it. Inside something that was replaced, behind it.
    pub(crate) fn start(&self, at: usize, whole: bool) -> usize {
        match self.last(|shift| shift.new.start <= at) {
            Some(shift) if at == shift.new.start && (whole || !shift.new.is_empty()) => shift.old.start,
            Some(shift) => shift.old.end + at.saturating_sub(shift.new.end),
            None => at,
        }
    }

    /// Where something that ends at `at` ended before: in front of what was taken out there. Inside something that was
    /// replaced, in front of it.
    pub(crate) fn end(&self, at: usize) -> usize {
        match self.last(|shift| shift.new.start < at) {
            Some(shift) if at < shift.new.end => shift.old.start,
            Some(shift) => shift.old.end + (at - shift.new.end),
            None => at,
        }
    }

    /// Where an edge of something that stood at `at` before stands after: in front of what was put in there.
    pub(crate) fn edge(&self, at: usize) -> usize {
        self.last(|shift| shift.old.start < at).map_or(at, |shift| shift.forward(at))
    }

    /// Where each edit's new text starts.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> {
        self.shifts.iter().map(|shift| shift.new.start)
    }

    /// Where the byte `at` of the text before stands after: behind what was put in there.
    pub(crate) fn forward(&self, at: usize) -> usize {
        self.last(|shift| shift.old.start <= at).map_or(at, |shift| shift.forward(at))
    }

    /// The last shift that is `before` a place; those that are come first.
    fn last(&self, before: impl Fn(&Shift) -> bool) -> Option<&Shift> {
        self.shifts.partition_point(before).checked_sub(1).map(|last| &self.shifts[last])
    }
}
