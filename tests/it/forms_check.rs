//! What somebody who writes a form is told by `hikitsugi forms check`.

use std::process::{Command, Output};

use crate::support::Folder;

const TAMA: &str = include_str!("../forms/tama.toml");

fn check(folder: &Folder) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hikitsugi"))
        .args(["forms", "check"])
        .arg(folder.path())
        .env_clear()
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_form_is_printed_to_see_what_comes_out() {
    let folder = Folder::new();
    let file = folder.path().join("tama.toml");
    std::fs::write(&file, TAMA).unwrap();
    let good = check(&folder);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stderr));
    let told = text(&good.stdout);
    for words in [
        "tama ",
        "  ふつう: 1ページ、本文は9 pt 以上",
        "  あふれる: ",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }

    let title = TAMA
        .lines()
        .position(|line| line.starts_with("title = "))
        .unwrap()
        + 1;
    std::fs::write(&file, TAMA.replacen("title = \"", "title = \"𪚥", 1)).unwrap();
    let bad = check(&folder);
    assert_eq!(bad.status.code(), Some(1));
    let said = text(&bad.stderr);
    let expected = format!(
        "tama.toml:{title}:10: 「𪚥」(U+2A6A5 CJK UNIFIED IDEOGRAPH-2A6A5)は印刷用の書体にない文字です"
    );
    assert!(said.contains(&expected), "{said}");

    // Boxes to write in that leave the record no room on its page.
    let tall = "\n[[print]]\ntitle = \"手書き\"\nblank = [ [ { label = \"欄\", span = 12, height = 250 } ] ]\n";
    std::fs::write(&file, format!("{TAMA}{tall}")).unwrap();
    let full = check(&folder);
    assert_eq!(full.status.code(), Some(1));
    let said = text(&full.stderr);
    assert!(said.contains("ふつうの記録が1ページに入りません"), "{said}");
}
