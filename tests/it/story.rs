//! What the people of a facility do, over HTTP, on both databases.

mod api;
mod api_directive;
mod before_statements;
mod binder;
mod canary;
mod console_paper;
mod crew;
pub mod directive;
mod directive_paper;
mod drill;
mod editing;
mod faults;
mod fax;
mod forms;
mod handoff;
mod identity;
mod import;
mod killed;
mod lock;
mod paper;
mod people;
mod prepared;
mod print;
mod rules;
pub mod sealed;
pub mod transport;
mod wording;
