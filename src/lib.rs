//! promosieve finds and removes foreign matter in article texts: promotion, calls to action, subscription boxes,
//! pointers to other articles, disclaimers and page residue.
//!
//! # Layout
//! Data flows one way: article → blocks → tokens → fingerprints → sightings → findings → decision → clean text.
//!
//! | room | what happens there |
//! | --- | --- |
//! | [`engine`] | pure: text in, decisions out; no I/O, no clock, no async |
//! | [`store`] | fingerprint → sightings, the only state |
//! | [`detector`] | the use case: read, look up, judge |
//! | [`learning`] | learners and metrics, pure |
//! | [`training`] | streams and annotations in, a model file out |
//! | [`evaluation`] | the yardstick: figures against annotations |
//! | [`grpc`] | wire ↔ domain, errors → status |
//! | [`server`] | listener, limits, health, reflection, drain |
//! | [`config`] | file, environment, flags → one validated configuration |
//! | [`cli`] | the commands |
//! | [`proto`] | generated code of the contract |

pub mod access;
pub mod cli;
pub mod config;
pub mod detector;
pub mod engine;
pub mod evaluation;
pub mod grpc;
pub mod learning;
pub mod proto;
pub mod server;
pub mod store;
pub mod training;
