//! Learners without I/O: what `promosieve train` fits models with, and the figures to judge them by.
//!
//! Everything here is deterministic: fixed seeds, fixed order of summation, no dependence on threads or maps.
//!
//! ```text
//! sparse       hashed n-grams     → i8 table            (AdaGrad)
//! ridge        rows made on demand → weights            (conjugate gradients)
//! dense        a few 100 columns  → weights             (L-BFGS), softmax for several classes
//! calibration  scores             → probabilities
//! folds        groups             → cross-validation
//! metrics      scores and truth   → figures
//! model        all of these       ↔ bytes of one file
//! ```

pub mod calibration;
pub mod dense;
pub mod folds;
pub mod lbfgs;
mod linear;
pub mod metrics;
pub mod model;
pub mod random;
pub mod ridge;
pub mod softmax;
pub mod sparse;
pub mod vectors;
