use super::*;
use crate::domain::form::Forms;
use crate::domain::standing::StandingKind;
use crate::export::pdf::flow;
use crate::export::pdf::laid::{Content, Placed};
use crate::export::pdf::sheet::sample;
use crate::export::pdf::text::Shaper;

fn leaf(view: &SheetView) -> Leaf<'_> {
    Leaf {
        view,
        paper: Paper {
            address: sample::ADDRESS,
            photo: None,
        },
    }
}

const COVER: Cover<'_> = Cover {
    id: "01a215a2-9af5-796f-b4c5-0cb559ffcd67",
    facility: "特別養護老人ホーム ひまわり苑",
    issued_at: sample::NOW,
    issued_by: "鈴木 恵子",
};

/// The sheets of a home, the third of which takes two pages.
fn home() -> Vec<SheetView> {
    let mut views = vec![
        sample::ordinary(),
        sample::standing(StandingKind::Revoked),
        sample::overflowing(),
        sample::standing(StandingKind::OrderOnFile),
    ];
    views[1].alike = vec!["佐藤 ハナ(さとう はな)".to_owned()];
    views
}

fn words(section: &Section) -> Vec<String> {
    fn collect(placed: &Placed, found: &mut Vec<String>) {
        if let Some(Content::Lines { .. }) = &placed.laid.content {
            found.push(placed.laid.lines().concat());
        }
        for child in &placed.laid.children {
            collect(child, found);
        }
    }
    let mut found = Vec::new();
    for page in flow::pages(&Shaper::new(), section, 0).unwrap() {
        for block in page.blocks.iter().chain(&page.footer) {
            collect(block, &mut found);
        }
    }
    found
}

#[test]
fn the_index_says_on_which_page_each_sheet_begins() {
    let form = Forms::built_in().emergency().clone();
    let views = home();
    let leaves: Vec<Leaf> = views.iter().map(leaf).collect();
    let drawn = render(&form, &COVER, &leaves).unwrap();
    let lengths: Vec<usize> = leaves
        .iter()
        .map(|leaf| bound(&form, leaf).pages().unwrap())
        .collect();
    assert!(lengths.iter().any(|length| *length > 1), "{lengths:?}");
    let front = drawn.begins[0] - 1;
    assert_eq!(front, 1);
    assert_eq!(drawn.pages, front + lengths.iter().sum::<usize>());
    for (pair, length) in drawn.begins.windows(2).zip(&lengths) {
        assert_eq!(pair[1] - pair[0], *length);
    }
    let index = words(&super::front(&form, &COVER, &leaves, &drawn.begins));
    for begins in &drawn.begins {
        let times = index.iter().filter(|line| **line == begins.to_string());
        assert!(times.count() >= 2, "{begins} in {index:?}");
    }
}

#[test]
fn s19_the_index_tells_people_apart_and_nothing_else_of_them() {
    let form = Forms::built_in().emergency().clone();
    let views = home();
    let leaves: Vec<Leaf> = views.iter().map(leaf).collect();
    let index = words(&front(&form, &COVER, &leaves, &[2, 3, 4, 6])).concat();
    for view in &views {
        for key in ["name", "name_kana", "birth_date"] {
            assert!(index.contains(&shown(view, key)), "{key} in {index}");
        }
        let band = view.standing.band();
        assert!(!index.contains(band.headline), "{index}");
    }
    let alike = views.iter().filter(|view| !view.alike.is_empty()).count();
    assert_eq!(index.matches("似た名前の方がいます").count(), 2 * alike);
    assert!(!index.contains("指示"), "{index}");
}

#[test]
fn the_same_binder_is_the_same_bytes() {
    let form = Forms::built_in().emergency().clone();
    let views = home();
    let leaves: Vec<Leaf> = views.iter().map(leaf).collect();
    let [one, other] = [(); 2].map(|()| render(&form, &COVER, &leaves).unwrap().pdf);
    assert_eq!(one, other);
}
