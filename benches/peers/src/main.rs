//! The same dense sheet by hikitsugi, by the typst library and by genpdf, in one run; then a sheet, a card and binders
//! beside what prints a page of HTML: headless Chromium and WeasyPrint.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`, from anywhere; needs `pdftotext` (poppler-utils) and
//! what `printers.py` names. `PYTHON` is the Python that has WeasyPrint, if it is not `python3`.

mod by_genpdf;
mod by_html;
mod by_typst;
#[path = "../../support/meter.rs"]
mod meter;
#[path = "../../support/sample.rs"]
mod sample;
mod words;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use hikitsugi::domain::clock::Moment;
use hikitsugi::domain::form::{Form, Forms};
use hikitsugi::domain::view::SheetView;
use hikitsugi::export::pdf::binder::{self, Cover, Leaf};
use hikitsugi::export::pdf::sheet::{self, Paper};
use hikitsugi::export::pdf::{self, Document, Section, Text};

use by_genpdf::Genpdf;
use by_html::Printer;
use by_typst::Typst;
use meter::{Cost, Meter, median, micros};
use words::Words;

static REGULAR: &[u8] = include_bytes!("../../../forms/fonts/BIZUDPGothic-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../forms/fonts/BIZUDPGothic-Bold.ttf");
static FALLBACK: &[u8] = include_bytes!("../../../forms/fonts/HikitsugiFallback-Regular.ttf");

/// Turns that are measured, after three that warm caches.
const TURNS: usize = 40;
const WARM_UP: usize = 3;
/// Names with a character beyond U+FFFF and with a variation selector.
const NAMES: [&str; 2] = ["𠮷江", "渡邉\u{E0100}"];
/// A note of more than a line, without a space, as Japanese is written.
const NOTE: &str = "ペニシリン系抗菌薬でアナフィラキシーを起こしたことがあります。造影剤でもじんましんが出ました。左腕にはシャントが\
    あるため血圧測定と採血をしないでください。透析は火木土の午前、送迎は施設の車です。";

/// One way to make the sheet.
struct Peer<'a> {
    name: &'static str,
    sheet: Box<dyn FnMut(usize) -> Vec<u8> + 'a>,
    note: Box<dyn FnOnce() -> Vec<u8> + 'a>,
}

fn main() {
    let forms = Forms::built_in();
    let form = forms.emergency();
    let photo = sample::photo();
    // Another resident at each turn, so that nobody's memory of the last sheet is measured.
    let views: Vec<SheetView> = (0..TURNS + WARM_UP).map(sample::view).collect();
    let words: Vec<Words> = views
        .iter()
        .map(|view| Words::of(form, view, sample::ADDRESS))
        .collect();
    let paper = Paper {
        address: sample::ADDRESS,
        photo: Some(&photo),
    };
    let genpdf = Genpdf::new(REGULAR, BOLD, FALLBACK);
    let typst = std::cell::RefCell::new(Typst::new(&[REGULAR, BOLD, FALLBACK]));
    let mut peers = [
        Peer {
            name: "hikitsugi (krilla)",
            sheet: Box::new(|turn| {
                sheet::render(form, &views[turn], &paper).expect("the sample can be printed")
            }),
            note: Box::new(own_note),
        },
        Peer {
            name: "typst",
            sheet: Box::new(|turn| typst.borrow_mut().sheet(&words[turn], &photo)),
            note: Box::new(|| typst.borrow_mut().note(NOTE)),
        },
        Peer {
            name: "genpdf",
            sheet: Box::new(|turn| genpdf.sheet(&words[turn], &photo)),
            note: Box::new(|| genpdf.note(NOTE)),
        },
    ];

    let mut costs = vec![Vec::with_capacity(TURNS); peers.len()];
    for turn in 0..TURNS + WARM_UP {
        for (peer, costs) in peers.iter_mut().zip(&mut costs) {
            let meter = Meter::start();
            black_box((peer.sheet)(turn));
            let cost = meter.stop().each(1);
            if turn >= WARM_UP {
                costs.push(cost);
            }
        }
    }

    let folder = folder();
    let own = median(&costs[0]);
    println!("One dense sheet, another resident at each turn, by turns, median of {TURNS}\n");
    println!(
        "| | CPU ms | wall ms | of hikitsugi's CPU | kB | pages | {} | {} | a note without spaces |",
        NAMES[0], NAMES[1]
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (peer, costs) in peers.into_iter().zip(&costs) {
        report(peer, median(costs), own, &folder);
    }
    through_html(&forms, &photo, &folder);
    println!("\nThe files are in {}", folder.display());
}

/// Wall time, because the other printers are processes of their own: each waits for nothing but itself.
fn through_html(forms: &Forms, photo: &[u8], folder: &Path) {
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../forms/fonts");
    let fonts = fonts
        .canonicalize()
        .expect("the fonts are in the repository");
    let picture = folder.join("photo.jpg");
    std::fs::write(&picture, photo).expect("the folder is writable");
    let picture = format!("file://{}", picture.display());
    let mut printers = ["chromium", "weasyprint"].map(|way| Printer::start(way, folder));
    let wallet = forms.get("wallet").expect("the card is built in");
    println!("\nBeside HTML, wall ms, median of as many turns by turns after one that warms up\n");
    println!(
        "| | turns | hikitsugi | kB | Chromium | of hikitsugi | kB | WeasyPrint | of hikitsugi | kB |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (name, form, count, turns) in [
        ("a sheet", forms.emergency(), 1, 10),
        ("a wallet card", wallet, 1, 10),
        ("a binder of 100", forms.emergency(), 100, 1),
        ("a binder of 300", forms.emergency(), 300, 1),
    ] {
        let mut walls = [const { Vec::new() }; 3];
        let mut bytes = [0; 3];
        let warm_up = usize::from(turns > 1);
        for turn in 0..turns + warm_up {
            let views: Vec<SheetView> = (0..count)
                .map(|resident| sample::view(turn * count + resident))
                .collect();
            let words: Vec<Words> = views
                .iter()
                .map(|view| Words::of(form, view, sample::ADDRESS))
                .collect();
            let page = by_html::page(&words, &picture, &fonts);
            let mut measured = |who: usize, print: &mut dyn FnMut() -> Vec<u8>| {
                let meter = Meter::start();
                let pdf = black_box(print());
                let wall = meter.stop().wall;
                bytes[who] = pdf.len();
                if turn >= warm_up {
                    walls[who].push(wall);
                }
            };
            measured(0, &mut || own(form, &views, photo));
            for (who, printer) in (1..).zip(&mut printers) {
                let file = printer.put(&format!("{}-{count}", form.key), &page);
                measured(who, &mut || printer.print(&file));
            }
        }
        let [own, chromium, weasyprint] = walls.map(middle);
        let times = |wall: Duration| wall.as_secs_f64() / own.as_secs_f64();
        let kilobytes = bytes.map(|bytes| bytes as f64 / 1e3);
        println!(
            "| {name} | {turns} | {:.1} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} |",
            micros(own) / 1e3,
            kilobytes[0],
            micros(chromium) / 1e3,
            times(chromium),
            kilobytes[1],
            micros(weasyprint) / 1e3,
            times(weasyprint),
            kilobytes[2],
        );
    }
}

fn middle(mut walls: Vec<Duration>) -> Duration {
    walls.sort_unstable();
    walls[walls.len() / 2]
}

/// One sheet or card, or all of them bound.
fn own(form: &Form, views: &[SheetView], photo: &[u8]) -> Vec<u8> {
    let paper = || Paper {
        address: sample::ADDRESS,
        photo: Some(photo),
    };
    if let [view] = views {
        return sheet::render(form, view, &paper()).expect("the sample can be printed");
    }
    let leaves: Vec<Leaf> = views
        .iter()
        .map(|view| Leaf {
            view,
            paper: paper(),
        })
        .collect();
    let cover = Cover {
        id: "binder",
        facility: "特別養護老人ホーム さざなみ苑",
        issued_at: Moment(1_795_402_800_000),
        issued_by: "佐々木 美由紀",
    };
    binder::render(form, &cover, &leaves)
        .expect("the samples can be printed")
        .pdf
}

fn report(mut peer: Peer, cost: Cost, own: Cost, folder: &Path) {
    let name = peer.name.split(' ').next().unwrap_or_default();
    let bytes = (peer.sheet)(0);
    let read = read_back(&folder.join(format!("{name}.pdf")), &bytes);
    let note = read_back(&folder.join(format!("{name}-note.pdf")), &(peer.note)());
    let said = |found: bool| if found { "yes" } else { "**no**" };
    let came_out = match note.chars().filter(|c| !c.is_whitespace()).count() {
        0 => "**nothing printed, no error**",
        _ if squeezed(&note).contains(NOTE) => "whole",
        _ => "**in part**",
    };
    println!(
        "| {} | {:.1} | {:.1} | {:.1} | {:.0} | {} | {} | {} | {came_out} |",
        peer.name,
        micros(cost.cpu()) / 1e3,
        micros(cost.wall) / 1e3,
        cost.cpu().as_secs_f64() / own.cpu().as_secs_f64(),
        bytes.len() as f64 / 1e3,
        read.matches('\u{C}').count(),
        said(squeezed(&read).contains(NAMES[0])),
        said(squeezed(&read).contains(NAMES[1])),
    );
}

fn own_note() -> Vec<u8> {
    let note = Section::new().block(Text::value(NOTE).size(12.0));
    pdf::render(&Document::new("note", "", "note", Moment(0)).with(note))
        .expect("a note is printed")
}

/// The text layer as `pdftotext` gives it, each page ended by a form feed.
fn read_back(file: &Path, bytes: &[u8]) -> String {
    std::fs::write(file, bytes).expect("the folder is writable");
    let read = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8"])
        .arg(file)
        .arg("-")
        .output()
        .expect("pdftotext is installed (Debian: poppler-utils)");
    String::from_utf8_lossy(&read.stdout).into_owned()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join("hikitsugi-peers");
    std::fs::create_dir_all(&folder).expect("a folder for files that pass");
    folder
}
