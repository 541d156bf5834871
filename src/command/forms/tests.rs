use super::*;
use crate::domain::form::Forms;

const PAPER: &str = r#"key = "x"
title = "見本"
edition = "1"
issuer = "町"
source = "町"
surface = "sheet"

[[print]]
title = "本人"
grid = [ [ { show = "name", span = 6, style = "large" }, { show = "birth_date", span = 6 } ] ]
"#;

fn form(text: &str) -> Form {
    Form::parse("x.toml", text).unwrap()
}

fn mistakes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let place = Place {
        file: "x.toml",
        text,
    };
    missing_in_words(&place, &mut found);
    printed(&form(text), &place, &mut found);
    found
}

#[test]
fn every_built_in_form_can_be_printed_with_any_content() {
    for form in Forms::built_in().printable() {
        let place = Place {
            file: &form.key,
            text: &form.text,
        };
        let mut found = Vec::new();
        missing_in_words(&place, &mut found);
        printed(form, &place, &mut found);
        assert_eq!(found, [""; 0]);
    }
    assert_eq!(mistakes(PAPER), [""; 0]);
}

#[test]
fn a_character_without_a_glyph_is_named_where_it_stands_and_not_where_it_is_never_printed() {
    let paper = PAPER.replace("title = \"本人\"", "# 😀\ntitle = \"本人😀\"");
    let found = mistakes(&paper);
    let said = "x.toml:10:12: 「😀」(U+1F600 GRINNING FACE)は印刷用の書体にない文字です";
    assert_eq!(found[0], said);
    // The print with it fails too, at the same place.
    assert!(
        found[1..]
            .iter()
            .all(|line| line.contains("U+1F600 GRINNING FACE")),
        "{found:?}"
    );
    assert_eq!(
        mistakes(&PAPER.replace("issuer = \"町\"", "issuer = \"😀\"")),
        [""; 0]
    );
}

#[test]
fn what_does_not_fit_is_said_of_the_content_that_does_not() {
    // Boxes to write in that leave no room for the record.
    let blank = "\n[[print]]\ntitle = \"手書き\"\nblank = [ [ { label = \"欄\", span = 12, height = 250 } ] ]\n";
    let found = mistakes(&format!("{PAPER}{blank}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("ふつうの記録が1ページに入りません(2ページ)"),
        "{found:?}"
    );
    // A card whose block may not give way.
    let card = PAPER.replace(
        "surface = \"sheet\"",
        "surface = \"sheet\"\ncard = { width = 91, height = 55 }",
    );
    assert_eq!(mistakes(&card), [""; 0]);
    let list = "\n[[print]]\ngrid = [ [ { show = \"medications\", span = 12 } ] ]\n";
    let found = mistakes(&format!("{card}{list}"));
    assert!(
        found
            .iter()
            .any(|line| line.contains("あふれるの記録を印刷できません")),
        "{found:?}"
    );
    let yields = list.replace("grid", "yields = true\ngrid");
    assert_eq!(mistakes(&format!("{card}{yields}")), [""; 0]);
}

#[test]
fn letters_below_the_floor_are_an_error() {
    let measured = |fact: f32, headline: f32| Measured {
        pages: 1,
        fact: Some((fact, "生年月日".to_owned())),
        headline: Some((headline, "本人".to_owned())),
        gave_way: false,
    };
    let place = Place {
        file: "x.toml",
        text: PAPER,
    };
    let found =
        |fact, headline| too_small(&form(PAPER), &place, "ふつう", &measured(fact, headline));
    assert_eq!(found(9.0, 14.0), [""; 0]);
    let small = found(8.75, 13.5);
    assert_eq!(small.len(), 2, "{small:?}");
    assert!(
        small[0].contains("8.75 pt になります(9 pt 以上"),
        "{small:?}"
    );
    assert!(
        small[1].starts_with("x.toml:9:10: ") && small[1].contains("14 pt 以上"),
        "{small:?}"
    );
}
