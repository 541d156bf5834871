//! What leaves the house as bytes: paper and QR symbols.
pub mod exchange;
pub mod pdf;
pub mod qr;
