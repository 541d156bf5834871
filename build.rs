//! A new migration file must reach the binary: `sqlx::migrate!` alone watches only the files it already knows.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
