//! Walks over answers: each kind of answer as an input, as a fact, and as a difference.
//!
//! Pure functions from domain values to markup, and from a posted page back to [`crate::domain::answer::Inputs`]: no
//! handler, no store, no clock. What a page shows and posts back unchanged is the same inputs (a test reads the
//! markup as a browser would).
pub mod change;
mod control;
pub mod edit;
pub mod post;
pub mod read;

#[cfg(test)]
mod browser;
#[cfg(test)]
mod tests;
