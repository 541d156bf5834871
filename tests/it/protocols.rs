//! The rules of an area as a city gives them to the program: one file an area, checked before anything starts.

use std::process::{Command, Output};

use crate::support::Folder;

const GOOD: &str = r#"key = "minato"
name = "みなと市"
stop_possible = true
conditions = ["心肺停止であること"]
source = "みなと市消防本部"
confirmed_on = "2026-11-25"
"#;

fn hikitsugi(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hikitsugi"))
        .args(args)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_city_checks_its_file_before_it_counts() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("minato.toml"), GOOD).unwrap();
    let dir = folder.path().to_str().unwrap();
    let checked = hikitsugi(&["protocols", "check", dir]);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    let told = text(&checked.stdout);
    assert!(
        told.contains("minato みなと市: みなと市では、条件がそろい医師が電話で指示した場合に限り")
    );
    assert!(told.contains("default ") && told.contains("この地域では救急隊は蘇生を行い搬送します"));
    // The steps of an emergency lie in the same folder.
    let steps = include_str!("../../protocols/steps.toml");
    let file = folder.path().join("steps.toml");
    std::fs::write(
        &file,
        steps.replace("胸骨圧迫を始める", "胸骨圧迫を始め、交代で続ける"),
    )
    .unwrap();
    assert!(hikitsugi(&["protocols", "check", dir]).status.success());
    std::fs::write(&file, steps.replace("[\"cpr\"]", "[\"dance\"]")).unwrap();
    let refused = hikitsugi(&["protocols", "check", dir]);
    let told = text(&refused.stdout) + &text(&refused.stderr);
    assert!(
        !refused.status.success() && told.contains("steps.toml:31:1:") && told.contains("dance"),
        "{told}"
    );
    let built_in = hikitsugi(&["protocols", "check"]);
    assert!(built_in.status.success() && !text(&built_in.stdout).contains("minato"));
}

#[test]
fn s15_a_wrong_file_stops_the_start_with_file_line_and_column() {
    let folder = Folder::new();
    let file = folder.path().join("wrong.toml");
    let database = folder.path().join("city.db");
    for (written, place) in [
        (
            GOOD.replace("\"minato\"", "\"default\""),
            "wrong.toml:3:1: default",
        ),
        (
            GOOD.replace("source", "sauce"),
            "wrong.toml:5:1: unknown field `sauce`",
        ),
    ] {
        std::fs::write(&file, written).unwrap();
        let dir = folder.path().to_str().unwrap();
        let database_url = format!("sqlite:{}", database.display());
        for args in [
            vec!["protocols", "check", dir],
            vec![
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--database",
                &database_url,
                "--protocols",
                dir,
            ],
        ] {
            let refused = hikitsugi(&args);
            assert_eq!(refused.status.code(), Some(1), "{args:?}");
            assert!(
                text(&refused.stderr).contains(place),
                "{}",
                text(&refused.stderr)
            );
        }
    }
    assert!(!database.exists(), "nothing was begun");
}
