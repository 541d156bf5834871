//! The standing cannot lie: whatever is done by whomever in whatever order, no surface says that an order is on file
//! unless a second opinion, written from safety.md alone, says so too.
//!
//! An ordinary run plays 500 sequences on each database, so that it ends within the hour on a slow machine too. A
//! million, with another seed:
//!
//! ```text
//! HIKITSUGI_SEQUENCES=1000000 HIKITSUGI_SEED=1 cargo test --test it directive::sequences
//! ```

mod model;
mod oracle;
mod sequences;
pub mod steps;
mod surfaces;
