//! The learned parts: the text model and the decision, and the file that they ship in.

pub mod decision;
pub mod text;
