//! From words to fingerprints: exact keys, templates with slots, labels, shingles and the sketch of a document.
//!
//! | key | equal for | namespace |
//! | --- | --- | --- |
//! | exact | the same words, numbers and dates apart | [`key::Space::Exact`] |
//! | template | the same constant words between runs of names, numbers and dates | [`key::Space::Template`] |
//! | label | the same words before a colon at the start of a line | [`key::Space::Label`] |
//! | shingle | four neighbouring words, sampled by winnowing | [`key::Space::Shingle`] |
//! | title | the title of the article | [`key::Space::Title`] |

pub mod element;
pub mod key;
pub mod namespace;
pub mod shingle;
