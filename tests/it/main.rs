//! Every story on both databases, in one binary.
#![expect(
    clippy::unwrap_used,
    reason = "a test that unwraps fails with the place and the cause"
)]

#[macro_use]
mod support;
mod attacks;
mod backup;
mod browser;
mod degraded;
mod demo;
mod directive;
mod documents;
mod forms_check;
mod golden;
mod hazards;
mod items;
mod keys;
mod layers;
mod mail;
mod matrix;
mod measured;
mod net;
mod paper;
mod protocols;
mod readback;
mod rules;
mod store;
mod story;
mod wording;
