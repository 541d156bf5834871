//! Imports run one way: main → command → web → (store, export) → domain. Read from the sources.

use std::path::{Path, PathBuf};

/// A layer may use those listed behind it, and itself.
const LAYERS: [(&str, &[&str]); 5] = [
    ("domain", &[]),
    ("store", &["domain"]),
    ("export", &["domain"]),
    ("web", &["store", "export", "domain"]),
    ("command", &["web", "store", "export", "domain", "config"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_layer_imports_upward_or_sideways() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (layer, allowed) in LAYERS {
        let mut files = Vec::new();
        sources(&root.join(layer), &mut files);
        for alone in [root.join(format!("{layer}.rs"))] {
            if alone.exists() {
                files.push(alone);
            }
        }
        assert!(!files.is_empty(), "{layer}");
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for (number, line) in text.lines().enumerate() {
                for used in line.split("crate::").skip(1) {
                    let used: String = used
                        .chars()
                        .take_while(|c| c.is_alphanumeric() || *c == '_')
                        .collect();
                    let is_layer = LAYERS.iter().any(|(name, _)| *name == used) || used == "config";
                    if is_layer && used != layer && !allowed.contains(&used.as_str()) {
                        wrong.push(format!(
                            "{}:{}: {layer} uses {used}",
                            file.display(),
                            number + 1
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_store_speaks_sql_and_only_the_web_speaks_axum() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let layer = |file: &Path| {
        file.strip_prefix(&root)
            .unwrap()
            .iter()
            .next()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let layer = layer(&file);
        if layer != "store" {
            assert!(!text.contains("sqlx::"), "{}", file.display());
        }
        // The command line starts the server; everything else of axum is the web's.
        if layer != "web" && !file.ends_with("command/serve.rs") {
            assert!(!text.contains("axum::"), "{}", file.display());
        }
    }
}
