//! promosieve finds and removes foreign matter in article texts: promotion, calls to action, subscription boxes,
//! pointers to other articles, disclaimers and page residue.

pub mod engine;
pub mod evaluation;
pub mod learning;
pub mod proto;
pub mod store;
