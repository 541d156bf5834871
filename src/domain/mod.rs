//! What is true about residents, sheets, standings and permissions.
//!
//! Nothing here does IO, reads a clock, or knows of axum or SQL: time and chance come in as arguments.
pub mod answer;
pub mod clock;
pub mod computed;
pub mod date;
pub mod directive;
pub mod fax;
pub mod form;
pub mod generations;
pub mod handoff;
pub mod id;
pub mod import;
pub mod jahis;
pub mod kana;
pub mod link;
pub mod number;
pub mod permit;
pub mod phone;
pub mod protocol;
pub mod record;
pub mod recovery;
pub mod resident;
pub mod sealed;
pub mod sheet;
pub mod standing;
pub mod text;
pub mod transport;
pub mod view;
pub mod withhold;
