//! The store on both engines: what is written is there, whose it is, and that nobody changed it afterwards.

mod audit;
mod concurrency;
mod document;
mod facility;
mod open;
mod resident;
pub mod schema;
mod sealed;
mod session;
pub mod town;
mod two_people;
