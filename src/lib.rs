//! hikitsugi (引き継ぎ): a resident's 救急連絡シート from the nurse's desk to the ambulance crew's phone.
//!
//! Imports run one way, and a test reads the sources to keep it so:
//!
//! ```text
//! main → command → web → (store, export) → domain
//! ```
//!
//! `store` and `export` do not know each other. Read in this order:
//!
//! * [`domain`]: what is true. [`domain::record`] is all that can be known of a resident, [`domain::answer`] the kinds
//!   of answers, [`domain::form`] what a form asks and prints, [`domain::standing`] the CPR standing.
//! * [`store`]: the only SQL; every write leaves an audit entry in its own transaction.
//! * [`export`]: an issued sheet becomes a PDF, a link a QR code.
//! * [`web`]: the pages and the API; [`web::router`] says all that the service answers.
//! * [`command`]: the command line.
pub mod command;
pub mod config;
pub mod domain;
pub mod export;
pub mod store;
pub mod web;
