//! How the shipped forms look: each in each standing, with an ordinary, a full and an overflowing record, as pictures
//! that a person has looked at.
//!
//! After a change of looks that is meant, write them anew and look at what the commit shows:
//!
//! ```text
//! GOLDEN=write cargo test --test it golden
//! ```

use std::path::{Path, PathBuf};

use hikitsugi::domain::form::Forms;
use hikitsugi::domain::standing::StandingKind;
use hikitsugi::export::pdf::sheet::{self, Paper};

use crate::support::grey::Grey;
use crate::support::tools::Pdf;
use crate::support::{Folder, paper, screens, sheet as records};

/// Small, but a line that moved, a word more or a heavier face is seen.
const DPI: u32 = 50;
/// Compared in squares of so many pixels, 4 mm on paper: their middle shade may differ by so much, and that of the whole
/// page by so much. Other versions of the rasteriser draw an edge a little darker.
const SQUARE: usize = 8;
const IN_A_SQUARE: f64 = 24.0;
const IN_ALL: f64 = 1.0;

fn pictures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Where two pictures differ by more than a rasteriser may.
fn difference(is: &Grey, was: &Grey) -> Option<String> {
    if (is.width, is.height) != (was.width, was.height) {
        return Some(format!(
            "{}×{} pixels instead of {}×{}",
            is.width, is.height, was.width, was.height
        ));
    }
    let mut all = 0.0;
    for top in (0..is.height).step_by(SQUARE) {
        for left in (0..is.width).step_by(SQUARE) {
            let (mut sum, mut count) = (0_i64, 0_u32);
            for row in top..(top + SQUARE).min(is.height) {
                for at in row * is.width + left..row * is.width + (left + SQUARE).min(is.width) {
                    sum += i64::from(is.shades[at]) - i64::from(was.shades[at]);
                    all += f64::from(is.shades[at].abs_diff(was.shades[at]));
                    count += 1;
                }
            }
            let mean = sum as f64 / f64::from(count);
            if mean.abs() > IN_A_SQUARE {
                return Some(format!(
                    "{mean:+.0} shades {top} pixels from the top and {left} from the left"
                ));
            }
        }
    }
    let mean = all / is.shades.len() as f64;
    (mean > IN_ALL).then(|| format!("{mean:.2} shades on the whole page"))
}

/// What is wrong with a page that looks like this, which is then kept for people.
fn compared(name: &str, is: &Grey) -> Option<String> {
    let why = match Grey::open(&pictures().join(name)) {
        None => "there is no such picture yet".to_owned(),
        Some(was) => difference(is, &was)?,
    };
    is.save(&screens().join(format!("golden-{name}")));
    Some(format!("{name}: {why}"))
}

/// Every page of every form, each with the name of its picture.
fn printed() -> Vec<(String, Grey)> {
    let folder = Folder::new();
    let address = paper::address(7);
    let paper = Paper {
        address: &address,
        photo: None,
    };
    let contents = [
        ("ordinary", paper::resident(12)),
        ("full", records::full()),
        ("overflow", records::overflowing()),
    ];
    let mut found = Vec::new();
    for form in Forms::built_in().printable() {
        for (kind, (content, record)) in StandingKind::ALL
            .iter()
            .flat_map(|kind| contents.iter().map(move |content| (*kind, content)))
        {
            let view = paper::view(record, kind, 7);
            let pdf = sheet::render(form, &view, &paper).unwrap();
            let standing = view.standing.code();
            let pages = Pdf::new(folder.path(), "golden", &pdf).greys(DPI);
            found.extend((1..).zip(pages).map(|(page, mut grey)| {
                grey.coarse();
                let name = format!("{}-{standing}-{content}-{page}.png", form.key);
                (name, grey)
            }));
        }
    }
    found
}

#[test]
fn every_form_in_every_standing_looks_as_it_was_looked_at() {
    let pages = printed();
    println!("{} pictures", pages.len());
    let stale: Vec<String> = std::fs::read_dir(pictures())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| pages.iter().all(|(page, _)| page != name))
        .collect();
    if std::env::var("GOLDEN").is_ok_and(|what| what == "write") {
        for name in stale {
            std::fs::remove_file(pictures().join(name)).unwrap();
        }
        for (name, page) in pages {
            page.save(&pictures().join(name));
        }
        return;
    }
    let wrong: Vec<String> = pages
        .iter()
        .filter_map(|(name, page)| compared(name, page))
        .chain(
            stale
                .iter()
                .map(|name| format!("{name}: no form prints this page any more")),
        )
        .collect();
    assert!(
        wrong.is_empty(),
        "these pages look different (target/screens/golden-*.png); GOLDEN=write takes them as they are:\n{}",
        wrong.join("\n")
    );
}
