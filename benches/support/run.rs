//! Whether figures are wanted, or only that the benchmark runs.

/// `cargo bench` asks for figures. `cargo test --benches` runs every part once, small.
pub fn wants_figures() -> bool {
    std::env::args().any(|arg| arg == "--bench")
}
