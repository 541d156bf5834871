//! hikitsugi (引き継ぎ): a resident's 救急連絡シート from the nurse's desk to the ambulance crew's phone.
//!
//! Imports run one way, and a test reads the sources to keep it so:
//!
//! ```text
//! main → command → web → (store, export) → domain
//! ```
pub mod domain;
pub mod export;
pub mod store;
