//! What the people of a facility do, over HTTP, on both databases.

mod api;
mod crew;
mod editing;
mod import;
mod paper;
mod people;
