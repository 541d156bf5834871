//! What is true about residents, sheets, standings and permissions.
//!
//! Nothing here does IO, reads a clock, or knows of axum or SQL: time and chance come in as arguments.
pub mod clock;
pub mod date;
pub mod id;
pub mod kana;
pub mod number;
pub mod permit;
pub mod phone;
pub mod text;
