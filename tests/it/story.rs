//! What the people of a facility do, over HTTP, on both databases.

mod api;
mod crew;
mod directive;
mod editing;
mod forms;
mod import;
mod paper;
mod people;
