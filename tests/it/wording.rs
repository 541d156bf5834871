//! What no text of the program says: an order to withhold (safety.md S2), in a string of the sources, a form or an
//! area's file. `story::wording` looks for the same on every page, paper and answer.

use std::path::Path;
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

/// What a crew, or whoever stands at the bed, would do.
const DOING: [&str; 12] = [
    "蘇生",
    "cpr",
    "胸骨圧迫",
    "心臓マッサージ",
    "人工呼吸",
    "aed",
    "救命処置",
    "延命処置",
    "延命治療",
    "救急車",
    "119番",
    "搬送",
];
/// Between that and its denial.
const PARTICLES: [&str; 5] = ["", "を", "は", "も", "の"];
/// An order not to.
const DENIED: [&str; 17] = [
    "しないで",
    "しないこと",
    "を行わないで",
    "行わないで",
    "行わないこと",
    "実施しないで",
    "実施しないこと",
    "呼ばないで",
    "呼ばないこと",
    "不要",
    "不可",
    "禁止",
    "中止して",
    "中止すること",
    "やめて",
    "控えて",
    "必要ありません",
];
/// Whole sentences and bare labels that are read as one.
const LABELS: [&str; 9] = [
    "donotresuscitate",
    "donotattempt",
    "nocode",
    "dnar対応",
    "dnarです",
    "dnar指示あり",
    "dnar希望",
    "何もしないで",
    "そのまま看取",
];

/// The order to withhold that a text gives, if it does: white space and case tell nothing.
pub fn imperative(text: &str) -> Option<String> {
    let bare: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let orders = DOING.iter().flat_map(|doing| {
        PARTICLES.iter().flat_map(move |particle| {
            DENIED
                .iter()
                .map(move |denied| format!("{doing}{particle}{denied}"))
        })
    });
    let labels = LABELS.iter().map(|label| (*label).to_owned());
    orders.chain(labels).find(|order| bare.contains(order))
}

/// Files that say such words, and why.
const ALLOWED: [(&str, &str); 1] = [(
    "src/domain/withhold.rs",
    "what people may not type onto a sheet, into an order or an area's file",
)];

/// Every string of a file outside its tests.
fn strings(tokens: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if is_test_only(&tokens[at..]) {
            // The attribute, and the item up to its body or semicolon.
            at += 2;
            while at < tokens.len() {
                let ends = match &tokens[at] {
                    TokenTree::Group(group) => group.delimiter() == proc_macro2::Delimiter::Brace,
                    TokenTree::Punct(punct) => punct.as_char() == ';',
                    _ => false,
                };
                at += 1;
                if ends {
                    break;
                }
            }
            continue;
        }
        match &tokens[at] {
            TokenTree::Group(group) => strings(group.stream(), found),
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    found.push(text.value());
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// `#[cfg(test)]`
fn is_test_only(tokens: &[TokenTree]) -> bool {
    match tokens {
        [TokenTree::Punct(hash), TokenTree::Group(group), ..] => {
            hash.as_char() == '#' && group.stream().to_string().replace(' ', "") == "cfg(test)"
        }
        _ => false,
    }
}

/// Documentation is an attribute to the compiler, and a string to whoever reads tokens.
fn without_comments(text: &str) -> String {
    let kept = text.lines().map(|line| match line.trim_start() {
        comment if comment.starts_with("//") => "",
        _ => line,
    });
    kept.collect::<Vec<_>>().join("\n")
}

fn files(folder: &Path, ending: &str, look: &mut impl FnMut(&str, &str)) {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, ending, look);
        } else if path.extension().is_some_and(|found| found == ending) {
            let text = std::fs::read_to_string(&path).unwrap();
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            look(path.strip_prefix(root).unwrap().to_str().unwrap(), &text);
        }
    }
}

/// Tests and what they begin with.
fn is_for_tests(path: &str) -> bool {
    ["tests.rs", "sample.rs", "table.rs"]
        .iter()
        .any(|name| path.ends_with(name))
        || path.contains("/tests/")
        || path.contains("/table/")
}

#[test]
fn s02_no_string_of_the_program_is_an_order_to_withhold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut looked = 0;
    let mut met = [false; ALLOWED.len()];
    let mut faults = Vec::new();
    files(&root.join("src"), "rs", &mut |path, text| {
        if is_for_tests(path) {
            return;
        }
        let mut found = Vec::new();
        let tokens = TokenStream::from_str(&without_comments(text));
        strings(
            tokens.unwrap_or_else(|error| panic!("{path}: {error}")),
            &mut found,
        );
        for string in found {
            looked += 1;
            let Some(order) = imperative(&string) else {
                continue;
            };
            match ALLOWED.iter().position(|(file, _)| *file == path) {
                Some(allowed) => met[allowed] = true,
                None => faults.push(format!("{path}: 「{string}」 says {order}")),
            }
        }
    });
    for folder in ["forms", "protocols"] {
        for ending in ["toml", "css"] {
            files(&root.join(folder), ending, &mut |path, text| {
                for line in text.lines() {
                    looked += 1;
                    if let Some(order) = imperative(line) {
                        faults.push(format!("{path}: {line} says {order}"));
                    }
                }
            });
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(looked > 5_000, "only {looked} strings were found");
    for ((file, why), met) in ALLOWED.iter().zip(met) {
        assert!(met, "{file} says none of {why}: take it off the list");
    }
}

#[test]
fn an_order_to_withhold_is_found_however_it_is_written() {
    for order in [
        "心肺蘇生をしないでください",
        "心肺蘇生 不要",
        "CPRは行わないでください",
        "Do Not Resuscitate",
        "救急車を呼ばないでください",
        "搬送不要",
        "DNAR対応",
    ] {
        assert!(imperative(order).is_some(), "{order}");
    }
    for other in [
        "心肺蘇生を望まない意思表示(医師の確認が必要)",
        "医師が電話で確認するまで、心肺蘇生を続けてください",
        "搬送先の病院",
        "中止の判断は必ず医師へ電話で確認してから",
    ] {
        assert_eq!(imperative(other), None, "{other}");
    }
}
