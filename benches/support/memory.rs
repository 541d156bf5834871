//! The most memory that the process had in use.

use std::fs;

/// From here on the peak counts anew.
pub fn forget_peak() {
    // Where the system cannot, the peak of before is told again.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// In megabytes; zero where the system has no `/proc`.
pub fn peak() -> f64 {
    memory("VmHWM:")
}

/// What is in use now, in megabytes.
pub fn now() -> f64 {
    memory("VmRSS:")
}

fn memory(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1e3
}
