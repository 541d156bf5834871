//! What the program is made of, and what it leaves on the machine.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use hikitsugi::store::Store;

use crate::support::{Folder, master_key};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

/// The files of the program that say one of these.
fn saying(words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    sources(&root().join("src"), &mut found);
    assert!(found.len() > 150, "{}", found.len());
    found.retain(|(_, text)| words.iter().any(|word| text.contains(word)));
    let names = found
        .iter()
        .map(|(path, _)| path.strip_prefix(root()).unwrap());
    names.map(|path| path.display().to_string()).collect()
}

/// A packages' names in `[dependencies]`.
fn dependencies() -> Vec<String> {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, rest) = manifest.split_once("[dependencies]").unwrap();
    let (ours, _) = rest.split_once("\n[").unwrap();
    let lines = ours.lines().filter_map(|line| line.split_once('='));
    lines.map(|(name, _)| name.trim().to_owned()).collect()
}

/// A36: nothing that somebody types makes the program call an address. It calls its database, and the mail server that
/// the operator set.
#[test]
fn the_program_calls_nobody_but_its_database_and_its_mail_server() {
    let callers = saying(&[
        "lettre::",
        "TcpStream::connect",
        "UdpSocket",
        "UnixStream",
        "ToSocketAddrs",
        "reqwest",
        "ureq",
    ]);
    assert_eq!(callers, ["src/web/mail.rs"]);
    let clients = ["reqwest", "ureq", "isahc", "curl", "awc", "surf"];
    let ours = dependencies();
    assert!(ours.len() > 20, "{ours:?}");
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let calls = |line: &&str| line.starts_with("hyper") && line.contains("client");
    assert_eq!(manifest.lines().find(calls), None);
    assert!(
        !ours.iter().any(|name| clients.contains(&name.as_str())),
        "{ours:?}"
    );
}

/// A30: no text is matched by a pattern that could take long, for there is none.
#[test]
fn there_is_no_regular_expression() {
    assert_eq!(saying(&["Regex", "regex::"]), Vec::<String>::new());
    assert!(!dependencies().iter().any(|name| name.contains("regex")));
}

/// Row 6: no shell and no other program is started, but the one that the operator names to print the master key.
#[test]
fn the_program_starts_no_other_program() {
    assert_eq!(
        saying(&["process::Command", "Command::new("]),
        ["src/store/key.rs"]
    );
    let key = std::fs::read_to_string(root().join("src/store/key.rs")).unwrap();
    assert_eq!(key.matches("Command::new(").count(), 1);
}

/// A52: what is built is what `Cargo.lock` names, from one registry, each with its sum.
#[test]
fn every_dependency_is_pinned_to_one_registry() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let packages: Vec<&str> = lock.split("[[package]]").skip(1).collect();
    assert!(packages.len() > 100, "{}", packages.len());
    for package in packages {
        let field = |name: &str| {
            let line = package.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.split('"').nth(1))
                .unwrap_or_default()
        };
        if field("name") == "hikitsugi" {
            continue;
        }
        assert_eq!(
            field("source"),
            "registry+https://github.com/rust-lang/crates.io-index",
            "{package}"
        );
        assert_eq!(field("checksum").len(), 64, "{package}");
    }
}

/// A58: whatever the umask of the shell, nobody else of the machine reads the database, its WAL or its lock.
#[tokio::test]
async fn a_new_database_is_its_owners_alone() {
    let folder = Folder::new();
    let path = folder.path().join("own.db");
    let store = Store::open(&format!("sqlite:{}", path.display()), master_key())
        .await
        .unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} {mode:o}", entry.file_name());
        seen += 1;
    }
    assert!(seen >= 3, "database, WAL and lock: {seen}");
    store.close().await;
    // One that the operator shares on purpose stays as it is.
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    let store = Store::open(&format!("sqlite:{}", path.display()), master_key())
        .await
        .unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
    store.close().await;
}
